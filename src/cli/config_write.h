/* Sections are added to the configuration file by the tool. The file is written aside, read back by config_load, and only then
 * put in the old one's place; links are followed, owner and mode stay, nothing else in it changes. A new file is 0640, of the
 * folder's group.
 *
 *	if (!config_write_begin(path, &w, &e)) {
 *		config_write_section(&w);
 *		buf_addf(&w.text, "[cabinet pump]\n…");
 *		r = config_write_end(&w, &e);
 *	} */
#pragma once

#include "base/buf.h"
#include "base/config.h"

#include <limits.h>
#include <sys/stat.h>

struct config_write {
	char path[PATH_MAX];
	struct buf text;       /* what the file is to hold */
	struct config *config; /* what it held; NULL: there is no file */
	struct stat was;
};

/* 0; −EINVAL: the file is wrong; -errno; all with `e`. */
int config_write_begin(const char *path, struct config_write *ret, struct err *e);
/* Before each section: an empty line. */
void config_write_section(struct config_write *w);
/* Writes, and lets go in each case. −EINVAL: what it would become is wrong (`e` says where), nothing was changed; −EAGAIN:
 * somebody else changed it meanwhile; -errno; all with `e`. */
int config_write_end(struct config_write *w, struct err *e);
void config_write_abandon(struct config_write *w); /* nothing is changed */
/* What the tool says of `r` of either of them, and the exit status. */
int config_written(const char *path, int r, const struct err *e);
