/* The fields of a reply line: what stands behind `+CXXX:`, separated by commas. Tolerates what real modems
 * send: blanks everywhere, no blank after the colon, missing closing or opening quotes, brackets without
 * partners, empty fields. Works in place on a copy; nothing here allocates. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define AT_FIELDS_MAX 32
#define AT_SETS_MAX   8

struct at_fields {
	char text[2048];                  /* the copy that `field` points into */
	const char *field[AT_FIELDS_MAX]; /* unquoted, blanks trimmed, never NULL below count */
	bool quoted[AT_FIELDS_MAX];       /* stood in (at least one) quote */
	int count;                        /* 0 for nothing behind the colon */
};

/* Splits the part of `line` behind its first colon (or the whole when it has none). Commas inside quotes do not
 * separate. Fields beyond AT_FIELDS_MAX are dropped. */
void at_fields_parse(struct at_fields *f, const char *line);
int at_fields_int(const struct at_fields *f, int i, int fallback); /* decimal, the whole field */
int at_fields_hex(const struct at_fields *f, int i, int fallback);
const char *at_fields_str(const struct at_fields *f, int i); /* "" when there is no such field */

/* `+CNMI: (0-3),(0,2),…`, `(2),(0-1,3)`, `+CPMS: ("ME","SM"),("SM"),…` and all their broken forms: a list of
 * sets. Without any bracket every comma separates a set, except that names alone ("ME","MT","SM") are one set
 * for all. */
struct at_sets {
	unsigned numbers[AT_SETS_MAX]; /* bit n: value n (0 … 31) is in the set */
	char names[AT_SETS_MAX][64];   /* " ME SM MT " with a blank around each; "" none */
	int count;
};
void at_sets_parse(struct at_sets *s, const char *line);
bool at_sets_has(const struct at_sets *s, int set, int number); /* an absent set has nothing */
bool at_sets_has_name(const struct at_sets *s, int set, const char *name);

/* `line` starts with `prefix` (case ignored), as in at_has_prefix(line, "+CMGL:"). */
bool at_has_prefix(const char *line, const char *prefix);
bool at_is_hex(const char *s); /* an even, positive number of hex digits and nothing else */

/* Octets of the TPDU in a hex PDU with its SMSC part, as +CMGL counts them: −1 when the hex is none or too
 * short. */
int at_pdu_length(const char *hex);

/* "002B0038…" → "+8…" when the whole is 4-digit UCS-2 of digits and signs; else a copy of `in`. */
void at_unhex_ucs2(const char *in, char *out, size_t size);
