/* How far the programs of [hooks] have come in the stream of events, and which events they failed. Each program
 * of each kind has a row; it gets the events of its kind one after the other:
 *
 *     hook_find → hook_begin (committed before the program starts) → hook_done | hook_later | hook_fail
 *
 * What was begun and is not known to be done when the daemon ends is begun again, and that counts as a try: so no
 * event is lost, one runs twice only in doubt, and a program that takes the box down does not do so for ever. Every
 * function but hook_find and the readers is a transaction of its own. */
#pragma once

#include "store/event.h"

#define HOOK_REASON_MAX   240  /* bytes */
#define HOOK_FAILURES_MAX 1000 /* kept of one hook, the youngest */

struct hook_state {
	int64_t id, cursor;
	int64_t event; /* begun, not known to be done; 0: none */
	int tries;     /* of that event */
};

/* The row of a configured hook. A new one begins behind the youngest event. */
int hook_adopt(struct store *s, const char *kind, const char *program, int64_t now, struct hook_state *ret);
/* It is configured no more: forgotten, with its failures. */
int hook_drop(struct store *s, int64_t id);

/* The next event of `kind`: one that a person wants to be tried again, else the first above `after`, among at most
 * `limit` events. *ret_event 0: none of those; *ret_seen: how far was looked. */
int hook_find(struct store *s, int64_t id, const char *kind, int64_t after, long limit, int64_t *ret_event,
	      int64_t *ret_seen);
int hook_begin(struct store *s, int64_t id, int64_t event);
int hook_done(struct store *s, int64_t id, int64_t event);
/* Tried again at `next`. */
int hook_later(struct store *s, int64_t id, int64_t next_utc, const char *reason);
/* Interrupted by our own end, which is no try. */
int hook_back(struct store *s, int64_t id);
/* Not tried again by itself; event hook.failed, except for a hook of that kind: failing calls for no failing. */
int hook_fail(struct store *s, int64_t id, int64_t event, const char *reason, int64_t now);
/* No event of its kind up to `cursor`: so that a restart need not look through them again. */
int hook_pass(struct store *s, int64_t id, int64_t cursor);

/* Readers for people. */
struct hook_row {
	int64_t id, since_utc, cursor, event, next_utc, done, failed;
	int tries;
	const char *kind, *program, *reason; /* borrowed until the callback returns */
};
int hook_each(struct store *s, int (*row)(void *ctx, const struct hook_row *h), void *ctx);

struct hook_failure {
	int64_t event, utc;
	int tries;
	bool again;
	const char *kind, *program, *reason; /* borrowed until the callback returns */
};
int hook_failure_each(struct store *s, int (*row)(void *ctx, const struct hook_failure *f), void *ctx);
int hook_failures(struct store *s, int64_t *ret); /* that nobody has seen to yet */

/* For a person, within a transaction of the caller: failed events are tried again, or forgotten. `event` 0: all.
 * *ret_count: how many. */
int hook_again(struct store *s, int64_t event, int *ret_count);
int hook_clear(struct store *s, int64_t event, int *ret_count);
