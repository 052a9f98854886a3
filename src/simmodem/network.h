/* The radio side that all modems of a process share: what the service centre took (with the parts of long texts
 * joined), what waits for a modem (full store, no network), status reports, and texts between the SIMs. */
#pragma once

#include "simmodem/memory.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct modem;

/* A text that the network took from a modem; long ones once, with their parts. */
struct sent {
	int64_t id; /* from 1, only grows */
	int modem;
	char number[TPDU_ADDR_MAX];
	int parts, seen; /* segments in all and taken so far */
	int ref;         /* of the concatenation, −1 none */
	int copies; /* how often the network took it: of a part the most frequent, of a single text so far */
	int64_t utc, mono_ms;     /* of the first part */
	int64_t validity_minutes; /* 0 none, −1 an absolute time */
	bool report;
	enum sms_alphabet alphabet;
	struct sent_part {
		struct pdu pdu;
		uint8_t mr;
		int copies;       /* 0: not yet taken */
		int units, limit; /* septets, UTF-16 units or octets of the text, and what fits */
	} * part;                 /* owned, `parts` of them */
	char *text;               /* owned; joined as far as it is there */
};

/* A message on its way to a modem. */
struct waiting {
	struct pdu pdu;
	int modem;
	int64_t due_ms;
	int tries;
};

/* A number that answers texts by itself, such as an operator's. */
struct robot {
	char number[TPDU_ADDR_MAX], match[40];
	char *text; /* owned; NULL: it does not */
	int64_t ms;
};
#define ROBOTS_MAX  16
#define ROBOT_PARTS 8

struct network {
	struct modem *modems; /* borrowed */
	int modem_count;
	int64_t now_us, now_ms, now_utc; /* set by the shell before each call into network or modem */
	struct sent *sent;
	size_t sent_count, sent_cap;
	int64_t next_id;
	struct waiting *queue;
	size_t queue_count, queue_cap;
	struct robot robot[ROBOTS_MAX];
	int robot_count;
	int next_ref;
	int redeliver_ms; /* pause before a refused message is tried again */
	int report_ms;
	/* Called at everything that a watcher may want to see; takes the reference. */
	void (*event)(void *arg, json_t *event);
	void *event_arg;
};

void network_done(struct network *n);
/* Forgets what was sent and what waits. */
void network_clear(struct network *n);

/* A modem submits. 0 and *ret_mr is used; or a +CMS ERROR code. */
int network_submit(struct network *n, struct modem *m, const struct pdu *p, uint8_t mr);
/* A message is under way to a modem. */
void network_queue(struct network *n, int modem, const struct pdu *p, int64_t delay_ms);
size_t network_waiting(const struct network *n, int modem);
/* Gives what is due to modems that can take it. */
void network_tick(struct network *n);
int64_t network_next_ms(const struct network *n);
/* A modem has room, network or its terminal's ear again: try at once what waits for it. */
void network_retry(struct network *n, int modem);

/* Texts to `number` that contain `match` are answered with `text` (NULL: no more). −ENOSPC. */
int network_robot(struct network *n, const char *number, const char *match, const char *text, int64_t ms);
/* A status report for a text that was sent. −ENOENT. */
int network_report(struct network *n, int64_t id, int part, int status);
json_t *network_sent_json(const struct sent *s);

void network_event(struct network *n, json_t *event);

/* What a stranger texts: composed into DELIVER parts. */
struct incoming {
	const char *from, *text, *smsc;
	int number_type;   /* −1: as the number looks */
	int message_class; /* −1 none */
	int ref;           /* −1: the next one */
	bool ref16;
	int alphabet; /* enum compose_alphabet */
	int64_t scts_utc;
};
/* Fills up to `max` PDUs; the count, or −errno. */
int incoming_compose(const struct incoming *in, struct pdu *ret, int max);
/* A SUBMIT as its receiver gets it. */
int forward_compose(const struct tpdu *submit, const char *from, const char *smsc, int64_t utc,
		    struct pdu *ret);
/* A status report. */
int report_compose(const char *number, uint8_t mr, int64_t scts_utc, int64_t done_utc, int status,
		   struct pdu *ret);
