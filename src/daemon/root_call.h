/* Asking yishi-root for what needs root (hw/root_request.h), without waiting: one connection, one line, one answer. */
#pragma once

#include "daemon/daemon.h"

/* The helper is installed, and this user may ask it. */
bool root_there(void);
/* `fmt`: the request, without a line end. Returns 0 and calls `done` once, later, from the loop: status 0, -EPERM (refused), -ENOTSUP
 * (unable), -ETIMEDOUT, -EIO; `said` is the helper's sentence, "" none. Or at once -errno, and `done` is never called. */
int root_call(struct daemon *d, int64_t limit_ms, void (*done)(void *user, int status, const char *said),
	      void *user, const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* The daemon ends: every call ends with -ECANCELED. What the helper was asked it does all the same. */
void root_calls_end(struct daemon *d);
