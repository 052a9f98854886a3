/* Texts in both directions as one list, for the tool. The inbox gives its rows even numbers and the outbox odd
 * ones, so that a number means one text wherever it stands: lists, events, the journal. */
#pragma once

#include "store/store.h"

struct message {
	int64_t id;
	bool out;
	const char *number;            /* "" withheld */
	const char *name;              /* of the registered person behind it, "" none */
	const char *text;              /* NULL: binary, or private */
	const char *kind;              /* in: text data call; out: alarm reply reminder broadcast */
	const char *state;             /* in: stored done; out: queued … */
	const char *modem;             /* "" not yet */
	const char *reason;            /* of a failure, or "" */
	int segments, missing;         /* missing: parts that never came */
	int64_t created_utc, sent_utc; /* 0: not (yet) known */
	int64_t answers;               /* the id of the text that it answers, 0 none */
	int64_t broadcast, meeting;    /* 0 none */
	int matter;                    /* 0 none */
	int64_t not_after_utc, not_before_utc;
	/* out: what reports say, "" nothing yet: arrived, trying, permanent or temporary (given up for such a cause),
	 * missing (none came while the text was valid), unasked */
	const char *report;
	int report_st;       /* TP-ST of the report that says most, −1 none */
	const char *intents; /* in: JSON of what the rules read; NULL */
};

struct message_filter {
	int direction;      /* −1 in, 1 out, 0 both */
	const char *number; /* E.164, or NULL */
	const char *state;  /* or NULL */
	int64_t broadcast;  /* or 0 */
	int64_t since_utc;  /* created since; INT64_MIN all */
	bool muted;         /* texts of muted numbers, too */
	long limit;         /* LONG_MAX all; the newest are kept, the order is by time */
};
/* A callback's non-zero ends the walk and is returned. Strings are valid during the callback. */
int message_list(struct store *s, const struct message_filter *f,
		 int (*row)(void *ctx, const struct message *m), void *ctx);
/* -ENOENT. */
int message_get(struct store *s, int64_t id, int (*row)(void *ctx, const struct message *m), void *ctx);
