/* How often a modem was reset: a module's flash allows only some of it a day, whatever restarts in between. */
#pragma once

#include "store/store.h"

/* Events modem.reset of that modem since then. */
int line_resets(struct store *s, const char *modem, int64_t since_utc, int *ret_count);
