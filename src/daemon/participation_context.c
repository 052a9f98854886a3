/* Reads a text in the light of what this phone was asked. */
#include "base/mem.h"
#include "base/text.h"
#include "civic/context.h"
#include "civic/poll.h"
#include "daemon/participation_internal.h"
#include "store/approval.h"
#include "store/command.h"
#include "store/facts.h"
#include "store/grid.h"
#include "store/offer.h"
#include "store/poll_work.h"
#include "store/question.h"

#include <errno.h>
#include <string.h>

#define HEAD_BYTES 64 /* a vote in words */
#define REST_BYTES 6  /* two characters: less is no wish of its own */

/* What a code with a word beside it may look like while nobody thinks of codes. */
static bool may_be_code(const struct intents *in)
{
	enum intent_kind k = in->list[0].kind;
	return in->count == 1 &&
	       (k == INTENT_UNKNOWN || k == INTENT_SUPPORT || k == INTENT_THANKS || k == INTENT_ATTENDANCE);
}

/* "同意 482 716" while a code is expected of this phone: a second question, but never one for a bare digit. */
static int read_as_code(const struct turn *t, struct intents *in)
{
	int r = approval_expected(t->p->store, t->sender.number, t->now);
	if (r == 0)
		r = command_expected(t->p->store, t->sender.number, t->now);
	if (r <= 0)
		return r;
	cleanup_free struct intents *as_code = mem_alloc(sizeof *as_code);
	rules_read(t->p->rules, t->words,
		   &(struct rules_context){.asked = ASKED_CODE, .roles = t->sender.roles}, as_code);
	if (as_code->count == 1 && as_code->list[0].kind == INTENT_CODE &&
	    strlen(as_code->list[0].code) == APPROVAL_DIGITS)
		*in = *as_code;
	return 0;
}

/* A bare digit soon after a vote changes it, when nothing else was asked; the same digit again has another meaning. */
static int vote_again(const struct turn *t, struct question_fact *ret)
{
	int digit = poll_bare_digit(t->words);
	cleanup_free struct polls_fact *f = mem_alloc(sizeof *f);
	int64_t id = 0;
	if (digit < 1 || digit > POLL_OPTIONS_MAX)
		return 0;
	int r = facts_voted(t->p->store, t->sender.number, t->now - POLL_CHANGE_S, &id);
	if (r < 0 || !id || (r = facts_polls(t->p->store, &t->sender, id, 0, t->now, f)) < 0)
		return r;
	if (f->poll.entitled && digit <= f->poll.option_count && digit != f->poll.option)
		*ret = (struct question_fact){
		    .kind = ASKED_POLL, .subject = id, .expires_utc = f->poll.closes_utc};
	return 0;
}

/* Is there a meeting that a bare 1 or 2 may mean? 1, 0 or -errno. */
static int meeting_comes(const struct turn *t)
{
	cleanup_free struct facts *f = mem_alloc(sizeof *f);
	f->now = t->now;
	f->sender = t->sender;
	int r = facts_meetings(t->p->store, f);
	return r < 0 ? r : meeting_choose(f) != MEETING_NONE;
}

static void read_asked(const struct turn *t, const char *words, enum asked asked, struct intents *in)
{
	rules_read(t->p->rules, words, &(struct rules_context){.asked = asked, .roles = t->sender.roles}, in);
}

/* "还在漏" of who raised or supports what was settled these days. */
static int still_there(struct turn *t)
{
	int number = 0;
	enum category c;
	int r = poll_bare_digit(t->words) >= 0
		    ? 0
		    : facts_settled(t->p->store, t->sender.number, t->now - QUESTION_RATING_S, &number, &c);
	if (r < 0 || !number)
		return r;
	cleanup_free struct intents *as_rating = mem_alloc(sizeof *as_rating),
				    *plain = mem_alloc(sizeof *plain);
	read_asked(t, t->words, ASKED_RATING, as_rating);
	read_asked(t, t->words, ASKED_NONE, plain);
	if (context_still_there(as_rating, plain, c))
		t->meant =
		    (struct question_fact){.kind = ASKED_RATING, .subject = number, .expires_utc = t->now};
	return 0;
}

/* No question is open, but the words may answer one all the same. */
static int find_meant(struct turn *t)
{
	struct question_fact late;
	int r = vote_again(t, &t->meant);
	if (r >= 0 && t->meant.kind == ASKED_NONE)
		r = still_there(t);
	if (r < 0 || t->meant.kind != ASKED_NONE ||
	    (r = question_late(t->p->store, t->sender.number, t->now, &late)) < 0 || late.kind == ASKED_NONE)
		return r;
	if ((r = meeting_comes(t)) >= 0 && context_late(&late, t->words, r > 0, t->now))
		t->meant = late;
	return r;
}

static int read_building(struct turn *t, const char *building, struct intents *in)
{
	int r = facts_grid_of_building(t->p->store, building, t->sender.grid);
	if (r == -ENOENT) /* nobody is known to live there: a person rings back instead of asking again */
		in->list[0] = (struct intent){.kind = INTENT_CALLBACK};
	return r < 0 && r != -ENOENT ? r : 0;
}

/* "东侧" while a poll asks "东侧 or 西侧?" */
static int read_option(const struct turn *t, const struct question_fact *q, struct intents *in)
{
	cleanup_free struct polls_fact *f = mem_alloc(sizeof *f);
	int r = facts_polls(t->p->store, &t->sender, q->subject, 0, t->now, f);
	if (r >= 0)
		context_option(&f->poll, t->words, in);
	return r;
}

/* "退 12" of who signed up for an activity, or asked for an errand, is what it is of a volunteer. */
static int speaks_as(const struct turn *t, unsigned *ret_roles)
{
	*ret_roles = t->sender.roles;
	if (t->sender.roles & (ROLES_STAFF | ROLE(VOLUNTEER)))
		return 0;
	int r = facts_has_part(t->p->store, t->sender.number);
	if (r == 1)
		*ret_roles |= ROLE(VOLUNTEER);
	return r < 0 ? r : 0;
}

/* The first clause, and what follows it; false when there is but one. */
static bool split(const char *words, char *head, size_t size, const char **ret_rest)
{
	static const char *const ends[] = {"，", "。", "；", "、", "：", ",", ".", ";", ":", " ", "\n"};
	size_t cut = strlen(words), n = 0;
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		const char *at = strstr(words, ends[i]);
		if (at && (size_t)(at - words) < cut) {
			cut = (size_t)(at - words);
			n = strlen(ends[i]);
		}
	}
	if (!cut || cut >= size || strlen(words + cut + n) < REST_BYTES)
		return false;
	text_copy(head, cut + 1, words);
	*ret_rest = words + cut + n;
	return true;
}

static int is_named(void *ctx, const struct grid *g)
{
	return !strcmp(g->name, ctx) || !strcasecmp(g->code, ctx);
}

/* "群发 三网格 明天停水": rules know no names of grids. */
static int read_audience(const struct turn *t, struct intents *in)
{
	struct intent *one = &in->list[0];
	char head[INTENT_SHORT_MAX];
	const char *rest;
	if (one->kind != INTENT_STAFF_BROADCAST || one->to[0] || !split(one->text, head, sizeof head, &rest))
		return 0;
	int r = grid_list(t->p->store, NULL, is_named, head);
	if (r != 1)
		return r < 0 ? r : 0;
	text_copy(one->to, sizeof one->to, head);
	one->has |= ARG_TO;
	memmove(one->text, rest, strlen(rest) + 1);
	return 0;
}

static bool stands_alone(const struct intents *in)
{
	for (int i = 0; i < in->count; i++) {
		enum intent_kind k = in->list[i].kind;
		if (k == INTENT_UNKNOWN || k == INTENT_THANKS || k == INTENT_VOTE || k == INTENT_RATE)
			return false;
	}
	return true;
}

/* "1，另外楼道灯又坏了" while a poll is open: a vote, and what else is wished. Both are recorded. A 3 or 4 with its
 * matter is that command. */
static void read_vote_and_more(const struct turn *t, struct intents *in)
{
	char head[HEAD_BYTES];
	const char *rest;
	if (in->count != 1 || !(in->list[0].kind == INTENT_VOTE || in->list[0].kind == INTENT_COMPLAINT) ||
	    !split(t->words, head, sizeof head, &rest) || poll_bare_digit(head) == 3 ||
	    poll_bare_digit(head) == 4)
		return;
	cleanup_free struct intents *vote = mem_alloc(sizeof *vote), *more = mem_alloc(sizeof *more);
	read_asked(t, head, ASKED_POLL, vote);
	read_asked(t, rest, ASKED_NONE, more);
	if (vote->count != 1 || vote->list[0].kind != INTENT_VOTE || !stands_alone(more))
		return;
	in->list[0] = vote->list[0];
	for (int i = 0; i < more->count && in->count < INTENTS_PER_TEXT; i++)
		in->list[in->count++] = more->list[i];
}

int read_in_context(struct turn *t, struct intents *in)
{
	unsigned roles;
	struct question_fact q;
	char building[16];
	int r = question_get(t->p->store, t->sender.number, t->now, &q);
	if (r < 0 || (r = speaks_as(t, &roles)) < 0 || (q.kind == ASKED_NONE && (r = find_meant(t)) < 0))
		return r;
	if (q.kind == ASKED_NONE)
		q = t->meant;
	rules_read(t->p->rules, t->words,
		   &(struct rules_context){.asked = q.kind, .roles = roles, .machine = t->sender.machine}, in);
	if ((r = read_audience(t, in)) < 0)
		return r;
	if (t->sender.roles & ROLES_STAFF && may_be_code(in) && (r = read_as_code(t, in)) < 0)
		return r;
	if (q.kind == ASKED_POLL && !q.late) {
		read_vote_and_more(t, in);
		if ((r = read_option(t, &q, in)) < 0)
			return r;
	}
	if (q.kind == ASKED_TEXT && in->count == 1 &&
	    (!strcmp(q.detail, "attend") || !strcmp(q.detail, "decline")) && strlen(t->words) <= 2 &&
	    context_building(t->words, building))
		in->list[0] =
		    (struct intent){.kind = INTENT_UNKNOWN}; /* "3": the building that was asked for */
	if (context_apply(&q, t->words, in, building)) {
		t->answers = true;
		if ((r = question_clear(t->p->store, t->sender.number)) < 0)
			return r;
		if (*building && !t->sender.grid[0] && (r = read_building(t, building, in)) < 0)
			return r;
	}
	context_reduce(in);
	return 0;
}
