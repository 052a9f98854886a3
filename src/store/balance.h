/* What operators told of the credit of each line's SIM. Bounded: the newest BALANCE_MAX rows of each line stay. */
#pragma once

#include "store/store.h"

#include <stdbool.h>

#define BALANCE_MAX 200

struct balance {
	int64_t id;
	const char *line, *iccid; /* the modem's name; the SIM, "" unknown */
	int64_t utc;
	bool has_amount;
	int64_t cents;
	const char *news;    /* "", "low", "out", "paid" */
	const char *notice;  /* "identity", "data", "plan", separated by blanks; "" none */
	int64_t expires_utc; /* 0: not told */
	const char *source;  /* "text", "ussd" */
	int64_t message;     /* the text that told; 0 none */
};

/* One reading, with its event balance.read. A text that was read before is not read again. Inside a transaction. */
int balance_add(struct store *s, const struct balance *b, int64_t now_utc);
/* The newest rows of a line, newest first, at most `limit`. Non-zero ends the walk. */
int balance_each(struct store *s, const char *line, int limit, int (*row)(void *ctx, const struct balance *b),
		 void *ctx);
/* Has a text that left by this line after `utc` arrived? Then it is not stopped, whatever was said before. */
int balance_arrived(struct store *s, const char *line, int64_t utc, bool *ret);
/* The id of the newest row of any line; 0 none. */
int balance_last_id(struct store *s, int64_t *ret);

/* A question by text to the operator, which can be answered for this SIM alone: it leaves by `bound` (the SIM's line key,
 * as in message_out.bound) and by no other. `dedupe` names the occasion. Inside a transaction. */
int balance_ask(struct store *s, const char *number, const char *text, bool ucs2, const char *bound,
		const char *dedupe, int64_t now_utc, int64_t not_after_utc);
