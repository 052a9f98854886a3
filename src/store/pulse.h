/* What a screen that follows live asks again and again: has anything changed, and how long are the queues. */
#pragma once

#include "store/outbox.h"

/* Changes whenever another connection has committed something; costs no look at any table. */
int pulse_version(struct store *s, int64_t *ret);

struct pulse {
	int64_t waiting[OUTBOX_CLASSES]; /* texts that wait, by class */
	int64_t sending;                 /* with a modem now */
};
int pulse_look(struct store *s, struct pulse *ret);
