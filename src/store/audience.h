/* Whom a meeting's texts go to, and what waits to be told to whom: the daemon's work lists. Each is bounded by `max`; a
 * row that was dealt with does not come back. */
#pragma once

#include "base/e164.h"
#include "civic/rounds.h"
#include "store/store.h"

struct audience_row {
	char number[E164_MAX];
	int64_t person;     /* 0: not registered */
	bool has_language, english;
};

/* Who is still to be texted in this round of this meeting; the count, or -errno.
 * INVITE: consenting people of the grid and below, who have not answered and to whom no other question is open (with
 * `number`: this phone alone, at most once). REMIND: invited and silent, except who was silent three meetings long.
 * LAST_CALL: who comes. None who opted out, is muted or was unlinked. */
int audience_round(struct store *s, int64_t meeting, enum round r, const char *number, struct audience_row *ret, int max);
/* Held back from the invitation by another question, at the time of the reminder. */
int audience_held(struct store *s, int64_t meeting, struct audience_row *ret, int max);
int invitation_add(struct store *s, int64_t meeting, const char *number, int64_t person, int64_t now);
/* Marks rounds as done; INVITE makes the meeting `invited`. */
int meeting_round_done(struct store *s, int64_t meeting, enum round r, int64_t now);
/* Meetings that are over become held; *ret_next: when the next one ends. */
int meeting_close(struct store *s, int64_t now, int64_t *ret_next);

/* Coming meetings whose rounds are not finished; ids in the order of their starts. */
int meeting_rounds(struct store *s, int64_t now, int64_t *ret, int max);
/* Meetings that were invited to and are still to come. */
int meeting_invited(struct store *s, int64_t now, int64_t *ret, int max);

/* Settled cases whose reporter was not asked yet "is it fixed?", of this phone or (NULL) of any; numbers. */
int matter_unasked(struct store *s, const char *phone, int64_t since_utc, int *ret, int max);
/* Open cases past their deadline that were not yet said to be: each is noted (journal `overdue`, event case.overdue), at most
 * 64 at a time. *ret_next: the next deadline (INT64_MAX: none; `now`: there are more). */
int matter_overdue(struct store *s, int64_t now, int64_t *ret_next);
/* The note of the last such entry in a case's journal, into `ret`; "" when there is none. */
int journal_note(struct store *s, int matter, const char *entry, char *ret, int size);

/* Phones whose question has expired by now. */
int question_expired(struct store *s, int64_t now, char (*ret)[E164_MAX], int max);

/* Small values of the daemon itself (meta): −1 when unset. */
int cursor_get(struct store *s, const char *key, int64_t *ret);
int cursor_set(struct store *s, const char *key, int64_t value);
