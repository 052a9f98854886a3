/* What a person wrote, as a page shows it to strangers. Pure. */
#pragma once

#include <stdbool.h>

/* Control characters masked, long runs of digits shortened as telephone numbers are (unless `full`), cut to `columns` (0:
 * whole) at the end of a clause, else of a word, with "…". The caller owns the string. */
char *shown_text(const char *text, bool full, int columns);
/* … without "…", to be read aloud. */
char *shown_clause(const char *text, int columns);
