/* Unsolicited result codes: one table says which prefixes are known, what they mean and whether a PDU line
 * follows. Lines beginning with ^ + * # $ % _ that are in no table are UNKNOWN and may be dropped. Pure; the
 * parsed struct borrows the line. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum urc_kind {
	URC_UNKNOWN,     /* to be logged and dropped */
	URC_RING,        /* RING, +CRING */
	URC_CLIP,        /* number, number_type, validity */
	URC_CCWA,        /* a second caller waits: number */
	URC_CALL,        /* +CLCC, ^DSCI: call */
	URC_CALL_BEGIN,  /* something has picked up */
	URC_CALL_END,    /* NO CARRIER, ^CEND, VOICE CALL: END … */
	URC_MISSED_CALL, /* the modem's own count: number */
	URC_CMTI,        /* a message is stored: memory, index */
	URC_CDSI,        /* a status report is stored: memory, index */
	URC_CMT,         /* a message: length, pdu */
	URC_CDS,         /* a status report: length, pdu */
	URC_CBM,         /* cell broadcast: length, pdu */
	URC_CLASS0,      /* text of class 0 that is nowhere stored */
	URC_REG,         /* +CREG, +CGREG, +CEREG, +C5GREG: domain, value = status */
	URC_PIN,         /* +CPIN: text */
	URC_SIM,         /* SIM put in, taken out, ready: text */
	URC_BOOT,        /* the modem started: settings are lost */
	URC_READY,       /* SMS DONE, SMS Ready: messages may be read now */
	URC_POWER,       /* under-voltage, power down: text */
	URC_STORE_FULL,  /* memory when named */
	URC_USSD,        /* +CUSD: value, text */
	URC_TIME,        /* network time: text */
	URC_SIGNAL,      /* +CSQ and its like */
	URC_NETWORK,     /* +CGEV, +CIREGU …: text */
	URC_NOISE,       /* known and of no use */
	URC_KIND_COUNT
};

enum urc_validity { CLIP_VALID, CLIP_WITHHELD, CLIP_UNAVAILABLE };
enum urc_domain { REG_CS, REG_PS, REG_EPS, REG_5GS };

/* 3GPP TS 27.007 7.18 (+CLCC), and ^DSCI in the same terms. */
enum call_state {
	CALL_ACTIVE,
	CALL_HELD,
	CALL_DIALING,
	CALL_ALERTING,
	CALL_INCOMING,
	CALL_WAITING,
	CALL_ENDED
};

#define AT_NUMBER_MAX 48

struct at_call {
	int id;
	bool incoming;
	enum call_state state;
	bool voice;
	char number[AT_NUMBER_MAX]; /* "" withheld or unknown */
	int number_type;            /* 145 international, 129 unknown … ; −1 absent */
};

struct at_urc {
	enum urc_kind kind;
	const char *line;           /* borrowed: the whole header line */
	const char *text;           /* borrowed: what follows the prefix, blanks trimmed in front */
	const char *pdu;            /* borrowed: hex of CMT, CDS, CBM; NULL when it never came */
	char memory[12];            /* CMTI, CDSI, STORE_FULL: "SM", "ME" …; "" unnamed */
	int index;                  /* −1 none */
	int length;                 /* stated TPDU length of CMT, CDS, CBM; −1 none */
	bool length_lies;           /* `pdu` has another length */
	char number[AT_NUMBER_MAX]; /* CLIP, CCWA, MISSED_CALL */
	int number_type;            /* −1 none */
	enum urc_validity validity;
	struct at_call call;
	enum urc_domain domain;
	int value; /* REG: <stat>; USSD: <m>; SIM: 1 in, 0 out; −1 none */
};

struct urc_row {
	const char *prefix;
	enum urc_kind kind;
	int lines; /* 1, or 2 when a PDU line follows */
};

/* The row of the longest prefix that `line` begins with, or NULL. */
const struct urc_row *urc_find(const char *line);
const struct urc_row *urc_table(size_t *ret_count);

/* Fills *ret from a line and (for two-line codes) its PDU line, which may be NULL. Any line will do. */
void urc_parse(const char *line, const char *pdu, struct at_urc *ret);

/* Whether a line whose prefix a running query expects is nevertheless unsolicited: told by the fields
 * (`+CREG: 1` or `+CREG: 1,"00C3",…` against `+CREG: 0,1`; `+CLIP: "138…",129` against `+CLIP: 1,1`). */
bool urc_not_reply(const char *line);

struct at_fields;
bool urc_reg_has_mode(const struct at_fields *f); /* the fields of a registration line begin with <n> */

/* The fields of +CLCC, from the reply as from the code. −EBADMSG. */
int urc_parse_clcc(const char *line, struct at_call *ret);
const char *urc_kind_name(enum urc_kind k);
