/* The control socket: a Unix stream socket, one JSON object a line in, one out. Requests that wait for
 * something (wait_sent, sleep …) hold back the later lines of their connection and nothing else. A script is a
 * connection that reads its lines from a file and answers on standard output. The requests are one table in
 * requests.c. */
#pragma once

#include "base/buf.h"
#include "simmodem/sim.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct session; /* one connection */

struct request {
	json_t *json;   /* borrowed */
	bool first;     /* false when a waiting request is looked at again */
	bool timed_out; /* its time is over: it has to answer now */
	struct session *session;
};

struct request_info {
	const char *name;
	/* The answer (a new reference), or NULL to be asked again when something has happened. */
	json_t *(*run)(struct sim *s, struct request *r);
	const char *what, *example;
};
extern const struct request_info request_infos[]; /* ends with a NULL name */

void request_help(struct buf *out);

/* Listens at `path` (an old socket there is replaced). 0, −errno. */
int control_listen(struct sim *s, const char *path);
void control_close(struct sim *s);
/* Runs the lines of a text as a script. */
void control_script(struct sim *s, const char *text);
/* Looks again at the requests that wait. */
void control_wake(struct control *c);
int64_t control_next_ms(const struct control *c);
/* Events of the network, to all who subscribed. Takes the reference. */
void control_event(void *sim, json_t *event);

/* For requests: from now on this session gets the events. */
void session_subscribe(struct session *s);
/* For a waiting request: the moment it gives up, counted from its beginning. */
void session_limit(struct session *s, int64_t ms);
json_t *request_failed(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
