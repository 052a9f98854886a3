/* What the files of `yishi modem probe` share. */
#pragma once

#include "cli/cli.h"
#include "cli/modem_stanza.h"

/* Adds the sections of these modems to the configuration in force. 0, or the exit status after having printed why. */
int modem_probe_write(struct cli *c, const struct stanza *list, int count);
