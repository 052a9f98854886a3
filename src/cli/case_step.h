/* The steps in the life of a case: one verb each. */
#pragma once

#include "cli/cli.h"

int case_assign(struct cli *c);
int case_note(struct cli *c);
int case_verify(struct cli *c);
int case_extend(struct cli *c);
int case_resolve(struct cli *c);
int case_return(struct cli *c);
int case_escalate(struct cli *c);
int case_reopen(struct cli *c);
int case_deliberate(struct cli *c);
int case_reject(struct cli *c);
int case_merge(struct cli *c);
int case_split(struct cli *c);

/* The table of all steps, case_life.c. */
int case_life(struct cli *c);

/* "there is no case …"; the exit status. */
int case_missing(const char *number);
