/* Deadlines that pass: the assignee is reminded, then the level above and the secretary are told (督办), and on Monday the
 * secretary gets the list of what is still open. Nothing is ever closed for being old; the texts wait for the day. */
#include "base/mem.h"
#include "base/text.h"
#include "civic/deadline.h"
#include "daemon/participation_internal.h"
#include "store/event.h"
#include "store/facts.h"
#include "store/matter.h"
#include "store/person.h"
#include "store/summary.h"
#include "store/worklist.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LOOK_MAX     64
#define URGE_AFTER   (8 * HOUR_S) /* working time that a reminded assignee has */
#define URGENT_AFTER HOUR_S
#define SECRETARIES  16

static const struct actor timer = {"daemon", CHANNEL_TIMER, 0};

struct late {
	bool urgent;
	int level;
	int64_t assignee, due_utc;
};

static int copy(void *ctx, const struct matter *m)
{
	*(struct late *)ctx = (struct late){m->urgent, m->level, m->assignee, m->due_utc};
	return 0;
}

/* The first time: the assignee; where there is none, the others at once. */
static int remind(const struct participation *p, int number, int64_t now)
{
	struct late l;
	struct holidays days;
	struct calendar c;
	int r = matter_get(p->store, number, copy, &l);
	if (r < 0)
		return r;
	case_calendar(p, &days, &c);
	int64_t urge = l.assignee ? deadline_after(&c, now, l.urgent ? URGENT_AFTER : URGE_AFTER) : now - 1;
	r = matter_act(p->store, number, &(struct matter_step){.event = CASE_EV_OVERDUE, .urge_utc = urge},
		       &timer, now, NULL);
	return r < 0 ? r
		     : event_add(p->store, EVENT_CASE_OVERDUE, timer.id,
				 json_pack("{s:i, s:I}", "case", number, "due", (json_int_t)l.due_utc), now);
}

/* The second time: a level up, with the hours of that level; at the top it is left to the list. */
static int supervise(const struct participation *p, int number, int64_t now)
{
	struct late l;
	struct matter_step step = {.event = CASE_EV_SUPERVISE};
	int r = matter_get(p->store, number, copy, &l);
	if (r >= 0 && l.level < CASE_LEVELS)
		r = case_due_again(p, number, 1, now, &step.due_utc);
	return r < 0 ? r : matter_act(p->store, number, &step, &timer, now, NULL);
}

int overdue_look(const struct participation *p, int64_t now, int64_t *next)
{
	int numbers[LOOK_MAX];
	int64_t then = INT64_MAX;
	bool more = false;
	int r = 0;
	for (int urged = 0; urged <= 1 && r >= 0; urged++) {
		int n = r = matter_late(p->store, urged, now, numbers, LOOK_MAX);
		for (int i = 0; i < n && r >= 0; i++)
			r = urged ? supervise(p, numbers[i], now) : remind(p, numbers[i], now);
		more = more || n == LOOK_MAX;
	}
	if (r >= 0)
		r = matter_late_next(p->store, now, &then);
	if (more)
		then = now;
	if (then < *next)
		*next = then;
	return r;
}

int overdue_anew(const struct participation *p, int64_t journal_id, int64_t now)
{
	int numbers[LOOK_MAX], n, r;
	do {
		n = r = matter_late_since(p->store, journal_id, now, numbers, LOOK_MAX);
		for (int i = 0; i < n && r >= 0; i++) {
			struct matter_step step = {.event = CASE_EV_NOTE,
						   .note = "its deadline was made by a wrong clock"};
			if ((r = case_due_again(p, numbers[i], 0, now, &step.due_utc)) >= 0)
				r = matter_act(p->store, numbers[i], &step, &timer, now, NULL);
		}
	} while (r >= 0 && n == LOOK_MAX);
	return r < 0 ? r : 0;
}

/* ------------------------------------------------------------------------------------------------ the list */

int64_t week_begins(const struct calendar *c, int64_t utc)
{
	struct civil d;
	civil_from_utc(utc, &d);
	d.day -= (d.weekday + 6) % 7;
	d.hour = d.minute = d.second = 0;
	return calendar_next(c, civil_to_utc(&d));
}

/* The longest overdue are named; the count is that of the week's page. */
static int text_list(const struct participation *p, const struct person *who, int64_t week, int64_t now)
{
	static const struct reply_arg none[] = {{0}};
	enum language language = who->has_language ? who->language : p->config->language;
	const struct summary_scope scope = {.grid = who->grid[0] ? who->grid : NULL};
	struct summary *s = mem_alloc(sizeof *s);
	cleanup_buf struct buf text = {0}, items = {0};
	char dedupe[64];
	int r = summary_late(p->store, &scope, now, s);
	for (int i = 0; i < s->late_count && r >= 0; i++) {
		buf_addf(&items, "%s%d", i ? " " : "", s->late[i].number);
		say(p, language, category_key(s->late[i].category), none, &items);
	}
	const struct reply_arg args[] = {
	    {.name = "site", .type = REPLY_TEXT, .text = p->config->signature, .max = 8},
	    {.name = "count", .type = REPLY_INT, .n = (int)s->late_total},
	    {.name = "items", .type = REPLY_TEXT, .text = buf_str(&items)},
	    {0},
	};
	if (r >= 0 && s->late_count)
		say(p, language, "overdue.list", args, &text);
	summary_free(s);
	snprintf(dedupe, sizeof dedupe, "overdue:%" PRId64 ":%.23s", week / DAY_S, who->number);
	return r < 0 ? r
		     : say_send(p, who->number, buf_str(&text),
				&(struct say_options){.class = OUTBOX_REMINDER,
						      .quiet = true,
						      .person = who->id,
						      .not_after_utc = now + 2 * DAY_S,
						      .dedupe = dedupe},
				now, NULL);
}

int overdue_list(const struct participation *p, int64_t now, int64_t *next)
{
	struct holidays days;
	struct calendar c;
	int64_t done;
	case_calendar(p, &days, &c);
	int64_t week = week_begins(&c, now), then = now < week ? week : week_begins(&c, now + 7 * DAY_S);
	int r = cursor_get(p->store, "overdue_list", &done);
	if (then < *next)
		*next = then;
	if (r < 0 || now < week || done == week)
		return r;
	if (now - week <
	    2 * DAY_S) { /* a box that was off all Monday still tells; one that comes up on Friday does not */
		cleanup_free struct person *people = mem_array(SECRETARIES, sizeof *people);
		int n = r = persons_with_role(p->store, ROLE(SECRETARY), NULL, people, SECRETARIES);
		for (int i = 0; i < n && r >= 0; i++)
			r = text_list(p, &people[i], week, now);
	}
	return r < 0 ? r : cursor_set(p->store, "overdue_list", week);
}
