/* What happens when somebody texts or rings, and when time passes. Gathers facts from the store, lets the pure
 * policy (src/civic) decide, and applies what it decided together with `done` in one transaction: after a crash
 * the same text is simply taken again, and nothing happens twice.
 *
 * Each function is one transaction of its own (BEGIN IMMEDIATE … COMMIT) and returns 0 or -errno; on -EBUSY,
 * -ENOSPC, -EIO nothing was done and the caller tries again later. Answers go to the outbox: look there
 * afterwards. */
#pragma once

#include "base/config.h"
#include "civic/facts_box.h"
#include "civic/route.h"
#include "rules/replies.h"
#include "rules/rules.h"
#include "store/store.h"

struct participation {
	struct store *store; /* all borrowed; rules, replies, routes and config may be replaced between calls */
	const struct rules *rules;
	const struct replies *replies;
	const struct point_rules *points; /* NULL: nothing is given */
	const struct routes *routes;      /* NULL: everything is the secretary's */
	const struct config *config;
	/* How the gateway is (box_look.h); NULL: nobody knows. Returns -errno. */
	int (*look)(void *user, int64_t now, enum language language, struct box_fact *ret);
	void *look_user;
	int64_t built_utc; /* the program's build date, for the clock guard; 0: unknown */
	int64_t
	    network_ahead_s; /* so much is ours behind, as mobile networks say (session_time.c); 0: it is not */
	int network_agrees;  /* so many lines say that it is right, and none that it is not */
};

/* One stored text (message_in in state `stored`). Afterwards it is `done`. A text that is already done is left
 * alone. */
int participation_take(const struct participation *p, int64_t message_in, int64_t now);
/* The same as a piece of the caller's transaction; afterwards private_scrub(). When it fails, the piece is undone and the
 * text is still `stored`. */
int participation_take_within(const struct participation *p, int64_t message_in, int64_t now);

/* Somebody rang and hung up, or gave up. `number` as the network showed it (raw or canonical; "" withheld).
 * Call it once a call, not once a RING. */
int participation_ring(const struct participation *p, const char *number, const char *modem, int64_t now);

/* Time: meetings, rounds of invitations and reminders, questions that wait or expire, ratings. Call it at
 * start, at *ret_next, after anything changed (a text taken, a wake over the socket, a reload) and when the
 * clock was set; it may be called at any time and as often as one likes. *ret_next: INT64_MAX never.
 * *ret_clock_ok (may be NULL): the wall clock is plausible; while it is not, send nothing unsolicited (classes
 * reminder and broadcast). */
int participation_tick(const struct participation *p, int64_t now, int64_t *ret_next, bool *ret_clock_ok);

/* Bytes that are no readable text lie in the quarantine (pdu_in.id `pdu`): opens the case "unreadable text from
 * …" for the secretary. `sender` may be "" when not even that could be read. `pdu` 0: unknown. A piece of the caller's
 * transaction. */
int participation_quarantine(const struct participation *p, int64_t pdu, const char *sender, const char *reason,
			     const char *modem, int64_t now);
