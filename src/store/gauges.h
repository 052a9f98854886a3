/* Figures for measurements, each of an index or of what is new since the last look: they are asked for every minute. */
#pragma once

#include "store/store.h"

/* Events since number `after`, counted by kind, line and class ("" where an event has none): message.received, message.sent,
 * message.failed, call.missed, modem.reset. *ret_upto: the youngest there was. Non-zero ends the walk. */
struct gauge_count {
	const char *kind, *line, *class; /* borrowed until the callback returns */
	int64_t n;
};
int gauge_events(struct store *s, int64_t after, int64_t *ret_upto,
		 int (*row)(void *ctx, const struct gauge_count *c), void *ctx);
/* Texts that are not settled, by state. */
int gauge_states(struct store *s, int (*row)(void *ctx, const char *state, int64_t n), void *ctx);
