/* The keys of a .modem row: one table for reading and for saying what is wrong. Used by modem_files.c alone. */
#pragma once

#include "at_commands/modem_row.h"

struct modem_key;

const struct modem_key *modem_key_find(const char *name); /* NULL: no such key */
int modem_key_index(const struct modem_key *k);           /* 0 … modem_key_count() − 1 */
int modem_key_count(void);
bool modem_key_is_list(const struct modem_key *k);

/* Writes `value` into its field of `row`; `first` clears a list that was inherited. NULL when it was right,
 * else a sentence that says what would have been. */
const char *modem_key_assign(const struct modem_key *k, struct modem_row *row, const char *value, bool first);
