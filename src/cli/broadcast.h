/* What the verbs of `yishi broadcast` share. */
#pragma once

#include "cli/audience.h"

struct draft {
	char *text;           /* owned; with marks, when there are any: what recipients get is draft_fill's */
	char *saved_audience; /* of a saved text; owned */
	unsigned marks;       /* civic/marks.h */
	struct audience_arg to;
	int segments; /* of one recipient, at the most */
	int64_t segments_total;
	char *longest;         /* with marks: the longest that somebody gets; owned */
	int64_t longest_count; /* … recipients who get as many segments */
	int64_t unknown;       /* … who have not what a mark stands for, and nothing is said instead */
	bool ucs2, override_quiet;
	int64_t at_utc, not_after_utc;
	struct broadcast_audience who;
	int64_t starts_utc, finishes_utc; /* INT64_MAX: cannot be said */
	int64_t fit;                      /* recipients that are out by not-after */
	int line_count;                   /* modems that send */
	int64_t quota_left;               /* segments that may go at once; −1: no limit */
	bool needs_approval;
};

/* Reads text, times and audience from the options. 0, or the exit status after having printed why. */
int draft_read(struct cli *c, struct draft *d);
/* The text alone, from --text, --text-file or --template and --with. */
int draft_text_read(struct cli *c, struct draft *d);
/* After the audience is fixed: how long everybody's text is. 0, or the exit status after having printed why. */
int draft_measure(struct cli *c, struct draft *d);
/* For broadcast_new; ctx is the draft. */
int draft_fill(void *ctx, const struct broadcast_member *m, struct buf *out, bool *ret_ucs2, int *ret_segments);
/* Counts the audience and estimates. Once for the preview, and again inside the transaction that queues. */
int draft_count(struct cli *c, struct draft *d);
void draft_print(struct cli *c, const struct draft *d);
/* That it waits for its second person, and how that one says yes. */
void draft_tell_waiting(const struct cli *c, FILE *to, int64_t id);
bool draft_fits(const struct draft *d);
void draft_done(struct draft *d);

/* "3 min", "2 h 10 min". `buf` ≥ 32 bytes; returns buf. */
char *draft_span(int64_t seconds, char *buf, size_t size);

extern const struct cli_option draft_options[];
int broadcast_watch_run(struct cli *c);
