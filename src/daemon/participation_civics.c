/* Points and plain answers: what is gathered for them; what the desk changed about them, and about who helps, is told. */
#include "base/mem.h"
#include "base/text.h"
#include "daemon/participation_internal.h"
#include "store/chore.h"
#include "store/faq.h"
#include "store/person.h"
#include "store/points.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define ENTRIES 6 /* of the ledger, in an answer */

int64_t day_begin(int64_t utc)
{
	struct civil c;
	civil_from_utc(utc, &c);
	return civil_to_utc(&(struct civil){.year = c.year, .month = c.month, .day = c.day});
}

int64_t month_begin(int64_t utc)
{
	struct civil c;
	civil_from_utc(utc, &c);
	return civil_to_utc(&(struct civil){.year = c.year, .month = c.month, .day = 1});
}

/* ----------------------------------------------------------------------------------------------- points */

struct entries {
	const struct turn *t;
	struct buf out;
};

static const char *reason_key(const struct point_row *row)
{
	static const char *const keys[POINT_REASON_COUNT] = {
#define X(id, name) [POINT_##id] = "points." name,
	    POINT_REASONS(X)
#undef X
	};
	int r = point_reason_find(row->reason);
	return row->reverses || r < 0 ? "points.reversed" : keys[r];
}

static int add_entry(void *ctx, const struct point_row *row)
{
	struct entries *en = ctx;
	char points[24];
	snprintf(points, sizeof points, "%+" PRId64, row->delta);
	const struct reply_arg args[] = {
	    {.name = "date", .type = REPLY_DATE, .n = row->utc},
	    {.name = "what", .type = REPLY_KEY, .text = reason_key(row)},
	    {.name = "points", .type = REPLY_TEXT, .text = points},
	    {0},
	};
	if (en->out.len)
		buf_addc(&en->out, ' ');
	say(en->t->p, en->t->language, "points.entry", args, &en->out);
	return 0;
}

int points_facts(const struct turn *t, const struct intent *in, struct facts *f)
{
	(void)in;
	struct points_fact *p = &f->civics.points;
	struct person people[PERSONS_PER_NUMBER];
	struct store *s = t->p->store;
	int n = t->sender.unlinked ? 0 : persons_of_number(s, t->sender.number, people), r = n;
	p->owners = n > POINTS_OWNERS ? POINTS_OWNERS : n;
	for (int i = 0; i < p->owners && r >= 0; i++) {
		text_copy(p->list[i].name, sizeof p->list[i].name, people[i].name);
		if ((r = point_balance(s, people[i].id, &p->list[i].balance)) >= 0)
			r = point_earned(s, people[i].id, month_begin(t->now), &p->list[i].month);
	}
	if (r < 0 || p->owners != 1)
		return r < 0 ? r : 0;
	struct entries en = {.t = t};
	r = point_list(
	    s,
	    &(struct point_filter){
		.person = people[0].id, .since_utc = INT64_MIN, .limit = ENTRIES, .newest_first = true},
	    add_entry, &en);
	text_copy(p->items, sizeof p->items, buf_str(&en.out));
	buf_done(&en.out);
	return r < 0 ? r : 0;
}

/* ------------------------------------------------------------------------------------------------- faq */

#define CANDIDATES (FAQ_NEAR + 1)
#define NAMES_MORE 4  /* characters beside the name, "问一下 …" */
#define WAITING    64 /* questions that one new answer may answer */

struct asking {
	const struct turn *t;
	const char *topic;
	struct faq_fact *out;
	bool unread; /* no rule took it for a question */
	int best;
	struct {
		int score;
		char topic[FAQ_TOPIC_MAX];
	} near[CANDIDATES]; /* best first */
};

static void keep_near(struct asking *a, int score, const char *topic)
{
	int i = CANDIDATES - 1;
	if (a->near[i].topic[0] && a->near[i].score >= score)
		return;
	for (; i > 0 && (!a->near[i - 1].topic[0] || a->near[i - 1].score < score); i--)
		a->near[i] = a->near[i - 1];
	a->near[i].score = score;
	text_copy(a->near[i].topic, sizeof a->near[i].topic, topic);
}

static int characters(const char *s)
{
	int n = 0;
	while (text_next(&s))
		n++;
	return n;
}

/* A text that no rule reads, and that is hardly more than the name of the thing: "医保", "问一下医保". */
static bool names_only(const char *words, int score)
{
	return score >= FAQ_SURE && (score == FAQ_SAME || characters(words) <= score - FAQ_SURE + NAMES_MORE);
}

static int try_answer(void *ctx, const struct faq *q)
{
	struct asking *a = ctx;
	int score = faq_score(a->topic, q->topic, q->words), whole = faq_score(a->t->words, q->topic, q->words);
	/* the whole text names what the rule's one word leaves out: "问 户口迁移要多久" */
	if (whole >= FAQ_SURE && whole > score)
		score = whole;
	keep_near(a, score, q->topic);
	if (score < FAQ_SURE || score <= a->best || (a->unread && !names_only(a->t->words, score)))
		return 0;
	a->best = score;
	a->out->found = true;
	text_copy(a->out->topic, sizeof a->out->topic, q->topic);
	text_copy(a->out->text, sizeof a->out->text, a->t->language == LANG_EN && *q->en ? q->en : q->zh);
	a->out->changed_utc = q->changed_utc;
	return 0;
}

int faq_facts(const struct turn *t, const struct intent *in, struct facts *f)
{
	struct faq_fact *out = &f->civics.faq;
	struct asking a = {.t = t, .topic = in->topic, .out = out, .unread = in->kind == INTENT_UNKNOWN};
	cleanup_buf struct buf near = {0};
	int r = faq_list(t->p->store, NULL, try_answer, &a);
	for (int i = 0, n = 0; i < CANDIDATES && a.near[i].topic[0] && n < FAQ_NEAR; i++) {
		if (!strcmp(a.near[i].topic, out->topic))
			continue;
		buf_addf(&near, "%s%s", n++ ? (t->language == LANG_EN ? ", " : "、") : "", a.near[i].topic);
	}
	text_copy(out->near, sizeof out->near, buf_str(&near));
	return r < 0 ? r : 0;
}

/* ------------------------------------------------------------------- who asked before there was an answer */

struct waiting {
	struct {
		int64_t id, person;
		char number[E164_MAX], note[FAQ_TOPIC_MAX];
	} list[WAITING];
	int count;
};

static int keep_waiting(void *ctx, const struct chore *c)
{
	struct waiting *w = ctx;
	if (strcmp(c->kind, "faq") != 0 || w->count == WAITING)
		return 0;
	w->list[w->count].id = c->id;
	w->list[w->count].person = c->person;
	text_copy(w->list[w->count].number, E164_MAX, c->number);
	text_copy(w->list[w->count++].note, FAQ_TOPIC_MAX, c->note);
	return 0;
}

struct fresh {
	char topic[FAQ_TOPIC_MAX], words[FAQ_WORDS_MAX], zh[FAQ_TEXT_MAX], en[FAQ_TEXT_MAX];
};

static int copy_fresh(void *ctx, const struct faq *q)
{
	struct fresh *a = ctx;
	text_copy(a->topic, sizeof a->topic, q->topic);
	text_copy(a->words, sizeof a->words, q->words);
	text_copy(a->zh, sizeof a->zh, q->zh);
	text_copy(a->en, sizeof a->en, q->en);
	return 1;
}

static int tell_answer(const struct participation *p, const struct fresh *a, const char *number, int64_t person,
		       int64_t chore, int64_t now)
{
	enum language lang;
	char dedupe[48];
	int r = may_tell(p, number, &lang);
	if (r <= 0)
		return r;
	cleanup_buf struct buf text = {0};
	const struct reply_arg args[] = {
	    {.name = "site", .type = REPLY_TEXT, .text = p->config->signature, .max = 12},
	    {.name = "topic", .type = REPLY_TEXT, .text = a->topic, .max = 10},
	    {.name = "text", .type = REPLY_TEXT, .text = lang == LANG_EN && a->en[0] ? a->en : a->zh},
	    {0},
	};
	say(p, lang, "faq.now", args, &text);
	snprintf(dedupe, sizeof dedupe, "faq:%" PRId64, chore);
	return say_send(
	    p, number, buf_str(&text),
	    &(struct say_options){.class = OUTBOX_REMINDER, .quiet = true, .person = person, .dedupe = dedupe},
	    now, NULL);
}

/* The loop closes: a question that waited for this answer is answered, and is off the list. */
static int on_answer(const struct participation *p, const struct stream_event *e, int64_t now)
{
	struct fresh a = {0};
	cleanup_free struct waiting *w = mem_alloc(sizeof *w);
	int r = faq_list(p->store, stream_text(e, "topic"), copy_fresh, &a);
	if (r <= 0 || (r = chore_list(p->store, false, keep_waiting, w)) < 0)
		return r;
	for (int i = 0; i < w->count && r >= 0; i++)
		if (faq_score(w->list[i].note, a.topic, a.words) >= FAQ_SURE &&
		    (r = tell_answer(p, &a, w->list[i].number, w->list[i].person, w->list[i].id, now)) >= 0)
			r = chore_done(p->store, w->list[i].id, now);
	return r < 0 ? r : 0;
}

int faq_follow(const struct participation *p, int64_t now, int64_t *next)
{
	(void)next;
	return stream_follow(p, "faq", 1ull << EVENT_FAQ_CHANGED, on_answer, now);
}

int volunteer_welcome(const struct participation *p, const struct stream_event *e, int64_t now)
{
	struct person who;
	enum language lang;
	char dedupe[48];
	cleanup_buf struct buf text = {0};
	int r = person_get(p->store, stream_int(e, "person"), &who);
	if (r == -ENOENT || (r >= 0 && !who.number[0]))
		return 0;
	if (r < 0 || (r = may_tell(p, who.number, &lang)) <= 0)
		return r;
	const struct reply_arg args[] = {
	    {.name = "site", .type = REPLY_TEXT, .text = p->config->signature, .max = 12}, {0}};
	say(p, lang, "volunteer.welcome", args, &text);
	snprintf(dedupe, sizeof dedupe, "volunteer:%" PRId64, e->id);
	return say_send(
	    p, who.number, buf_str(&text),
	    &(struct say_options){.class = OUTBOX_REMINDER, .quiet = true, .person = who.id, .dedupe = dedupe},
	    now, NULL);
}
