/* Texts of several parts of which some have left by a SIM that is not there any more. The rest from another number
 * would not be joined by the handset, so nobody goes on with them; but nobody waits for ever either.
 *
 *     alarm, reply         after OUTBOX_AWAY_S the whole text goes out anew, once, by any line: a handset may show
 *                          a fragment before it, but whoever asked has the answer
 *     everything else      waits for its line until its not-after, when it expires; without one, for OUTBOX_GONE_S,
 *                          when it has failed: a person may then let it be repeated, as a whole */
#pragma once

#include "store/store.h"

/* A line went away between two parts of a text: it is queued, and bound to the SIM of those that have left. */
int outbox_put_down(struct store *s, const char *modem, int64_t now_utc);

#define OUTBOX_AWAY_S 600
#define OUTBOX_GONE_S 86400

/* For each SIM that has had such a text ready for OUTBOX_AWAY_S, `away` says whether it is out of service; where it
 * is, its texts are dealt with as above. *ret_next: when this is to be done again (INT64_MAX: nothing waits), *ret_count:
 * texts that were changed. */
int outbox_unbind(struct store *s, bool (*away)(void *user, const char *line), void *user, int64_t now_utc,
		  int64_t *ret_next, int *ret_count);
