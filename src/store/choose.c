/* Which text of the outbox leaves next (choose.h). */
#include "store/choose.h"
#include "store/internal.h"
#include "store/private.h"
#include "base/mem.h"

#include <errno.h>
#include <string.h>

#define COLUMNS                                                                                                \
	"id, number, text, priority, alphabet = 'ucs2', report, repeated, segments, attempts, "                \
	"coalesce(ref, -1),"                                                                                   \
	" not_after_utc, created_utc, broadcast, matter, state, private, dedupe,"                              \
	" (SELECT b.override_quiet FROM broadcast b WHERE b.id = message_out.broadcast)"

static int load_done(struct store *s, struct outbox_message *m)
{
	cleanup_query struct query q = {0};
	int r = query_open(s, &q, "SELECT part, state FROM part_out WHERE message = ?", "I", m->id);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		int64_t part = query_int(&q, 0);
		const char *state = query_text(&q, 1);
		/* `sending` is found here only when an outcome could not be written: not to be begun again, see
		 * outbox_settle */
		if (part >= 1 && part <= OUTBOX_PARTS_MAX)
			m->done[part] =
			    !strcmp(state, "sent") || !strcmp(state, "delivered") ||
			    !strcmp(state, "sending") ||
			    (!strcmp(state, "uncertain") && !(m->repeated && outbox_personal(m->class)));
	}
	return r;
}

static int load(struct store *s, struct query *q, struct outbox_message *ret)
{
	int r = query_next(q);
	if (r != 1)
		return r ? r : -ENOENT;
	struct outbox_message m = {.id = query_int(q, 0),
				   .text = mem_dup(query_text(q, 2)),
				   .class = (enum outbox_class)query_int(q, 3),
				   .ucs2 = query_int(q, 4) != 0,
				   .report = query_int(q, 5) != 0,
				   .repeated = query_int(q, 6) != 0 || !strcmp(query_text(q, 14), "uncertain"),
				   .segments = (int)query_int(q, 7),
				   .attempts = (int)query_int(q, 8),
				   .ref = (int)query_int(q, 9),
				   .not_after_utc = query_int(q, 10),
				   .created_utc = query_int(q, 11),
				   .broadcast = query_int(q, 12),
				   .matter = query_int(q, 13),
				   .urgent = query_int(q, 17) != 0};
	strncpy(m.number, query_text(q, 1), sizeof m.number - 1);
	r = load_done(s, &m);
	if (r)
		outbox_message_done(&m);
	else
		*ret = m;
	return r;
}

int choose_load(struct store *s, int64_t id, struct outbox_message *ret)
{
	cleanup_query struct query q = {0};
	int r = query_open(s, &q, "SELECT " COLUMNS " FROM message_out WHERE id = ?", "I", id);
	return r ? r : load(s, &q, ret);
}

/* The words themselves in place of what stands for them. */
static int load_private(struct store *s, const char *occasion, struct outbox_message *m, int64_t now_utc)
{
	char *words = NULL;
	int r = private_out(s, occasion, &words);
	if (r == -EBUSY || r == -ENOSPC || r == -EIO)
		return r;
	if (words) {
		free(m->text);
		m->text = words;
		return 0;
	}
	/* the file is gone or is not ours: no other text has to wait for this one */
	r = store_run(
	    s,
	    "UPDATE message_out SET state = 'failed', done_utc = ?, reason = 'its words are not in the "
	    "private file' WHERE id = ?",
	    "II", now_utc, m->id);
	return r < 0 ? r : -ENOENT;
}

static int load_whole(struct store *s, int64_t id, int64_t now_utc, struct outbox_message *ret)
{
	cleanup_query struct query q = {0};
	int r = query_open(s, &q, "SELECT " COLUMNS " FROM message_out WHERE id = ?", "I", id);
	if (r == 0)
		r = load(s, &q, ret);
	if (r || !query_int(&q, 15))
		return r;
	if ((r = load_private(s, query_text(&q, 16), ret, now_utc)))
		outbox_message_done(ret);
	return r;
}

/* ------------------------------------------------------------------------------------------------ lanes */

/* Texts that differ in nothing but their age wait in one lane of the index message_out_lane: class, broadcast,
 * preferred line, quiet. A choice looks at the heads of lanes, so its cost does not grow with the queue. These
 * words must be those of the index (<> and not <, which would be taken for the bound to search by). */
#define IN_LANE "state IN ('queued', 'uncertain') AND bound IS NULL AND next_try_utc <> 9223372036854775807"

/* Texts at the head of a lane that are in other sessions' hands, or past their time and not yet swept away. */
#define SKIP_MAX 512

struct head {
	int64_t id, since_utc, segments; /* id 0: none */
	bool begun;
};

static bool held(const struct outbox_gate *g, int64_t id)
{
	for (int i = 0; i < g->held_count; i++)
		if (g->held[i] == id)
			return true;
	return false;
}

/* Takes the row at hand when it is older than what was found so far; false: it cannot leave, the next may. */
static bool take(const struct outbox_gate *g, const struct query *q, bool begun, struct head *best)
{
	struct head h = {
	    .id = query_int(q, 0), .since_utc = query_int(q, 1), .segments = query_int(q, 2), .begun = begun};
	if (held(g, h.id) || (!query_null(q, 3) && query_int(q, 3) <= g->now_utc))
		return false;
	if (!best->id || h.since_utc < best->since_utc || (h.since_utc == best->since_utc && h.id < best->id))
		*best = h;
	return true;
}

static int lane(struct store *s, const struct outbox_gate *g, enum outbox_class c, int64_t broadcast,
		const char *prefer, bool quiet, int64_t until_utc, struct head *best)
{
	cleanup_query struct query q = {0};
	int r = query_open(s, &q,
			   "SELECT id, next_try_utc, segments, not_after_utc FROM message_out WHERE " IN_LANE
			   " AND priority = ?1 AND broadcast IS ?2 AND prefer IS ?3 AND quiet = ?4"
			   " AND next_try_utc <= ?5 ORDER BY next_try_utc, id LIMIT ?6",
			   "iPtbIi", (int)c, broadcast, prefer, quiet, until_utc, SKIP_MAX);
	while (r >= 0 && (r = query_next(&q)) == 1)
		if (take(g, &q, false, best))
			return 0;
	return r;
}

static int both_lanes(struct store *s, const struct outbox_gate *g, enum outbox_class c, int64_t broadcast,
		      const char *prefer, int64_t until_utc, struct head *best)
{
	int r = lane(s, g, c, broadcast, prefer, false, until_utc, best);
	return r || g->quiet_hours ? r : lane(s, g, c, broadcast, prefer, true, until_utc, best);
}

#define PREFER_MAX 96

/* The preferred line after this one of which a text of the class is queued. -ENOENT: none. */
static int next_prefer(struct store *s, enum outbox_class c, char prefer[PREFER_MAX])
{
	cleanup_query struct query q = {0};
	int r = query_find(s, &q,
			   "SELECT prefer FROM message_out WHERE " IN_LANE
			   " AND priority = ?1 AND broadcast IS NULL AND prefer > ?2 ORDER BY prefer LIMIT 1",
			   "it", (int)c, prefer);
	if (!r)
		snprintf(prefer, PREFER_MAX, "%s", query_text(&q, 0));
	return r;
}

/* Replies, and alarms with a wish, that prefer another line are left to it for as long as the gate says. */
static int preferring(struct store *s, const struct outbox_gate *g, enum outbox_class c, struct head *best)
{
	char prefer[PREFER_MAX] = "";
	int r;
	while ((r = next_prefer(s, c, prefer)) == 0) {
		bool waits = c <= OUTBOX_REPLY && g->patience_s && strcmp(prefer, g->modem) != 0;
		int64_t left_s = waits ? g->patience_s(g->user, prefer) : 0;
		if ((r = both_lanes(s, g, c, 0, prefer, g->now_utc - left_s, best)))
			return r;
	}
	return r == -ENOENT ? 0 : r;
}

static int of_no_broadcast(struct store *s, const struct outbox_gate *g, enum outbox_class c, struct head *best)
{
	int r = both_lanes(s, g, c, 0, NULL, g->now_utc, best);
	return r ? r : preferring(s, g, c, best);
}

/* Broadcasts that have texts take turns; 0 stands for texts of the class that belong to none. */
static int next_broadcast(struct store *s, int64_t after, int64_t *ret)
{
	return store_get(s, ret,
			 "SELECT broadcast FROM message_out WHERE " IN_LANE
			 " AND priority = 3 AND broadcast > ? ORDER BY broadcast LIMIT 1",
			 "I", after);
}

static int may_leave(struct store *s, int64_t broadcast, bool *ret)
{
	int64_t open = 1;
	int r =
	    broadcast
		? store_get(s, &open,
			    "SELECT state IN ('queued', 'done') AND NOT (override_quiet AND state = 'queued')"
			    " FROM broadcast WHERE id = ?",
			    "I", broadcast)
		: 0;
	*ret = r == 0 && open;
	return r == -ENOENT ? 0 : r;
}

/* Those that may go out in the quiet hours, in turns of their own. */
static int urgent(struct store *s, const struct outbox_gate *g, int64_t last, struct head *best)
{
	int64_t at = last;
	bool wrapped = false;
	for (;;) {
		int r = store_get(
		    s, &at,
		    "SELECT id FROM broadcast WHERE override_quiet = 1 AND state = 'queued' AND id > ?"
		    " ORDER BY id LIMIT 1",
		    "I", at);
		if (r == -ENOENT && !wrapped) {
			wrapped = true;
			at = 0;
			continue;
		}
		if (r || (wrapped && at > last))
			return r == -ENOENT ? 0 : r;
		r = both_lanes(s, g, OUTBOX_BROADCAST, at, NULL, g->now_utc, best);
		if (r || best->id)
			return r;
	}
}

static int broadcasts(struct store *s, const struct outbox_gate *g, int64_t last, struct head *best)
{
	bool wrapped = false, open;
	int64_t at = last;
	for (;;) {
		int r = next_broadcast(s, at, &at);
		if (r == -ENOENT && !wrapped) {
			wrapped = true;
			at = r = 0;
		}
		if (r == -ENOENT || (wrapped && at > last))
			return 0; /* once round */
		if (r == 0)
			r = may_leave(s, at, &open);
		if (r == 0 && open)
			r = at ? both_lanes(s, g, OUTBOX_BROADCAST, at, NULL, g->now_utc, best)
			       : of_no_broadcast(s, g, OUTBOX_BROADCAST, best);
		if (r || best->id)
			return r;
	}
}

/* Texts of which this line has begun a part: held by nobody now, and not to be gone on with by any other. */
static int begun(struct store *s, const struct outbox_gate *g, struct head best[OUTBOX_CLASSES])
{
	cleanup_query struct query q = {0};
	int r = query_open(s, &q,
			   "SELECT id, next_try_utc, segments, NULL, priority FROM message_out WHERE"
			   " state IN ('queued', 'sending', 'uncertain') AND state = 'sending' AND modem = ?",
			   "t", g->modem);
	while (r >= 0 && (r = query_next(&q)) == 1)
		take(g, &q, true, &best[query_int(&q, 4)]);
	if (r == 0)
		r = query_open(
		    s, &q,
		    "SELECT id, next_try_utc, segments, not_after_utc, priority FROM message_out WHERE"
		    " state IN ('queued', 'uncertain') AND bound = ?1 AND next_try_utc <= ?2"
		    " AND (quiet = 0 OR NOT ?3) ORDER BY priority, next_try_utc LIMIT ?4",
		    "tIbi", g->line, g->now_utc, g->quiet_hours, SKIP_MAX);
	while (r >= 0 && (r = query_next(&q)) == 1)
		take(g, &q, true, &best[query_int(&q, 4)]);
	return r;
}

/* What is less urgent gets every fifth turn all the same. */
#define EVERY 5

static int broadcast_head(struct store *s, const struct outbox_gate *g, const struct outbox_turns *t,
			  struct head *best)
{
	bool others = t->urgent % EVERY == EVERY - 1;
	int r = others ? broadcasts(s, g, t->broadcast, best) : urgent(s, g, t->urgent_broadcast, best);
	if (r || best->id)
		return r;
	return others ? urgent(s, g, t->urgent_broadcast, best) : broadcasts(s, g, t->broadcast, best);
}

/* The oldest text of a class that may leave; `waiting`: there are some that nobody has begun. */
static int class_head(struct store *s, const struct outbox_gate *g, enum outbox_class c, bool waiting,
		      const struct outbox_turns *t, struct head *best)
{
	int r = 0;
	if (g->room[c] < 0)
		*best = (struct head){0};
	if (best->id || g->room[c] <= 0 || !waiting)
		return 0;
	if (c == OUTBOX_BROADCAST)
		r = broadcast_head(s, g, t, best);
	else
		r = of_no_broadcast(s, g, c, best);
	/* a text of three segments does not begin with quota for two, and no shorter one overtakes it */
	if (best->segments > g->room[c])
		*best = (struct head){0};
	return r;
}

/* ------------------------------------------------------------------------------------------------ the choice */

/* A class that has waited for so long gets every fifth part, whatever waits above it. */
static const int64_t overdue_s[OUTBOX_CLASSES] = {
    [OUTBOX_ALARM] = 0, [OUTBOX_REPLY] = 60, [OUTBOX_REMINDER] = 600, [OUTBOX_BROADCAST] = 1800};
void outbox_took(struct outbox_turns *t, const struct outbox_message *m)
{
	t->passed[m->class] = 0;
	if (m->class == OUTBOX_BROADCAST) {
		*(m->urgent ? &t->urgent_broadcast : &t->broadcast) = m->broadcast;
		t->urgent = m->urgent ? t->urgent + 1 : 0;
	}
	for (int c = (int)m->class + 1; m->class != OUTBOX_ALARM && c < OUTBOX_CLASSES; c++)
		if (t->passed[c] < EVERY)
			t->passed[c]++;
}

/* The first class from `from` on that has texts in lanes: one question for all that have none. */
static int next_class(struct store *s, int from, int64_t *ret)
{
	int r = store_get(s, ret,
			  "SELECT priority FROM message_out WHERE " IN_LANE
			  " AND priority >= ? ORDER BY priority LIMIT 1",
			  "i", from);
	if (r == -ENOENT)
		*ret = OUTBOX_CLASSES;
	return r == -ENOENT ? 0 : r;
}

int outbox_choose(struct store *s, const struct outbox_gate *g, const struct outbox_turns *t,
		  struct outbox_message *ret)
{
	struct head best[OUTBOX_CLASSES] = {0};
	int64_t id = 0, waiting = -1;
	int r = begun(s, g, best);
	for (int c = 0; r == 0 && c < OUTBOX_CLASSES; c++) {
		/* for one that comes behind a text already found only when its turn may have come */
		if (id && t->passed[c] < EVERY - 1)
			continue;
		if (waiting < c)
			r = next_class(s, c, &waiting);
		if (r == 0)
			r = class_head(s, g, (enum outbox_class)c, waiting == c, t, &best[c]);
		if (best[c].id && (!id || best[c].since_utc <= g->now_utc - overdue_s[c]))
			id = best[c].id;
		if (id && c == OUTBOX_ALARM)
			break;
	}
	return r ? r : id ? load_whole(s, id, g->now_utc, ret) : -ENOENT;
}

/* ------------------------------------------------------------------------------------------------ for the gate */

int outbox_owed(struct store *s, int64_t id, int64_t segments[OUTBOX_CLASSES])
{
	cleanup_query struct query q = {0};
	int r = query_open(s, &q,
			   "SELECT priority, segments - (SELECT count(*) FROM part_out WHERE message = ?1"
			   " AND state IN ('sent', 'delivered', 'uncertain')) FROM message_out WHERE id = ?1",
			   "I", id);
	if (r == 0 && (r = query_next(&q)) == 1) {
		segments[query_int(&q, 0)] += query_int(&q, 1) > 0 ? query_int(&q, 1) : 0;
		r = 0;
	}
	return r;
}

int outbox_ready(struct store *s, int64_t now_utc, bool ret[OUTBOX_CLASSES])
{
	int64_t any;
	int r = store_get(s, &any,
			  "SELECT 1 FROM message_out WHERE state IN ('queued', 'sending', 'uncertain')"
			  " AND state IN ('queued', 'uncertain') AND next_try_utc <= ? LIMIT 1",
			  "I", now_utc);
	bool some = r == 0;
	for (int c = 0; c < OUTBOX_CLASSES; c++) {
		if (some)
			r = store_get(s, &any,
				      "SELECT 1 FROM message_out WHERE " IN_LANE " AND priority = ? LIMIT 1",
				      "i", c);
		if (r && r != -ENOENT)
			return r;
		ret[c] = some && r == 0;
	}
	return 0;
}

/* Of one class; *next is brought forward. */
static int wished(struct store *s, const struct outbox_gate *g, enum outbox_class c, int64_t *next)
{
	char prefer[PREFER_MAX] = "";
	int r;
	while ((r = next_prefer(s, c, prefer)) == 0) {
		struct head first = {0};
		if ((r = both_lanes(s, g, c, 0, prefer, g->now_utc, &first)))
			return r;
		int64_t until = first.since_utc + g->patience_s(g->user, prefer);
		if (first.id && until > g->now_utc && until < *next)
			*next = until;
	}
	return r == -ENOENT ? 0 : r;
}

int outbox_wished_utc(struct store *s, const struct outbox_gate *g, int64_t *ret_utc)
{
	int64_t next = INT64_MAX;
	int r = wished(s, g, OUTBOX_ALARM, &next);
	if (!r)
		r = wished(s, g, OUTBOX_REPLY, &next);
	if (!r)
		*ret_utc = next;
	return r;
}

int outbox_next_utc(struct store *s, int64_t now_utc, int64_t *ret_utc)
{
	return store_get(
	    s, ret_utc,
	    "SELECT min(utc) FROM (SELECT coalesce(min(next_try_utc), 9223372036854775807) AS utc"
	    " FROM message_out WHERE state IN ('queued', 'sending', 'uncertain') AND state = 'queued'"
	    " AND next_try_utc > ?1 UNION ALL"
	    " SELECT coalesce(min(next_try_utc), 9223372036854775807) FROM message_out"
	    " WHERE state IN ('queued', 'sending', 'uncertain') AND state = 'uncertain'"
	    " AND next_try_utc > ?1 UNION ALL"
	    " SELECT coalesce(min(not_after_utc), 9223372036854775807) FROM message_out"
	    " WHERE state = 'queued' AND not_after_utc > ?1)",
	    "I", now_utc);
}

/* ------------------------------------------------------------------------------------------------ for status */

static int oldest_of_class(struct store *s, int c, int64_t now_utc, int64_t *ret)
{
	return store_get(s, ret,
			 "SELECT coalesce(min(max(created_utc, not_before_utc)), 9223372036854775807) FROM"
			 " message_out WHERE " IN_LANE
			 " AND priority = ? AND broadcast IS NULL AND next_try_utc <= ?",
			 "iI", c, now_utc);
}

int outbox_counts(struct store *s, int64_t now_utc, struct outbox_counts *ret)
{
	struct outbox_counts n;
	int64_t oldest, first;
	int r = store_get(s, &n.queued,
			  "SELECT count(*) FROM message_out WHERE state IN ('queued', 'sending', 'uncertain')"
			  " AND state IN ('queued', 'sending')",
			  "");
	if (r == 0)
		r = store_get(
		    s, &n.uncertain,
		    "SELECT count(*) FROM message_out WHERE state IN ('queued', 'sending', 'uncertain')"
		    " AND state = 'uncertain'",
		    "");
	/* a broadcast that is paused or waits for approval is not late */
	if (r == 0)
		r = store_get(
		    s, &oldest,
		    "SELECT coalesce(min(max(created_utc, at_utc)), 9223372036854775807) FROM broadcast"
		    " WHERE state = 'queued' AND at_utc <= ? AND EXISTS (SELECT 1 FROM message_out"
		    " WHERE message_out.broadcast = broadcast.id AND message_out.state = 'queued')",
		    "I", now_utc);
	for (int c = 0; c < OUTBOX_CLASSES && r == 0; c++) {
		r = oldest_of_class(s, c, now_utc, &first);
		if (r == 0 && first < oldest)
			oldest = first;
	}
	n.oldest_utc = oldest == INT64_MAX ? 0 : oldest;
	if (r == 0)
		*ret = n;
	return r;
}
