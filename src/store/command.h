/* Commands of staff that wait for the code which was texted to the very phone they came from. Writers need a
 * transaction. */
#pragma once

#include "civic/facts.h"
#include "store/journal.h"

/* A command waits under a fresh code. -EEXIST: another of this phone has the same, draw again. What is older than a day
 * goes. */
int command_add(struct store *s, const char *number, const char *code, const struct intent *in, int64_t now,
		int64_t expires_utc, int64_t *ret_id);
/* Which text tells the code. */
int command_texted(struct store *s, int64_t id, int64_t message);
/* How this code, texted by this phone, stands to what waits; COMMAND_NONE: nothing does. */
int command_get(struct store *s, const char *number, const char *code, int64_t now, struct command_fact *ret);
/* Is a code of a command open to this phone? 1, 0 or -errno. */
int command_expected(struct store *s, const char *number, int64_t now);
int command_done(struct store *s, int64_t id, int64_t now);
/* A wrong code came: it counts against every command of this phone that waits. */
int command_missed(struct store *s, const char *number, int64_t now);
