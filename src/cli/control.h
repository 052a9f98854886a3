/* The daemon's control socket: one line asks, one JSON line answers. */
#pragma once

#include "base/config.h"

#include <jansson.h>

#define CONTROL_TIMEOUT_MS 5000

/* Sends `line` (without its end) and reads the answer. The caller's reference in *ret. -ENOENT / -ECONNREFUSED
 * when no daemon runs, -EACCES when this user may not ask, -ETIMEDOUT, -EBADMSG. */
int control_request(const struct config *cfg, const char *line, json_t **ret);
