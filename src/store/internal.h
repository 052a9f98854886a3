/* For the files of this folder alone: the open database and the short way to a statement. Statements are
 * prepared once and kept (keyed by their text, so pass literals, never text that was put together from values).
 *
 *     cleanup_query struct query q = {0};
 *     int r = query_open(s, &q, "SELECT id, text FROM message_in WHERE number = ? AND id > ?", "tI", number,
 * after); while (r >= 0 && (r = query_next(&q)) == 1) use(query_int(&q, 0), query_text(&q, 1));
 *
 * `types` names the values, one letter each: i int, I int64_t, t const char * (NULL → NULL), T const char * (""
 * → NULL), P int64_t that is NULL when 0 (optional references and times), b bool (as int), n nothing (NULL,
 * takes no argument), d double. */
#pragma once

#include "store/store.h"

#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>

#define STORE_CACHE 512 /* buckets; more statements than that is our own bug */

#define STORE_BUSY_MS 10000

struct store {
	sqlite3 *db;
	char *path;
	struct store *private; /* private.c; NULL until it is needed */
	bool scrub;
	bool refused;            /* the disk was full */
	int disk_errors;         /* commits in a row that ended in -EIO */
	uint64_t events;         /* written by this connection */
	struct airtime *airtime; /* airtime.c: the sums, one for each line; owned */
	bool airtime_pending;    /* they hold what is not committed yet */
	struct store_statement {
		const char *sql; /* owned by the statement */
		sqlite3_stmt *st;
		bool busy;
	} cache[STORE_CACHE];
};

struct query {
	struct store *s;
	sqlite3_stmt *st;
	struct store_statement *cached; /* NULL: ours alone, because the cached one was in use further up */
};

/* Binds and readies. On failure nothing is open. A query that is still open is closed first, so one can be
 * reused. */
int query_open(struct store *s, struct query *q, const char *sql, const char *types, ...);
int query_vopen(struct store *s, struct query *q, const char *sql, const char *types, va_list ap);
/* The same, and on to the first row: -ENOENT when there is none. */
int query_find(struct store *s, struct query *q, const char *sql, const char *types, ...);
int query_next(struct query *q); /* 1: a row, 0: no more, -errno */
void query_close(struct query *q);
#define cleanup_query __attribute__((cleanup(query_close)))

/* Columns of the row at hand, counted from 0. Text is borrowed until the next query_next. */
int64_t query_int(const struct query *q, int column);   /* 0 for NULL */
double query_double(const struct query *q, int column); /* 0 for NULL */
bool query_null(const struct query *q, int column);
const char *query_text(const struct query *q, int column);  /* "" for NULL */
const char *query_text0(const struct query *q, int column); /* NULL for NULL */

/* One statement that returns no rows. */
int store_run(struct store *s, const char *sql, const char *types, ...);
int store_changes(const struct store *s);     /* rows touched by the last store_run */
int64_t store_last_id(const struct store *s); /* rowid of the last INSERT */

/* The first column of the first row. -ENOENT without a row; NULL reads as 0. */
int store_get(struct store *s, int64_t *ret, const char *sql, const char *types, ...);

int store_errno(int sqlite_code); /* SQLite's result code as -errno */
