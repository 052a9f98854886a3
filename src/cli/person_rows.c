#include "cli/person_rows.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "civic/consult.h"
#include "cli/cli.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

/* Words separated by commas, semicolons, slashes and their Chinese likes; with `blanks` by blanks, too. Calls
 * back for each; a callback's non-zero ends it. */
static int each_word(const char *text, bool blanks, int (*word)(void *user, const char *w), void *user)
{
	static const char *const separators[] = {",", ";", "/", "\n", "、", "，", "；", " ", "\t", "　"};
	const size_t used = blanks ? ARRAY_LEN(separators) : ARRAY_LEN(separators) - 3;
	char one[64];
	size_t n = 0;
	int r = 0;
	for (const char *p = text;;) {
		size_t sep = 0;
		for (size_t i = 0; i < used && !sep; i++)
			if (!strncmp(p, separators[i], strlen(separators[i])))
				sep = strlen(separators[i]);
		if (!sep && *p) {
			if (n + 1 < sizeof one)
				one[n++] = *p;
			p++;
			continue;
		}
		one[n] = 0;
		if (n && (r = word(user, one)))
			return r;
		n = 0;
		if (!*p)
			return 0;
		p += sep;
	}
}

struct words {
	struct person_input *in;
	unsigned roles;
	struct err *e;
};

static int one_role(void *user, const char *w)
{
	struct words *s = user;
	int i = role_find(w);
	if (i < 0)
		return err_set(s->e, NULL, 0,
			       _("%s is no role; roles are resident volunteer building_head grid_worker "
				 "department expert duty_officer mediator installer secretary"),
			       w);
	s->roles |= 1u << i;
	return 0;
}

int person_read_roles(const char *words, unsigned *ret, struct err *e)
{
	struct words s = {.e = e};
	int r = each_word(words, true, one_role, &s);
	if (!r)
		*ret = s.roles;
	return r;
}

/* What spreadsheets make of numbers that they take for amounts; what to do about it, or NULL. */
static const char *spoiled(const char *w)
{
	size_t digits = strspn(w, "0123456789"), all = strspn(w, "0123456789.,");
	if (digits && (w[all] == 'e' || w[all] == 'E') && w[all + 1 + strspn(w + all + 1, "+0123456789")] == 0)
		return N_(
		    "is what a spreadsheet shows of a long number, its last digits are lost; make the column "
		    "Text, type the numbers again and save once more");
	if (digits && w[digits] == '.' && w[digits + 1] && w[digits + 1 + strspn(w + digits + 1, "0")] == 0)
		return N_(
		    "is an amount, not a telephone number; make the column Text in the spreadsheet and save "
		    "once more");
	if (*w == '#' && w[strspn(w, "#")] == 0)
		return N_(
		    "is what a spreadsheet shows in a column that is too narrow; widen it and save once more");
	return NULL;
}

static int one_number(void *user, const char *w)
{
	struct words *s = user;
	struct person_change *ch = &s->in->change;
	if (ch->number_count == PERSON_NUMBERS)
		return err_set(s->e, NULL, 0, _("more than %d telephone numbers for one person"),
			       PERSON_NUMBERS);
	char *number = s->in->numbers[ch->number_count];
	const char *why = spoiled(w);
	if (why)
		return err_set(s->e, NULL, 0, "%s %s", w, _(why));
	enum e164_kind kind = e164_parse(w, number);
	if (!e164_is_person(kind) || number[0] != '+')
		return err_set(s->e, NULL, 0,
			       _("%s is no telephone number of a person (a fixed line wants its area code)"),
			       w);
	for (int i = 0; i < ch->number_count; i++)
		if (!strcmp(s->in->numbers[i], number))
			return 0;
	s->in->fixed_lines += kind == E164_LANDLINE;
	ch->numbers[ch->number_count++] = number;
	return 0;
}

/* "138 0013 8001" is one number, "13800138001 13800138002" are two. */
static int number_or_several(void *user, const char *w)
{
	char number[E164_MAX];
	bool one = spoiled(w) || (e164_is_person(e164_parse(w, number)) && number[0] == '+');
	return one ? one_number(user, w) : each_word(w, true, one_number, user);
}

/* Full-width letters and digits as the narrow ones that they stand for, at most size - 1 bytes. */
static void narrowed(const char *text, char *ret, size_t size)
{
	char one[4];
	size_t n = 0;
	uint32_t c;
	while ((c = text_next(&text))) {
		size_t k = text_put(one, c >= 0xFF01 && c <= 0xFF5E ? c - 0xFF01 + '!' : c);
		if (n + k >= size)
			break;
		memcpy(ret + n, one, k);
		n += k;
	}
	ret[n] = 0;
}

/* "3栋", "３号楼", "2单元", "501室" → "3", "3", "2", "501"; -EINVAL when it does not fit. */
static int address_part(const char *wide, char ret[16], struct err *e)
{
	static const char *const endings[] = {"号楼", "单元", "栋", "幢", "楼", "门", "室", "号", "户"};
	char text[64];
	narrowed(wide, text, sizeof text);
	size_t n = strlen(text);
	for (size_t i = 0; i < ARRAY_LEN(endings); i++) {
		size_t k = strlen(endings[i]);
		if (n > k && !strcmp(text + n - k, endings[i]) && isalnum((unsigned char)text[n - k - 1])) {
			n -= k;
			break;
		}
	}
	if (n >= 16)
		return err_set(e, NULL, 0, _("%.40s is too long for a building, unit or room"), wide);
	memcpy(ret, text, n);
	ret[n] = 0;
	return 0;
}

static bool is_han(uint32_t c)
{
	return (c >= 0x3400 && c <= 0x9FFF) || c == 0x3007 || (c >= 0x20000 && c <= 0x3FFFF);
}

/* "李　明" is "李明": blanks between Han characters only make a column look even. Line breaks and other blanks become one
 * blank. -EINVAL when it is too long, or is several lines that a missing quotation mark made one. */
static int read_name(const char *text, char *ret, size_t size, struct err *e)
{
	size_t n = 0, digits = 0;
	bool gap = false, broken = false;
	uint32_t c, last = 0;
	for (const char *p = text; (c = text_next(&p));) {
		broken |= c == '\n';
		digits = c >= '0' && c <= '9' ? digits + 1 : 0;
		if (broken && digits > 6)
			return err_set(
			    e, NULL, 0,
			    _("a quotation mark opens here and is not closed: rows behind it were taken for a "
			      "part of the name"));
		if (c <= ' ' || c == 0x3000 || c == 0xA0) {
			gap = n > 0;
			continue;
		}
		if (n + 6 >= size)
			return err_set(e, NULL, 0, _("%.60s… is too long for a name"), text);
		if (gap && !(is_han(c) && is_han(last)))
			ret[n++] = ' ';
		gap = false;
		n += text_put(ret + n, last = c);
	}
	ret[n] = 0;
	text_mask_controls(ret);
	return 0;
}

static int read_language(const char *text, const char **ret, struct err *e)
{
	static const struct {
		const char *written, *language;
	} names[] = {{"zh", "zh"},    {"中文", "zh"}, {"汉语", "zh"}, {"chinese", "zh"}, {"zh_CN", "zh"},
		     {"zh-CN", "zh"}, {"en", "en"},   {"英文", "en"}, {"英语", "en"},    {"english", "en"}};
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (!strcasecmp(text, names[i].written)) {
			*ret = names[i].language;
			return 0;
		}
	return err_set(e, NULL, 0, _("%.20s is no language here; zh and en are"), text);
}

/* "2026-11-01", "2026/11/1", "2026.11.1", "2026年11月1日" at the start of `p`: that day's beginning, or 0. */
static int64_t date_at(const char *p)
{
	static const char *const between[] = {"-", "/", ".", "年", "月"};
	int part[3] = {0};
	for (int i = 0; i < 3; i++) {
		int digits = 0;
		for (; digits < 4 && *p >= '0' && *p <= '9'; p++, digits++)
			part[i] = part[i] * 10 + (*p - '0');
		if (i == 0 ? digits != 4 : digits < 1 || digits > 2)
			return 0;
		size_t mark = 0;
		for (size_t k = 0; i < 2 && k < ARRAY_LEN(between) && !mark; k++)
			if (!strncmp(p, between[k], strlen(between[k])))
				mark = strlen(between[k]);
		if (i < 2 && !mark)
			return 0;
		p += mark;
	}
	if (*p >= '0' && *p <= '9')
		return 0;
	struct civil day = {.year = part[0], .month = part[1], .day = part[2]}, same;
	int64_t utc = civil_to_utc(&day);
	civil_from_utc(utc, &same);
	return same.year == day.year && same.month == day.month && same.day == day.day ? utc : 0;
}

static int64_t date_in(const char *text)
{
	int64_t utc = 0;
	for (const char *p = text; p && *p && !utc; p++)
		if ((p == text || p[-1] < '0' || p[-1] > '9') && *p >= '0' && *p <= '9')
			utc = date_at(p);
	return utc;
}

int person_read_date(const char *text, int64_t *ret_utc, struct err *e)
{
	int64_t utc = 0;
	if (rfc3339_parse(text, &utc) < 0 && !(utc = date_in(text)))
		return err_set(e, NULL, 0, _("%.40s is no date; write it as 2026-11-01"), text);
	*ret_utc = utc;
	return 0;
}

static bool unreadable(const char *s)
{
	return s && strstr(s, "\xEF\xBF\xBD");
}

/* "law health", "法律"; without it what the role words say: 律师 is an expert of the law. */
static int read_expertise(const struct person_fields *f, struct person_input *in, struct err *e)
{
	const char *words = f->expertise ? f->expertise : f->roles ? f->roles : "";
	unsigned topics = consult_topics(words);
	size_t n = 0;
	if (f->expertise && *f->expertise && !topics)
		return err_set(e, NULL, 0, _("%.40s is no expertise; law and health are"), f->expertise);
	for (int i = 0; i < CONSULT_TOPIC_COUNT; i++)
		if (topics >> i & 1)
			n += (size_t)snprintf(in->expertise + n, sizeof in->expertise - n, "%s%s", n ? " " : "",
					      consult_topic_name((enum consult_topic)i));
	if (topics || (f->expertise && f->roles != f->expertise && !*f->expertise))
		in->change.expertise = in->expertise;
	return 0;
}

int person_read_fields(const struct person_fields *f, struct person_input *in, struct err *e)
{
	*in = (struct person_input){0};
	struct words s = {.in = in, .e = e};
	struct person_change *ch = &in->change;
	int r = 0;
	if (unreadable(f->name) || unreadable(f->grid) || unreadable(f->building))
		return err_set(e, NULL, 0, "%s", _("is neither UTF-8 nor GB18030; save the list as CSV UTF-8"));
	if (f->phones)
		r = each_word(f->phones, false, number_or_several, &s);
	if (!r && f->name && !(r = read_name(f->name, in->name, sizeof in->name, e)))
		ch->name = in->name;
	if (f->grid) {
		narrowed(f->grid, in->grid, sizeof in->grid);
		ch->grid = in->grid;
	}
	if (!r && f->building && !(r = address_part(f->building, in->building, e)))
		ch->building = in->building;
	if (!r && f->unit && !(r = address_part(f->unit, in->unit, e)))
		ch->unit = in->unit;
	if (!r && f->room && !(r = address_part(f->room, in->room, e)))
		ch->room = in->room;
	if (!r && f->roles && *f->roles) {
		r = person_read_roles(f->roles, &ch->roles, e);
		ch->set_roles = true;
	}
	if (!r && f->language && *f->language)
		r = read_language(f->language, &ch->language, e);
	if (!r)
		r = read_expertise(f, in, e);
	ch->consent_source = f->consent;
	if (!r && f->consent_date && *f->consent_date)
		r = person_read_date(f->consent_date, &ch->consent_utc, e);
	if (!ch->consent_utc)
		ch->consent_utc = date_in(f->consent);
	return r;
}
