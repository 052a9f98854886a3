#include "cli/nouns.h"

/* The order is that of `yishi help`. */
const struct cli_noun cli_nouns[] = {
    {"help", N_("all commands by role"), cli_help},
    {0},
};
