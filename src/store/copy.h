/* A copy of a database that is in use, page by page, through connections of its own: any thread may do it, and whoever
 * writes meanwhile is not held up. What is copied is one moment of the database; the copy is a single file, synchronised to
 * its disk in pieces, so that a slow stick does not hold up the commits of others for long.
 *
 * Page by page, so a damaged database is copied as it is: copy_check of the copy finds what is wrong with either. */
#pragma once

#include "store/store.h"

#include <stddef.h>

/* How much of the machine it may have. `ctx` is handed to both. */
struct copy_pace {
	void (*rest)(void *ctx, int64_t worked_ms); /* after each piece of work; NULL: never */
	bool (*stop)(void *ctx);                    /* true: end with -ECANCELED; NULL: never */
	void *ctx;
};
extern const struct copy_pace copy_hurry; /* no rest, no stop */

/* Makes `to` (of that mode; it must not be there), on disk when it returns. On failure there is no such file, and *ret_why,
 * when not NULL, is a sentence of SQLite's or the system's (owned). */
int copy_database(const char *from, const char *to, unsigned mode, const struct copy_pace *pace,
		  char **ret_why);
/* The bytes that such a copy needs. */
int copy_size(const char *from, int64_t *ret_bytes);

/* SQLite's integrity check and that of references. *ret_count: findings, 0 sound; *ret_first (may be NULL): the first of them
 * (owned). -errno: it cannot even be asked; -EBADMSG is damage, too. */
int copy_check(const char *path, const struct copy_pace *pace, int *ret_count, char **ret_first);
/* The schema of a file that may be of an older version; -EBADMSG: it is none of ours. */
int copy_version(const char *path, int *ret_version);

/* `from` in the place of the database `path`, which is kept as `path`.replaced-STAMP with its -wal (*ret_kept, owned; STAMP-2 … where that is taken). The
 * new one is copied, checked and synchronised first, has the owner and the mode of the old one, and knows of `from` as of a sound
 * copy. What older restores and migrations set aside is thinned. Nobody may have the database open. -EBADMSG: `from` is not sound, and
 * nothing was changed. */
int copy_restore(const char *from, const char *path, const char *stamp, int64_t now_utc, char **ret_kept,
		 char **ret_why);

/* A file with `bytes`, 0600 and synchronised. -EPERM: the disk cannot keep it from others (a FAT stick); nothing stays. */
int copy_put_private(const char *to, const void *bytes, size_t n);
int copy_sync_folder(const char *file); /* the folder that it is in: after a rename */
