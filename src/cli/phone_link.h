/* The button phone's line to yishi-simmodem's control socket: requests go out, answers and events come in. */
#pragma once

#include "base/buf.h"

#include <jansson.h>
#include <stdint.h>

struct phone_link {
	int fd;
	struct buf in; /* bytes that are no whole line yet */
};

/* Where an emulator listens unless told otherwise: $YISHI_SIMMODEM, else the emulator's own default. */
void phone_link_default(char *buf, size_t size);
/* Connects and subscribes to the events. 0, −errno. */
int phone_link_open(struct phone_link *l, const char *path);
void phone_link_done(struct phone_link *l);
/* Sends one request; takes the reference. 0, −errno. */
int phone_link_ask(struct phone_link *l, json_t *request);
/* The next answer or event, waiting up to timeout_ms (0: only what is there). 1 and a new reference, 0 when
 * none came, −ECONNRESET when the emulator is gone. */
int phone_link_next(struct phone_link *l, int64_t timeout_ms, json_t **ret);
