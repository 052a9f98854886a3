/* Telephone numbers at the door: whatever a network, a file or a person writes becomes one key (ITU-T E.164),
 * and machines are told from people. Chinese numbering plan; other countries' numbers stay as they are. */
#pragma once

#include <stdbool.h>

enum e164_kind {
	E164_MOBILE,   /* Chinese mobile: "+86" and 11 digits that begin with 13 … 19 */
	E164_LANDLINE, /* Chinese fixed line, "+86" and area code without its 0 */
	E164_FOREIGN,  /* another country's, "+…" */
	E164_SERVICE, /* 3 to 6 digits, 106…, 95…, 96…, 12…, 100…, 400/800: a machine; kept as digits */
	E164_ALPHANUMERIC, /* a name: a machine; kept as it is */
	E164_NONE,         /* empty or withheld */
};

#define E164_MAX 24 /* bytes with NUL; longer input is cut for services and names, refused otherwise */

/* Reads `in` (blanks, dashes, brackets, full-width digits, 0086/86/+86, IP-dial and 12520/12583x prefixes are
 * understood) into `out`. Always fills out; returns the kind. */
enum e164_kind e164_parse(const char *in, char out[E164_MAX]);

/* May an automatic answer go there? Only people have such numbers. */
bool e164_is_person(enum e164_kind kind);
/* Can it receive a text at all (a landline cannot)? */
bool e164_can_text(enum e164_kind kind);
