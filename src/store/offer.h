/* Offers (tasks, errands, patrols, jobs, activities): rows of `offer` beside one of `matter`, whose number they have, and the
 * claims on them. What may be done is decided by civic/offer.h; here it is written, with journal and event, in the
 * caller's transaction. That two claims in the same second get different places is the transaction's doing. */
#pragma once

#include "civic/facts.h"
#include "civic/offer.h"
#include "store/journal.h"

struct offer_new {
	enum flavour flavour;
	const char *text, *grid, *place; /* grid "" or NULL: the whole box */
	const char *building, *unit, *room;
	int wanted, points;
	int64_t starts_utc, ends_utc; /* 0: at any time */
	int64_t asker;                /* person or 0 */
	const char *phone;            /* of who asks or offers; NULL: the secretary */
	int64_t roster;               /* 0: none */
	bool draft;                   /* waits for the secretary */
	bool announce;                /* is published to the audience of its flavour */
};
/* -EINVAL: the grid is unknown. */
int offer_add(struct store *s, const struct offer_new *n, const struct actor *by, int64_t now, int *ret_number);

struct offer {
	int number;
	enum flavour flavour;
	enum offer_state state;
	int wanted, points;
	int taken, waiting, claims_done; /* people with a place; claims that wait; that are done or confirmed */
	int rounds, reminded;
	int64_t starts_utc, ends_utc, published_utc, created_utc, changed_utc, asked_utc, roster; /* 0: none */
	int64_t broadcast, asker;
	const char *text, *grid, *place, *phone, *name, *building, *unit, *room; /* borrowed; "" for none */
	bool announce;
};
/* Who brought it about or published it ("shell:1000"), for the broadcast that tells of it. `ret` ≥ ACTOR_MAX bytes. */
int offer_creator(struct store *s, int number, char *ret);
/* -ENOENT: no such number, or a case's. */
int offer_get(struct store *s, int number, int (*row)(void *ctx, const struct offer *o), void *ctx);

struct offer_filter {
	int flavour;       /* −1 all */
	const char *state; /* a state's name or NULL */
	const char *grid;  /* subtree or NULL */
	bool coming;       /* not over at now_utc, the next first; else by number */
	int64_t since_utc, now_utc;
	long limit; /* 0 all; the newest are kept */
};
int offer_list(struct store *s, const struct offer_filter *f, int (*row)(void *ctx, const struct offer *o),
	       void *ctx);

/* A draft is published. -ENOENT, -EPERM: it is none. `text` NULL: as it came. */
int offer_publish(struct store *s, int number, const char *text, const struct actor *by, int64_t now);
/* -EPERM: it is over already. */
int offer_cancel(struct store *s, int number, const char *reason, const struct actor *by, int64_t now);
/* It is done: nobody may take it any more. -EPERM: it was not open. */
int offer_close(struct store *s, int number, const struct actor *by, int64_t now);
/* Marks for the daemon's rounds (columns of 003.sql). */
enum offer_mark {
	OFFER_MARK_PUBLISHED,
	OFFER_MARK_REMINDED,
	OFFER_MARK_ASKED,
	OFFER_MARK_MISSED,
	OFFER_MARK_UNCLAIMED,
	OFFER_MARK_COUNT
};
/* `value`: the broadcast of PUBLISHED (0 none), the number of REMINDED; else unused. */
int offer_mark(struct store *s, int number, enum offer_mark m, int64_t value, int64_t now);
/* To be published again: a place is free and nobody waits. 1; 0: it was published often enough. */
int offer_again(struct store *s, int number);

/* What time brings: open offers of a flavour that are due. `offset_s` is counted from the time that the second column names. */
enum offer_due {
	OFFER_DUE_PUBLISH,   /* created: not published yet */
	OFFER_DUE_REMIND,    /* start, minus offset: no reminder yet */
	OFFER_DUE_LAST_CALL, /* start, minus offset: fewer than two */
	OFFER_DUE_MISSED,    /* start, plus offset: nobody has looked who is there */
	OFFER_DUE_UNCLAIMED, /* created, plus offset: nobody has a place */
	OFFER_DUE_OVER,      /* its end, else its start, plus offset */
	OFFER_DUE_COUNT
};
/* The numbers that are due, at most `max`, or -errno; *ret_next is lowered to when the next one will be. */
int offer_due(struct store *s, enum offer_due what, enum flavour f, int64_t offset_s, int64_t now, int *ret,
	      int max, int64_t *ret_next);
/* Open ones with a claim that is done by its own word, of whose asker nobody has asked; `phone`: of this asker alone. */
int offer_unasked(struct store *s, const char *phone, int *ret, int max);

/* ---- claims (claim.c) */

struct claim {
	char number[E164_MAX];
	int64_t person;
	char name[INTENT_SHORT_MAX];
	int people;
	enum claim_state state;
	int64_t position, changed_utc;
};
/* The claim of a phone; state CLAIM_NONE when there is none. */
int claim_get(struct store *s, int offer, const char *number, struct claim *ret);
/* By position; `states` are bits 1 << CLAIM_…, 0 all. The count or -errno. */
int claim_list(struct store *s, int offer, unsigned states, struct claim *ret, int max);

struct claim_change {
	int offer;
	const char *number;
	int64_t person;
	int people;             /* 0: as it is */
	enum claim_state state; /* NONE: as if it had never been */
	int64_t position;       /* 0: as it is, a fresh one at the end */
	const char *reason;     /* of the event; NULL: none */
};
/* Writes the claim, journal and event: task.taken, task.done (a claim becomes confirmed), task.undone (it no more is), else
 * task.changed. A place that becomes free by it goes to the next of the list if it is open still. */
int claim_put(struct store *s, const struct claim_change *c, const struct actor *by, int64_t now);
/* Has somebody else changed it since this action, or is there no place any more to come back to? 1, 0, -errno. */
int claim_touched(struct store *s, int offer, const char *number, int64_t action);

/* ---- rosters (roster.c): what recurs */

struct roster_new {
	enum flavour flavour;
	const char *grid, *text, *place, *rrule, *start_local, *exdates, *organiser;
	int minutes, wanted, points;
	const char (*numbers)[E164_MAX]; /* whose turn it is, in this order */
	int number_count;
};
/* -EINVAL with a sentence: the rule, the start, a date, the grid. */
int roster_add(struct store *s, const struct roster_new *n, int64_t now, int64_t *ret_id, struct err *e);
int roster_end(struct store *s, int64_t id, const struct actor *by,
	       int64_t now); /* -ENOENT; coming dates are cancelled */
struct roster {
	int64_t id, next_utc, ended_utc;
	enum flavour flavour;
	const char *grid, *text, *place, *rrule, *start_local, *exdates, *organiser,
	    *people; /* people: numbers, by blanks */
	int minutes, wanted, points;
};
int roster_list(struct store *s, int64_t now, int (*row)(void *ctx, const struct roster *r), void *ctx);
/* Coming dates (flavour_row.ahead_s) become offers, with those whose turn it is. Holidays are patrolled too. */
#define ROSTER_PEOPLE 64
int roster_lay_out(struct store *s, int64_t now, int64_t *ret_next);
/* The next whose turn it would be on this date and whom nobody has asked: its claim (state NONE). 1, 0 nobody, -errno. */
int roster_next(struct store *s, int offer, struct claim *ret);

/* ---- facts (facts_offer.c) */

/* Fills ret for the number; number 0 in it: a case's, or nobody's. */
int facts_offer(struct store *s, const struct sender *who, int number, struct offer_fact *ret);
/* Open ones that were last named to this phone, else (browsed) the youngest that it may take. */
int facts_offers_to_take(struct store *s, struct facts *f);
/* The sender's own, with a place or on the list. */
int facts_offers_claimed(struct store *s, struct facts *f);
/* What a board lists: of the sender's grid and above. Also own_open and subscribed. */
int facts_board(struct store *s, enum flavour flavour, struct facts *f);

/* Has this phone a part in an open offer: a claim, or is it the one who asked? 1, 0, -errno. */
int facts_has_part(struct store *s, const char *number);

/* ---- subscriptions */
int subscribe(struct store *s, const char *number, const char *topic, int64_t now); /* 1 new, 0 was so */
int unsubscribe(struct store *s, const char *number, const char *topic);
/* Volunteers of the grid (else wherever), the nearest building first, who may get a broadcast; without `except`. As terms
 * of an audience into `out`. */
struct buf;
int offer_nearest(struct store *s, int offer, int max, struct buf *out);
