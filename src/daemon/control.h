/* The control socket: who may write the database may talk to the daemon (0660). One request a line, one JSON
 * object back for each:
 *
 *     wake               act at once on what was put into the database    {"ok":true}
 *     status             what only the daemon knows                       {"ok":true,"uptime":…,"modems":[…]}
 *     hold NAME          lends a port, until release or the client goes   {"ok":true,"device":"/dev/…"}
 *                        of a cabinet: its whole bus                      {"ok":true,"device":"rtu:/dev/…,9600,8N1"}
 *     release                                                             {"ok":true}
 *     trace NAME on|off  records the port's traffic                       {"ok":true,"file":"…"}
 *     sensors            writes what was read last into the database, and  {"ok":true}
 *                        each round from then on, until the client goes
 *
 * A request may also be an object: {"do":"hold","modem":"front"}, {"do":"hold","cabinet":"pump"}. Who has a port hands on what arrives there for the
 * gateway, and acknowledges it to the modem only after ok; the same once more does no harm:
 *
 *     {"do":"take","pdu":"HEX","length":23}      a text or status report, as behind +CMT or +CDS
 *     {"do":"called","number":"+86…"}            somebody rang
 *
 * What cannot be done: {"ok":false,"error":"…"}. */
#pragma once

#include "base/err.h"

struct daemon;
struct control;

/* -EADDRINUSE when another daemon answers there. */
int control_new(struct daemon *d, const char *path, struct control **ret, struct err *e);
void control_free(struct control *c);
/* A lent port is free now: whoever waits for it is told where it is. */
void control_held(struct control *c, const char *modem, const char *path);
/* … and so is a cabinet's bus. */
void control_lent(struct control *c, const char *cabinet, const char *connection);
