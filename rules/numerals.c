#include "rules/numerals.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define TEN     10
#define HUNDRED 100
#define RUN_MAX 16

/* Value of one numeral character, TEN and HUNDRED for the places, -1 for any other. */
static int digit_value(uint32_t c)
{
	static const struct {
		uint32_t c;
		int value;
	} table[] = {{0x96F6, 0}, {0x3007, 0}, {0x4E00, 1}, {0x5E7A, 1},   {0x4E8C, 2},
		     {0x4E24, 2}, {0x4E09, 3}, {0x56DB, 4}, {0x4E94, 5},   {0x516D, 6},
		     {0x4E03, 7}, {0x516B, 8}, {0x4E5D, 9}, {0x5341, TEN}, {0x767E, HUNDRED}};
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (table[i].c == c)
			return table[i].value;
	return -1;
}

static bool one_of(const struct glyphs *g, int at, const char *const *words)
{
	for (; *words; words++)
		if (glyphs_match(g, at, *words))
			return true;
	return false;
}

/* What is counted or numbered: a numeral before one of these is a number. */
static const char *const counters[] = {"栋", "幢",   "座",   "号",   "单元", "室",   "楼", "层", "房",
				       "个", "人",   "位",   "名",   "口",   "天",   "日", "月", "年",
				       "点", "小时", "分钟", "周",   "次",   "回",   "门", "组", "#",
				       "户", "期",   "排",   "星期", "礼拜", "个月", NULL};
static const char *const address[] = {"栋", "幢", "座", "号", "单元", "室", "楼", "层", "门", "#", NULL};
/* A single numeral before the end of a clause is a number only behind one of these: 接八, 选二, 附议三. */
static const char *const before[] = {"选", "投", "项", "案", "第",   "接", "抢", "查", "议", "持", "结", "转",
				     "延", "实", "填", "按", "打分", "度", "询", "务", "成", "交", "认", NULL};

static bool ends_with(const struct glyphs *g, int end, const char *const *words)
{
	for (; *words; words++) {
		int n = 0;
		for (const char *p = *words; *p; p++)
			n += ((unsigned char)*p & 0xC0) != 0x80;
		if (end >= n && glyphs_match(g, end - n, *words))
			return true;
	}
	return false;
}

static bool at_edge(uint32_t c)
{
	return c == 0 || c == ' ' || (c < 0x80 && !is_digit(c) && !is_letter(c)) || c == 0x3001 /* 、 */;
}

struct run {
	int value[RUN_MAX];
	int n;
	bool places; /* holds 十 or 百 */
	bool pair;   /* holds 两 */
	bool zero;   /* holds 零, 〇 or 幺: read digit by digit */
};

/* 二十三, 十二, 一百零五; -1 when it is not formed so. */
static int with_places(const struct run *r)
{
	int total = 0, digit = -1, last = 1000;
	for (int i = 0; i < r->n; i++) {
		int v = r->value[i];
		if (v < TEN) {
			if (digit > 0)
				return -1;
			digit = v;
			continue;
		}
		if (v >= last || (digit <= 0 && !(v == TEN && i == 0)))
			return -1;
		total += (digit > 0 ? digit : 1) * v;
		last = v;
		digit = -1;
	}
	return total + (digit > 0 ? digit : 0);
}

/* 不选一要二, 选一不选二: one of two that are held against each other; the other one was read before, or comes behind. */
static bool one_of_two(const struct glyphs *g, int at)
{
	static const char *const choice[] = {"选", "投", "要", "是", "支持", "反对", "同意", NULL};
	int next = at + 1;
	if (!ends_with(g, at, choice))
		return false;
	for (int back = at - 1; back > 0 && back >= at - 4; back--)
		if (is_digit(glyphs_at(g, back)))
			return at_edge(glyphs_at(g, next));
	next += glyphs_at(g, next) == ',' || glyphs_at(g, next) == ' ';
	next += glyphs_match(g, next, "不");
	for (int k = 0; choice[k]; k++) {
		int n = glyphs_match(g, next, choice[k]);
		uint32_t c = glyphs_at(g, next + n);
		if (n && (is_digit(c) || digit_value(c) >= 0))
			return true;
	}
	return false;
}

static bool is_number(const struct glyphs *g, int at, const struct run *r)
{
	uint32_t prev = glyphs_at(g, at - 1), next = glyphs_at(g, at + r->n);
	static const char *const couple[] = {"老", "小", NULL};
	if (r->n == 1 && r->pair && ends_with(g, at, couple) && glyphs_match(g, at + 1, "口") &&
	    !glyphs_match(g, at + 1, "口子") && !glyphs_match(g, at + 1, "口人"))
		return false; /* 老两口 is one word */
	bool counted = one_of(g, at + r->n, counters);
	static const char *const vague[] = {"几", "数", "好", "双", NULL}; /* 几十个, 数百户, 双十一 */
	static const char *const tail[] = {"几", "多", NULL};
	if (ends_with(g, at, vague) || (one_of(g, at + r->n, tail) && r->places))
		return false;
	if (r->places)
		return r->n > 1
			   ? with_places(r) > 0
			   : r->value[0] == TEN &&
				 (counted || ((at_edge(prev) || ends_with(g, at, before)) && at_edge(next)));
	if (r->n == 1) {
		static const char *const clock[] = {"下午", "上午", "中午", "晚上",
						    "早上", "凌晨", "傍晚", NULL};
		if (r->value[0] == 1 && glyphs_match(g, at + 1, "点")) /* 一点 is also "a little" */
			return ends_with(g, at, clock) || glyphs_match(g, at + 2, "半") ||
			       glyphs_match(g, at + 2, "钟");
		if (r->value[0] == 1 && glyphs_match(g, at + 1, "口") && !glyphs_match(g, at + 1, "口人"))
			return false; /* 一口气 */
		static const char *const order[] = {"第", NULL};
		if (counted || ends_with(g, at, order))
			return true;
		if (r->pair)
			return false;
		if (one_of_two(g, at))
			return true;
		return at_edge(next) && (at_edge(prev) || is_digit(prev) || ends_with(g, at, before));
	}
	if (r->pair)
		return false;
	if (r->n >= 3)
		return true;
	bool vague_pair = !r->zero && r->value[1] == r->value[0] + 1; /* 三四个 */
	return r->zero || (!vague_pair && one_of(g, at + 2, address)) ||
	       (!vague_pair && at_edge(prev) && at_edge(next));
}

static void convert(struct glyphs *g, int at, const struct run *r)
{
	char digits[RUN_MAX + 1];
	if (r->places) {
		snprintf(digits, sizeof digits, "%d", with_places(r));
	} else if (r->n == 1 && is_digit(glyphs_at(g, at - 1)) && (r->pair || one_of(g, at + 1, counters))) {
		snprintf(digits, sizeof digits, " %d", r->value[0]); /* 41、42两个 is no 422, 延60五天 no 605 */
	} else {
		for (int i = 0; i < r->n; i++)
			digits[i] = (char)('0' + r->value[i]);
		digits[r->n] = 0;
	}
	glyphs_replace(g, at, r->n, digits);
}

/* 俩 and 仨 hold their counter: 来仨 → 来3个, 俩人 → 2个人. */
static bool spoken_pair(struct glyphs *g, int i)
{
	if (g->list[i].c != 0x4FE9 && g->list[i].c != 0x4EE8)
		return false;
	glyphs_replace(g, i, 1, g->list[i].c == 0x4FE9 ? "2个" : "3个");
	return true;
}

static void read_run(const struct glyphs *g, int at, struct run *r)
{
	*r = (struct run){0};
	while (r->n < RUN_MAX) {
		uint32_t c = glyphs_at(g, at + r->n);
		int v = digit_value(c);
		if (v < 0)
			break;
		r->places |= v >= TEN;
		r->pair |= c == 0x4E24;
		r->zero |= v == 0 || c == 0x5E7A;
		r->value[r->n++] = v;
	}
}

/* 三杠二杠五零一, as a dictated address sounds. */
static void dashes(struct glyphs *g)
{
	for (int i = 1; i + 1 < g->count; i++) {
		uint32_t a = g->list[i - 1].c, b = g->list[i + 1].c;
		if (g->list[i].c == 0x6760 && (is_digit(a) || digit_value(a) >= 0) &&
		    (is_digit(b) || digit_value(b) >= 0))
			g->list[i].c = '-';
	}
}

/* two … ten as words of their own; "one" is more often no number (no one, this one). */
static void english_words(struct glyphs *g)
{
	static const char *const words[] = {"two",   "three", "four", "five", "six",
					    "seven", "eight", "nine", "ten"};
	for (int i = 0; i < g->count; i++) {
		if (!is_letter(g->list[i].c) || is_letter(glyphs_at(g, i - 1)))
			continue;
		for (int k = 0; k < 9; k++) {
			int n = glyphs_match(g, i, words[k]);
			char digits[16];
			if (!n || is_letter(glyphs_at(g, i + n)) || glyphs_at(g, i + n) == '-')
				continue;
			snprintf(digits, sizeof digits, "%d", k + 2);
			glyphs_replace(g, i, n, digits);
			break;
		}
	}
}

void numerals_to_digits(struct glyphs *g)
{
	static const char *const week[] = {"周", "星期", "礼拜", NULL};
	dashes(g);
	english_words(g);
	for (int i = 0; i < g->count; i++) {
		if (spoken_pair(g, i))
			continue;
		if (digit_value(g->list[i].c) < 0 || (ends_with(g, i, week) && !glyphs_match(g, i + 1, "个")))
			continue;
		struct run r;
		read_run(g, i, &r);
		if (is_number(g, i, &r)) {
			convert(g, i, &r);
			while (is_digit(glyphs_at(g, i + 1)))
				i++;
		} else {
			i += r.n - 1;
		}
	}
}
