/* Opening, migrating, refusing; statements; and that every schema so far is taken up with its rows. */
#include "store/airtime.h"
#include "store/internal.h"
#include "store/inbox.h"
#include "store/outbox.h"
#include "store/schema.h"
#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct place {
	char dir[64], db[128];
};

static int make_place(void **state)
{
	struct place *p = mem_alloc(sizeof *p);
	strcpy(p->dir, "/tmp/yishi-store-XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	snprintf(p->db, sizeof p->db, "%s/new/yishi.db", p->dir);
	*state = p;
	return 0;
}

static int drop_place(void **state)
{
	struct place *p = *state;
	char command[128];
	snprintf(command, sizeof command, "rm -rf '%s'", p->dir);
	assert_int_equal(system(command), 0);
	free(p);
	return 0;
}

static struct store *open_ok(const char *path, enum store_mode mode)
{
	struct store *s = NULL;
	struct err e = {0};
	if (store_open(path, mode, &s, &e) != 0)
		fail_msg("%s", e.text);
	return s;
}

static int64_t get(struct store *s, const char *sql)
{
	int64_t v = -1;
	assert_int_equal(store_get(s, &v, sql, ""), 0);
	return v;
}

static void test_new(void **state)
{
	struct place *p = *state;
	struct stat st;
	mode_t before = umask(0077);
	struct store *s = open_ok(p->db, STORE_DAEMON);
	assert_int_equal(get(s, "PRAGMA user_version"), store_schema_version);
	assert_int_equal(get(s, "PRAGMA foreign_keys"), 1);
	assert_int_equal(get(s, "PRAGMA synchronous"), 2);
	assert_int_equal(store_run(s, "INSERT INTO meta VALUES ('a', ?)", "t", "b"), 0);
	char wal[160], dir[80];
	snprintf(wal, sizeof wal, "%s-wal", p->db);
	snprintf(dir, sizeof dir, "%s/new", p->dir);
	assert_int_equal(stat(p->db, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0660);
	assert_int_equal(stat(wal, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0660);
	assert_true(st.st_size < 16384); /* what was made is in the database, not in its log */
	assert_int_equal(stat(dir, &st), 0);
	assert_int_equal(st.st_mode & 07777, 02770);
	umask(before);
	store_close(s);
	s = open_ok(p->db, STORE_READ_ONLY);
	assert_int_equal(get(s, "SELECT count(*) FROM meta WHERE value = 'b'"), 1);
	assert_true(store_run(s, "INSERT INTO meta VALUES ('c', 'd')", "") < 0);
	store_close(s);
}

static void test_refused(void **state)
{
	struct place *p = *state;
	struct store *s = open_ok(p->db, STORE_DAEMON), *none = NULL;
	struct err e = {0};
	assert_int_equal(store_run(s, "PRAGMA user_version = 999", ""), 0);
	store_close(s);
	assert_int_equal(store_open(p->db, STORE_DAEMON, &none, &e), -EPROTO);
	assert_non_null(strstr(e.text, "999"));
	assert_int_equal(store_open(p->db, STORE_READ_ONLY, &none, &e), -EPROTO);
	assert_null(none);
	char missing[160];
	snprintf(missing, sizeof missing, "%s/nothing.db", p->dir);
	assert_int_equal(store_open(missing, STORE_READ_ONLY, &none, &e), -ENOENT);
	assert_int_equal(store_open(p->dir, STORE_TOOL, &none, &e), -EISDIR);
	assert_non_null(strstr(e.text, "folder"));
	char link[160];
	snprintf(link, sizeof link, "%s/link.db", p->dir);
	assert_int_equal(symlink("nothing.db", link), 0);
	assert_int_equal(store_open(link, STORE_DAEMON, &none, &e), -ENOENT);
	assert_non_null(strstr(e.text, "link"));
	unlink(link);
}

/* Of another program, whatever version it counts; it stays as it is. */
static void test_foreign(void **state)
{
	static const enum store_mode modes[] = {STORE_READ_ONLY, STORE_TOOL, STORE_DAEMON};
	struct place *p = *state;
	struct store *none = NULL;
	struct err e = {0};
	char path[160], pragma[100];
	for (int version = 0; version <= store_schema_version + 1; version++) {
		sqlite3 *db;
		snprintf(path, sizeof path, "%s/foreign-%d.db", p->dir, version);
		snprintf(pragma, sizeof pragma, "CREATE TABLE person (name); PRAGMA user_version = %d",
			 version);
		assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
		assert_int_equal(sqlite3_exec(db, pragma, NULL, NULL, NULL), SQLITE_OK);
		sqlite3_close(db);
		struct stat before, after;
		assert_int_equal(stat(path, &before), 0);
		for (size_t i = 0; i < ARRAY_LEN(modes); i++)
			assert_int_equal(store_open(path, modes[i], &none, &e), -EEXIST);
		assert_non_null(strstr(e.text, "no database of yishi"));
		assert_int_equal(stat(path, &after), 0);
		assert_memory_equal(&before.st_mtim, &after.st_mtim, sizeof before.st_mtim);
	}
}

/* A database of schema n with a row in what each schema had from the start, made by the migrations up to n. */
static void make_old(const char *path, int version)
{
	sqlite3 *db;
	char *why = NULL, pragma[64];
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	for (int i = 0; i < version; i++)
		if (sqlite3_exec(db, store_schema[i], NULL, NULL, &why) != SQLITE_OK)
			fail_msg("schema %d: %s", i + 1, why);
	snprintf(pragma, sizeof pragma, "PRAGMA user_version = %d", version);
	assert_int_equal(sqlite3_exec(db, pragma, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(
		db,
		"INSERT INTO grid VALUES ('KS', 'x', NULL);"
		"INSERT INTO phone (number) VALUES ('+8613800138000');"
		"INSERT INTO message_in (id, number, text, modem, received_utc) VALUES (2, '+8613800138000', "
		"'t', 'm', 1);"
		"INSERT INTO message_out (id, number, text, class, priority, alphabet, segments, created_utc)"
		" VALUES (1, '+8613800138000', 't', 'reply', 1, 'gsm7', 1, 1)",
		NULL, NULL, &why),
	    SQLITE_OK);
	sqlite3_close(db);
}

static void test_every_schema_so_far(void **state)
{
	struct place *p = *state;
	char path[128], backup[160];
	for (int v = 1; v <= store_schema_version; v++) {
		snprintf(path, sizeof path, "%s/old-%d.db", p->dir, v);
		make_old(path, v);
		struct store *s = open_ok(path, STORE_DAEMON);
		assert_int_equal(get(s, "PRAGMA user_version"), store_schema_version);
		assert_int_equal(get(s, "SELECT count(*) FROM message_in"), 1);
		assert_int_equal(get(s, "SELECT count(*) FROM message_out"), 1);
		cleanup_query struct query q = {0};
		assert_int_equal(query_open(s, &q, "PRAGMA integrity_check", ""), 0);
		assert_int_equal(query_next(&q), 1);
		assert_string_equal(query_text(&q, 0), "ok");
		query_close(&q);
		store_close(s);
		snprintf(backup, sizeof backup, "%s.before-%d", path, v + 1);
		assert_int_equal(access(backup, F_OK) == 0, v < store_schema_version);
	}
}

/* What a queue of schema 1 said about lines, and what its quotas had counted. */
static void test_lines_of_schema_1(void **state)
{
	struct place *p = *state;
	char path[128];
	snprintf(path, sizeof path, "%s/lines.db", p->dir);
	make_old(path, 1);
	sqlite3 *db;
	char *why = NULL;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(
		db,
		"INSERT INTO line (name, iccid) VALUES ('a', '8986'), ('b', '');"
		"INSERT INTO airtime VALUES ('a', 1795298400, 7, 2), ('b', 1795298400, 4, 0), ('b', "
		"1795294800, 1, 1);"
		"INSERT INTO message_out (id, number, text, class, priority, alphabet, segments, created_utc, "
		"modem,"
		" state) VALUES (3, '+8613800138000', 't', 'broadcast', 3, 'ucs2', 3, 1, 'a', 'queued'),"
		" (5, '+8613800138000', 't', 'broadcast', 3, 'ucs2', 3, 1, 'b', 'sending'),"
		" (7, '+8613800138000', 't', 'reply', 1, 'ucs2', 1, 1, 'b', 'queued'),"
		" (9, '+8613800138000', 't', 'broadcast', 3, 'ucs2', 1, 1, 'b', 'uncertain');"
		"INSERT INTO part_out (message, part, state, modem, started_utc) VALUES (3, 1, 'sent', 'a', 1),"
		" (3, 2, 'failed', 'a', 1), (5, 1, 'sending', 'b', 1), (7, 1, 'failed', 'b', 1),"
		" (9, 1, 'uncertain', 'b', 1);",
		NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s", why);
	sqlite3_close(db);
	struct store *s = open_ok(path, STORE_DAEMON);
	/* parts have left: bound to the SIM, or to the modem where it does not tell its SIM */
	assert_int_equal(get(s, "SELECT count(*) FROM message_out WHERE id = 3 AND bound = '8986'"), 1);
	assert_int_equal(get(s, "SELECT count(*) FROM message_out WHERE id = 5 AND bound = 'b'"), 1);
	/* a reply that failed on a line may go by any; whole ones are not bound */
	assert_int_equal(
	    get(s, "SELECT count(*) FROM message_out WHERE id = 7 AND bound IS NULL AND prefer = 'b'"), 1);
	assert_int_equal(get(s, "SELECT count(*) FROM message_out WHERE id = 9 AND bound IS NULL"), 1);
	/* no segment is forgotten, and none comes back before the hour that it left in is an hour ago */
	assert_int_equal(get(s, "SELECT sum(segments) FROM airtime"), 12);
	assert_int_equal(get(s, "SELECT segments FROM airtime WHERE line = '8986' AND class = 1 AND minute = "
				"1795298400 / 60 + 59"),
			 2);
	const struct quota_window *used;
	assert_int_equal(airtime_get(s, "8986", 1795298400 + 3600 + 1800, &used), 0);
	assert_int_equal(used->hour[OUTBOX_BROADCAST], 5);
	assert_int_equal(airtime_get(s, "b", 1795298400 + 1800, &used), 0);
	assert_int_equal(quota_sum(used->day), 5);
	store_close(s);
}

static void test_statements(void **state)
{
	struct place *p = *state;
	struct store *s = open_ok(p->db, STORE_DAEMON);
	static const char insert[] = "INSERT INTO meta VALUES (?, ?)";
	assert_int_equal(store_run(s, insert, "tt", "a", "1"), 0);
	assert_int_equal(store_run(s, insert, "tt", "a", "1"), -EEXIST);
	assert_int_equal(store_run(s, insert, "tt", "b", "2"), 0);
	/* the same statement inside itself */
	cleanup_query struct query outer = {0};
	assert_int_equal(query_open(s, &outer, "SELECT key FROM meta WHERE key IN ('a', 'b') ORDER BY key", ""),
			 0);
	int seen = 0;
	while (query_next(&outer) == 1) {
		cleanup_query struct query inner = {0};
		assert_int_equal(
		    query_open(s, &inner, "SELECT key FROM meta WHERE key IN ('a', 'b') ORDER BY key", ""), 0);
		while (query_next(&inner) == 1)
			seen++;
	}
	assert_int_equal(seen, 4);
	int64_t v = 7;
	assert_int_equal(store_get(s, &v, "SELECT 1 FROM meta WHERE key = ?", "t", "none"), -ENOENT);
	assert_int_equal(v, 7);
	query_close(&outer);
	/* rolled back, and harmless after a commit */
	assert_int_equal(store_begin(s), 0);
	assert_int_equal(store_run(s, insert, "tt", "c", "3"), 0);
	store_rollback(s);
	store_rollback(s);
	assert_int_equal(get(s, "SELECT count(*) FROM meta WHERE key IN ('a', 'b', 'c')"), 2);
	store_close(s);
}

/* What a full disk may do by itself: the rest must not be committed piece by piece. */
static void test_piece_without_transaction(void **state)
{
	struct place *p = *state;
	struct store *s = open_ok(p->db, STORE_DAEMON);
	assert_int_equal(store_mark(s), -EIO);
	assert_int_equal(store_begin(s), 0);
	assert_int_equal(store_mark(s), 0);
	assert_int_equal(store_run(s, "ROLLBACK", ""), 0);
	store_undo(s);
	assert_int_equal(store_mark(s), -EIO);
	assert_true(store_commit(s) < 0);
	store_rollback(s);
	store_close(s);
}

/* Files of SQLite's that are open and have no name any more. */
static int temporary_files(void)
{
	int n = 0;
	DIR *d = opendir("/proc/self/fd");
	assert_non_null(d);
	for (const struct dirent *e; (e = readdir(d));) {
		char to[300] = "";
		n += readlinkat(dirfd(d), e->d_name, to, sizeof to - 1) > 0 && strstr(to, "etilqs") != NULL;
	}
	closedir(d);
	return n;
}

/* What undoes a piece of a usual size wears no flash. */
static void test_piece_is_kept_in_memory(void **state)
{
	struct place *p = *state;
	struct store *s = open_ok(p->db, STORE_DAEMON);
	assert_int_equal(store_run(s,
				   "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 25)"
				   " INSERT INTO meta SELECT 'page' || i, printf('%3000d', i) FROM n",
				   ""),
			 0);
	assert_int_equal(store_begin(s), 0);
	assert_int_equal(store_mark(s), 0);
	assert_int_equal(store_run(s, "UPDATE meta SET value = upper(value) || 'x' WHERE key LIKE 'page%'", ""),
			 0);
	assert_int_equal(temporary_files(), 0);
	store_undo(s);
	assert_int_equal(store_commit(s), 0);
	assert_int_equal(get(s, "SELECT count(*) FROM meta WHERE key LIKE 'page%' AND value LIKE '%x'"), 0);
	assert_int_equal(get(s, "SELECT sum(CAST(trim(value) AS INT)) FROM meta WHERE key LIKE 'page%'"), 325);
	store_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_new, make_place, drop_place),
	    cmocka_unit_test_setup_teardown(test_foreign, make_place, drop_place),
	    cmocka_unit_test_setup_teardown(test_refused, make_place, drop_place),
	    cmocka_unit_test_setup_teardown(test_every_schema_so_far, make_place, drop_place),
	    cmocka_unit_test_setup_teardown(test_lines_of_schema_1, make_place, drop_place),
	    cmocka_unit_test_setup_teardown(test_statements, make_place, drop_place),
	    cmocka_unit_test_setup_teardown(test_piece_without_transaction, make_place, drop_place),
	    cmocka_unit_test_setup_teardown(test_piece_is_kept_in_memory, make_place, drop_place),
	};
	return cmocka_run_group_tests_name("db", tests, NULL, NULL);
}
