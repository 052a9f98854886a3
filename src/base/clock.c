#include "base/clock.h"
#include "base/mem.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

int clock_set_zone(const char *zone)
{
	char path[PATH_MAX];
	snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", zone);
	if (!*zone || zone[0] == '/' || strstr(zone, "..") || access(path, R_OK) != 0)
		return -EINVAL;
	setenv("TZ", zone, 1);
	tzset();
	return 0;
}

void civil_from_utc(int64_t utc, struct civil *ret)
{
	time_t t = (time_t)utc;
	struct tm tm;
	localtime_r(&t, &tm);
	*ret = (struct civil){tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
			      tm.tm_min,         tm.tm_sec,     tm.tm_wday};
}

int64_t civil_to_utc(const struct civil *c)
{
	struct tm tm = {.tm_year = c->year - 1900,
			.tm_mon = c->month - 1,
			.tm_mday = c->day,
			.tm_hour = c->hour,
			.tm_min = c->minute,
			.tm_sec = c->second,
			.tm_isdst = -1};
	return (int64_t)mktime(&tm);
}

int64_t civil_midnight(int64_t utc, int days)
{
	struct civil c;
	civil_from_utc(utc, &c);
	c.hour = c.minute = c.second = 0;
	c.day += days;
	return civil_to_utc(&c);
}

int64_t civil_next_hour(int64_t utc, int hour)
{
	struct civil c;
	civil_from_utc(utc, &c);
	c.day += c.hour >= hour;
	c.hour = hour;
	c.minute = c.second = 0;
	return civil_to_utc(&c);
}

/* Fixed-width decimal; -1 when anything else stands there. */
static int digits(const char **p, int count)
{
	int v = 0;
	for (int i = 0; i < count; i++) {
		if (**p < '0' || **p > '9')
			return -1;
		v = v * 10 + (*(*p)++ - '0');
	}
	return v;
}

static bool skip(const char **p, char c)
{
	if (**p != c)
		return false;
	(*p)++;
	return true;
}

static bool civil_valid(int mon, int day, int h, int m, int s)
{
	return mon >= 1 && mon <= 12 && day >= 1 && day <= 31 && h >= 0 && h <= 23 && m >= 0 && m <= 59 &&
	       s >= 0 && s <= 60;
}

int rfc3339_parse(const char *s, int64_t *ret_utc)
{
	const char *p = s;
	int y = digits(&p, 4);
	if (!skip(&p, '-'))
		return -EINVAL;
	int mon = digits(&p, 2);
	if (!skip(&p, '-'))
		return -EINVAL;
	int day = digits(&p, 2);
	if (*p != 'T' && *p != 't' && *p != ' ')
		return -EINVAL;
	p++;
	int h = digits(&p, 2);
	if (!skip(&p, ':'))
		return -EINVAL;
	int m = digits(&p, 2);
	if (!skip(&p, ':'))
		return -EINVAL;
	int sec = digits(&p, 2);
	if (y < 0 || !civil_valid(mon, day, h, m, sec))
		return -EINVAL;
	if (skip(&p, '.'))
		while (*p >= '0' && *p <= '9')
			p++;
	int offset = 0;
	if (*p == 'Z' || *p == 'z')
		p++;
	else if (*p == '+' || *p == '-') {
		int sign = *p++ == '-' ? -1 : 1;
		int oh = digits(&p, 2);
		if (!skip(&p, ':'))
			return -EINVAL;
		int om = digits(&p, 2);
		if (oh < 0 || om < 0 || oh > 23 || om > 59)
			return -EINVAL;
		offset = sign * (oh * 3600 + om * 60);
	} else
		return -EINVAL;
	if (*p && *p != '\n' && *p != '\r')
		return -EINVAL;
	struct tm tm = {
	    .tm_year = y - 1900, .tm_mon = mon - 1, .tm_mday = day, .tm_hour = h, .tm_min = m, .tm_sec = sec};
	*ret_utc = (int64_t)timegm(&tm) - offset;
	return 0;
}

char *rfc3339_format(int64_t utc, char *buf)
{
	time_t t = (time_t)utc;
	struct tm tm;
	localtime_r(&t, &tm);
	size_t n = strftime(buf, 30, "%Y-%m-%dT%H:%M:%S%z", &tm);
	/* strftime writes +0800; the standard wants +08:00 */
	memmove(buf + n - 1, buf + n - 2, 3);
	buf[n - 2] = ':';
	return buf;
}

static const struct {
	const char *name;
	int weekday;
} weekdays[] = {
    {"sunday", 0},   {"monday", 1}, {"tuesday", 2}, {"wednesday", 3}, {"thursday", 4}, {"friday", 5},
    {"saturday", 6}, {"sun", 0},    {"mon", 1},     {"tue", 2},       {"wed", 3},      {"thu", 4},
    {"fri", 5},      {"sat", 6},    {"周日", 0},    {"周一", 1},      {"周二", 2},     {"周三", 3},
    {"周四", 4},     {"周五", 5},   {"周六", 6},    {"星期日", 0},    {"星期一", 1},   {"星期二", 2},
    {"星期三", 3},   {"星期四", 4}, {"星期五", 5},  {"星期六", 6},    {"周天", 0},     {"星期天", 0},
};

static int take_weekday(const char **p)
{
	for (size_t i = 0; i < ARRAY_LEN(weekdays); i++) {
		size_t n = strlen(weekdays[i].name);
		if (strncasecmp(*p, weekdays[i].name, n) == 0) {
			*p += n;
			return weekdays[i].weekday;
		}
	}
	return -1;
}

/* "9:00", "15:00", "15:00:30", "" (then *given is false). */
static int take_time(const char *p, int *h, int *m, bool *given)
{
	int hh, mm, ss = 0, n = 0;
	while (*p == ' ' || *p == 'T')
		p++;
	*given = *p != 0;
	*h = *m = 0;
	if (!*given)
		return 0;
	if (sscanf(p, "%2d:%2d%n:%2d%n", &hh, &mm, &n, &ss, &n) < 2 || p[n] || hh < 0 || hh > 23 || mm < 0 ||
	    mm > 59)
		return -EINVAL;
	*h = hh;
	*m = mm;
	return 0;
}

static int parse_dated(const char *s, int64_t now_utc, int64_t *ret_utc)
{
	struct civil c;
	civil_from_utc(now_utc, &c);
	int y, mon, day, n = 0;
	bool has_year = true, given;
	if (sscanf(s, "%4d-%2d-%2d%n", &y, &mon, &day, &n) != 3) {
		has_year = false;
		y = c.year;
		if (sscanf(s, "%2d-%2d%n", &mon, &day, &n) != 2)
			return -EINVAL;
	}
	c = (struct civil){.year = y, .month = mon, .day = day};
	if (take_time(s + n, &c.hour, &c.minute, &given) || !civil_valid(mon, day, c.hour, c.minute, 0))
		return -EINVAL;
	*ret_utc = civil_to_utc(&c);
	if (!has_year && *ret_utc < now_utc) {
		c.year++;
		*ret_utc = civil_to_utc(&c);
	}
	return 0;
}

int when_parse(const char *s, int64_t now_utc, int64_t *ret_utc)
{
	while (*s == ' ')
		s++;
	if (rfc3339_parse(s, ret_utc) == 0)
		return 0;
	if (!strcasecmp(s, "now") || !strcmp(s, "现在")) {
		*ret_utc = now_utc;
		return 0;
	}
	if (*s == '+' || (*s == '-' && s[1])) {
		int64_t ms;
		if (duration_parse(s + 1, &ms))
			return -EINVAL;
		*ret_utc = now_utc + (*s == '-' ? -ms : ms) / 1000;
		return 0;
	}
	struct civil c;
	civil_from_utc(now_utc, &c);
	c.second = 0;
	int now_weekday = c.weekday, add_days = -1;
	const char *p = s;
	static const struct {
		const char *name;
		int days;
	} names[] = {{"today", 0}, {"今天", 0}, {"tomorrow", 1}, {"明天", 1}, {"后天", 2}};
	for (size_t i = 0; i < ARRAY_LEN(names) && add_days < 0; i++)
		if (!strncasecmp(p, names[i].name, strlen(names[i].name))) {
			add_days = names[i].days;
			p += strlen(names[i].name);
		}
	bool given, weekly = false, floating = false;
	if (add_days < 0) {
		int wd = take_weekday(&p);
		if (wd >= 0) {
			add_days = (wd - now_weekday + 7) % 7;
			weekly = true;
		} else if (strchr(s, ':') && !strchr(s, '-')) {
			add_days = 0;
			floating = true;
		} else
			return parse_dated(s, now_utc, ret_utc);
	}
	if (take_time(p, &c.hour, &c.minute, &given))
		return -EINVAL;
	c.day += add_days;
	*ret_utc = civil_to_utc(&c);
	if (*ret_utc <= now_utc && (weekly || floating)) {
		c.day += weekly ? 7 : 1;
		*ret_utc = civil_to_utc(&c);
	}
	return 0;
}

int duration_parse(const char *s, int64_t *ret_ms)
{
	char *end;
	errno = 0;
	long long v = strtoll(s, &end, 10);
	if (end == s || errno || v < 0 || v > 1000000000)
		return -EINVAL;
	static const struct {
		const char *unit;
		int64_t ms;
	} units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}};
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (!strcmp(end, units[i].unit)) {
			*ret_ms = v * units[i].ms;
			return 0;
		}
	if (v == 0 && !*end) {
		*ret_ms = 0;
		return 0;
	}
	return -EINVAL;
}

int day_window_parse(const char *s, struct day_window *ret)
{
	struct day_window w = {.days = 0x7F};
	if (!strcasecmp(s, "none")) {
		*ret = (struct day_window){0};
		return 0;
	}
	const char *p = s;
	int first = take_weekday(&p);
	if (first >= 0) {
		int last = first;
		if (skip(&p, '-') && (last = take_weekday(&p)) < 0)
			return -EINVAL;
		w.days = 0;
		for (int d = first;; d = (d + 1) % 7) {
			w.days |= 1u << d;
			if (d == last)
				break;
		}
	}
	int h1, m1, h2, m2, n = 0;
	if (sscanf(p, " %2d:%2d-%2d:%2d%n", &h1, &m1, &h2, &m2, &n) != 4 || p[n])
		return -EINVAL;
	if (h1 < 0 || h1 > 24 || h2 < 0 || h2 > 24 || m1 < 0 || m1 > 59 || m2 < 0 || m2 > 59)
		return -EINVAL;
	w.from_minute = h1 * 60 + m1;
	w.to_minute = h2 * 60 + m2;
	*ret = w;
	return 0;
}

bool day_window_contains(const struct day_window *w, int64_t utc)
{
	if (w->from_minute == w->to_minute)
		return false;
	struct civil c;
	civil_from_utc(utc, &c);
	int minute = c.hour * 60 + c.minute;
	bool today = w->days >> c.weekday & 1, yesterday = w->days >> ((c.weekday + 6) % 7) & 1;
	if (w->from_minute < w->to_minute)
		return today && minute >= w->from_minute && minute < w->to_minute;
	return (today && minute >= w->from_minute) || (yesterday && minute < w->to_minute);
}

/* Windows change state only on whole local minutes named in them, so stepping over the coming edges is exact. */
static int64_t next_edge(const struct day_window *w, int64_t utc)
{
	int64_t best = INT64_MAX;
	for (int day = 0; day <= 1; day++)
		for (int e = 0; e < 3; e++) {
			struct civil c;
			civil_from_utc(utc, &c);
			int minute = e == 0 ? w->from_minute : e == 1 ? w->to_minute : 0;
			c.day += day;
			c.hour = minute / 60;
			c.minute = minute % 60;
			c.second = 0;
			int64_t t = civil_to_utc(&c);
			if (t > utc && t < best)
				best = t;
		}
	return best;
}

int64_t day_window_end(const struct day_window *w, int64_t utc)
{
	for (int i = 0; i < 32 && day_window_contains(w, utc); i++)
		utc = next_edge(w, utc);
	return utc;
}

int64_t day_window_next(const struct day_window *w, int64_t utc)
{
	if (w->from_minute == w->to_minute || !w->days)
		return INT64_MAX;
	for (int i = 0; i < 32 && !day_window_contains(w, utc); i++)
		utc = next_edge(w, utc);
	return utc;
}

int wall_clock_init(struct wall_clock *w, bool allow_test)
{
	const char *file = getenv("YISHI_CLOCK");
	*w = (struct wall_clock){0};
	if (!file || !*file)
		return 0;
	if (!allow_test)
		return -EPERM;
	if ((size_t)snprintf(w->test_file, sizeof w->test_file, "%s", file) >= sizeof w->test_file)
		return -ENAMETOOLONG;
	return 0;
}

int64_t wall_clock_now(const struct wall_clock *w)
{
	int64_t utc;
	if (w->test_file[0]) {
		char line[64] = "";
		FILE *f = fopen(w->test_file, "re");
		bool ok = f && fgets(line, sizeof line, f) && rfc3339_parse(line, &utc) == 0;
		if (f)
			fclose(f);
		if (ok)
			return utc;
	}
	return (int64_t)time(NULL);
}

int64_t mono_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t clock_built_utc(void)
{
	struct tm tm = {0};
	return strptime(__DATE__, "%b %d %Y", &tm) ? (int64_t)timegm(&tm) - DAY_S : 0;
}
