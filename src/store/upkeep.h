/* The database itself: is it sound, how big is it, a copy of it, and the room that deleted rows left. */
#pragma once

#include "store/store.h"

/* Every finding of SQLite's integrity and foreign key checks, one line each; *ret_count 0: sound. A callback's
 * non-zero ends the walk. */
int upkeep_check(struct store *s, int (*finding)(void *ctx, const char *line), void *ctx, int *ret_count);
/* A whole copy that can be opened at once; -EEXIST when the file is there. */
int upkeep_backup(struct store *s, const char *to);
int upkeep_vacuum(struct store *s);
/* What was deleted or overwritten leaves the write-ahead log, too (the file itself is overwritten at once). 1: it did; 0:
 * somebody reads just now, so it does when the log begins anew; -errno. Waits at most STORE_BUSY_MS. */
int upkeep_scrub(struct store *s);

/* The disk is full: what is in the write-ahead log goes into the database, whose pages are there already, so that the log
 * begins anew in the room that it has. Waits for nobody; does what it can. */
void upkeep_wind_log(struct store *s);

/* Rows of each table, in the order of the schema. */
int upkeep_tables(struct store *s, int (*table)(void *ctx, const char *name, int64_t rows), void *ctx);
struct upkeep_size {
	int64_t bytes, free_bytes; /* of the main file; free: what a vacuum gives back */
	int schema;
};
int upkeep_size(struct store *s, struct upkeep_size *ret);
