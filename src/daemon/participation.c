#include "daemon/participation.h"
#include "base/mem.h"
#include "base/text.h"
#include "daemon/balance.h"
#include "daemon/participation_duty.h"
#include "store/chore.h"
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

#define REPLY_AT_ONCE_S  (10 * MINUTE_S) /* a reply to a text this young may go out in the quiet hours */
#define SEALED_ANSWER    "***"           /* stands in the database for what a secret vote was answered */
#define SENT_PLAUSIBLE_S DAY_S           /* a service centre's time further off than this is wrong */

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

/* -------------------------------------------------------------------------------------- several intents */

struct answer {
	struct buf whole;  /* sentences that stand alone */
	struct buf shorts; /* "attend.s; case.s" */
	int short_count;
	bool alarm, sensitive, leave;
	const char *daily; /* the key that is said once a day */
	int64_t sealed;    /* a secret poll that it speaks of, 0 none */
	int64_t not_after_utc, meeting;
	int matter;
};

static bool is_short(const char *key)
{
	size_t n = strlen(key);
	return n > 2 && !strcmp(key + n - 2, ".s");
}

static struct reply_arg *arg_named(struct reply_arg *args, const char *name)
{
	while (args->name && strcmp(args->name, name) != 0)
		args++;
	return args->name ? args : NULL;
}

static void say_anew(const struct turn *t, const struct decision *d, const struct reply_arg *args,
		     struct buf *out, size_t start)
{
	out->len = start;
	if (out->data)
		out->data[start] = 0;
	say(t->p, t->language, d->key, args, out);
}

/* Says a decision alone. When one segment does not hold it, the day of the answer is left out first, then a list of items
 * is cut from its end. */
static void say_fitting(const struct turn *t, const struct decision *d, struct buf *out)
{
	struct reply_arg args[REPLY_ARGS + 1];
	size_t start = out->len;
	memcpy(args, d->args, sizeof args);
	struct reply_arg *due = arg_named(args, "due"), *list = arg_named(args, "items");
	cleanup_free char *items = list ? mem_dup(list->text) : NULL;
	if (list)
		list->text = items;
	say_anew(t, d, args, out, start);
	if (due && say_segments(buf_str(out) + start) == 2) {
		struct reply_arg day = *due;
		*due = (struct reply_arg){.name = day.name, .type = REPLY_TEXT, .text = ""};
		say_anew(t, d, args, out, start);
		if (say_segments(buf_str(out) + start) > 1) { /* it did not help */
			*due = day;
			say_anew(t, d, args, out, start);
		}
	}
	while (items && *items && say_segments(buf_str(out) + start) > 1) {
		char *cut = items + strlen(items);
		while (cut > items && !(cut[-1] == ' ' && *cut >= '0' && *cut <= '9'))
			cut--;
		*(cut > items ? cut - 1 : cut) = 0;
		say_anew(t, d, args, out, start);
	}
}

static void add_part(const struct turn *t, const struct decision *d, struct answer *a)
{
	if (!d->key)
		return;
	struct buf *out = &a->whole;
	if (is_short(d->key)) {
		out = &a->shorts;
		if (a->short_count++) {
			say(t->p, t->language, "many.join", NULL, out);
			if (t->language == LANG_EN)
				buf_addc(out, ' ');
		}
	} else if (out->len)
		buf_addc(out, '\n');
	say_fitting(t, d, out);
	for (int i = 0; i < d->arg_count; i++)
		if (d->args[i].type == REPLY_WHEN && d->args[i].n > t->now)
			a->not_after_utc = a->not_after_utc > d->args[i].n ? a->not_after_utc : d->args[i].n;
	for (int i = 0; i < d->effect_count; i++) {
		const struct effect *e = &d->effects[i];
		if (e->kind == EFFECT_VOTE && e->private)
			a->sealed = e->subject;
		if (e->kind == EFFECT_RSVP)
			a->meeting = e->subject;
		if (e->kind == EFFECT_OPEN || e->kind == EFFECT_SUPPORT || e->kind == EFFECT_JOIN ||
		    e->kind == EFFECT_STEP) {
			a->matter = e->number;
			a->not_after_utc = 0;
		}
	}
	if (d->daily)
		a->daily = d->key;
}

static void join_parts(const struct turn *t, struct answer *a)
{
	if (!a->short_count)
		return;
	if (a->whole.len)
		buf_addc(&a->whole, '\n');
	say(t->p, t->language, "many.head", NULL, &a->whole);
	if (t->language == LANG_EN)
		buf_addc(&a->whole, ' ');
	buf_adds(&a->whole, buf_str(&a->shorts));
	say(t->p, t->language, "many.tail", NULL, &a->whole);
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
		add_part(t, d, a);
		enum intent_kind k = one->kind;
		a->alarm = a->alarm || k == INTENT_DUTY;
		a->leave = a->leave || k == INTENT_STOP || k == INTENT_START || k == INTENT_UNDO ||
			   k == INTENT_WRONG_NUMBER;
		a->sensitive = a->sensitive || k == INTENT_DUTY || k == INTENT_PRIVATE ||
			       k == INTENT_WRONG_NUMBER || k == INTENT_REGISTER || k == INTENT_STOP ||
			       k == INTENT_ERASE || k == INTENT_UNDO || k == INTENT_THANKS;
	}
	join_parts(t, a);
	return 0;
}

/* ------------------------------------------------------------------------------------------- the answer */

int turn_attention(const struct turn *t, struct attention_facts *af, struct attention *ret)
{
	struct store *s = t->p->store;
	struct phone ph;
	af->now = t->now;
	af->sender = &t->sender;
	af->budget = t->p->config->answer_budget;
	int r = phone_get(s, t->sender.number, &ph);
	if (r < 0)
		return r;
	af->notice_utc = ph.budget_notice_utc;
	if (af->budget && (r = facts_answers(s, t->sender.number, t->now - HOUR_S, &af->answers)) < 0)
		return r;
	if (af->budget && !af->command && t->message &&
	    (r = facts_identical(s, t->sender.number, t->message, t->words, LOOP_WITHIN_S, LOOP_TEXTS,
				 &af->identical)) < 0)
		return r;
	*ret = attention_decide(af);
	return 0;
}

/* Strangers are asked who they are, once, in the first answer that has room for it. */
static int ask_register(const struct turn *t, struct buf *text)
{
	if (t->sender.person || t->sender.asked_register || t->sender.kind != E164_MOBILE)
		return 0;
	cleanup_buf struct buf longer = {0};
	buf_adds(&longer, buf_str(text));
	if (t->language == LANG_EN)
		buf_addc(&longer, ' ');
	say(t->p, t->language, "ask.register", NULL, &longer);
	if (say_segments(buf_str(&longer)) != 1)
		return 0;
	buf_reset(text);
	buf_adds(text, buf_str(&longer));
	return phone_set_asked_register(t->p->store, t->sender.number, t->now);
}

/* "5 23" is a code however often it comes; "2分钟后回复您" is words. */
static bool is_code(const char *words)
{
	size_t n = strspn(words, "0123456789");
	return n && (!words[n] || strchr(" ,.;:!?\r\n", words[n]));
}

static int send_answer(const struct turn *t, const struct intents *in, struct answer *a)
{
	struct attention_facts af = {.help = a->alarm, .leave = a->leave};
	struct attention at;
	for (int i = 0; i < in->count; i++)
		af.command = af.command || !intent_is_free_text(in->list[i].kind);
	af.command = af.command || is_code(t->words);
	int r = turn_attention(t, &af, &at);
	if (r < 0)
		return r;
	if (at.loop) {
		if ((r = phone_set_loop_muted(t->p->store, t->sender.number, t->now)) < 0)
			return r;
		return chore_add(t->p->store, "loop", t->sender.number, t->sender.person, "", &t->by, t->now,
				 NULL, NULL);
	}
	if (!a->whole.len || (!at.answer && !at.notice))
		return 0;
	struct say_options o = {.class = a->alarm ? OUTBOX_ALARM : OUTBOX_REPLY,
				.quiet = !a->alarm && t->now - t->heard_utc > REPLY_AT_ONCE_S,
				.not_after_utc = a->not_after_utc,
				.answers = t->message,
				.meeting = a->meeting,
				.matter = a->matter,
				.person = t->sender.person};
	char dedupe[64];
	if (at.notice) {
		buf_reset(&a->whole);
		say(t->p, t->language, "budget", NULL, &a->whole);
		if ((r = phone_set_budget_notice(t->p->store, t->sender.number, t->now)) < 0)
			return r;
	} else if (a->sealed) {
		snprintf(dedupe, sizeof dedupe, "poll:%" PRId64 ":vote:%" PRId64, a->sealed, t->message);
		o.dedupe = dedupe;
		o.stand_in = SEALED_ANSWER;
	} else if (a->daily) {
		struct civil today;
		civil_from_utc(t->now, &today);
		snprintf(dedupe, sizeof dedupe, "%.12s:%.23s:%04d%02d%02d", a->daily, t->sender.number,
			 today.year, today.month, today.day);
		o.dedupe = dedupe;
	} else if (!a->sensitive && (r = ask_register(t, &a->whole)) < 0)
		return r;
	return say_send(t->p, t->sender.number, buf_str(&a->whole), &o, t->now, NULL);
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
			r = send_answer(t, in, &a);
		if (r >= 0) /* whoever texts is alive */
			r = checkin_heard(t->p, t->sender.number, t->heard_utc, a.alarm, &t->by, t->now);
	}
	buf_done(&a.whole);
	buf_done(&a.shorts);
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
