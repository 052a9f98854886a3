/* From a raw PDU to a durable text: stored, recognised when it comes twice, joined with its other parts, or put
 * into quarantine. What returns 0 is committed: only then may the modem forget its copy. Knows nothing of
 * ports. */
#pragma once

#include "daemon/participation.h"
#include "store/store.h"

struct received {
	const char *modem;
	const char *line;   /* the SIM that is in it: ICCID, else the modem's name */
	const char *memory; /* "SM", "ME" …; "" came without a slot */
	int slot;           /* −1 likewise */
	const char *hex;    /* as the modem printed it */
	int length;         /* octets of the TPDU that it stated, −1 not said */
	/* not to be decoded, but kept as it is, for this reason: a draft, a slot that cannot be read */
	const char *unread;
	bool draft; /* it was stored for sending: nobody is told */
	/* results */
	int failed;       /* -errno: nothing was done with this one, the modem must keep it */
	bool known;       /* it had come before */
	bool raw;         /* it is no readable text, and kept as it is */
	int64_t scts_utc; /* of a text that is new: when its service centre had it; 0 not said */
};

/* All of them in one transaction, and what their texts ask for is done in it as well, so that an answer lies in the
 * outbox when this returns. 0: committed, each but the `failed` ones. -errno: nothing was done. */
int receiver_take(const struct participation *p, struct received *in, int count, int64_t now);

/* Texts whose parts did not all come within a day are delivered with a gap. *ret_next: when to look again. */
int receiver_expire(const struct participation *p, int64_t now, int64_t *ret_next);

/* One call that nobody answered. */
int receiver_call(const struct participation *p, const char *number, const char *modem, int64_t now);
