/* PINs that were given to a SIM and not taken since, each written down before it is given: whatever crashes or
 * restarts, and in whichever modem the SIM is, none is given twice. */
#pragma once

#include "store/store.h"

#include <stdbool.h>

/* `sim`: its ICCID, or the modem's name when the SIM does not tell it before its PIN. `mark`: a hash of the PIN.
 * *ret_count: how many other or equal ones were given. */
int sim_pin_tried(struct store *s, const char *sim, const char *mark, bool *ret_this, int *ret_count);
int sim_pin_note(struct store *s, const char *sim, const char *mark, int64_t now_utc);
/* The SIM is open: all is forgotten. */
int sim_pin_accepted(struct store *s, const char *sim);
