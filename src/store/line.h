/* What is known of each configured modem, for `modem list` while the daemon runs and when it does not. */
#pragma once

#include "store/store.h"

#include <stddef.h>

struct line {
	const char *name, *imei, *iccid, *model, *operator_name, *technology, *state;
	int signal_dbm;                 /* 0: unknown */
	int storage_used, storage_size; /* −1: unknown */
	int64_t sent, received;         /* segments, ever */
	int64_t seen_utc, changed_utc;
};

/* Writes all but the counters; a row is made when there is none. Writes nothing when nothing changed. */
int line_put(struct store *s, const struct line *l, int64_t now_utc);
int line_add_received(struct store *s, const char *name, int segments);
int line_add_sent(struct store *s, const char *name, int segments);
/* All rows by name; strings are borrowed during the callback. Non-zero ends the walk. */
int line_each(struct store *s, int (*row)(void *ctx, const struct line *l), void *ctx);
