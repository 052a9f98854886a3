#include "page/say.h"

#include "base/e164.h"
#include "base/mem.h"
#include "base/text.h"
#include "page/template.h"

#include <string.h>
#include <unicode/udat.h>
#include <unicode/udatpg.h>
#include <unicode/unum.h>
#include <unicode/ustring.h>

#define WORDS_MAX 128 /* UTF-16 units of one number or date */

struct say {
	enum language lang;
	UNumberFormat *number, *ordinal;
	UDateFormat *date, *day, *weekday, *time, *part; /* part: "in the afternoon" */
};

static UDateFormat *open_date(const char *locale, const char *skeleton, const char *pattern)
{
	UErrorCode status = U_ZERO_ERROR;
	UChar in[32], zone[8], best[64];
	u_uastrcpy(zone, "UTC");
	if (pattern)
		u_uastrcpy(best, pattern);
	else {
		UDateTimePatternGenerator *g = udatpg_open(locale, &status);
		u_uastrcpy(in, skeleton);
		udatpg_getBestPattern(g, in, -1, best, 64, &status);
		udatpg_close(g);
	}
	UDateFormat *f = udat_open(UDAT_PATTERN, UDAT_PATTERN, locale, zone, -1, best, -1, &status);
	return U_SUCCESS(status) ? f : NULL;
}

struct say *say_new(enum language lang)
{
	struct say *s = mem_alloc(sizeof *s);
	const char *locale = lang == LANG_ZH ? "zh_CN" : "en_GB";
	UErrorCode status = U_ZERO_ERROR;
	s->lang = lang;
	s->number = unum_open(UNUM_SPELLOUT, NULL, 0, locale, NULL, &status);
	s->ordinal = unum_open(UNUM_SPELLOUT, NULL, 0, locale, NULL, &status);
	if (U_SUCCESS(status)) {
		UChar rules[24];
		u_uastrcpy(rules, "%spellout-ordinal");
		unum_setTextAttribute(s->ordinal, UNUM_DEFAULT_RULESET, rules, -1, &status);
	}
	s->date = open_date(locale, "yMMMMd", NULL);
	s->day = open_date(locale, "MMMMd", NULL);
	s->weekday = open_date(locale, NULL, "EEEE");
	s->time = open_date(locale, lang == LANG_ZH ? "Bhmm" : "hmm", NULL);
	s->part = open_date(locale, NULL, "B");
	if (U_SUCCESS(status) && s->number && s->ordinal && s->date && s->day && s->weekday && s->time &&
	    s->part)
		return s;
	say_free(s);
	return NULL;
}

void say_free(struct say *s)
{
	if (!s)
		return;
	unum_close(s->number);
	unum_close(s->ordinal);
	udat_close(s->date);
	udat_close(s->day);
	udat_close(s->weekday);
	udat_close(s->time);
	udat_close(s->part);
	free(s);
}

/* ICU's narrow and no-break blanks become plain ones: a page breaks its lines itself. */
static void add_words(struct buf *out, UChar *words, int32_t n)
{
	char text[WORDS_MAX * 3 + 1];
	UErrorCode status = U_ZERO_ERROR;
	for (int32_t i = 0; i < n; i++)
		if (words[i] == 0x202f || words[i] == 0xa0)
			words[i] = ' ';
		else if (words[i] == 0x3007)
			words[i] = 0x96f6; /* 〇 is read 零 */
	u_strToUTF8(text, sizeof text, NULL, words, n, &status);
	if (U_SUCCESS(status))
		buf_adds(out, text);
}

static void add_date(const UDateFormat *f, struct buf *out, const struct civil *t)
{
	UErrorCode status = U_ZERO_ERROR;
	UChar words[WORDS_MAX];
	/* days since 1970 of the proleptic Gregorian calendar, since the formats are in UTC */
	int64_t y = t->year - (t->month <= 2), era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
	int64_t of_year = (153 * (t->month + (t->month > 2 ? -3 : 9)) + 2) / 5 + t->day - 1;
	int64_t days = era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
	int64_t seconds = days * DAY_S + t->hour * HOUR_S + t->minute * MINUTE_S;
	int32_t n = udat_format(f, (UDate)seconds * 1000, words, WORDS_MAX, NULL, &status);
	if (U_SUCCESS(status))
		add_words(out, words, n);
}

void write_date(struct say *s, struct buf *out, const struct civil *t)
{
	if (s->lang == LANG_EN) {
		add_date(s->weekday, out, t);
		buf_adds(out, ", ");
	}
	add_date(s->date, out, t);
	if (s->lang == LANG_ZH) {
		buf_addc(out, ' ');
		add_date(s->weekday, out, t);
	}
}

void write_day(struct say *s, struct buf *out, const struct civil *t)
{
	add_date(s->day, out, t);
}

void write_weekday(struct say *s, struct buf *out, const struct civil *t)
{
	add_date(s->weekday, out, t);
}

void write_time(struct say *s, struct buf *out, const struct civil *t)
{
	add_date(s->time, out, t);
}

/* The digits that are dialled in the country; a foreign number keeps its plus. */
static void dialled(const char *e164, char *out, size_t size)
{
	bool home = !strncmp(e164, "+86", 3), mobile = home && e164[3] == '1' && strlen(e164) == 14;
	snprintf(out, size, "%s%s", home && !mobile ? "0" : "", home ? e164 + 3 : e164);
}

/* 138 0000 0000, 010 6500 0000, 0512 5700 0000; a foreign number is not taken apart. */
static size_t first_group(const char *digits)
{
	if (*digits == '+')
		return strlen(digits);
	return *digits == '0' && digits[1] && !strchr("12", digits[1]) ? 4 : 3;
}

void write_number(struct buf *out, const char *e164)
{
	char digits[E164_MAX + 1];
	dialled(e164, digits, sizeof digits);
	const char *d = digits;
	for (size_t group = first_group(d); *d; group = 4) {
		size_t n = strnlen(d, group);
		buf_add(out, d, n);
		d += n;
		if (*d)
			buf_addc(out, ' ');
	}
}

/* In words, as the rules of `format` spell it. */
static void spell(const UNumberFormat *format, struct buf *out, int64_t n)
{
	UErrorCode status = U_ZERO_ERROR;
	UChar words[WORDS_MAX];
	int32_t length = unum_formatInt64(format, n, words, WORDS_MAX, NULL, &status);
	if (U_SUCCESS(status))
		add_words(out, words, length);
}

void speak_number(struct say *s, struct buf *out, int64_t n)
{
	spell(s->number, out, n);
}

void speak_count(struct say *s, struct buf *out, int64_t n)
{
	if (s->lang == LANG_ZH && n == 2)
		buf_adds(out, "两");
	else
		speak_number(s, out, n);
}

void speak_ordinal(struct say *s, struct buf *out, int64_t n)
{
	spell(s->ordinal, out, n);
}

void speak_date(struct say *s, struct buf *out, const struct civil *t)
{
	static const char *const months[] = {"January",   "February", "March",    "April",
					     "May",       "June",     "July",     "August",
					     "September", "October",  "November", "December"};
	if (s->lang == LANG_ZH) {
		speak_number(s, out, t->month);
		buf_adds(out, "月");
		speak_number(s, out, t->day);
		buf_adds(out, "日，");
		add_date(s->weekday, out, t);
		return;
	}
	add_date(s->weekday, out, t);
	buf_addf(out, ", %s the ", months[(t->month + 11) % 12]);
	speak_ordinal(s, out, t->day);
}

static void say_clock_zh(struct say *s, struct buf *out, int hour, int minute)
{
	if (hour == 2)
		buf_adds(out, "两");
	else
		speak_number(s, out, hour);
	buf_adds(out, "点");
	if (minute == 30) {
		buf_adds(out, "半");
	} else if (minute) {
		if (minute < 10)
			buf_adds(out, "零");
		speak_number(s, out, minute);
		buf_adds(out, "分");
	}
}

static void say_clock_en(struct say *s, struct buf *out, int hour, int minute)
{
	if (minute == 15 || minute == 30)
		buf_adds(out, minute == 30 ? "half past " : "a quarter past ");
	if (minute == 45) {
		buf_adds(out, "a quarter to ");
		hour = hour % 12 + 1;
	}
	speak_number(s, out, hour);
	if (!minute)
		buf_adds(out, " o'clock");
	else if (minute % 15) {
		buf_adds(out, minute < 10 ? " oh " : " ");
		speak_number(s, out, minute);
	}
	buf_addc(out, ' ');
}

void speak_time(struct say *s, struct buf *out, const struct civil *t)
{
	int hour = (t->hour + 11) % 12 + 1;
	if (s->lang == LANG_ZH) {
		add_date(s->part, out, t);
		say_clock_zh(s, out, hour, t->minute);
	} else {
		say_clock_en(s, out, hour, t->minute);
		if (t->hour == 12)
			buf_adds(out, t->minute ? "in the afternoon" : "noon");
		else
			add_date(s->part, out, t);
	}
}

/* One digit; 一 is read as 幺 in telephone numbers. */
static void say_digit(struct say *s, struct buf *out, char digit, bool telephone)
{
	if (s->lang == LANG_ZH && digit == '0')
		buf_adds(out, "零");
	else if (s->lang == LANG_ZH && digit == '1' && telephone)
		buf_adds(out, "幺");
	else
		speak_number(s, out, digit - '0');
}

void speak_dialled(struct say *s, struct buf *out, const char *e164)
{
	char digits[E164_MAX + 1];
	dialled(e164, digits, sizeof digits);
	const char *d = digits;
	size_t left = first_group(d);
	for (bool first = true; *d; d++, first = false) {
		if (*d < '0' || *d > '9')
			continue;
		if (!left) {
			buf_adds(out, s->lang == LANG_ZH ? "，" : ", ");
			left = 4;
		} else if (!first && s->lang == LANG_EN)
			buf_addc(out, ' ');
		say_digit(s, out, *d, true);
		left--;
	}
}

static void say_run(struct say *s, struct buf *out, const char *digits, size_t n)
{
	if (n <= 2 && (n == 1 || *digits != '0')) {
		speak_number(s, out, n == 1 ? *digits - '0' : (*digits - '0') * 10 + digits[1] - '0');
		return;
	}
	for (size_t i = 0; i < n; i++) {
		if (i && s->lang == LANG_EN)
			buf_addc(out, ' ');
		say_digit(s, out, digits[i], n > 6);
	}
}

static bool has_han(const char *text)
{
	for (uint32_t c; (c = text_next(&text));)
		if (c >= 0x2e80)
			return true;
	return false;
}

void speak_text(struct say *s, struct buf *out, const char *text)
{
	cleanup_buf struct buf clean = {0};
	template_escape(&clean, text, TEMPLATE_TEXT);
	if (s->lang == LANG_EN && has_han(buf_str(&clean))) {
		buf_adds(out, buf_str(&clean));
		return;
	}
	for (const char *p = buf_str(&clean); *p;) {
		size_t n = strspn(p, "0123456789");
		if (n)
			say_run(s, out, p, n);
		else if (*p == '.' && p > clean.data && p[-1] >= '0' && p[-1] <= '9' && p[1] >= '0' &&
			 p[1] <= '9') {
			buf_adds(out, s->lang == LANG_ZH ? "点" : " point ");
			n = 1;
		} else {
			buf_addc(out, *p == '\n' ? ' ' : *p);
			n = 1;
		}
		p += n;
	}
}
