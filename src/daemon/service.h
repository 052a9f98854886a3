/* What the service manager is told (sd_notify(3)): that we are ready, read the configuration anew, end, how we are in one
 * line (STATUS=, for `systemctl status`), and that we live (WATCHDOG=1). Nothing of it without $NOTIFY_SOCKET.
 *
 * The watchdog is fed a few times in each WatchdogSec, and by progress alone. There is none, and systemd starts the program
 * anew (the database is the state, so nothing is lost), when
 *
 *     the loop does not turn             then nobody feeds it
 *     a session stands still             in a state in which it should move nothing was done and no byte was heard for
 *                                        SESSION_STUCK_MS: a step waits for an answer that nobody will give it
 *     the database does not commit       a transaction was left open, the last commits ended in errors of the disk, or
 *                                        none can be begun for SERVICE_STORE_MS
 *
 * A modem that is dead, a SIM that is missing, a network that is away or a full disk is no such thing: the ladder
 * (ladder.h) and the alarms (alarm.h) are at work on those, and a restart would only begin them anew.
 *
 * The protocol is one datagram and a promise; libsystemd would bring a cryptography library and three compressors into
 * a process that reads strangers' bytes, for that. */
#pragma once

#include <stdint.h>

#define SERVICE_STORE_MS 600000

struct daemon;
struct service;

/* After daemon_start: says READY=1. NULL where nobody wants to know; the others take that. */
struct service *service_new(struct daemon *d);
void service_free(struct service *s);
/* Says how we are, if that changed: cheap, in each round of daemon_act. The queue is counted when the watchdog is fed. */
void service_look(struct service *s);
/* Around daemon_reload on behalf of the service manager. */
void service_reloading(const struct service *s);
void service_reloaded(const struct service *s);
void service_stopping(const struct service *s);

/* What stands still, a sentence for the log; NULL: nothing. `store_ms`: mono, since when the database could not be
 * used; 0: it can. */
const char *service_stuck(const struct daemon *d, int64_t now_ms, int64_t *store_ms);
