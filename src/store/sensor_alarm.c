#include "store/sensor_alarm.h"
#include "base/mem.h"
#include "base/text.h"
#include "civic/sensor_ladder.h"
#include "store/event.h"
#include "store/internal.h"
#include "store/line_alarm.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A phone that could not be rung for so long is not rung any more. Its text has left by then, or has failed for good. */
#define RING_LATE_S (30 * MINUTE_S)

static const char *const kinds[SENSOR_ALARM_KIND_COUNT] = {
#define X(id, name) [SENSOR_ALARM_##id] = name,
    SENSOR_ALARM_KINDS(X)
#undef X
};

const char *sensor_alarm_kind_name(enum sensor_alarm_kind k)
{
	return kinds[k];
}

/* ------------------------------------------------------------------------------------------------ rows */

/* A REAL has no letter of its own: as text, which the column's affinity makes a number again. */
static const char *real(bool has, double v, char out[40])
{
	snprintf(out, 40, "%.17g", v);
	return has ? out : NULL;
}

int sensor_alarm_add(struct store *s, const struct sensor_alarm *a, int *ret_number)
{
	char value[40], limit[40];
	int r = store_run(s,
			  "INSERT INTO sensor_alarm (kind, severity, subject, place, grid, label_zh, label_en, "
			  "shown_zh, shown_en,"
			  " bound, detail, value, bound_value, since_utc, begun_utc, flaps, rung_utc, waiting)"
			  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, CAST(?12 AS REAL), CAST(?13 "
			  "AS REAL), ?14, ?15, ?16, ?15, ?17)",
			  "tittttttttt"
			  "tt"
			  "IIbb",
			  kinds[a->kind], a->severity, a->subject, a->place, a->grid, a->label[LANG_ZH],
			  a->label[LANG_EN], a->shown[LANG_ZH], a->shown[LANG_EN], a->bound, a->detail,
			  real(a->has_value, a->value, value), real(*a->bound != 0, a->limit, limit),
			  a->since_utc, a->begun_utc, a->flaps, a->severity != SENSOR_NOTICE);
	if (r >= 0)
		*ret_number = (int)store_last_id(s);
	return r;
}

#define COLUMNS                                                                                                \
	"number, kind, severity, subject, place, grid, label_zh, label_en, shown_zh, shown_en, bound, "        \
	"detail, value,"                                                                                       \
	" bound_value, since_utc, begun_utc, ended_utc, flaps, rung, CASE WHEN waiting THEN rung_utc ELSE"     \
	" 9223372036854775807 END, acked_utc, acked_person, acked_number, acked_name, matter"

static void read_row(const struct query *q, struct sensor_alarm *a)
{
	*a = (struct sensor_alarm){.number = (int)query_int(q, 0),
				   .severity = (int)query_int(q, 2),
				   .has_value = !query_null(q, 12),
				   .value = sqlite3_column_double(q->st, 12),
				   .limit = sqlite3_column_double(q->st, 13),
				   .since_utc = query_int(q, 14),
				   .begun_utc = query_int(q, 15),
				   .ended_utc = query_int(q, 16),
				   .flaps = query_int(q, 17) != 0,
				   .rung = (int)query_int(q, 18),
				   .rung_utc = query_int(q, 19),
				   .acked_utc = query_int(q, 20),
				   .acked_person = query_int(q, 21),
				   .matter = (int)query_int(q, 24)};
	int kind = text_index(kinds, SENSOR_ALARM_KIND_COUNT, query_text(q, 1));
	a->kind = kind < 0 ? SENSOR_ALARM_FAULT : (enum sensor_alarm_kind)kind;
	text_copy(a->subject, sizeof a->subject, query_text(q, 3));
	text_copy(a->place, sizeof a->place, query_text(q, 4));
	text_copy(a->grid, sizeof a->grid, query_text(q, 5));
	text_copy(a->label[LANG_ZH], sizeof a->label[0], query_text(q, 6));
	text_copy(a->label[LANG_EN], sizeof a->label[0], query_text(q, 7));
	text_copy(a->shown[LANG_ZH], sizeof a->shown[0], query_text(q, 8));
	text_copy(a->shown[LANG_EN], sizeof a->shown[0], query_text(q, 9));
	text_copy(a->bound, sizeof a->bound, query_text(q, 10));
	text_copy(a->detail, sizeof a->detail, query_text(q, 11));
	text_copy(a->acked_number, sizeof a->acked_number, query_text(q, 22));
	text_copy(a->acked_name, sizeof a->acked_name, query_text(q, 23));
}

int sensor_alarm_get(struct store *s, int number, struct sensor_alarm *ret)
{
	cleanup_query struct query q = {0};
	int r = query_find(s, &q, "SELECT " COLUMNS " FROM sensor_alarm WHERE number = ?", "i", number);
	if (r < 0)
		return r;
	read_row(&q, ret);
	return 0;
}

int sensor_alarm_matter(struct store *s, int number, int matter)
{
	return store_run(s, "UPDATE sensor_alarm SET matter = ? WHERE number = ?", "ii", matter, number);
}

int sensor_alarm_former(struct store *s, const struct sensor_alarm *a, int64_t since_utc, int *ret_matter)
{
	int64_t matter = 0;
	int r = store_get(s, &matter,
			  "SELECT CASE WHEN ended_utc >= ?4 THEN coalesce(matter, 0) ELSE 0 END FROM"
			  " sensor_alarm WHERE number < ?1 AND subject = ?2 AND kind = ?3"
			  " ORDER BY number DESC LIMIT 1",
			  "ittI", a->number, a->subject, kinds[a->kind], since_utc);
	*ret_matter = (int)matter;
	return r == -ENOENT ? 0 : r;
}

int sensor_alarm_flaps(struct store *s, int number)
{
	return store_run(s, "UPDATE sensor_alarm SET flaps = 1 WHERE number = ?", "i", number);
}

int sensor_alarm_end(struct store *s, int number, int64_t now)
{
	return store_run(
	    s, "UPDATE sensor_alarm SET ended_utc = ?, waiting = 0 WHERE number = ? AND ended_utc IS NULL",
	    "Ii", now, number);
}

int sensor_alarm_rung(struct store *s, int number, int rung, int64_t utc)
{
	return store_run(s, "UPDATE sensor_alarm SET rung = ?, rung_utc = ? WHERE number = ?", "iIi", rung, utc,
			 number);
}

int sensor_alarm_rest(struct store *s, int number)
{
	return store_run(s, "UPDATE sensor_alarm SET waiting = 0 WHERE number = ?", "i", number);
}

int sensor_alarm_ack(struct store *s, int number, int64_t person, const char *phone, const char *name,
		     const struct actor *by, int64_t now, struct sensor_alarm *ret)
{
	int r = sensor_alarm_get(s, number, ret);
	if (r < 0)
		return r;
	if (ret->ended_utc || ret->acked_utc)
		return ret->ended_utc ? -ESTALE : -EALREADY;
	r = store_run(s,
		      "UPDATE sensor_alarm SET acked_utc = ?, acked_person = ?, acked_number = ?, acked_name = "
		      "?, waiting = 0"
		      " WHERE number = ?",
		      "IPtti", now, person, phone, name, number);
	if (r >= 0 && ret->matter)
		r = journal_add(s, ret->matter, "acknowledged", *name ? name : phone, by, now);
	if (r < 0)
		return r;
	return event_add(s, EVENT_SENSOR_ACKNOWLEDGED, by->id,
			 json_pack("{s:i, s:I, s:I}", "alarm", number, "person", (json_int_t)person, "seconds",
				   (json_int_t)(now - ret->begun_utc)),
			 now);
}

int sensor_alarm_each(struct store *s, bool standing, int64_t since_utc, long limit,
		      int (*row)(void *ctx, const struct sensor_alarm *a), void *ctx)
{
	cleanup_query struct query q = {0};
	struct sensor_alarm a;
	int64_t most = limit > 0 ? limit : -1;
	int r = standing ? query_open(s, &q,
				      "SELECT " COLUMNS
				      " FROM sensor_alarm WHERE ended_utc IS NULL ORDER BY number DESC LIMIT ?",
				      "I", most)
			 : query_open(s, &q,
				      "SELECT " COLUMNS
				      " FROM sensor_alarm WHERE begun_utc >= ? ORDER BY number DESC LIMIT ?",
				      "II", since_utc, most);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		read_row(&q, &a);
		int end = row(ctx, &a);
		if (end)
			return end;
	}
	return r;
}

int sensor_alarms_waiting(struct store *s, int *ret, int max)
{
	cleanup_query struct query q = {0};
	int n = 0,
	    r = query_open(s, &q, "SELECT number FROM sensor_alarm WHERE waiting = 1 ORDER BY number LIMIT ?",
			   "i", max);
	while (r >= 0 && n < max && (r = query_next(&q)) == 1)
		ret[n++] = (int)query_int(&q, 0);
	return r < 0 ? r : n;
}

/* ------------------------------------------------------------------------------------------------ who heard */

int sensor_alarm_told_add(struct store *s, int number, const char *phone, int64_t person, int64_t now)
{
	return store_run(
	    s, "INSERT OR IGNORE INTO sensor_alarm_told (alarm, number, person, utc) VALUES (?,?,?,?)", "itPI",
	    number, phone, person, now);
}

int sensor_alarm_told(struct store *s, int number, char (*ret)[E164_MAX], int max)
{
	cleanup_query struct query q = {0};
	int n = 0,
	    r = query_open(s, &q,
			   "SELECT number FROM sensor_alarm_told WHERE alarm = ? ORDER BY utc, number LIMIT ?",
			   "ii", number, max);
	while (r >= 0 && n < max && (r = query_next(&q)) == 1)
		text_copy(ret[n++], E164_MAX, query_text(&q, 0));
	return r < 0 ? r : n;
}

int sensor_case_told(struct store *s, int matter, int64_t person)
{
	int64_t n = 0;
	int r = store_get(
	    s, &n,
	    "SELECT EXISTS (SELECT 1 FROM sensor_alarm a JOIN sensor_alarm_told t ON t.alarm = a.number"
	    " WHERE a.matter = ? AND t.person = ?)",
	    "iI", matter, person);
	return r < 0 ? r : n != 0;
}

int sensor_case_heard(struct store *s, int matter, int64_t person)
{
	int64_t n = 0;
	int r = sensor_case_told(s, matter, person);
	if (r == 0)
		r = store_get(
		    s, &n,
		    "SELECT EXISTS (SELECT 1 FROM person_phone p JOIN message_out o ON o.number = p.number"
		    " WHERE p.person = ?2 AND o.matter = ?1"
		    " AND o.state NOT IN ('cancelled', 'expired', 'failed'))",
		    "iI", matter, person);
	return r < 0 ? r : r || n;
}

int sensor_alarm_cancel_texts(struct store *s, int number, int matter, int64_t now)
{
	char prefix[40];
	snprintf(prefix, sizeof prefix, "sensor:%d:", number);
	int r = line_alarm_cancel_texts(s, prefix, now, NULL);
	if (r >= 0 && matter)
		r = store_run(s,
			      "UPDATE message_out SET state = 'cancelled', done_utc = ?1 WHERE state IN "
			      "('queued', 'sending', "
			      "'uncertain') AND state = 'queued' AND priority = 2 AND matter = ?2"
			      " AND NOT EXISTS (SELECT 1 FROM part_out WHERE message = message_out.id AND "
			      "state <> 'failed')",
			      "Ii", now, matter);
	return r < 0
		   ? r
		   : store_run(s,
			       "UPDATE sensor_ring SET state = 'dropped' WHERE alarm = ? AND state = 'queued'",
			       "i", number);
}

/* ------------------------------------------------------------------------------------------- what a text means */

int facts_sensor_alarm(struct store *s, const struct sender *who, int number, struct alarm_fact *ret)
{
	cleanup_query struct query q = {0};
	struct sensor_alarm a;
	int64_t told = 0, others = 0, any = 0;
	*ret = (struct alarm_fact){0};
	int r = query_open(s, &q,
			   "SELECT a.number FROM sensor_alarm a JOIN sensor_alarm_told t ON t.alarm = a.number "
			   "AND t.number = ?"
			   " WHERE a.ended_utc IS NULL AND a.acked_utc IS NULL ORDER BY a.number DESC",
			   "t", who->number);
	while (r >= 0 && (r = query_next(&q)) == 1)
		if (ret->choices++ < 3)
			ret->numbers[ret->choices - 1] = (int)query_int(&q, 0);
	query_close(&q);
	if (r >= 0)
		r = store_get(s, &any,
			      "SELECT coalesce(max(number), 0) FROM sensor_alarm WHERE ended_utc IS NULL AND "
			      "acked_utc IS NULL",
			      "");
	ret->any = (int)any;
	if (!number)
		number = ret->choices == 1 ? ret->numbers[0] : 0;
	if (r < 0 || !number)
		return r < 0 ? r : 0;
	if ((r = sensor_alarm_get(s, number, &a)) < 0)
		return r == -ENOENT ? 0 : r;
	if ((r = store_get(s, &told, "SELECT count(*) FROM sensor_alarm_told WHERE alarm = ? AND number = ?",
			   "it", number, who->number)) < 0 ||
	    (r = store_get(s, &others, "SELECT count(*) FROM sensor_alarm_told WHERE alarm = ? AND number <> ?",
			   "it", number, who->number)) < 0)
		return r;
	ret->others = (int)others;
	ret->number = number;
	ret->told = told > 0;
	ret->waiting = !a.ended_utc && !a.acked_utc;
	ret->mine = a.acked_utc &&
		    (!strcmp(a.acked_number, who->number) || (who->person && a.acked_person == who->person));
	ret->ended_utc = a.ended_utc;
	text_copy(ret->by, sizeof ret->by, *a.acked_name ? a.acked_name : a.acked_number);
	for (int l = 0; l < 2; l++)
		text_copy(ret->label[l], sizeof ret->label[l], a.label[l]);
	return 0;
}

/* ------------------------------------------------------------------------------------------------ rings */

int sensor_ring_add(struct store *s, int alarm, const char *phone, int64_t now)
{
	return store_run(s,
			 "INSERT INTO sensor_ring (alarm, number, utc) SELECT ?1, ?2, ?3"
			 " WHERE (SELECT count(*) FROM sensor_ring WHERE alarm = ?1 AND number = ?2) < ?4"
			 " AND (SELECT count(*) FROM sensor_ring WHERE alarm = ?1) < ?5",
			 "itIii", alarm, phone, now, SENSOR_RINGS_EACH, SENSOR_RINGS_ALL);
}

int sensor_ring_next(struct store *s, int64_t now, struct sensor_ring *ret)
{
	cleanup_query struct query q = {0};
	*ret = (struct sensor_ring){0};
	int r = query_open(
	    s, &q,
	    "SELECT r.id, r.alarm, r.number, EXISTS (SELECT 1 FROM message_out o WHERE o.state IN ('queued',"
	    " 'sending', 'uncertain') AND o.next_try_utc <> 9223372036854775807 AND o.number = r.number"
	    " AND o.dedupe GLOB 'sensor:' || r.alarm || ':rung *') AS held"
	    " FROM sensor_ring r JOIN sensor_alarm a ON a.number = r.alarm"
	    " WHERE r.state = 'queued' AND r.utc > ? AND a.ended_utc IS NULL AND a.acked_utc IS NULL"
	    " ORDER BY held, r.id LIMIT 1",
	    "I", now - RING_LATE_S);
	if (r < 0 || (r = query_next(&q)) <= 0)
		return r;
	ret->id = query_int(&q, 0);
	ret->alarm = (int)query_int(&q, 1);
	ret->held = query_int(&q, 3) != 0;
	text_copy(ret->number, sizeof ret->number, query_text(&q, 2));
	return 0;
}

int sensor_ring_begin(struct store *s, const struct sensor_ring *ring, const char *modem, int64_t now)
{
	int r = store_run(
	    s, "UPDATE sensor_ring SET state = 'ringing', utc = ?, modem = ? WHERE id = ? AND state = 'queued'",
	    "ItI", now, modem, ring->id);
	return r < 0 ? r : store_changes(s) ? 0 : -ENOENT;
}

static int64_t ring_case(struct store *s, int alarm)
{
	int64_t matter = 0;
	return store_get(s, &matter, "SELECT matter FROM sensor_alarm WHERE number = ?", "i", alarm) ? 0
												     : matter;
}

int sensor_ring_end(struct store *s, const struct sensor_ring *ring, const char *modem, const char *result,
		    int64_t now)
{
	char note[96];
	int64_t matter = ring_case(s, ring->alarm);
	static const struct actor by = {"daemon", CHANNEL_TIMER, 0};
	int r = store_run(s, "UPDATE sensor_ring SET state = 'done', result = ? WHERE id = ?", "tI", result,
			  ring->id);
	snprintf(note, sizeof note, "%s, %s: %.30s", ring->number, modem, result);
	return r < 0 || !matter ? r : journal_add(s, (int)matter, "rung", note, &by, now);
}

/* ------------------------------------------------------------------------------------------------ forgetting */

int sensor_alarm_forget(struct store *s, int64_t before_utc, int *ret_count)
{
	int r =
	    store_run(s, "DELETE FROM sensor_alarm WHERE begun_utc < ?1 AND ended_utc < ?1", "I", before_utc);
	if (r >= 0 && ret_count)
		*ret_count = store_changes(s);
	return r;
}
