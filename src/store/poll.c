/* The life of polls: drawn up, extended, cancelled, read. What the daemon does with them is poll_work.c's, votes are
 * poll_vote.c's. */
#include "store/poll.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/event.h"
#include "store/internal.h"
#include "store/poll_work.h"

#include <errno.h>
#include <libintl.h>
#include <string.h>

static const char *const states[POLL_STATE_COUNT] = {
#define X(id, name) [POLL_##id] = name,
    POLL_STATES(X)
#undef X
};
static const char *const tells[] = {
    [POLL_TELL_NONE] = "none", [POLL_TELL_VOTERS] = "voters", [POLL_TELL_ASKED] = "asked"};

const char *poll_state_name(enum poll_state st)
{
	return states[st];
}

int poll_state_find(const char *name)
{
	return text_index(states, ARRAY_LEN(states), name);
}

const char *poll_tell_name(enum poll_tell t)
{
	return tells[t];
}

int poll_tell_find(const char *name)
{
	return text_index(tells, ARRAY_LEN(tells), name);
}

/* ---- drawn up */

static const char *const usual_zh[] = {"赞成", "反对", "弃权"}, *const usual_en[] = {"For", "Against",
										     "Abstain"};

static bool chinese(const char *text)
{
	for (uint32_t c; (c = text_next(&text));)
		if (c >= 0x2E80)
			return true;
	return false;
}

static int exists(struct store *s, const char *sql, int64_t id)
{
	int64_t n = 0;
	int r = store_get(s, &n, sql, "I", id);
	return r < 0 ? r : n > 0;
}

static int check_options(const struct poll_new *n, struct err *e)
{
	if (n->option_count < POLL_OPTIONS_MIN || n->option_count > POLL_OPTIONS_MAX)
		return err_set(e, NULL, 0, gettext("a poll has %d to %d options; 9 and 0 stay help and menu"),
			       POLL_OPTIONS_MIN, POLL_OPTIONS_MAX);
	for (int i = 0; i < n->option_count; i++) {
		if (!n->options[i][0] || strlen(n->options[i]) >= POLL_OPTION_MAX)
			return err_set(e, NULL, 0, gettext("option %d is empty or too long"), i + 1);
		for (int j = 0; j < i; j++)
			if (!strcmp(n->options[i], n->options[j]))
				return err_set(e, NULL, 0, gettext("options %d and %d are the same"), j + 1,
					       i + 1);
	}
	return 0;
}

static int check(struct store *s, const struct poll_new *n, int64_t now, struct err *e)
{
	int r = check_options(n, e);
	if (r < 0)
		return r;
	if (!n->question[0] || strlen(n->question) >= POLL_QUESTION_MAX)
		return err_set(e, NULL, 0, "%s", gettext("the question is empty or too long"));
	if (n->closes_utc <= now || n->closes_utc <= n->opens_utc)
		return err_set(e, NULL, 0, "%s", gettext("the poll would close before it opens"));
	if (n->quorum < 0 || n->quorum_percent < 0 || n->quorum_percent > 100)
		return err_set(e, NULL, 0, "%s",
			       gettext("a quorum is a number of votes, or 1 to 100 per cent"));
	if (n->meeting && (r = exists(s, "SELECT count(*) FROM meeting WHERE id = ?", n->meeting)) <= 0)
		return r < 0 ? r
			     : err_set(e, NULL, 0, gettext("there is no meeting %lld"), (long long)n->meeting);
	if (n->matter &&
	    (r = exists(s, "SELECT count(*) FROM matter WHERE number = ? AND private = 0", n->matter)) <= 0)
		return r < 0 ? r : err_set(e, NULL, 0, gettext("there is no case %d"), n->matter);
	return broadcast_audience_begin(s, n->audience, e);
}

static int event(struct store *s, int64_t id, const char *state, int64_t closes_utc, const char *reason,
		 const struct actor *by, int64_t now)
{
	return event_add(s, EVENT_POLL_CHANGED, by->id,
			 json_pack("{s:I, s:s, s:I, s:s}", "poll", (json_int_t)id, "state", state, "closes",
				   (json_int_t)closes_utc, "reason", reason ? reason : ""),
			 now);
}

int poll_add(struct store *s, const struct poll_new *given, const struct actor *by, int64_t now,
	     int64_t *ret_id, struct err *e)
{
	struct poll_new n = *given;
	if (!n.option_count || !n.options) {
		n.options = chinese(n.question) ? usual_zh : usual_en;
		n.option_count = (int)ARRAY_LEN(usual_zh);
	}
	if (n.opens_utc < now)
		n.opens_utc = now;
	int r = check(s, &n, now, e);
	if (r < 0)
		return r;
	r = store_run(
	    s,
	    "INSERT INTO poll (question, audience, household, secret, quorum, quorum_percent, opens_utc,"
	    " closes_utc, meeting, matter, tell, created_by, created_utc) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
	    "ttbbiiIIPPttI", n.question, n.audience, n.household, n.secret, n.quorum, n.quorum_percent,
	    n.opens_utc, n.closes_utc, n.meeting, (int64_t)n.matter, tells[n.tell], by->id, now);
	int64_t id = store_last_id(s);
	for (int i = 0; i < n.option_count && r >= 0; i++)
		r = store_run(s, "INSERT INTO poll_option (poll, position, text) VALUES (?,?,?)", "Iit", id,
			      i + 1, n.options[i]);
	if (r >= 0)
		r = event(s, id, states[POLL_PLANNED], n.closes_utc, NULL, by, now);
	if (r >= 0 && n.matter)
		r = journal_add(s, n.matter, "put to a vote", n.question, by, now);
	if (r >= 0 && ret_id)
		*ret_id = id;
	return r < 0 ? r : 0;
}

int poll_publish_by(struct store *s, int64_t id, int64_t broadcast)
{
	return store_run(s, "UPDATE poll SET broadcast = ? WHERE id = ?", "II", broadcast, id);
}

/* ---- decided by a person */

/* 0, -ENOENT, or -EPERM when it is over. */
static int still_live(struct store *s, int64_t id)
{
	int64_t live = 0;
	int r = store_get(s, &live, "SELECT state IN ('planned', 'open') FROM poll WHERE id = ?", "I", id);
	return r < 0 ? r : live ? 0 : -EPERM;
}

int poll_settle(struct store *s, int64_t id, enum broadcast_state published, int64_t now)
{
	int r = store_run(
	    s,
	    "UPDATE poll SET phones = (SELECT count(*) FROM poll_voter v WHERE v.poll = ?1), voted = (SELECT"
	    " count(*) FROM poll_voter v WHERE v.poll = ?1 AND v.voted_utc IS NOT NULL) WHERE id = ?1",
	    "I", id);
	return r < 0 ? r
		     : store_run(
			   s,
			   "UPDATE broadcast SET state = ?2, done_utc = ?3 WHERE id = (SELECT broadcast FROM"
			   " poll WHERE id = ?1)",
			   "ItI", id, broadcast_state_name(published), now);
}

int poll_cancel(struct store *s, int64_t id, const char *reason, const struct actor *by, int64_t now)
{
	int r = still_live(s, id);
	if (r < 0)
		return r;
	r = store_run(s, "UPDATE poll SET state = 'cancelled', ended_utc = ?, reason = ? WHERE id = ?", "ItI",
		      now, reason ? reason : "", id);
	if (r >= 0)
		r = poll_settle(s, id, BROADCAST_CANCELLED, now);
	return r < 0 ? r : event(s, id, states[POLL_CANCELLED], now, reason, by, now);
}

int poll_extend(struct store *s, int64_t id, int64_t closes_utc, const struct actor *by, int64_t now)
{
	int64_t closes = 0, opened = 0;
	int r = still_live(s, id);
	if (r < 0 || (r = store_get(s, &closes, "SELECT closes_utc FROM poll WHERE id = ?", "I", id)) < 0 ||
	    (r = store_get(s, &opened, "SELECT state = 'open' FROM poll WHERE id = ?", "I", id)) < 0)
		return r;
	if (closes_utc <= closes || closes_utc <= now)
		return -EINVAL;
	/* who was asked may answer longer, and who is silent by then is reminded of the new close */
	r = store_run(s, "UPDATE poll SET closes_utc = ?, reminded_utc = NULL WHERE id = ?", "II", closes_utc,
		      id);
	if (r >= 0)
		r = store_run(s,
			      "UPDATE question SET expires_utc = ? WHERE kind = 'poll' AND subject = ? AND "
			      "expires_utc = ?",
			      "III", closes_utc, id, closes);
	if (r >= 0)
		r = store_run(s,
			      "UPDATE question_aside SET expires_utc = ?, expired = 0 WHERE kind = 'poll' AND "
			      "subject = ?",
			      "II", closes_utc, id);
	if (r >= 0)
		r = store_run(s,
			      "UPDATE broadcast SET not_after_utc = ? WHERE id = (SELECT broadcast FROM poll "
			      "WHERE id = ?)",
			      "II", closes_utc, id);
	return r < 0 ? r
		     : event(s, id, states[opened ? POLL_OPEN : POLL_PLANNED], closes_utc, "extended", by, now);
}

int poll_hasten(struct store *s, int64_t id, const struct actor *by, int64_t now)
{
	int64_t open = 0;
	int r = store_get(s, &open, "SELECT state = 'open' FROM poll WHERE id = ?", "I", id);
	if (r < 0 || !open)
		return r < 0 ? r : -EPERM;
	if ((r = store_run(s, "UPDATE poll SET closes_utc = min(closes_utc, ?) WHERE id = ?", "II", now, id)) <
		0 ||
	    (r = store_run(
		 s, "UPDATE question SET expires_utc = min(expires_utc, ?) WHERE kind = 'poll' AND subject = ?",
		 "II", now, id)) < 0)
		return r;
	return event(s, id, states[POLL_OPEN], now, "closed by hand", by, now);
}

/* ---- read */

#define COLUMNS                                                                                                \
	"id, state, question, audience, created_by, reason, household, secret, quorum, quorum_percent,"        \
	" opens_utc, closes_utc, created_utc, reminded_utc, ended_utc, meeting, matter, tell, asked, phones, " \
	"voted,"                                                                                               \
	" broadcast, (SELECT b.state FROM broadcast b WHERE b.id = broadcast)"

static int fill_options(struct store *s, struct poll *p)
{
	cleanup_query struct query q = {0};
	int r = query_open(s, &q, "SELECT text, votes FROM poll_option WHERE poll = ? ORDER BY position", "I",
			   p->id);
	while (r >= 0 && p->option_count < POLL_OPTIONS_MAX && (r = query_next(&q)) == 1) {
		text_copy(p->options[p->option_count], POLL_OPTION_MAX, query_text(&q, 0));
		p->count.votes[p->option_count++] = query_int(&q, 1);
	}
	p->count.options = p->option_count;
	return r < 0 ? r : 0;
}

static int count_now(struct store *s, int64_t id, int64_t votes[POLL_OPTIONS_MAX])
{
	cleanup_query struct query q = {0};
	int r = query_open(s, &q,
			   "SELECT option, count(*) FROM poll_voter WHERE poll = ? AND voted_utc IS NOT NULL"
			   " AND option BETWEEN 1 AND 8 GROUP BY option",
			   "I", id);
	while (r >= 0 && (r = query_next(&q)) == 1)
		votes[query_int(&q, 0) - 1] = query_int(&q, 1);
	return r < 0 ? r : 0;
}

static int fill_counts(struct store *s, struct poll *p, const struct query *from)
{
	int r = 0;
	p->phones = query_int(from, 19);
	p->voted = query_int(from, 20);
	if (query_null(from, 19))
		r = store_get(s, &p->phones, "SELECT count(*) FROM poll_voter WHERE poll = ?", "I", p->id);
	if (r >= 0 && query_null(from, 20))
		r = store_get(s, &p->voted,
			      "SELECT count(*) FROM poll_voter WHERE poll = ? AND voted_utc IS NOT NULL", "I",
			      p->id);
	if (r >= 0 && query_null(from, 18))
		r = store_get(s, &p->count.asked, "SELECT count(DISTINCT unit) FROM poll_voter WHERE poll = ?",
			      "I", p->id);
	else
		p->count.asked = query_int(from, 18);
	p->counted = p->state == POLL_CLOSED || !p->secret;
	if (r >= 0 && p->state != POLL_CLOSED && !p->secret)
		r = count_now(s, p->id, p->count.votes);
	return r;
}

static int each(struct store *s, struct query *q, int r, int (*row)(void *ctx, const struct poll *p), void *ctx)
{
	while (r >= 0 && (r = query_next(q)) == 1) {
		int state = poll_state_find(query_text(q, 1)), tell = poll_tell_find(query_text(q, 17));
		struct poll p = {
		    .id = query_int(q, 0),
		    .state = (enum poll_state)(state < 0 ? 0 : state),
		    .question = query_text(q, 2),
		    .audience = query_text(q, 3),
		    .created_by = query_text(q, 4),
		    .reason = query_text(q, 5),
		    .household = query_int(q, 6) != 0,
		    .secret = query_int(q, 7) != 0,
		    .count = {.quorum = (int)query_int(q, 8), .quorum_percent = (int)query_int(q, 9)},
		    .opens_utc = query_int(q, 10),
		    .closes_utc = query_int(q, 11),
		    .created_utc = query_int(q, 12),
		    .reminded_utc = query_int(q, 13),
		    .ended_utc = query_int(q, 14),
		    .meeting = query_int(q, 15),
		    .matter = (int)query_int(q, 16),
		    .tell = (enum poll_tell)(tell < 0 ? 0 : tell),
		    .broadcast = query_int(q, 21),
		    .published = query_null(q, 22) ? BROADCAST_DONE : broadcast_state_find(query_text(q, 22))};
		if ((r = fill_options(s, &p)) < 0 || (r = fill_counts(s, &p, q)) < 0)
			return r;
		int end = row(ctx, &p);
		if (end)
			return end;
	}
	return r;
}

int poll_get(struct store *s, int64_t id, int (*row)(void *ctx, const struct poll *p), void *ctx)
{
	int64_t known = 0;
	cleanup_query struct query q = {0};
	int r = store_get(s, &known, "SELECT id FROM poll WHERE id = ?", "I", id);
	return r < 0 ? r
		     : each(s, &q, query_open(s, &q, "SELECT " COLUMNS " FROM poll WHERE id = ?", "I", id), row,
			    ctx);
}

int poll_list(struct store *s, const char *state, int64_t since_utc, long limit,
	      int (*row)(void *ctx, const struct poll *p), void *ctx)
{
	cleanup_query struct query q = {0};
	return each(s, &q,
		    query_open(s, &q,
			       "SELECT * FROM (SELECT " COLUMNS
			       " FROM poll WHERE (?1 IS NULL OR state = ?1) AND"
			       " (created_utc >= ?2 OR ended_utc >= ?2) ORDER BY id DESC LIMIT ?3) ORDER BY id",
			       "TII", state, since_utc, limit > 0 ? (int64_t)limit : (int64_t)-1),
		    row, ctx);
}

static int copy_result(void *ctx, const struct poll *p)
{
	struct poll_result *r = ctx;
	r->poll = p->id;
	r->state = p->state;
	r->count = p->count;
	r->closes_utc = p->closes_utc;
	r->ended_utc = p->ended_utc;
	if (p->state != POLL_CLOSED)
		memset(r->count.votes, 0, sizeof r->count.votes);
	r->outcome = poll_outcome_of(&r->count);
	text_copy(r->question, sizeof r->question, p->question);
	memcpy(r->options, p->options, sizeof r->options);
	return 0;
}

int poll_result_of(struct store *s, int64_t meeting, int matter, struct poll_result *ret)
{
	int64_t id = 0;
	*ret = (struct poll_result){0};
	if (!meeting && !matter)
		return 0;
	int r = store_get(s, &id,
			  "SELECT coalesce(max(id), 0) FROM poll WHERE (?1 IS NULL OR meeting = ?1)"
			  " AND (?2 IS NULL OR matter = ?2) AND state <> 'cancelled'",
			  "PP", meeting, (int64_t)matter);
	return r < 0 || !id ? r : poll_get(s, id, copy_result, ret);
}

int poll_voters(struct store *s, int64_t id, int (*row)(void *ctx, const struct poll_voter *v), void *ctx)
{
	cleanup_query struct query q = {0};
	int r =
	    query_open(s, &q,
		       "SELECT v.number, coalesce(p.name, ''), coalesce(h.building, ''), coalesce(h.unit, ''),"
		       " coalesce(h.room, ''), v.asked_utc IS NOT NULL, v.voted_utc, v.option,"
		       " EXISTS (SELECT 1 FROM poll_voter w WHERE w.poll = v.poll AND w.unit = v.unit AND"
		       " w.voted_utc IS NOT NULL) FROM poll_voter v LEFT JOIN person p ON p.id = v.person"
		       " LEFT JOIN household h ON h.id = p.household WHERE v.poll = ?"
		       " ORDER BY length(h.building), h.building, h.unit, h.room, v.number",
		       "I", id);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		struct poll_voter v = {.number = query_text(&q, 0),
				       .name = query_text(&q, 1),
				       .building = query_text(&q, 2),
				       .unit = query_text(&q, 3),
				       .room = query_text(&q, 4),
				       .texted = query_int(&q, 5) != 0,
				       .voted_utc = query_int(&q, 6),
				       .option = (int)query_int(&q, 7),
				       .household_voted = query_int(&q, 8) != 0};
		int end = row(ctx, &v);
		if (end)
			return end;
	}
	return r;
}
