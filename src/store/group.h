/* Groups of people by name, that a secretary keeps: the choir, who has an electric bicycle. A broadcast reaches one as
 * group:NAME. Names have no blanks and no commas, which separate the terms of an audience. */
#pragma once

#include "store/journal.h"
#include "store/store.h"

#define GROUP_NAME_MAX 48 /* bytes, with the final zero */

bool group_name_valid(const char *name);

/* The people of the audience that was fixed last (store/broadcast.h), without those that it takes out, join or leave; who
 * could not be texted now is none the less of the group. In the caller's transaction, with an event when somebody did.
 * *ret: how many; *ret_strangers: numbers that nobody in the registry has, which cannot join. */
int group_join(struct store *s, const char *name, const struct actor *by, int64_t now, int *ret,
	       int *ret_strangers);
int group_leave(struct store *s, const char *name, const struct actor *by, int64_t now, int *ret);
/* Everybody leaves, and the group is gone. -ENOENT no such group. */
int group_drop(struct store *s, const char *name, const struct actor *by, int64_t now, int *ret);

struct group {
	const char *name;
	int64_t people;
	int64_t since_utc; /* the first of them */
};
int group_list(struct store *s, int (*row)(void *ctx, const struct group *g), void *ctx);
