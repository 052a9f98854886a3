/* The stream of events: a number that only grows, a time, a kind of base/event_kinds.h, an actor, a JSON body.
 */
#pragma once

#include "base/event_kinds.h"
#include "store/store.h"

#include <jansson.h>

/* Takes the reference to `body`. Inside or outside a transaction. A body that is not well-formed (json_pack
 * failed: NULL) is written as {}. */
int event_add(struct store *s, enum event_kind kind, const char *actor, json_t *body, int64_t now);

/* The latest time among the last committed events (for the clock guard); 0 when there is none. */
int event_last_utc(struct store *s, int64_t *ret);
/* The times of those up to now were wrong: event_last_utc looks at later ones alone. */
int event_forget_utc(struct store *s);

/* The number of the youngest event; 0 when there is none. */
int event_last_id(struct store *s, int64_t *ret);

struct event_row {
	int64_t id, utc;
	const char *kind, *actor, *body; /* borrowed until the callback returns */
};
/* Events with a number above `after`, oldest first, at most `limit` (0: all). A callback's non-zero ends the
 * walk. */
int event_list(struct store *s, int64_t after, long limit, int (*row)(void *ctx, const struct event_row *e),
	       void *ctx);

/* The event as `yishi events --json` prints it and hooks read it: {"id", "time" (RFC 3339), "kind", "actor",
 * "body"}, control characters masked. A new reference. */
json_t *event_json(const struct event_row *e);

/* How many events this connection wrote: somebody who looks at the stream sees that there is more. */
uint64_t event_written(const struct store *s);
