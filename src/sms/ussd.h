/* The string of +CUSD (3GPP TS 27.007 7.15) in the forms that modems give it: as plain text, as hex of UCS-2, as hex
 * of the octets on the air (septets packed, or UCS-2), and back. Which one it is, is told by the data coding scheme
 * (TS 23.038 clause 5) and by the string itself; a modem's row says what the string does not tell. Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define USSD_TEXT_MAX 640 /* UTF-8 of the longest answer, 182 septets or 80 units, with NUL */

/* How a modem takes and gives strings. */
enum ussd_form {
	USSD_PLAIN,  /* as text; hex is read as such where the coding scheme says UCS-2 */
	USSD_PACKED, /* hex of the octets on the air: Huawei's E1xx */
	USSD_UCS2,   /* hex of UCS-2, whatever the scheme says: +CSCS="UCS2" */
};

/* UTF-8 of `field` into `ret` (≥ USSD_TEXT_MAX bytes), line ends as \n, other controls masked by the caller. `dcs` −1:
 * not said. Bytes that fit nothing are kept as they stand: the worst is an odd-looking text, never none. */
void ussd_decode(const char *field, int dcs, enum ussd_form form, char *ret, size_t size);

/* The digits of a request as the modem wants them, without quotes. −EINVAL: not digits, * and #, or too long. */
int ussd_encode(const char *code, enum ussd_form form, char *ret, size_t size);
