/* Octets → struct tpdu. A cursor that cannot leave the octets; the first that is missing ends the reading. */
#include "base/i18n.h"
#include "base/text.h"
#include "sms/address.h"
#include "sms/alphabet.h"
#include "sms/dcs.h"
#include "sms/timestamp.h"
#include "sms/udh.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct cursor {
	const uint8_t *p;
	size_t left;
	struct err *e;
};

__attribute__((format(printf, 2, 3))) static int bad(struct err *e, const char *fmt, ...)
{
	va_list ap;
	char text[sizeof e->text];
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, gettext(fmt), ap);
	va_end(ap);
	err_set(e, NULL, 0, "%s", text);
	return -EBADMSG;
}

static const uint8_t *take(struct cursor *c, size_t n, const char *what)
{
	if (c->left < n) {
		bad(c->e, "the PDU ends inside %s", gettext(what));
		return NULL;
	}
	const uint8_t *p = c->p;
	c->p += n;
	c->left -= n;
	return p;
}

static int take_octet(struct cursor *c, uint8_t *ret, const char *what)
{
	const uint8_t *p = take(c, 1, what);
	if (!p)
		return -EBADMSG;
	*ret = *p;
	return 0;
}

static int take_address(struct cursor *c, struct tpdu *t)
{
	int n = address_decode(c->p, c->left, t->number, &t->number_type, &t->alphanumeric);
	if (n < 0)
		return bad(c->e, "the address is broken or longer than what follows it");
	take(c, (size_t)n, "the address");
	return 0;
}

static int take_time(struct cursor *c, struct tpdu_time *t, const char *what)
{
	const uint8_t *p = take(c, 7, what);
	if (!p)
		return -EBADMSG;
	timestamp_decode(p, t);
	return 0;
}

static void apply_dcs(struct tpdu *t)
{
	struct dcs d;
	dcs_decode(t->dcs, &d);
	t->alphabet = d.alphabet;
	t->compressed = d.compressed;
	t->message_class = d.message_class;
	t->waiting = d.waiting;
	t->waiting_active = d.waiting_active;
	t->waiting_store = d.waiting_store;
	t->auto_delete = d.auto_delete;
}

static void read_septets(struct tpdu *t, const uint8_t *ud, size_t header, size_t udl)
{
	uint8_t septets[TPDU_UNITS_MAX];
	size_t skip = (header * 8 + 6) / 7; /* header and fill bits */
	gsm_unpack(ud, skip * 7, udl - skip, septets);
	t->unit_count = gsm_decode(septets, udl - skip, t->lang_locking, t->lang_single, t->units);
}

/* An octet that is left over is half a character. */
static void read_ucs2(struct tpdu *t, const uint8_t *p, size_t len)
{
	for (size_t i = 0; i + 1 < len; i += 2)
		t->units[t->unit_count++] = (uint16_t)(p[i] << 8 | p[i + 1]);
	if (len % 2)
		t->units[t->unit_count++] = 0xFFFD;
}

static int read_header(struct tpdu *t, const uint8_t *ud, size_t octets, struct err *e)
{
	if (octets == 0 || ud[0] >= octets)
		return bad(e, "the user data header is longer than the user data");
	t->udh_len = ud[0];
	memcpy(t->udh, ud + 1, t->udh_len);
	return udh_decode(t, e);
}

/* A card's record is filled with FFh behind the TPDU (TS 31.102 4.2.25), and some modems list it whole. */
static bool only_filling(const struct cursor *c, size_t from)
{
	for (size_t i = from; i < c->left; i++)
		if (c->p[i] != 0xFF)
			return false;
	return true;
}

/* TP-UDL counts septets in the uncompressed 7-bit alphabet, else octets (9.2.3.16); it must be all that is
 * left but filling. */
static int take_user_data(struct cursor *c, struct tpdu *t)
{
	uint8_t udl;
	if (take_octet(c, &udl, "the user data length") < 0)
		return -EBADMSG;
	bool septets = t->alphabet == SMS_GSM7 && !t->compressed;
	size_t octets = septets ? ((size_t)udl * 7 + 7) / 8 : udl;
	if (octets > TPDU_UD_MAX)
		return bad(c->e, "the user data length %u is more than a PDU can hold", udl);
	if (octets > c->left || !only_filling(c, octets))
		return bad(c->e, "the user data length %u wants %zu octets, there are %zu", udl, octets,
			   c->left);
	const uint8_t *ud = take(c, octets, "the user data");
	if (t->udhi && read_header(t, ud, octets, c->e) < 0)
		return -EBADMSG;
	size_t header = t->udhi ? t->udh_len + 1 : 0;
	if (septets && (header * 8 + 6) / 7 > udl)
		return bad(c->e, "the user data length %u is less than its header", udl);
	t->has_user_data = true;
	if (septets) {
		read_septets(t, ud, header, udl);
	} else if (t->alphabet == SMS_UCS2 && !t->compressed) {
		read_ucs2(t, ud + header, octets - header);
	} else {
		t->data_len = octets - header;
		memcpy(t->data, ud + header, t->data_len);
	}
	return 0;
}

static int take_coding(struct cursor *c, struct tpdu *t)
{
	if (take_octet(c, &t->pid, "the protocol identifier") < 0 ||
	    take_octet(c, &t->dcs, "the coding scheme") < 0)
		return -EBADMSG;
	apply_dcs(t);
	return 0;
}

static int read_deliver(struct cursor *c, struct tpdu *t)
{
	t->more_messages = !(t->first_octet & 4);
	t->loop_prevention = t->first_octet & 8;
	if (take_address(c, t) < 0 || take_coding(c, t) < 0 || take_time(c, &t->scts, "the time stamp") < 0)
		return -EBADMSG;
	return take_user_data(c, t);
}

static int take_validity(struct cursor *c, struct tpdu *t)
{
	static const enum tpdu_vp forms[] = {VP_NONE, VP_ENHANCED, VP_RELATIVE, VP_ABSOLUTE};
	const uint8_t *p;
	t->vp = forms[t->first_octet >> 3 & 3];
	switch (t->vp) {
	case VP_NONE:
		return 0;
	case VP_RELATIVE:
		if (!(p = take(c, 1, "the validity period")))
			return -EBADMSG;
		t->validity_minutes = validity_relative_decode(*p);
		return 0;
	case VP_ENHANCED:
		if (!(p = take(c, 7, "the validity period")))
			return -EBADMSG;
		memcpy(t->vp_octets, p, 7);
		if (validity_enhanced_decode(p, &t->validity_minutes, &t->single_shot) < 0)
			return bad(c->e, "the enhanced validity period has a reserved form");
		return 0;
	case VP_ABSOLUTE:
		return take_time(c, &t->validity_time, "the validity period");
	}
	return 0;
}

static int read_submit(struct cursor *c, struct tpdu *t)
{
	t->reject_duplicates = t->first_octet & 4;
	if (take_octet(c, &t->mr, "the message reference") < 0 || take_address(c, t) < 0 ||
	    take_coding(c, t) < 0 || take_validity(c, t) < 0)
		return -EBADMSG;
	return take_user_data(c, t);
}

/* Everything after TP-ST may be missing; TP-PI says what is there (9.2.3.27). */
static int read_optional(struct cursor *c, struct tpdu *t)
{
	if (only_filling(c, 0))
		return 0;
	uint8_t pi, more;
	if (take_octet(c, &pi, "the parameter indicator") < 0)
		return -EBADMSG;
	t->has_pi = true;
	for (more = pi; more & 0x80;)
		if (take_octet(c, &more, "the parameter indicator") < 0)
			return -EBADMSG;
	if (pi & 1 && take_octet(c, &t->pid, "the protocol identifier") < 0)
		return -EBADMSG;
	if (pi & 2 && take_octet(c, &t->dcs, "the coding scheme") < 0)
		return -EBADMSG;
	apply_dcs(t);
	if (pi & 4)
		return take_user_data(c, t);
	if (c->left && !(pi & 0x78)) /* reserved bits announce parameters of a later release: skipped */
		return bad(c->e, "%zu octets follow the end of the status report", c->left);
	return 0;
}

static int read_status_report(struct cursor *c, struct tpdu *t)
{
	t->more_messages = !(t->first_octet & 4);
	t->loop_prevention = t->first_octet & 8;
	if (take_octet(c, &t->mr, "the message reference") < 0 || take_address(c, t) < 0 ||
	    take_time(c, &t->scts, "the time stamp") < 0 || take_time(c, &t->done, "the discharge time") < 0 ||
	    take_octet(c, &t->st, "the status") < 0)
		return -EBADMSG;
	return read_optional(c, t);
}

static int read_tpdu(struct cursor *c, enum tpdu_direction direction, struct tpdu *t)
{
	if (take_octet(c, &t->first_octet, "the first octet") < 0)
		return -EBADMSG;
	t->reply_path = t->first_octet & 0x80;
	t->udhi = t->first_octet & 0x40;
	t->report_requested = t->first_octet & 0x20;
	unsigned mti = t->first_octet & 3;
	if (mti == 1) {
		t->type = TPDU_SUBMIT;
		return read_submit(c, t);
	}
	if (direction == TPDU_OUTGOING)
		return bad(c->e, "message type %u is no SUBMIT", mti);
	if (mti == 2) {
		t->type = TPDU_STATUS_REPORT;
		return read_status_report(c, t);
	}
	t->type = TPDU_DELIVER;
	return read_deliver(c, t);
}

void tpdu_init(struct tpdu *t, enum tpdu_type type)
{
	*t = (struct tpdu){.type = type,
			   .message_class = -1,
			   .waiting = -1,
			   .concat_ref = -1,
			   .port_dest = -1,
			   .port_src = -1,
			   .has_user_data = type != TPDU_STATUS_REPORT};
}

int tpdu_decode(const uint8_t *pdu, size_t len, bool with_smsc, enum tpdu_direction direction, int stated_len,
		struct tpdu *ret, struct err *e)
{
	struct cursor c = {.p = pdu, .left = len, .e = e};
	struct tpdu t;
	tpdu_init(&t, TPDU_DELIVER);
	t.has_user_data = false;
	if (with_smsc) {
		int n = address_decode_smsc(c.p, c.left, t.smsc);
		if (n < 0)
			return bad(e, "the service centre's address is broken or longer than the PDU");
		take(&c, (size_t)n, "the service centre's address");
	}
	if (stated_len >= 0 && (size_t)stated_len != c.left)
		return bad(e, "%d octets were announced, there are %zu", stated_len, c.left);
	int r = read_tpdu(&c, direction, &t);
	if (r == 0)
		*ret = t;
	return r;
}

int tpdu_decode_hex(const char *hex, bool with_smsc, enum tpdu_direction direction, int stated_len,
		    struct tpdu *ret, struct err *e)
{
	uint8_t octets[TPDU_MAX];
	size_t n = 0;
	for (; hex[0]; hex += 2) {
		uint8_t octet;
		if (!text_octet(hex, &octet))
			return isxdigit((unsigned char)hex[0]) && !hex[1]
				   ? bad(e, "an odd number of hexadecimal digits")
				   : bad(e, "not hexadecimal");
		if (n == sizeof octets)
			return bad(e, "longer than any PDU");
		octets[n++] = octet;
	}
	return tpdu_decode(octets, n, with_smsc, direction, stated_len, ret, e);
}
