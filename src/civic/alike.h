/* Is a new complaint the same matter as an open case? Compared are places and words; category and grid are the
 * caller's preselection. Wrongly joined people can UNDO, so likely is enough, but two buildings' lamps are two
 * lamps. Pure. */
#pragma once

#include "civic/facts.h"

/* Share of character pairs two texts have in common, 0 … 100 (Sørensen-Dice over bigrams; blanks and
 * punctuation do not count). */
int alike_words(const char *a, const char *b);

/* The open case that `text` most likely speaks of, or NULL. `building`, `unit`, `place` are where the new one
 * is (from the text or, weaker, from the registry: `place_told` says that the text itself told). */
struct alike_new {
	const char *text, *building, *unit, *place, *grid;
	enum category category;
	bool place_told;
};
const struct matter_fact *alike_find(const struct alike_new *n, const struct matter_fact *open, int count,
				     int64_t now);
