/* `yishid --check`: everything that a start would read, said aloud, changed nowhere. */
#pragma once

#include "base/config.h"

/* Takes `config`. Prints what is in force on standard output, what is wrong on standard error. An exit status.
 */
int check_all(struct config *config);
