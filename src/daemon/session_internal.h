/* What the session_*.c files share. */
#pragma once

#include "at_commands/verbs.h"
#include "daemon/daemon.h"
#include "daemon/sender.h"
#include "daemon/session.h"
#include "daemon/trouble.h"
#include "hw/transport.h"
#include "store/outbox.h"

#include <stdio.h>

#define SESSION_MEMORIES          6   /* memories that are read */
#define SESSION_SLOTS             256 /* announced, to be read */
#define SESSION_DEVICE_SETTLES_MS 200

#define SESSION_STATES(X)                                                                                      \
	X(CLOSED, "closed")           /* not started */                                                        \
	X(OPENING, "opening")         /* the port is open, does anybody answer? */                             \
	X(PIN, "pin")                 /* the SIM wants what we will not give (again) */                        \
	X(INIT, "init")               /* settings, first read-out */                                           \
	X(REGISTERING, "registering") /* texts can be read; no network yet */                                  \
	X(READY, "ready")                                                                                      \
	X(READING, "reading")                                                                                  \
	X(SENDING, "sending")                                                                                  \
	X(BACKOFF, "backoff") /* closed, tries again in a while */                                             \
	X(LOST, "lost")       /* there is no such device at present */                                         \
	X(HELD, "held")       /* lent to somebody */                                                           \
	X(STOPPED, "stopped")

#define SESSION_EVENTS(X)                                                                                      \
	X(START)  /* begin, or the device appeared */                                                          \
	X(DUE)    /* the timer of the state */                                                                 \
	X(OPENED) /* the port is open */                                                                       \
	X(OPEN_FAILED)                                                                                         \
	X(MISSING)     /* no such device */                                                                    \
	X(PIN_REFUSED) /* the SIM stays closed */                                                              \
	X(SIM_READY)                                                                                           \
	X(INIT_DONE)                                                                                           \
	X(INIT_FAILED)                                                                                         \
	X(DEAD) /* the port is there, nobody answers */                                                        \
	X(GONE) /* the port is not there any more */                                                           \
	X(REGISTERED)                                                                                          \
	X(UNREGISTERED)                                                                                        \
	X(READ)     /* something is to be read */                                                              \
	X(SEND)     /* something is to be sent */                                                              \
	X(REST)     /* what was under way is done */                                                           \
	X(CONFUSED) /* it has reset itself, or its settings are not ours */                                    \
	X(HOLD)                                                                                                \
	X(RELEASE)                                                                                             \
	X(STOP)

enum session_state {
#define X(id, name) SESSION_##id,
	SESSION_STATES(X)
#undef X
	    SESSION_STATE_COUNT
};
enum session_event {
#define X(id) EV_##id,
	SESSION_EVENTS(X)
#undef X
	    SESSION_EVENT_COUNT
};

struct session_cell {
	void (*act)(struct session *s); /* after the state was entered */
	enum session_state next;
};
/* session_table.c: total, no cell is empty. */
extern const struct session_cell session_table[SESSION_STATE_COUNT][SESSION_EVENT_COUNT];
extern const char *const session_state_names[SESSION_STATE_COUNT];
extern const char *const session_event_names[SESSION_EVENT_COUNT];

void session_event(struct session *s, enum session_event ev);

struct session_slot {
	char memory[12];
	int index;
};

struct session {
	struct daemon *d;
	const struct config_modem *config;
	const struct modem_row *row;
	enum session_state state;

	/* port */
	struct transport port;
	uv_poll_t *poll; /* heap: outlives the session's interest by one turn of the loop */
	int poll_events;
	struct at_chat *chat;
	struct at_chat_options chat_options;
	uv_timer_t *timer;              /* the earlier of chat and state */
	int64_t due_ms;                 /* of the state: EV_DUE, or a deferred step; INT64_MAX none */
	void (*due)(struct session *s); /* instead of EV_DUE */
	uv_fs_event_t *device_watch;    /* heap, likewise; NULL unless LOST */
	FILE *trace;
	int64_t trace_start_ms, opened_ms;
	bool pumping;
	int64_t hush_ms; /* no bytes are read before; 0 not so */

	/* ladder */
	int failures; /* rounds in a row that did not come to ready */
	int resets_today, reset_step;
	int64_t reset_day;
	bool was_up, stop_wanted, hold_wanted, confused;

	/* initialising */
	enum modem_when phase;
	const struct modem_steps *steps, *outer; /* outer: to go on with when `quiet` is through */
	int step, outer_step, tries;
	int procedure; /* position within a verb of several exchanges */
	int64_t pin_until_ms;

	/* what is known */
	struct modem_identity id;
	char imei[16], iccid[24], operator_name[40];
	char chosen[12], selected[12]; /* memory of our choice; the one that is read from now */
	char memory[SESSION_MEMORIES][12];
	int memory_count;
	struct at_sets store_options, notify_options;
	bool notify_known;
	int notify; /* candidate in force, −1 none */
	int used, size, signal, reg_stat, act;
	bool registered, reg_known;
	unsigned reg_answers;     /* bit n: the row's reg_commands[n] is understood */
	int put_signal, put_used; /* as last written */

	/* reading */
	struct session_slot pending[SESSION_SLOTS]; /* announced */
	int pending_count;
	struct trouble trouble; /* slots that are tried again later */
	unsigned list_due;      /* bit n: memory[n] is to be listed */
	unsigned look_due;      /* bit n: memory[n] is to be selected, and listed when it is not empty */
	struct at_list list;    /* being worked through */
	int list_at, delete_at, batch;
	bool reread; /* the slot in hand has been asked for twice in this round */
	bool deleting;
	int not_freed;     /* in this batch, one after the other */
	int delete_pauses; /* since one could be freed */
	int64_t delete_ms; /* the memory lets nothing be freed: not before */
	char list_memory[12];
	int64_t next_check_ms, check_ms, next_round_ms;
	int check_step;
	int64_t put_line_ms;
	struct seen *seen;          /* session_check.c */
	bool check_due, one_by_one; /* one_by_one: the modem does not take several queries in a line */
	int announced, unannounced; /* texts that +CMTI told of, and that only a sweep found */

	/* sending */
	struct outbox_message out;
	bool begun;                /* a part of it is with the modem, or was */
	bool submitting, answered; /* AT+CMGS is under way; it ended in an error that the modem said */
	struct {
		enum at_submitted kind;
		enum sender_reaction reaction;
		int mr;
		char reason[128];
	} outcome;
	int part, register_errors, rejected;
	uint64_t submits;
	int64_t format_known_ms; /* it said then that it is in PDU mode; 0 in doubt */
	bool burst;              /* parts follow each other without a pause */
	int64_t blocked_until_ms, wait_since_ms, last_read_ms;
	int64_t no_report, no_validity; /* ids */
	char blocked_reason[96];
	bool prefer_send; /* reading and sending take turns */

	/* calls */
	char caller[AT_NUMBER_MAX];
	bool ringing, caller_known;
	int64_t ring_ms, clcc_ms;
};

int64_t session_now(const struct session *s);
void session_arm(struct session *s); /* the timer again, after a deadline changed */
void session_due_in(struct session *s, int64_t ms, void (*due)(struct session *s)); /* NULL: EV_DUE */
void session_no_due(struct session *s);
void session_remark(struct session *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void session_put_line(struct session *s); /* the row in table line */

/* port */
int port_open(struct session *s);
void port_close(struct session *s);
void port_pump(struct session *s);
/* Queues a command. When the chat refuses it is as if it had been cancelled: done is not called. */
void port_submit(struct session *s, struct at_command *c, void (*done)(void *user, const struct at_reply *r));
/* The same, and the answer is read only when it is there as a whole: a look into an idle modem should wake the
 * machine once, however many pieces the answer comes in. Nobody waits for a look. */
void port_submit_unhurried(struct session *s, struct at_command *c,
			   void (*done)(void *user, const struct at_reply *r));
/* In every done: true when the port is gone and nothing is to be gone on with. Notes a dead modem as well. */
bool port_over(struct session *s, const struct at_reply *r);

/* device */
void device_watch(struct session *s);
void device_unwatch(struct session *s);

/* init */
void init_begin(struct session *s); /* WHEN_OPEN */
void init_go_on(struct session *s); /* the step after the one that is done */
void init_step_done(struct session *s, bool ok);
void init_pin(struct session *s);
void init_pin_watch(struct session *s);
void init_identify(struct session *s);
void init_stores(struct session *s);
void init_notify(struct session *s);
void init_register(struct session *s);
void init_registration_watch(struct session *s);
void init_registration_urc(struct session *s, const struct at_urc *u);
bool init_reset(struct session *s); /* the row's reset command, within its cap; false: none to be had */

/* read */
void read_announced(struct session *s, const char *memory, int index);
bool read_wanted(const struct session *s);
void read_begin(struct session *s);
void read_all_due(struct session *s);
void read_direct(struct session *s, const struct at_urc *u);
void read_check(struct session *s); /* session_check.c; ends in read_begin or EV_CONFUSED */
int64_t read_next_ms(const struct session *s);
void read_forget(struct session *s);
void read_trouble_due(struct session *s); /* slots whose next try is due are to be read */

/* send */
bool send_wanted(struct session *s);
void send_begin(struct session *s);
bool send_under_way(const struct session *s); /* AT+CMGS has no answer yet */
void send_cut_off(struct session *s);         /* there will be none: the modem has started anew */
void send_late(struct session *s, uint64_t tag, const char *line);
void send_forget(struct session *s);

/* call */
void call_urc(struct session *s, const struct at_urc *u);
int64_t call_due_ms(const struct session *s);
void call_tick(struct session *s);
