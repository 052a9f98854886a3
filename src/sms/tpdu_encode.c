/* struct tpdu → octets. */
#include "sms/address.h"
#include "sms/alphabet.h"
#include "sms/dcs.h"
#include "sms/timestamp.h"
#include "sms/udh.h"

#include <errno.h>
#include <string.h>

struct writer {
	uint8_t octets[TPDU_MAX];
	size_t len;
};

static void put(struct writer *w, const uint8_t *p, size_t n)
{
	memcpy(w->octets + w->len, p, n);
	w->len += n;
}

static void put_octet(struct writer *w, unsigned v)
{
	w->octets[w->len++] = (uint8_t)v;
}

static int put_address(struct writer *w, const struct tpdu *t)
{
	int n = address_encode(t->number, t->number_type, w->octets + w->len);
	if (n < 0)
		return n;
	w->len += (size_t)n;
	return 0;
}

static int put_septets(struct writer *w, const struct tpdu *t, size_t header)
{
	uint8_t septets[TPDU_UNITS_MAX + 1];
	size_t n = 0, skip = (header * 8 + 6) / 7;
	for (size_t i = 0; i < t->unit_count; i++) {
		uint8_t s[2];
		size_t k = (size_t)gsm_encode_unit(t->units[i], t->lang_locking, t->lang_single, s);
		if (k == 0 || skip + n + k > TPDU_UNITS_MAX)
			return -EINVAL;
		memcpy(septets + n, s, k);
		n += k;
	}
	uint8_t *ud = w->octets + w->len; /* the length octet is before it, the header already in it */
	ud[-1] = (uint8_t)(skip + n);
	size_t octets = ((skip + n) * 7 + 7) / 8;
	memset(ud + header, 0, octets - header);
	gsm_pack(septets, n, ud, skip * 7);
	w->len += octets;
	return 0;
}

static int put_units(struct writer *w, const struct tpdu *t, size_t header)
{
	if (header + 2 * t->unit_count > TPDU_UD_MAX)
		return -EINVAL;
	uint8_t *ud = w->octets + w->len;
	ud[-1] = (uint8_t)(header + 2 * t->unit_count);
	for (size_t i = 0; i < t->unit_count; i++) {
		ud[header + 2 * i] = (uint8_t)(t->units[i] >> 8);
		ud[header + 2 * i + 1] = (uint8_t)t->units[i];
	}
	w->len += header + 2 * t->unit_count;
	return 0;
}

static int put_data(struct writer *w, const struct tpdu *t, size_t header)
{
	if (header + t->data_len > TPDU_UD_MAX)
		return -EINVAL;
	uint8_t *ud = w->octets + w->len;
	ud[-1] = (uint8_t)(header + t->data_len);
	memcpy(ud + header, t->data, t->data_len);
	w->len += header + t->data_len;
	return 0;
}

static int put_user_data(struct writer *w, const struct tpdu *t)
{
	struct dcs d;
	dcs_decode(t->dcs, &d);
	size_t header = t->udhi ? t->udh_len + 1 : 0;
	if (d.alphabet != t->alphabet || header > TPDU_UD_MAX || t->unit_count > TPDU_UNITS_MAX ||
	    t->data_len > TPDU_UD_MAX)
		return -EINVAL;
	put_octet(w, 0); /* TP-UDL, known at the end */
	if (header) {
		w->octets[w->len] = (uint8_t)t->udh_len;
		memcpy(w->octets + w->len + 1, t->udh, t->udh_len);
	}
	if (d.compressed || t->alphabet == SMS_8BIT)
		return put_data(w, t, header);
	return t->alphabet == SMS_UCS2 ? put_units(w, t, header) : put_septets(w, t, header);
}

/* As its octets say: a broken stamp that came in goes out as it came. */
static void put_time(struct writer *w, const struct tpdu_time *t)
{
	put(w, t->octets, sizeof t->octets);
}

static int write_deliver(struct writer *w, const struct tpdu *t)
{
	if (put_address(w, t) < 0)
		return -EINVAL;
	put_octet(w, t->pid);
	put_octet(w, t->dcs);
	put_time(w, &t->scts);
	return put_user_data(w, t);
}

static int write_submit(struct writer *w, const struct tpdu *t)
{
	put_octet(w, t->mr);
	if (put_address(w, t) < 0)
		return -EINVAL;
	put_octet(w, t->pid);
	put_octet(w, t->dcs);
	switch (t->vp) {
	case VP_NONE:
		break;
	case VP_RELATIVE:
		put_octet(w, validity_relative_encode(t->validity_minutes));
		break;
	case VP_ENHANCED:
		put(w, t->vp_octets, 7);
		break;
	case VP_ABSOLUTE:
		put_time(w, &t->validity_time);
		break;
	}
	return put_user_data(w, t);
}

static int write_status_report(struct writer *w, const struct tpdu *t)
{
	put_octet(w, t->mr);
	if (put_address(w, t) < 0)
		return -EINVAL;
	put_time(w, &t->scts);
	put_time(w, &t->done);
	put_octet(w, t->st);
	unsigned pi = (t->pid ? 1U : 0) | (t->dcs ? 2U : 0) | (t->has_user_data ? 4U : 0);
	if (!pi && !t->has_pi)
		return 0;
	put_octet(w, pi);
	if (pi & 1)
		put_octet(w, t->pid);
	if (pi & 2)
		put_octet(w, t->dcs);
	return t->has_user_data ? put_user_data(w, t) : 0;
}

/* TP-MTI and the flags of clause 9.2.3.1 to 9.2.3.7, 9.2.3.17, 9.2.3.23 to 9.2.3.28. */
static unsigned first_octet(const struct tpdu *t)
{
	static const unsigned forms[] = {
	    [VP_NONE] = 0, [VP_RELATIVE] = 0x10, [VP_ENHANCED] = 8, [VP_ABSOLUTE] = 0x18};
	unsigned o = (t->reply_path ? 0x80U : 0) | (t->udhi ? 0x40U : 0) | (t->report_requested ? 0x20U : 0);
	switch (t->type) {
	case TPDU_DELIVER:
		return o | (t->more_messages ? 0 : 4U) | (t->loop_prevention ? 8U : 0);
	case TPDU_SUBMIT:
		return o | 1 | (t->reject_duplicates ? 4U : 0) | forms[t->vp];
	case TPDU_STATUS_REPORT:
		return o | 2 | (t->more_messages ? 0 : 4U) | (t->loop_prevention ? 8U : 0);
	}
	return o;
}

static int write_tpdu(struct writer *w, const struct tpdu *t)
{
	put_octet(w, first_octet(t));
	switch (t->type) {
	case TPDU_DELIVER:
		return write_deliver(w, t);
	case TPDU_SUBMIT:
		return write_submit(w, t);
	case TPDU_STATUS_REPORT:
		return write_status_report(w, t);
	}
	return -EINVAL;
}

int tpdu_encode_hex(const struct tpdu *t, char *hex, int *ret_len)
{
	static const char digit[] = "0123456789ABCDEF";
	struct writer w = {.len = 0};
	int smsc = address_encode_smsc(t->smsc, w.octets);
	if (smsc < 0)
		return -EINVAL;
	w.len = (size_t)smsc;
	if (write_tpdu(&w, t) < 0)
		return -EINVAL;
	for (size_t i = 0; i < w.len; i++) {
		*hex++ = digit[w.octets[i] >> 4];
		*hex++ = digit[w.octets[i] & 15];
	}
	*hex = 0;
	*ret_len = (int)w.len - smsc;
	return 0;
}
