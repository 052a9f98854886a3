/* What waits for the daemon besides meetings: ratings to ask for, deadlines, questions that expire, and how far
 * it has read the events. Each list is bounded by `max`. Writers need a transaction. */
#pragma once

#include "base/e164.h"
#include "store/store.h"

/* Settled cases whose reporter was not asked yet "is it fixed?", of this phone or (NULL) of any; numbers. */
int matter_unasked(struct store *s, const char *phone, int64_t since_utc, int *ret, int max);
/* Open cases whose deadline has passed and nobody was reminded (`urged` false), or whose assignee was reminded and whose
 * time to answer is over (true); numbers, at most `max`. */
int matter_late(struct store *s, bool urged, int64_t now, int *ret, int max);
/* Of those whose deadline has passed and nobody was reminded the ones that something was done about since a row of the
 * journal; numbers, at most `max`. */
int matter_late_since(struct store *s, int64_t journal_id, int64_t now, int *ret, int max);
/* When the next one comes up of either kind; INT64_MAX: none. */
int matter_late_next(struct store *s, int64_t now, int64_t *ret_next);
/* The note of the last such entry in a case's journal, into `ret`; "" when there is none. */
int journal_note(struct store *s, int matter, const char *entry, char *ret, int size);

/* Phones whose question has expired by now. */
int question_expired(struct store *s, int64_t now, char (*ret)[E164_MAX], int max);

/* Small values of the daemon itself (meta): −1 when unset. */
int cursor_get(struct store *s, const char *key, int64_t *ret);
int cursor_set(struct store *s, const char *key, int64_t value);
