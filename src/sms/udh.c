#include "sms/udh.h"

#include <errno.h>
#include <string.h>

static void take_concat(struct tpdu *t, int bits, int ref, int parts, int part)
{
	if (part < 1 || part > parts)
		return; /* to be ignored, 9.2.3.24.1 */
	t->concat_bits = bits;
	t->concat_ref = ref;
	t->parts = parts;
	t->part = part;
}

static void take(struct tpdu *t, unsigned id, const uint8_t *d, size_t len)
{
	if (id == UDH_CONCAT_8 && len == 3)
		take_concat(t, 8, d[0], d[1], d[2]);
	else if (id == UDH_CONCAT_16 && len == 4)
		take_concat(t, 16, d[0] << 8 | d[1], d[2], d[3]);
	else if (id == UDH_PORTS_8 && len == 2)
		t->port_dest = d[0], t->port_src = d[1];
	else if (id == UDH_PORTS_16 && len == 4)
		t->port_dest = d[0] << 8 | d[1], t->port_src = d[2] << 8 | d[3];
	else if (id == UDH_LANG_SINGLE && len == 1)
		t->lang_single = d[0];
	else if (id == UDH_LANG_LOCKING && len == 1)
		t->lang_locking = d[0];
}

int udh_decode(struct tpdu *t, struct err *e)
{
	const uint8_t *p = t->udh;
	for (size_t at = 0; at < t->udh_len;) {
		if (t->udh_len - at < 2 || t->udh_len - at - 2 < p[at + 1]) {
			err_set(e, NULL, 0, "a user data header element runs past the header's end");
			return -EBADMSG;
		}
		take(t, p[at], p + at + 2, p[at + 1]);
		at += 2 + (size_t)p[at + 1];
	}
	return 0;
}

static void put(struct tpdu *t, const uint8_t *element, size_t len)
{
	memcpy(t->udh + t->udh_len, element, len);
	t->udh_len += len;
}

static bool octet(int v)
{
	return v >= 0 && v <= 255;
}

static int put_concat(struct tpdu *t)
{
	if (t->part < 1 || t->part > t->parts || t->parts > 255 || t->concat_ref > 0xFFFF)
		return -EINVAL;
	uint8_t high = (uint8_t)(t->concat_ref >> 8), low = (uint8_t)t->concat_ref;
	uint8_t parts = (uint8_t)t->parts, part = (uint8_t)t->part;
	if (t->concat_bits == 16)
		put(t, (uint8_t[]){UDH_CONCAT_16, 4, high, low, parts, part}, 6);
	else if (high == 0)
		put(t, (uint8_t[]){UDH_CONCAT_8, 3, low, parts, part}, 5);
	else
		return -EINVAL;
	return 0;
}

static int put_ports(struct tpdu *t)
{
	int dest = t->port_dest, src = t->port_src < 0 ? 0 : t->port_src;
	if (dest > 0xFFFF || src > 0xFFFF)
		return -EINVAL;
	if (octet(dest) && octet(src))
		put(t, (uint8_t[]){UDH_PORTS_8, 2, (uint8_t)dest, (uint8_t)src}, 4);
	else
		put(t,
		    (uint8_t[]){UDH_PORTS_16, 4, (uint8_t)(dest >> 8), (uint8_t)dest, (uint8_t)(src >> 8),
				(uint8_t)src},
		    6);
	return 0;
}

int udh_encode(struct tpdu *t)
{
	t->udh_len = 0;
	if (t->concat_ref >= 0 && put_concat(t) < 0)
		return -EINVAL;
	if (t->port_dest >= 0 && put_ports(t) < 0)
		return -EINVAL;
	if (t->lang_locking)
		put(t, (uint8_t[]){UDH_LANG_LOCKING, 1, t->lang_locking}, 3);
	if (t->lang_single)
		put(t, (uint8_t[]){UDH_LANG_SINGLE, 1, t->lang_single}, 3);
	t->udhi = t->udh_len > 0;
	return 0;
}
