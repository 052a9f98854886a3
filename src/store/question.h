/* The conversation's memory: the one open question of a phone that a bare digit answers, and the cases that
 * were last named to it. Writers need a transaction. */
#pragma once

#include "civic/facts.h"
#include "store/store.h"

#define QUOTED_KEPT 6

/* ASKED_NONE when none is open at `now`. */
int question_get(struct store *s, const char *number, int64_t now, struct question_fact *ret);
/* Replaces what was asked before; the caller has seen to it that this is right. `detail` may be NULL. */
int question_ask(struct store *s, const char *number, enum asked kind, int64_t subject, const char *detail,
		 int64_t now, int64_t expires_utc);
int question_clear(struct store *s, const char *number);
/* Deletes what has expired; *ret_next is when the next one does (INT64_MAX: none). */
int question_expire(struct store *s, int64_t now, int64_t *ret_next);

/* A case was named to this phone. */
int quoted_add(struct store *s, const char *number, int matter, int64_t now);
