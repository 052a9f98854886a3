/* Statements: prepared once, found again by their text, bound from a list of letters. */
#include "store/internal.h"
#include "base/mem.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int store_errno(int code)
{
	switch (code & 0xFF) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return 0;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_CONSTRAINT:
		return -EEXIST;
	case SQLITE_READONLY:
		return -EROFS;
	case SQLITE_CANTOPEN:
		return -ENOENT;
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return -EACCES;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return -EBADMSG;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_INTERRUPT:
		return -EINTR;
	case SQLITE_MISUSE:
	case SQLITE_RANGE:
	case SQLITE_ERROR:
		return -EINVAL;
	}
	return -EIO;
}

static size_t bucket_of(const char *sql)
{
	uint64_t h = 1469598103934665603u;
	for (; *sql; sql++)
		h = (h ^ (uint8_t)*sql) * 1099511628211u;
	return (size_t)(h % STORE_CACHE);
}

static int find(struct store *s, struct query *q, const char *sql)
{
	size_t start = bucket_of(sql), i = start;
	while (s->cache[i].st && strcmp(s->cache[i].sql, sql) != 0) {
		i = (i + 1) % STORE_CACHE;
		assert(i != start);
	}
	struct store_statement *c = &s->cache[i];
	sqlite3_stmt *st = c->st;
	if (!st || c->busy) {
		int rc = sqlite3_prepare_v3(s->db, sql, -1, c->st ? 0 : SQLITE_PREPARE_PERSISTENT, &st, NULL);
		if (rc != SQLITE_OK)
			return store_errno(rc);
	}
	if (!c->st)
		*c = (struct store_statement){.sql = sqlite3_sql(st), .st = st};
	q->s = s;
	q->st = st;
	q->cached = c->st == st ? c : NULL;
	if (q->cached)
		c->busy = true;
	return 0;
}

static int bind_text(sqlite3_stmt *st, int i, const char *t)
{
	return t ? sqlite3_bind_text(st, i, t, -1, SQLITE_TRANSIENT) : sqlite3_bind_null(st, i);
}

static int bind(sqlite3_stmt *st, const char *types, va_list ap)
{
	int rc = SQLITE_OK;
	for (int i = 1; *types && rc == SQLITE_OK; types++, i++) {
		int64_t v;
		const char *t;
		switch (*types) {
		case 'i':
		case 'b':
			rc = sqlite3_bind_int(st, i, va_arg(ap, int));
			break;
		case 'I':
			rc = sqlite3_bind_int64(st, i, va_arg(ap, int64_t));
			break;
		case 'P':
			v = va_arg(ap, int64_t);
			rc = v ? sqlite3_bind_int64(st, i, v) : sqlite3_bind_null(st, i);
			break;
		case 'd':
			rc = sqlite3_bind_double(st, i, va_arg(ap, double));
			break;
		case 't':
			rc = bind_text(st, i, va_arg(ap, const char *));
			break;
		case 'T':
			t = va_arg(ap, const char *);
			rc = bind_text(st, i, t && *t ? t : NULL);
			break;
		case 'n':
			break;
		default:
			abort(); /* no such letter: our own bug */
		}
	}
	return rc;
}

int query_vopen(struct store *s, struct query *q, const char *sql, const char *types, va_list ap)
{
	query_close(q);
	int r = find(s, q, sql);
	if (r)
		return r;
	assert((int)strlen(types) == sqlite3_bind_parameter_count(q->st));
	r = store_errno(bind(q->st, types, ap));
	if (r)
		query_close(q);
	return r;
}

int query_open(struct store *s, struct query *q, const char *sql, const char *types, ...)
{
	va_list ap;
	va_start(ap, types);
	int r = query_vopen(s, q, sql, types, ap);
	va_end(ap);
	return r;
}

static int first(struct store *s, struct query *q, const char *sql, const char *types, va_list ap)
{
	int r = query_vopen(s, q, sql, types, ap);
	if (!r)
		r = query_next(q);
	return r == 1 ? 0 : r ? r : -ENOENT;
}

int query_find(struct store *s, struct query *q, const char *sql, const char *types, ...)
{
	va_list ap;
	va_start(ap, types);
	int r = first(s, q, sql, types, ap);
	va_end(ap);
	return r;
}

int query_next(struct query *q)
{
	int rc = sqlite3_step(q->st);
	q->s->refused |= (rc & 0xFF) == SQLITE_FULL;
	return rc == SQLITE_ROW ? 1 : store_errno(rc);
}

void query_close(struct query *q)
{
	if (!q->st)
		return;
	if (q->cached) {
		sqlite3_reset(q->st);
		sqlite3_clear_bindings(q->st);
		q->cached->busy = false;
	} else
		sqlite3_finalize(q->st);
	*q = (struct query){0};
}

int64_t query_int(const struct query *q, int column)
{
	return sqlite3_column_int64(q->st, column);
}

double query_double(const struct query *q, int column)
{
	return sqlite3_column_double(q->st, column);
}

bool query_null(const struct query *q, int column)
{
	return sqlite3_column_type(q->st, column) == SQLITE_NULL;
}

const char *query_text0(const struct query *q, int column)
{
	return (const char *)sqlite3_column_text(q->st, column);
}

const char *query_text(const struct query *q, int column)
{
	const char *t = query_text0(q, column);
	return t ? t : "";
}

int store_run(struct store *s, const char *sql, const char *types, ...)
{
	cleanup_query struct query q = {0};
	va_list ap;
	va_start(ap, types);
	int r = query_vopen(s, &q, sql, types, ap);
	va_end(ap);
	while (r >= 0 && (r = query_next(&q)) == 1)
		;
	return r;
}

int store_get(struct store *s, int64_t *ret, const char *sql, const char *types, ...)
{
	cleanup_query struct query q = {0};
	va_list ap;
	va_start(ap, types);
	int r = first(s, &q, sql, types, ap);
	va_end(ap);
	if (!r)
		*ret = query_int(&q, 0);
	return r;
}

int store_changes(const struct store *s)
{
	return sqlite3_changes(s->db);
}

int64_t store_last_id(const struct store *s)
{
	return sqlite3_last_insert_rowid(s->db);
}
