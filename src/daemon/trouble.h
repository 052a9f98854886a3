/* Slots that cannot be read whole or cannot be freed: when to try again, and when to give up. One bad read says
 * little about the slot, since some modems cut off an answer now and then; a text is worth several tries, spread
 * over time. Knows neither ports nor clocks. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define TROUBLE_MAX      64
#define TROUBLE_ROUNDS   5 /* bad reads, each in a round of its own: the slot is given up */
#define TROUBLE_SAME     3 /* or so many in a row that gave exactly the same bytes: it lies there like that */
#define TROUBLE_FIRST_MS 2000 /* until the second try; doubles each time */

struct trouble_slot {
	char memory[12];
	int index;
	int rounds, same; /* bad reads; of them the last ones that were alike */
	int deletes;      /* tries to free it that failed */
	uint64_t bytes;   /* fingerprint of what was read last */
	int64_t next_ms;  /* not before; of the monotonic clock */
};

struct trouble {
	struct trouble_slot slot[TROUBLE_MAX];
	int count;
	bool changed; /* rounds of bad reads, since the owner last kept them */
};

/* The pause after so many tries. */
int64_t trouble_pause_ms(int tries, int64_t most_ms);

/* May it be tried now? True for a slot without trouble. */
bool trouble_ripe(const struct trouble *t, const char *memory, int index, int64_t now_ms);

/* It was read badly; `hex` may be NULL. `most_ms`: the longest pause. True: it has been tried often enough. A
 * read that is no round of its own, being too early, does not count. */
bool trouble_bad_read(struct trouble *t, const char *memory, int index, const char *hex, int64_t now_ms,
		      int64_t most_ms);
/* As an earlier life left it. */
void trouble_restore(struct trouble *t, const char *memory, int index, int rounds, int same, uint64_t bytes);
/* It was read well: earlier bad reads are forgotten. */
void trouble_good_read(struct trouble *t, const char *memory, int index);
/* It could not be freed. How often by now. */
int trouble_not_freed(struct trouble *t, const char *memory, int index, int64_t now_ms, int64_t most_ms);

/* It is free. */
void trouble_over(struct trouble *t, const char *memory, int index);
/* All of a memory whose slots have moved. */
void trouble_forget(struct trouble *t, const char *memory);

int trouble_in(const struct trouble *t, const char *memory);
/* The earliest time at which one may be tried; INT64_MAX none. */
int64_t trouble_next_ms(const struct trouble *t);
