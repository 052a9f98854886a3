/* What every verb does that writes: one transaction, and then the daemon is woken. */
#pragma once

#include "cli/cli.h"
#include "store/journal.h"

/* The person at this shell, for the journal. */
void changes_actor(struct actor *by);

/* Opens the database and begins the transaction; 0, or an exit status that was explained. */
int changes_begin(struct cli *c, struct store **ret);
/* Ends the transaction: commits when `r` is 0, else rolls back. An exit status; errors of the store are
 * printed, an `r` above 0 is an exit status that was already explained. */
int changes_end(struct cli *c, int r);
/* A running daemon hears that there is something to do; without one nothing happens. */
void changes_wake(struct cli *c);
