/* Reads *.rules files, data that whoever looks after the gateway edits; README.md in this folder has the
 * format. */
#pragma once

#include "rules/rule.h"

/* Adds the rules of one file. 0, -ENOENT, or -EINVAL with file, line and sentence. */
int rule_file_load(const char *path, struct rules *r, struct err *e);
/* Reads one that lies in memory (`text` is changed), as if it were called `path`. */
int rule_file_read(char *text, const char *path, struct rules *r, struct err *e);
void rule_done(struct rule *rule);

/* "number=23 valid=no": sets them in `in`; false on a key or value that does not exist. */
bool args_parse(const char *text, struct intent *in);
