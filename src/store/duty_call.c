/* Calls for help on their way up the ladder (duty.h). */
#include "base/text.h"
#include "store/facts.h"
#include "store/duty.h"
#include "store/internal.h"

#include <errno.h>
#include <string.h>

#define CALL_COLUMNS                                                                                           \
	"c.matter, c.caller, c.called_utc, c.rung, c.rung_utc, c.waiting, coalesce(c.acked_utc, 0),"           \
	" coalesce(c.seconds, -1), coalesce(c.acked_person, 0), c.acked_number,"                               \
	" coalesce((SELECT name FROM person WHERE id = c.acked_person), ''), c.words"

static void read_call(const struct query *q, struct duty_call *c)
{
	*c = (struct duty_call){.matter = (int)query_int(q, 0),
				.called_utc = query_int(q, 2),
				.rung = (int)query_int(q, 3),
				.rung_utc = query_int(q, 4),
				.waiting = query_int(q, 5) != 0,
				.acked_utc = query_int(q, 6),
				.seconds = (int)query_int(q, 7),
				.acked_person = query_int(q, 8)};
	text_copy(c->caller, sizeof c->caller, query_text(q, 1));
	text_copy(c->acked_number, sizeof c->acked_number, query_text(q, 9));
	text_copy(c->acked_name, sizeof c->acked_name, query_text(q, 10));
	text_copy(c->words, sizeof c->words, query_text(q, 11));
}

int duty_call_begin(struct store *s, int matter, const char *caller, const char *words, int64_t now)
{
	return store_run(s,
			 "INSERT INTO duty_call (matter, caller, words, called_utc, rung, rung_utc) VALUES "
			 "(?1,?2,?3,?4,0,?4)"
			 " ON CONFLICT DO UPDATE SET rung = 0, rung_utc = ?4, waiting = 1, words = CASE WHEN "
			 "length(words) < ?5"
			 " THEN words || ' / ' || ?3 ELSE words END",
			 "ittIi", matter, caller, words, now, (int)DUTY_WORDS);
}

int duty_call_get(struct store *s, int matter, struct duty_call *ret)
{
	cleanup_query struct query q = {0};
	*ret = (struct duty_call){.seconds = -1};
	int r = query_open(s, &q, "SELECT " CALL_COLUMNS " FROM duty_call c WHERE c.matter = ?", "i", matter);
	if (r >= 0 && (r = query_next(&q)) == 1)
		read_call(&q, ret);
	return r < 0 ? r : 0;
}

int duty_call_rung(struct store *s, int matter, int rung, int64_t utc)
{
	return store_run(s, "UPDATE duty_call SET rung = ?2, rung_utc = ?3 WHERE matter = ?1", "iiI", matter,
			 rung, utc);
}

int duty_call_taken(struct store *s, int matter, int64_t person, const char *number, int64_t now,
		    int *ret_seconds)
{
	int64_t seconds = 0;
	int r = store_run(
	    s,
	    "UPDATE duty_call SET waiting = 0, acked_person = ?2, acked_number = ?3, acked_utc ="
	    " coalesce(acked_utc, ?4), seconds = coalesce(seconds, max(0, ?4 - called_utc)) WHERE matter = ?1",
	    "iPtI", matter, person, number, now);
	if (r >= 0)
		r = store_get(s, &seconds, "SELECT seconds FROM duty_call WHERE matter = ?", "i", matter);
	if (r >= 0)
		*ret_seconds = (int)seconds;
	return r < 0 ? r : 0;
}

int duty_call_rest(struct store *s, int matter)
{
	return store_run(s, "UPDATE duty_call SET waiting = 0 WHERE matter = ?", "i", matter);
}

int duty_call_anew(struct store *s, int matter)
{
	return store_run(
	    s, "UPDATE duty_call SET waiting = 1, acked_person = NULL, acked_number = '' WHERE matter = ?", "i",
	    matter);
}

int duty_calls_waiting(struct store *s, int *ret, int max)
{
	cleanup_query struct query q = {0};
	int n = 0;
	int r = query_open(s, &q, "SELECT matter FROM duty_call WHERE waiting = 1 ORDER BY matter LIMIT ?", "i",
			   max);
	while (r >= 0 && n < max && (r = query_next(&q)) == 1)
		ret[n++] = (int)query_int(&q, 0);
	return r < 0 ? r : n;
}

int duty_told_add(struct store *s, int matter, const char *number, int64_t person, int rung, int64_t now)
{
	return store_run(
	    s, "INSERT OR IGNORE INTO duty_told (matter, number, person, rung, utc) VALUES (?,?,?,?,?)",
	    "itPiI", matter, number, person, rung, now);
}

int duty_told(struct store *s, int matter, char (*ret)[E164_MAX], int max)
{
	cleanup_query struct query q = {0};
	int n = 0;
	int r = query_open(s, &q, "SELECT number FROM duty_told WHERE matter = ? ORDER BY rung, number LIMIT ?",
			   "ii", matter, max);
	while (r >= 0 && n < max && (r = query_next(&q)) == 1)
		text_copy(ret[n++], E164_MAX, query_text(&q, 0));
	return r < 0 ? r : n;
}

#define MEANT_S DAY_S /* "got it" without a number speaks of a call of the last day */

int facts_call(struct store *s, const struct sender *who, int number, int64_t now, struct call_fact *ret)
{
	cleanup_query struct query q = {0};
	struct duty_call c;
	struct matter_fact m;
	int64_t told = 0;
	*ret = (struct call_fact){0};
	int r = query_open(
	    s, &q,
	    "SELECT c.matter FROM duty_told t JOIN duty_call c ON c.matter = t.matter WHERE t.number = ?"
	    " AND c.waiting = 1 AND c.rung_utc > ? ORDER BY c.matter",
	    "tI", who->number, now - MEANT_S);
	while (!number && r >= 0 && (r = query_next(&q)) == 1)
		if (ret->choices++ < 3)
			ret->numbers[ret->choices - 1] = (int)query_int(&q, 0);
	query_close(&q);
	if (r >= 0 && !number && !ret->choices) { /* "I am here" of who has taken it */
		r = query_open(
		    s, &q,
		    "SELECT c.matter FROM duty_call c JOIN matter m ON m.number = c.matter WHERE c.waiting = 0 "
		    "AND"
		    " c.acked_number = ? AND c.rung_utc > ? AND m.state IN ('received', 'verified', 'assigned',"
		    " 'in_progress') ORDER BY c.rung_utc DESC LIMIT 1",
		    "tI", who->number, now - MEANT_S);
		if (r >= 0 && (r = query_next(&q)) == 1)
			number = (int)query_int(&q, 0);
		query_close(&q);
	} else if (!number && ret->choices)
		number = ret->numbers[0];
	if (r < 0 || !number || (r = duty_call_get(s, number, &c)) < 0 || !c.matter ||
	    (r = facts_matter(s, who, number, &m)) < 0)
		return r < 0 ? r : 0;
	if ((r = store_get(s, &told, "SELECT count(*) FROM duty_told WHERE matter = ? AND number = ?", "it",
			   number, who->number)) < 0)
		return r;
	ret->number = number;
	ret->state = m.state;
	ret->near = m.near || !m.grid[0];
	ret->waiting = c.waiting;
	ret->told = told > 0;
	ret->mine = !c.waiting &&
		    (!strcmp(c.acked_number, who->number) || (who->person && c.acked_person == who->person));
	text_copy(ret->by, sizeof ret->by, c.acked_name);
	text_copy(ret->phone, sizeof ret->phone, c.caller);
	return 0;
}

int duty_call_list(struct store *s, int64_t since_utc, long limit,
		   int (*row)(void *ctx, const struct duty_call_row *c), void *ctx)
{
	cleanup_query struct query q = {0};
	int r = query_open(s, &q,
			   "SELECT " CALL_COLUMNS ", m.state, coalesce(m.grid, ''),"
			   " (SELECT count(*) FROM duty_told t WHERE t.matter = c.matter)"
			   " FROM duty_call c JOIN matter m ON m.number = c.matter WHERE c.called_utc >= ?"
			   " ORDER BY c.matter DESC LIMIT ?",
			   "II", since_utc, limit > 0 ? (int64_t)limit : (int64_t)-1);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		struct duty_call_row c = {
		    .state = query_text(&q, 12), .grid = query_text(&q, 13), .told = (int)query_int(&q, 14)};
		read_call(&q, &c.call);
		int end = row(ctx, &c);
		if (end)
			return end;
	}
	return r;
}
