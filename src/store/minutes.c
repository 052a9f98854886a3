#include "store/minutes.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/event.h"
#include "store/internal.h"

#include <errno.h>
#include <string.h>

#define EARLY_S   HOUR_S /* some meetings begin before their time */
#define VOTE_DAYS 7
#define ITEMS     AGENDA_MAX

struct item {
	int matter;
	bool trouble; /* no proposal: its words ask nothing */
	int former;   /* enum verdict, VERDICT_NONE */
	int64_t poll;
	char title[80];
};

/* The item and, when it stands for others, those under it. */
struct group {
	int wanted;
	struct item list[ITEMS];
	int count;
};

static int collect(void *ctx, const struct agenda_row *a)
{
	struct group *g = ctx;
	if ((a->matter != g->wanted && a->under != g->wanted) || g->count == ITEMS)
		return 0;
	struct item *it = &g->list[g->count++];
	*it = (struct item){
	    .matter = a->matter, .trouble = a->kind == MATTER_CASE, .former = a->verdict, .poll = a->poll};
	text_copy(it->title, sizeof it->title, *a->title ? a->title : category_name(a->category));
	return 0;
}

struct where {
	enum meeting_state state;
	int64_t starts_utc, ends_utc, minutes_utc;
};

static int copy_where(void *ctx, const struct meeting *m)
{
	*(struct where *)ctx = (struct where){m->state, m->starts_utc, m->ends_utc, m->minutes_utc};
	return 0;
}

/* ---- one decision */

static int state_of(void *ctx, const struct matter *m)
{
	*(enum case_state *)ctx = m->state;
	return 0;
}

static int step(struct store *s, int matter, int event, const struct verdict_new *v, const char *note,
		const struct actor *by, int64_t now)
{
	enum case_state state;
	int r = matter_get(s, matter, state_of, &state);
	/* Settled while they talked: the decision stands, and the case has nothing to do any more. */
	if (r < 0 || event == VERDICT_NONE || case_next(state, (enum case_event)event) == CASE_REFUSED)
		return r;
	struct matter_step st = {.event = (enum case_event)event, .person = v ? v->person : 0, .note = note};
	return matter_act(s, matter, &st, by, now, &state);
}

/* The case as it was before the former decision, unless somebody has gone on with it. */
static int take_back(struct store *s, int64_t meeting, const struct item *it, const struct actor *by,
		     int64_t now)
{
	cleanup_query struct query q = {0};
	cleanup_free char *before = NULL;
	int64_t decided = 0, touched = 0;
	int r = query_open(
	    s, &q, "SELECT before, coalesce(decided_utc, 0) FROM agenda_item WHERE meeting = ? AND matter = ?",
	    "Ii", meeting, it->matter);
	if (r >= 0 && (r = query_next(&q)) == 1) {
		before = mem_dup(query_text(&q, 0));
		decided = query_int(&q, 1);
	}
	query_close(&q);
	if (r < 0)
		return r;
	if (it->poll && (r = poll_cancel(s, it->poll, NULL, by, now)) < 0 && r != -EPERM && r != -ENOENT)
		return r;
	if (!before || !*before)
		return 0;
	r = store_get(
	    s, &touched,
	    "SELECT count(*) FROM journal WHERE matter = ?1 AND utc >= ?2 AND id > coalesce((SELECT max(id)"
	    " FROM journal WHERE matter = ?1 AND entry = 'decided'), 0) AND actor <> 'daemon'"
	    " AND entry IN ('taken', 'resolved', 'returned', 'verified', 'assigned', 'rejected', 'declined', "
	    "'merged')",
	    "iI", it->matter, decided);
	return r < 0 || touched ? r : matter_restore(s, it->matter, before, by, now);
}

static int add_poll(struct store *s, int64_t meeting, const struct item *it, const struct verdict_new *v,
		    const struct actor *by, int64_t now, int64_t *ret, struct err *e)
{
	cleanup_free char *audience = NULL;
	cleanup_query struct query q = {0};
	struct poll_new n = v->poll;
	int r = query_open(s, &q, "SELECT grid, audience FROM meeting WHERE id = ?", "I", meeting);
	if (r >= 0 && (r = query_next(&q)) == 1)
		/* whoever belongs to the meeting, whether he could come or not; of a closed circle who was invited */
		audience = *query_text(&q, 1) ? mem_printf("invited:%lld", (long long)meeting)
					      : mem_printf("grid:%s", query_text(&q, 0));
	query_close(&q);
	if (r < 0)
		return r;
	cleanup_free char *question =
	    it->trouble && v->whether && !n.option_count ? mem_printf("%s%s", it->title, v->whether) : NULL;
	if (!n.question)
		n.question = question ? question : it->title;
	if (!n.audience)
		n.audience = audience;
	n.closes_utc = v->until_utc ? v->until_utc : now + VOTE_DAYS * DAY_S;
	n.meeting = meeting;
	n.matter = it->matter;
	if (!n.tell)
		n.tell = POLL_TELL_VOTERS;
	return poll_add(s, &n, by, now, ret, e);
}

static int decide_one(struct store *s, int64_t meeting, const struct item *it, const struct verdict_new *v,
		      int64_t poll, const struct actor *by, int64_t now)
{
	const struct verdict_info *info = verdict_info(v->verdict);
	int r = it->former == VERDICT_NONE ? 0 : take_back(s, meeting, it, by, now);
	if (r < 0)
		return r;
	cleanup_free char *before = matter_remember(s, it->matter);
	cleanup_free char *note =
	    mem_printf("%s%s%s%s%s", info->word, v->who && *v->who ? ": " : "", v->who ? v->who : "",
		       v->note && *v->note ? "; " : "", v->note ? v->note : "");
	if ((r = store_run(
		 s,
		 "UPDATE agenda_item SET decision = ?, person = ?, who = ?, until_utc = ?, note = ?, poll = ?,"
		 " decided_utc = ?, before = ? WHERE meeting = ? AND matter = ?",
		 "tPtPtPItIi", info->word, v->person, v->who ? v->who : "", v->until_utc,
		 v->note ? v->note : "", poll, now, before, meeting, it->matter)) < 0 ||
	    (r = step(s, it->matter, v->person ? info->with_person : info->at_once, v, v->note, by, now)) < 0 ||
	    (r = journal_add(s, it->matter, "decided", note, by, now)) < 0 ||
	    (r = store_run(s, "UPDATE matter SET deliberate = iif(?, max(deliberate, 1), 0) WHERE number = ?",
			   "bi", info->stays, it->matter)) < 0 ||
	    (v->until_utc && info->with_person != VERDICT_NONE &&
	     (r = store_run(s, "UPDATE matter SET due_utc = ? WHERE number = ?", "Ii", v->until_utc,
			    it->matter)) < 0))
		return r;
	return event_add(
	    s, EVENT_MEETING_DECIDED, by->id,
	    json_pack("{s:I, s:i, s:s, s:s, s:I, s:I}", "meeting", (json_int_t)meeting, "case", it->matter,
		      "decision", info->word, "former",
		      it->former == VERDICT_NONE ? "" : verdict_info((enum verdict)it->former)->word, "person",
		      (json_int_t)v->person, "until", (json_int_t)v->until_utc),
	    now);
}

int meeting_decide(struct store *s, int64_t meeting, int matter, const struct verdict_new *v,
		   const struct actor *by, int64_t now, enum decide_result *ret, struct err *e)
{
	cleanup_free struct group *g = mem_alloc(sizeof *g);
	struct where w;
	int64_t poll = 0;
	int r = meeting_get(s, meeting, copy_where, &w);
	if (r < 0)
		return r;
	*ret = w.state == MEETING_CANCELLED                                       ? DECIDE_CANCELLED
	       : w.minutes_utc                                                    ? DECIDE_CLOSED
	       : now < w.starts_utc - EARLY_S && !verdict_info(v->verdict)->stays ? DECIDE_EARLY
										  : DECIDE_DONE;
	if (*ret != DECIDE_DONE)
		return 0;
	g->wanted = matter;
	if ((r = meeting_agenda(s, meeting, collect, g)) < 0)
		return r;
	if (!g->count) {
		*ret = DECIDE_NO_ITEM;
		return 0;
	}
	for (int i = 0; i < g->count; i++) {
		if (g->list[i].former != VERDICT_NONE && i && g->list[i].former != g->list[0].former)
			continue; /* was decided by itself */
		if ((r = decide_one(s, meeting, &g->list[i], v, 0, by, now)) < 0)
			return r;
	}
	if (v->verdict != VERDICT_VOTE)
		return 0;
	/* One vote for all that are alike. */
	if ((r = add_poll(s, meeting, &g->list[0], v, by, now, &poll, e)) < 0)
		return r;
	for (int i = 0; i < g->count && r >= 0; i++)
		r = store_run(
		    s, "UPDATE agenda_item SET poll = ? WHERE meeting = ? AND matter = ? AND decision = 'vote'",
		    "IIi", poll, meeting, g->list[i].matter);
	return r;
}

/* ---- closing */

static int read_numbers(struct query *q, int *ret, int max)
{
	int n = 0, r = 0;
	while (n < max && (r = query_next(q)) == 1)
		ret[n++] = (int)query_int(q, 0);
	return r < 0 ? r : n;
}

/* What the table keeps until nothing can be corrected any more. */
static int carry_out(struct store *s, int64_t meeting, enum verdict v, const struct actor *by, int64_t now)
{
	const struct verdict_info *info = verdict_info(v);
	int numbers[ITEMS], r = 0;
	if (info->at_closing == VERDICT_NONE)
		return 0;
	cleanup_query struct query q = {0};
	if ((r = query_open(s, &q, "SELECT matter FROM agenda_item WHERE meeting = ? AND decision = ? LIMIT ?",
			    "Iti", meeting, info->word, (int)ITEMS)) < 0)
		return r;
	int n = read_numbers(&q, numbers, ITEMS);
	query_close(&q);
	r = n;
	for (int i = 0; i < n && r >= 0; i++) {
		char note[400] = "";
		cleanup_query struct query why = {0};
		r = query_open(s, &why, "SELECT note FROM agenda_item WHERE meeting = ? AND matter = ?", "Ii",
			       meeting, numbers[i]);
		if (r >= 0 && (r = query_next(&why)) == 1)
			text_copy(note, sizeof note, query_text(&why, 0));
		query_close(&why);
		if (r >= 0)
			r = step(s, numbers[i], info->at_closing, NULL, note, by, now);
	}
	return r < 0 ? r : 0;
}

int minutes_close(struct store *s, int64_t meeting, bool all, const struct actor *by, int64_t now)
{
	struct where w;
	int r = meeting_get(s, meeting, copy_where, &w);
	if (r < 0)
		return r;
	if (w.minutes_utc)
		return -EALREADY;
	if (w.state == MEETING_CANCELLED || now < w.starts_utc - EARLY_S)
		return -ENOENT;
	if ((r = store_run(
		 s,
		 "UPDATE agenda_item SET decision = 'postponed', decided_utc = ?1 WHERE meeting = ?2"
		 " AND dropped IS NULL AND decision IS NULL AND EXISTS (SELECT 1 FROM matter c WHERE"
		 " c.number = matter AND c.state IN ('received', 'verified', 'assigned', 'in_progress'))",
		 "II", now, meeting)) < 0)
		return r;
	for (int v = 0; v < VERDICT_COUNT; v++)
		if ((r = carry_out(s, meeting, (enum verdict)v, by, now)) < 0)
			return r;
	if ((r = store_run(
		 s,
		 "UPDATE meeting SET minutes_utc = ?, tell = ?, frozen_utc = coalesce(frozen_utc, starts_utc)"
		 " WHERE id = ?",
		 "ItI", now, all ? "all" : "raisers", meeting)) < 0)
		return r;
	return event_add(
	    s, EVENT_MEETING_MINUTES, by->id,
	    json_pack("{s:I, s:s}", "meeting", (json_int_t)meeting, "tell", all ? "all" : "raisers"), now);
}

#define NOT_CLOSED                                                                                             \
	" FROM meeting m WHERE m.minutes_utc IS NULL AND m.state = 'held' AND m.ends_utc > ?1 - 30 * 86400"    \
	" AND EXISTS (SELECT 1 FROM agenda_item a WHERE a.meeting = m.id AND a.decision IS NOT NULL"           \
	"  AND a.decision <> 'postponed')"

int minutes_close_late(struct store *s, int64_t now, int64_t *ret_next)
{
	static const struct actor calendar = {"daemon", CHANNEL_TIMER, 0};
	int ids[ITEMS];
	int64_t next = 0;
	cleanup_query struct query q = {0};
	int r = query_open(s, &q, "SELECT m.id" NOT_CLOSED " AND m.ends_utc + ?2 <= ?1 ORDER BY m.id LIMIT ?3",
			   "IIi", now, (int64_t)MINUTES_CLOSE_S, (int)ITEMS);
	int n = r < 0 ? r : read_numbers(&q, ids, ITEMS);
	query_close(&q);
	r = n;
	for (int i = 0; i < n && r >= 0; i++)
		r = minutes_close(s, ids[i], false, &calendar, now);
	if (r >= 0)
		r = store_get(s, &next, "SELECT coalesce(min(m.ends_utc), 0)" NOT_CLOSED, "I", now);
	if (r >= 0 && next && next + MINUTES_CLOSE_S < *ret_next)
		*ret_next = next + MINUTES_CLOSE_S;
	return r < 0 ? r : 0;
}
