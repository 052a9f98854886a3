/* Calls that nobody answers: who rings. 3GPP TS 27.007 7.18. */
#pragma once

#include "at_commands/chat.h"

#define AT_CALLS_MAX 7

/* A voice call to `number` (E.164). Ends at once (OK), or only when somebody picks up or nobody does, as the modem likes: within
 * `ring_ms` either way, and then it is hung up with the row's `hangup` words. */
struct at_command at_cmd_dial(const char *number, int ring_ms);
enum at_dialled {
	DIAL_RINGS,   /* it is under way, or the modem says nothing before its end */
	DIAL_OVER,    /* busy, no answer, no carrier */
	DIAL_REFUSED, /* the modem does not dial */
};
enum at_dialled at_read_dial(const struct at_reply *r);

struct at_command at_cmd_calls(void);                                      /* +CLCC */
int at_read_calls(const struct at_reply *r, struct at_call *ret, int max); /* count, or −ENODATA */
