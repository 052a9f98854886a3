/* The order of an agenda: alike items stand together, the secretary's places are kept, the others follow by supporters,
 * urgency and age. And when an agenda is fixed, so that what hangs on the notice board is what was texted. Pure. */
#pragma once

#include "civic/rounds.h"
#include "rules/intent.h"

#define AGENDA_MAX      60    /* items of one meeting; what has fewer supporters waits for a later one */
#define AGENDA_ALIKE    60    /* share of common words (alike_words) from which two items are shown as one */
#define AGENDA_FREEZE_S DAY_S /* ahead of the start where no reminder is configured */
#define AGENDA_LAST_S   (2 * HOUR_S) /* a meeting that was planned later than its freeze would have been */

struct agenda_entry {
	int matter, position; /* position: the secretary's, from 1; 0: by rank */
	int supporters;
	bool urgent, proposal;
	bool apart; /* the secretary: not the same as those alike */
	int64_t opened_utc;
	enum category category;
	char building[16];
	char *text; /* borrowed */
	int under;  /* out: the item under which it is shown, 0: it stands for itself */
	int weight; /* out: supporters with those of the items under it */
	void *user;
};
/* Sorts into the order in which they are shown: each item is followed by those under it. */
void agenda_arrange(struct agenda_entry *list, int count);

/* When the agenda is fixed: with the reminder; when the meeting was only planned after that, two hours before it begins. */
int64_t agenda_freeze_time(const struct round_state *m, const struct round_config *c);
