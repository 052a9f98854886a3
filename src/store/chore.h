/* The secretary's list of small things to look at: people to ring back, registrations to confirm, erasure
 * requests, wrong numbers, loops, commands that a person must finish. Writers need a transaction. */
#pragma once

#include "store/journal.h"

/* One open chore of a kind for a phone: a second one is the first again (*ret_id, *ret_new may be NULL). */
int chore_add(struct store *s, const char *kind, const char *number, int64_t person, const char *note,
	      const struct actor *by, int64_t now, int64_t *ret_id, bool *ret_new);
int chore_done(struct store *s, int64_t id, int64_t now); /* -ENOENT */

struct chore {
	int64_t id, person, message, utc, done_utc;
	const char *kind, *number, *note, *name; /* borrowed until the callback returns */
};
/* Open ones, oldest first (`all`: the done ones too). */
int chore_list(struct store *s, bool all, int (*row)(void *ctx, const struct chore *c), void *ctx);
