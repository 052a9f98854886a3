/* Copies of the database: `yishi db backup`, `db list`, `db restore`. */
#pragma once

#include "cli/cli.h"

int db_backup(struct cli *c);
int db_copies(struct cli *c);
int db_restore(struct cli *c);
