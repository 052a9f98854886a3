/* One emulated modem, as a pure machine: bytes that the terminal wrote go in, bytes with the moment when they
 * are due come out. It never reads a clock; the shell (port.c) hands over `now` before each call and asks when
 * to call again. The radio side is struct network. */
#pragma once

#include "base/buf.h"
#include "simmodem/fault.h"
#include "simmodem/stamps.h"
#include "simmodem/memory.h"
#include "simmodem/profile.h"

#include <stdbool.h>
#include <stdint.h>

#define MODEM_LINE_MAX   2048
#define MODEM_OUTPUT_MAX 1048576 /* solicited bytes that wait for a reader */
#define MODEM_NEVER      INT64_MAX
#define SMSC_HOME        "+8613800000500"
#define SMSC_ELSEWHERE   "+8613010999500" /* takes nothing from us */

struct network;

/* What the terminal can set; a reset brings the profile's values back. */
struct settings {
	bool echo, verbose, quiet;
	int s3, s4, s5;
	int cmee, cmgf, csms, cmms;
	int cnmi[5];            /* mode mt bm ds bfr */
	int creg, cgreg, cereg; /* URC level n */
	bool clip, crc;
	bool ccwa, ctzu;
	int ctzr;       /* 1 +CTZV, 2 +CTZE */
	char mem[3][3]; /* read and delete, write and send, receive */
	char phonebook[3];
	char cscs[8];
	int flag[FLAG_COUNT]; /* of makers' commands */
	int route;            /* the terminal that gets URCs, ROUTE_ALL, ROUTE_AWAY */
};

enum input { INPUT_COMMAND, INPUT_PROMPT };

/* What goes on after the reply of the running command is due. */
enum job { JOB_NONE, JOB_SUBMIT, JOB_POWER };

struct chunk {
	int64_t due_ms;
	enum stamp_kind kind; /* NONE: echo */
	char *bytes;          /* owned */
	size_t len, done;
};

/* What a program opens: bytes in both directions. Only terminals of the kind TTY_AT reach the interpreter, and
 * they share one: while it is busy for one of them the others wait. */
enum tty_kind {
	TTY_AT = 'a',
	TTY_DIAG = 'd', /* answers whatever is written with a frame of its own */
	TTY_LOG = 'l',  /* says binary noise by itself */
	TTY_NMEA = 'n', /* silent */
};

struct tty {
	enum tty_kind kind;
	int interface; /* bInterfaceNumber; −1 unknown */
	struct buf in; /* bytes not yet looked at */
	struct chunk *chunks;
	size_t chunk_count, chunk_cap, waiting;
};
#define TTYS_MAX 4

/* An answer that a test puts in the place of the modem's own. */
struct override {
	char command[40]; /* without AT: the beginning of a command, in upper case */
	char *lines;      /* owned, parted by \n; "" none */
	char final[60];   /* "" none */
	char *then;       /* owned; URCs afterwards, parted by \f; "" none */
	int64_t then_ms;
	int64_t left; /* −1 for good */
};
#define OVERRIDES_MAX 16

/* A line that is said later by itself. */
struct later {
	int64_t due_ms;
	char *text; /* owned */
};
#define LATERS_MAX 32

struct call {
	bool active, answered;
	bool out;                 /* we ring somebody, whose number is `from`; nobody answers in here */
	char from[TPDU_ADDR_MAX]; /* "" withheld */
	int number_type;
	int rings_left, ring_ms, rings;
	int64_t next_ms, begun_ms;
};

/* What a code such as *100# is answered with. */
struct ussd {
	char code[24];
	char *text; /* owned, UTF-8 */
	bool ucs2;  /* as UCS-2 in hex with dcs 72, whatever its letters */
	int mode;   /* 0 nothing more, 1 an answer is wished */
	int ms;
};
#define USSD_MAX 8

struct counters {
	int64_t commands, urcs, delivered, redelivered, refused, read, deleted, submitted, acknowledged, calls,
	    dials, resets, power, /* power: +CFUN, resets by command */
	    own_ms;               /* all the delays that it made itself: answers and air */
};

struct modem {
	struct network *net; /* borrowed */
	int index;
	const struct profile *profile;
	char number[TPDU_ADDR_MAX]; /* of the SIM, E.164 */
	char imei[16], iccid[21], imsi[16];
	struct settings set;
	struct fault fault[FAULT_ID_COUNT];
	struct memory stores[PROFILE_STORES];
	int store_count;
	struct counters count;
	struct stamps stamps;

	int cfun;
	char pin[12], puk[12]; /* pin "" : the SIM asks for none */
	char pin_state[16];    /* READY, SIM PIN … */
	int pin_tries, puk_tries;
	char smsc[TPDU_ADDR_MAX], csca[TPDU_ADDR_MAX]; /* the network's centre; what the SIM has for it */
	uint8_t mr;
	char operator_name[24];

	/* terminals */
	struct tty tty[TTYS_MAX];
	int tty_count, main_tty; /* the one on which programs talk */
	int talker;              /* whose command is being run, or was last */

	/* from the talker */
	enum input input;
	struct buf line; /* command line or text at the prompt so far */
	/* the prompt's command */
	bool prompt_writes; /* +CMGW */
	int prompt_len;     /* stated TPDU length, −1 in text mode */
	int prompt_state;   /* state for +CMGW */
	char prompt_number[TPDU_ADDR_MAX];
	bool prompt_swallows; /* text mode took the length for a number */

	/* to the terminals */
	struct buf reply;    /* lines of the running command, each ended by \n */
	struct buf buffered; /* announcements that +CNMI mode 0 keeps, each ended by \n */
	struct buf held;     /* URC lines that wait, each ended by \f */
	struct later later[LATERS_MAX];
	int later_count;
	struct override override[OVERRIDES_MAX];
	int override_count, overridden; /* overridden: of the running line, −1 none */

	enum job job;
	struct pdu job_pdu;
	bool job_from_store;
	int64_t busy_until_ms; /* no command is looked at before */
	int64_t command_ms;    /* what the running command takes longer (fault slow) */
	int64_t silent_until_ms;

	int64_t link_until_ms; /* the radio link of the last submit is still held (+CMMS) */
	int reply_ms, air_ms;
	int link_ms; /* of air_ms: setting the link up; −1: three fifths */
	int hold_ms; /* how long the link is held */

	/* of messages that the terminal has to acknowledge */
	bool ack_waiting;
	int64_t ack_deadline_ms;
	int ack_ms;
	struct pdu ack_pdu;

	struct call call;
	bool waits;        /* a second caller, told by +CCWA */
	bool deaf;         /* nothing arrives */
	bool flapped_away; /* without a network at present */
	int64_t flap_ms, sim_back_ms;
	int64_t time_offset_s; /* of the modem's clock */
	struct ussd ussd[USSD_MAX];
	int ussd_count;
	const char *boot_next; /* rest of the profile's boot lines */
	int64_t boot_next_ms;
	int64_t noise_next_ms;
	bool noise_over, busy_once, start_once;
	int64_t sms_ready_ms, pin_lag_ms, lock_ms; /* moments, see the profile */
	/* wish to the shell: the port goes and comes back at that moment */
	bool replug;
	int64_t replug_ms;
	char replug_name[64];
	int restart_ms; /* how long the port is away after AT+CFUN=1,1 */
};

void modem_init(struct modem *m, struct network *net, int index, const struct profile *profile,
		const char *number);
void modem_done(struct modem *m);
/* `spec` is "SM:10" or "SM:10,ME:23": sizes of stores, made where the profile has none. −EINVAL. */
int modem_resize_stores(struct modem *m, const char *spec);
/* Power-up: settings of the profile, boot lines to come. Stores and counters stay. */
void modem_boot(struct modem *m);
/* Empties stores, faults, counters, held lines. */
void modem_clear(struct modem *m);

/* All the terminals of its family instead of one. */
void modem_ttys(struct modem *m);
/* Bytes that somebody wrote to a terminal. */
void modem_feed(struct modem *m, int tty, const char *bytes, size_t n);
/* Does all that is due. */
void modem_tick(struct modem *m);
/* When modem_tick has something to do; MODEM_NEVER. */
int64_t modem_next_ms(const struct modem *m);
/* When modem_output will have bytes for the terminal. */
int64_t modem_output_ms(const struct modem *m, int tty);
/* The bytes that are due now (at most one piece of them); NULL when none. Borrowed until modem_written. */
const char *modem_output(const struct modem *m, int tty, size_t *ret_len);
void modem_written(struct modem *m, int tty, size_t n);

/* misfortune.c: arms a fault (after so many more texts), or lets it happen. −EINVAL with a sentence for people in
 * *ret_why (static text). */
int modem_fault(struct modem *m, enum fault_id id, int64_t value, const char *text, int64_t count,
		int64_t after, const char **ret_why);
/* A text went out: the faults that waited for it. */
void modem_fault_step(struct modem *m);
/* Is fault `id` on, and is this an occasion for it? */
bool modem_spoil(struct modem *m, enum fault_id id);

/* What the SIM and the radio allow now. */
bool modem_sim_ready(const struct modem *m);
bool modem_registered(const struct modem *m);
int modem_registration(const struct modem *m); /* +CREG status */
struct memory *modem_memory(struct modem *m, const char *name);

/* power.c */
void modem_settings_default(struct modem *m);
void modem_crash(struct modem *m, int64_t ms, bool boot_lines); /* starts anew, the port stays */
void modem_self_reset(struct modem *m);
void modem_leave(struct modem *m, int64_t ms,
		 const char *name); /* the port goes for so long; NULL: same name */
void modem_wear(struct modem *m);   /* one more power cycle or +CFUN */
void modem_boot_tick(struct modem *m);
int64_t modem_boot_next_ms(const struct modem *m);

/* ring.c: a caller. rings × ring_ms. −EBUSY while another call is on, −ENETDOWN. */
int modem_ring(struct modem *m, const char *from, int rings, int ring_ms, int number_type);
/* ATD: a voice call ("+86…;") rings at the other end until it is hung up, or the network has enough of it. -ENETDOWN, -EBUSY;
 * -EOPNOTSUPP: a data call. */
int modem_dial(struct modem *m, const char *number);
void modem_call_end(struct modem *m, bool rejected);
void modem_ring_tick(struct modem *m);

/* ussd.c: what the network will answer to a code. −ENOSPC. */
int modem_ussd_set(struct modem *m, const struct ussd *u);
/* The network tells the time; the modem's clock follows. */
void modem_nitz(struct modem *m, int64_t utc, int zone_quarters);

/* deliver.c: the network hands over a message. True when it is taken (stored, shown or waiting for +CNMA). */
bool modem_deliver(struct modem *m, const struct pdu *p);
/* Announcements that waited for another mode of +CNMI. */
void deliver_flush(struct modem *m);
void modem_acknowledge(struct modem *m, bool taken);

/* reply.c: lines to the terminal */
void reply_add(struct modem *m, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void reply_finish(struct modem *m, const char *final); /* NULL: without a final line */
void reply_prompt(struct modem *m);
void reply_raw(struct modem *m, const char *bytes, size_t n);
void modem_urc(struct modem *m, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The same by and by: one URC, its lines parted by \n. */
void modem_urc_later(struct modem *m, int64_t ms, const char *text);
void modem_later_tick(struct modem *m);
/* Lets held URC lines go. */
void modem_urc_release(struct modem *m);
/* Bytes that are no line. */
void modem_noise(struct modem *m, int tty, const char *bytes, size_t n);
/* Forgets all output. */
void modem_output_clear(struct modem *m);
