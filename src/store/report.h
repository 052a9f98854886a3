/* Status reports (3GPP TS 23.040 9.2.2.3): which part of which text one speaks of, and what it says of it. A
 * reference has eight bits, so that a line uses each of them again after 256 parts; a report may come before the
 * answer to its submit, days later, twice, over another service centre, with the number in another form, and to
 * another stick in which the SIM is now. Told apart are therefore the SIM, the reference, the number and, when
 * several fit, the service centre's own stamp of the text that it speaks of. */
#pragma once

#include "store/store.h"

#define REPORT_WINDOW_S   (7 * 24 * 3600) /* a report of a text begun earlier fits nothing */
#define REPORT_CLOSE_S    600             /* its stamp and our time of the submit are the same text's */
#define REPORT_PATIENCE_S (3 * 24 * 3600) /* for a text without a validity of its own */
#define REPORT_GRACE_S    600             /* behind the end of the validity */
#define REPORT_UNMATCHED  1000            /* that fit nothing and are kept */

enum report_says { REPORT_ARRIVED, REPORT_TRYING, REPORT_GAVE_UP };

struct report {
	const char *line;      /* the SIM: ICCID, else the modem's name */
	const char *modem;     /* the modem's name */
	const char *number;    /* of the recipient, in any form */
	int mr, st;            /* TP-MR, TP-ST */
	enum report_says says; /* the class of `st` */
	const char *reason;    /* its words; kept with a text that was given up */
	int64_t scts_utc;      /* when the service centre got the text; 0 not said */
	int64_t pdu;           /* pdu_in.id of the report itself; 0: none, then it is not kept */
};

/* Inside the caller's transaction. *ret_message: the text that it spoke of, or 0: it fits none and is kept in
 * report_unmatched. */
int report_take(struct store *s, const struct report *in, int64_t now_utc, int64_t *ret_message);

/* Texts that were sent, whose validity is over and of which no last report came, are marked so; they stay
 * `sent`. A text that asked for none does not wait. Its own transaction. */
int report_overdue(struct store *s, int64_t now_utc, int *ret_count);

/* The same phone, however the two forms write it: the last 11 digits, or as many as the shorter has; service
 * numbers of less than seven digits as they are. */
bool report_same_number(const char *a, const char *b);
