/* What a phone said about itself, or a secretary about it: opt-out, mute, "wrong number". A phone is known from
 * its first text or call on, whether or not it belongs to a registered person (person.h). Writers need a
 * transaction. */
#pragma once

#include "base/e164.h"
#include "civic/facts.h"
#include "store/store.h"

struct phone {
	char number[E164_MAX];
	enum opt_out opted_out;
	bool muted;
	int64_t loop_muted_utc, unlinked_utc, asked_register_utc, budget_notice_utc, last_in_utc,
	    resent_utc;             /* 0: never */
	bool has_language, english; /* of the last text that told */
};

/* A phone nobody heard of yet reads as all zero with its number. */
int phone_get(struct store *s, const char *number, struct phone *ret);
/* Makes the row if need be and writes last_in_utc; `english`: 1, 0, or -1 (the text did not tell). */
int phone_heard(struct store *s, const char *number, int english, int64_t now);

/* With an opt-out, what is still queued for this phone beyond answers and alarms is cancelled at once. */
int phone_set_opt_out(struct store *s, const char *number, enum opt_out o, int64_t message, int64_t now);
int phone_set_muted(struct store *s, const char *number, bool muted);
int phone_set_loop_muted(struct store *s, const char *number, int64_t utc); /* 0 ends it */
/* 0 links again; otherwise what is still queued for it is cancelled as above. */
int phone_set_unlinked(struct store *s, const char *number, int64_t utc, int64_t now);
int phone_set_asked_register(struct store *s, const char *number, int64_t utc);
int phone_set_resent(struct store *s, const char *number, int64_t utc);
int phone_set_budget_notice(struct store *s, const char *number, int64_t utc);

const char *opt_out_name(enum opt_out o);
int opt_out_find(const char *name); /* or -1 */
