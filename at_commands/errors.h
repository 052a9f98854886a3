/* +CMS ERROR and +CME ERROR: one table of all numbers with the words of the standards (3GPP TS 27.005 3.2.5,
 * 24.011 annex E, 23.040 9.2.3.22 and 27.007 9.2) and the class of reaction that the sender and the session act
 * on. The emulated modem takes its texts from here. TP-Status of reports (23.040 9.2.3.15) has its classes here
 * too. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum at_domain { AT_CMS, AT_CME };

/* What to do about it. Time-outs and ladders belong to the caller. */
enum at_class {
	AT_CLASS_UNKNOWN,     /* not in the table: like LATER; three in a row: register anew */
	AT_CLASS_SENT,        /* the centre has this message already: counts as sent */
	AT_CLASS_PERMANENT,   /* never for this number or text */
	AT_CLASS_PROGRAM,     /* our PDU or command is wrong: permanent, log it */
	AT_CLASS_FORMAT,      /* no PDU to the modem: is it in text mode? when it is not: permanent */
	AT_CLASS_UNSUPPORTED, /* this modem cannot: permanent for the command */
	AT_CLASS_ONCE,        /* one more try, then permanent; log the PDU */
	AT_CLASS_NO_REPORT,   /* again without asking for a status report */
	AT_CLASS_NO_VALIDITY, /* again without a validity period */
	AT_CLASS_WAIT,        /* busy: the same again after 1 to 2 s, for up to 30 s */
	AT_CLASS_LATER,       /* trouble in the network: retry on the long steps */
	AT_CLASS_REJECTED,    /* 21: once more after 15 min; three different numbers in a row is LINE */
	AT_CLASS_LINE,        /* refused by the operator (credit, tariff, barred): stop, alarm, try hourly */
	AT_CLASS_REGISTER,    /* no network: look at the registration, 1 min; repeated: register anew */
	AT_CLASS_REFUSED,     /* the network refuses this SIM or device: alarm, and no resets */
	AT_CLASS_STORE_FULL,  /* read out and delete, then go on */
	AT_CLASS_EMPTY,       /* no message at this index: a fact, not a failure */
	AT_CLASS_REINIT,      /* the device is confused: wait 5 s and initialise anew */
	AT_CLASS_SIM,         /* SIM missing, broken or wrong */
	AT_CLASS_PIN,         /* PIN or PUK wanted: never try blindly */
	AT_CLASS_LOCKED,      /* locked to another operator */
	AT_CLASS_SMSC,        /* service centre address unknown: read or set +CSCA, alarm */
	AT_CLASS_IGNORE,      /* harmless, such as 340 */
	AT_CLASS_COUNT
};

struct at_error {
	enum at_domain domain;
	int code;
	enum at_class class;
	const char *text; /* as a modem with +CMEE=2 prints it */
};

const struct at_error *at_errors(size_t *ret_count); /* the whole table, by domain and code */
enum at_class at_error_class(enum at_domain domain, int code);
bool at_error_known(enum at_domain domain, int code);       /* in the table */
const char *at_error_text(enum at_domain domain, int code); /* N_(); "unknown error" when not in the table */
int at_class_parse(const char *name); /* of a row's cms_map: enum at_class, or −EINVAL */

/* The number behind the words of +CMEE=2 ("SIM not inserted", "Network timeout"): letters and digits alone are
 * compared, in any case. −1 when nobody knows the words: they are to be passed on, not guessed. */
int at_error_from_text(enum at_domain domain, const char *text);

/* What a status report says about the message. */
enum tp_status_class {
	TP_STATUS_DELIVERED, /* 0 and reserved successes: the handset has it */
	TP_STATUS_FORWARDED, /* 1, 2: passed on or replaced, nobody can confirm */
	TP_STATUS_TRYING,    /* 32…63: the centre still tries; another report follows */
	TP_STATUS_EXPIRED,   /* 70: validity ran out */
	TP_STATUS_FAILED,    /* 64…95: permanent */
	TP_STATUS_GAVE_UP,   /* 96…127: temporary cause, but the centre tries no more */
	TP_STATUS_RESERVED,  /* 128…255: the standard says nothing */
};
enum tp_status_class tp_status_class(uint8_t st);
const char *tp_status_text(uint8_t st);
