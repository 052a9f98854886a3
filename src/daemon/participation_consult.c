/* Consultations: words are passed on between who asks and an expert, and whoever does not answer within a working day is
 * passed over. What is to be told stands in the database first, so that a text, the shell and time all tell by the same way. */
#include "base/mem.h"
#include "base/text.h"
#include "daemon/participation_internal.h"
#include "store/chore.h"
#include "store/consult.h"
#include "store/facts.h"
#include "store/matter.h"
#include "store/person.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define BATCH 32

static const struct actor by_time = {"daemon", CHANNEL_TIMER, 0};

/* ------------------------------------------------------------------------------------------------ facts */

static int find(const struct turn *t, const struct intent *in, struct consult *c)
{
	struct store *s = t->p->store;
	if (in->has & ARG_NUMBER)
		return consult_get(s, in->number, c);
	return consult_open_of(s, t->sender.number,
			       in->kind == INTENT_CONSULT ? consult_topic_find(in->topic) : -1,
			       in->kind != INTENT_CONSULT, c);
}

static int stands_to(const struct turn *t, const struct consult *c, struct consult_fact *f)
{
	enum language lang;
	*f = (struct consult_fact){.number = c->number,
				   .topic = c->topic,
				   .mine = !strcmp(c->from, t->sender.number),
				   .open = !c->closed_utc,
				   .late = c->closed_utc && c->answered_utc &&
					   t->now - c->closed_utc < CONSULT_LATE_S,
				   .answered = c->answered_utc != 0,
				   .with_expert = c->expert != 0};
	int r = t->sender.person ? consult_was_asked(t->p->store, c->number, t->sender.person) : 0;
	if (r < 0)
		return r;
	f->asked = r > 0 || t->sender.roles & ROLE(SECRETARY);
	if ((r = may_tell(t->p, c->from, &lang)) < 0)
		return r;
	f->deaf = !r;
	return consult_count(t->p->store, c->number, f->mine ? CONSULT_ASK : CONSULT_ANSWER, t->now - DAY_S,
			     &f->lines);
}

/* A lawyer who speaks of the law, and was asked: that is the answer, without its number. */
static int find_laid(const struct turn *t, enum consult_topic topic, struct facts *f)
{
	struct consult c;
	int n =
	    t->sender.roles & ROLE(EXPERT) ? consult_of_expert(t->p->store, t->sender.person, topic, &c) : 0;
	int r = n > 0 ? stands_to(t, &c, &f->civics.consult) : n;
	if (r < 0 || n == 0)
		return r;
	f->civics.consult.choices = n;
	return 1;
}

int consult_facts(const struct turn *t, const struct intent *in, struct facts *f)
{
	struct consult c;
	int64_t person;
	int r = find(t, in, &c);
	if (r >= 0)
		return stands_to(t, &c, &f->civics.consult);
	int topic = in->kind == INTENT_CONSULT ? consult_topic_find(in->topic) : -1;
	if (r != -ENOENT || topic < 0)
		return r == -ENOENT ? 0 : r;
	if ((r = find_laid(t, (enum consult_topic)topic, f)) != 0)
		return r < 0 ? r : 0;
	r = consult_experts(t->p->store, (enum consult_topic)topic, t->sender.grid, t->sender.number, 0,
			    &person);
	f->civics.experts = r;
	return r < 0 ? r : 0;
}

/* ------------------------------------------------------------------------------------------ passing on */

static const char *topic_key(enum consult_topic t)
{
	static const char *const keys[CONSULT_TOPIC_COUNT] = {
#define X(id, name, words) [CONSULT_##id] = "consult.topic." name,
	    CONSULT_TOPICS(X)
#undef X
	};
	return keys[t];
}

static int tell(const struct participation *p, const struct consult *c, const char *number, int64_t person,
		enum language lang, const char *key, const char *words, const char *occasion, int64_t now)
{
	char relayed[CONSULT_RELAY_MAX * 4 + 8], dedupe[80];
	cleanup_buf struct buf text = {0};
	const struct reply_arg args[] = {
	    {.name = "site", .type = REPLY_TEXT, .text = p->config->signature, .max = 12},
	    {.name = "topic", .type = REPLY_KEY, .text = topic_key(c->topic)},
	    {.name = "number", .type = REPLY_INT, .n = c->number},
	    {.name = "text", .type = REPLY_TEXT, .text = consult_relay(words, relayed, sizeof relayed)},
	    {0},
	};
	say(p, lang, key, args, &text);
	snprintf(dedupe, sizeof dedupe, "consult:%d:%s:%.23s", c->number, occasion, number);
	return say_send(
	    p, number, buf_str(&text),
	    &(struct say_options){
		.class = OUTBOX_REPLY, .quiet = true, .matter = c->number, .person = person, .dedupe = dedupe},
	    now, NULL);
}

/* Nobody is left who could be asked: the secretary's, and who asked hears so. */
static int to_desk(const struct participation *p, const struct consult *c, const struct actor *by,
		   bool tell_asker, int64_t now)
{
	char note[64];
	enum language lang;
	snprintf(note, sizeof note, "case %d: %s", c->number, consult_topic_name(c->topic));
	int r = consult_lay_with(p->store, c->number, 0, now);
	if (r >= 0)
		r = journal_add(p->store, c->number, "consultation at the desk", NULL, by, now);
	if (r >= 0)
		r = chore_add(p->store, "consult", c->from, c->person, note, by, now, NULL, NULL);
	if (r < 0 || !tell_asker || (r = may_tell(p, c->from, &lang)) <= 0)
		return r < 0 ? r : 0;
	return tell(p, c, c->from, c->person, lang, "consult.at_desk", "", "desk", now);
}

struct where {
	char grid[CIVIC_CODE_MAX];
};

static int copy_where(void *ctx, const struct matter *m)
{
	text_copy(((struct where *)ctx)->grid, CIVIC_CODE_MAX, m->grid);
	return 0;
}

/* To the next expert who was not asked yet, else to the desk. */
static int pass_on(const struct participation *p, int number, const struct actor *by, bool tell_asker,
		   int64_t now)
{
	struct consult c;
	struct where w = {0};
	int64_t person = 0;
	int r = consult_get(p->store, number, &c);
	if (r < 0 || c.closed_utc || (r = matter_get(p->store, number, copy_where, &w)) < 0)
		return r < 0 ? r : 0;
	if ((r = consult_experts(p->store, c.topic, w.grid, c.from, number, &person)) < 0)
		return r;
	if (!person)
		return to_desk(p, &c, by, tell_asker, now);
	if ((r = consult_lay_with(p->store, number, person, now)) >= 0)
		r = journal_add(p->store, number, "passed to an expert", NULL, by, now);
	return r;
}

static int tell_expert(const struct participation *p, const struct consult_untold *u, int64_t now)
{
	struct consult c;
	struct person who;
	cleanup_buf struct buf words = {0};
	int r = consult_get(p->store, u->number, &c);
	if (r < 0)
		return r;
	r = person_get(p->store, u->person, &who);
	if (r == -ENOENT || (r >= 0 && !who.number[0])) { /* gone, or without a phone, since */
		r = consult_expert_told(p->store, u->number, u->person, now, now);
		return r < 0 ? r : pass_on(p, u->number, &by_time, true, now);
	}
	if (r < 0 || (r = consult_words(p->store, u->number, &words)) < 0)
		return r;
	char occasion[32];
	snprintf(occasion, sizeof occasion, "to:%" PRId64, u->person);
	enum language lang = who.has_language ? who.language : p->config->language;
	if ((r = tell(p, &c, who.number, who.id, lang, "consult.to_expert", buf_str(&words), occasion, now)) <
	    0)
		return r;
	return consult_expert_told(p->store, u->number, u->person, working_after(p, now, CONSULT_WORKDAY_S),
				   now);
}

/* Who asked does not take texts any more: somebody tells them by other ways. */
static int keep_for_desk(const struct participation *p, const struct consult *c, int64_t now)
{
	char note[64];
	snprintf(note, sizeof note, "case %d: answered", c->number);
	return chore_add(p->store, "consult", c->from, c->person, note, &by_time, now, NULL, NULL);
}

static int tell_line(const struct participation *p, const struct consult_line *l, int64_t now)
{
	struct consult c;
	struct person who;
	enum language lang;
	char occasion[32];
	snprintf(occasion, sizeof occasion, "%" PRId64, l->id);
	int r = consult_get(p->store, l->number, &c);
	if (r < 0)
		return r;
	if (l->side == CONSULT_ANSWER) {
		if ((r = may_tell(p, c.from, &lang)) < 0)
			return r;
		r = r ? tell(p, &c, c.from, c.person, lang, "consult.to_asker", l->text, occasion, now)
		      : keep_for_desk(p, &c, now);
	} else if (c.expert && (r = person_get(p->store, c.expert, &who)) >= 0 && who.number[0]) {
		lang = who.has_language ? who.language : p->config->language;
		r = tell(p, &c, who.number, who.id, lang, "consult.to_expert_more", l->text, occasion, now);
		if (r >= 0) /* a further question waits no longer than the first */
			r = consult_expert_told(p->store, c.number, c.expert,
						working_after(p, now, CONSULT_WORKDAY_S), now);
	}
	return r < 0 && r != -ENOENT ? r : consult_line_told(p->store, l->id, now);
}

/* Whatever waits to be told; *ret_more: there is more than a batch. */
static int tell_waiting(const struct participation *p, int64_t now, bool *ret_more)
{
	struct consult_untold experts[BATCH];
	struct consult_line lines[BATCH];
	int n = consult_untold(p->store, experts, BATCH), r = n;
	*ret_more = n == BATCH;
	for (int i = 0; i < n && r >= 0; i++)
		r = tell_expert(p, &experts[i], now);
	if (r < 0)
		return r;
	n = r = consult_lines_untold(p->store, lines, BATCH);
	*ret_more = *ret_more || n == BATCH;
	for (int i = 0; i < n; i++) {
		if (r >= 0)
			r = tell_line(p, &lines[i], now);
		free(lines[i].text);
	}
	return r < 0 ? r : 0;
}

static int end_one(const struct participation *p, int number, const char *note, const struct actor *by,
		   int64_t now)
{
	enum case_state st;
	int r = consult_close(p->store, number, now);
	if (r >= 0)
		r = matter_act(p->store, number, &(struct matter_step){.event = CASE_EV_CLOSE, .note = note},
			       by, now, &st);
	return r == -EPERM ? 0 : r;
}

/* Nobody said thanks: it has ended all the same, without a word. */
static int end_idle(const struct participation *p, int64_t now, bool *ret_more)
{
	int idle[BATCH];
	int n = consult_idle(p->store, now - CONSULT_IDLE_S, idle, BATCH), r = n;
	for (int i = 0; i < n && r >= 0; i++)
		r = end_one(p, idle[i], NULL, &by_time, now);
	*ret_more = *ret_more || n == BATCH;
	return r < 0 ? r : 0;
}

int consult_tick(const struct participation *p, int64_t now, int64_t *next)
{
	int due[BATCH];
	int64_t later = INT64_MAX;
	bool more = false;
	int n = consult_overdue(p->store, now, due, BATCH, &later), r = n;
	for (int i = 0; i < n && r >= 0; i++)
		r = pass_on(p, due[i], &by_time, true, now);
	if (r >= 0)
		r = tell_waiting(p, now, &more);
	if (r >= 0)
		r = end_idle(p, now, &more);
	if (r >= 0 && !more) /* when somebody was passed over just now, another one has a deadline */
		r = consult_overdue(p->store, now, due, BATCH, &later);
	if (more)
		later = now;
	if (later < *next)
		*next = later;
	return r < 0 ? r : 0;
}

/* ---------------------------------------------------------------------------------------------- effects */

static int open_one(const struct turn *t, const struct effect *e)
{
	struct store *s = t->p->store;
	int number = 0;
	struct matter_new m = {.kind = MATTER_CASE,
			       .category = CATEGORY_OTHER,
			       .grid = t->sender.grid,
			       .private = true,
			       .origin = "consult",
			       .reporter = t->sender.person,
			       .number_from = t->sender.number};
	int r = matter_add(s, &m, &t->by, t->now, &number);
	if (r >= 0)
		r = consult_add(s, number, (enum consult_topic)e->subject, t->sender.number, t->sender.person,
				t->now);
	if (r >= 0)
		r = consult_say(s, number, CONSULT_ASK, t->by.id, e->text, t->now);
	if (r >= 0)
		r = pass_on(t->p, number, &t->by, false, t->now);
	return r < 0 ? r : note_action(t, e, number, NULL);
}

static int answer(const struct turn *t, const struct effect *e)
{
	struct store *s = t->p->store;
	enum case_state st;
	int r = consult_say(s, e->number, CONSULT_ANSWER, t->by.id, e->text, t->now);
	if (r >= 0)
		r = consult_answered(s, e->number, t->now);
	if (r >= 0)
		r = matter_act(s, e->number,
			       &(struct matter_step){.event = CASE_EV_TAKE, .person = t->sender.person}, &t->by,
			       t->now, &st);
	return r == -EPERM ? journal_add(s, e->number, "answered", NULL, &t->by, t->now) : r;
}

static int ask_more(const struct turn *t, const struct effect *e)
{
	int64_t line = 0;
	int r = consult_say(t->p->store, e->number, CONSULT_ASK, t->by.id, e->text, t->now);
	if (r >= 0)
		r = consult_last_line(t->p->store, e->number, &line);
	return r < 0 ? r : note_action(t, e, e->number, json_pack("{s:I}", "line", (json_int_t)line));
}

int consult_apply(const struct turn *t, const struct effect *e)
{
	bool more;
	int r = 0;
	switch ((int)e->kind) {
	case EFFECT_CONSULT:
		r = open_one(t, e);
		break;
	case EFFECT_CONSULT_MORE:
		r = ask_more(t, e);
		break;
	case EFFECT_CONSULT_ANSWER:
		r = answer(t, e);
		break;
	case EFFECT_CONSULT_PASS:
		r = pass_on(t->p, e->number, &t->by, true, t->now);
		break;
	case EFFECT_CONSULT_CLOSE:
		r = end_one(t->p, e->number, e->note, &t->by, t->now);
		break;
	}
	return r < 0 ? r : tell_waiting(t->p, t->now, &more);
}

static int tell_withdrawn(const struct turn *t, const struct consult *c, const char *key, const char *occasion)
{
	struct person who;
	int r = c->expert ? person_get(t->p->store, c->expert, &who) : -ENOENT;
	if (r < 0 || !who.number[0])
		return r == -ENOENT ? 0 : r;
	return tell(t->p, c, who.number, who.id, who.has_language ? who.language : t->p->config->language, key,
		    "", occasion, t->now);
}

int consult_unask(const struct turn *t, int number, int64_t line)
{
	struct consult c;
	char occasion[32];
	int r = consult_get(t->p->store, number, &c);
	if (r < 0 || (r = consult_unsay(t->p->store, number, line)) <= 0 || c.closed_utc)
		return r < 0 ? r : 0;
	snprintf(occasion, sizeof occasion, "unasked:%" PRId64, line);
	return tell_withdrawn(t, &c, "consult.unasked", occasion);
}

/* Taken back before anybody answered: whoever was asked need not. */
int consult_withdraw(const struct turn *t, int number)
{
	struct consult c;
	enum case_state st;
	int r = consult_get(t->p->store, number, &c);
	if (r < 0 || c.closed_utc)
		return r < 0 ? r : 0;
	if ((r = consult_close(t->p->store, number, t->now)) >= 0)
		r = matter_act(t->p->store, number, &(struct matter_step){.event = CASE_EV_WITHDRAW}, &t->by,
			       t->now, &st);
	return r < 0 && r != -EPERM ? r : tell_withdrawn(t, &c, "consult.withdrawn", "withdrawn");
}
