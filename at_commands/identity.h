/* Who the modem and its SIM are: +CGMI, +CGMM, +CGMR, +CGSN and the ways to ask for the ICCID. Answers come
 * bare (`Quectel`), with a prefix (`+CGMR: …`, `Revision: …`) or in quotes. */
#pragma once

#include "at_commands/chat.h"

struct at_command at_cmd_maker(void);
struct at_command at_cmd_model(void);
struct at_command at_cmd_revision(void);
struct at_command at_cmd_imei(void);
struct at_command at_cmd_iccid(const char *command); /* a row's: "AT+QCCID" */

/* Words of maker, model or revision. −ENODATA when the reply is no OK or has none. */
int at_read_words(const struct at_reply *r, char *out, size_t size);
int at_read_imei(const struct at_reply *r, char out[16]);  /* 15 digits (the first 15 of 16 or 17) */
int at_read_iccid(const struct at_reply *r, char out[24]); /* 18 to 20 digits; F fill and odd ends removed */
