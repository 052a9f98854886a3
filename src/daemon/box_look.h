/* The facts of civic/facts_box.h: what the daemon knows of itself now. Reads memory and small tables alone; no modem is
 * asked, since the answer is to come at once. */
#pragma once

#include "civic/facts.h"

/* As struct participation.look wants it; `daemon` is the struct daemon. */
int box_look(void *daemon, int64_t now_utc, enum language language, struct box_fact *ret);
