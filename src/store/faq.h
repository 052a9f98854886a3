/* Plain answers that the secretary keeps up to date. Writers need a transaction. */
#pragma once

#include "civic/faq.h"
#include "store/journal.h"

struct faq {
	const char *topic, *words, *zh, *en,
	    *changed_by; /* borrowed until the callback returns; en may be "" */
	int64_t changed_utc;
};
/* Writes or replaces a topic; `words` and `en` may be "". *ret_new (may be NULL). -E2BIG: FAQ_TOPICS_MAX are there already. */
int faq_set(struct store *s, const char *topic, const char *words, const char *zh, const char *en,
	    const struct actor *by, int64_t now, bool *ret_new);
int faq_remove(struct store *s, const char *topic); /* -ENOENT */
/* By topic; `topic` NULL: all. A callback's non-zero ends the walk and is returned. */
int faq_list(struct store *s, const char *topic, int (*row)(void *ctx, const struct faq *f), void *ctx);
