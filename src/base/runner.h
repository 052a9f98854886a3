/* Runs one program of the site's own making, and never waits for it: no shell, a clean environment, working directory
 * /, a process group of its own, nothing open but its three standard streams. `input` lies on its standard input as a
 * whole (a file in memory, so nobody has to keep writing); what it prints on either of the two others is read while it
 * runs and kept up to a bound. When its time is over its group gets SIGTERM and five seconds later SIGKILL; what it
 * leaves running in its group when it ends is killed: what has to stay starts a session of its own. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#define RUNNER_OUTPUT_KEPT 4096      /* bytes: the last ones */
#define RUNNER_OUTPUT_MAX  (1 << 20) /* a program that prints more is ended */
#define RUNNER_GRACE_MS    5000

/* What becomes of a program; RUNNER_FAILED is for good, RUNNER_AGAIN is worth another try (status 75 = EX_TEMPFAIL, a
 * signal, too long, too much output, or it could not be started). */
enum runner_verdict { RUNNER_DONE, RUNNER_AGAIN, RUNNER_FAILED };

struct runner_result {
	enum runner_verdict verdict;
	int status, signal;     /* as the program ended; 0 */
	bool late, much, ended; /* the time limit, the output, runner_end */
	const char *output;     /* UTF-8, borrowed until `done` returns; "" */
};

struct runner;

/* PATH, LANG, TZ and YISHI_CONFIG. `config` is made absolute. Freed with runner_environment_free. */
char **runner_environment(const char *lang, const char *zone, const char *config);
void runner_environment_free(char **environment);

/* Starts `program` (an absolute path). `done` is called once, later, and with it *ret is gone. -errno when it could
 * not be started: nothing will be called. `input` is copied. */
int runner_start(uv_loop_t *loop, const char *program, char **environment, const char *input, int64_t limit_ms,
		 void (*done)(void *user, const struct runner_result *r), void *user, struct runner **ret);
/* Ends it before its time, as the limit does. */
void runner_end(struct runner *r);

/* "ended with status 3: the last line it printed"; `buf` is returned. */
const char *runner_words(const struct runner_result *r, char *buf, size_t size);
