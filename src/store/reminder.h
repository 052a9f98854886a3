/* Broadcasts that recur: every Thursday at nine, who is of the audience then. Each date is queued once, in the transaction that
 * notes it, and only while it is of use. Writers need a transaction. */
#pragma once

#include "store/store.h"

struct reminder_new {
	const char *audience;    /* terms without files (store/broadcast.h), looked at by the caller */
	const char *text;        /* with marks of recipients (civic/marks.h) */
	const char *rrule;       /* RFC 5545, without "RRULE:" */
	const char *start_local; /* "2026-11-19T09:00:00" */
	const char *exdates;     /* local dates separated by blanks, or NULL */
	const char *by;
	int64_t valid_s; /* so long after its time it may still go out */
};
/* -EINVAL with a sentence in `e`: the rule or a date is wrong. */
int reminder_add(struct store *s, const struct reminder_new *n, int64_t now, int64_t *ret_id, struct err *e);
int reminder_end(struct store *s, int64_t id, int64_t now); /* -ENOENT: none, or ended */

struct reminder {
	int64_t id, valid_s, last_utc, broadcast, ended_utc; /* 0: none */
	int64_t next_utc;                                    /* 0: never again */
	const char *audience, *text, *rrule, *start_local, *exdates,
	    *by; /* borrowed until the callback returns */
};
/* Those that ended last. A callback's non-zero ends the walk and is returned. */
int reminder_list(struct store *s, int64_t now, int (*row)(void *ctx, const struct reminder *r), void *ctx);

/* A date whose time has come and is not past its use. */
struct reminder_date {
	int64_t id, at_utc, until_utc;
	char *audience, *text, *by; /* owned */
};
void reminder_date_done(struct reminder_date *d);
/* 1: one is due. 0: none; then *next is lowered to the next. */
int reminder_due(struct store *s, int64_t now, struct reminder_date *ret, int64_t *next);
/* It became this broadcast (0: none). */
int reminder_mark(struct store *s, const struct reminder_date *d, int64_t broadcast);
