/* Tells when paths may have come or gone, without polling: the folder of each is watched, or the nearest one
 * above it that exists. The watch is on names alone: writes to a neighbour (/dev/null) cannot wake anybody. */
#pragma once

#include <stdbool.h>

struct path_watch;

struct path_watch *path_watch_new(void); /* never NULL */
void path_watch_free(struct path_watch *w);
int path_watch_fd(const struct path_watch *w); /* −1: no inotify to be had */

/* What is watched from now on: absolute paths, their last component may be a glob. Copied. Cheap when
 * nothing changed; to be called again after a change, since folders come and go too. */
void path_watch_set(struct path_watch *w, const char *const *patterns, int count);
/* Reads what is waiting. True when one of the names may have come, gone, or got other rights. */
bool path_watch_changed(struct path_watch *w);
