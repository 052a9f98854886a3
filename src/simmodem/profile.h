/* What one family of modems does differently, as rows of one table: stores, what +CNMI takes, boot lines, forms
 * of answers. The seed is what makers' manuals and field reports say; a row only holds what differs from
 * generic-gsm. */
#pragma once

#include <stdbool.h>

#define PROFILE_STORES 4
#define PROFILE_EXTRAS 16

enum profile_flag {
	QUIRK_TEXT_ERRORS = 1 << 0,        /* +CME/+CMS ERROR carry words even with +CMEE=1 */
	QUIRK_PREFIXED_IDS = 1 << 1,       /* +CGSN: and +CIMI: stand before the digits */
	QUIRK_CPIN_NO_OK = 1 << 2,         /* +CPIN? ends without OK */
	QUIRK_CREG_ERROR = 1 << 3,         /* +CREG? is refused, +CEREG? works */
	QUIRK_CEREG_AS_CGREG = 1 << 4,     /* +CEREG? is answered with +CGREG: */
	QUIRK_NO_CLIP = 1 << 5,            /* RING comes without +CLIP */
	QUIRK_EMPTY_IS_321 = 1 << 6,       /* reading an empty slot is an error instead of a bare OK */
	QUIRK_CDS_COMMA = 1 << 7,          /* "+CDS: ,<length>" */
	QUIRK_CNMA_STOPS = 1 << 8,         /* a missed +CNMA sets mt and ds of +CNMI to 0 */
	QUIRK_CNMA_ALWAYS = 1 << 9,        /* +CMT waits for +CNMA even with +CSMS=0 */
	QUIRK_ATH_IGNORED = 1 << 10,       /* +CVHU=1: ATH says OK and does nothing */
	QUIRK_SMMEMFULL = 1 << 11,         /* ^SMMEMFULL when a store is full */
	QUIRK_NOT_SUPPORT = 1 << 12,       /* COMMAND NOT SUPPORT for what is unknown */
	QUIRK_DS1_MODE1 = 1 << 13,         /* +CNMI: mt=3 or ds=1 need mode=1, mt=2 mode 1 or 2 */
	QUIRK_ECHO_OFF = 1 << 14,          /* powers up with E0 */
	QUIRK_CPMS_ONE = 1 << 15,          /* +CPMS= takes one memory only */
	QUIRK_VOICE_END = 1 << 16,         /* calls end with VOICE CALL: END and MISSED_CALL: */
	QUIRK_CEND = 1 << 17,              /* calls end with ^CEND */
	QUIRK_TEXT_MODE_DEFAULT = 1 << 18, /* powers up with +CMGF=1 */
};

/* A maker's command that is taken and answered with fixed lines. */
struct profile_extra {
	const char *command; /* as typed after AT, up to ? = or the end; one entry serves all its forms */
	const char *answer;  /* lines parted by \n; NULL: just OK */
};

struct profile {
	const char *name, *about;
	const char *maker, *model, *revision;
	const char *tac;  /* first 8 digits of the IMEI */
	const char *boot; /* lines after power-up, parted by \n */
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
	unsigned quirks;           /* enum profile_flag */
	const char *noise;         /* a line that comes by itself every noise_ms … */
	int noise_ms;
	const char *noise_ends; /* … until this command came; NULL: never ends */
	int busy_error;         /* answered once as +CME ERROR right after boot; 0 none */
	struct profile_extra extras[PROFILE_EXTRAS];
};

/* NULL when there is no such profile. */
const struct profile *profile_find(const char *name);
/* The n-th profile, NULL after the last. */
const struct profile *profile_at(int n);
