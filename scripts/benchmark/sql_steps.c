/* What each statement of a program costs: preloaded into yishid by scale.py. A line for each time that a statement was run,
 * into the file of $SQL_STEPS: microseconds, steps of SQLite's machine, pages that were read, the statement. */
#include <dlfcn.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define TELL_MAX 4096

static int64_t now_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000) + t.tv_nsec / 1000;
}

static int64_t spent_us; /* in sqlite3_step since the last line */

static void tell(sqlite3_stmt *st)
{
	static int fd = -2;
	char line[TELL_MAX];
	int pages = 0, most;
	if (fd == -2) {
		const char *path = getenv("SQL_STEPS");
		fd = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
	}
	int steps = st ? sqlite3_stmt_status(st, SQLITE_STMTSTATUS_VM_STEP, 1) : 0;
	if (fd < 0 || !steps)
		return;
	sqlite3_db_status(sqlite3_db_handle(st), SQLITE_DBSTATUS_CACHE_MISS, &pages, &most, 1);
	int n =
	    snprintf(line, sizeof line, "%lld %d %d %s", (long long)spent_us, steps, pages, sqlite3_sql(st));
	n = n < (int)sizeof line - 1 ? n : (int)sizeof line - 2;
	for (char *p = line; p < line + n; p++)
		*p = *p == '\n' ? ' ' : *p;
	line[n] = '\n';
	if (write(fd, line, (size_t)n + 1) < 0)
		fd = -1;
	spent_us = 0;
}

int sqlite3_step(sqlite3_stmt *st)
{
	static int (*real)(sqlite3_stmt *);
	if (!real)
		real = (int (*)(sqlite3_stmt *))dlsym(RTLD_NEXT, "sqlite3_step");
	int64_t begun = now_us();
	int rc = real(st);
	spent_us += now_us() - begun;
	return rc;
}

int sqlite3_reset(sqlite3_stmt *st)
{
	static int (*real)(sqlite3_stmt *);
	if (!real)
		real = (int (*)(sqlite3_stmt *))dlsym(RTLD_NEXT, "sqlite3_reset");
	tell(st);
	return real(st);
}

int sqlite3_finalize(sqlite3_stmt *st)
{
	static int (*real)(sqlite3_stmt *);
	if (!real)
		real = (int (*)(sqlite3_stmt *))dlsym(RTLD_NEXT, "sqlite3_finalize");
	tell(st);
	return real(st);
}
