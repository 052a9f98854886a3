/* The user data header, 3GPP TS 23.040 clause 9.2.3.24: information elements as identifier, length, data. */
#pragma once

#include "sms/tpdu.h"

enum udh_element {
	UDH_CONCAT_8 = 0x00,
	UDH_PORTS_8 = 0x04,
	UDH_PORTS_16 = 0x05,
	UDH_CONCAT_16 = 0x08,
	UDH_LANG_SINGLE = 0x24,
	UDH_LANG_LOCKING = 0x25,
};

/* Reads t->udh (without UDHL) into the fields concat_*, part, parts, port_*, lang_*. Of an element that comes
 * twice the last one counts (9.2.3.24); one whose length or content is not as its clause says is passed over
 * and stays in the octets. −EBADMSG with a sentence when an element runs past the header's end. */
int udh_decode(struct tpdu *t, struct err *e);

/* Writes t->udh, udh_len and udhi anew from the same fields: languages, ports, concatenation. −EINVAL when
 * impossible. */
int udh_encode(struct tpdu *t);
