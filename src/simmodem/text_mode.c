#include "simmodem/text_mode.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "simmodem/network.h"
#include "sms/compose.h"
#include "sms/tpdu.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* By enum slot_state; 3GPP TS 27.005 3.1 <stat>. */
static const char *const states[] = {"REC UNREAD", "REC READ", "STO UNSENT", "STO SENT", "ALL"};

int text_mode_state_find(const char *name)
{
	for (int i = 0; i < (int)ARRAY_LEN(states); i++)
		if (!strcmp(states[i], name))
			return i;
	return -1;
}

/* UCS-2 as hex with +CSCS="UCS2", or where the terminal's alphabet cannot say it. */
static void add_text(const struct modem *m, const struct tpdu *t, struct buf *out)
{
	bool ascii = true;
	for (size_t i = 0; i < t->unit_count; i++)
		ascii = ascii && t->units[i] < 0x80;
	if (t->alphabet == SMS_8BIT) {
		for (size_t i = 0; i < t->data_len; i++)
			buf_addf(out, "%02X", t->data[i]);
	} else if (!ascii || !strcmp(m->set.cscs, "UCS2")) {
		for (size_t i = 0; i < t->unit_count; i++)
			buf_addf(out, "%04X", t->units[i]);
	} else {
		for (size_t i = 0; i < t->unit_count; i++)
			buf_addc(out, t->units[i] == '\n' ? ' ' : (char)t->units[i]);
	}
}

static void add_number(const struct modem *m, const char *number, struct buf *out)
{
	buf_addc(out, '"');
	for (const char *p = number; *p; p++)
		buf_addf(out, strcmp(m->set.cscs, "UCS2") ? "%c" : "%04X", (unsigned char)*p);
	buf_addc(out, '"');
}

static void add_time(const struct tpdu_time *t, struct buf *out)
{
	struct civil c;
	civil_from_utc(t->utc, &c);
	buf_addf(out, "\"%02d/%02d/%02d,%02d:%02d:%02d%+03d\"", c.year % 100, c.month, c.day, c.hour, c.minute,
		 c.second, t->zone_minutes / 15);
}

static bool decode(const struct pdu *p, struct tpdu *t)
{
	bool outgoing = (p->octets[pdu_smsc_len(p)] & 3) == 1;
	return !tpdu_decode(p->octets, p->len, true, outgoing ? TPDU_OUTGOING : TPDU_INCOMING, -1, t, NULL);
}

bool text_mode_urc(struct modem *m, const struct pdu *p, struct buf *out)
{
	struct tpdu t;
	if (!decode(p, &t))
		return false;
	if (p->report) {
		buf_addf(out, "+CDS: %d,%d,", t.first_octet, t.mr);
		add_number(m, t.number, out);
		buf_addf(out, ",%d,", t.number_type);
		add_time(&t.scts, out);
		buf_addc(out, ',');
		add_time(&t.done, out);
		buf_addf(out, ",%d", t.st);
		return true;
	}
	buf_adds(out, "+CMT: ");
	add_number(m, t.number, out);
	buf_adds(out, ",,");
	add_time(&t.scts, out);
	buf_addc(out, '\n');
	add_text(m, &t, out);
	return true;
}

bool text_mode_entry(struct modem *m, const char *prefix, int index, const struct slot *s, struct buf *out)
{
	struct tpdu t;
	if (!decode(&s->pdu, &t))
		return false;
	buf_addf(out, "%s: ", prefix);
	if (index >= 0)
		buf_addf(out, "%d,", index);
	buf_addf(out, "\"%s\",", states[s->state]);
	add_number(m, t.number, out);
	buf_adds(out, ",,");
	if (t.type == TPDU_DELIVER)
		add_time(&t.scts, out);
	buf_addc(out, '\n');
	add_text(m, &t, out);
	return true;
}

/* Four hex digits a unit. */
static char *from_ucs2(const char *hex)
{
	uint16_t units[TPDU_UNITS_MAX];
	size_t n = 0;
	unsigned v;
	while (n < TPDU_UNITS_MAX && sscanf(hex + 4 * n, "%4x", &v) == 1 && strlen(hex + 4 * n) >= 4)
		units[n++] = (uint16_t)v;
	return sms_utf8(units, n);
}

int text_mode_submit(struct modem *m, const char *number, const char *text, struct pdu *ret)
{
	bool ucs2 = !strcmp(m->set.cscs, "UCS2");
	cleanup_free char *decoded = ucs2 ? from_ucs2(text) : mem_dup(text);
	cleanup_free char *to = ucs2 && strlen(number) % 4 == 0 ? from_ucs2(number) : mem_dup(number);
	struct compose_options o = {0};
	struct compose_part part;
	int parts, r = compose_part(to, decoded, &o, 1, &part, &parts);
	if (r < 0)
		return r;
	return parts > 1 ? -E2BIG : pdu_from_hex(ret, part.hex);
}
