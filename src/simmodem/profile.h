/* What one family of modems does differently, as rows of one table (profile_table.c): stores, what +CNMI takes,
 * boot lines, forms of answers, makers' commands. The seed is what makers' manuals and field reports say; a row
 * only holds what differs from generic-gsm. The marks in the rows: [M] manual, [C] read in a peer's source, [F]
 * field report, [P] proposed. */
#pragma once

#include <stdbool.h>

#define PROFILE_STORES 4
#define PROFILE_EXTRAS 20
#define PROFILE_ROUTES 4

enum profile_flag {
	QUIRK_TEXT_ERRORS = 1 << 0,        /* +CME/+CMS ERROR carry words even with +CMEE=1 */
	QUIRK_PREFIXED_IDS = 1 << 1,       /* +CGSN: and +CIMI: stand before the digits */
	QUIRK_CPIN_NO_OK = 1 << 2,         /* +CPIN? ends without OK */
	QUIRK_PORT_STAYS = 1 << 3,         /* +CFUN=1,1 restarts it and the port stays (serial line) */
	QUIRK_CEREG_AS_CGREG = 1 << 4,     /* +CEREG? is answered with +CGREG: */
	QUIRK_NO_CLIP = 1 << 5,            /* RING comes without +CLIP */
	QUIRK_EMPTY_IS_321 = 1 << 6,       /* reading an empty slot is an error instead of a bare OK */
	QUIRK_CDS_COMMA = 1 << 7,          /* "+CDS: ,<length>" */
	QUIRK_CNMA_STOPS = 1 << 8,         /* a missed +CNMA sets mt and ds of +CNMI to 0 */
	QUIRK_CNMA_ALWAYS = 1 << 9,        /* +CMT waits for +CNMA even with +CSMS=0 */
	QUIRK_PROMPT_ERROR = 1 << 10,      /* +CMGS without a network: a bare ERROR */
	QUIRK_SMMEMFULL = 1 << 11,         /* ^SMMEMFULL when a store is full */
	QUIRK_NOT_SUPPORT = 1 << 12,       /* COMMAND NOT SUPPORT for what is unknown */
	QUIRK_DS1_MODE1 = 1 << 13,         /* +CNMI: mt=3 or ds=1 need mode=1, mt=2 mode 1 or 2 */
	QUIRK_ECHO_OFF = 1 << 14,          /* powers up with E0 */
	QUIRK_CPMS_ONE = 1 << 15,          /* +CPMS= takes one memory only */
	QUIRK_VOICE_END = 1 << 16,         /* calls end with VOICE CALL: END and MISSED_CALL: */
	QUIRK_CEND = 1 << 17,              /* calls end with ^CEND */
	QUIRK_TEXT_MODE_DEFAULT = 1 << 18, /* powers up with +CMGF=1 */
	QUIRK_CDROM = 1 << 19,             /* the port stays away longer unless +ZCDRUN=8 was said */
	QUIRK_USSD_PACKED = 1 << 20,       /* USSD as hex of packed septets, both ways */
	QUIRK_CFUN1_RESETS = 1 << 21,      /* +CFUN=1 starts the modem anew, the port stays */
	QUIRK_ICCID_BARE = 1 << 22,        /* the ICCID without its prefix */
	QUIRK_CDS_LOCKS = 1 << 23,         /* behind a +CDS it locks up: +CNMA is not expected, and is missed */
	QUIRK_BFR_1 = 1 << 24,             /* +CNMI wants 1 in the last place */
};

/* What makers' commands switch; each has its value in struct settings. */
enum maker_flag {
	FLAG_NONE,
	FLAG_CVHU,   /* ATH is ignored unless 0 */
	FLAG_DSCI,   /* ^DSCI: lines tell calls */
	FLAG_CLCC,   /* +CLCC: lines tell calls */
	FLAG_CLTS,   /* *PSUTTZ: tells the network's time */
	FLAG_ZCDRUN, /* 8: no CD-ROM mode */
	FLAG_COUNT
};

/* A maker's command that is taken and answered with fixed lines. */
struct profile_extra {
	const char *command; /* as typed after AT, up to ? = or the end; one entry serves all its forms */
	/* Lines parted by \n; NULL: just OK. {pin} {puk} tries left, {sim} its state, {stat} registration,
	 * {flag} what the command has set */
	const char *answer;
};

/* A command whose first number is kept. Its other forms are an extra's, or the standard's. */
struct profile_switch {
	const char *command;
	enum maker_flag flag;
	int value; /* after power-up */
};
#define PROFILE_SWITCHES 4

/* The command that says at which of the modem's ports URCs come out. */
struct profile_route {
	const char *command; /* NULL: there is none */
	const char *key;     /* first argument, as "urcport"; NULL: the value is the first */
	struct {
		const char *value;
		int port; /* ROUTE_…, or the n-th AT port */
	} to[PROFILE_ROUTES];
};
#define ROUTE_ALL  (-1)
#define ROUTE_AWAY (-2) /* to a port that is not there */

struct profile {
	const char *name, *about;
	const char *maker, *model, *revision;
	const char *tac;  /* first 8 digits of the IMEI */
	const char *boot; /* lines after power-up, parted by \n */
	/* Interfaces as they are on USB, kind and number: a AT, d diagnosis, n NMEA, l log. NULL: one, AT. The
	 * first a is the port on which programs talk. */
	const char *ttys;
	struct {
		const char *name; /* SM ME MT SR; NULL ends */
		int size;
	} stores[PROFILE_STORES];
	const char *default_store;
	const char *cpms_test; /* NULL: made from the stores */
	int index_base;
	const char *cnmi_test;                 /* answer to =? */
	unsigned cnmi_modes, cnmi_mt, cnmi_ds; /* bit masks of accepted values */
	const char *cnmi_default;
	const char *iccid_command; /* besides +CCID */
	const char *reset_command; /* besides +CFUN=1,1; "+CFUN=15" has its value */
	const char *refuses;       /* commands that are answered with ERROR, parted by blanks */
	const char *csms; /* what +CSMS? says in its first field, "@": +CSMS= is refused; NULL: what was set */
	int sms_ready_ms; /* +CMGF and all after it are refused for so long after a start */
	int start_cms;    /* +CMS ERROR to the first +CMGS after a start; 0 none */
	int pin_lag_ms;   /* +CPIN? says SIM PIN for so long behind the right one */
	const char *voice_end;           /* of QUIRK_VOICE_END */
	const char *sim_gone, *sim_back; /* lines, parted by \n; NULL: nothing is said */
	int creg;                        /* what +CREG says when +CEREG says 1; 0: 1 */
	unsigned quirks;                 /* enum profile_flag */
	const char *noise;               /* a line that comes by itself every noise_ms … */
	int noise_ms;
	const char *noise_ends; /* … until this command came; NULL: never ends */
	int busy_error;         /* answered once as +CME ERROR right after boot; 0 none */
	struct profile_route route;
	struct profile_switch flags[PROFILE_SWITCHES];
	struct profile_extra extras[PROFILE_EXTRAS];
};

extern const struct profile profile_table[]; /* ends with a NULL name */

/* NULL when there is no such profile. */
const struct profile *profile_find(const char *name);
/* The n-th profile, NULL after the last. */
const struct profile *profile_at(int n);
