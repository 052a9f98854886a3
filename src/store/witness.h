/* Neighbours of a building who are asked whether a case is so at their place, too (opt-in: person.verify). Writers need a
 * transaction. */
#pragma once

#include "base/e164.h"
#include "civic/facts.h"
#include "store/store.h"

struct witness {
	int matter;
	int64_t person;
	char number[E164_MAX];
};
/* Neighbours of the building who may be asked now, strangers to the reporter's household, none of them asked within a day;
 * who was asked longest ago comes first. The count, or -errno. */
int witness_choose(struct store *s, int matter, int64_t now, struct witness *ret, int max);
int witness_add(struct store *s, const struct witness *w, int64_t until_utc, int64_t now);
/* Who waits for being asked, of `number` or (NULL) all; at most `max`. *ret_until: answers count until then. */
struct witness_waiting {
	struct witness w;
	int64_t until_utc;
};
int witness_waiting(struct store *s, const char *number, int64_t now, struct witness_waiting *ret, int max);
int witness_asked(struct store *s, const struct witness *w, int64_t now);
/* 1: written; 0: was not asked, or has answered. `answer` "yes", "no", NULL takes it back. */
int witness_answer(struct store *s, int matter, const char *number, const char *answer);
int witness_count(struct store *s, int matter, struct witness_fact *ret);
