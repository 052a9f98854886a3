/* The copy that is matched: what becomes of a text, and that every byte of it knows where it came from. */
#include "base/mem.h"
#include "base/text.h"
#include "rules/normalize.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct site {
	struct tables tables;
	struct words words;
};

static int open_site(void **state)
{
	struct site *s = mem_alloc(sizeof *s);
	struct err e;
	assert_int_equal(tables_load("rules", &s->tables, &e), 0);
	assert_int_equal(words_load("rules/zh.words", &s->words, &e), 0);
	assert_int_equal(words_load("rules/categories.words", &s->words, &e), 0);
	assert_int_equal(words_load("rules/en.words", &s->words, &e), 0);
	assert_int_equal(words_load("rules/dialect.words", &s->words, &e), 0);
	words_sort(&s->words);
	*state = s;
	return 0;
}

static int close_site(void **state)
{
	struct site *s = *state;
	words_done(&s->words);
	free(s);
	return 0;
}

struct row {
	const char *in, *out;
};

static void expect_rows(const struct site *s, const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct normal n;
		normalize(&s->tables, &s->words, rows[i].in, &n);
		if (strcmp(n.text, rows[i].out) != 0)
			print_message("from '%s'\n", rows[i].in);
		assert_string_equal(n.text, rows[i].out);
		normal_done(&n);
	}
}

static void words_of_a_region(void **state)
{
	static const struct row rows[] = {
	    {"莫来，冇得空", "别来,没空"},
	    {"莫非停电了", "莫非停电了"},
	    {"办得么样了", "办得怎么样了"},
	    {"怎么样了", "怎么样了"},
	    {"佢哋聽日唔嚟", "他们明天不来"},
	    {"厝边无闲", "邻居没空"},
	    {"野蛮施工", "野蛮施工"},
	    {"cant come tmrw", "can't come tomorrow"},
	    {"41、42两个", "41、42 2个"},
	    {"附议十", "附议10"},
	    {"第二种", "第2种"},
	    {"师傅没来", "师傅没来"},
	};
	expect_rows(*state, rows, ARRAY_LEN(rows));
}

static void width_case_and_signs(void **state)
{
	static const struct row rows[] = {
	    {"", ""},
	    {" \t\n ", ""},
	    {"１　３", "1 3"},
	    {"ＴＤ", "td"},
	    {" １。", "1"},
	    {"?", "?"},
	    {"？？", "??"},
	    {"参加！！！", "参加"},
	    {"谢谢🙏🙏", "谢谢"},
	    {"👨‍👩‍👧来3个👍", "来3个"},
	    {"谢谢[抱拳][鲜花]", "谢谢"},
	    {"STOP", "stop"},
	    {"I can’t come", "i can't come"},
	    {"不 来", "不来"},
	    {"退 订", "退订"},
	    {"4 8 3 9 2 0", "4 8 3 9 2 0"},
	    {"㎏", "kg"},
	    {"\xff\xfe"
	     "1",
	     "1"},
	};
	expect_rows(*state, rows, ARRAY_LEN(rows));
}

static void numerals(void **state)
{
	static const struct row rows[] = {
	    {"三栋二单元五零一漏水", "3栋2单元501漏水"},
	    {"登记 刘桂芳 六号楼三单元四〇二", "登记 刘桂芳 6号楼3单元402"},
	    {"十二号楼", "12号楼"},
	    {"附议二十三号", "附议23号"},
	    {"延二十三 两天", "延23 2天"},
	    {"来仨", "来3个"},
	    {"我们俩去", "我们2个去"},
	    {"三杠二杠五零一", "3-2-501"},
	    {"一百零五号", "105号"},
	    {"二", "2"},
	    {"选三", "选3"},
	    {"不选一要二", "不选1要2"},
	    {"选一不选二", "选1不选2"},
	    {"不要一，要三", "不要1,要3"},
	    {"要一要求", "要一要求"},
	    {"下午一点半", "下午1点半"},
	    {"幺零二室", "102室"},
	    /* part of a word, or vague */
	    {"一直没人管", "一直没人管"},
	    {"我们一起去", "我们一起去"},
	    {"十分感谢", "十分感谢"},
	    {"周五三点", "周五3点"},
	    {"星期五", "星期五"},
	    {"来了三四个人", "来了三四个人"},
	    {"几十个人", "几十个人"},
	    {"七嘴八舌", "七嘴八舌"},
	    {"有一点漏", "有一点漏"},
	    {"乱七八糟", "乱七八糟"},
	    {"万一", "万一"},
	    {"双十一", "双十一"},
	    {"with two friends", "with 2 friends"},
	    {"often", "often"},
	};
	expect_rows(*state, rows, ARRAY_LEN(rows));
}

static void scripts_and_sounds(void **state)
{
	static const struct row rows[] = {
	    {"3棟2單元電梯壞了", "3栋2单元电梯坏了"},
	    {"樓梯間聞到瓦斯味", "楼梯间闻到瓦斯味"},
	    {"路登不亮", "路灯不亮"},
	    {"下水到堵了", "下水道堵了"},
	    {"拉圾", "垃圾"},
	    {"退定", "退订"},
	    {"求肋", "求助"},
	    {"部来了", "不来了"},
	    {"bu lai", "不来"},
	    {"canjia", "参加"},
	    /* real words that sound like commands stay */
	    {"保修期", "保修期"},
	    {"几分钟", "几分钟"},
	    {"家具齐全", "家具齐全"},
	    {"全部来了", "全部来了"},
	    {"5号楼水管", "5号楼水管"},
	    {"hello world", "world"},
	    {"stop the noise", "stop the noise"},
	};
	expect_rows(*state, rows, ARRAY_LEN(rows));
}

static void politeness(void **state)
{
	static const struct row rows[] = {
	    {"你好，请问几点开会？", "几点开会"},
	    {"您好", "您好"},
	    {"社区领导你好我住5栋", "我住5栋"},
	    {"请假", "请假"},
	    {"please stop", "stop"},
	};
	expect_rows(*state, rows, ARRAY_LEN(rows));
}

static void quotes_are_verbatim(void **state)
{
	const struct site *s = *state;
	static const char in[] = "３ 三棟樓道燈壞了！";
	struct normal n;
	normalize(&s->tables, &s->words, in, &n);
	const char *at = strstr(n.text, "楼道灯坏了");
	assert_non_null(at);
	size_t from, to, a = (size_t)(at - n.text);
	normal_span(&n, a, a + strlen("楼道灯坏了"), &from, &to);
	assert_int_equal(to - from, strlen("樓道燈壞了"));
	assert_memory_equal(in + from, "樓道燈壞了", to - from);
	normal_span(&n, 0, n.len, &from, &to);
	assert_true(from <= to && to <= strlen(in));
	normal_span(&n, 3, 3, &from, &to);
	assert_int_equal(from, to);
	normal_done(&n);
}

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

/* Offsets never fall, stay inside the text, and the copy is UTF-8 without control characters. */
static void expect_sound(const struct normal *n, size_t length)
{
	uint32_t last = 0;
	for (int i = 0; i < n->glyphs.count; i++) {
		const struct glyph *g = &n->glyphs.list[i];
		assert_true(g->from >= last && g->from <= g->to && g->to <= length);
		last = g->from;
		assert_true(g->c >= ' ');
	}
	assert_int_equal(strlen(n->text), n->len);
	assert_true(n->len == 0 || text_valid(n->text, n->len));
	assert_int_equal(n->byte_of[n->glyphs.count], n->len);
}

static void random_texts(void **state)
{
	static const char *const pieces[] = {
	    "三",   "十", "栋", "号",   "不来", "路登",     "é",     "e\xcc\x81", "\xcc\x81", "1",
	    " ",    "。", "？", "👍",    "\xff", "\xe4\xb8", "棟",    "俩",        "ﾊﾟ",       "a",
	    "你好", "杠", "Ⅷ",  "\x01", "𠮷",   "退定",     "bulai", "【",        "ﷺ",        "\xe2\x80\x8d"};
	const struct site *s = *state;
	uint32_t seed = 20261122;
	print_message("seed %u\n", seed);
	for (int round = 0; round < 3000; round++) {
		char text[400] = "";
		uint32_t n = next_random(&seed) % 40;
		for (uint32_t k = 0; k < n; k++)
			strcat(text, pieces[next_random(&seed) % ARRAY_LEN(pieces)]);
		struct normal normal;
		normalize(&s->tables, &s->words, text, &normal);
		expect_sound(&normal, strlen(text));
		normal_done(&normal);
	}
}

static void long_texts_are_cut(void **state)
{
	const struct site *s = *state;
	char *text = mem_alloc(3 * 9000 + 1);
	for (int i = 0; i < 9000; i++)
		memcpy(text + 3 * i, "灯", 3);
	struct normal n;
	normalize(&s->tables, &s->words, text, &n);
	assert_int_equal(n.glyphs.count, TEXT_MAX_CHARS);
	normal_done(&n);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(words_of_a_region), cmocka_unit_test(width_case_and_signs),
	    cmocka_unit_test(numerals),          cmocka_unit_test(scripts_and_sounds),
	    cmocka_unit_test(politeness),        cmocka_unit_test(quotes_are_verbatim),
	    cmocka_unit_test(random_texts),      cmocka_unit_test(long_texts_are_cut),
	};
	return cmocka_run_group_tests_name("normalize", tests, open_site, close_site);
}
