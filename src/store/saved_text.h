/* Texts that are sent again and again: the words with marks (civic/marks.h) and, if wished, whom they go to. Writers need a
 * transaction. */
#pragma once

#include "store/journal.h"
#include "store/store.h"

struct saved_text {
	const char *name, *text, *audience,
	    *changed_by; /* borrowed until the callback returns; audience may be "" */
	int64_t changed_utc;
};
/* Writes or replaces. */
int saved_text_set(struct store *s, const char *name, const char *text, const char *audience,
		   const struct actor *by, int64_t now);
int saved_text_remove(struct store *s, const char *name); /* -ENOENT */
/* By name; `name` NULL: all. A callback's non-zero ends the walk and is returned. */
int saved_text_list(struct store *s, const char *name, int (*row)(void *ctx, const struct saved_text *t),
		    void *ctx);
