/* The sender's policy: which text a line takes next, what an error means for it, when it is tried again, and
 * its PDU. No port, no session. */
#pragma once

#include "at_commands/errors.h"
#include "base/config.h"
#include "sms/compose.h"
#include "store/outbox.h"

struct daemon;

/* The text that this line sends now: quotas with their reserve, quiet hours, a clock that is not trusted.
 * -ENOENT. */
int sender_next(struct daemon *d, const struct config_modem *line, struct outbox_message *ret);

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
};
enum sender_reaction sender_reaction(enum at_class class);

/* When a text that was refused is tried again; false: it has failed. `attempts` before this one. */
bool sender_next_try(enum sender_reaction reaction, enum outbox_class class, int attempts, int64_t now_utc,
		     int64_t *ret_utc);

/* Fixes m->ref and m->segments as well. -errno with a sentence in *ret_wrong. */
int sender_compose(struct outbox_message *m, int part, bool report, bool validity, int64_t now_utc,
		   struct compose_part *ret, const char **ret_wrong);
