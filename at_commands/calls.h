/* Calls that nobody answers: who rings, and how to let go. 3GPP TS 27.007 7.18, 6.5; USSD 7.15. */
#pragma once

#include "at_commands/chat.h"
#include "at_commands/modem_row.h"

#define AT_CALLS_MAX 7

struct at_command at_cmd_calls(void);                                      /* +CLCC */
int at_read_calls(const struct at_reply *r, struct at_call *ret, int max); /* count, or −ENODATA */
/* The row's ways in order: 0, 1 …; −ENOENT after the last. */
int at_cmd_hangup(const struct modem_row *row, int which, struct at_command *ret);

struct at_command at_cmd_ussd(const char *code); /* the answer comes as URC_USSD */
/* The words of URC_USSD: plain, or UCS-2 hex turned into UTF-8. */
void at_ussd_text(const struct at_urc *urc, char *out, size_t size);
