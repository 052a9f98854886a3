/* The measurements of base/metric_kinds.h as Prometheus reads them. */
#pragma once

#include "base/buf.h"

#include <stdint.h>

struct daemon;

/* What only grows, since the daemon was started: one for each measurement and label. */
struct metrics_counts {
	struct metrics_count *list; /* owned */
	int count;
	int64_t upto; /* events up to this number are in it */
};
void metrics_counts_begin(const struct daemon *d, struct metrics_counts *c);
void metrics_counts_done(struct metrics_counts *c);

/* Counts what is new and appends all. -errno of the database, and nothing is appended that is of use. */
int metrics_text(const struct daemon *d, struct metrics_counts *c, struct buf *out);
