/* Texts of a line to its own number: the only proof that it both sends and receives. At most one of each line is on
 * its way. What comes back is known by its words, belongs to nobody, and is not answered. */
#pragma once

#include "store/store.h"

#include <stdbool.h>

#define SELF_TEXT_PREFIX "yishi-self-test "

struct self_text {
	int64_t queued_utc, sent_utc, back_utc; /* 0: not yet, or never */
	bool given_up;                          /* it will not leave: failed, expired, cancelled */
	int missed;                             /* in a row, before this one */
};

/* The last one. -ENOENT: none ever. */
int self_text_get(struct store *s, const char *line, struct self_text *ret);
/* Queues one, bound to that SIM. */
int self_text_add(struct store *s, const char *line, const char *bound, const char *number, const char *code,
		  int64_t now_utc, int64_t not_after_utc);
/* This many in a row did not come back. */
int self_text_missed(struct store *s, const char *line, int missed);
/* A text has come: 1 when it is one of these (noted when it was waited for), 0, -errno. */
int self_text_back(struct store *s, const char *text, int64_t now_utc);
