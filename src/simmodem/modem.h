/* One emulated modem, as a pure machine: bytes that the terminal wrote go in, bytes with the moment when they
 * are due come out. It never reads a clock; the shell (port.c) hands over `now` before each call and asks when
 * to call again. The radio side is struct network. */
#pragma once

#include "base/buf.h"
#include "simmodem/fault.h"
#include "simmodem/journal.h"
#include "simmodem/memory.h"
#include "simmodem/profile.h"

#include <stdbool.h>
#include <stdint.h>

#define MODEM_LINE_MAX   2048
#define MODEM_OUTPUT_MAX 1048576 /* solicited bytes that wait for a reader */
#define MODEM_NEVER      INT64_MAX

struct network;

/* What the terminal can set; a reset brings the profile's values back. */
struct settings {
	bool echo, verbose, quiet;
	int s3, s4, s5;
	int cmee, cmgf, csms, cmms, csdh;
	int cnmi[5];            /* mode mt bm ds bfr */
	int creg, cgreg, cereg; /* URC level n */
	bool clip, crc;
	char mem[3][3]; /* read and delete, write and send, receive */
	char phonebook[3];
	char cscs[8];
};

enum input { INPUT_COMMAND, INPUT_PROMPT };

/* What goes on after the reply of the running command is due. */
enum job { JOB_NONE, JOB_SUBMIT, JOB_POWER };

struct chunk {
	int64_t due_ms;
	enum journal_kind kind; /* NONE: echo */
	char *bytes;            /* owned */
	size_t len, done;
};

struct call {
	bool active, answered;
	char from[TPDU_ADDR_MAX]; /* "" withheld */
	int number_type;
	int rings_left, ring_ms, rings;
	int64_t next_ms, begun_ms;
};

struct counters {
	int64_t commands, urcs, delivered, redelivered, refused, read, deleted, submitted, acknowledged, calls,
	    resets, own_ms; /* all the delays that it made itself: answers and air */
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
	struct journal journal;

	int cfun;
	char pin[12], puk[12]; /* pin "" : the SIM asks for none */
	char pin_state[16];    /* READY, SIM PIN … */
	int pin_tries, puk_tries;
	char smsc[TPDU_ADDR_MAX];
	uint8_t mr;
	char operator_name[24];

	/* from the terminal */
	enum input input;
	struct buf in;   /* bytes not yet looked at */
	struct buf line; /* command line or text at the prompt so far */
	/* the prompt's command */
	bool prompt_writes; /* +CMGW */
	int prompt_len;     /* stated TPDU length, −1 in text mode */
	int prompt_state;   /* state for +CMGW */
	char prompt_number[TPDU_ADDR_MAX];
	bool prompt_swallows; /* text mode took the length for a number */

	/* to the terminal */
	struct buf reply; /* lines of the running command, each ended by \n */
	struct buf held;  /* URC lines that wait, each ended by \n */
	struct chunk *chunks;
	size_t chunk_count, chunk_cap, waiting;

	enum job job;
	struct pdu job_pdu;
	bool job_from_store;
	int64_t busy_until_ms; /* no command is looked at before */
	int64_t silent_until_ms;
	int64_t link_until_ms; /* the radio link of the last submit is still held (+CMMS) */
	int reply_ms, air_ms;

	/* of messages that the terminal has to acknowledge */
	bool ack_waiting;
	int64_t ack_deadline_ms;
	int ack_ms;
	struct pdu ack_pdu;

	struct call call;
	const char *boot_next; /* rest of the profile's boot lines */
	int64_t boot_next_ms;
	int64_t noise_next_ms;
	bool noise_over, busy_once;
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

/* Bytes that the terminal wrote. */
void modem_feed(struct modem *m, const char *bytes, size_t n);
/* Does all that is due. */
void modem_tick(struct modem *m);
/* When modem_tick or modem_output has something to do; MODEM_NEVER. */
int64_t modem_next_ms(const struct modem *m);
/* The bytes that are due now (at most one piece of them); NULL when none. Borrowed until modem_written. */
const char *modem_output(const struct modem *m, size_t *ret_len);
void modem_written(struct modem *m, size_t n);

/* Arms a fault or lets it happen. −EINVAL with a sentence for people in *ret_why (static text). */
int modem_fault(struct modem *m, enum fault_id id, int64_t value, const char *text, int64_t count,
		const char **ret_why);
/* Is fault `id` on, and is this an occasion for it? */
bool modem_spoil(struct modem *m, enum fault_id id);

/* What the SIM and the radio allow now. */
bool modem_sim_ready(const struct modem *m);
bool modem_registered(const struct modem *m);
int modem_registration(const struct modem *m); /* +CREG status */
struct memory *modem_memory(struct modem *m, const char *name);

/* ring.c: a caller. rings × ring_ms. −EBUSY while another call is on, −ENETDOWN. */
int modem_ring(struct modem *m, const char *from, int rings, int ring_ms, int number_type);
void modem_call_end(struct modem *m, bool rejected);
void modem_ring_tick(struct modem *m);

/* deliver.c: the network hands over a message. True when it is taken (stored, shown or waiting for +CNMA). */
bool modem_deliver(struct modem *m, const struct pdu *p);
void modem_acknowledge(struct modem *m, bool taken);

/* reply.c: lines to the terminal */
void reply_add(struct modem *m, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void reply_finish(struct modem *m, const char *final); /* NULL: without a final line */
void reply_prompt(struct modem *m);
void reply_raw(struct modem *m, const char *bytes, size_t n);
void modem_urc(struct modem *m, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Lets held URC lines go. */
void modem_urc_release(struct modem *m);
