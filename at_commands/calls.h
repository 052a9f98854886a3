/* Calls that nobody answers: who rings. 3GPP TS 27.007 7.18. */
#pragma once

#include "at_commands/chat.h"

#define AT_CALLS_MAX 7

struct at_command at_cmd_calls(void);                                      /* +CLCC */
int at_read_calls(const struct at_reply *r, struct at_call *ret, int max); /* count, or −ENODATA */
