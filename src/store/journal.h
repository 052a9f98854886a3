/* The journal: who did what to a case, when, by which channel. Only ever appended to (a trigger sees to it). */
#pragma once

#include "store/store.h"

#define ACTOR_MAX 48

enum journal_channel { CHANNEL_TEXT, CHANNEL_CALL, CHANNEL_SHELL, CHANNEL_TIMER };
const char *journal_channel_name(enum journal_channel c);

/* Who does it: "person:12", "phone:+86…", "shell:1000", "daemon". */
struct actor {
	char id[ACTOR_MAX];
	enum journal_channel channel;
	int64_t message; /* message_in that asked for it, or 0 */
};

/* `matter` 0: speaks of no case. `note` may be NULL. */
int journal_add(struct store *s, int matter, const char *entry, const char *note, const struct actor *by,
		int64_t now);

struct journal_row {
	int64_t id, utc;
	const char *actor, *channel, *entry, *note; /* borrowed until the callback returns */
};
/* Oldest first. A callback's non-zero ends the walk and is returned. */
int journal_list(struct store *s, int matter, int (*row)(void *ctx, const struct journal_row *j), void *ctx);

/* The number of the youngest row; 0 when there is none. */
int journal_last_id(struct store *s, int64_t *ret);

/* Did anything but texts and calls of this phone (and the daemon) write into a case's journal after what the
 * text `message` did there? 1, 0 or -errno. */
int journal_touched(struct store *s, int matter, const char *number, int64_t message);
