/* Private words. They are kept in the matter alone (private = 1, emptied in every list); the raw PDU is the
 * inbox's and goes with its retention. A store of its own that only the daemon can read is not built yet. */
#pragma once

#include "store/store.h"

/* Removes the words from the list of texts; in the transaction that opened the matter. */
int private_hide(struct store *s, int64_t message);
