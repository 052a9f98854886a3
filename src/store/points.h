/* The ledger of points: rows are only ever added (a trigger sees to it). What was wrong is taken back by a counter-row, and
 * nobody's balance goes below zero: what was spent is not taken back. Writers need a transaction. */
#pragma once

#include "civic/points.h"
#include "store/journal.h"

struct point_new {
	int64_t person;
	int delta;
	enum point_reason reason;
	int64_t subject;  /* meeting, case, task; 0: none */
	int64_t reverses; /* row, 0: none */
	const char *note; /* NULL: none */
	int64_t utc;      /* when it was earned */
};
/* Writes row and event points.changed. -ENOENT: nobody with that id (any more). -ERANGE: the balance would be below zero. */
int point_add(struct store *s, const struct point_new *n, const struct actor *by, int64_t now, int64_t *ret_id);

int point_balance(struct store *s, int64_t person, int64_t *ret);
/* Given since two moments, for one reason and for all that the table gives. */
int point_sums_since(struct store *s, int64_t person, enum point_reason r, int64_t day_utc, int64_t month_utc,
		     struct point_sums *ret);
/* Earned since then: what was spent does not count, what was taken back does. */
int point_earned(struct store *s, int64_t person, int64_t since_utc, int64_t *ret);
/* What an occasion is worth to somebody as it stands: 0 never given, or taken back. */
int point_of(struct store *s, int64_t person, enum point_reason r, int64_t subject, int64_t *ret);

/* Registered people who support a case; the count. */
int point_supporters(struct store *s, int matter, int64_t *ret, int max);

/* Takes back what is left of one row; *ret_back is how many points that were. -ENOENT no such row, -EALREADY it is one that
 * takes back or was taken back, -ERANGE all of it is spent. */
int point_reverse(struct store *s, int64_t id, const char *note, const struct actor *by, int64_t now,
		  int64_t *ret_back);
/* The cause is undone: of one person, or (0) of all who got points for it. What is spent stays spent. */
int point_reverse_cause(struct store *s, enum point_reason r, int64_t subject, int64_t person,
			const struct actor *by, int64_t now);

struct point_row {
	int64_t id, person, utc, delta, subject, reverses,
	    reversed;                                    /* 0: none; reversed: the row that took it back */
	const char *name, *grid, *reason, *note, *actor; /* borrowed until the callback returns */
};
struct point_filter {
	int64_t person, id; /* 0: all */
	const char *grid;   /* subtree or NULL */
	const char *reason; /* or NULL */
	int64_t since_utc;  /* INT64_MIN: all */
	long limit;         /* the newest */
	bool newest_first;
};
int point_list(struct store *s, const struct point_filter *f, int (*row)(void *ctx, const struct point_row *p),
	       void *ctx);

/* Everybody who earned, spent or had points by the end of a month: by grid and address, never by points. */
struct point_month_row {
	int64_t person, earned, spent, balance;           /* balance: at the end of the month */
	const char *name, *grid, *building, *unit, *room; /* borrowed */
};
int point_month(struct store *s, int64_t from_utc, int64_t to_utc, const char *grid,
		int (*row)(void *ctx, const struct point_month_row *m), void *ctx);

/* ---- spending at the desk: the code goes to the phone of who owns the points */
#define REDEEM_CODE_S 600  /* a code is good for so long */
#define REDEEM_WAIT_S 3600 /* … and is texted within, or not at all */
#define REDEEM_TRIES  3
#define REDEEM_DIGITS 6

struct redemption {
	int64_t id, person, points, expires_utc;
	char code[REDEEM_DIGITS + 1]; /* "": not texted yet */
	char note[128];
	int wrong;
};
/* In place of what was begun for the same person. */
int redeem_begin(struct store *s, int64_t person, int points, const char *note, int64_t now, int64_t *ret_id);
/* The open one of a person. -ENOENT */
int redeem_get(struct store *s, int64_t person, int64_t now, struct redemption *ret);
/* Those whose code is still to be texted; the count. */
int redeem_waiting(struct store *s, int64_t now, struct redemption *ret, int max);
int redeem_texted(struct store *s, int64_t id, const char *code, int64_t expires_utc);
/* A wrong code was read aloud; the third makes it void. */
int redeem_missed(struct store *s, int64_t id, int64_t now);
int redeem_done(struct store *s, int64_t id, int64_t point, int64_t now);
