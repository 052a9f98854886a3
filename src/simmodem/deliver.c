/* A message from the network reaches the modem: shown at once, or stored and announced, as +CNMI and the
 * message's class say. 3GPP TS 27.005 3.4.1. A mode 0 of +CNMI keeps what cannot be announced silent; it is
 * stored all the same. */
#include "simmodem/modem.h"
#include "base/mem.h"
#include "simmodem/network.h"
#include "simmodem/text_mode.h"

#include <string.h>

static bool store_message(struct modem *m, const struct pdu *p, const char *memory_name, bool announce)
{
	struct memory *store = modem_memory(m, memory_name);
	if (fault_on(&m->fault[F_WRONG_MEMORY]))
		for (int i = 0; i < m->store_count; i++)
			if (&m->stores[i] != store && m->stores[i].size > 0 &&
			    strcmp(m->stores[i].name, "SR") != 0) {
				store = &m->stores[i];
				break;
			}
	int at = store && !fault_on(&m->fault[F_STORE_FULL]) ? memory_free_slot(store) : -1;
	if (at < 0) {
		m->count.refused++;
		if (m->profile->quirks & QUIRK_SMMEMFULL)
			modem_urc(m, "^SMMEMFULL:\"%s\"", memory_name);
		return false;
	}
	store->slots[at] = (struct slot){SLOT_UNREAD, *p};
	m->count.delivered++;
	if (announce && !modem_spoil(m, F_LOSE_CMTI))
		modem_urc(m, "%s: \"%s\",%d", p->report ? "+CDSI" : "+CMTI", store->name,
			  at + m->profile->index_base);
	return true;
}

static void show_message(struct modem *m, const struct pdu *p)
{
	char hex[2 * TPDU_MAX + 1];
	size_t len = p->len - pdu_smsc_len(p);
	struct buf text cleanup_buf = {0};
	pdu_to_hex(p, hex);
	if (m->set.cmgf && text_mode_urc(m, p, &text))
		modem_urc(m, "%s", buf_str(&text));
	else if (p->report)
		modem_urc(m, m->profile->quirks & QUIRK_CDS_COMMA ? "+CDS: ,%zu\n%s" : "+CDS: %zu\n%s", len,
			  hex);
	else
		modem_urc(m, "+CMT: ,%zu\n%s", len, hex);
	m->count.delivered++;
	if (m->set.csms == 1 || m->profile->quirks & QUIRK_CNMA_ALWAYS) {
		m->ack_waiting = true;
		m->ack_deadline_ms = m->net->now_ms + m->ack_ms;
		m->ack_pdu = *p;
	}
}

static bool deliver_report(struct modem *m, const struct pdu *p)
{
	int ds = m->set.cnmi[3];
	if (ds == 1) {
		show_message(m, p);
		return true;
	}
	if (ds == 2) {
		struct memory *reports = modem_memory(m, "SR");
		return store_message(m, p, reports && reports->size ? "SR" : m->set.mem[2],
				     m->set.cnmi[0] != 0);
	}
	return true; /* not routed to the terminal: gone */
}

bool modem_deliver(struct modem *m, const struct pdu *p)
{
	if (!modem_registered(m) || m->replug || m->ack_waiting || m->net->now_ms < m->silent_until_ms)
		return false;
	if (p->report)
		return deliver_report(m, p);
	int mt = m->set.cnmi[0] ? m->set.cnmi[1] : 0, class = pdu_class(p);
	if ((mt == 2 && class != 2) || (mt == 3 && class == 3)) {
		show_message(m, p);
		return true;
	}
	return store_message(m, p, class == 2 && modem_memory(m, "SM") ? "SM" : m->set.mem[2], mt != 0);
}

void modem_acknowledge(struct modem *m, bool taken)
{
	m->ack_waiting = false;
	if (taken) {
		m->count.acknowledged++;
	} else {
		if (m->profile->quirks & QUIRK_CNMA_STOPS)
			m->set.cnmi[1] = m->set.cnmi[3] = 0;
		m->count.redelivered++;
		network_queue(m->net, m->index, &m->ack_pdu, m->net->redeliver_ms + 1000);
	}
	network_retry(m->net, m->index);
}
