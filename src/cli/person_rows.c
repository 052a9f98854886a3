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

static int one_number(void *user, const char *w)
{
	struct words *s = user;
	struct person_change *ch = &s->in->change;
	if (ch->number_count == PERSON_NUMBERS)
		return err_set(s->e, NULL, 0, _("more than %d telephone numbers for one person"),
			       PERSON_NUMBERS);
	char *number = s->in->numbers[ch->number_count];
	/* spreadsheets turn long numbers into 1.38E+10: that is no number any more */
	if (!e164_is_person(e164_parse(w, number)) || number[0] != '+')
		return err_set(s->e, NULL, 0,
			       _("%s is no telephone number of a person (a fixed line wants its area code)"),
			       w);
	for (int i = 0; i < ch->number_count; i++)
		if (!strcmp(s->in->numbers[i], number))
			return 0;
	ch->numbers[ch->number_count++] = number;
	return 0;
}

/* "138 0013 8001" is one number, "13800138001 13800138002" are two. */
static int number_or_several(void *user, const char *w)
{
	char number[E164_MAX];
	bool one = e164_is_person(e164_parse(w, number)) && number[0] == '+';
	return one ? one_number(user, w) : each_word(w, true, one_number, user);
}

/* "3栋", "3号楼", "2单元", "501室" → "3", "2", "501"; -EINVAL when it does not fit. */
static int address_part(const char *text, char ret[16], struct err *e)
{
	static const char *const endings[] = {"号楼", "单元", "栋", "幢", "楼", "门", "室", "号", "户"};
	size_t n = strlen(text);
	for (size_t i = 0; i < ARRAY_LEN(endings); i++) {
		size_t k = strlen(endings[i]);
		if (n > k && !strcmp(text + n - k, endings[i]) && isalnum((unsigned char)text[n - k - 1])) {
			n -= k;
			break;
		}
	}
	if (n >= 16)
		return err_set(e, NULL, 0, _("%.40s is too long for a building, unit or room"), text);
	memcpy(ret, text, n);
	ret[n] = 0;
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
	if (!r && f->name) {
		if (strlen(f->name) >= sizeof in->name)
			return err_set(e, NULL, 0, _("%.60s… is too long for a name"), f->name);
		text_copy(in->name, sizeof in->name, f->name);
		text_mask_controls(in->name);
		ch->name = in->name;
	}
	ch->grid = f->grid;
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
	if (!f->consent_date || rfc3339_parse(f->consent_date, &ch->consent_utc) < 0)
		ch->consent_utc = date_in(f->consent_date);
	if (!ch->consent_utc)
		ch->consent_utc = date_in(f->consent);
	return r;
}
