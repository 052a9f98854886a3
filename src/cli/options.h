/* Reads a verb's options with getopt_long after the command table, options and arguments in any order. */
#pragma once

#include "cli/cli.h"

#define OPTIONS_HELP (-1)

/* The options that are not a verb's own: with the groups (enum cli_common) that switch them on, 0 = always. */
struct common_option {
	struct cli_option o;
	unsigned group;
};
extern const struct common_option common_options[]; /* ends with a NULL name */

/* Fills c->values, argc, argv, the mode of the output, limit and since. 0, OPTIONS_HELP, or an exit status
 * after having printed why. */
int options_read(struct cli *c, int argc, char **argv);
