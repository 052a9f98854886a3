/* Opening, creating, migrating, transactions. */
#include "store/airtime.h"
#include "store/copies.h"
#include "store/internal.h"
#include "store/schema.h"
#include "base/i18n.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DISK_ERRORS 3           /* commits in a row */
#define SAVED_PAGES (31 * 4100) /* octets: SQLite writes no 128 KB or more at once */

static int exec(struct store *s, const char *sql)
{
	return store_errno(sqlite3_exec(s->db, sql, NULL, NULL, NULL));
}

/* The group of secretaries writes too. SQLite gives -wal and -shm the permissions of the main file, so that it
 * is enough to make that one ourselves, whatever the umask is. */
static int make_file(const char *path)
{
	char dir[PATH_MAX];
	if ((size_t)snprintf(dir, sizeof dir, "%s", path) >= sizeof dir)
		return -ENAMETOOLONG;
	const char *parent = dirname(dir);
	if (mkdir(parent, 0770) == 0) {
		/* a service that may set no such bit (RestrictSUIDSGID=) has its own group as the folder's */
		if (chmod(parent, 02770) != 0 && errno != EPERM)
			return -errno;
	} else if (errno != EEXIST)
		return -errno;
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0660);
	if (fd < 0)
		return errno == EEXIST ? 0 : -errno;
	int r = fchmod(fd, 0660) == 0 ? 0 : -errno;
	close(fd);
	return r;
}

static int user_version(struct store *s, int *ret)
{
	sqlite3_stmt *st;
	int rc = sqlite3_prepare_v2(s->db, "PRAGMA user_version", -1, &st, NULL);
	if (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW)
		*ret = sqlite3_column_int(st, 0);
	sqlite3_finalize(st);
	return store_errno(rc);
}

static int backup(struct store *s, const char *to)
{
	if (unlink(to) != 0 && errno != ENOENT)
		return -errno;
	cleanup_query struct query q = {0};
	int r = query_open(s, &q, "VACUUM INTO ?", "t", to);
	if (r == 0)
		r = query_next(&q);
	if (r == 0 && chmod(to, 0660) != 0)
		r = -errno;
	return r;
}

static int step(struct store *s, int from, struct err *e)
{
	int r = store_begin(s), now;
	if (r)
		return err_set(e, s->path, 0, "cannot be migrated: %s", store_error(s)), r;
	/* somebody else may have been faster while we waited for the lock */
	if ((r = user_version(s, &now)) == 0 && now == from) {
		char pragma[64];
		snprintf(pragma, sizeof pragma, "PRAGMA user_version = %d", from + 1);
		r = exec(s, store_schema[from]);
		if (r == 0)
			r = exec(s, pragma);
		if (r == 0)
			r = store_commit(s);
		if (r)
			err_set(e, s->path, 0, "migration to schema %d failed: %s", from + 1, store_error(s));
	}
	if (r || now != from)
		store_rollback(s);
	return r;
}

/* A database of another program is not touched. A copy has our tables; what is to become ours has none at all. */
static int check_owner(struct store *s, enum store_mode mode, struct err *e)
{
	cleanup_query struct query q = {0};
	/* one statement sees one moment: somebody else may be making them */
	int r = query_open(s, &q,
			   "SELECT user_version, count(name), total(name IN ('meta', 'sequence', 'person'))"
			   " FROM pragma_user_version LEFT JOIN sqlite_schema ON type = 'table'",
			   "");
	if (r < 0 || (r = query_next(&q)) < 0)
		return err_set(e, s->path, 0, "cannot be opened: %s", store_error(s)), r;
	bool ours = query_int(&q, 2) == 3;
	if (query_int(&q, 0) == 0 && mode != STORE_READ_ONLY)
		ours = query_int(&q, 1) == 0;
	if (ours)
		return 0;
	err_set(e, s->path, 0, "is no database of yishi, and stays as it is");
	return -EEXIST;
}

/* *ret: the version it has. */
static int check_version(struct store *s, int *ret, struct err *e)
{
	int r = user_version(s, ret);
	if (r)
		return err_set(e, s->path, 0, "cannot be read: %s", store_error(s)), r;
	if (*ret == store_schema_version)
		return 0;
	err_set(e, s->path, 0,
		*ret > store_schema_version
		    ? N_("has schema %d, this program knows %d; install the version of yishi that wrote it")
		    : N_("has schema %d, this program needs %d; start yishid once to migrate it"),
		*ret, store_schema_version);
	return *ret > store_schema_version ? -EPROTO : -ESTALE;
}

static int migrate(struct store *s, int version, struct err *e)
{
	int r;
	cleanup_free char *before = mem_printf("%s.before-%d", s->path, version + 1);
	if (version > 0 && (r = backup(s, before)))
		return err_set(e, s->path, 0, "no backup before the migration: %s", store_error(s)), r;
	while (version < store_schema_version) {
		if ((r = step(s, version, e)))
			return r;
		if ((r = user_version(s, &version)))
			return r;
	}
	copies_thin_aside(s->path, before);
	/* the log, which never shrinks by itself, is as large as what was made; who reads meanwhile leaves it so */
	sqlite3_busy_timeout(s->db, 0);
	exec(s, "PRAGMA wal_checkpoint (TRUNCATE)");
	sqlite3_busy_timeout(s->db, STORE_BUSY_MS);
	return 0;
}

static int set_up(struct store *s, enum store_mode mode, struct err *e)
{
	sqlite3_extended_result_codes(s->db, 1);
	sqlite3_busy_timeout(s->db, STORE_BUSY_MS);
	int r = check_owner(s, mode, e);
	if (r)
		return r;
	/* a reader needs no journal mode of its own; the file says that it is WAL */
	r = exec(s, mode == STORE_READ_ONLY
			? "PRAGMA query_only = 1"
			: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
			  " PRAGMA secure_delete = ON");
	if (r)
		return err_set(e, s->path, 0, "cannot be opened: %s", store_error(s)), r;
	int version;
	r = check_version(s, &version, e);
	return r == -ESTALE && (mode == STORE_DAEMON || (mode == STORE_TOOL && version == 0))
		   ? migrate(s, version, e)
		   : r;
}

/* Pages as they were when a piece of a transaction began, to undo that piece alone (store_mark), stay in memory up to so many
 * octets: what is beyond, by itself 64 KB, SQLite puts into a nameless file under /var/tmp, which for an answered text was half
 * as much again as its log. For the whole process, before its first database; later it is refused. */
static void keep_saved_pages(void)
{
	sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, SAVED_PAGES);
}

int store_open(const char *path, enum store_mode mode, struct store **ret, struct err *e)
{
	int r = mode == STORE_READ_ONLY ? 0 : make_file(path);
	if (r)
		return err_set(e, path, 0, "cannot be created: %s", err_system(-r)), r;
	keep_saved_pages();
	struct store *s = mem_alloc(sizeof *s);
	s->path = mem_dup(path);
	/* WAL readers write the -shm file, so that even a reader opens for writing where it may */
	int rc = sqlite3_open_v2(path, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	struct stat st;
	if (rc != SQLITE_OK) {
		int why = rc == SQLITE_CANTOPEN ? sqlite3_system_errno(s->db) : 0;
		r = why ? -why : store_errno(rc);
		if (why == ENOENT && lstat(path, &st) == 0)
			err_set(e, path, 0, "is a link to a file that is not there; is its disk mounted?");
		else
			err_set(e, path, 0, "cannot be opened: %s", why ? err_system(why) : store_error(s));
	} else
		r = set_up(s, mode, e);
	if (r) {
		store_close(s);
		return r;
	}
	*ret = s;
	return 0;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	for (int i = 0; i < STORE_CACHE; i++)
		sqlite3_finalize(s->cache[i].st);
	sqlite3_close(s->db);
	store_close(s->private);
	s->airtime_pending = true;
	airtime_undone(s);
	free(s->path);
	free(s);
}

int store_begin(struct store *s)
{
	return store_run(s, "BEGIN IMMEDIATE", "");
}

int store_commit(struct store *s)
{
	int r = store_run(s, "COMMIT", "");
	s->disk_errors = r == -EIO ? s->disk_errors + 1 : 0;
	if (r == 0)
		airtime_kept(s);
	return r;
}

int store_usable(struct store *s)
{
	if (!sqlite3_get_autocommit(s->db))
		return -EDEADLK;
	if (s->disk_errors >= DISK_ERRORS)
		return -EIO;
	sqlite3_busy_timeout(s->db, 0);
	int r = store_begin(s);
	sqlite3_busy_timeout(s->db, STORE_BUSY_MS);
	if (r == 0)
		r = store_run(s, "ROLLBACK", "");
	return r;
}

void store_rollback(struct store *s)
{
	if (!sqlite3_get_autocommit(s->db))
		store_run(s, "ROLLBACK", "");
	airtime_undone(s);
}

int store_trust(struct store *s)
{
	return exec(s, "PRAGMA ignore_check_constraints = 1; PRAGMA foreign_keys = OFF");
}

bool store_look(struct store *s)
{
	return sqlite3_get_autocommit(s->db) && store_run(s, "BEGIN", "") == 0;
}

void store_looked(struct store *s, bool look)
{
	if (look && store_run(s, "COMMIT", ""))
		store_rollback(s);
}

int store_mark(struct store *s)
{
	/* a full disk may have ended the transaction: on its own a piece would be committed, and its caller told that
	 * nothing was */
	if (sqlite3_get_autocommit(s->db))
		return -EIO;
	return store_run(s, "SAVEPOINT piece", "");
}

int store_keep(struct store *s)
{
	return store_run(s, "RELEASE piece", "");
}

void store_undo(struct store *s)
{
	airtime_undone(s);
	/* some failures have ended the whole transaction already */
	if (sqlite3_get_autocommit(s->db))
		return;
	store_run(s, "ROLLBACK TO piece", "");
	store_run(s, "RELEASE piece", "");
}

const char *store_error(const struct store *s)
{
	switch (sqlite3_errcode(s->db) & 0xff) {
	case SQLITE_NOTADB:
		return _("the file is no database");
	case SQLITE_CORRUPT:
		return _("the file is damaged; put a backup in its place");
	case SQLITE_READONLY:
		return _("the file can only be read");
	case SQLITE_CANTOPEN:
		return _("the file or its folder cannot be opened");
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return _("the database is busy");
	case SQLITE_FULL:
		return _("the disk is full");
	case SQLITE_IOERR:
		return _("reading or writing failed");
	}
	return sqlite3_errmsg(s->db);
}

bool store_refused(struct store *s)
{
	bool refused = s->refused;
	s->refused = false;
	return refused;
}

const char *store_path(const struct store *s)
{
	return s->path;
}
