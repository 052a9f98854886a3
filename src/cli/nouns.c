#include "cli/nouns.h"

/* The order is that of `yishi help`. */
const struct cli_noun cli_nouns[] = {
    {"person", N_("the registry of people"), cli_person},
    {"grid", N_("the tree of grids"), cli_grid},
    {"help", N_("all commands by role"), cli_help},
    {0},
};
