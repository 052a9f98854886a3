/* Gathers what a report is made of (civic/summary.h) in one snapshot. */
#pragma once

#include "civic/summary.h"
#include "store/store.h"

/* -EINVAL: there is no such grid. *ret is the caller's: summary_free. */
int summary_collect(struct store *s, const struct period *p, const struct summary_scope *scope, int64_t now_utc,
		    struct summary **ret);

/* The pieces of it: [from, to) of each. Meetings that begin in it, held by `now` or not. */
int summary_meetings(struct store *s, const char *grid, int64_t from_utc, int64_t to_utc, int64_t now_utc,
		     struct summary_meetings *ret);
int summary_texts(struct store *s, int64_t from_utc, int64_t to_utc, struct summary_texts *ret);
int summary_help(struct store *s, const char *grid, int64_t from_utc, int64_t to_utc, struct summary_help *ret);
/* Cases and proposals that were raised in [from, to), the oldest first; merged ones too. Non-zero ends the walk. */
int summary_cases(struct store *s, const struct summary_scope *scope, int64_t from_utc, int64_t to_utc,
		  int (*row)(void *ctx, const struct case_figures *c), void *ctx);
/* What is open past its deadline now: fills late, late_count and late_total. */
int summary_late(struct store *s, const struct summary_scope *scope, int64_t now_utc, struct summary *ret);
/* The names of everybody in the registry, so that they can be left out of what is given away. */
int summary_names(struct store *s, int (*row)(void *ctx, const char *name), void *ctx);
