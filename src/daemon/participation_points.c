/* Points follow the stream of events: whoever did something, by text, shell or script, gets what points.table gives for it, once,
 * and loses it again when the cause is undone. The codes and notes of what a secretary gives and spends go out here, too. */
#include "base/mem.h"
#include "base/text.h"
#include "daemon/participation_internal.h"
#include "store/facts.h"
#include "store/matter.h"
#include "store/person.h"
#include "store/points.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SUPPORTERS_MAX 200 /* of one case, who get points for it */
#define CODES_MAX      16

static const struct actor by_rules = {"daemon", CHANNEL_TIMER, 0};

/* ------------------------------------------------------------------------------------------ give and take */

struct occasion {
	enum point_reason reason;
	int64_t person, subject, utc;
	int points; /* 0: what the table says */
};

/* Once for an occasion: what it is worth already is not given again. */
static int give(const struct participation *p, const struct occasion *o, int64_t now)
{
	struct point_sums given;
	int64_t has = 0;
	if (!p->points || o->person <= 0)
		return 0;
	struct point_rules rules = *p->points;
	if (o->points > 0 && rules.rows[o->reason].points > 0)
		rules.rows[o->reason].points = o->points > POINTS_MAX ? POINTS_MAX : o->points;
	int r = point_of(p->store, o->person, o->reason, o->subject, &has);
	if (r >= 0)
		r = point_sums_since(p->store, o->person, o->reason, day_begin(o->utc), month_begin(o->utc),
				     &given);
	if (r < 0)
		return r;
	int64_t n = points_due(&rules, o->reason, &given) - has;
	if (n <= 0)
		return 0;
	struct point_new row = {
	    .person = o->person, .delta = (int)n, .reason = o->reason, .subject = o->subject, .utc = o->utc};
	r = point_add(p->store, &row, &by_rules, now, NULL);
	return r == -ENOENT ? 0 : r; /* forgotten since */
}

static int take_back(const struct participation *p, enum point_reason reason, int64_t subject, int64_t person,
		     int64_t now)
{
	return point_reverse_cause(p->store, reason, subject, person, &by_rules, now);
}

/* ------------------------------------------------------------------------------------------------ causes */

static int on_attended(const struct participation *p, const struct stream_event *e, int64_t now)
{
	if (e->kind == EVENT_MEETING_LEFT)
		return take_back(p, POINT_ATTENDED, stream_int(e, "meeting"), stream_int(e, "person"), now);
	return give(p,
		    &(struct occasion){.reason = POINT_ATTENDED,
				       .person = stream_int(e, "person"),
				       .subject = stream_int(e, "meeting"),
				       .utc = e->utc},
		    now);
}

struct raised {
	int64_t reporter;
	bool counts; /* is no secret, and no machine's */
};

static int copy_raised(void *ctx, const struct matter *m)
{
	struct raised *r = ctx;
	r->reporter = m->reporter;
	r->counts = !m->private && strcmp(m->origin, "quarantine") != 0;
	return 0;
}

static int read_raised(const struct participation *p, int number, struct raised *ret)
{
	*ret = (struct raised){0};
	int r = matter_get(p->store, number, copy_raised, ret);
	return r == -ENOENT ? 0 : r;
}

static int on_decided(const struct participation *p, const struct stream_event *e, int64_t now)
{
	int64_t number = stream_int(e, "case");
	bool adopted = !strcmp(stream_text(e, "decision"), "adopted");
	struct raised m;
	if (!adopted && strcmp(stream_text(e, "former"), "adopted") != 0)
		return 0;
	if (!adopted)
		return take_back(p, POINT_ADOPTED, number, 0, now);
	int r = read_raised(p, (int)number, &m);
	return r < 0 || !m.counts
		   ? r
		   : give(p,
			  &(struct occasion){
			      .reason = POINT_ADOPTED, .person = m.reporter, .subject = number, .utc = e->utc},
			  now);
}

/* A task's flavour is the reason, but for those that give no points. */
static int on_task(const struct participation *p, const struct stream_event *e, int64_t now)
{
	int reason = point_reason_find(stream_text(e, "flavour"));
	int64_t person = stream_int(e, "person"), task = stream_int(e, "task");
	if (reason < 0 || reason == POINT_AWARD || reason == POINT_REDEEM || !person)
		return 0;
	if (e->kind == EVENT_TASK_UNDONE)
		return take_back(p, (enum point_reason)reason, task, person, now);
	return give(p,
		    &(struct occasion){.reason = (enum point_reason)reason,
				       .person = person,
				       .subject = task,
				       .utc = e->utc,
				       .points = (int)stream_int(e, "points")},
		    now);
}

static bool settled(const char *state)
{
	return !strcmp(state, "confirmed") || !strcmp(state, "closed");
}

/* Confirmed by who raised it: points to them, and to who supported it. Reopened or taken back: they go again. */
static int on_case(const struct participation *p, const struct stream_event *e, int64_t now)
{
	int number = (int)stream_int(e, "case");
	const char *to = stream_text(e, "to");
	struct raised m;
	int64_t people[SUPPORTERS_MAX];
	if (!settled(to)) {
		int r = take_back(p, POINT_SETTLED, number, 0, now);
		return r < 0 ? r : take_back(p, POINT_SUPPORTED, number, 0, now);
	}
	if (strcmp(to, "confirmed") != 0)
		return 0;
	int r = read_raised(p, number, &m);
	if (r < 0 || !m.counts)
		return r;
	r = give(
	    p,
	    &(struct occasion){.reason = POINT_SETTLED, .person = m.reporter, .subject = number, .utc = e->utc},
	    now);
	int n = r < 0 ? r : point_supporters(p->store, number, people, SUPPORTERS_MAX);
	r = n;
	for (int i = 0; i < n && r >= 0; i++)
		if (people[i] != m.reporter)
			r = give(p,
				 &(struct occasion){.reason = POINT_SUPPORTED,
						    .person = people[i],
						    .subject = number,
						    .utc = e->utc},
				 now);
	return r < 0 ? r : 0;
}

/* ------------------------------------------------------------------------------------------------- notes */

struct entry {
	int64_t delta, reverses, person;
	int reason;
	char note[160];
};

static int copy_entry(void *ctx, const struct point_row *row)
{
	struct entry *en = ctx;
	en->delta = row->delta;
	en->reverses = row->reverses;
	en->person = row->person;
	en->reason = point_reason_find(row->reason);
	text_copy(en->note, sizeof en->note, row->note);
	return 0;
}

/* The phone of a person, if it may be texted: 1, 0 or -errno. */
static int phone_of(const struct participation *p, int64_t person, struct person *ret, enum language *ret_lang)
{
	struct sender w;
	int r = person_get(p->store, person, ret);
	if (r < 0 || !ret->number[0])
		return r == -ENOENT ? 0 : r;
	if ((r = facts_sender(p->store, ret->number, p->config->number, p->config->language, &w)) < 0)
		return r;
	*ret_lang = ret->has_language ? ret->language : w.language;
	return !w.muted && w.opted_out != OPT_ALL;
}

/* What somebody at the desk gave or spent is told to whom it belongs: nobody else is to live on it. */
static int on_points(const struct participation *p, const struct stream_event *e, int64_t now)
{
	struct entry en = {0};
	struct person who;
	enum language lang;
	int64_t balance;
	char dedupe[48];
	int r = point_list(
	    p->store, &(struct point_filter){.id = stream_int(e, "points"), .since_utc = INT64_MIN, .limit = 1},
	    copy_entry, &en);
	if (r < 0 || en.reverses || (en.reason != POINT_AWARD && en.reason != POINT_REDEEM))
		return r;
	if ((r = phone_of(p, en.person, &who, &lang)) <= 0 ||
	    (r = point_balance(p->store, en.person, &balance)) < 0)
		return r;
	cleanup_buf struct buf text = {0};
	const struct reply_arg args[] = {
	    {.name = "site", .type = REPLY_TEXT, .text = p->config->signature, .max = 12},
	    {.name = "points", .type = REPLY_INT, .n = en.delta < 0 ? -en.delta : en.delta},
	    {.name = "note", .type = REPLY_TEXT, .text = en.note, .max = 16},
	    {.name = "count", .type = REPLY_INT, .n = balance},
	    {0},
	};
	say(p, lang, en.reason == POINT_AWARD ? "points.awarded" : "points.spent", args, &text);
	snprintf(dedupe, sizeof dedupe, "points:%" PRId64, stream_int(e, "points"));
	r = say_send(p, who.number, buf_str(&text),
		     &(struct say_options){.class = OUTBOX_REMINDER,
					   .quiet = true,
					   .not_after_utc = now + 2 * DAY_S,
					   .person = who.id,
					   .dedupe = dedupe},
		     now, NULL);
	return r < 0 ? r : 0;
}

static int send_code(const struct participation *p, const struct redemption *q, int64_t now)
{
	struct person who;
	enum language lang;
	char code[APPROVAL_DIGITS + 1];
	int r = phone_of(p, q->person, &who, &lang);
	if (r <= 0)
		return r < 0 ? r : redeem_done(p->store, q->id, 0, now);
	if ((r = code_draw(code)) < 0)
		return r;
	cleanup_buf struct buf text = {0};
	const struct reply_arg args[] = {
	    {.name = "site", .type = REPLY_TEXT, .text = p->config->signature, .max = 12},
	    {.name = "points", .type = REPLY_INT, .n = q->points},
	    {.name = "note", .type = REPLY_TEXT, .text = q->note, .max = 12},
	    {.name = "code", .type = REPLY_TEXT, .text = code},
	    {0},
	};
	say(p, lang, "points.code", args, &text);
	if ((r = redeem_texted(p->store, q->id, code, now + REDEEM_CODE_S)) < 0)
		return r;
	/* not held back by night: they stand at the desk */
	return say_send(
	    p, who.number, buf_str(&text),
	    &(struct say_options){
		.class = OUTBOX_REPLY, .not_after_utc = now + REDEEM_CODE_S, .person = who.id, .secret = code},
	    now, NULL);
}

/* ------------------------------------------------------------------------------------------------ the step */

static const struct {
	const char *kind;
	int (*follow)(const struct participation *p, const struct stream_event *e, int64_t now);
} causes[] = {
    {"meeting.attended", on_attended}, {"meeting.left", on_attended},
    {"meeting.decided", on_decided},   {"task.done", on_task},
    {"task.undone", on_task},          {"case.changed", on_case},
    {"points.changed", on_points},
};

static int follow(const struct participation *p, const struct stream_event *e, int64_t now)
{
	int r = 0;
	for (size_t i = 0; i < ARRAY_LEN(causes) && r >= 0; i++)
		if (!strcmp(causes[i].kind, event_kinds[e->kind].name))
			r = causes[i].follow(p, e, now);
	return r;
}

int points_tick(const struct participation *p, int64_t now, int64_t *next)
{
	struct redemption waiting[CODES_MAX];
	uint64_t kinds = 0;
	for (size_t i = 0; i < ARRAY_LEN(causes); i++) {
		int kind = event_kind_find(causes[i].kind);
		kinds |= kind < 0 ? 0 : 1ull << kind;
	}
	int r = stream_follow(p, "points", kinds, follow, now);
	int n = r < 0 ? r : redeem_waiting(p->store, now, waiting, CODES_MAX);
	r = n;
	for (int i = 0; i < n && r >= 0; i++)
		r = send_code(p, &waiting[i], now);
	if (n == CODES_MAX)
		*next = now;
	return r < 0 ? r : 0;
}
