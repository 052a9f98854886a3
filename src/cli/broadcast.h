/* What the verbs of `yishi broadcast` share. */
#pragma once

#include "cli/audience.h"

struct draft {
	char *text; /* owned */
	struct audience_arg to;
	int segments;
	bool ucs2, override_quiet;
	int64_t at_utc, not_after_utc;
	struct broadcast_audience who;
	int64_t starts_utc, finishes_utc; /* INT64_MAX: cannot be said */
	int64_t fit;                      /* recipients that are out by not-after */
	int64_t quota_left;               /* segments that may go at once; −1: no limit */
	bool needs_approval;
};

/* Reads text, times and audience from the options. 0, or the exit status after having printed why. */
int draft_read(struct cli *c, struct draft *d);
/* Counts the audience and estimates. Once for the preview, and again inside the transaction that queues. */
int draft_count(struct cli *c, struct draft *d);
void draft_print(struct cli *c, const struct draft *d);
bool draft_fits(const struct draft *d);
void draft_done(struct draft *d);

/* "3 min", "2 h 10 min". `buf` ≥ 32 bytes; returns buf. */
char *draft_span(int64_t seconds, char *buf, size_t size);

extern const struct cli_option draft_options[];
int broadcast_watch_run(struct cli *c);
