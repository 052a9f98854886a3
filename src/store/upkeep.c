#include "store/upkeep.h"

#include "base/mem.h"
#include "store/internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int upkeep_check(struct store *s, int (*finding)(void *ctx, const char *line), void *ctx, int *ret_count)
{
	cleanup_query struct query q = {0};
	int count = 0, stop = 0;
	int r = query_open(s, &q, "PRAGMA integrity_check", "");
	while (!stop && r >= 0 && (r = query_next(&q)) == 1)
		if (strcmp(query_text(&q, 0), "ok") != 0) {
			count++;
			stop = finding(ctx, query_text(&q, 0));
		}
	if (r >= 0 && !stop)
		r = query_open(s, &q, "PRAGMA foreign_key_check", "");
	while (!stop && r >= 0 && (r = query_next(&q)) == 1) {
		cleanup_free char *line =
		    mem_printf("%s row %lld refers to a missing row of %s", query_text(&q, 0),
			       (long long)query_int(&q, 1), query_text(&q, 2));
		count++;
		stop = finding(ctx, line);
	}
	if (r == -EBADMSG) { /* so spoiled that it cannot be looked through */
		count += !count;
		r = 0;
	}
	if (r >= 0)
		*ret_count = count;
	return r < 0 ? r : stop;
}

int upkeep_backup(struct store *s, const char *to)
{
	if (access(to, F_OK) == 0)
		return -EEXIST;
	/* a copy that was begun and not ended must not look like one */
	cleanup_free char *part = mem_printf("%s.part", to);
	unlink(part);
	int r = store_run(s, "VACUUM INTO ?", "t", part);
	if (!r && (chmod(part, 0660) || rename(part, to)))
		r = -errno;
	if (r)
		unlink(part);
	return r;
}

void upkeep_wind_log(struct store *s)
{
	sqlite3_busy_timeout(s->db, 0);
	sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_RESTART, NULL, NULL);
	sqlite3_busy_timeout(s->db, STORE_BUSY_MS);
}

int upkeep_vacuum(struct store *s)
{
	int r = store_run(s, "VACUUM", "");
	return r ? r : store_run(s, "PRAGMA wal_checkpoint (TRUNCATE)", "");
}

int upkeep_scrub(struct store *s)
{
	int64_t busy = 0;
	int r = store_get(s, &busy, "PRAGMA wal_checkpoint (TRUNCATE)", "");
	return r < 0 ? r : busy == 0;
}

/* The name comes from the schema, not from a stranger; still it is quoted, and asked past the cache of
 * statements. */
static int rows_of(struct store *s, const char *name, int64_t *ret)
{
	/* what is only ever appended to, and much: its numbers have no gaps */
	bool log = !strcmp(name, "event") || !strcmp(name, "journal");
	char *sql =
	    sqlite3_mprintf(log ? "SELECT coalesce((SELECT max(id) FROM \"%w\") - min(id) + 1, 0) FROM \"%w\""
				: "SELECT count(*) FROM \"%w\"",
			    name, name);
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(s->db, sql, -1, &st, NULL);
	if (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW)
		*ret = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	sqlite3_free(sql);
	return store_errno(rc);
}

int upkeep_tables(struct store *s, int (*table)(void *ctx, const char *name, int64_t rows), void *ctx)
{
	cleanup_query struct query q = {0};
	int r = query_open(
	    s, &q,
	    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY rowid",
	    "");
	while (r >= 0 && (r = query_next(&q)) == 1) {
		int64_t rows = 0;
		r = rows_of(s, query_text(&q, 0), &rows);
		if (!r && (r = table(ctx, query_text(&q, 0), rows)))
			return r;
	}
	return r;
}

int upkeep_size(struct store *s, struct upkeep_size *ret)
{
	int64_t page, pages, unused, version;
	int r = store_get(s, &page, "PRAGMA page_size", "");
	if (!r)
		r = store_get(s, &pages, "PRAGMA page_count", "");
	if (!r)
		r = store_get(s, &unused, "PRAGMA freelist_count", "");
	if (!r)
		r = store_get(s, &version, "PRAGMA user_version", "");
	if (!r)
		*ret = (struct upkeep_size){page * pages, page * unused, (int)version};
	return r;
}
