/* Who spoke for whom. Writers need a transaction. */
#pragma once

#include "base/e164.h"
#include "store/store.h"

/* `told`: the text to the one in whose name it is, 0: none. */
int proxy_add(struct store *s, int matter, const char *sender, const char *number, int64_t told, int64_t now);
/* How often this phone spoke for others since then. */
int proxy_count(struct store *s, const char *sender, int64_t since_utc, int *ret);
/* The phone that spoke; -ENOENT. */
int proxy_sender(struct store *s, int matter, char ret[E164_MAX]);
/* Half an hour to take it back begins when the text arrives: moves the time of what this phone may undo. */
int proxy_arrived(struct store *s, const char *number, int64_t now);
