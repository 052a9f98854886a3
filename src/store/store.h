/* One open database: SQLite in WAL mode, synchronous=FULL, foreign keys on, busy timeout. The only folder with SQL;
 * one file per aggregate (person, inbox, outbox, matter, meeting …), each with a header that is its manual.
 * Results that a caller walks come through a row callback or a bounded array; strings in rows are borrowed
 * until the callback returns. Errors are -errno: -ENOENT no such row, -EEXIST, -EBUSY (locked for longer than the
 * busy timeout), -ENOSPC, -EIO. */
#pragma once

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct sqlite3;
struct sqlite3_stmt;

struct store; /* owns the connection and a cache of prepared statements */

enum store_mode { STORE_DAEMON, STORE_TOOL, STORE_READ_ONLY };

/* Opens and, for DAEMON and TOOL, creates; DAEMON migrates (a VACUUM INTO backup beside it first, each step in one
 * transaction). A newer schema is refused: -EPROTO with the version it needs in `e`; an older one by the others: -ESTALE,
 * since a daemon of that version may be at work on it. New files are 0660, a new folder 2770. */
int store_open(const char *path, enum store_mode mode, struct store **ret, struct err *e);
void store_close(struct store *s);

/* BEGIN IMMEDIATE … COMMIT. Do not nest. store_rollback is harmless after a commit. */
int store_begin(struct store *s);
int store_commit(struct store *s);
void store_rollback(struct store *s);
/* The database does its work: a transaction could be begun now, none was left open (-EDEADLK), and the last commits did not
 * all end in errors of the disk (-EIO). Writes nothing, and waits for nobody (-EBUSY). Not within a transaction. */
int store_usable(struct store *s);
/* For a tool that queues a broadcast and ends: the next transactions write what they have just read from this very database,
 * so words and references of each row are not looked up once more, which would be half of the time for 100,000 texts. What
 * is unique is unique all the same, and what is committed is durable. Before store_begin. */
int store_trust(struct store *s);
/* Several questions of one snapshot, which costs the locks of one; within a transaction it is that one. What
 * store_look returned is given back to store_looked. */
bool store_look(struct store *s);
void store_looked(struct store *s, bool look);
/* A piece of a transaction that may fail alone: store_mark, then store_keep or store_undo. They nest.
 * Only within a transaction: -EIO when there is none, or none any more. */
int store_mark(struct store *s);
int store_keep(struct store *s);
void store_undo(struct store *s);

/* Whether the disk was full for anything that was written since the last time somebody asked. */
bool store_refused(struct store *s);

const char *
store_error(const struct store *s); /* the last failure, translated; what is rare in SQLite's own words */
const char *store_path(const struct store *s);
