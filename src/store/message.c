#include "store/message.h"

#include "base/mem.h"
#include "store/internal.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

/* The same columns of both tables. */
#define IN_COLUMNS                                                                                             \
	"m.id AS id, 0 AS out, m.number AS number, m.text AS text, m.kind AS kind, m.state AS state,"          \
	" m.modem AS modem, '' AS reason, m.parts AS segments, m.missing AS missing, m.received_utc AS "       \
	"created,"                                                                                             \
	" m.sent_utc AS sent, 0 AS answers, 0 AS broadcast, 0 AS meeting,"                                     \
	" (SELECT max(number) FROM matter WHERE message = m.id) AS matter, NULL AS not_after, 0 AS "           \
	"not_before,"                                                                                          \
	" m.intents AS intents, '' AS report, -1 AS st"
#define OUT_COLUMNS                                                                                            \
	"m.id AS id, 1 AS out, m.number AS number, replace(m.text, coalesce(m.secret, ''), '******') AS text," \
	" m.class AS kind, m.state AS state,"                                                                  \
	" m.modem AS modem, m.reason AS reason, m.segments AS segments, 0 AS missing, m.created_utc AS "       \
	"created,"                                                                                             \
	" m.sent_utc AS sent, m.answers AS answers, m.broadcast AS broadcast, m.meeting AS meeting,"           \
	" m.matter AS matter, m.not_after_utc AS not_after, m.not_before_utc AS not_before, NULL AS intents,"  \
	" CASE m.report_missing WHEN 1 THEN 'missing' WHEN 2 THEN 'unasked' ELSE '' END AS report,"            \
	" coalesce((SELECT max(report_st) FROM part_out WHERE message = m.id), -1) AS st"
#define NAME                                                                                                   \
	", (SELECT p.name FROM person_phone pp JOIN person p ON p.id = pp.person WHERE pp.number = m.number"   \
	"   AND p.forgotten_utc IS NULL ORDER BY p.id LIMIT 1) AS name"
/* ?1 direction, ?2 number, ?3 state, ?4 since, ?5 broadcast, ?6 also of muted phones. What a list asks for is said once
 * more in `narrow`, without "?n IS NULL OR": only then is an index used. */
#define IN_ROWS(narrow)                                                                                        \
	"SELECT " IN_COLUMNS NAME " FROM message_in m WHERE " narrow                                           \
	" AND ?1 <= 0 AND m.private = 0 AND (?2 IS NULL OR m.number = ?2) AND (?3 IS NULL OR m.state = ?3)"    \
	" AND m.received_utc >= ?4 AND ?5 = 0"                                                                 \
	" AND (?6 OR NOT EXISTS (SELECT 1 FROM phone WHERE phone.number = m.number AND muted))"
#define OUT_ROWS(narrow)                                                                                       \
	"SELECT " OUT_COLUMNS NAME " FROM message_out m WHERE " narrow                                         \
	" AND ?1 >= 0 AND (?2 IS NULL OR m.number = ?2) AND (?3 IS NULL OR m.state = ?3)"                      \
	" AND m.created_utc >= ?4 AND (?5 = 0 OR m.broadcast = ?5)"
/* The newest ?7 of both. */
#define NEWEST(in, out)                                                                                        \
	"SELECT * FROM (SELECT * FROM (" IN_ROWS(                                                              \
	    in) " ORDER BY m.id DESC LIMIT ?7) UNION ALL"                                                      \
		" SELECT * FROM (" OUT_ROWS(                                                                   \
		    out) " ORDER BY m.id DESC LIMIT ?7)"                                                       \
			 " ORDER BY created DESC, out DESC, id DESC LIMIT ?7) ORDER BY created, out, id"
#define PENDING "m.state IN ('queued', 'sending', 'uncertain')"
#define FAILED  "m.state IN ('failed', 'expired', 'cancelled')"

enum list { LIST_ALL, LIST_NEWEST, LIST_NUMBER, LIST_BROADCAST, LIST_PENDING, LIST_FAILED };
static const char *const list_sql[] = {
    /* in the order of an index on either side, so that millions go through without being held */
    [LIST_ALL] = IN_ROWS("?7 <> 0") " UNION ALL " OUT_ROWS("true") " ORDER BY created, out, id",
    [LIST_NEWEST] = NEWEST("true", "true"),
    [LIST_NUMBER] = NEWEST("m.number = ?2", "m.number = ?2"),
    [LIST_BROADCAST] = NEWEST("m.id = 0", "m.broadcast = ?5"),
    [LIST_PENDING] = NEWEST("m.state = 'stored'", PENDING),
    [LIST_FAILED] = NEWEST("m.id = 0", FAILED),
};

static enum list list_for(const struct message_filter *f)
{
	static const char *const pending[] = {"queued", "sending", "uncertain", "stored"}, *const failed[] = {
											       "failed",
											       "expired",
											       "cancelled"};
	if (f->number)
		return LIST_NUMBER;
	if (f->broadcast)
		return LIST_BROADCAST;
	for (size_t i = 0; f->state && i < ARRAY_LEN(pending); i++)
		if (!strcmp(f->state, pending[i]))
			return LIST_PENDING;
	for (size_t i = 0; f->state && i < ARRAY_LEN(failed); i++)
		if (!strcmp(f->state, failed[i]))
			return LIST_FAILED;
	return f->limit == LONG_MAX ? LIST_ALL : LIST_NEWEST;
}

/* TS 23.040 9.2.3.15; a reserved value is a service that was rejected (99). */
static const char *report_word(int st)
{
	return st < 32 ? "arrived" : st < 64 ? "trying" : st < 96 ? "permanent" : "temporary";
}

static int walk(struct query *q, int r, int (*row)(void *ctx, const struct message *m), void *ctx,
		int *ret_rows)
{
	while (r >= 0 && (r = query_next(q)) == 1) {
		struct message m = {.id = query_int(q, 0),
				    .out = query_int(q, 1) != 0,
				    .number = query_text(q, 2),
				    .text = query_text0(q, 3),
				    .kind = query_text(q, 4),
				    .state = query_text(q, 5),
				    .modem = query_text(q, 6),
				    .reason = query_text(q, 7),
				    .segments = (int)query_int(q, 8),
				    .missing = (int)query_int(q, 9),
				    .created_utc = query_int(q, 10),
				    .sent_utc = query_int(q, 11),
				    .answers = query_int(q, 12),
				    .broadcast = query_int(q, 13),
				    .meeting = query_int(q, 14),
				    .matter = (int)query_int(q, 15),
				    .not_after_utc = query_int(q, 16),
				    .not_before_utc = query_int(q, 17),
				    .intents = query_text0(q, 18),
				    .report = query_text(q, 19),
				    .report_st = (int)query_int(q, 20),
				    .name = query_text(q, 21)};
		if (m.report_st >= 0)
			m.report = report_word(m.report_st);
		int stop = row(ctx, &m);
		++*ret_rows;
		if (stop)
			return stop;
	}
	return r;
}

int message_list(struct store *s, const struct message_filter *f,
		 int (*row)(void *ctx, const struct message *m), void *ctx)
{
	cleanup_query struct query q = {0};
	int rows = 0;
	int r =
	    query_open(s, &q, list_sql[list_for(f)], "ittIIbI", f->direction, f->number, f->state, f->since_utc,
		       f->broadcast, f->muted, f->limit == LONG_MAX ? (int64_t)-1 : (int64_t)f->limit);
	return walk(&q, r, row, ctx, &rows);
}

int message_get(struct store *s, int64_t id, int (*row)(void *ctx, const struct message *m), void *ctx)
{
	cleanup_query struct query q = {0};
	int rows = 0;
	int r =
	    query_open(s, &q,
		       id % 2 ? "SELECT " OUT_COLUMNS NAME " FROM message_out m WHERE m.id = ?"
			      : "SELECT " IN_COLUMNS NAME " FROM message_in m WHERE m.id = ? AND m.private = 0",
		       "I", id);
	r = walk(&q, r, row, ctx, &rows);
	return r == 0 && rows == 0 ? -ENOENT : r;
}
