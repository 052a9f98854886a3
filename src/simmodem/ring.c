/* Somebody rings: RING or +CRING, +CLIP after each, and what the family says when it is over. */
#include "simmodem/modem.h"
#include "base/text.h"
#include "simmodem/network.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

int modem_ring(struct modem *m, const char *from, int rings, int ring_ms, int number_type)
{
	if (m->call.active)
		return -EBUSY;
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

static void ring_once(struct modem *m)
{
	const struct call *c = &m->call;
	if (m->set.crc)
		modem_urc(m, "+CRING: VOICE");
	else
		modem_urc(m, "RING");
	if (!m->set.clip || m->profile->quirks & QUIRK_NO_CLIP || fault_on(&m->fault[F_NO_CLIP]))
		return;
	if (*c->from)
		modem_urc(m, "+CLIP: \"%s\",%d,\"\",0,\"\",0", c->from, c->number_type);
	else
		modem_urc(m, "+CLIP: \"\",128,,,,1");
}

static void say_end(struct modem *m)
{
	if (fault_on(&m->fault[F_NO_END]))
		return;
	if (m->profile->quirks & QUIRK_VOICE_END) {
		modem_urc(m, "VOICE CALL: END: 000000");
		if (!m->call.answered)
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
	m->call.active = false;
	if (!rejected)
		say_end(m);
	network_event(m->net, json_pack("{s:s, s:i, s:s, s:i, s:b, s:b}", "event", "call_end", "modem",
					m->index, "from", m->call.from, "rings", m->call.rings, "rejected",
					rejected, "answered", m->call.answered));
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
