/* Which text of the outbox leaves next. */
#pragma once

#include "store/outbox.h"

/* Replies and alarms: one person waits for them. */
static inline bool outbox_personal(enum outbox_class c)
{
	return c == OUTBOX_ALARM || c == OUTBOX_REPLY;
}

/* One text as it stands. -ENOENT. */
int choose_load(struct store *s, int64_t id, struct outbox_message *ret);
