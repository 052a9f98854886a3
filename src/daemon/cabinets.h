/* The polling of the cabinets. What shares a serial port, or a TCP host and port, is one bus; on a bus one request is under
 * way at a time, by one poll of one cabinet in libuv's pool, since libmodbus blocks. When each is asked is poll_plan.h's; what is
 * known of each sensor, sensor_live.h's; what is done about it, sensor_alarms.h's.
 *
 * The pool has CABINETS_POOL threads (main.c). Polls take at most CABINETS_AT_ONCE of them, so that other work always finds one, and
 * those of buses and units that did not answer last time CABINETS_DOUBTFUL: many dead hosts at once cannot keep those
 * waiting that answer. A cabinet that was asked in vain CABINETS_LOST times is said to be lost, once, in the log and as an event.
 *
 * A port that vanished is opened again by its name (a by-id link finds the adapter under another ttyUSB), tried like a dead unit,
 * and at once when the path appears. */
#pragma once

#include "base/err.h"
#include "store/sensor.h"

#include <stddef.h>
#include <stdint.h>

#define CABINETS_POOL     "8"
#define CABINETS_AT_ONCE  6
#define CABINETS_DOUBTFUL 3
#define CABINETS_LOST     3     /* failures in a row: three intervals */
#define CABINETS_LENT_MS  2000  /* a loan that is longer than that and two polls means: no data */
#define CABINETS_OPEN_MS  60000 /* a port is tried at least so often */

struct config;
struct daemon;
struct cabinets;
struct cabinet_set;

/* Reads the maps of the configuration; nothing is asked yet. −EINVAL with `e`. */
int cabinets_new(struct daemon *d, struct cabinets **ret, struct err *e);
void cabinets_start(struct cabinets *c);
/* Writes what is known; polls that are under way end by themselves while the loop runs its last. NULL is harmless. */
void cabinets_free(struct cabinets *c);
/* The configuration was replaced; takes `set` and `old`. What is still there keeps its state. */
void cabinets_reconfigure(struct cabinets *c, struct cabinet_set *set, struct config *old);

/* Lends the bus of this cabinet. 0: it is free now; −EINPROGRESS: control_lent follows; −EBUSY: it is lent; −ENOENT: no such
 * cabinet. `ret_connection` is the configuration's, borrowed, set unless it is −ENOENT. */
int cabinets_hold(struct cabinets *c, const char *cabinet, const char **ret_connection);
/* Everything on the bus is asked as soon as its turn comes. */
void cabinets_release(struct cabinets *c, const char *cabinet);

/* Somebody looks on (`more` 1) or does so no more (−1): what is known is written now, each round from now on, and who is silent is asked
 * more often. */
void cabinets_watch(struct cabinets *c, int more);

/* How each configured sensor stands now. A callback's non-zero ends the walk. */
int cabinets_each(const struct cabinets *c, int (*row)(void *ctx, const struct sensor *x), void *ctx);
