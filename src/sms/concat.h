/* Which parts of concatenated messages belong together, 3GPP TS 23.040 9.2.3.24.1 and .8, and what is whole.
 * Pure: the caller hands over the rows that wait (any number of senders and references) and gets them sorted
 * out; nothing is kept in between, so it may be called after every part and after every start. */
#pragma once

#include "sms/tpdu.h"

#define CONCAT_PATIENCE_S   ((int64_t)24 * 3600) /* then a message is given up as incomplete */
#define CONCAT_SCTS_APART_S ((int64_t)30 * 60)   /* parts of one message reach the service centre within this */
#define CONCAT_NO_SCTS      INT64_MIN
#define CONCAT_GAP          "[…]" /* stands in the text for a part that never came */

struct concat_row {
	/* in */
	int64_t id;         /* the caller's, e.g. pdu_in.id */
	const char *sender; /* borrowed; canonical */
	int ref, bits, part, parts;
	int64_t scts_utc; /* or CONCAT_NO_SCTS */
	int64_t arrived_utc;
	const char *hash; /* borrowed; equal for two deliveries of one part */
	/* out */
	int group;      /* index of its message in ret_groups */
	bool duplicate; /* the same part came before: not needed for the text */
};

enum concat_state { CONCAT_WAITING, CONCAT_COMPLETE, CONCAT_EXPIRED };

struct concat_group {
	enum concat_state state;
	int parts, have; /* have: different parts that are here */
	int64_t first_arrived_utc;
	int64_t deadline_utc; /* when it becomes CONCAT_EXPIRED */
};

/* Sorts `n` rows, given in order of arrival, into messages; `ret_groups` has room for n. Returns their number.
 * A part goes to the message of its sender, reference, width and count that lacks it and is nearest in time
 * stamp; the same number with other content begins a new message (references are used again), so does a time
 * stamp more than CONCAT_SCTS_APART_S away. */
int concat_sort(struct concat_row *rows, size_t n, int64_t now_utc, struct concat_group *ret_groups);

/* The whole text: by_part[0 … parts-1] borrowed, NULL for one that never came (CONCAT_GAP). Surrogate pairs
 * that were cut by a part's end are joined. UTF-8; the caller frees. */
char *concat_text(const struct tpdu *const *by_part, int parts);
