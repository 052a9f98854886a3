/* What came of the copies of the database: a row for each try, the newest BACKUP_MAX of them. */
#pragma once

#include "base/clock.h"
#include "store/store.h"

#define BACKUP_MAX   60
#define BACKUP_OLD_S (3 * DAY_S) /* without a sound copy for so long: told */

enum backup_result { BACKUP_OK, BACKUP_ABSENT, BACKUP_NO_ROOM, BACKUP_UNSOUND, BACKUP_WRONG, BACKUP_RESULTS };
/* "ok", "absent", "no-room", "unsound", "failed" */
const char *backup_result_name(enum backup_result r);

struct backup {
	int64_t id, begun_utc, ended_utc, bytes;
	const char *result, *file, *detail; /* borrowed until the callback returns */
	bool private;                       /* the daemon-only words were copied, too */
};
/* With its event: backup.done or backup.failed. In a transaction of its own. */
int backup_add(struct store *s, const struct backup *b, const char *actor, int64_t now_utc);
/* The newest first, at most `limit`. Non-zero ends the walk. */
int backup_each(struct store *s, int limit, int (*row)(void *ctx, const struct backup *b), void *ctx);

struct backup_summary {
	int64_t good_utc;  /* the last sound copy; 0 none */
	int64_t first_utc; /* the first try of those that are kept; 0 none */
	bool last_good;    /* the last try */
	char detail[160];  /* of the last try */
	enum backup_result last;
};
int backup_sum(struct store *s, struct backup_summary *ret);
