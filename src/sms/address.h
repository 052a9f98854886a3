/* Address fields, 3GPP TS 23.040 clause 9.1.2.5, and the service centre's address in front of a TPDU
 * (TS 27.005 3.1). Digits are 0-9 * # a b c. All functions refuse a length that the octets cannot keep. */
#pragma once

#include "sms/tpdu.h"

#define ADDRESS_OCTETS_MAX 12

#define TON_UNKNOWN       0x81
#define TON_INTERNATIONAL 0x91
#define TON_ALPHANUMERIC  0xD0

/* Originator, destination or recipient at `p`: length in semi-octets, type, value. Returns the octets taken, or
 * −EBADMSG. `ret_number` has TPDU_ADDR_MAX bytes; an international number begins with +. */
int address_decode(const uint8_t *p, size_t len, char *ret_number, uint8_t *ret_type, bool *ret_alphanumeric);

/* The service centre at `p`: length in octets of type and value. */
int address_decode_smsc(const uint8_t *p, size_t len, char *ret_number);

/* The reverse; at most ADDRESS_OCTETS_MAX octets. `type` 0: + → 91h, other digits → 81h, anything else → D0h.
 * Returns the count of octets; −EINVAL when it does not fit or is no number. */
int address_encode(const char *number, uint8_t type, uint8_t *ret);
int address_encode_smsc(const char *number, uint8_t *ret);
