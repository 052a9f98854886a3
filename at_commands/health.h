/* What says how well a modem is placed: its supply, IMS, its own number. Queries alone. 3GPP TS 27.007 8.4, 8.71, 7.1. */
#pragma once

#include "at_commands/chat.h"
#include "at_commands/modem_row.h"

/* AT+CBC. Modules tell the voltage at their supply pins, sticks at times that of the USB port, many nothing. */
struct at_command at_cmd_battery(void);
/* "+CBC: 0,80,3850", "+CBC: 3.916V", "+CBC: 0,80". Either may be −1: not said. −ENODATA, −EBADMSG. */
int at_read_battery(const struct at_reply *r, int *ret_millivolt, int *ret_percent);

enum at_ims {
	IMS_UNKNOWN, /* nothing that is understood */
	IMS_OFF, /* not registered with IMS: calls and texts go over 2G/3G or SGs where the network has them */
	IMS_ON,  /* registered: texts and calls over LTE work where the operator's tariff has them */
	IMS_FORBIDDEN, /* switched off in the modem's own settings */
};
struct at_command at_cmd_ims(const struct modem_row *row);
/* "+CIREG: 0,1", `+QCFG: "ims",1,1`. */
enum at_ims at_read_ims(const struct at_reply *r);

/* AT+CNUM: the number that is written on the SIM; seldom there in China, and not always right. */
struct at_command at_cmd_own_number(void);
int at_read_own_number(const struct at_reply *r, char *number, size_t size); /* −ENODATA */
