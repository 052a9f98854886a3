/* For src/daemon/participation_offer*.c alone: an offer as texts tell it, and to whom. */
#pragma once

#include "daemon/participation_internal.h"
#include "store/offer.h"

/* A copy that outlives the query. */
struct offer_note {
	int number, room, wanted, waiting, points;
	enum flavour flavour;
	enum offer_state state;
	int64_t starts_utc, until_utc, broadcast;
	char text[160], place[INTENT_SHORT_MAX], grid[CIVIC_CODE_MAX], building[16], address[INTENT_SHORT_MAX];
	char phone[E164_MAX], asker[INTENT_SHORT_MAX]; /* of who asks for it; "": the secretary */
};
int offer_note_get(const struct participation *p, int number, struct offer_note *ret);

/* Whom and what a text about it names besides; NULL for none. */
struct offer_about {
	const char *name, *phone, *note, *other;
	bool whole;   /* more of its text */
	bool running; /* it is of use until the end, not only until the start */
};
void offer_say(const struct participation *p, enum language lang, const char *key, const struct offer_note *n,
	       const struct offer_about *a, struct buf *out);
/* To one phone, once for each `occasion`; not to who wants no texts, and not at night when it can wait. */
int offer_tell(const struct participation *p, const char *number, const char *key, const struct offer_note *n,
	       const struct offer_about *a, const char *occasion, int64_t now);
/* To who asked for it, else to the secretaries of the grid. */
int offer_tell_bosses(const struct participation *p, const char *key, const struct offer_note *n,
		      const struct offer_about *a, const char *occasion, int64_t now);
/* The next on the roster is asked: 1, 0 nobody is left, -errno. */
int offer_ask_next(const struct participation *p, const struct offer_note *n, struct claim *ret, int64_t now);
