#include "civic/period.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {
    [PERIOD_WEEK] = "week", [PERIOD_MONTH] = "month", [PERIOD_QUARTER] = "quarter", [PERIOD_YEAR] = "year"};

const char *period_kind_name(enum period_kind k)
{
	return names[k];
}

static int64_t midnight(int year, int month, int day)
{
	return civil_to_utc(&(struct civil){.year = year, .month = month, .day = day});
}

/* The date of the Monday of a week, as a day of January of that ISO year (may be 0 or less): the week with 4 January is
 * the first. */
static int monday(int year, int week)
{
	struct civil fourth;
	civil_from_utc(midnight(year, 1, 4), &fourth);
	return 4 - (fourth.weekday + 6) % 7 + (week - 1) * 7;
}

static void bounds(struct period *p)
{
	int first;
	switch (p->kind) {
	case PERIOD_WEEK:
		first = monday(p->year, p->index);
		p->from_utc = midnight(p->year, 1, first);
		p->to_utc = midnight(p->year, 1, first + 7);
		return;
	case PERIOD_MONTH:
		p->from_utc = midnight(p->year, p->index, 1);
		p->to_utc = midnight(p->year, p->index + 1, 1);
		return;
	case PERIOD_QUARTER:
		p->from_utc = midnight(p->year, p->index * 3 - 2, 1);
		p->to_utc = midnight(p->year, p->index * 3 + 1, 1);
		return;
	case PERIOD_YEAR:
		p->from_utc = midnight(p->year, 1, 1);
		p->to_utc = midnight(p->year + 1, 1, 1);
		return;
	case PERIOD_KINDS:
		return;
	}
}

void period_at(enum period_kind k, int64_t utc, struct period *ret)
{
	struct civil c, thursday;
	civil_from_utc(utc, &c);
	*ret = (struct period){.kind = k, .year = c.year};
	switch (k) {
	case PERIOD_WEEK: /* its Thursday tells the year */
		civil_from_utc(midnight(c.year, c.month, c.day + 3 - (c.weekday + 6) % 7), &thursday);
		ret->year = thursday.year;
		for (ret->index = 1; ret->index < 53; ret->index++)
			if (midnight(ret->year, 1, monday(ret->year, ret->index + 1)) > utc)
				break;
		break;
	case PERIOD_MONTH:
		ret->index = c.month;
		break;
	case PERIOD_QUARTER:
		ret->index = (c.month + 2) / 3;
		break;
	case PERIOD_YEAR:
	case PERIOD_KINDS:
		break;
	}
	bounds(ret);
}

void period_shift(const struct period *p, int by, struct period *ret)
{
	struct civil c;
	civil_from_utc(p->from_utc, &c);
	c.hour = 12; /* of a day in it, whatever summer time does */
	switch (p->kind) {
	case PERIOD_WEEK:
		c.day += 7 * by;
		break;
	case PERIOD_MONTH:
		c.month += by;
		break;
	case PERIOD_QUARTER:
		c.month += 3 * by;
		break;
	case PERIOD_YEAR:
	case PERIOD_KINDS:
		c.year += by;
		break;
	}
	period_at(p->kind, civil_to_utc(&c), ret);
}

char *period_name(const struct period *p, char *buf)
{
	int year = p->year % 10000, index = p->index % 100;
	switch (p->kind) {
	case PERIOD_WEEK:
		snprintf(buf, PERIOD_NAME_MAX, "%04d-W%02d", year, index);
		break;
	case PERIOD_MONTH:
		snprintf(buf, PERIOD_NAME_MAX, "%04d-%02d", year, index);
		break;
	case PERIOD_QUARTER:
		snprintf(buf, PERIOD_NAME_MAX, "%04d-Q%d", year, index);
		break;
	case PERIOD_YEAR:
	case PERIOD_KINDS:
		snprintf(buf, PERIOD_NAME_MAX, "%04d", year);
		break;
	}
	return buf;
}

int period_parts(const struct period *p, struct period_part ret[PERIOD_PARTS_MAX])
{
	struct civil c;
	int n = 0;
	civil_from_utc(p->from_utc, &c);
	int64_t from = p->from_utc;
	while (from < p->to_utc && n < PERIOD_PARTS_MAX) {
		if (p->kind == PERIOD_YEAR || p->kind == PERIOD_QUARTER)
			c.month++;
		else
			c.day += p->kind == PERIOD_WEEK ? 1 : n ? 7 : 7 - (c.weekday + 6) % 7;
		int64_t to = midnight(c.year, c.month, c.day);
		ret[n++] = (struct period_part){from, to < p->to_utc ? to : p->to_utc};
		from = to;
	}
	return n;
}

/* ------------------------------------------------------------------------------------------------ reading */

struct word {
	const char *text;
	int kind; /* PERIOD_KINDS: whatever is asked for */
	int by;
};

static const struct word words[] = {
    {"this", PERIOD_KINDS, 0},      {"last", PERIOD_KINDS, -1},       {"week", PERIOD_WEEK, 0},
    {"month", PERIOD_MONTH, 0},     {"quarter", PERIOD_QUARTER, 0},   {"year", PERIOD_YEAR, 0},
    {"last-week", PERIOD_WEEK, -1}, {"last-month", PERIOD_MONTH, -1}, {"last-quarter", PERIOD_QUARTER, -1},
    {"last-year", PERIOD_YEAR, -1}, {"本周", PERIOD_WEEK, 0},         {"这周", PERIOD_WEEK, 0},
    {"上周", PERIOD_WEEK, -1},      {"本月", PERIOD_MONTH, 0},        {"这个月", PERIOD_MONTH, 0},
    {"上月", PERIOD_MONTH, -1},     {"上个月", PERIOD_MONTH, -1},     {"本季", PERIOD_QUARTER, 0},
    {"本季度", PERIOD_QUARTER, 0},  {"上季", PERIOD_QUARTER, -1},     {"上季度", PERIOD_QUARTER, -1},
    {"今年", PERIOD_YEAR, 0},       {"本年", PERIOD_YEAR, 0},         {"去年", PERIOD_YEAR, -1},
};

static int by_word(enum period_kind kind, const char *s, int64_t now, struct period *ret)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		const struct word *w = &words[i];
		if (strcmp(w->text, s) != 0)
			continue;
		if (w->kind != PERIOD_KINDS && kind != PERIOD_KINDS && w->kind != (int)kind)
			return -EINVAL;
		struct period p;
		period_at(w->kind != PERIOD_KINDS ? (enum period_kind)w->kind
			  : kind != PERIOD_KINDS  ? kind
						  : PERIOD_MONTH,
			  now, &p);
		period_shift(&p, w->by, ret);
		return 0;
	}
	return -ENOENT;
}

/* A number of at most four digits at *s, which goes on behind it; *ret_digits of them. −1: none. */
static int number(const char **s, int *ret_digits)
{
	int n = 0, value = 0;
	while (n < 4 && **s >= '0' && **s <= '9') {
		value = value * 10 + (*(*s)++ - '0');
		n++;
	}
	*ret_digits = n;
	return n ? value : -1;
}

static bool skip(const char **s, const char *mark)
{
	size_t n = strlen(mark);
	if (strncmp(*s, mark, n) != 0)
		return false;
	*s += n;
	return true;
}

/* The kind that a sign in front of the number or behind it tells. */
static int sign(const char **s)
{
	static const struct {
		const char *text;
		enum period_kind kind;
	} signs[] = {{"W", PERIOD_WEEK},    {"w", PERIOD_WEEK},       {"Q", PERIOD_QUARTER},
		     {"q", PERIOD_QUARTER}, {"季度", PERIOD_QUARTER}, {"周", PERIOD_WEEK},
		     {"月", PERIOD_MONTH}};
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (skip(s, signs[i].text))
			return (int)signs[i].kind;
	return PERIOD_KINDS;
}

/* The index within a year; year −1: the last such period that has begun. */
static int indexed(enum period_kind k, int year, int index, int64_t now, struct period *ret)
{
	static const int most[] = {[PERIOD_WEEK] = 53, [PERIOD_MONTH] = 12, [PERIOD_QUARTER] = 4};
	struct period p = {.kind = k}, same;
	if (k >= PERIOD_YEAR || index < 1 || index > most[k])
		return -EINVAL;
	period_at(k, now, &same);
	p.year = year > 0 ? year : index <= same.index ? same.year : same.year - 1;
	p.index = index;
	bounds(&p);
	/* most years have no week 53 */
	period_at(k, p.from_utc, &same);
	if (same.year != p.year || same.index != p.index)
		return -EINVAL;
	*ret = p;
	return 0;
}

static int read_date(enum period_kind kind, const char *s, int64_t now, struct period *ret)
{
	int64_t utc;
	if (strlen(s) != 10 || when_parse(s, now, &utc))
		return -EINVAL;
	period_at(kind == PERIOD_KINDS ? PERIOD_MONTH : kind, utc, ret);
	return 0;
}

int period_parse(enum period_kind kind, const char *s, int64_t now, struct period *ret)
{
	int digits, year = -1, k, index, r = by_word(kind, s, now, ret);
	const char *p = s;
	if (r != -ENOENT)
		return r;
	if (read_date(kind, s, now, ret) == 0)
		return 0;
	int n = number(&p, &digits);
	if (digits == 4) {
		year = n;
		if (!skip(&p, "年"))
			skip(&p, "-");
		if (!*p && (kind == PERIOD_YEAR || kind == PERIOD_KINDS) && year >= 1970) {
			*ret = (struct period){.kind = PERIOD_YEAR, .year = year};
			bounds(ret);
			return 0;
		}
		n = -1;
	}
	k = sign(&p);
	index = n >= 0 ? n : number(&p, &digits);
	if (k == PERIOD_KINDS)
		k = sign(&p);
	if (k == PERIOD_KINDS)
		k = year < 0 ? (int)kind : kind == PERIOD_KINDS ? PERIOD_MONTH : (int)kind;
	if (*p || index < 0 || k == PERIOD_KINDS || (kind != PERIOD_KINDS && k != (int)kind) ||
	    (year >= 0 && year < 1970))
		return -EINVAL;
	return indexed((enum period_kind)k, year, index, now, ret);
}
