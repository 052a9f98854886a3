/* What changed on a line's radio side: registration, operator, technology, cell, signal (in words). Bounded: the
 * newest LINE_HISTORY_MAX rows of each line stay. */
#pragma once

#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>

#define LINE_HISTORY_MAX 400

enum line_what { LINE_REGISTRATION, LINE_OPERATOR, LINE_TECHNOLOGY, LINE_CELL, LINE_SIGNAL, LINE_WHATS };

/* One change; of a line and kind whose newest row has this value already: none. Inside or outside a transaction. */
int line_history_add(struct store *s, const char *line, const char *iccid, enum line_what what,
		     const char *value, int64_t now_utc);
/* The newest value of a kind, "" none: for a session that starts. */
int line_history_last(struct store *s, const char *line, enum line_what what, char *ret, size_t size);
/* Whether this SIM ever had that value. */
int line_history_had(struct store *s, const char *iccid, enum line_what what, const char *value, bool *ret);

struct line_change {
	int64_t utc;
	const char *what, *value, *iccid;
};
/* The newest `limit` rows of a line, oldest first. Non-zero ends the walk. */
int line_history_each(struct store *s, const char *line, int limit,
		      int (*row)(void *ctx, const struct line_change *c), void *ctx);

/* The line's row: what is known of the operator. Nothing is written when nothing changed but `network_utc`. */
struct line_operator {
	const char *smsc, *registration, *cause;
	int64_t registration_utc, network_utc, network_ahead; /* 0: not known */
};
int line_put_operator(struct store *s, const char *line, const struct line_operator *o);
/* -ENOENT. Strings are borrowed during the callback. */
int line_get_operator(struct store *s, const char *line, int (*row)(void *ctx, const struct line_operator *o),
		      void *ctx);

/* The last text that came in by a modem and the last that left by it; 0: none. */
int line_last_texts(struct store *s, const char *modem, int64_t *ret_in_utc, int64_t *ret_out_utc);
