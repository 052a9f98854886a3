/* The daemon's control socket: one line asks, one JSON line answers. */
#pragma once

#include "base/buf.h"
#include "base/config.h"

#include <jansson.h>

#define CONTROL_TIMEOUT_MS 5000

/* Sends `line` (without its end) and reads the answer. The caller's reference in *ret. -ENOENT / -ECONNREFUSED
 * when no daemon runs, -EACCES when this user may not ask, -ETIMEDOUT, -EBADMSG. */
int control_request(const struct config *cfg, const char *line, json_t **ret);
/* A daemon runs, whether or not it lets us ask and answers in time. */
bool control_answered(const struct config *cfg);

/* The same over a connection that stays open, for what the daemon keeps only as long as its client is there (hold). */
struct control_link {
	int fd;
	struct buf in; /* what came behind the last answer */
};
int control_link_open(const struct config *cfg, struct control_link *ret);
/* timeout_ms for the answer; -EPIPE or -ECONNRESET when the daemon has ended. */
int control_link_ask(struct control_link *l, const char *line, int timeout_ms, json_t **ret);
void control_link_close(struct control_link *l); /* harmless when closed (fd −1) */
