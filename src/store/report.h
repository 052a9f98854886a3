/* Status reports (3GPP TS 23.040 9.2.2.3): which part of which text one speaks of, and what it says. Inside the
 * caller's transaction. */
#pragma once

#include "store/store.h"

/* A status report: the youngest part with this TP-MR on this line to this number (compared by its last 11
 * digits) within OUTBOX_REPORT_WINDOW_S; else the only one to it whose TP-MR never came: under way or uncertain, or begun
 * less than OUTBOX_ERROR_WINDOW_S ago and answered by an error. -ENOENT: none. *ret_message gets the id of the text. */
#define OUTBOX_REPORT_WINDOW_S (7 * 24 * 3600)
#define OUTBOX_ERROR_WINDOW_S  600
int outbox_report(struct store *s, const char *modem, int mr, const char *number, int st, int64_t now_utc,
		  int64_t *ret_message);
