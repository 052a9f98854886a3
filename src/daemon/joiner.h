/* Raw parts in the store → whole texts in the store, inside the caller's transaction. */
#pragma once

#include "daemon/participation.h"
#include "sms/tpdu.h"
#include "store/inbox.h"

/* A text of one part: a message, *ret, of which the caller's row will be the only part. */
int joiner_alone(const struct participation *p, const char *modem, const struct tpdu *t, int64_t now,
		 int64_t *ret);

/* A part has come (its row is in the store): texts of its sender and reference that are whole now, or whose
 * time is over, become messages. */
int joiner_join(const struct participation *p, const struct inbox_pdu *key, int64_t now);
