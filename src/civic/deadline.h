/* Deadlines in working hours. Pure. */
#pragma once

#include "base/clock.h"

/* `utc` plus that many seconds in which the window is open (and no holiday is: holidays are the caller's
 * window). A window that never opens counts every hour. */
int64_t deadline_after(const struct day_window *working, int64_t utc, int64_t seconds);
