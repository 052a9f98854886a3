/* The credit of each line's SIM: what operators tell by text or USSD is written down as data, and judged: low, used up,
 * about to expire. How it is asked for: session_balance.c. */
#pragma once

#include "daemon/daemon.h"

/* Reads a stored text if an operator sent it ([modem] balance, or a number of rules/operator.patterns). Inside the
 * transaction of participation_take. 0 also when there was nothing to read; -errno of the store. */
int balance_take(const struct participation *p, const char *number, const char *text, const char *modem,
		 int64_t message, int64_t now);
/* The same from the answer to a USSD request. False: it told nothing. */
bool balance_told(struct daemon *d, const struct config_modem *m, const char *iccid, const char *text);

/* Raises and clears the alarms of all lines when something was told since, or a day has begun. */
void balance_judge(struct daemon *d);
