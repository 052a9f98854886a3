/* The figures in words, in the reader's language (gettext): "12 of 17 (71 %)", "2 h 10 min", "November 2026, so far". Each
 * writes into `buf` of FIGURES_WORDS bytes and returns it. Pure. */
#pragma once

#include "civic/figures.h"
#include "civic/period.h"

#include <stdbool.h>

#define FIGURES_WORDS 160

/* "12 of 17 (71 %)"; "2 of 3" where a percentage would say too much; "no data" of nothing. */
char *share_words(struct share s, char *buf);
/* "12/17 71%", "2/3", "–": in tables. */
char *share_short(struct share s, char *buf);
/* "45 s", "12 min", "2 h 10 min", "1 d 3 h"; "no data" below 0. */
char *time_words(int64_t seconds, char *buf);
/* What is measured, whatever its form; of a time the median, how many it was measured on, and the 90th percentile. */
char *measured_words(enum measure m, const struct measured *v, char *buf);
/* "November 2026", "week 47 of 2026 (16 to 22 November)"; `so_far`: it is not over. */
char *period_title(const struct period *p, bool so_far, char *buf);
/* "16 to 22 Nov", "November": a part of `whole`, short, to stand at a bar. */
char *part_title(enum period_kind whole, const struct period_part *p, char *buf);
