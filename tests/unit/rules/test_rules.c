/* The rules as they stand: every sample of every rule, and what a whole text comes to. Accuracy over the
 * corpora is tests/e2e/test_rules.py. */
#include "base/mem.h"
#include "rules/rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int load(void **state)
{
	struct rules *r;
	struct err e = {0};
	char line[640];
	if (rules_load(".", NULL, &r, &e) < 0) {
		print_message("%s\n", err_line(&e, line, sizeof line));
		return -1;
	}
	*state = r;
	return 0;
}

static int unload(void **state)
{
	rules_free(*state);
	return 0;
}

static void say(void *arg, const char *file, int line, const char *text)
{
	(void)arg;
	print_message("%s:%d: %s\n", file, line, text);
}

static void samples(void **state)
{
	int count;
	assert_int_equal(rules_check(*state, say, NULL, &count), 0);
	assert_true(count > 350);
}

/* Every rule shows what it is for. */
static void every_rule_has_a_sample(void **state)
{
	for (int i = 0; i < rules_count(*state); i++) {
		struct rule_info info;
		rules_describe(*state, i, &info);
		if (!info.samples)
			print_message("[%s] has no sample\n", info.name);
		assert_true(info.samples > 0);
	}
}

/* "attend people=3; complaint" – kinds in order, with the arguments that a test looks at. */
static void spell(const struct intents *in, char *out, size_t size)
{
	size_t n = 0;
	for (int i = 0; i < in->count; i++) {
		const struct intent *t = &in->list[i];
		n += (size_t)snprintf(out + n, size - n, "%s%s", i ? "; " : "", intent_name(t->kind));
		if (t->has & ARG_PEOPLE)
			n += (size_t)snprintf(out + n, size - n, " %d", t->people);
		if (t->has & ARG_NUMBER)
			n += (size_t)snprintf(out + n, size - n, " #%d", t->number);
		if (t->has & ARG_CATEGORY)
			n += (size_t)snprintf(out + n, size - n, " %s", category_name(t->category));
		if (t->has & (ARG_BUILDING | ARG_UNIT | ARG_ROOM))
			n += (size_t)snprintf(out + n, size - n, " %s-%s-%s", t->building, t->unit, t->room);
	}
}

static void expect(const struct rules *r, const char *text, const struct rules_context *ctx, const char *want)
{
	struct intents in;
	char got[2000];
	rules_read(r, text, ctx, &in);
	spell(&in, got, sizeof got);
	if (strcmp(got, want) != 0)
		print_message("'%s'\n", text);
	assert_string_equal(got, want);
}

static void several_wishes(void **state)
{
	static const char *const rows[][2] = {
	    {"1 楼道灯又坏了,还有下水堵了", "attend; complaint lighting; complaint sewage"},
	    {"来3个，另外6 23", "attend 3; status #23"},
	    {"下水堵了,电梯也停了,都在2栋", "complaint sewage 2--; complaint elevator 2--"},
	    {"我住5栋，3栋路灯坏了，垃圾也没人收", "complaint lighting 3--; complaint garbage 3--"},
	    {"谢谢,不过楼道灯还是不亮", "complaint lighting"},
	    {"电梯修好是修好了，晃得厉害", "complaint elevator"},
	    {"来水了，黄得没法喝", "complaint water"},
	    {"来水是来水了", "unknown"},
	    {"路灯修好了又不亮了", "complaint lighting"},
	    {"4楼漏水漏得厉害", "complaint water"},
	    {"登记 王秀英 3栋2单元501，开会我参加", "register 3-2-501; attend"},
	    {"", "unknown"},
	    {"!!!", "unknown"},
	    {"今天天气真好", "unknown"},
	};
	struct rules_context ctx = {0};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		expect(*state, rows[i][0], &ctx, rows[i][1]);
}

static void at_most_eight(void **state)
{
	struct rules_context ctx = {.roles = ROLE(GRID_WORKER)};
	struct intents in;
	rules_read(*state, "接 1，接 2，接 3，接 4，接 5，接 6，接 7，接 8，接 9，接 10", &ctx, &in);
	assert_int_equal(in.count, INTENTS_PER_TEXT);
	assert_int_equal(in.list[7].number, 8);
}

static void roles_decide(void **state)
{
	struct rules_context nobody = {0}, volunteer = {.roles = ROLE(VOLUNTEER) | ROLE(RESIDENT)},
			     staff = {.roles = ROLE(DEPARTMENT)};
	expect(*state, "接 23", &nobody, "take #23");
	expect(*state, "接 23", &volunteer, "take #23");
	expect(*state, "接 23", &staff, "staff_take #23");
	expect(*state, "退 23", &volunteer, "giveback #23");
	expect(*state, "退 23", &staff, "staff_return #23");
	expect(*state, "办结 23 已换", &nobody, "unknown");
	expect(*state, "群发 明天停水", &volunteer, "unknown");
}

static void questions_decide(void **state)
{
	static const struct {
		enum asked asked;
		const char *text, *want;
	} rows[] = {
	    {ASKED_NONE, "2", "decline"},
	    {ASKED_RATING, "2", "rate"},
	    {ASKED_POLL, "2", "vote"},
	    {ASKED_CHECKIN, "1", "checkin"},
	    {ASKED_CODE, "483920", "code"},
	    {ASKED_NONE, "483920", "unknown"},
	    {ASKED_TEXT, "说了你们也不懂", "complaint other"},
	    {ASKED_VERIFY, "1", "staff_verify"},
	    /* a full command is that command; 9 and 0 are never answers */
	    {ASKED_POLL, "退订", "stop"},
	    {ASKED_RATING, "3 楼道灯又不亮了", "complaint lighting"},
	    {ASKED_POLL, "6 23", "status #23"},
	    {ASKED_POLL, "9", "duty"},
	    {ASKED_RATING, "0", "menu"},
	    {ASKED_CODE, "不是我", "unknown"},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct rules_context ctx = {.asked = rows[i].asked};
		expect(*state, rows[i].text, &ctx, rows[i].want);
	}
}

static void machines_are_not_obeyed(void **state)
{
	struct rules_context machine = {.machine = true}, person = {0};
	static const char *const texts[] = {"1", "9", "退订", "救命", "投诉 灯坏了"};
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		expect(*state, texts[i], &machine, "unknown");
	expect(*state, "【某商城】年终大促，拒收请回复R", &person, "unknown");
}

static void quotes(void **state)
{
	struct rules_context ctx = {0}, staff = {.roles = ROLE(GRID_WORKER)};
	struct intents in;
	rules_read(*state, "３　樓道燈壞了，謝謝！", &ctx, &in);
	assert_int_equal(in.list[0].kind, INTENT_COMPLAINT);
	assert_string_equal(in.list[0].text, "樓道燈壞了");
	assert_string_equal(in.list[0].place, "樓道");
	rules_read(*state, "办结 23 已换Ｌ型灯管", &staff, &in);
	assert_string_equal(in.list[0].text, "已换Ｌ型灯管");
	rules_read(*state, "匿名反映 6栋有人私拉电线", &ctx, &in);
	assert_true(in.list[0].has & ARG_ANONYMOUS && in.list[0].anonymous);
	rules_read(*state, "我参加", &ctx, &in);
	assert_false(in.english);
	rules_read(*state, "I will be there", &ctx, &in);
	assert_true(in.english);
	rules_read(*state, "TD", &ctx, &in);
	assert_false(in.english);
	/* a bare verb asks for the matter: no text */
	rules_read(*state, "投诉", &ctx, &in);
	assert_int_equal(in.list[0].kind, INTENT_COMPLAINT);
	assert_false(in.list[0].has & ARG_TEXT);
}

/* Texts that aim at the matcher: they end, and something comes out. Run with a sanitizer they also stay inside.
 */
static void hostile(void **state)
{
	static const char *const pieces[] = {
	    "我",       "1",  "来", "，",   "不",    "三",    "a",   "来来去", "不来", "灯坏了，", "9 ",
	    "我和老伴", "十", "(",  "摔人", "help ", "{who}", "\\E", "\xff",   "【",   "1 2 3 ",   "12345、"};
	for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
		size_t n = strlen(pieces[i]), count = 4200;
		char *text = mem_alloc(n * count + 1);
		for (size_t k = 0; k < count; k++)
			memcpy(text + n * k, pieces[i], n);
		for (int asked = 0; asked < ASKED_COUNT; asked += 3) {
			struct rules_context ctx = {.asked = (enum asked)asked,
						    .roles = i % 2 ? ROLE(SECRETARY) : 0};
			struct intents in;
			rules_read(*state, text, &ctx, &in);
			assert_true(in.count >= 1 && in.count <= INTENTS_PER_TEXT);
		}
		free(text);
	}
}

static void names_and_numbers_agree(void **state)
{
	(void)state;
	for (int i = 0; i < INTENT_COUNT; i++)
		assert_int_equal(intent_find(intent_name((enum intent_kind)i)), i);
	for (int i = 0; i < CATEGORY_COUNT; i++)
		assert_int_equal(category_find(category_name((enum category)i)), i);
	for (int i = 0; i < ROLE_COUNT; i++)
		assert_int_equal(role_find(role_name(i)), i);
	for (int i = 1; i < ASKED_COUNT; i++)
		assert_int_equal(asked_find(asked_name((enum asked)i)), i);
	assert_int_equal(role_find("网格员"), ROLE_INDEX_GRID_WORKER);
	assert_int_equal(role_find("king"), -1);
	assert_int_equal(intent_find("dance"), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(samples),        cmocka_unit_test(every_rule_has_a_sample),
	    cmocka_unit_test(several_wishes), cmocka_unit_test(at_most_eight),
	    cmocka_unit_test(roles_decide),   cmocka_unit_test(questions_decide),
	    cmocka_unit_test(quotes),         cmocka_unit_test(machines_are_not_obeyed),
	    cmocka_unit_test(hostile),        cmocka_unit_test(names_and_numbers_agree),
	};
	return cmocka_run_group_tests_name("rules", tests, load, unload);
}
