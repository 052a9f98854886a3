/* Codes such as *100#: what the network answers, in the forms in which modems hand it over. 3GPP TS 27.007 7.15,
 * 23.038 clause 5. */
#include "base/mem.h"
#include "base/text.h"
#include "simmodem/command.h"
#include "simmodem/network.h"
#include "sms/utf16.h"

#include <errno.h>
#include <string.h>

#define BALANCE  "Balance: 48.60 CNY" /* of a code that nobody set */
#define DCS_GSM7 15
#define DCS_UCS2 72

int modem_ussd_set(struct modem *m, const struct ussd *u)
{
	struct ussd *at = NULL;
	for (int i = 0; i < m->ussd_count; i++)
		if (!strcmp(m->ussd[i].code, u->code))
			at = &m->ussd[i];
	if (!at && m->ussd_count == USSD_MAX)
		return -ENOSPC;
	if (!at)
		at = &m->ussd[m->ussd_count++];
	else
		free(at->text);
	*at = *u;
	return 0;
}

static bool is_ascii(const char *text)
{
	while (*text && (unsigned char)*text < 0x80)
		text++;
	return !*text;
}

/* 8 septets in 7 octets, in hex. */
static void add_packed(const char *text, struct buf *out)
{
	unsigned bits = 0, held = 0;
	for (; *text; text++) {
		held |= (unsigned)(*text & 0x7f) << bits;
		bits += 7;
		while (bits >= 8) {
			buf_addf(out, "%02X", held & 0xff);
			held >>= 8;
			bits -= 8;
		}
	}
	if (bits)
		buf_addf(out, "%02X", held & 0xff);
}

static void unpack(const char *hex, char *ret, size_t size)
{
	unsigned bits = 0, held = 0, octet;
	size_t n = 0;
	for (; sscanf(hex, "%2x", &octet) == 1 && n + 2 < size; hex += 2) {
		held |= octet << bits;
		for (bits += 8; bits >= 7; bits -= 7) {
			ret[n++] = (char)(held & 0x7f);
			held >>= 7;
		}
		if (!hex[1])
			break;
	}
	ret[n] = 0;
}

static void add_ucs2(const char *text, struct buf *out)
{
	size_t n;
	uint16_t *units = sms_utf16(text, TPDU_UNITS_MAX, &n);
	for (size_t i = 0; units && i < n; i++)
		buf_addf(out, "%04X", units[i]);
	free(units);
}

static void answer(struct modem *m, const struct ussd *u)
{
	struct buf line cleanup_buf = {0};
	bool ucs2 = u->ucs2 || !is_ascii(u->text);
	buf_addf(&line, "+CUSD: %d,\"", u->mode);
	if (ucs2 || !strcmp(m->set.cscs, "UCS2"))
		add_ucs2(u->text, &line);
	else if (m->profile->quirks & QUIRK_USSD_PACKED)
		add_packed(u->text, &line);
	else
		buf_adds(&line, u->text);
	buf_addf(&line, "\",%d", ucs2 ? DCS_UCS2 : DCS_GSM7);
	modem_urc_later(m, u->ms, buf_str(&line));
}

static struct result spoilt(struct modem *m, const char *how)
{
	if (!strcmp(how, "refused"))
		return CME(3);
	if (!strcmp(how, "busy"))
		return CME(14);
	if (!strcmp(how, "timeout"))
		modem_urc_later(m, 0, "+CUSD: 5");
	else if (!strcmp(how, "garbled"))
		modem_urc_later(m, 0, "+CUSD: 0,\"4F59989D\xff\",72");
	return OK_RESULT; /* silent */
}

struct result command_ussd(struct modem *m, enum op op, const struct args *a)
{
	char code[24];
	if (op == OP_READ)
		reply_add(m, "+CUSD: 0");
	else if (op == OP_TEST)
		reply_add(m, "+CUSD: (0-2)");
	if (op != OP_SET || a->count < 2)
		return OK_RESULT;
	if (!modem_registered(m))
		return CME(30);
	if (modem_spoil(m, F_USSD))
		return spoilt(m, m->fault[F_USSD].text);
	text_copy(code, sizeof code, a->v[1]);
	if (m->profile->quirks & QUIRK_USSD_PACKED)
		unpack(a->v[1], code, sizeof code);
	for (int i = 0; i < m->ussd_count; i++)
		if (!strcmp(m->ussd[i].code, code)) {
			answer(m, &m->ussd[i]);
			return OK_RESULT;
		}
	char balance[] = BALANCE;
	struct ussd fallback = {.text = balance};
	answer(m, &fallback);
	return OK_RESULT;
}
