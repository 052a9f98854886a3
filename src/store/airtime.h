/* Segments that left by each SIM, by the minute: the memory of the quotas (quota.h). Rows of the last two days; the
 * sums are kept beside the connection, so that asking costs nothing. `line` is the ICCID, or the modem's name
 * where the SIM does not tell one; what was counted under the name before its SIM was known counts for the SIM. */
#pragma once

#include "store/quota.h"
#include "store/store.h"

#define AIRTIME_LINE_MAX 48

/* Within the transaction that records what left. */
int airtime_add(struct store *s, const char *line, enum outbox_class c, int segments, int64_t now_utc);

/* As of now. Borrowed until the next call that has to do with this store. */
int airtime_get(struct store *s, const char *line, int64_t now_utc, const struct quota_window **ret);

/* Drops the sums, so that what another process wrote is seen. */
void airtime_refresh(struct store *s);

/* Segments a minute that a line sends while it has work, from the minutes of the last day in the middle of others; 0: it was
 * not busy for long enough to say. */
int airtime_speed(struct store *s, const char *line, int64_t now_utc, double *ret);

/* Segments of broadcasts that left by any line, since rows are kept: only grows, but for what is swept. */
int airtime_broadcasts(struct store *s, int64_t since_utc, int64_t *ret);

/* The SIM that was last seen in a modem, or the modem's name. */
int airtime_line(struct store *s, const char *modem, char ret[AIRTIME_LINE_MAX]);

/* For db.c: a transaction has ended well, or what it counted did not happen. */
void airtime_kept(struct store *s);
void airtime_undone(struct store *s);
