/* Somebody rings: RING or +CRING, +CLIP after each, and what the family says when it is over. */
#include "simmodem/modem.h"
#include "base/mem.h"
#include "base/text.h"
#include "simmodem/network.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

/* A second caller hears it ring too, and the terminal hears of it once. TS 27.007 7.12. */
static int knock(struct modem *m, const char *from, int number_type)
{
	if (!m->set.ccwa || m->waits)
		return -EBUSY;
	m->waits = true;
	m->count.calls++;
	modem_urc(m, "+CCWA: \"%s\",%d,1", from, *from ? number_type : 128);
	return 0;
}

int modem_ring(struct modem *m, const char *from, int rings, int ring_ms, int number_type)
{
	if (m->call.active)
		return knock(m, from, number_type);
	if (!modem_registered(m))
		return -ENETDOWN;
	m->call = (struct call){.active = true,
				.rings_left = rings,
				.ring_ms = ring_ms,
				.next_ms = m->net->now_ms,
				.begun_ms = m->net->now_ms,
				.number_type = number_type};
	text_copy(m->call.from, sizeof m->call.from, from);
	m->count.calls++;
	return 0;
}

#define UNANSWERED_MS 60000 /* the network ends a call that nobody answers */

int modem_dial(struct modem *m, const char *number)
{
	size_t digits = strspn(number, "+*#0123456789");
	if (!digits || number[digits] != ';' || digits >= TPDU_ADDR_MAX)
		return -EOPNOTSUPP;
	if (!modem_registered(m))
		return -ENETDOWN;
	if (m->call.active)
		return -EBUSY;
	m->call = (struct call){.active = true,
				.out = true,
				.ring_ms = UNANSWERED_MS,
				.next_ms = m->net->now_ms + UNANSWERED_MS,
				.begun_ms = m->net->now_ms,
				.number_type = *number == '+' ? 145 : 129};
	memcpy(m->call.from, number, digits);
	m->count.dials++;
	network_event(m->net,
		      json_pack("{s:s, s:i, s:s}", "event", "dial", "modem", m->index, "number", m->call.from));
	return 0;
}

static void say_caller(struct modem *m)
{
	const struct call *c = &m->call;
	/* forms that were met: short, number without quotes, empty fields, validity behind a name [C, F] */
	static const char *const forms[] = {"+CLIP: \"%s\",%d,\"\",0,\"\",0", "+CLIP: \"%s\",%d",
					    "+CLIP: %s,%d", "+CLIP: \"%s\",%d,,,,0",
					    "+CLIP: \"%s\",%d,\"\",,\"WANG\",0"};
	int64_t form = fault_on(&m->fault[F_CLIP_FORM]) ? m->fault[F_CLIP_FORM].value : 0;
	if (!*c->from)
		modem_urc(m, form % 2 ? "+CLIP: ,128" : "+CLIP: \"\",128,,,,1");
	else {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		modem_urc(m, forms[form >= 0 && form < (int64_t)ARRAY_LEN(forms) ? form : 0], c->from,
			  c->number_type);
#pragma GCC diagnostic pop
	}
}

/* Makers' lines about a call: state 4 it comes, 6 it is over. */
static void say_state(struct modem *m, int state)
{
	const struct call *c = &m->call;
	if (m->set.flag[FLAG_DSCI]) /* Quectel [C, chan-quectel] */
		modem_urc(m, "^DSCI: 1,1,%d,0,%s,%d", state, c->from, *c->from ? c->number_type : 128);
	if (m->set.flag[FLAG_CLCC]) /* A76xx [F, cof] */
		modem_urc(m, "+CLCC: 1,1,%d,0,0,\"%s\",%d", state, c->from, *c->from ? c->number_type : 128);
}

static void ring_once(struct modem *m)
{
	if (m->call.rings == 1)
		say_state(m, 4);
	if (m->set.crc)
		modem_urc(m, "+CRING: VOICE");
	else
		modem_urc(m, "RING");
	if (!m->set.clip || m->profile->quirks & QUIRK_NO_CLIP || fault_on(&m->fault[F_NO_CLIP]))
		return;
	if (fault_on(&m->fault[F_CLIP_LATE]) && m->call.rings <= m->fault[F_CLIP_LATE].value)
		return;
	say_caller(m);
}

static void say_end(struct modem *m)
{
	if (fault_on(&m->fault[F_NO_END]))
		return;
	say_state(m, 6);
	if (m->profile->quirks & QUIRK_VOICE_END) {
		modem_urc(m, "%s", m->profile->voice_end);
		if (!m->call.answered && !m->call.out)
			modem_urc(m, "MISSED_CALL: 03:15PM %s", m->call.from);
	}
	if (m->profile->quirks & QUIRK_CEND)
		modem_urc(m, "^CEND:1,0,104,16");
	modem_urc(m, "NO CARRIER");
}

void modem_call_end(struct modem *m, bool rejected)
{
	if (!m->call.active)
		return;
	m->call.active = m->waits = false;
	if (!rejected)
		say_end(m);
	network_event(m->net, json_pack("{s:s, s:i, s:s, s:i, s:b, s:b, s:b, s:I}", "event", "call_end",
					"modem", m->index, "from", m->call.from, "rings", m->call.rings,
					"rejected", rejected, "answered", m->call.answered, "out", m->call.out,
					"ms", (json_int_t)(m->net->now_ms - m->call.begun_ms)));
}

void modem_ring_tick(struct modem *m)
{
	struct call *c = &m->call;
	if (!c->active || m->net->now_ms < c->next_ms)
		return;
	if (c->rings_left-- <= 0) {
		modem_call_end(m, false);
		return;
	}
	if (!c->answered) {
		c->rings++;
		ring_once(m);
	}
	c->next_ms = m->net->now_ms + c->ring_ms;
}
