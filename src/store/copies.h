/* The folder of copies: files yishi-YYYYMMDD-HHMMSS.db, beside each perhaps the daemon's own words
 * (yishi-YYYYMMDD-HHMMSS.private.db). Nothing else in it is ever touched. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COPIES_MAX 400
#define COPY_NAME  40

struct copy_file {
	char name[COPY_NAME]; /* within the folder */
	int64_t utc;          /* as its name says, local time */
	int64_t bytes;
	int private; /* its words are beside it */
};

/* "yishi-20261122-023000.db"; `ret` ≥ COPY_NAME bytes. */
char *copies_name(int64_t utc, char *ret);
/* When the copy of that name was made; false: it is no such name. */
bool copies_time(const char *name, int64_t *ret_utc);
/* The youngest first, at most COPIES_MAX; *ret is the caller's. The count; -errno: there is no such folder. */
int copies_list(const char *folder, struct copy_file **ret);

/* Marks in `keep` what stays: of each of the last `days` days on which a copy was made the youngest, and before those of
 * each of the last `weeks` weeks (Monday to Sunday); the very youngest in any case. Pure. */
void copies_choose(const struct copy_file *list, int n, int days, int weeks, char *keep);
/* What stands beside `file` as FILE.before-N (a migration) or FILE.replaced-TIME (`yishi db restore`), with their -wal and -shm: of each
 * sort the newest COPIES_ASIDE by name stay, and `spare`, which was made just now, whatever the clock says. */
#define COPIES_ASIDE 3
void copies_thin_aside(const char *file, const char *spare);

/* Removes what does not stay, and what copies that were begun left; at most so many are kept. The count of removed ones. */
int copies_thin(const char *folder, int days, int weeks, int most);
