/* The outbox: texts on their way out, and the rule by which the next one is chosen. What is put here survives
 * everything; what a modem was given is recorded before the modem hears of it.
 *
 *     queued → sending → sent → delivered
 *                    ↘ queued (again, after a passing error) · failed · expired · uncertain · cancelled
 *
 * uncertain: the link or the process died between the submit and its answer. A reply or an alarm is repeated
 * once after OUTBOX_REPEAT_S without a delivery report; a reminder or broadcast never is. */
#pragma once

#include "store/event.h"

#include "base/e164.h"

#include <stddef.h>

#define OUTBOX_REPEAT_S  15
#define OUTBOX_PARTS_MAX 255

/* The value is the priority. */
enum outbox_class { OUTBOX_ALARM, OUTBOX_REPLY, OUTBOX_REMINDER, OUTBOX_BROADCAST, OUTBOX_CLASSES };
int outbox_class_find(const char *name); /* or -1 */

struct outbox_new {
	const char *number; /* E.164, or a service's digits */
	const char *text;
	enum outbox_class class;
	bool ucs2;    /* what compose_count() chose, … */
	int segments; /* … and how many parts it counted */
	bool report;
	bool quiet;                                          /* waits for the end of the quiet hours */
	int64_t not_before_utc;                              /* 0: now */
	int64_t not_after_utc;                               /* 0: none; later it is expired */
	int64_t person, answers, broadcast, meeting, matter; /* ids, 0: none */
	const char
	    *prefer; /* the modem that it would best leave by; NULL: a reply prefers the one that got what it
			       answers, anything else has no preference */
	const char *dedupe; /* names the one occasion, such as "meeting:12:remind:+86…"; NULL: none */
	bool private;       /* the text stands in for what private_keep_out() keeps under `dedupe` */
	const char *secret; /* a part of the text that no list shows, such as a code; NULL: none */
};

/* Inside or outside a transaction. *ret_id is 0 when the occasion is already there (that is no error). `ret_id`
 * may be NULL. */
int outbox_add(struct store *s, const struct outbox_new *n, int64_t now_utc, int64_t *ret_id);

/* What no modem has been given yet becomes cancelled; -ENOENT when it was too late or is not there. */
int outbox_cancel(struct store *s, int64_t id, int64_t now_utc);
/* Of a broadcast; returns how many by *ret_count (may be NULL). */
int outbox_cancel_broadcast(struct store *s, int64_t broadcast, int64_t now_utc, int *ret_count);
/* failed (and, with `uncertain`, uncertain) parts of a broadcast are queued again, by a person's decision. */
int outbox_retry_broadcast(struct store *s, int64_t broadcast, bool uncertain, int64_t now_utc, int *ret_count);

/* ------------------------------------------------------------------- what the sender of the daemon uses */

/* A text that a modem works on. `text` is owned: outbox_message_done. */
struct outbox_message {
	int64_t id;
	char number[E164_MAX];
	char *text;
	enum outbox_class class;
	bool ucs2, report;
	bool repeated; /* this is the one repetition of an uncertain text */
	bool urgent;   /* of a broadcast that may go out in the quiet hours */
	bool asked; /* the part in hand asks for a report: set by who composes it, before outbox_part_begin */
	char line[48]; /* the SIM that it leaves by, likewise; "": the modem's name stands for it */
	int segments, attempts;
	int ref; /* of the concatenation, −1 until the first part is composed */
	int64_t not_after_utc, created_utc;
	int64_t broadcast, matter;
	uint8_t done[OUTBOX_PARTS_MAX +
		     1]; /* done[part]: sent, delivered or uncertain; it is not given to a modem again */
};
void outbox_message_done(struct outbox_message *m);

/* What follows is a transaction of its own, or a piece of the caller's: an outcome and the begin of what comes
 * next are committed together. message.sent and message.failed are written with the change that they tell of. */

/* Committed before the first byte of the PDU is written: this part is with the modem. Claims the message too.
 * -ENOENT, and nothing is changed: it was cancelled, is too late, or another line has it. */
int outbox_part_begin(struct store *s, const struct outbox_message *m, int part, int ref, const char *modem,
		      int64_t now_utc);
/* Outcomes of a part. *ret_whole: of no part of the text another try is to be made. */
int outbox_part_sent(struct store *s, struct outbox_message *m, int part, int mr, int64_t now_utc,
		     bool *ret_whole);
/* `again_utc`: the modem did answer, by an error that says nothing; a reply or alarm is then tried again at that time
 * however often it was before. 0: the one repetition, if it has not been. */
int outbox_part_uncertain(struct store *s, struct outbox_message *m, int part, int64_t again_utc,
			  int64_t now_utc, bool *ret_whole);
/* Whether a report has come since this part was last begun that says the service centre had it. */
int outbox_part_reported(struct store *s, const struct outbox_message *m, int part, int64_t *ret);
/* It did not go out and will be tried again at `next_try_utc`, by any line. */
int outbox_part_later(struct store *s, struct outbox_message *m, int part, const char *reason,
		      int64_t next_try_utc);
/* The part did not go out and that was not its fault: as it was before, no attempt counted. `part` 0: none was
 * under way. */
int outbox_release(struct store *s, const struct outbox_message *m, int part, int64_t next_try_utc);
int outbox_failed(struct store *s, struct outbox_message *m, int part, const char *reason, int64_t now_utc);

/* message.sent or message.failed as the row stands now, for who settles a text by other means. */
int outbox_note(struct store *s, int64_t message, enum event_kind kind, int64_t now_utc);

/* The answer to an uncertain part came after all. -ENOENT: it is not uncertain any more. */
int outbox_part_late(struct store *s, int64_t message, int part, int mr, int64_t now_utc);

/* Texts past their not-after become expired. */
int outbox_expire(struct store *s, int64_t now_utc, int *ret_count);

/* A text of which no part is left to be begun, and which is nevertheless not settled: its parts in `sending`
 * become uncertain. */
int outbox_settle(struct store *s, int64_t id, int64_t now_utc);
/* At start-up: what was with a modem when the program died is uncertain; texts between two parts go on. */
int outbox_recover(struct store *s, int64_t now_utc, int *ret_uncertain);

/* For status: texts that wait, the age of the oldest that is due, and how many are uncertain. */
struct outbox_counts {
	int64_t queued, uncertain, oldest_utc; /* oldest_utc 0: none */
};
int outbox_counts(struct store *s, int64_t now_utc, struct outbox_counts *ret);
