/* The conversation's memory: the one open question of a phone that a bare digit answers, those beside it, and the cases
 * that were last named to it. Writers need a transaction.
 *
 * A question that is asked on top of another puts it aside; when the upper one is answered, expires or is dropped, the
 * lower one is open again, without another text. Of those that expired without an answer the latest is remembered
 * for QUESTION_LATE_S, so that a late answer is understood. */
#pragma once

#include "civic/facts.h"
#include "store/store.h"

#define QUOTED_KEPT     6
#define QUESTION_LATE_S (14 * DAY_S)

/* ASKED_NONE when none is open at `now`. */
int question_get(struct store *s, const char *number, int64_t now, struct question_fact *ret);
/* The latest that expired unanswered; ASKED_NONE when there is none, or something was asked since. */
int question_late(struct store *s, const char *number, int64_t now, struct question_fact *ret);
/* On top of what is open. The same question again only gets the new expiry. `detail` may be NULL. */
int question_ask(struct store *s, const char *number, enum asked kind, int64_t subject, const char *detail,
		 int64_t now, int64_t expires_utc);
/* The open one is answered; the one that was put aside for it is open again. */
int question_clear(struct store *s, const char *number);
/* Nothing is asked of this phone any more. */
int question_forget(struct store *s, const char *number);
/* The open one has expired: as question_clear, but remembered. */
int question_lapse(struct store *s, const char *number, int64_t now);
/* When the next open one expires (INT64_MAX: none), and forgets what nobody will answer any more. */
int question_expire(struct store *s, int64_t now, int64_t *ret_next);
/* What was asked about this subject has no answer any more: it expires now, wherever it stands. */
int question_void(struct store *s, enum asked kind, int64_t subject, int64_t now);

/* A case was named to this phone. */
int quoted_add(struct store *s, const char *number, int matter, int64_t now);
