/* PDUs that the outside world sends: a stranger's text cut into DELIVER parts, and status reports. */
#include "simmodem/network.h"
#include "base/mem.h"
#include "base/text.h"
#include "sms/compose.h"
#include "sms/timestamp.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#define ZONE_MINUTES 480 /* the network is in China */

static bool is_name(const char *from)
{
	for (const char *p = from; *p; p++)
		if (isalpha((unsigned char)*p) || (unsigned char)*p >= 0x80)
			return true;
	return false;
}

static struct tpdu_time stamp(int64_t utc)
{
	struct tpdu_time t = {.utc = utc, .zone_minutes = ZONE_MINUTES};
	timestamp_encode(&t); /* cannot say years before 1990: all zeros then */
	return t;
}

/* compose_part cuts the text for a SUBMIT; header and user data of a DELIVER are the same. */
static int deliver_part(const struct incoming *in, const char *submit_hex, struct pdu *ret)
{
	struct tpdu t;
	char hex[2 * TPDU_MAX + 1];
	int len, r = tpdu_decode_hex(submit_hex, true, TPDU_OUTGOING, -1, &t, NULL);
	if (r)
		return r;
	t.type = TPDU_DELIVER;
	text_copy(t.number, sizeof t.number, in->from);
	t.alphanumeric = is_name(in->from);
	t.number_type = in->number_type >= 0 ? (uint8_t)in->number_type : 0;
	text_copy(t.smsc, sizeof t.smsc, in->smsc);
	t.scts = stamp(in->scts_utc);
	r = tpdu_encode_hex(&t, hex, &len);
	return r ? r : pdu_from_hex(ret, hex);
}

int incoming_compose(const struct incoming *in, struct pdu *ret, int max)
{
	struct compose_options o = {.alphabet = (enum compose_alphabet)in->alphabet,
				    .reference = in->ref,
				    .ref16 = in->ref16,
				    .message_class = (enum compose_class)(in->message_class + 1)};
	int parts = 1;
	for (int i = 1; i <= parts; i++) {
		struct compose_part part;
		int r = compose_part("+8613800000000", in->text, &o, i, &part, &parts);
		if (r)
			return r;
		if (parts > max)
			return -E2BIG;
		r = deliver_part(in, part.hex, &ret[i - 1]);
		if (r)
			return r;
	}
	return parts;
}

int forward_compose(const struct tpdu *submit, const char *from, const char *smsc, int64_t utc, struct pdu *ret)
{
	struct tpdu t = *submit;
	char hex[2 * TPDU_MAX + 1];
	int len;
	t.type = TPDU_DELIVER;
	text_copy(t.number, sizeof t.number, from);
	text_copy(t.smsc, sizeof t.smsc, smsc);
	t.number_type = 0;
	t.report_requested = t.reject_duplicates = false;
	t.vp = VP_NONE;
	t.scts = stamp(utc);
	int r = tpdu_encode_hex(&t, hex, &len);
	return r ? r : pdu_from_hex(ret, hex);
}

int report_compose(const char *number, uint8_t mr, int64_t scts_utc, int64_t done_utc, int status,
		   struct pdu *ret)
{
	struct tpdu t;
	char hex[2 * TPDU_MAX + 1];
	int len;
	tpdu_init(&t, TPDU_STATUS_REPORT);
	t.mr = mr;
	t.st = (uint8_t)status;
	text_copy(t.number, sizeof t.number, number);
	t.scts = stamp(scts_utc);
	t.done = stamp(done_utc);
	int r = tpdu_encode_hex(&t, hex, &len);
	return r ? r : pdu_from_hex(ret, hex);
}
