/* One modem: from its port to the inbox, and from the outbox to its port. A table of states and events with
 * every cell filled (session_table.c) says what happens when; the other session_*.c files do it:
 *
 *     port   bytes between descriptor and chat        init   the row's steps, PIN, stores, registration
 *     read   announced and swept memories → receiver  send   outbox → AT+CMGS → outcome
 *     call   rings that nobody answers                 */
#pragma once

#include "base/config.h"

#include <jansson.h>

struct daemon;
struct session;

/* `config` is borrowed and may be replaced by session_reconfigure. */
struct session *session_new(struct daemon *d, const struct config_modem *config);
/* After session_stop has come to rest. */
void session_free(struct session *s);

void session_start(struct session *s);
/* Ends at once, or after the submit that is under way; then daemon_session_stopped(). */
void session_stop(struct session *s);
bool session_stopped(const struct session *s);

/* Quotas and the like changed; another device or PIN file makes it start over. */
void session_reconfigure(struct session *s, const struct config_modem *config);

/* The outbox may have something: looks at it when free. */
void session_wake(struct session *s);
/* Rings the phone of somebody on duty for so long as it takes to wake them, and hangs up: nobody pays. True: it is under way. False: the
 * line has something else to do, or no voice; another one may. */
struct sensor_ring;
bool session_ring(struct session *s, const struct sensor_ring *ring);
bool session_for_alarms(const struct session *s); /* up, and with a role that texts and rings of alarms want */
/* True: it rings a phone. It is hung up when somebody looks after the alarm, or the alarm is over. */
bool session_ring_look(struct session *s);
/* Lends the port: closed after the submit that is under way. *ret_path is borrowed. -EBUSY: lent already. */
int session_hold(struct session *s, const char **ret_path);
void session_release(struct session *s);

/* Records what goes over the port in `path` (at_commands/trace.h) until off. */
int session_trace(struct session *s, const char *path);

const char *session_name(const struct session *s);
/* What quotas and reports count by: the SIM's ICCID, or the modem's name while that is not known. Borrowed. */
const char *session_line_key(const struct session *s);
bool session_up(const struct session *s); /* ready, or at work */
bool session_registered(const struct session *s);
int session_signal_dbm(const struct session *s); /* 0: not known */
int session_stored(const struct session *s);     /* texts in its memory; −1: not known */
/* Longer than any step of any session may take: those of the ladder end after twelve minutes at the latest. */
#define SESSION_STUCK_MS 1200000
/* It did something, or heard something, within SESSION_STUCK_MS; or it waits for what is outside: a port, whoever has it,
 * the end. */
bool session_moves(const struct session *s, int64_t now_ms);
/* What is due of all sessions is written: once in each turn of the loop, before it waits. */
void session_commit_all(struct daemon *d);
/* Texts that it has in hand: with the modem, answered and not on disk yet, chosen ahead. Returns how many. */
int session_holds(const struct session *s, int64_t ids[2]);
json_t *session_status(const struct session *s);
/* Bit n: no text of enum outbox_class n may leave by this line now, whatever its quotas say: its credit is used up, or
 * it is abroad and must not send there. */
unsigned session_closed(const struct session *s);
/* The clock of the box was set: what networks said about it is void. */
void operator_clock_set(struct daemon *d);
/* What this line's network says: so much before ours. False: nothing, or not lately. */
bool operator_time(const struct session *s, int64_t *ret_ahead_s);
/* What networks say about the clock of the box, for d->people: evidence grows old, and lines go. */
void operator_weigh_clock(struct daemon *d);
