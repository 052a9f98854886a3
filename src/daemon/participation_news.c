/* The loop closes: who raised or supports a case, who settles it, whoever stands above hear of each step as the table of
 * civic/case_life.c says, and who raised it is asked whether it is settled. The stream of events is read with a cursor, so
 * that a step by text, by shell or by the calendar counts alike and nothing is told twice. */
#include "base/mem.h"
#include "base/text.h"
#include "daemon/participation_internal.h"
#include "store/event.h"
#include "store/facts.h"
#include "store/matter.h"
#include "store/phone.h"
#include "store/question.h"
#include "store/sensor_alarm.h"
#include "store/staff.h"
#include "store/worklist.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PHONES_MAX  64 /* told of one case; the rest sees it on the notice board */
#define STAFF_MAX   16 /* secretaries, or workers of the grid above */
#define RATING_DAYS 30 /* a case settled longer ago is not asked about any more */
#define ASK_MAX     64

struct news {
	int number; /* of the case */
	enum category category;
	enum case_state state;
	bool private, urgent, sensor; /* sensor: of an alarm, whose own text tells more */
	int level;
	int64_t reporter, assignee, due_utc;
	char from[E164_MAX], phone[E164_MAX], name[INTENT_SHORT_MAX], note[200], text[200];
	char grid[CIVIC_CODE_MAX], building[16], unit[16], place[INTENT_SHORT_MAX];
	int other;
	/* of the event */
	int64_t event, person, former;
	enum case_event step;
	char actor[ACTOR_MAX], to[32];
};

static int copy_news(void *ctx, const struct matter *m)
{
	struct news *n = ctx;
	n->number = m->number;
	n->category = m->category;
	n->state = m->state;
	n->private = m->private;
	n->urgent = m->urgent;
	n->sensor = !strcmp(m->origin, "sensor");
	n->level = m->late == 2 ? 0 : m->level;
	n->other = m->merged_into;
	n->reporter = m->reporter;
	n->assignee = m->assignee;
	n->due_utc = m->due_utc;
	text_copy(n->from, sizeof n->from, m->number_from);
	text_copy(n->phone, sizeof n->phone, m->anonymous ? "" : m->number_from);
	text_copy(n->name, sizeof n->name, m->assignee_name);
	text_copy(n->text, sizeof n->text, m->text);
	text_copy(n->grid, sizeof n->grid, m->grid);
	text_copy(n->building, sizeof n->building, m->building);
	text_copy(n->unit, sizeof n->unit, m->unit);
	text_copy(n->place, sizeof n->place, m->place);
	return 0;
}

/* `staff`: about their work, which no opt-out ends; a resident whom the desk gave a case may refuse all texts. */
static int may_be_told(const struct participation *p, const char *number, bool staff, enum language *ret_lang)
{
	struct sender w;
	int r = facts_sender(p->store, number, p->config->number, p->config->language, &w);
	if (r < 0)
		return r;
	*ret_lang = w.language;
	return !w.machine && e164_can_text(w.kind) && !w.muted && !w.unlinked &&
	       ((staff && w.roles & (ROLES_STAFF | ROLE(EXPERT))) || w.opted_out != OPT_ALL);
}

int may_tell(const struct participation *p, const char *number, enum language *ret_lang)
{
	return may_be_told(p, number, false, ret_lang);
}

/* Whose turn it is; 0: nobody is above. */
static const char *const level_keys[CASE_LEVELS + 1] = {"level.top", "level.grid", "level.community",
							"level.street"};

static int tell_one(const struct participation *p, const char *number, bool staff, const char *key,
		    const struct news *n, int64_t not_after, int64_t now)
{
	enum language lang;
	int r = may_be_told(p, number, staff, &lang);
	if (r <= 0)
		return r;
	char due[48] = "";
	if (n->due_utc)
		say_date(lang, n->due_utc, due);
	const struct reply_arg args[] = {
	    {.name = "site", .type = REPLY_TEXT, .text = p->config->signature, .max = 12},
	    {.name = "number", .type = REPLY_INT, .n = n->number},
	    {.name = "category", .type = REPLY_KEY, .text = category_key(n->category)},
	    {.name = "note", .type = REPLY_TEXT, .text = n->note, .max = 20},
	    {.name = "name", .type = REPLY_TEXT, .text = n->name, .max = 8},
	    {.name = "other", .type = REPLY_INT, .n = n->other},
	    {.name = "building", .type = REPLY_TEXT, .text = n->building, .max = 6},
	    {.name = "unit", .type = REPLY_TEXT, .text = n->unit, .max = 6},
	    {.name = "place", .type = REPLY_TEXT, .text = n->place, .max = 8},
	    {.name = "text", .type = REPLY_TEXT, .text = n->text, .max = 30},
	    {.name = "phone", .type = REPLY_TEXT, .text = n->phone},
	    {.name = "due", .type = REPLY_TEXT, .text = due},
	    {.name = "level", .type = REPLY_KEY, .text = level_keys[n->level]},
	    {0},
	};
	cleanup_buf struct buf text = {0};
	char dedupe[80];
	say(p, lang, key, args, &text);
	snprintf(dedupe, sizeof dedupe, "news:%" PRId64 ":%.23s", n->event, number);
	return say_send(p, number, buf_str(&text),
			&(struct say_options){.class = OUTBOX_REMINDER,
					      .quiet = true,
					      .matter = n->number,
					      .not_after_utc = not_after,
					      .dedupe = dedupe},
			now, NULL);
}

/* ------------------------------------------------------------------------------------------------ of a step */

static bool did_it(const struct news *n, int64_t person, const char *number)
{
	char who[ACTOR_MAX];
	snprintf(who, sizeof who, "person:%" PRId64, person);
	if (person && !strcmp(n->actor, who))
		return true;
	return number && !strncmp(n->actor, "phone:", 6) && !strcmp(n->actor + 6, number);
}

/* Work is told whenever it arrives; that something passed is no news after two days. */
static int64_t no_news_after(const struct news *n, int64_t now)
{
	return n->step == CASE_EV_ASSIGN || n->step == CASE_EV_TRANSFER || n->step == CASE_EV_SUMMON
		   ? 0
		   : now + 2 * DAY_S;
}

static int tell_people(const struct participation *p, const char *key, const struct news *n,
		       const struct person *people, int count, int64_t now)
{
	int r = 0;
	for (int i = 0; i < count && r >= 0; i++)
		if (people[i].number[0] && people[i].id != n->assignee && !did_it(n, people[i].id, NULL))
			r = tell_one(p, people[i].number, true, key, n, no_news_after(n, now), now);
	return r < 0 ? r : 0;
}

static int tell_person(const struct participation *p, const char *key, const struct news *n, int64_t id,
		       int64_t now)
{
	struct person who;
	int r = person_get(p->store, id, &who);
	if (r < 0 || !who.number[0] || did_it(n, id, NULL))
		return r == -ENOENT ? 0 : r;
	return tell_one(p, who.number, true, key, n, no_news_after(n, now), now);
}

static int tell_assignee(const struct participation *p, const char *key, const struct news *n, int64_t now)
{
	/* it may have moved on since, and the next event tells of that; whoever gets a step back knows the
	 * case, and whoever has that of a sensor is told apart (participation_sensor.c) */
	bool again = (n->step == CASE_EV_UNDO && n->person == n->former) ||
		     (n->step == CASE_EV_REOPEN && n->sensor && !strcmp(n->actor, "daemon"));
	if (!n->assignee || n->assignee != n->person || again)
		return 0;
	int told =
	    n->sensor && n->step == CASE_EV_ASSIGN ? sensor_case_told(p->store, n->number, n->assignee) : 0;
	return told ? (told < 0 ? told : 0) : tell_person(p, key, n, n->assignee, now);
}

static int tell_former(const struct participation *p, const char *key, const struct news *n, int64_t now)
{
	return n->former && n->former != n->person && n->former != n->assignee
		   ? tell_person(p, key, n, n->former, now)
		   : 0;
}

static int tell_above(const struct participation *p, const char *key, const struct news *n, int64_t now)
{
	cleanup_free struct person *people = mem_array(STAFF_MAX, sizeof *people);
	int count = staff_above(p->store, n->grid, people, STAFF_MAX);
	return count < 0 ? count : tell_people(p, key, n, people, count, now);
}

static int tell_secretary(const struct participation *p, const char *key, const struct news *n, int64_t now)
{
	cleanup_free struct person *people = mem_array(STAFF_MAX, sizeof *people);
	int count = persons_with_role(p->store, ROLE(SECRETARY), n->grid, people, STAFF_MAX);
	if (count == 0)
		count = persons_with_role(p->store, ROLE(SECRETARY), NULL, people, STAFF_MAX);
	return count < 0 ? count : tell_people(p, key, n, people, count, now);
}

static int tell_reporter(const struct participation *p, const char *key, const struct news *n, int64_t now)
{
	bool said = n->urgent &&
		    n->step == CASE_EV_TAKE; /* who called for help hears it at once, participation_duty.c */
	return *n->from && !said && !did_it(n, n->reporter, n->from)
		   ? tell_one(p, n->from, false, key, n, no_news_after(n, now), now)
		   : 0;
}

static int tell_supporters(const struct participation *p, const char *key, const struct news *n, int64_t now)
{
	cleanup_free char(*phones)[E164_MAX] = mem_array(PHONES_MAX, E164_MAX);
	int count = matter_phones(p->store, n->number, phones, PHONES_MAX), r = count;
	for (int i = 0; i < count && r >= 0; i++)
		if (strcmp(phones[i], n->from) != 0)
			r = tell_one(p, phones[i], false, key, n, no_news_after(n, now), now);
	return r < 0 ? r : 0;
}

static int copy_assignee(void *ctx, const struct matter *m)
{
	*(int64_t *)ctx = case_open(m->state) ? m->assignee : 0;
	return 0;
}

/* Who settles the case that lives on, unless they hear of it as who had the other. */
static int tell_keeper(const struct participation *p, const char *key, const struct news *n, int64_t now)
{
	int64_t who = 0;
	int r = matter_get(p->store, n->other, copy_assignee, &who);
	return r < 0 || !who || who == n->assignee ? (r == -ENOENT ? 0 : r) : tell_person(p, key, n, who, now);
}

static const struct {
	int (*tell)(const struct participation *p, const char *key, const struct news *n, int64_t now);
	bool in_state; /* no news any more when the case has moved on since */
} parties[PARTY_COUNT] = {
    [PARTY_ASSIGNEE] = {tell_assignee, false}, [PARTY_FORMER] = {tell_former, false},
    [PARTY_ABOVE] = {tell_above, true},        [PARTY_SECRETARY] = {tell_secretary, true},
    [PARTY_REPORTER] = {tell_reporter, true},  [PARTY_SUPPORTERS] = {tell_supporters, true},
    [PARTY_KEEPER] = {tell_keeper, true},
};

static int tell_step(const struct participation *p, const struct stream_event *e, int64_t now)
{
	struct news n = {.event = e->id, .person = stream_int(e, "person"), .former = stream_int(e, "former")};
	int step = case_event_find(stream_text(e, "reason"));
	if (step < 0 || !case_is_told((enum case_event)step))
		return 0;
	n.step = (enum case_event)step;
	text_copy(n.actor, sizeof n.actor, e->actor);
	int r = matter_get(p->store, (int)stream_int(e, "case"), copy_news, &n);
	if (r < 0 || n.private)
		return r == -ENOENT ? 0 : r;
	if ((r = journal_note(p->store, n.number, case_event_entry(n.step), n.note, sizeof n.note)) < 0)
		return r;
	bool there = !strcmp(case_state_name(n.state), stream_text(e, "to"));
	for (int i = 0; i < PARTY_COUNT && r >= 0; i++) {
		const char *key = case_tells(n.step, (enum case_party)i);
		if (key && (there || !parties[i].in_state))
			r = parties[i].tell(p, key, &n, now);
	}
	return r < 0 ? r : 0;
}

int news_send(const struct participation *p, int64_t now, int64_t *next)
{
	(void)next;
	return stream_follow(p, "news", 1ull << EVENT_CASE_CHANGED, tell_step, now);
}

/* ------------------------------------------------------------------------------------------------ is it fixed? */

/* "修好了回1, 没修好回2", when no other question is open to that phone. */
static int ask_rating(const struct participation *p, int matter, int64_t now)
{
	struct news n = {0};
	struct question_fact q;
	struct actor by = {"daemon", CHANNEL_TIMER, 0};
	const char *asked = case_event_entry(CASE_EV_ASK);
	int r = matter_get(p->store, matter, copy_news, &n);
	if (r < 0 || (r = question_get(p->store, n.from, now, &q)) < 0)
		return r;
	if (q.kind != ASKED_NONE)
		return 0;
	enum language lang;
	if ((r = may_tell(p, n.from, &lang)) < 0)
		return r;
	if (r == 0) /* never asked: it stays "resolved, not confirmed" */
		return journal_add(p->store, matter, asked, "not asked: wants no texts", &by, now);
	if ((r = journal_note(p->store, matter, case_event_entry(CASE_EV_RESOLVE), n.note, sizeof n.note)) <
		0 ||
	    (r = journal_add(p->store, matter, asked, NULL, &by, now)) < 0)
		return r;
	n.event = now * 1000 + matter % 1000;
	if ((r = tell_one(p, n.from, false, "rating.ask", &n, now + QUESTION_RATING_S, now)) < 0)
		return r;
	return question_ask(p->store, n.from, ASKED_RATING, matter, NULL, now, now + QUESTION_RATING_S);
}

int news_ask_rating(const struct participation *p, const char *number, int64_t now)
{
	int numbers[ASK_MAX];
	int n = matter_unasked(p->store, number, now - RATING_DAYS * DAY_S, numbers, ASK_MAX), r = n;
	for (int i = 0; i < n && r >= 0; i++)
		r = ask_rating(p, numbers[i], now);
	return r < 0 ? r : 0;
}
