/* From reply keys and arguments to texts in the outbox. */
#include "base/mem.h"
#include "base/text.h"
#include "daemon/participation_internal.h"
#include "sms/compose.h"
#include "store/private.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const weekdays_zh[] = {"周日", "周一", "周二", "周三", "周四", "周五", "周六"};
static const char *const weekdays_en[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
static const char *const months_en[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
					"Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

char *say_when(enum language lang, int64_t utc, char *out)
{
	struct civil c;
	civil_from_utc(utc, &c);
	if (lang == LANG_EN)
		snprintf(out, 48, "%s %d %s %d:%02d", weekdays_en[c.weekday % 7], c.day,
			 months_en[(c.month - 1) % 12], c.hour, c.minute);
	else
		snprintf(out, 48, "%d月%d日%s%d:%02d", c.month, c.day, weekdays_zh[c.weekday % 7], c.hour,
			 c.minute);
	return out;
}

char *say_date(enum language lang, int64_t utc, char *out)
{
	struct civil c;
	civil_from_utc(utc, &c);
	if (lang == LANG_EN)
		snprintf(out, 48, "%d %s", c.day, months_en[(c.month - 1) % 12]);
	else
		snprintf(out, 48, "%d月%d日", c.month, c.day);
	return out;
}

void say(const struct participation *p, enum language lang, const char *key, const struct reply_arg *args,
	 struct buf *out)
{
	struct reply_value values[REPLY_ARGS + 1] = {0};
	char text[REPLY_ARGS][48];
	struct buf named[REPLY_ARGS] = {0};
	static const struct reply_value none[] = {{0}};
	int n = 0;
	for (; args && n < REPLY_ARGS && args[n].name; n++) {
		const struct reply_arg *a = &args[n];
		values[n] = (struct reply_value){.name = a->name, .max_chars = a->max};
		switch (a->type) {
		case REPLY_TEXT:
			values[n].value = a->text ? a->text : "";
			break;
		case REPLY_INT:
			snprintf(text[n], sizeof text[n], "%" PRId64, a->n);
			values[n].value = text[n];
			break;
		case REPLY_WHEN:
			values[n].value = say_when(lang, a->n, text[n]);
			break;
		case REPLY_DATE:
			values[n].value = say_date(lang, a->n, text[n]);
			break;
		case REPLY_KEY:
			replies_add(p->replies, lang, a->text, none, &named[n]);
			values[n].value = buf_str(&named[n]);
			break;
		}
	}
	replies_add(p->replies, lang, key, values, out);
	for (int i = 0; i < n; i++)
		buf_done(&named[i]);
}

static int count(const char *text, bool *ret_ucs2)
{
	enum sms_alphabet alphabet = SMS_UCS2;
	int n = compose_count(text, &(struct compose_options){0}, &alphabet);
	*ret_ucs2 = alphabet != SMS_GSM7;
	return n;
}

int say_segments(const char *text)
{
	bool ucs2;
	int n = *text ? count(text, &ucs2) : 0;
	return n < 0 ? COMPOSE_PARTS_MAX + 1 : n;
}

int say_send(const struct participation *p, const char *number, const char *text, const struct say_options *o,
	     int64_t now, int64_t *ret_id)
{
	bool ucs2 = true;
	if (ret_id)
		*ret_id = 0;
	int segments = *text ? count(text, &ucs2) : 0;
	if (segments <= 0)
		return 0;
	int kept = o->stand_in ? private_keep_out(p->store, o->dedupe, text, now) : 0;
	if (kept == -EBUSY || kept == -ENOSPC || kept == -EIO)
		return kept;
	bool private = o->stand_in && kept >= 0;
	struct outbox_new n = {.number = number,
			       .text = private ? o->stand_in : text,
			       .private = private,
			       .class = o->class,
			       .ucs2 = ucs2,
			       .segments = segments,
			       .report = true,
			       .quiet = o->quiet,
			       .not_after_utc = o->not_after_utc,
			       .person = o->person,
			       .answers = o->answers,
			       .meeting = o->meeting,
			       .matter = o->matter,
			       .dedupe = o->dedupe,
			       .secret = o->stand_in && !private ? text : o->secret};
	return outbox_add(p->store, &n, now, ret_id);
}
