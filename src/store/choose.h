/* Which text of the outbox leaves next by a line that asks. Only reads; its cost does not grow with the queue.
 *
 * Alarms go first, then replies, reminders, broadcasts; within a class the oldest, but broadcasts take turns, of which those
 * that may go out in the quiet hours (urgent, said by a person) have four of five. A
 * class that has waited for long gets every fifth part of a line all the same. Whatever line asks first takes a
 * text, so each line's share follows its speed; two things bind a text to a line:
 *
 *   prefer   a reply would leave by the modem that got the question, and is left to it for as long as the gate says;
 *   bound    parts of it have left by that SIM: from another number the rest would not be joined. Such a text goes
 *            on first within its class, whatever the quotas say, and whatever has become of its broadcast. */
#pragma once

#include "store/outbox.h"

/* Replies and alarms: one person waits for them. */
static inline bool outbox_personal(enum outbox_class c)
{
	return c == OUTBOX_ALARM || c == OUTBOX_REPLY;
}

/* For an UPDATE of message_out that queues a text again: parts that have left bind it to their SIM. */
#define CHOOSE_BOUND                                                                                           \
	"bound = CASE WHEN segments > 1 THEN (SELECT line FROM part_out WHERE message = message_out.id"        \
	" AND state <> 'failed' LIMIT 1) END"

/* The line that asks, and what may leave by it now. */
struct outbox_gate {
	const char *modem; /* its name, and … */
	const char *line;  /* … the SIM in it: ICCID, else the name again */
	int64_t
	    room[OUTBOX_CLASSES]; /* segments (airtime.h); 0: only what was begun goes on, −1: not even that */
	bool quiet_hours;
	int64_t now_utc;
	const int64_t *held; /* texts that sessions have in hand; borrowed */
	int held_count;
	/* For how many seconds a text is left to another modem that it prefers; NULL: 0 */
	int64_t (*patience_s)(void *user, const char *modem);
	void *user;
};

/* What a line remembers from one text to the next; zeroed at the beginning. */
struct outbox_turns {
	int64_t broadcast;          /* had the last turn … */
	int64_t urgent_broadcast;   /* … among the urgent ones */
	unsigned urgent;            /* turns that urgent ones had in a row */
	int passed[OUTBOX_CLASSES]; /* parts of higher classes since one of this class left */
};

/* -ENOENT: nothing may leave now. The answer is the same until something was begun. */
int outbox_choose(struct store *s, const struct outbox_gate *g, const struct outbox_turns *t,
		  struct outbox_message *ret);
/* A part of `m` was begun. */
void outbox_took(struct outbox_turns *t, const struct outbox_message *m);

/* Segments of a text that no part was counted for yet, added to those of its class. */
int outbox_owed(struct store *s, int64_t id, int64_t segments[OUTBOX_CLASSES]);
/* Classes of which texts are queued, all false when none of them is due. */
int outbox_ready(struct store *s, int64_t now_utc, bool ret[OUTBOX_CLASSES]);
/* When the next reply or alarm is not left to the line that it prefers any longer; INT64_MAX: none waits for that. */
int outbox_wished_utc(struct store *s, const struct outbox_gate *g, int64_t *ret_utc);
/* When something becomes due, or too late, that is not yet (INT64_MAX: nothing). */
int outbox_next_utc(struct store *s, int64_t now_utc, int64_t *ret_utc);

/* One text as it stands. -ENOENT. */
int choose_load(struct store *s, int64_t id, struct outbox_message *ret);
