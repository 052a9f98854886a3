/* What the session_*.c files share. */
#pragma once

#include "at_commands/verbs.h"
#include "daemon/caller.h"
#include "daemon/daemon.h"
#include "daemon/ladder.h"
#include "daemon/ports.h"
#include "daemon/sender.h"
#include "daemon/session.h"
#include "daemon/trouble.h"
#include "hw/transport.h"
#include "store/outbox.h"
#include "store/sensor_alarm.h"

#include <stdio.h>

#define SESSION_MEMORIES 6   /* memories that are read */
#define SESSION_SLOTS    256 /* announced, to be read */

/* Names are a promise to scripts; the words are what `yishid --states` reads out. */
#define SESSION_STATES(X)                                                                                      \
	X(LOST, "lost", "there is no port to try at present")                                                  \
	X(PROBING, "probing", "the port is open: does anybody answer, who, and are the settings ours")         \
	X(PIN, "pin", "the SIM is missing, or wants what is not given (again)")                                \
	X(REGISTERING, "registering", "texts can be read; there is no network yet")                            \
	X(READY, "ready", "all is well and nothing is to be done")                                             \
	X(READING, "reading", "texts are read, stored and freed; sending has the next turn")                   \
	X(DRAINING, "draining", "the same with a store that is nearly full; sending waits")                    \
	X(SENDING, "sending", "a text is with the modem")                                                      \
	X(RINGING, "ringing", "the phone of somebody on duty is rung, because of an alarm")                    \
	X(BACKOFF, "backoff", "the port is closed for a moment between two steps of the ladder")               \
	X(RESETTING, "resetting", "a reset is under way; waits for the modem to come back")                    \
	X(HELD, "held", "the port is lent to somebody")                                                        \
	X(STOPPED, "stopped", "the end")

#define SESSION_EVENTS(X)                                                                                      \
	X(START, "it is to begin, or a port has appeared")                                                     \
	X(DUE, "the time of the state is over")                                                                \
	X(OPENED, "the port is open")                                                                          \
	X(OPEN_FAILED, "the port cannot be opened")                                                            \
	X(MISSING, "there is no such port")                                                                    \
	X(NEXT, "it is not this port")                                                                         \
	X(SIM_READY, "the SIM is open")                                                                        \
	X(PIN_REFUSED, "the SIM stays closed")                                                                 \
	X(INIT_DONE, "all settings are ours")                                                                  \
	X(TROUBLE, "something is wrong that a step of the ladder may heal")                                    \
	X(GONE, "the port vanishes")                                                                           \
	X(RESET, "the next step of the ladder is a reset")                                                     \
	X(CONFUSED, "it has started anew, or its settings are not ours")                                       \
	X(REGISTERED, "there is a network")                                                                    \
	X(UNREGISTERED, "there is no network")                                                                 \
	X(READ, "something is to be read")                                                                     \
	X(DRAIN, "something is to be read, and the store is nearly full")                                      \
	X(SEND, "something is to be sent")                                                                     \
	X(RING, "a phone is to be rung")                                                                       \
	X(REST, "what was under way is done")                                                                  \
	X(HOLD, "somebody wants the port")                                                                     \
	X(RELEASE, "the port is given back")                                                                   \
	X(STOP, "the program ends")

enum session_state {
#define X(id, name, words) SESSION_##id,
	SESSION_STATES(X)
#undef X
	    SESSION_STATE_COUNT,
	SESSION_STAYS = SESSION_STATE_COUNT /* in a cell: no other state */
};
enum session_event {
#define X(id, words) EV_##id,
	SESSION_EVENTS(X)
#undef X
	    SESSION_EVENT_COUNT
};

struct session_cell {
	void (*act)(struct session *s); /* after the state was entered; act_nothing: the event is ignored */
	enum session_state next;
};
/* session_table.c: total, no cell is empty. */
extern const struct session_cell session_table[SESSION_STATE_COUNT][SESSION_EVENT_COUNT];
extern const char *const session_state_names[SESSION_STATE_COUNT];
extern const char *const session_event_names[SESSION_EVENT_COUNT];

/* The table in words. */
void session_table_print(FILE *out);

void session_event(struct session *s, enum session_event ev);

/* What is verified now and then. */
enum setting { SETTING_FORMAT, SETTING_NOTIFY, SETTING_STORES, SETTING_REPORTS, SETTINGS };

struct session_slot {
	char memory[12];
	int index;
};

/* A part on its way. Several may name the same text: flight_drop. */
struct flight {
	struct outbox_message *m; /* NULL: none */
	int part;
	struct compose_part pdu;
};

/* What became of a part, until it is on disk. */
struct outcome {
	struct outbox_message *m; /* NULL: none */
	int part;
	enum at_submitted kind;
	enum at_class class; /* of the error, when it was one */
	bool answered;       /* it ended in an error that the modem said */
	bool silent;         /* it ended in silence: is anybody there? */
	bool again;          /* it was the command that was not understood: once more, in two lines */
	int mr;
	char reason[128];
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
	FILE *trace;
	int64_t trace_start_ms, opened_ms;
	bool pumping;
	int64_t hush_ms;  /* no bytes are read before; 0 not so */
	int64_t heard_ms; /* when bytes were read last */
	int64_t moved_ms; /* when an event was last acted on */

	/* life */
	struct ports_claim claim; /* the port in use, or the last one */
	bool identified;          /* who answers on the open port is known */
	bool answers;             /* anybody has answered since the probing began */
	int64_t patience_ms;      /* for the next probing; 0: as long as the row says that a start takes */
	int failures;             /* to open, in a row */
	bool was_up, stop_wanted, hold_wanted, confused;
	int64_t up_ms; /* since when it has been up, or was */

	/* ladder */
	struct ladder ladder;
	enum ladder_cause cause; /* of the trouble */
	enum ladder_step step_taken;
	int command;                              /* of the step's, under way */
	int restart_ms;                           /* for the modem to come back */
	bool no_rebind, no_power;                 /* this box cannot: said */
	int64_t unregistered_ms, network_step_ms; /* without a network since then; the next step is due then */
	int network_steps;
	bool denied; /* the network says no */

	/* texts to itself */
	int64_t self_ms;       /* when to look after them */
	int64_t self_told_utc; /* the one queued then did not come back, and the ladder was asked */
	int self_missed;       /* in a row */

	/* settings */
	int setting_lost[SETTINGS]; /* times in a row that it was not as we left it */
	bool reg_reports;           /* it says that it tells of its registration */
	int64_t looked_ms;          /* a modem that is asked one thing at a time was asked for all */

	/* initialising */
	enum modem_when phase;
	const struct modem_steps *steps, *outer; /* outer: to go on with when `quiet` is through */
	int step, outer_step, tries;
	int64_t step_until_ms; /* it is tried again until then */
	int iccid_command;     /* the row's that this modem understands */
	void (*iccid_done)(struct session *s);
	bool stores_known, notify_asked; /* what it can do was asked */
	int procedure;                   /* position within a verb of several exchanges */
	int64_t pin_begun_ms, pin_until_ms, pin_accepted_ms;

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
	enum session_state put_state;
	bool put_late;   /* the line's row is behind: a look brings it up */
	int64_t flap_ms; /* session_may_flap */

	/* reading */
	struct session_slot pending[SESSION_SLOTS]; /* announced */
	int pending_count;
	struct trouble trouble; /* slots that are tried again later */
	char trouble_line[64];  /* of this SIM */
	unsigned list_due;      /* bit n: memory[n] is to be listed */
	unsigned look_due;      /* bit n: memory[n] is to be selected, and listed when it is not empty */
	struct at_list list;    /* being worked through */
	int list_at, delete_at, batch;
	int cut_off; /* direct texts in a row that were not whole */
	bool reread; /* the slot in hand has been asked for twice in this round */
	bool deleting;
	struct {
		bool off;    /* one delete in a line */
		bool failed; /* the last line of several did: the next list is freed … */
		bool singly; /* … one by one */
		int from;    /* slot of the list that the line under way began with */
		int refused;
		int64_t ms; /* when it was written: which slots were ripe then */
		char memory[12];
		uint8_t freed[SESSION_SLOTS / 8]; /* bit n: such a line freed slot n since the last listing */
	} bulk;
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

	/* sending (session_send.c, session_outcome.c) */
	struct flight air, ahead; /* with the modem or about to be; composed for afterwards */
	bool begun;               /* the part in the air is `sending` on disk */
	bool submitting;          /* its AT+CMGS has no final result yet */
	bool commit_due;          /* as soon as what waits for the modem is written */
	struct outcome past;
	int register_errors, rejected, not_sent; /* in a row */
	int64_t format_known_ms;                 /* it said then that it is in PDU mode; 0 in doubt */
	bool burst;                              /* parts follow each other without a pause */
	bool one_command;                        /* this modem refused AT+CMGF?;+CMGS */
	bool more_set;                           /* +CMMS is in force, … */
	bool more_refused;                       /* … or not to be had */
	int64_t air_until_ms;                    /* mono; a part may be in the air until then, 0 none */
	int64_t blocked_until_ms, waits_for, wait_since_ms, last_read_ms; /* waits_for: id */
	int64_t record_failed_ms;                /* an outcome could not be written since then; 0 */
	int64_t stop_by_ms;                      /* the end waits no longer for the database */
	int64_t no_report, no_validity, doubted; /* ids */
	char blocked_reason[96];
	bool prefer_send; /* reading and sending take turns */

	/* choice (sender_next.c) */
	struct sender_line sender;

	/* the operator's side (session_operator.h); made on demand */
	struct operator_side *operator_side;

	/* calls */
	struct callers callers;
	int64_t call_busy_ms; /* a command on behalf of a call has no answer yet: at the latest then; 0 none */
	bool call_said;       /* that this model has no voice */
	struct sensor_ring ring; /* while RINGING: the phone that is rung */
	char ring_result[24];
	int ring_hangup; /* words of the row that were said */
};

int64_t session_now(const struct session *s);
/* Something is wrong that the ladder may heal. */
void session_trouble(struct session *s, enum ladder_cause cause);
/* Out of service: said once, and what was under way is forgotten. */
void session_down(struct session *s, const char *reason);
/* The same, and the port is closed. */
void session_close(struct session *s, const char *reason, enum ports_why why);
static inline bool session_reading(const struct session *s)
{
	return s->state == SESSION_READING || s->state == SESSION_DRAINING;
}
void session_arm(struct session *s); /* the timer again, after a deadline changed */
void session_due_in(struct session *s, int64_t ms, void (*due)(struct session *s)); /* NULL: EV_DUE */
void session_no_due(struct session *s);
void session_remark(struct session *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void session_put_line(struct session *s); /* the row in table line */
/* A registration that comes and goes must not wear the flash: FLAPS changes of it are written at once, then one each
 * FLAP_EVERY_MS. `*at_ms` is the memory of it, 0 at first; false: not now. */
bool session_may_flap(int64_t *at_ms);

/* port */
int port_open(struct session *s, const char *path);
void port_close(struct session *s);
void port_new_chat(struct session *s); /* with the options of the row; not from one of the chat's callbacks */
void port_pump(struct session *s);
/* Queues a command. When the chat refuses it is as if it had been cancelled: done is not called. */
void port_submit(struct session *s, struct at_command *c, void (*done)(void *user, const struct at_reply *r));
/* The same, and the answer is read only when it is there as a whole: a look into an idle modem should wake the
 * machine once, however many pieces the answer comes in. Nobody waits for a look. */
void port_submit_unhurried(struct session *s, struct at_command *c,
			   void (*done)(void *user, const struct at_reply *r));
void port_hurry(struct session *s); /* somebody waits after all */
/* In every done: true when the port is gone and nothing is to be gone on with. Notes a dead modem as well. */
bool port_over(struct session *s, const struct at_reply *r);

/* init */
void init_begin(struct session *s); /* WHEN_OPEN */
void init_go_on(struct session *s); /* the step after the one that is done */
void init_step_done(struct session *s, bool ok);
void init_hurry(struct session *s); /* it says that it is further: what waits to be tried again is tried now */
void init_iccid(struct session *s, void (*done)(struct session *s)); /* s->iccid, "" when it does not tell */
void init_pin(struct session *s);
void init_pin_watch(struct session *s);
void init_identify(struct session *s);
void init_stores(struct session *s);
void init_notify(struct session *s);
void init_register(struct session *s);
void init_registration_watch(struct session *s);
void init_registration_urc(struct session *s, const struct at_urc *u);

/* read */
void read_announced(struct session *s, const char *memory, int index);
bool read_wanted(const struct session *s);
bool read_overdue(const struct session *s); /* the periodic look has been put off for long */
bool read_presses(const struct session *s); /* and the store is nearly full: before anything is sent */
void read_begin(struct session *s);
void read_all_due(struct session *s);
void read_direct(struct session *s, const struct at_urc *u);
void read_check(struct session *s); /* session_check.c; ends in read_begin or EV_CONFUSED */
int64_t read_next_ms(const struct session *s);
void read_forget(struct session *s);
void read_store_full(struct session *s);          /* it says so */
void read_note_room(struct session *s);           /* how full the store of our choice is has become known */
void read_look_at(struct session *s, int64_t ms); /* the next look is at this time, or earlier */
int read_memory_index(const struct session *s, const char *name);
void read_go_on(struct session *s);
void free_slots(struct session *s); /* session_free.c: those of s->list whose index is not −1 */
void free_next(struct session *s);
/* The modem said that slot `index` of the list's memory is free, in an answer to many deletes at once. Asked once. */
bool free_was_said(struct session *s, int index);
bool read_pend(struct session *s, const char *memory, int index); /* false: there are too many already */
void read_trouble_load(struct session *s);   /* session_trouble.c: what an earlier life left */
void read_trouble_keep(struct session *s);   /* for a later one */
void read_trouble_absent(struct session *s); /* what the listing does not show */
bool read_trouble_bad(struct session *s, const char *memory,
		      const struct at_slot *slot); /* true: it will not become better */
void read_trouble_due(struct session *s);          /* slots whose next try is due are to be read */

void self_look(struct session *s); /* session_self.c: s->self_ms is over; may end in EV_TROUBLE */

/* send */
bool send_wanted(struct session *s);
void send_begin(struct session *s);
void send_wake(struct session *s);            /* the outbox changed: what is chosen ahead is chosen anew */
bool send_under_way(const struct session *s); /* AT+CMGS has no answer yet */
void send_cut_off(struct session *s);         /* there will be none: the modem has started anew */
void send_late(struct session *s, uint64_t tag, const char *line);
void send_reported(struct session *s);              /* a report has come while a part may be in the air */
void send_new_port(struct session *s);              /* what was known of the modem's settings is not any more */
int64_t send_air_until_ms(const struct session *s); /* a text without an answer may be in the air so long; 0 */
void send_forget(struct session *s);
void send_lose(struct session *s); /* the session goes: an outcome that could not be written is known no more */
void flight_drop(struct session *s, struct flight *f);

/* between session_send.c and session_commit.c */
void send_commit(
    struct session *s); /* what is to be written, now; else session_commit_all does it when commit_due */
bool send_choose(struct session *s); /* what is ahead */
void send_go_on(struct session *s);
void send_find_step(struct session *s);
void send_rest(struct session *s);
void send_untaken(struct session *s); /* the chat has no such command */

/* outcome (session_outcome.c) */
struct outcome outcome_of(struct session *s, const struct flight *f, const struct at_reply *r);
int outcome_record(struct session *s, struct outcome *o, bool *ret_whole); /* within a transaction */
void outcome_react(struct session *s, const struct outcome *o);            /* what it means for the line */
void send_pause(struct session *s, int64_t ms); /* nothing is begun for so long; the timer brings it back */

/* call */
void call_urc(struct session *s, const struct at_urc *u);
int64_t call_due_ms(const struct session *s);
void call_tick(struct session *s);
void call_announce(struct session *s);       /* once: there is no voice */
bool call_possible(const struct session *s); /* the model has voice, as far as its row knows */

/* ringing somebody (session_ring.c) */
bool ring_urc(struct session *s, const struct at_urc *u); /* true: it spoke of our own call */
void ring_hang_up(struct session *s);
void ring_forget(struct session *s);

/* operator (session_operator.c) */
void operator_begin(struct session *s); /* the registration is about to be asked: what was known is old */
void operator_registration(struct session *s, const char *line, bool query); /* +CREG: … */
void operator_urc(struct session *s, const struct at_urc *u);
/* The answer to AT+CSCA?; sets what is configured when it is another, then `done`. */
void operator_smsc(struct session *s, const struct at_reply *r, void (*done)(struct session *s));
void operator_smsc_doubt(struct session *s); /* CMS 330: to be asked again */
void operator_look(struct session *s);       /* the end of a look; ends in read_begin */
bool operator_cause(struct session *s);    /* while registering: asks why not; true: EV_DUE comes when it has */
void operator_put_line(struct session *s); /* with session_put_line */
void operator_status(const struct session *s, json_t *j);
void operator_free(struct session *s);
