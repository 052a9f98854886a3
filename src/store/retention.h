/* What is kept for so long and no longer: raw texts, texts and who wrote them, private matters. What happened stays
 * (cases, counts, decisions, the journal), under nobody's name.
 *
 * Of an open case, an open task, an open question or a text that is on its way nothing goes, however old it is. What a
 * meeting dealt with in public keeps its words. Rows of the registry do not age: `person forget` is for them.
 *
 * The work is done in pieces, each a transaction of its own and idempotent: whatever ends the program in between, the
 * next run begins at the start and finds only what is left. The counts of an unfinished run are kept in the database. */
#pragma once

#include "base/config.h"
#include "store/store.h"

enum retention_kind { RETENTION_PDU, RETENTION_PRIVATE, RETENTION_TEXT, RETENTION_READINGS, RETENTION_KINDS };
/* "pdu", "private", "text", "readings": the configuration's retention_… */
const char *retention_kind_name(enum retention_kind k);

/* Shorter than this nothing is kept, whatever the configuration says: a redelivered PDU, a report or a second copy of a
 * reminder would not be known again. */
#define RETENTION_LEAST_PDU      (8 * (int64_t)86400)
#define RETENTION_LEAST_PRIVATE  (30 * (int64_t)86400)
#define RETENTION_LEAST_TEXT     (60 * (int64_t)86400)
#define RETENTION_LEAST_READINGS (30 * (int64_t)86400)

#define RETENTION_STEPS_MAX 48
#define RETENTION_ROWS      200 /* a good size for a piece to begin with */

/* A run that is under way. No memory of its own. */
struct retention {
	int64_t now_utc, before_utc[RETENTION_KINDS]; /* what is older goes; 0: nothing, it is kept for ever */
	int step;
	bool begun; /* the step has its bounds */
	int64_t at, upto;
	int64_t rows[RETENTION_STEPS_MAX]; /* of this run of the program, by step */
};

void retention_begin(struct retention *r, const struct config *cfg, int64_t now_utc);
/* The next piece, of about so many rows; *ret_rows: so many went. 1: there is more, 0: everything is done, -errno. In a
 * transaction of its own; a piece in which nothing goes writes nothing. One that takes longer than `most_ms` (0: it may) is
 * undone, -EINTR: it is to be tried again with fewer rows. */
int retention_piece(struct retention *r, struct store *s, int rows, int most_ms, int *ret_rows);
/* After the last piece: one event with the counts, of earlier unfinished runs too, in a transaction of its own. */
int retention_end(struct retention *r, struct store *s, const char *actor, int64_t now_utc);
/* When the last run ended; 0: never. */
int retention_last(struct store *s, int64_t *ret_utc);
/* Notes that there was nothing to remove so far, so that the nights are counted from here. */
int retention_none_so_far(struct store *s, int64_t now_utc);

/* One line for each sort of thing: so many would go now. Reads only. A callback's non-zero ends it. */
struct retention_sort {
	enum retention_kind kind;
	const char *what; /* not translated yet */
	int64_t before_utc, rows;
};
int retention_preview(struct retention *r, struct store *s,
		      int (*each)(void *ctx, const struct retention_sort *t), void *ctx);
/* The same of what a run has done. */
int retention_done(const struct retention *r, int (*each)(void *ctx, const struct retention_sort *t),
		   void *ctx);
