#include "cli/nouns.h"

/* The order is that of `yishi help`. */
const struct cli_noun cli_nouns[] = {
    {"message", N_("texts that come in and go out"), cli_message},
    {"person", N_("the registry of people"), cli_person},
    {"grid", N_("the tree of grids"), cli_grid},
    {"pdu", N_("decode and encode PDUs"), cli_pdu},
    {"help", N_("all commands by role"), cli_help},
    {0},
};
