#include "civic/recur.h"

#include <errno.h>
#include <libical/ical.h>
#include <stdio.h>
#include <string.h>

static int parse_start(const char *s, struct civil *ret)
{
	int n = 0;
	struct civil c = {0};
	if (sscanf(s, "%4d-%2d-%2d%*1[T ]%2d:%2d%n:%2d%n", &c.year, &c.month, &c.day, &c.hour, &c.minute, &n,
		   &c.second, &n) < 5 ||
	    s[n])
		return -EINVAL;
	if (c.month < 1 || c.month > 12 || c.day < 1 || c.day > 31 || c.hour < 0 || c.hour > 23 ||
	    c.minute < 0 || c.minute > 59)
		return -EINVAL;
	*ret = c;
	return 0;
}

static int parse_rule(const char *rrule, struct icalrecurrencetype *ret)
{
	if (strlen(rrule) > 500)
		return -EINVAL;
	*ret = icalrecurrencetype_from_string(rrule);
	if (ret->freq == ICAL_NO_RECURRENCE)
		return -EINVAL;
	return ret->freq == ICAL_SECONDLY_RECURRENCE || ret->freq == ICAL_MINUTELY_RECURRENCE ||
		       ret->freq == ICAL_HOURLY_RECURRENCE
		   ? -EDOM
		   : 0;
}

/* Takes the next date off a list; 1, 0 at its end, -EINVAL. */
static int next_date(const char **p, int *y, int *m, int *d)
{
	int n = 0;
	while (**p == ' ' || **p == ',' || **p == '\n' || **p == '\t')
		(*p)++;
	if (!**p)
		return 0;
	if (sscanf(*p, "%4d-%2d-%2d%n", y, m, d, &n) != 3 || n < 8 || *m < 1 || *m > 12 || *d < 1 || *d > 31)
		return -EINVAL;
	*p += n;
	return 1;
}

static bool excepted(const char *exdates, const struct icaltimetype *t)
{
	int y, m, d;
	const char *p = exdates ? exdates : "";
	while (next_date(&p, &y, &m, &d) == 1)
		if (y == t->year && m == t->month && d == t->day)
			return true;
	return false;
}

int recur_check(const char *rrule, const char *start_local, const char *exdates, struct err *e)
{
	struct icalrecurrencetype rule;
	struct civil start;
	int y, m, d, r = parse_rule(rrule, &rule);
	if (r == -EDOM)
		return err_set(e, NULL, 0, "the rule \"%s\" recurs more often than daily", rrule);
	if (r < 0)
		return err_set(e, NULL, 0, "\"%s\" is no recurrence rule; a weekly one is FREQ=WEEKLY;BYDAY=FR",
			       rrule);
	if (parse_start(start_local, &start) < 0)
		return err_set(e, NULL, 0, "\"%s\" is no local start such as 2026-11-20T15:00:00", start_local);
	const char *p = exdates ? exdates : "";
	while ((r = next_date(&p, &y, &m, &d)) == 1)
		;
	return r < 0 ? err_set(e, NULL, 0, "\"%s\" is no date such as 2026-12-25", p) : 0;
}

int recur_expand(const char *rrule, const char *start_local, const char *exdates, int64_t from_utc,
		 int64_t until_utc, int64_t *ret, int max)
{
	struct icalrecurrencetype rule;
	struct civil c;
	if (parse_rule(rrule, &rule) < 0 || parse_start(start_local, &c) < 0)
		return -EINVAL;
	struct icaltimetype start = icaltime_null_time();
	start.year = c.year;
	start.month = c.month;
	start.day = c.day;
	start.hour = c.hour;
	start.minute = c.minute;
	start.second = c.second;
	icalrecur_iterator *it = icalrecur_iterator_new(rule, start);
	if (!it)
		return -EINVAL;
	int count = 0;
	for (int i = 0; i < RECUR_STEPS && count < max; i++) {
		struct icaltimetype t = icalrecur_iterator_next(it);
		if (icaltime_is_null_time(t))
			break;
		int64_t utc = civil_to_utc(&(struct civil){.year = t.year,
							   .month = t.month,
							   .day = t.day,
							   .hour = t.hour,
							   .minute = t.minute,
							   .second = t.second});
		if (utc >= until_utc)
			break;
		if (utc >= from_utc && !excepted(exdates, &t))
			ret[count++] = utc;
	}
	icalrecur_iterator_free(it);
	return count;
}
