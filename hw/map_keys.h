/* The keys of .map files: two tables, and from what is written to what is meant. For map_files.c, and for the
 * manual. */
#pragma once

#include "hw/register_map.h"

#include <stddef.h>

enum map_key_kind {
	KEY_TEXT,   /* char[size] */
	KEY_LINES,  /* char[size]: further lines are added behind a blank */
	KEY_COUNT,  /* int, 0 … 65535 */
	KEY_NUMBER, /* double; `has` (0: none) is set */
	KEY_DURATION,
	KEY_YES,
	KEY_REGISTER, /* of struct map_row: table and address */
	KEY_TYPE,     /* type, and order when it is said */
	KEY_ORDER,
	KEY_BITS, /* uint64_t: 0x00ff or 255 */
	KEY_INVALID,
	KEY_WORDS,
	KEY_SEVERITY,
	KEY_SERIAL, /* of struct register_map */
	KEY_ALARM,  /* kept as text until all words are known */
	KEY_RULE,   /* kept as text until all rows are known */
	KEY_REQUEST,
	KEY_ANSWER,
	KEY_MEANS,
	KEY_SEEN,
};

struct map_key {
	const char *name;
	enum map_key_kind kind;
	size_t offset, size, has;
	const char *what; /* N_(): what it is for */
};

/* NULL: no such key. */
const struct map_key *map_key_find(bool of_row, const char *name);
/* The i-th, NULL behind the last. */
const struct map_key *map_key_at(bool of_row, int i);
/* May stand several times. */
bool map_key_is_list(const struct map_key *k);

/* NULL, or the sentence's rest: "wants …" (N_()). Kinds of frames and rules are map_files.c's. */
const char *map_key_assign(const struct map_key *k, void *base, const char *value);
