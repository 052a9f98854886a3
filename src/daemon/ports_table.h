/* The book of ports: which there are, who holds which, which modem was met behind which, and which one a
 * line should try next. Knows neither descriptors nor clocks; `now_ms` is of the monotonic clock.
 *
 * All ports of a stick lead to the same modem: what is learned on one holds for all, and two lines never
 * share a stick. A stick of another line is never taken, not even by a line that names its path: that line
 * would send with the other's SIM. A port stays what was learned about it until it vanishes; one that was
 * silent is tried again after ever longer pauses, since a modem that boots is silent too. */
#pragma once

#include "daemon/ports.h"

#include <stdint.h>

#define PORTS_NODE 40

enum ports_kind { PORTS_PATH_DEVICE, PORTS_USB_DEVICE, PORTS_IMEI_DEVICE };

/* What a line wants. */
struct ports_want {
	char device[PORTS_PATH]; /* as the configuration has it */
	enum ports_kind kind;
	char node[PORTS_NODE]; /* path: the node that it leads to; "" it leads nowhere at present */
	char usb[10];          /* usb: */
	char imei[16];         /* imei: or what was learned; "" nothing yet */
	char iccid[24];        /* "" any SIM */
};

/* A port as it is seen when one looks around. */
struct ports_seen {
	char path[PORTS_PATH]; /* to be opened */
	char node[PORTS_NODE]; /* the device itself, whatever it is called: the key */
	struct usb_port usb;   /* usb.stick "" when it is none */
	uint64_t mark;         /* changes when the node was made anew */
	int rank;              /* by the row of that VID:PID, the lower the sooner: modem_row_rank */
	bool offered;          /* may be tried by a line that did not name it */
};

struct ports_port {
	struct ports_seen at;
	char imei[16], iccid[24]; /* of the modem behind it; "" not known */
	const void *holder;       /* the line that has it */
	bool answered;            /* AT was understood here */
	bool fresh;               /* new since ports_table_settled */
	bool gone;                /* not there any more; waits for its holder */
	int failed;               /* in a row */
	int64_t retry_ms;         /* after a failure: not before */
};

struct ports_line {
	const void *who;
	struct ports_want want;
	struct ports_port *port;    /* held; NULL none */
	char last_stick[USB_STICK]; /* where it was last */
	char last_usb[10];          /* as what */
	bool sure;                  /* of the claim in force */
	bool refused;               /* the modem there is not ours */
	bool other_sim;             /* its modem was met, with a SIM that it must not use */
	bool waiting;               /* for its EV_START; ports.c's */
};

struct ports_table {
	struct ports_port **port; /* heap: pointers to them stay good */
	int port_count;
	struct ports_line **line;
	int line_count;
};

void ports_table_done(struct ports_table *t);

/* Makes the line, or changes what it wants; a claim in force stays. */
struct ports_line *ports_table_want(struct ports_table *t, const void *who, const struct ports_want *want);
struct ports_line *ports_table_line(const struct ports_table *t, const void *who); /* NULL: none */
void ports_table_forget(struct ports_table *t, const void *who);

/* All that is there now. What is not among it has vanished, and what was known about it with it. */
void ports_table_update(struct ports_table *t, const struct ports_seen *seen, int count);
/* The port that it led to is not there any more, and the holder does not know it yet. */
bool ports_table_lost(const struct ports_line *l);

/* The best port for the line, held for it from now on; its own as long as it has one. NULL: none at present. */
struct ports_port *ports_table_claim(struct ports_table *t, struct ports_line *l, int64_t now_ms);
bool ports_table_has(const struct ports_table *t, const struct ports_line *l, int64_t now_ms);
/* That port is new since the last ports_table_settled. */
bool ports_table_has_fresh(const struct ports_table *t, const struct ports_line *l, int64_t now_ms);
void ports_table_settled(struct ports_table *t);
/* When one that failed may be tried again by this line; INT64_MAX none. */
int64_t ports_table_retry_ms(const struct ports_table *t, const struct ports_line *l);

/* Who answered on the port that the line holds. True when it is the line's. With *ret_learned its want.imei
 * is new and should be kept. */
bool ports_table_identified(struct ports_table *t, struct ports_line *l, const char *imei, const char *iccid,
			    bool *ret_learned);
void ports_table_release(struct ports_table *t, struct ports_line *l, enum ports_why why, int64_t now_ms);
