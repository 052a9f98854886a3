#include "daemon/participation.h"
#include "base/mem.h"
#include "base/text.h"
#include "daemon/balance.h"
#include "daemon/participation_duty.h"
#include "daemon/participation_internal.h"
#include "store/event.h"
#include "store/facts.h"
#include "store/inbox.h"
#include "store/matter.h"
#include "store/phone.h"
#include "store/private.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SENT_PLAUSIBLE_S DAY_S /* a service centre's time further off than this is wrong */

struct text_in {
	char number[E164_MAX];
	enum inbox_message_kind kind;
	char *text; /* owned */
	char modem[64];
	bool machine;
	int64_t sent_utc, received_utc;
};

static int copy_text(void *ctx, const struct inbox_message *m)
{
	struct text_in *in = ctx;
	text_copy(in->number, sizeof in->number, m->number);
	in->kind = m->kind;
	in->text = mem_dup(m->text ? m->text : "");
	text_copy(in->modem, sizeof in->modem, m->modem);
	in->machine = m->machine;
	in->sent_utc = m->sent_utc;
	in->received_utc = m->received_utc;
	return 0;
}

/* When it was written: a text may have waited for hours in a modem. */
static int64_t heard(const struct text_in *in)
{
	int64_t off = in->received_utc - in->sent_utc;
	return in->sent_utc && off >= 0 && off < SENT_PLAUSIBLE_S ? in->sent_utc : in->received_utc;
}

/* 1 English, 0 Chinese, −1 the text does not tell ("1", "SOS"). */
static int written_in(const char *text, bool english)
{
	int latin = 0;
	for (uint32_t c; (c = text_next(&text));) {
		if (c >= 0x2E80 && c < 0xFE00)
			return 0;
		latin += (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
	}
	return english && latin >= 4 ? 1 : -1;
}

void turn_actor(struct turn *t, enum journal_channel channel)
{
	if (t->sender.person)
		snprintf(t->by.id, sizeof t->by.id, "person:%" PRId64, t->sender.person);
	else
		snprintf(t->by.id, sizeof t->by.id, "phone:%.30s", t->sender.number);
	t->by.channel = channel;
	t->by.message = t->message;
}

static int decide_all(struct turn *t, struct intents *in, struct answer *a)
{
	cleanup_free struct facts *f = mem_alloc(sizeof *f);
	cleanup_free struct decision *d = mem_alloc(sizeof *d);
	bool several = in->count > 1;
	for (int i = 0; i < in->count; i++) {
		const struct intent *one = &in->list[i];
		int r = gather(t, one, several, f);
		if (r < 0)
			return r;
		decide(f, one, d);
		if ((r = apply(t, f, d)) < 0)
			return r;
		answer_add(t, d, a);
		enum intent_kind k = one->kind;
		a->alarm = a->alarm || k == INTENT_DUTY;
		a->leave = a->leave || k == INTENT_STOP || k == INTENT_START || k == INTENT_UNDO ||
			   k == INTENT_WRONG_NUMBER;
		a->sensitive = a->sensitive || k == INTENT_DUTY || k == INTENT_PRIVATE ||
			       k == INTENT_WRONG_NUMBER || k == INTENT_REGISTER || k == INTENT_STOP ||
			       k == INTENT_ERASE || k == INTENT_UNDO || k == INTENT_THANKS;
	}
	answer_join(t, a);
	return 0;
}

static char *intents_json(const struct intents *in)
{
	json_t *list = json_array();
	for (int i = 0; i < in->count; i++) {
		const struct intent *one = &in->list[i];
		json_t *j = json_pack("{s:s, s:s}", "intent", intent_name(one->kind), "rule", one->rule);
		if (j && one->has & ARG_NUMBER)
			json_object_set_new(j, "number", json_integer(one->number));
		if (j && one->has & ARG_CATEGORY)
			json_object_set_new(j, "category", json_string(category_name(one->category)));
		if (j)
			json_array_append_new(list, j);
	}
	char *text = json_dumps(list, JSON_COMPACT);
	json_decref(list);
	return text;
}

/* ------------------------------------------------------------------------------------------------ one text */

static bool has_intent(const struct intents *in, enum intent_kind k)
{
	for (int i = 0; i < in->count; i++)
		if (in->list[i].kind == k)
			return true;
	return false;
}

/* What a muted phone may still do: call for help, and leave. */
static void keep_vital(struct intents *in)
{
	int n = 0;
	for (int i = 0; i < in->count; i++)
		if (in->list[i].kind == INTENT_DUTY || in->list[i].kind == INTENT_STOP ||
		    in->list[i].kind == INTENT_WRONG_NUMBER)
			in->list[n++] = in->list[i];
	in->count = n;
}

static int act(struct turn *t, const struct text_in *text)
{
	struct store *s = t->p->store;
	cleanup_free struct intents *in = mem_alloc(sizeof *in);
	struct answer a = {0};
	int r = read_in_context(t, in);
	if (r < 0)
		return r;
	int lang = written_in(t->words, in->english);
	if ((r = phone_heard(s, t->sender.number, lang, t->now)) < 0)
		return r;
	t->language = lang < 0 ? t->sender.language : lang ? LANG_EN : LANG_ZH;
	cleanup_free char *json = intents_json(in);
	if (t->sender.muted)
		keep_vital(in);
	if (!text->machine && !t->sender.machine) {
		r = decide_all(t, in, &a);
		if (r >= 0)
			r = answer_send(t, in, &a);
		if (r >= 0) /* whoever texts is alive */
			r = checkin_heard(t->p, t->sender.number, t->heard_utc, a.alarm, &t->by, t->now);
	}
	answer_done(&a);
	if (r < 0)
		return r;
	return inbox_done(s, t->message, has_intent(in, INTENT_PRIVATE) || a.sealed ? NULL : json);
}

static int take(const struct participation *p, int64_t id, int64_t now)
{
	struct text_in text = {0};
	int r = facts_pending(p->store, id);
	if (r <= 0)
		return r;
	if ((r = inbox_message_get(p->store, id, copy_text, &text)) < 0)
		return r;
	cleanup_free char *words = text.text;
	/* what an operator says of a SIM's credit is data beside whatever else becomes of it */
	if (text.kind == INBOX_TEXT && (r = balance_take(p, text.number, words, text.modem, id, now)) < 0)
		return r;
	struct turn t = {.p = p, .now = now, .message = id, .words = words, .heard_utc = heard(&text)};
	if ((r = sender_of(p, text.number, &t.sender)) < 0)
		return r;
	if (text.kind != INBOX_TEXT || t.sender.kind == E164_NONE)
		return inbox_done(p->store, id, NULL); /* recorded; nothing to understand or nobody to answer */
	t.sender.machine = t.sender.machine || text.machine;
	turn_actor(&t, CHANNEL_TEXT);
	return act(&t, &text);
}

int participation_take(const struct participation *p, int64_t message_in, int64_t now)
{
	int r = store_begin(p->store);
	if (r < 0)
		return r;
	if ((r = take(p, message_in, now)) >= 0)
		r = store_commit(p->store);
	store_rollback(p->store);
	private_scrub(p->store);
	return r < 0 ? r : 0;
}

static int end_piece(const struct participation *p, int r)
{
	if (r >= 0)
		r = store_keep(p->store);
	if (r < 0)
		store_undo(p->store);
	return r < 0 ? r : 0;
}

int participation_take_within(const struct participation *p, int64_t message_in, int64_t now)
{
	int r = store_mark(p->store);
	return r < 0 ? r : end_piece(p, take(p, message_in, now));
}

/* ------------------------------------------------------------------------------------------- quarantine */

static int quarantine(const struct participation *p, int64_t pdu, const char *sender, const char *reason,
		      const char *modem, int64_t now)
{
	char phone[E164_MAX] = "";
	struct actor by = {"daemon", CHANNEL_TEXT, 0};
	int number = 0;
	if (sender && *sender)
		e164_parse(sender, phone);
	const struct reply_arg args[] = {{.name = "phone", .type = REPLY_TEXT, .text = *phone ? phone : "?"},
					 {.name = "note", .type = REPLY_TEXT, .text = reason, .max = 80},
					 {0}};
	cleanup_buf struct buf text = {0};
	say(p, p->config->language, "quarantine.text", args, &text);
	/* One open case for each sender: a broken modem or a vexer must not fill the list. */
	int r = facts_quarantine(p->store, phone, &number);
	if (r >= 0 && number)
		r = journal_add(p->store, number, "more words", buf_str(&text), &by, now);
	else if (r >= 0)
		r = matter_add(p->store,
			       &(struct matter_new){.category = CATEGORY_OTHER,
						    .text = buf_str(&text),
						    .origin = "quarantine",
						    .number_from = phone},
			       &by, now, &number);
	if (r < 0)
		return r;
	return event_add(p->store, EVENT_MESSAGE_QUARANTINED, "daemon",
			 json_pack("{s:s, s:s, s:i, s:I}", "modem", modem ? modem : "", "reason", reason,
				   "case", number, "pdu", (json_int_t)pdu),
			 now);
}

int participation_quarantine(const struct participation *p, int64_t pdu, const char *sender, const char *reason,
			     const char *modem, int64_t now)
{
	int r = store_mark(p->store);
	return r < 0 ? r : end_piece(p, quarantine(p, pdu, sender, reason ? reason : "", modem, now));
}
