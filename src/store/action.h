/* What a sender did, with what is needed to take it back within half an hour (UNDO). Writers need a
 * transaction. */
#pragma once

#include "civic/facts.h"
#include "store/journal.h"

/* `before`: JSON of the state that UNDO restores, NULL none. */
int action_add(struct store *s, const char *number, enum action_kind kind, int64_t subject, const char *before,
	       const struct actor *by, int64_t now);
/* Actions of the sender's last text that did anything and was not taken back, youngest first; `touched` filled.
 */
int action_last(struct store *s, const char *number, int64_t since_utc, struct action_fact ret[FACTS_ACTIONS]);
/* Calls back with the action's state before; -ENOENT. */
struct action {
	int64_t id, subject, message, utc;
	enum action_kind kind;
	const char *number, *before; /* borrowed until the callback returns */
};
int action_get(struct store *s, int64_t id, int (*row)(void *ctx, const struct action *a), void *ctx);
int action_undone(struct store *s, int64_t id, int64_t now);
