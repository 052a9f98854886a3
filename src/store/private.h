/* Words meant for the mediator alone. They lie in a file of their own beside the database ("yishi.private.db" of
 * "yishi.db", 0600, of the daemon's user), which is opened when it is first needed; the database that the
 * secretaries' group can open holds a neutral sentence and the numbers by which the words are found again.
 *
 * What is kept is durable when the call returns, and it is kept under the number of the text it belongs to: call it
 * inside the transaction that will drop the words from the database. After a crash in between the text is acted on
 * again and its words are written again in the same place.
 *
 * -EACCES, -EPERM: the file is not the daemon's alone. -ENOSPC, -EBUSY, -EIO: later, perhaps. */
#pragma once

#include <stddef.h>

#include "store/store.h"

/* The verbatim words of a text (message_in). */
int private_keep(struct store *s, int64_t message, const char *words, int64_t now);
/* A text on its way to the mediator, under the occasion that names it in the outbox. */
int private_keep_out(struct store *s, const char *occasion, const char *text, int64_t now);
/* Either's words, NULL when there are none; the caller frees. */
int private_words(struct store *s, int64_t message, char **ret);
int private_out(struct store *s, const char *occasion, char **ret);

/* Ballots of secret polls, one a text; a later text of the same voter has its own, and the database says which counts.
 * The words of such texts are kept and hidden as above. */
int private_ready(struct store *s); /* 0: the file can be used */
int private_ballot(struct store *s, int64_t poll, int64_t message, int option);
int private_ballots(struct store *s, int64_t poll, int (*each)(void *ctx, int64_t message, int option),
		    void *ctx);
/* The poll is over: its ballots, and the words that were kept and answered with them, are deleted for good. */
int private_ballots_drop(struct store *s, int64_t poll);

/* Takes the words of a text out of the database: the text, what was understood, and the PDUs as they came (their
 * hashes stay, so that a redelivery is known). */
int private_hide(struct store *s, int64_t message);
/* Words whose texts were emptied since (person_erase, retention.h: they have neither number nor text any more) go. */
int private_forget(struct store *s);
/* After the commit: what private_hide took out leaves the write-ahead log, too. Where somebody reads just then it
 * stays there until the log begins anew. */
void private_scrub(struct store *s);

/* The words beside a copy of the database (NAME.private.db beside NAME.db) in the place of ours, which are kept as
 * FILE.replaced-STAMP. For a tool while no daemon runs. 1: done, 0: there are none beside it, -errno: nothing was changed. */
int private_restore(const char *database, const char *copy, const char *stamp);
/* The bytes of the file, for a copy of it; *ret is the caller's, NULL when there is no such file. -EFBIG: it is too big
 * to be held. */
int private_image(struct store *s, void **ret, size_t *ret_size);
