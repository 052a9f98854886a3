/* A message from the network reaches the modem: shown at once, or stored and announced, as +CNMI and the
 * message's class say. 3GPP TS 27.005 3.4.1. With mode 0 of +CNMI it is stored, and told when the mode changes. */
#include "simmodem/modem.h"
#include "base/mem.h"
#include "simmodem/network.h"
#include "simmodem/text_mode.h"

#include <stdio.h>
#include <string.h>

#define BUFFERED_MAX 2048

/* With mode 0 of +CNMI what would be said waits until the mode changes; TS 27.005 3.4.1. */
static void announce_slot(struct modem *m, const struct pdu *p, const char *memory, int index)
{
	const char *name = p->report ? "+CDSI" : "+CMTI";
	if (m->set.cnmi[0])
		modem_urc(m, "%s: \"%s\",%d", name, memory, index);
	else if (m->buffered.len < BUFFERED_MAX)
		buf_addf(&m->buffered, "%s: \"%s\",%d\n", name, memory, index);
}

void deliver_flush(struct modem *m)
{
	if (!m->set.cnmi[0])
		return;
	const char *p = m->set.cnmi[4] ? "" : buf_str(&m->buffered); /* bfr 1: cleared */
	while (*p) {
		size_t n = strcspn(p, "\n");
		modem_urc(m, "%.*s", (int)n, p);
		p += n + 1;
	}
	buf_reset(&m->buffered);
}

static void stamp(struct modem *m, const char *where, int index)
{
	char words[24];
	int n = index < 0 ? snprintf(words, sizeof words, "%s", where)
			  : snprintf(words, sizeof words, "%s %d", where, index);
	stamps_add(&m->stamps, m->net->now_us, STAMP_DELIVERED, words, (size_t)n);
}

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
	stamp(m, store->name, at + m->profile->index_base);
	if (announce && !modem_spoil(m, F_LOSE_CMTI))
		announce_slot(m, p, store->name, at + m->profile->index_base);
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
	stamp(m, "shown", -1);
	if (p->report && m->profile->quirks & QUIRK_CDS_LOCKS)
		m->lock_ms = m->net->now_ms + 20;
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
		const char *wished = m->fault[F_REPORT_STORE].text;
		bool told = modem_memory(m, wished) && modem_spoil(m, F_REPORT_STORE);
		struct memory *reports = modem_memory(m, told ? wished : "SR");
		return store_message(m, p, reports && reports->size ? reports->name : m->set.mem[2], true);
	}
	return true; /* not routed to the terminal: gone */
}

bool modem_deliver(struct modem *m, const struct pdu *p)
{
	if (!modem_registered(m) || m->deaf || m->replug || m->ack_waiting ||
	    m->net->now_ms < m->silent_until_ms)
		return false;
	if (p->report)
		return deliver_report(m, p);
	int mt = m->set.cnmi[0] ? m->set.cnmi[1] : 0, class = pdu_class(p);
	if ((mt == 2 && class != 2) || (mt == 3 && class == 3)) {
		show_message(m, p);
		return true;
	}
	return store_message(m, p, class == 2 && modem_memory(m, "SM") ? "SM" : m->set.mem[2],
			     m->set.cnmi[1] != 0);
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
