/* Two neighbours of the building are asked whether it is so at their place, too. */
#include "base/mem.h"
#include "base/text.h"
#include "civic/route.h"
#include "daemon/participation_duty.h"
#include "store/event.h"
#include "store/facts.h"
#include "store/grid.h"
#include "store/matter.h"
#include "store/person.h"
#include "store/question.h"
#include "store/witness.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define WITNESSES   2
#define ANSWER_S    (2 * HOUR_S) /* of working hours */
#define WAITING_MAX 32

struct seen_case {
	enum case_state state;
	enum category category;
	bool asks;
	char grid[CIVIC_CODE_MAX], building[16];
	int64_t assignee;
};

/* What identifies a person is asked of nobody; of the rest the building and the category are told, no more. */
static bool may_be_asked(const struct matter *m)
{
	return m->kind == MATTER_CASE && !m->private && !m->anonymous && *m->building && case_open(m->state) &&
	       m->category != CATEGORY_DISPUTE && m->category != CATEGORY_ELDERLY &&
	       strcmp(m->origin, "duty") != 0 && strcmp(m->origin, "checkin") != 0 &&
	       strcmp(m->origin, "quarantine") != 0;
}

static int copy_case(void *ctx, const struct matter *m)
{
	struct seen_case *c = ctx;
	c->state = m->state;
	c->category = m->category;
	c->asks = may_be_asked(m);
	c->assignee = m->assignee;
	text_copy(c->grid, sizeof c->grid, m->grid);
	text_copy(c->building, sizeof c->building, m->building);
	return 0;
}

/* Does the route of such a case want witnesses? 1, 0 or -errno. */
static int wants_witness(const struct participation *p, enum category category, const char *grid)
{
	char grids[GRID_DEPTH_MAX][ROUTE_GRID_MAX];
	int n = *grid ? grid_above(p->store, grid, grids) : 0;
	return n < 0 ? n : route_find(p->routes, category, (const char(*)[ROUTE_GRID_MAX])grids, n)->verify;
}

/* A case was opened: its witnesses are chosen, if the route of its category wants any. */
static int choose(const struct participation *p, const struct stream_event *e, int64_t now)
{
	struct witness w[WITNESSES];
	struct seen_case c;
	int number = (int)stream_int(e, "case"), r = matter_get(p->store, number, copy_case, &c);
	if (r == -ENOENT || (r >= 0 && !c.asks))
		return 0;
	if (r < 0 || (r = wants_witness(p, c.category, c.grid)) <= 0)
		return r;
	int64_t until = working_after(p, now, ANSWER_S);
	int n = witness_choose(p->store, number, now, w, WITNESSES);
	r = n;
	for (int i = 0; i < n && r >= 0; i++)
		r = witness_add(p->store, &w[i], until, now);
	return r < 0 ? r : 0;
}

int verify_tick(const struct participation *p, int64_t now, int64_t *next)
{
	struct witness_waiting one;
	int r = stream_follow(p, "verify", 1ull << EVENT_CASE_OPENED, choose, now);
	if (r < 0)
		return r;
	int64_t awake = day_window_end(&p->config->quiet_hours, now);
	if (awake > now && (r = witness_waiting(p->store, NULL, now, &one, 1)) > 0 && awake < *next)
		*next = awake;
	return r < 0 ? r : 0;
}

static int ask(const struct participation *p, const struct witness_waiting *x, int64_t now)
{
	struct question_fact q;
	struct seen_case c;
	struct sender w;
	char dedupe[64];
	cleanup_buf struct buf text = {0};
	int r = question_get(p->store, x->w.number, now, &q);
	if (r < 0 || !duty_asks_over(q.kind))
		return r;
	if ((r = matter_get(p->store, x->w.matter, copy_case, &c)) < 0 ||
	    (r = facts_sender(p->store, x->w.number, p->config->number, p->config->language, &w)) < 0 ||
	    (r = witness_asked(p->store, &x->w, now)) < 0)
		return r;
	if (!c.asks || w.muted || w.unlinked || w.opted_out != OPT_NONE) /* settled, or unwilling, meanwhile */
		return 0;
	const struct reply_arg args[] = {
	    {.name = "site", .type = REPLY_TEXT, .text = p->config->signature, .max = 12},
	    {.name = "building", .type = REPLY_TEXT, .text = c.building, .max = 6},
	    {.name = "category", .type = REPLY_KEY, .text = category_key(c.category)},
	    {0},
	};
	say(p, w.language, "verify.ask", args, &text);
	snprintf(dedupe, sizeof dedupe, "verify:%d:%.23s", x->w.matter, x->w.number);
	r = say_send(p, x->w.number, buf_str(&text),
		     &(struct say_options){.class = OUTBOX_REMINDER,
					   .quiet = true,
					   .matter = x->w.matter,
					   .person = x->w.person,
					   .not_after_utc = x->until_utc,
					   .dedupe = dedupe},
		     now, NULL);
	return r < 0 ? r
		     : question_ask(p->store, x->w.number, ASKED_VERIFY, x->w.matter, NULL, now, x->until_utc);
}

int verify_ask(const struct participation *p, const char *number, int64_t now)
{
	struct witness_waiting list[WAITING_MAX];
	if (day_window_contains(&p->config->quiet_hours, now))
		return 0;
	int n = witness_waiting(p->store, number, now, list, WAITING_MAX), r = n;
	for (int i = 0; i < n && r >= 0; i++)
		r = ask(p, &list[i], now);
	return r < 0 ? r : 0;
}

int verify_facts(const struct turn *t, const struct intent *in, struct facts *f)
{
	if (f->question.kind != ASKED_VERIFY || in->has & ARG_NUMBER)
		return 0;
	return witness_count(t->p->store, (int)f->question.subject, &f->duty.witness);
}

/* Nobody sees it: who is to settle it should know before setting out. */
static int tell_assignee(const struct turn *t, int number, const struct seen_case *c)
{
	struct person who;
	cleanup_buf struct buf text = {0};
	char dedupe[48];
	if (!c->assignee || person_get(t->p->store, c->assignee, &who) < 0 || !*who.number)
		return 0;
	const struct reply_arg args[] = {{.name = "number", .type = REPLY_INT, .n = number}, {0}};
	say(t->p, who.has_language ? who.language : t->p->config->language, "verify.unseen", args, &text);
	snprintf(dedupe, sizeof dedupe, "verify:unseen:%d", number);
	return say_send(
	    t->p, who.number, buf_str(&text),
	    &(struct say_options){.class = OUTBOX_REMINDER, .quiet = true, .matter = number, .dedupe = dedupe},
	    t->now, NULL);
}

static int seen(const struct turn *t, int number, const struct seen_case *c, const char *note)
{
	enum case_state st;
	int r = matter_support(t->p->store, number, t->sender.number, t->sender.person, &t->by, t->now);
	if (r < 0 || case_next(c->state, CASE_EV_VERIFY) == CASE_REFUSED)
		return r < 0 ? r : 0;
	return matter_act(t->p->store, number, &(struct matter_step){.event = CASE_EV_VERIFY, .note = note},
			  &t->by, t->now, &st);
}

static int unseen(const struct turn *t, int number, const struct seen_case *c, const struct witness_fact *w,
		  const char *note)
{
	enum case_state st;
	int r = matter_act(t->p->store, number, &(struct matter_step){.event = CASE_EV_NOTE, .note = note},
			   &t->by, t->now, &st);
	return r < 0 || w->no < WITNESSES || !case_open(c->state) ? r : tell_assignee(t, number, c);
}

int verify_answer(const struct turn *t, const struct facts *f, const struct effect *e)
{
	(void)f;
	struct witness_fact w;
	struct seen_case c;
	char note[64];
	cleanup_free char *before = matter_remember(t->p->store, e->number);
	int r = witness_answer(t->p->store, e->number, t->sender.number, e->answer == 1 ? "yes" : "no");
	if (r <= 0)
		return r;
	if ((r = witness_count(t->p->store, e->number, &w)) < 0 ||
	    (r = matter_get(t->p->store, e->number, copy_case, &c)) < 0 ||
	    (r = event_add(t->p->store, EVENT_CASE_WITNESSED, t->by.id,
			   json_pack("{s:i, s:i, s:i, s:i}", "case", e->number, "asked", w.asked, "yes", w.yes,
				     "no", w.no),
			   t->now)) < 0)
		return r;
	snprintf(note, sizeof note, "neighbours: %d yes, %d no of %d", w.yes, w.no, w.asked);
	r = e->answer == 1 ? seen(t, e->number, &c, note) : unseen(t, e->number, &c, &w, note);
	return r < 0 ? r : note_action(t, e, e->number, json_loads(before, 0, NULL));
}

int verify_undo(const struct turn *t, const struct former *f)
{
	struct witness_fact w;
	int number = (int)f->subject,
	    r = matter_unsupport(t->p->store, number, t->sender.number, &t->by, t->now);
	if (r < 0 || (r = witness_answer(t->p->store, number, t->sender.number, NULL)) < 0 ||
	    (r = witness_count(t->p->store, number, &w)) < 0 || w.yes)
		return r;
	/* the only one who saw it: back to what it was, unless others have gone on since */
	if ((r = journal_touched(t->p->store, number, t->sender.number, t->message)) != 0)
		return r < 0 ? r : 0;
	return matter_restore(t->p->store, number, f->raw, &t->by, t->now);
}
