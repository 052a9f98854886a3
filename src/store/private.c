#include "store/private.h"

#include "base/mem.h"
#include "store/copies.h"
#include "store/copy.h"
#include "store/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define IMAGE_MAX (64 << 20)

static const char schema[] =
    "PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA; PRAGMA secure_delete = ON;"
    "CREATE TABLE IF NOT EXISTS words (message INTEGER PRIMARY KEY, text TEXT NOT NULL, utc INTEGER NOT NULL) "
    "STRICT;"
    "CREATE TABLE IF NOT EXISTS words_out (occasion TEXT PRIMARY KEY, text TEXT NOT NULL, utc INTEGER NOT "
    "NULL) STRICT;"
    "CREATE TABLE IF NOT EXISTS ballot (message INTEGER PRIMARY KEY, poll INTEGER NOT NULL, option INTEGER NOT "
    "NULL) "
    "STRICT; CREATE INDEX IF NOT EXISTS ballot_poll ON ballot (poll);";

static char *path_of(const char *database)
{
	size_t n = strlen(database);
	if (n > 3 && !strcmp(database + n - 3, ".db"))
		n -= 3;
	return mem_printf("%.*s.private.db", (int)n, database);
}

/* The folder is the group's: a file that somebody else put there, or that others can read, is not used. */
static int make_file(const char *path)
{
	struct stat st;
	int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	int r = fstat(fd, &st) != 0 ? -errno : 0;
	if (!r && (!S_ISREG(st.st_mode) || st.st_uid != geteuid() || st.st_mode & 077))
		r = -EPERM;
	close(fd);
	return r;
}

static int private_open(struct store *s)
{
	if (s->private)
		return 0;
	cleanup_free char *path = path_of(s->path);
	int r = make_file(path);
	if (r < 0)
		return r;
	struct store *p = mem_alloc(sizeof *p);
	int rc = sqlite3_open_v2(path, &p->db,
				 SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(p->db, schema, NULL, NULL, NULL);
	if (rc != SQLITE_OK) {
		store_close(p);
		return store_errno(rc);
	}
	s->private = p;
	return 0;
}

int private_keep(struct store *s, int64_t message, const char *words, int64_t now)
{
	int r = private_open(s);
	return r < 0
		   ? r
		   : store_run(s->private, "INSERT OR REPLACE INTO words (message, text, utc) VALUES (?, ?, ?)",
			       "ItI", message, words, now);
}

int private_keep_out(struct store *s, const char *occasion, const char *text, int64_t now)
{
	int r = private_open(s);
	return r < 0 ? r
		     : store_run(s->private,
				 "INSERT OR REPLACE INTO words_out (occasion, text, utc) VALUES (?, ?, ?)",
				 "ttI", occasion, text, now);
}

static int first_text(struct query *q, int r, char **ret)
{
	*ret = NULL;
	if (r < 0 || (r = query_next(q)) < 0)
		return r;
	if (r == 1)
		*ret = mem_dup(query_text(q, 0));
	return 0;
}

int private_words(struct store *s, int64_t message, char **ret)
{
	cleanup_query struct query q = {0};
	int r = private_open(s);
	return r < 0 ? r
		     : first_text(
			   &q,
			   query_open(s->private, &q, "SELECT text FROM words WHERE message = ?", "I", message),
			   ret);
}

int private_out(struct store *s, const char *occasion, char **ret)
{
	cleanup_query struct query q = {0};
	int r = private_open(s);
	return r < 0 ? r
		     : first_text(&q,
				  query_open(s->private, &q, "SELECT text FROM words_out WHERE occasion = ?",
					     "t", occasion),
				  ret);
}

int private_ready(struct store *s)
{
	return private_open(s);
}

int private_ballot(struct store *s, int64_t poll, int64_t message, int option)
{
	int r = private_open(s);
	return r < 0 ? r
		     : store_run(s->private,
				 "INSERT OR REPLACE INTO ballot (message, poll, option) VALUES (?, ?, ?)",
				 "IIi", message, poll, option);
}

int private_ballots(struct store *s, int64_t poll, int (*each)(void *ctx, int64_t message, int option),
		    void *ctx)
{
	cleanup_query struct query q = {0};
	int r = private_open(s);
	if (r >= 0)
		r = query_open(s->private, &q, "SELECT message, option FROM ballot WHERE poll = ?", "I", poll);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		int end = each(ctx, query_int(&q, 0), (int)query_int(&q, 1));
		if (end)
			return end;
	}
	return r;
}

int private_ballots_drop(struct store *s, int64_t poll)
{
	cleanup_free char *occasions = mem_printf("poll:%lld:vote:", (long long)poll);
	int r = private_open(s);
	if (r >= 0)
		r = store_run(s->private,
			      "DELETE FROM words WHERE message IN (SELECT message FROM ballot WHERE poll = ?)",
			      "I", poll);
	if (r >= 0)
		r = store_run(s->private, "DELETE FROM words_out WHERE occasion BETWEEN ?1 AND ?1 || '~'", "t",
			      occasions);
	return r < 0 ? r : store_run(s->private, "DELETE FROM ballot WHERE poll = ?", "I", poll);
}

int private_hide(struct store *s, int64_t message)
{
	int r = store_run(s, "UPDATE message_in SET text = NULL, intents = NULL, private = 1 WHERE id = ?", "I",
			  message);
	if (r >= 0)
		r = store_run(s, "UPDATE pdu_in SET pdu = '' WHERE message = ?", "I", message);
	s->scrub = true;
	return r;
}

/* A text whose words were taken back has neither number nor words, not even the mark that they lie here (NULL). */
static int was_emptied(struct store *s, int64_t message)
{
	int64_t n;
	int r = store_get(s, &n, "SELECT count(*) FROM message_in WHERE id = ? AND number = '' AND text = ''",
			  "I", message);
	return r < 0 ? r : n > 0;
}

/* The texts that words are kept for, after `after`; of those on their way to a mediator the text that they came from. */
static int kept_after(struct store *p, int64_t after, int64_t *ids, int max)
{
	cleanup_query struct query q = {0};
	int n = 0;
	int r =
	    query_open(p, &q,
		       "SELECT message FROM (SELECT message FROM words UNION SELECT CAST(substr(occasion, 9) AS"
		       " INTEGER) AS message FROM words_out WHERE occasion GLOB 'mediate:*')"
		       " WHERE message > ? ORDER BY message LIMIT ?",
		       "Ii", after, max);
	while (r >= 0 && n < max && (r = query_next(&q)) == 1)
		ids[n++] = query_int(&q, 0);
	return r < 0 ? r : n;
}

static int drop_words(struct store *p, int64_t message)
{
	int r = store_run(p, "DELETE FROM words WHERE message = ?", "I", message);
	return r < 0 ? r
		     : store_run(p,
				 "DELETE FROM words_out WHERE occasion >= 'mediate:' || ?1 || ':'"
				 " AND occasion < 'mediate:' || ?1 || ';'",
				 "I", message);
}

int private_forget(struct store *s)
{
	enum { BATCH = 64 };
	int64_t ids[BATCH], after = 0;
	cleanup_free char *path = path_of(s->path);
	if (!s->private && access(path, F_OK) != 0)
		return 0;
	int n, r = private_open(s);
	do {
		n = r < 0 ? r : kept_after(s->private, after, ids, BATCH);
		r = n < 0 ? n : 0;
		for (int i = 0; i < n && r >= 0; i++) {
			r = was_emptied(s, after = ids[i]);
			if (r == 1)
				r = drop_words(s->private, ids[i]);
		}
	} while (r >= 0 && n == BATCH);
	return r < 0 ? r : 0;
}

void private_scrub(struct store *s)
{
	if (!s->scrub)
		return;
	s->scrub = false;
	/* nobody is waited for: the daemon has modems to serve */
	sqlite3_busy_timeout(s->db, 0);
	sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	sqlite3_busy_timeout(s->db, STORE_BUSY_MS);
}

int private_image(struct store *s, void **ret, size_t *ret_size)
{
	cleanup_free char *path = path_of(s->path);
	sqlite3_int64 size = 0;
	*ret = NULL;
	*ret_size = 0;
	if (!s->private && access(path, F_OK) != 0)
		return 0;
	int r = private_open(s);
	if (r < 0)
		return r;
	unsigned char *image = sqlite3_serialize(s->private->db, "main", &size, 0);
	if (!image || size > IMAGE_MAX)
		r = image ? -EFBIG : -EIO;
	else {
		*ret = mem_alloc((size_t)size + 1);
		memcpy(*ret, image, (size_t)size);
		*ret_size = (size_t)size;
	}
	sqlite3_free(image);
	return r;
}

/* As the daemon made it; only root can give it away. */
static int give_to(const char *file, const char *owner_of)
{
	struct stat st;
	if (geteuid() != 0 || stat(owner_of, &st) != 0)
		return 0;
	return chown(file, st.st_uid, st.st_gid) ? -errno : 0;
}

int private_restore(const char *database, const char *copy, const char *stamp)
{
	cleanup_free char *from = path_of(copy), *to = path_of(database),
			  *part = mem_printf("%s.restoring", to),
			  *kept = mem_printf("%s.replaced-%s", to, stamp),
			  *journal = mem_printf("%s-journal", to);
	if (access(from, F_OK) != 0)
		return errno == ENOENT ? 0 : -errno;
	unlink(part);
	int r = copy_database(from, part, 0600, &copy_hurry, NULL);
	if (!r)
		r = give_to(part, database);
	if (!r && rename(to, kept) != 0 && errno != ENOENT)
		r = -errno;
	/* of a transaction that a crash has cut: it belongs to what was there */
	if (!r)
		unlink(journal);
	if (!r && rename(part, to) != 0)
		r = -errno;
	if (r)
		unlink(part);
	else
		copies_thin_aside(to, kept);
	return r ? r : 1;
}
