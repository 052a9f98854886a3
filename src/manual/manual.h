/* Makes the manual pages and the completion for bash from the tables that the programs themselves use. A tool of the
 * build: it is not installed. */
#pragma once

#include "base/config.h"

#include <stdio.h>

struct cli_noun;

/* yishi-NOUN(1). */
void commands_page(FILE *f, const struct cli_noun *n);

/* What stands in a page (src/manual/pages) for the line "@name": false when there is no such table. */
bool page_table(FILE *f, const char *name);

/* The rules of udev: `frame` (hw/90-yishi.rules.in), in which a line "@sticks" and one "@new_ids" stand for what the rows of
 * modems say. -errno; what is wrong with a row is said on standard error. */
int udev_rules(FILE *out, const char *frame, const char *rows_folder);

/* The completion of bash for yishi. */
void completion_print(FILE *f);
