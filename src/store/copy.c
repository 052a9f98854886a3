#include "store/copy.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "store/backup.h"
#include "store/copies.h"
#include "store/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE_PAGES 64
#define SYNC_PAGES  1024
#define CHECK_STEPS 20000 /* of SQLite's machine, between two rests */

const struct copy_pace copy_hurry = {0};

static void rest(const struct copy_pace *p, int64_t since_ms)
{
	if (p->rest)
		p->rest(p->ctx, mono_ms() - since_ms);
}

static bool stopped(const struct copy_pace *p)
{
	return p->stop && p->stop(p->ctx);
}

static int say(sqlite3 *db, int rc, char **ret_why)
{
	int r = rc == SQLITE_DONE ? 0 : store_errno(rc);
	if (r && ret_why && !*ret_why)
		*ret_why = mem_dup(db ? sqlite3_errmsg(db) : sqlite3_errstr(rc));
	return r;
}

static int run(sqlite3 *db, const char *sql, char **ret_why)
{
	return say(db, sqlite3_exec(db, sql, NULL, NULL, NULL), ret_why);
}

/* ------------------------------------------------------------------------------------------------ copying */

/* For reading; a database in WAL mode wants its -shm file, which a reader must be able to write. */
static int open_source(const char *path, sqlite3 **ret, char **ret_why)
{
	int rc = sqlite3_open_v2(path, ret, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	int r = say(*ret, rc, ret_why);
	if (!r) {
		sqlite3_busy_timeout(*ret, STORE_BUSY_MS);
		r = run(*ret, "PRAGMA query_only = 1", ret_why);
	}
	return r;
}

static int sync_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	int r = fsync(fd) ? -errno : 0;
	close(fd);
	return r;
}

int copy_sync_folder(const char *file)
{
	char path[PATH_MAX];
	if ((size_t)snprintf(path, sizeof path, "%s", file) >= sizeof path)
		return -ENAMETOOLONG;
	int r = sync_file(dirname(path));
	return r == -EINVAL ? 0 : r; /* some file systems know no such thing */
}

static int copy_pages(sqlite3 *from, sqlite3 *to, const char *file, const struct copy_pace *pace,
		      char **ret_why)
{
	sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
	int rc = SQLITE_OK, r = b ? 0 : say(to, sqlite3_errcode(to), ret_why), pages = 0;
	while (!r && rc != SQLITE_DONE) {
		int64_t begun = mono_ms();
		rc = sqlite3_backup_step(b, PIECE_PAGES);
		if (rc != SQLITE_OK && rc != SQLITE_DONE)
			r = say(to, rc, ret_why);
		else if ((pages += PIECE_PAGES) % SYNC_PAGES == 0)
			r = sync_file(file);
		if (!r && stopped(pace))
			r = -ECANCELED;
		if (!r && rc != SQLITE_DONE)
			rest(pace, begun);
	}
	sqlite3_backup_finish(b);
	return r;
}

static int make_empty(const char *path, mode_t mode)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	if (fd < 0)
		return -errno;
	/* whatever the umask is; a stick that knows no modes keeps its own */
	int r = fchmod(fd, mode) && errno != EPERM ? -errno : 0;
	close(fd);
	return r;
}

int copy_database(const char *from, const char *to, unsigned mode, const struct copy_pace *pace, char **ret_why)
{
	sqlite3 *source = NULL, *copy = NULL;
	int r = make_empty(to, mode);
	if (r)
		return r;
	if (!(r = open_source(from, &source, ret_why)))
		r = say(copy, sqlite3_open_v2(to, &copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL),
			ret_why);
	/* one moment of it: what is written from now on goes past the copy */
	if (!r)
		r = run(source, "BEGIN; SELECT count(*) FROM sqlite_schema", ret_why);
	if (!r)
		r = run(copy, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF", ret_why);
	if (!r)
		r = copy_pages(source, copy, to, pace, ret_why);
	/* a file of its own, without a -wal */
	if (!r)
		r = run(copy, "PRAGMA journal_mode = DELETE", ret_why);
	sqlite3_close(copy);
	sqlite3_close(source);
	if (!r)
		r = sync_file(to);
	if (r)
		unlink(to);
	return r;
}

static int pragma(sqlite3 *db, const char *sql, int64_t *ret)
{
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(db, sql, -1, &st, NULL);
	if (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW)
		*ret = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return store_errno(rc);
}

int copy_size(const char *from, int64_t *ret_bytes)
{
	sqlite3 *db = NULL;
	int64_t pages = 0, size = 0;
	int r = open_source(from, &db, NULL);
	if (!r)
		r = pragma(db, "PRAGMA page_count", &pages);
	if (!r)
		r = pragma(db, "PRAGMA page_size", &size);
	sqlite3_close(db);
	if (!r)
		*ret_bytes = pages * size;
	return r;
}

/* ------------------------------------------------------------------------------------------------ checking */

struct check {
	const struct copy_pace *pace;
	int64_t since_ms;
};

static int on_progress(void *ctx)
{
	struct check *c = ctx;
	rest(c->pace, c->since_ms);
	c->since_ms = mono_ms();
	return stopped(c->pace);
}

static int findings(sqlite3 *db, const char *sql, bool references, int *ret_count, char **ret_first)
{
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(db, sql, -1, &st, NULL);
	while (rc == SQLITE_OK || rc == SQLITE_ROW) {
		rc = sqlite3_step(st);
		const char *text = rc == SQLITE_ROW ? (const char *)sqlite3_column_text(st, 0) : "ok";
		if (rc != SQLITE_ROW || (!references && text && !strcmp(text, "ok")))
			continue;
		if (!(*ret_count)++ && ret_first)
			*ret_first = references
					 ? mem_printf("%s row %lld refers to a missing row", text ? text : "",
						      (long long)sqlite3_column_int64(st, 1))
					 : mem_dup(text ? text : "?");
	}
	sqlite3_finalize(st);
	return rc == SQLITE_DONE ? 0 : store_errno(rc);
}

int copy_check(const char *path, const struct copy_pace *pace, int *ret_count, char **ret_first)
{
	sqlite3 *db = NULL;
	struct check c = {pace, mono_ms()};
	int count = 0;
	char *first = NULL;
	if (access(path, F_OK) != 0)
		return -errno;
	int r = open_source(path, &db, NULL);
	if (!r) {
		sqlite3_progress_handler(db, CHECK_STEPS, on_progress, &c);
		r = findings(db, "PRAGMA integrity_check (20)", false, &count, &first);
	}
	if (!r && !count)
		r = findings(db, "PRAGMA foreign_key_check", true, &count, &first);
	if (r == -EBADMSG) { /* so spoiled that it cannot be looked through */
		count++;
		r = 0;
		if (!first)
			first = mem_dup(sqlite3_errmsg(db));
	}
	sqlite3_close(db);
	if (r == -EINTR)
		r = -ECANCELED;
	if (!r)
		*ret_count = count;
	if (!r && ret_first)
		*ret_first = first;
	else
		free(first);
	return r;
}

int copy_version(const char *path, int *ret_version)
{
	sqlite3 *db = NULL;
	int64_t version = 0, ours = 0;
	if (access(path, F_OK) != 0)
		return -errno;
	int r = open_source(path, &db, NULL);
	if (!r)
		r = pragma(db, "PRAGMA user_version", &version);
	if (!r)
		r = pragma(db, "SELECT count(*) FROM sqlite_schema WHERE name IN ('message_out', 'matter')",
			   &ours);
	sqlite3_close(db);
	if (!r)
		*ret_version = (int)version;
	return r ? r : ours == 2 && version > 0 ? 0 : -EBADMSG;
}

/* ------------------------------------------------------------------------------------------------ restoring */

/* As the one in whose place it comes; only root can give it away, which is who restores mostly. */
static int look_like(const char *file, const char *model)
{
	struct stat st;
	if (stat(model, &st) != 0)
		return errno == ENOENT ? 0 : -errno;
	if (chmod(file, st.st_mode & 07777) != 0)
		return -errno;
	return chown(file, st.st_uid, st.st_gid) != 0 && geteuid() == 0 ? -errno : 0;
}

static int set_aside(const char *path, const char *kept)
{
	static const char *const suffixes[] = {"-wal", "-shm", ""};
	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
		cleanup_free char *from = mem_printf("%s%s", path, suffixes[i]),
				  *to = mem_printf("%s%s", kept, suffixes[i]);
		if (rename(from, to) != 0 && errno != ENOENT)
			return -errno;
	}
	return 0;
}

/* When `from` was made, it was not yet there for its own rows to tell of it. */
static int note_itself(const char *file, const char *from, int64_t now_utc, char **ret_why)
{
	sqlite3 *db = NULL;
	struct stat st;
	int64_t utc, known = 0;
	cleanup_free char *path = mem_dup(from);
	const char *name = basename(path);
	if (stat(from, &st) != 0)
		return -errno;
	if (!copies_time(name, &utc))
		utc = (int64_t)st.st_mtime;
	utc = utc < now_utc ? utc : now_utc;
	int r = say(db, sqlite3_open_v2(file, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL), ret_why);
	/* older ones have no such table */
	if (!r)
		r = pragma(db, "SELECT count(*) FROM sqlite_schema WHERE name = 'backup'", &known);
	char *sql = sqlite3_mprintf(
	    "BEGIN; INSERT INTO backup (begun_utc, ended_utc, result, file, bytes, private, detail)"
	    " VALUES (%lld, %lld, %Q, %Q, %lld, 0, '');"
	    " UPDATE line_alarm SET over_utc = %lld WHERE kind = 'backup-old' AND over_utc IS NULL"
	    " AND %lld > %lld; COMMIT",
	    (long long)utc, (long long)utc, backup_result_name(BACKUP_OK), name, (long long)st.st_size,
	    (long long)utc, (long long)utc, (long long)(now_utc - BACKUP_OLD_S));
	if (!r && known)
		r = run(db, sql, ret_why);
	sqlite3_free(sql);
	sqlite3_close(db);
	return r;
}

int copy_restore(const char *from, const char *path, const char *stamp, int64_t now_utc, char **ret_kept,
		 char **ret_why)
{
	cleanup_free char *part = mem_printf("%s.restoring", path),
			  *kept = mem_printf("%s.replaced-%s", path, stamp);
	int count = 0;
	if (unlink(part) != 0 && errno != ENOENT)
		return -errno;
	for (int n = 2; access(kept, F_OK) == 0; n++) { /* twice in one second */
		free(kept);
		kept = mem_printf("%s.replaced-%s-%d", path, stamp, n);
	}
	int r = copy_database(from, part, 0660, &copy_hurry, ret_why);
	if (r)
		return r;
	r = copy_check(part, &copy_hurry, &count, ret_why);
	if (!r && count)
		r = -EBADMSG;
	if (!r)
		r = note_itself(part, from, now_utc, ret_why);
	if (!r)
		r = look_like(part, path);
	if (!r)
		r = set_aside(path, kept);
	if (!r && rename(part, path) != 0)
		r = -errno;
	if (r)
		unlink(part);
	else {
		r = copy_sync_folder(path);
		*ret_kept = mem_dup(kept);
		copies_thin_aside(path, kept);
	}
	return r;
}

int copy_put_private(const char *to, const void *bytes, size_t n)
{
	struct stat st;
	int fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600), r = 0;
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) != 0 || st.st_mode & 077)
		r = -EPERM;
	if (!r)
		r = file_write_all(fd, bytes, n);
	if (!r && fsync(fd))
		r = -errno;
	if (close(fd) && !r)
		r = -errno;
	if (r)
		unlink(to);
	return r;
}
