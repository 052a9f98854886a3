/* What the verbs of `yishi task`, `job` and `activity` share. */
#pragma once

#include "cli/cli.h"
#include "store/offer.h"

/* The flavour of this noun or of --kind; −1: none was said. 0 or the exit status after having printed why. */
int task_flavour(struct cli *c, int *ret);
/* The offer of the first argument, its record printed when `print`. 0, or the exit status after having printed why. */
int task_open(struct cli *c, struct store **ret, int *ret_number, bool print);

int task_new_run(struct cli *c);
int task_cancel_run(struct cli *c);
int task_confirm_run(struct cli *c);
int task_give_run(struct cli *c);
int task_publish_run(struct cli *c);
int task_roster_add_run(struct cli *c);
int task_roster_list_run(struct cli *c);
int task_roster_end_run(struct cli *c);
