/* Polls: opened, asked, reminded of, counted and told as time passes; votes by text. */
#include "base/mem.h"
#include "base/text.h"
#include "daemon/participation_internal.h"
#include "store/facts.h"
#include "store/matter.h"
#include "store/poll_work.h"
#include "store/private.h"
#include "store/question.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define BATCH        200 /* texts queued in one transaction */
#define POLLS_MAX    64  /* that are planned or open at a time; more wait */
#define LISTENERS    64  /* of the case that a poll was about */
#define CLOSE_WAIT_S 5   /* a text of before the close is still to be taken */

static const struct actor timer = {"daemon", CHANNEL_TIMER, 0};

struct poll_seen {
	struct poll p;
	char question[POLL_QUESTION_MAX], reason[128];
};

static int copy_poll(void *ctx, const struct poll *p)
{
	struct poll_seen *s = ctx;
	s->p = *p;
	text_copy(s->question, sizeof s->question, p->question);
	text_copy(s->reason, sizeof s->reason, p->reason);
	return 0;
}

static enum language language_of(const struct participation *p, const struct audience_row *to)
{
	return to->has_language ? to->english ? LANG_EN : LANG_ZH : p->config->language;
}

static const char *note_key(const struct poll *p)
{
	return p->secret      ? p->household ? "poll.note.both" : "poll.note.secret"
	       : p->household ? "poll.note.household"
			      : NULL;
}

static int send(const struct participation *p, const struct poll_seen *s, const char *key, const char *occasion,
		const char *items, int64_t not_after, const struct audience_row *to, int64_t now)
{
	const struct reply_arg args[] = {
	    {.name = "site", .type = REPLY_TEXT, .text = p->config->signature, .max = 12},
	    {.name = "number", .type = s->p.matter ? REPLY_INT : REPLY_TEXT, .n = s->p.matter},
	    {.name = "question", .type = REPLY_TEXT, .text = s->question, .max = s->p.ended_utc ? 20 : 0},
	    {.name = "items", .type = REPLY_TEXT, .text = items},
	    {.name = "when", .type = REPLY_WHEN, .n = s->p.closes_utc},
	    {.name = "what", .type = note_key(&s->p) ? REPLY_KEY : REPLY_TEXT, .text = note_key(&s->p)},
	    {.name = "count", .type = REPLY_INT, .n = s->p.voted},
	    {.name = "note", .type = REPLY_TEXT, .text = s->reason, .max = 20},
	    {0},
	};
	cleanup_buf struct buf text = {0};
	char dedupe[80];
	say(p, language_of(p, to), key, args, &text);
	snprintf(dedupe, sizeof dedupe, "poll:%" PRId64 ":%s:%.23s", s->p.id, occasion, to->number);
	return say_send(p, to->number, buf_str(&text),
			&(struct say_options){.class = OUTBOX_REMINDER,
					      .quiet = true,
					      .not_after_utc = not_after,
					      .meeting = s->p.meeting,
					      .matter = s->p.matter,
					      .person = to->person,
					      .dedupe = dedupe},
			now, NULL);
}

/* ---- the question */

static int ask_one(const struct participation *p, const struct poll_seen *s, const char *key,
		   const struct audience_row *to, int64_t now)
{
	cleanup_buf struct buf items = {0};
	poll_options_line(s->p.options, s->p.option_count, &items);
	int r = send(p, s, key, "ask", buf_str(&items), s->p.closes_utc, to, now);
	return r < 0 ? r : poll_asked(p->store, s->p.id, to->number, now);
}

int poll_ask(const struct participation *p, const char *number, int64_t now)
{
	cleanup_free struct audience_row *rows = mem_array(BATCH, sizeof *rows);
	cleanup_free struct poll_seen *s = mem_alloc(sizeof *s);
	int64_t id = 0;
	int n = poll_unasked(p->store, number, now, &id, rows, number ? 1 : BATCH), r = n;
	if (n > 0)
		r = poll_get(p->store, id, copy_poll, s);
	for (int i = 0; i < n && r >= 0; i++)
		if ((r = ask_one(p, s, "poll.ask", &rows[i], now)) >= 0)
			r = question_ask(p->store, rows[i].number, ASKED_POLL, id, NULL, now, s->p.closes_utc);
	return r < 0 ? r : n;
}

/* ---- who is silent */

/* Those to whom another question is open are asked in words: a bare digit belongs to that one. */
static int remind(const struct participation *p, const struct poll_seen *s, int64_t now, bool *ret_more)
{
	cleanup_free struct audience_row *rows = mem_array(BATCH, sizeof *rows);
	cleanup_buf struct buf items = {0};
	char occasion[40];
	poll_options_line(s->p.options, s->p.option_count, &items);
	snprintf(occasion, sizeof occasion, "remind:%" PRId64, s->p.closes_utc);
	int n = poll_silent(p->store, s->p.id, s->p.closes_utc, rows, BATCH), r = n;
	for (int i = 0; i < n && r >= 0; i++)
		r = send(p, s, "poll.remind", occasion, buf_str(&items), s->p.closes_utc, &rows[i], now);
	if (r < 0 || (*ret_more = n == BATCH))
		return r;
	n = r = poll_held(p->store, s->p.id, rows, BATCH);
	for (int i = 0; i < n && r >= 0; i++)
		r = ask_one(p, s, "poll.ask.words", &rows[i], now);
	*ret_more = n == BATCH;
	return r < 0 || *ret_more ? r : poll_reminded(p->store, s->p.id, now);
}

/* ---- how it ended */

/* "赞成31票 反对4票 弃权2票", the most votes first in words of their own. */
static void result_line(const struct poll *p, enum language lang, struct buf *out)
{
	for (int i = 0; i < p->option_count; i++)
		buf_addf(out, lang == LANG_EN ? "%s%s %" PRId64 : "%s%s%" PRId64 "票", i ? " " : "",
			 p->options[i], p->count.votes[i]);
}

static const char *end_key(const struct poll *p)
{
	return p->state == POLL_CANCELLED           ? "poll.cancelled.news"
	       : poll_outcome_of(&p->count).quorate ? "poll.result"
						    : "poll.result.short";
}

static int tell_one(const struct participation *p, const struct poll_seen *s, const struct audience_row *to,
		    int64_t now)
{
	cleanup_buf struct buf items = {0};
	result_line(&s->p, language_of(p, to), &items);
	return send(p, s, end_key(&s->p), "end", buf_str(&items), now + 2 * DAY_S, to, now);
}

/* Who raised and supported the case that was voted on. */
static int tell_case(const struct participation *p, const struct poll_seen *s, int64_t now)
{
	cleanup_free char(*phones)[E164_MAX] = mem_array(LISTENERS, E164_MAX);
	int n = s->p.matter ? matter_phones(p->store, s->p.matter, phones, LISTENERS) : 0, r = n;
	for (int i = 0; i < n && r >= 0; i++) {
		struct sender w;
		if ((r = facts_sender(p->store, phones[i], p->config->number, p->config->language, &w)) < 0)
			break;
		if (w.machine || !e164_can_text(w.kind) || w.muted || w.unlinked || w.opted_out == OPT_ALL)
			continue;
		struct audience_row to = {
		    .person = w.person, .has_language = true, .english = w.language == LANG_EN};
		text_copy(to.number, sizeof to.number, phones[i]);
		r = tell_one(p, s, &to, now);
	}
	return r < 0 ? r : 0;
}

static int tell_end(const struct participation *p, int64_t now, int64_t *ret_next)
{
	cleanup_free struct audience_row *rows = mem_array(BATCH, sizeof *rows);
	cleanup_free struct poll_seen *s = mem_alloc(sizeof *s);
	int64_t id = 0;
	int r = poll_untold(p->store, &id);
	if (r < 0 || !id || (r = poll_get(p->store, id, copy_poll, s)) < 0)
		return r;
	int n = poll_listeners(p->store, id, rows, BATCH);
	r = n;
	for (int i = 0; i < n && r >= 0; i++)
		if ((r = tell_one(p, s, &rows[i], now)) >= 0)
			r = poll_told(p->store, id, rows[i].number, now);
	*ret_next = now; /* the next batch, or the next poll */
	if (r < 0 || n == BATCH)
		return r;
	if (s->p.state == POLL_CLOSED && (r = tell_case(p, s, now)) < 0)
		return r;
	return poll_told(p->store, id, NULL, now);
}

/* ---- what time brings */

static int64_t remind_utc(const struct participation *p, const struct poll *q)
{
	return poll_remind_utc(q->opens_utc, q->closes_utc, p->config->remind_before_ms / 1000,
			       &p->config->quiet_hours);
}

static int one_poll(const struct participation *p, int64_t id, int64_t now, int64_t *ret_next)
{
	cleanup_free struct poll_seen *s = mem_alloc(sizeof *s);
	bool more = false;
	int r = poll_get(p->store, id, copy_poll, s);
	if (r < 0)
		return r;
	int64_t next = s->p.closes_utc, at = remind_utc(p, &s->p);
	bool waits = s->p.published == BROADCAST_WAITING, over = next <= now;
	bool held = waits || s->p.published == BROADCAST_PAUSED;
	if (s->p.published == BROADCAST_CANCELLED || (waits && over)) {
		r = poll_cancel(p->store, id, waits ? "nobody approved it in time" : NULL, &timer, now);
		next = now;
	} else if (s->p.state == POLL_PLANNED && s->p.opens_utc > now)
		next = s->p.opens_utc;
	else if (s->p.state == POLL_PLANNED && held && !over)
		; /* approved or resumed, it is looked at again */
	else if (s->p.state == POLL_PLANNED) {
		r = poll_open(p->store, id, now);
		next = now;
	} else if (over) {
		r = poll_close(p->store, id, now);
		next = r > 0 ? now : now + CLOSE_WAIT_S;
	} else if (at && !s->p.reminded_utc && !held) {
		if (at <= now)
			r = remind(p, s, now, &more);
		next = more ? now : at > now ? at : next;
	}
	if (next < *ret_next)
		*ret_next = next;
	return r < 0 ? r : 0;
}

int polls_send(const struct participation *p, int64_t now, int64_t *ret_next)
{
	int64_t ids[POLLS_MAX], over = 0, next = *ret_next;
	int n = poll_live(p->store, ids, POLLS_MAX), r = n;
	for (int i = 0; i < n && r >= 0; i++)
		r = one_poll(p, ids[i], now, &next);
	if (r >= 0)
		r = tell_end(p, now, &next);
	if (r >= 0 && (r = poll_purge(p->store, now)) >= 0)
		r = poll_unpurged(p->store, &over);
	if (over && now + 1 < next)
		next = now + 1;
	*ret_next = next;
	return r < 0 ? r : 0;
}

/* ---- votes by text */

/* The household's other phone hears that its vote was replaced, not by what. */
static int tell_other(const struct turn *t, int64_t poll, const char *other)
{
	char dedupe[80];
	struct sender w;
	cleanup_free struct poll_seen *s = mem_alloc(sizeof *s);
	int r = facts_sender(t->p->store, other, t->p->config->number, t->p->config->language, &w);
	if (r >= 0)
		r = poll_get(t->p->store, poll, copy_poll, s);
	if (r < 0 || w.muted || w.unlinked || w.opted_out == OPT_ALL)
		return r;
	size_t n = strlen(t->sender.number);
	const struct reply_arg args[] = {
	    {.name = "site", .type = REPLY_TEXT, .text = t->p->config->signature, .max = 12},
	    {.name = "question", .type = REPLY_TEXT, .text = s->question, .max = 14},
	    {.name = "phone", .type = REPLY_TEXT, .text = t->sender.number + (n > 4 ? n - 4 : 0)},
	    {0},
	};
	cleanup_buf struct buf text = {0};
	say(t->p, w.language, "poll.replaced", args, &text);
	snprintf(dedupe, sizeof dedupe, "poll:%" PRId64 ":other:%" PRId64, poll, t->message);
	return say_send(t->p, other, buf_str(&text),
			&(struct say_options){.class = OUTBOX_REMINDER,
					      .quiet = true,
					      .not_after_utc = t->now + 2 * DAY_S,
					      .person = w.person,
					      .dedupe = dedupe},
			t->now, NULL);
}

int apply_vote(const struct turn *t, const struct facts *f, const struct effect *e)
{
	char other[E164_MAX] = "";
	json_t *before = NULL;
	(void)f;
	int r = e->private ? private_keep(t->p->store, t->message, t->words, t->now) : 0;
	if (r >= 0)
		r = poll_vote(t->p->store, e->subject, t->sender.number, t->sender.person, e->answer, &t->by,
			      t->now, &before, other);
	if (r >= 0 && e->private)
		r = private_hide(t->p->store, t->message);
	if (r >= 0 && other[0])
		r = tell_other(t, e->subject, other);
	if (r >= 0)
		return note_action(t, e, e->subject, before);
	json_decref(before);
	return r;
}

int undo_vote(const struct turn *t, const struct former *f)
{
	int r = poll_unvote(t->p->store, f->subject, t->sender.number, t->sender.person, f->message, f->before,
			    t->now);
	return r == -EPERM ? 0 : r;
}

int get_polls(const struct turn *t, const struct intent *in, struct facts *f)
{
	int64_t asked = f->question.kind == ASKED_POLL ? f->question.subject : 0;
	int64_t named = in->has & ARG_NUMBER ? in->number : 0;
	int r = facts_polls(t->p->store, &t->sender, asked, named, t->now, &f->polls);
	if (r < 0)
		return r;
	cleanup_buf struct buf line = {0};
	poll_options_line(f->polls.poll.options, f->polls.poll.option_count, &line);
	text_copy(f->polls.line, sizeof f->polls.line, buf_str(&line));
	f->polls.meant = poll_option_meant(&f->polls.poll, in->has & ARG_OPTION ? in->option : 0, t->words);
	if (f->several && in->has & ARG_OPTION)
		f->polls.meant = in->option;
	f->polls.late = f->polls.poll.closes_utc && t->heard_utc > f->polls.poll.closes_utc;
	return 0;
}
