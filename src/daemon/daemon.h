/* The gateway as one object: configuration, database, rules, and a session for each modem, on one libuv loop.
 * Everything runs on one thread; nothing here polls. */
#pragma once

#include "civic/points.h"
#include "at_commands/modem_row.h"
#include "base/clock.h"
#include "base/config.h"
#include "daemon/participation.h"

#include <uv.h>

struct session;
struct alarms;
struct sensor_alarms;
struct copier;
struct disk;
struct health;
struct metrics;
struct hooks;
struct board;
struct ports;
struct usb_reset_job;
struct root_call;
struct service;
struct clock_setter;
struct control;
struct cabinets;
struct watch;

struct daemon {
	uv_loop_t *loop;       /* borrowed */
	struct config *config; /* owned, as all of the following */
	struct store *store;
	struct rules *rules;
	struct replies *replies;
	struct routes *routes;
	struct point_rules points;
	struct modem_rows rows;
	struct participation people; /* borrows store, rules, replies, config */
	char data_dir[256];
	struct wall_clock clock;
	int64_t reports_utc; /* when it is looked next which reports are overdue */
	bool clock_ok;       /* the wall clock is plausible: unsolicited texts may leave */
	int64_t started_ms;
	int64_t clock_offset_s; /* the wall clock before the monotonic one, when it was last set */

	struct session *session[CONFIG_MODEMS];
	int session_count;
	struct control *control;
	struct watch *watch;
	struct sensor_alarms *sensor_alarms; /* sensor_alarms.h */
	struct alarms *alarms;               /* alarm.h */
	struct night *night;                 /* night.h */
	struct disk *disk;                   /* disk.h */
	struct copier *copier;               /* copier.h */
	struct health *health;               /* health.h */
	struct metrics *metrics;             /* metrics.h */
	int64_t cared_ms;                    /* care.c: when disk and measurements were looked at */
	int64_t balance_judged, balance_day, balance_proved; /* balance.c */
	struct hooks *hooks;                                 /* hooks.h */
	struct board *board;                                 /* board.h */
	struct ports *ports;                                 /* ports.h */
	struct cabinets *cabinets;                           /* cabinets.h */
	struct usb_reset_job *resets;                        /* usb_reset.c */
	struct root_call *root_calls;                        /* root_call.c */
	struct service *service;                             /* service.h; main's */
	struct clock_setter *clock_setter;                   /* clock_setter.h */
	uv_prepare_t commits; /* what sessions have to write, before the loop waits */
	uv_timer_t schedule;  /* the next thing that time brings: meetings, retries, patience with parts */
	bool acting, again, stopping;
	void (*stopped)(struct daemon *d);
};

/* Takes `config`. Opens the database, reads rules and rows; nothing is started. -errno with `e`. */
int daemon_init(struct daemon *d, uv_loop_t *loop, struct config *config, struct err *e);
/* Sessions, control socket, watches. */
int daemon_start(struct daemon *d, struct err *e);
/* Every session ends its submit; then `stopped` is called. May be called again. */
void daemon_stop(struct daemon *d);
void daemon_done(struct daemon *d);

int64_t daemon_now(const struct daemon *d);
struct session *daemon_session(const struct daemon *d, const char *modem); /* NULL: none of that name */

/* Something happened: stored texts are acted on, time is asked what it brings, free modems look at the outbox.
 */
void daemon_act(struct daemon *d);
/* The same from the loop, soon: for callers that are in the middle of something. */
void daemon_act_soon(struct daemon *d, int64_t delay_ms);

/* Reads configuration and rules again; what is wrong keeps what was, says so in the log and as an event. */
void daemon_reload(struct daemon *d);
/* The wall clock was set. */
void daemon_clock_set(struct daemon *d);
/* A session has come to rest after daemon_stop. */
void daemon_session_stopped(struct daemon *d);
