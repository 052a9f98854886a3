/* Who rings. However many RINGs and caller lines a call has, and whichever of its ends the modem tells of, it is
 * one call (MODEM-FACTS 5). Knows neither ports nor clocks.
 *
 * A call is never answered, so that nobody pays for it. It rings for a while, because somebody old who hears
 * "busy" at once believes that the number is wrong and dials again and again, and then it is rejected, because the
 * answer by text should come while the phone is still in the hand, the next caller finds the line free, and a voice
 * box of the operator, which would cost the caller, takes over only later. It is not rejected before the number is
 * known, or known to be withheld: a call whose number came too late would be a call from nobody. */
#pragma once

#include "at_commands/urc.h"

#include <stdbool.h>
#include <stdint.h>

#define CALLER_GAP_MS    10000 /* no RING for so long: it is over */
#define CALLER_ENDED     4     /* that can be over at the same time */
#define CALLER_LINGER_MS 1500  /* behind the end of a call without a number: it may still be told */
#define CALLER_TELLS_MS  4000  /* a modem's count of a missed call may come so long after its end */

struct caller {
	bool on, known;                 /* known: the number, or that it is withheld */
	char number[AT_NUMBER_MAX + 1]; /* "" not known, or withheld */
	int64_t since_ms, last_ms;      /* first and last sign of it */
	int rings;                      /* since the last try to reject it */
};

/* Zero-initialised. */
struct callers {
	struct caller ringing, waiting; /* waiting: rings while the other one does */
	int64_t ask_ms, reject_ms;    /* of the one that rings; INT64_MAX: no question, no rejection to come */
	int tries;                    /* to reject this one */
	int64_t over_ms;              /* when the last one ended; 0: there was none */
	char last[AT_NUMBER_MAX + 1]; /* its number */
	char ended[CALLER_ENDED][AT_NUMBER_MAX + 1];
	int ended_count;
};

struct callers_rules {
	int gap_ms;    /* 0: CALLER_GAP_MS */
	int ask_ms;    /* so long without a caller line, then one question; 0: never */
	int reject_ms; /* rings so long; 0: until the caller gives up */
	int ways;      /* how many commands there are that may reject a call */
};

enum callers_want { CALLERS_NOTHING, CALLERS_ASK, CALLERS_REJECT };

/* Any code that has to do with calls. */
void callers_urc(struct callers *c, const struct callers_rules *r, const struct at_urc *u, int64_t now_ms);
/* What the modem said when it was asked: a call that rings, among others. */
void callers_listed(struct callers *c, const struct at_call *call, int count);

/* The modem was asked after a rejection. */
void callers_gone(struct callers *c, const struct at_call *call, int count, int64_t now_ms);

/* What is to be done now; call it again until it is nothing. CALLERS_REJECT: with way number tries − 1. */
enum callers_want callers_tick(struct callers *c, const struct callers_rules *r, int64_t now_ms);
int64_t callers_due_ms(const struct callers *c, const struct callers_rules *r); /* INT64_MAX: never */

/* One call that is over: its number, "" not known. False: none. */
bool callers_next(struct callers *c, char number[AT_NUMBER_MAX + 1]);
