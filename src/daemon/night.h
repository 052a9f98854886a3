/* The nightly job: what was kept for long enough goes (store/retention.h), then the database is copied and looked through
 * (copier.h). It runs between two and five at night, local
 * time, in pieces of a few milliseconds with pauses, so that modems and texts have their turns; what the morning finds
 * undone waits for the next night. A box that is switched off at night, and has not come to it for three days, does it by
 * day. Never while the clock is not to be trusted. */
#pragma once

#include <stdint.h>

struct daemon;
struct night;

struct night *night_new(struct daemon *d); /* owned by the caller */
void night_free(struct night *n);          /* before the loop has run its last; may be NULL */
/* Begins the job when it is time; called whenever the daemon acts. When to call again, INT64_MAX: it calls by itself. */
int64_t night_look(struct night *n, int64_t now_utc);
