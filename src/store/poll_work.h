/* What the daemon does with polls (poll.h): opens them, asks, takes votes, closes and counts. Writers need the
 * caller's transaction; each list is bounded by `max`. */
#pragma once

#include "civic/facts.h"
#include "store/audience.h"
#include "store/poll.h"

#include <jansson.h>

/* Planned or open ones, the earliest close first. */
int poll_live(struct store *s, int64_t *ret, int max);
/* Opens it: the audience becomes its voters. When nobody may vote, or the audience does not exist any more, it is
 * cancelled. */
int poll_open(struct store *s, int64_t id, int64_t now);

/* Who has not been asked yet, has no open question and does not live where somebody has voted; with `number` this phone
 * alone. `ret_poll` is of the first row, the others are of the same poll; 0: nobody. The count, or -errno. */
int poll_unasked(struct store *s, const char *number, int64_t now, int64_t *ret_poll, struct audience_row *ret,
		 int max);
/* Held back from the question by another one. */
int poll_held(struct store *s, int64_t poll, struct audience_row *ret, int max);
int poll_asked(struct store *s, int64_t poll, const char *number, int64_t now);
/* Asked, and neither they nor their household voted or were reminded of this close. */
int poll_silent(struct store *s, int64_t poll, int64_t closes_utc, struct audience_row *ret, int max);
int poll_reminded(struct store *s, int64_t poll, int64_t now);

/* The vote of this phone (or of the person behind it) takes the place of what the phone or household had voted; what UNDO
 * needs comes back as JSON (the caller's reference). *ret_other: the household's other phone whose vote it replaced, "" none.
 * -ENOENT: may not vote. -EPERM: the poll is not open. A secret option goes to the private file. */
int poll_vote(struct store *s, int64_t poll, const char *number, int64_t person, int option,
	      const struct actor *by, int64_t now, json_t **ret_before, char ret_other[E164_MAX]);
/* As it was before. -EPERM: the poll is over, or the household has voted anew. */
int poll_unvote(struct store *s, int64_t poll, const char *number, int64_t person, int64_t message,
		const json_t *before, int64_t now);
/* Has the poll gone on since this vote (closed, or another phone of the household voted)? 1, 0 or -errno. */
int poll_vote_touched(struct store *s, int64_t poll, const char *number, int64_t message);

/* Counts and closes, once: 1; 0 when it was not open or a text from before the close is still to be taken. */
int poll_close(struct store *s, int64_t id, int64_t now);
/* One that ends: its voters are counted for good, and its publication is over as well. */
int poll_settle(struct store *s, int64_t id, enum broadcast_state published, int64_t now);
/* A secret poll that was over before `now`, so that its count is committed: its ballots and the words of their votes leave the private file. */
int poll_purge(struct store *s, int64_t now);
/* Such a poll that still has ballots: one id, 0 none. */
int poll_unpurged(struct store *s, int64_t *ret);

/* Over, and somebody may still have to hear of it: one id, 0 none. */
int poll_untold(struct store *s, int64_t *ret);
/* Of its voters those who hear how it ended (after tell; all who were asked when it was cancelled) and have not yet. */
int poll_listeners(struct store *s, int64_t id, struct audience_row *ret, int max);
int poll_told(struct store *s, int64_t id, const char *number, int64_t now); /* `number` NULL: all is told */

/* The poll that a text may mean (facts_poll.h). `asked`: the subject of the question that it answers, `named`: the number
 * in the text; 0: none. */
int facts_polls(struct store *s, const struct sender *who, int64_t asked, int64_t named, int64_t now,
		struct polls_fact *ret);
/* The open poll in which this phone voted since then, the latest; 0 none. */
int facts_voted(struct store *s, const char *number, int64_t since_utc, int64_t *ret);
