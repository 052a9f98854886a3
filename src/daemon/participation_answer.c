/* The one text that answers a text: what was decided of each intent in it, joined, and whether it is sent at all. */
#include "base/mem.h"
#include "daemon/participation_internal.h"
#include "store/chore.h"
#include "store/facts.h"
#include "store/phone.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define REPLY_AT_ONCE_S (10 * MINUTE_S) /* a reply to a text this young may go out in the quiet hours */
#define SEALED_ANSWER   "***"           /* stands in the database for what a secret vote was answered */

/* ---------------------------------------------------------------------------------------- out of its parts */

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

void answer_add(const struct turn *t, const struct decision *d, struct answer *a)
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

void answer_join(const struct turn *t, struct answer *a)
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

/* ------------------------------------------------------------------------------------------------ on its way */

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

int answer_send(const struct turn *t, const struct intents *in, struct answer *a)
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

void answer_done(struct answer *a)
{
	buf_done(&a->whole);
	buf_done(&a->shorts);
}
