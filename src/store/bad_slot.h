/* Slots of a modem's stores that were read badly so far, so that a restart does not begin their rounds anew
 * (daemon/trouble.h). Written on a bad read alone. */
#pragma once

#include "store/store.h"

struct bad_slot {
	const char *memory; /* "SM" … */
	int slot;
	int rounds, same;
	uint64_t bytes; /* fingerprint of what was read last */
};

/* All of `line` (the SIM) are these now. One transaction. */
int bad_slot_put(struct store *s, const char *line, const struct bad_slot *slot, int count);
int bad_slot_each(struct store *s, const char *line, int (*row)(void *ctx, const struct bad_slot *b),
		  void *ctx);
