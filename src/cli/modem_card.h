/* All that a modem tells of itself, its SIM and its network, by queries alone: nothing is set, no PIN is given, no try of
 * a PIN is spent, no flash wears. */
#pragma once

#include "at_commands/health.h"
#include "cli/dialogue.h"

#include <jansson.h>

#define CARD_DOMAINS 3 /* CREG, CGREG, CEREG */

struct modem_card {
	const struct modem_row *row; /* borrowed from the rows */
	struct modem_identity id;
	char imei[16], iccid[24];   /* "" not told */
	char number[AT_NUMBER_MAX]; /* of +CNUM; "" mostly */
	enum pin_state pin;
	int pin_tries; /* of the PIN that are left; −1 not known */
	int radio;     /* +CFUN: 1 on, 0 4 off; −1 not told */
	struct {
		bool answered;
		struct at_registration at;
	} domain[CARD_DOMAINS];
	bool registered; /* any domain has a state of the row's reg_ok */
	int stat;        /* the best one's <stat>; −1 none answered */
	int act;         /* −1 */
	char operator_name[64];
	int signal_dbm;           /* SIGNAL_UNKNOWN */
	char smsc[AT_NUMBER_MAX]; /* "" none set, or not told */
	bool texts;               /* it has the commands for texts (+CMGF?) */
	int format;               /* +CMGF: 0 PDU, 1 text; −1 */
	struct at_stores stores;
	struct at_sets store_options; /* names of all stores, by at_sets_has_name; count 0 not told */
	enum at_ims ims;
	int millivolt, percent; /* of the supply; −1 not told */
	bool under_voltage;     /* it complained while it was asked */
	bool fell_silent;       /* it stopped answering on the way: the rest is unknown */
};

/* `usb` "2c7c:0125" or "". 0; −ENODATA: what answers AT tells neither who made it nor an IMEI (the card is filled all the
 * same); −ENODEV: it does not answer any more; −EINTR. */
int modem_card_read(struct dialogue *d, const struct modem_rows *rows, const char *usb, struct modem_card *ret);

/* Who it is alone: the dialogue goes on with its row, which is borrowed from `rows`. */
const struct modem_row *modem_card_identify(struct dialogue *d, const struct modem_rows *rows);

const char *card_maker(const struct modem_card *k); /* as people know it */
const char *
card_registration(const struct modem_card *k); /* "home" "roaming" "searching" "denied" "none"; "" not told */
const char *card_pin_label(enum pin_state s);  /* in words, translated */
/* Names of stores that are there, with blanks between, the ones in use first: "ME SM SR". Returns `buf`. */
char *card_stores(const struct modem_card *k, char *buf, size_t size);

/* The card as fields of JSON; what is not known is null. The caller's. */
json_t *card_json(const struct modem_card *k, enum language language);

/* The rows of all models, or the exit status after having printed why. Freed by modem_rows_done. */
int card_rows(struct modem_rows *ret);
