/* The sender's policy: which text a line takes next, what an error means for it, when it is tried again, and
 * its PDU. No port. */
#pragma once

#include "at_commands/errors.h"
#include "base/config.h"
#include "sms/compose.h"
#include "store/choose.h"

struct daemon;
struct session;

/* sender_next.c */

/* What a line remembers for the choice of its texts; zeroed at the beginning. */
struct sender_line {
	struct outbox_turns turns;
	int64_t away_ms;  /* it was first seen out of service; 0: it is in service */
	int64_t quiet_ms; /* [modem] jitter: no text of a bulk class before */
	bool after_bulk;  /* the last text was of a bulk class: such a pause is due */
};

/* The text that this session may begin next and that no session holds: roles, quotas with their reserve, what the
 * session says is closed, quiet hours, a clock that is not trusted, jitter. Only reads. -ENOENT: none. */
int sender_next(struct daemon *d, struct session *s, struct outbox_message *ret);
/* A part of `m` was begun: committed, or about to be. */
void sender_took(struct session *s, const struct outbox_message *m);
/* When some session might find a text that it does not find now: milliseconds from now, INT64_MAX: only when
 * something happens. */
int64_t sender_wait_ms(struct daemon *d);
/* Texts that were begun on a line which stays away are dealt with (bound.h). *ret_next: when again. */
int sender_unbind(struct daemon *d, int64_t *ret_next);

enum sender_reaction {
	REACT_SENT,        /* the centre has it already */
	REACT_FAIL,        /* never */
	REACT_ONCE,        /* one more try */
	REACT_LATER,       /* the steps of its class */
	REACT_WAIT,        /* busy: in two seconds */
	REACT_NO_REPORT,   /* at once, without asking for a report */
	REACT_NO_VALIDITY, /* at once, without a validity */
	REACT_REJECTED,    /* once more in a quarter of an hour; three in a row are the line's fault */
	REACT_LINE,        /* the line is refused: this text waits for it or for another line */
	REACT_REGISTER,    /* later; three in a row: register anew */
	REACT_STORE_FULL,  /* when the store was read out */
	REACT_REINIT,      /* when the modem is itself again */
	REACT_DOUBT,       /* that is no PDU to it: perhaps it is in text mode; once more when that is known */
};
enum sender_reaction sender_reaction(enum at_class class);

/* When a text that was refused is tried again; false: it has failed. `attempts` before this one. */
bool sender_next_try(enum sender_reaction reaction, enum outbox_class class, int attempts, int64_t now_utc,
		     int64_t *ret_utc);

/* Fixes m->ref and m->segments as well. -errno with a sentence in *ret_wrong. */
int sender_compose(struct outbox_message *m, int part, bool report, bool validity, int64_t now_utc,
		   struct compose_part *ret, const char **ret_wrong);
