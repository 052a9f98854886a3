/* Quirks as rows: modems/NAME.modem, one family a file. INI, UTF-8, one section [modem NAME] in each, keys of
 * one table (modem_keys.c); an unknown key, a bad value or a parent that does not exist is one sentence with
 * file and line. Lists stand on one line or on several of the same key: words separated by blanks, whole lines
 * by `|`. A row begins as a copy of the row that it `inherits` (at last: generic, which has every key); a list
 * key that is given replaces the inherited list whole. `match.*`, `evidence` and `notes.*` are never inherited.
 *
 * Steps of init and quiet:   WHEN | COMMAND | TIMEOUT | ON_ERROR
 *	WHEN      open (as soon as AT answers), pin (when the SIM is ready), registered
 *	COMMAND   a literal command line, or a {verb} that takes more than one exchange (enum modem_verb)
 *	TIMEOUT   500ms, 5s
 *	ON_ERROR  ignore; retry N (for N seconds, ever more slowly, then fail); fail (climb the ladder)
 */
#pragma once

#include "at_commands/chat.h"
#include "at_commands/errors.h"
#include "base/err.h"

#include <stdbool.h>

#define ROW_LIST_MAX  12
#define ROW_STEPS_MAX 32
#define ROW_MATCH_MAX 24
#define ROW_MAP_MAX   24
#define ROW_WORD      64
#define ROW_NOTES     600

enum modem_when { WHEN_OPEN, WHEN_PIN, WHEN_REGISTERED };
enum modem_on_error { ON_ERROR_IGNORE, ON_ERROR_RETRY, ON_ERROR_FAIL };

enum modem_verb {
	VERB_COMMAND,  /* send `command` as it stands */
	VERB_IDENTIFY, /* {identify}: +CGMI +CGMM +CGMR +CGSN; choose the row by modem_rows_match */
	VERB_QUIET,    /* {quiet}: the steps of `quiet` */
	VERB_PIN,      /* {pin}: +CPIN? until READY */
	VERB_RADIO,    /* {radio}: +CFUN?, and +CFUN=1 only when it is not 1 */
	VERB_FORMAT,   /* {format}: +CMGF?, and +CMGF=0 only when it is not 0 (or does not say) */
	VERB_SERVICE,  /* {service}: +CSMS=<csms> */
	VERB_STORES,   /* {stores}: +CPMS=? and +CPMS?, the choice, +CPMS= only on a difference */
	VERB_NOTIFY,   /* {notify}: +CNMI=? and +CNMI?, candidates in order, +CNMI= only on a difference */
	VERB_SMSC,     /* {smsc}: +CSCA? */
	VERB_ICCID,    /* {iccid}: the row's iccid commands until one answers */
	VERB_REGISTER, /* {register}: reporting on, by reg_commands, then the query */
	VERB_LIST,     /* {list}: full read-out */
	VERB_COUNT
};

struct modem_step {
	enum modem_when when;
	enum modem_verb verb;
	char command[ROW_WORD * 2]; /* VERB_COMMAND only */
	int timeout_ms;
	enum modem_on_error on_error;
	int tries; /* ON_ERROR_RETRY */
};

struct modem_steps {
	struct modem_step step[ROW_STEPS_MAX];
	int count;
};

struct modem_words {
	char word[ROW_MATCH_MAX][ROW_WORD];
	int count;
};

struct modem_reset {
	char command[ROW_WORD];
	int wait_ms;
	bool port_vanishes;
};

enum modem_cnma { CNMA_NONE, CNMA_PLAIN, CNMA_0, CNMA_1 };
enum modem_ussd { ROW_USSD_PLAIN, ROW_USSD_PACKED, ROW_USSD_UCS2 }; /* as enum ussd_form of sms/ussd.h */
enum modem_voice { VOICE_UNKNOWN, VOICE_NONE, VOICE_CS, VOICE_VOLTE };

struct modem_row {
	char name[ROW_WORD], inherits[ROW_WORD];
	char file[160];
	char evidence[256];   /* marks M C F P and where */
	char maker[ROW_WORD]; /* the name that people know, where +CGMI tells it badly; "" */
	char notes_zh[ROW_NOTES],
	    notes_en[ROW_NOTES]; /* what installers should know of this model; "" nothing */
	/* match: all that are given must fit; see modem_rows_match */
	struct modem_words match_usb, match_cgmi, match_cgmm, match_cgmr;
	/* ports, by bInterfaceNumber */
	int at_if[ROW_LIST_MAX], at_if_count;
	int avoid_if[ROW_LIST_MAX], avoid_if_count;
	struct modem_words
	    usb_new_id; /* VID:PID that the kernel's driver `option` has to be told (hw/90-yishi.rules.in) */
	struct modem_words usb_storage; /* VID:PID (globs) of sticks that show themselves as a disk at first */
	int baud;
	/* the line */
	int gap_ms, pdu_delay_ms, ctrlz_delay_ms;
	struct modem_words final_extra; /* whole lines */
	bool cpin_no_ok;
	int boot_max_ms;
	struct modem_steps init, quiet;
	/* receiving */
	int csms; /* 0 or 1 */
	enum modem_cnma cnma;
	int cnma_deadline_ms;
	struct modem_words cnmi;        /* "2,1,0,1,0": candidates in order */
	int cpms_args;                  /* 0 … 3 */
	struct modem_words cpms_prefer; /* "ME" … ; a store of capacity 0 is never taken */
	int cmgl_max_ms;                /* 0: do not use +CMGL, read index by index */
	bool cmgl_broken_index;
	int index_base;    /* 0 or 1 */
	bool index_shifts; /* list anew after each delete */
	int cmgd_line;     /* so many deletes in one line: AT+CMGD=3;+CMGD=2; 1: one by one */
	int poll_ms, poll_slow_ms;
	/* sending */
	int prompt_ms, result_ms;
	int silence_ms;  /* no byte for so long behind Ctrl-Z: what became of it is not known for now */
	bool ask_format; /* AT+CMGF?;+CMGS=n is one line for it */
	int cmms;        /* 0: do not use */
	bool reports;    /* status reports work */
	struct {
		int code;
		enum at_class class;
	} cms_map[ROW_MAP_MAX];
	int cms_map_count;
	/* network */
	struct modem_words reg_commands; /* "CREG", "CEREG" … */
	struct modem_words reg_alias;    /* further reply prefixes: "+CGREG:" */
	unsigned reg_ok;                 /* bit n: <stat> n is usable */
	struct modem_words iccid;        /* commands in order */
	char pin_counter[ROW_WORD];      /* "" none known */
	int pin_counter_field;           /* of its answer, from 0: the tries of the PIN that are left */
	char ims_query[ROW_WORD];        /* asks for the state of IMS (VoLTE); "" none known */
	int network_patience_ms;         /* registered nowhere for so long: register anew */
	/* operator */
	struct modem_words
	    time_on; /* "CTZU=1": asked, and set on a difference, so that the clock follows the network */
	char time_query[ROW_WORD]; /* "" none */
	bool time_utc;             /* its answer is UTC where the standard wants local time */
	bool ceer;                 /* +CEER tells why the last registration failed */
	enum modem_ussd ussd;      /* how strings of +CUSD are written */
	/* calls */
	enum modem_voice voice;
	int clcc_fallback_ms, ring_gap_ms;
	struct modem_words hangup; /* commands that reject a call, in order; empty: it rings on */
	/* ladder */
	struct modem_reset reset[ROW_LIST_MAX];
	int reset_count;
	bool cfun_toggle; /* +CFUN=4, +CFUN=1 is safe */
	int resets_per_day;
	struct modem_words ignore_urcs; /* prefixes */
};

struct modem_rows {
	struct modem_row **row; /* owned; row[0] is generic */
	int count;
};

/* Reads every *.modem of a folder. −ENOENT when there is no such folder or no generic row, −EINVAL; both with
 * `e`. */
int modem_rows_load(const char *folder, struct modem_rows *ret, struct err *e);
void modem_rows_done(struct modem_rows *r);

/* The same from texts in memory (`names` stand in errors). */
int modem_rows_parse(const char *const *names, const char *const *texts, int count, struct modem_rows *ret,
		     struct err *e);

const struct modem_row *modem_rows_find(const struct modem_rows *r, const char *name); /* NULL: none */

struct modem_identity {
	char usb[16];                            /* "2c7c:0125", "" no USB or not known */
	char maker[64], model[64], revision[64]; /* +CGMI, +CGMM, +CGMR; "" not known yet */
};

/* The row that fits best, at last generic. Globs (fnmatch, case ignored). Words of cgmi, cgmm and cgmr that a
 * row gives and the identity knows must fit; a USB id is no obstacle, since makers share and reuse them; one of
 * the four must fit. cgmr weighs more than cgmm, than usb, than cgmi; of equals the one whose globs name more letters. */
const struct modem_row *modem_rows_match(const struct modem_rows *r, const struct modem_identity *id);

/* Made by a maker of modems: some row names that vendor in match.usb, or the whole id in usb_storage. */
bool modem_rows_know_vendor(const struct modem_rows *r, const char *usb);
bool modem_rows_know_disk(const struct modem_rows *r, const char *usb);
/* How soon a port is tried, by bInterfaceNumber: 0 the first of at_if …, then the others, then those of avoid_if. */
#define ROW_RANK_OTHERS 100
#define ROW_RANK_AVOID  500
int modem_row_rank(const struct modem_row *row, int interface);

/* The row's time gaps as options for a chat. Borrows the row. */
struct at_chat_options modem_row_chat_options(const struct modem_row *row);

/* Class of an error by the row's cms_map, then by the common table. */
enum at_class modem_row_class(const struct modem_row *row, enum at_domain domain, int code);
/* Class of any reply that is no AT_OK; a bare ERROR is UNKNOWN. */
enum at_class modem_row_reply_class(const struct modem_row *row, const struct at_reply *reply);
bool modem_row_ignores(const struct modem_row *row, const char *line);
const char *modem_verb_name(enum modem_verb v);

/* Names of all keys, in the order of the table; NULL behind the last. */
const char *modem_row_key(int i);
const char *modem_row_key_what(int i); /* N_(): what it is for */
