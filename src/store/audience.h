/* Whom a meeting's texts go to, and which meetings have rounds to come. Each list is bounded by `max`; a row
 * that was dealt with does not come back. */
#pragma once

#include "base/e164.h"
#include "civic/rounds.h"
#include "store/store.h"

struct audience_row {
	char number[E164_MAX];
	int64_t person; /* 0: not registered */
	bool has_language, english;
};

/* Who is still to be texted in this round of this meeting; the count, or -errno.
 * INVITE: consenting people of the grid and below, who have not answered and to whom no other question is open
 * (with `number`: this phone alone, at most once). REMIND: invited and silent, except who was silent three
 * meetings long. LAST_CALL: who comes. None who opted out, is muted or was unlinked. */
int audience_round(struct store *s, int64_t meeting, enum round r, const char *number, struct audience_row *ret,
		   int max);
/* Held back from the invitation by another question, at the time of the reminder. */
int audience_held(struct store *s, int64_t meeting, struct audience_row *ret, int max);
/* Who is to hear that the meeting is cancelled: invited or coming, and did not say no. */
int audience_cancelled(struct store *s, int64_t meeting, struct audience_row *ret, int max);
/* … that it takes place at another time: everybody who was asked or answered; a "no" was for the former time. */
int audience_moved(struct store *s, int64_t meeting, struct audience_row *ret, int max);
int invitation_add(struct store *s, int64_t meeting, const char *number, int64_t person, int64_t now);
/* Marks rounds as done; INVITE makes the meeting `invited`. */
int meeting_round_done(struct store *s, int64_t meeting, enum round r, int64_t now);
/* Meetings that are over become held; *ret_next: when the next one ends. */
int meeting_close(struct store *s, int64_t now, int64_t *ret_next);

/* Coming meetings whose rounds are not finished; ids in the order of their starts. */
int meeting_rounds(struct store *s, int64_t now, int64_t *ret, int max);
/* Meetings that were invited to and are still to come. */
int meeting_invited(struct store *s, int64_t now, int64_t *ret, int max);
