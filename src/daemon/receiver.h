/* From a raw PDU to a durable text: stored, recognised when it comes twice, joined with its other parts, or put
 * into quarantine. What returns 0 is committed: only then may the modem forget its copy. Knows nothing of
 * ports. */
#pragma once

#include "daemon/participation.h"
#include "store/store.h"

struct received {
	const char *modem;
	const char *memory; /* "SM", "ME" …; "" came without a slot */
	int slot;           /* −1 likewise */
	const char *hex;    /* as the modem printed it */
	int length;         /* octets of the TPDU that it stated, −1 not said */
};

/* 0: committed, or known already. -errno: nothing was done, the modem must keep it. *ret_quarantine (may be
 * NULL) gets the row in pdu_in when it is no readable text, else 0. */
int receiver_take(const struct participation *p, const struct received *in, int64_t now,
		  int64_t *ret_quarantine);

/* Keeps bytes that were never decoded, such as a slot that cannot be read. `stored_for_sending`: it was a
 * draft, nobody is told of it. */
int receiver_quarantine(const struct participation *p, const struct received *in, const char *reason,
			bool stored_for_sending, int64_t now);

/* Texts whose parts did not all come within a day are delivered with a gap. *ret_next: when to look again. */
int receiver_expire(const struct participation *p, int64_t now, int64_t *ret_next);

/* One call that nobody answered. */
int receiver_call(const struct participation *p, const char *number, const char *modem, int64_t now);
