/* The message stores: choosing, announcing, listing, reading, deleting. 3GPP TS 27.005 clauses 3.2 to 3.5. */
#include "simmodem/command.h"
#include "base/text.h"
#include "simmodem/network.h"
#include "simmodem/text_mode.h"

#include <stdio.h>
#include <string.h>

static struct result cmgf(struct modem *m, enum op op, const struct args *a)
{
	if (op == OP_READ)
		reply_add(m, "+CMGF: %d", m->set.cmgf);
	else if (op == OP_TEST)
		reply_add(m, "+CMGF: (0,1)");
	else {
		int n = args_int(a, 0, 0);
		if (n < 0 || n > 1)
			return CMS(303);
		m->set.cmgf = n;
	}
	return OK_RESULT;
}

static struct result csms(struct modem *m, enum op op, const struct args *a)
{
	if (op == OP_READ && m->profile->csms)
		reply_add(m, "+CSMS: %s,1,1,1", m->profile->csms);
	else if (op == OP_SET && m->profile->csms && *m->profile->csms == '@')
		return ERROR_RESULT;
	else if (op == OP_READ)
		reply_add(m, "+CSMS: %d,1,1,1", m->set.csms);
	else if (op == OP_TEST)
		reply_add(m, "+CSMS: (0,1)");
	else if (op == OP_SET) {
		int n = args_int(a, 0, -1);
		if (n < 0 || n > 1)
			return CMS(303);
		m->set.csms = n;
		reply_add(m, "+CSMS: 1,1,1");
	}
	return OK_RESULT;
}

static void cpms_test(struct modem *m)
{
	char list[40] = "", receive[40] = "";
	size_t n = 0, r = 0;
	for (int i = 0; i < m->store_count; i++) {
		const char *name = m->stores[i].name;
		n += (size_t)snprintf(list + n, sizeof list - n, "%s\"%s\"", n ? "," : "", name);
		if (strcmp(name, "SR") != 0)
			r += (size_t)snprintf(receive + r, sizeof receive - r, "%s\"%s\"", r ? "," : "", name);
	}
	reply_add(m, "+CPMS: (%s),(%s),(%s)", list, receive, receive);
}

static struct result cpms_set(struct modem *m, const struct args *a)
{
	int count = a->count;
	if (m->profile->quirks & QUIRK_CPMS_ONE && count > 1)
		return CMS(302);
	if (count < 1 || count > 3)
		return CMS(302);
	for (int i = 0; i < count; i++)
		if (!modem_memory(m, a->v[i]))
			return CMS(302);
	int used[3], size[3];
	for (int i = 0; i < 3; i++) {
		if (i < count)
			text_copy(m->set.mem[i], sizeof m->set.mem[i], a->v[i]);
		else if (m->profile->quirks & QUIRK_CPMS_ONE)
			text_copy(m->set.mem[i], sizeof m->set.mem[i], a->v[0]);
		struct memory *store = modem_memory(m, m->set.mem[i]);
		used[i] = store ? memory_used(store) : 0;
		size[i] = store ? store->size : 0;
	}
	reply_add(m, "+CPMS: %d,%d,%d,%d,%d,%d", used[0], size[0], used[1], size[1], used[2], size[2]);
	network_retry(m->net, m->index); /* the new store may have room */
	return OK_RESULT;
}

static struct result cpms(struct modem *m, enum op op, const struct args *a)
{
	if (op == OP_SET)
		return cpms_set(m, a);
	if (op == OP_TEST && m->profile->cpms_test)
		reply_add(m, "%s", m->profile->cpms_test);
	else if (op == OP_TEST)
		cpms_test(m);
	else if (op == OP_READ) {
		char text[80];
		size_t n = 0;
		for (int i = 0; i < 3; i++) {
			const struct memory *store = modem_memory(m, m->set.mem[i]);
			n += (size_t)snprintf(text + n, sizeof text - n, "%s\"%s\",%d,%d", i ? "," : "",
					      m->set.mem[i], store ? memory_used(store) : 0,
					      store ? store->size : 0);
		}
		reply_add(m, "+CPMS: %s", text);
	}
	return OK_RESULT;
}

static bool cnmi_accepted(const struct modem *m, const int v[5])
{
	const struct profile *p = m->profile;
	for (int i = 0; i < 5; i++)
		if (v[i] < 0 || v[i] > 3)
			return false;
	if (!(p->cnmi_modes >> v[0] & 1) || !(p->cnmi_mt >> v[1] & 1) || !(p->cnmi_ds >> v[3] & 1) || v[4] > 1)
		return false;
	if (p->quirks & QUIRK_BFR_1 && !v[4])
		return false;
	if (p->quirks & QUIRK_DS1_MODE1)
		return !((v[1] == 3 || v[3] == 1) && v[0] != 1) && !(v[1] == 2 && v[0] == 0);
	return true;
}

static struct result cnmi(struct modem *m, enum op op, const struct args *a)
{
	int *now = m->set.cnmi;
	if (op == OP_READ)
		reply_add(m, "+CNMI: %d,%d,%d,%d,%d", now[0], now[1], now[2], now[3], now[4]);
	else if (op == OP_TEST)
		reply_add(m, "+CNMI: %s", m->profile->cnmi_test);
	else {
		int v[5] = {0};
		for (int i = 0; i < 5; i++)
			v[i] = args_int(a, i, op == OP_RUN ? 0 : now[i]);
		if (!cnmi_accepted(m, v))
			return CMS(303);
		memcpy(now, v, sizeof v);
		deliver_flush(m);
		network_retry(m->net, m->index);
	}
	return OK_RESULT;
}

static struct result csca(struct modem *m, enum op op, const struct args *a)
{
	const char *smsc = m->csca;
	if (op == OP_READ && !strcmp(m->set.cscs, "UCS2")) {
		char hex[4 * TPDU_ADDR_MAX + 1] = "";
		for (size_t i = 0; smsc[i]; i++)
			snprintf(hex + 4 * i, 5, "%04X", (unsigned char)smsc[i]);
		reply_add(m, "+CSCA: \"%s\",145", hex);
	} else if (op == OP_READ) {
		reply_add(m, "+CSCA: \"%s\",%d", smsc, *smsc ? 145 : 129);
	} else if (op == OP_SET) {
		text_copy(m->csca, sizeof m->csca, args_text(a, 0));
	}
	return OK_RESULT;
}

/* Header and PDU of one slot; a slot that was unread counts as read from now on. */
static void show_slot(struct modem *m, const char *prefix, int index, struct slot *s)
{
	struct buf text cleanup_buf = {0};
	if (m->set.cmgf && text_mode_entry(m, prefix, index, s, &text)) {
		reply_add(m, "%s", buf_str(&text));
	} else {
		char hex[2 * TPDU_MAX + 1];
		size_t len = s->pdu.len - pdu_smsc_len(&s->pdu);
		pdu_to_hex(&s->pdu, hex);
		if (modem_spoil(m, F_SHORT_PDU))
			hex[s->pdu.len] = 0; /* half of it */
		if (index >= 0)
			reply_add(m, "%s: %d,%d,,%zu", prefix, index, s->state, len);
		else
			reply_add(m, "%s: %d,,%zu", prefix, s->state, len);
		if (!modem_spoil(m, F_NO_PDU))
			reply_add(m, "%s", hex);
	}
	if (s->state == SLOT_UNREAD)
		s->state = SLOT_READ;
	m->count.read++;
}

static struct result cmgl(struct modem *m, enum op op, const struct args *a)
{
	if (op == OP_TEST) {
		reply_add(m, m->set.cmgf
				 ? "+CMGL: (\"REC UNREAD\",\"REC READ\",\"STO UNSENT\",\"STO SENT\",\"ALL\")"
				 : "+CMGL: (0-4)");
		return OK_RESULT;
	}
	int state = op == OP_RUN  ? SLOT_UNREAD
		    : m->set.cmgf ? text_mode_state_find(args_text(a, 0))
				  : args_int(a, 0, 0);
	if (state < 0 || state > SLOT_FREE)
		return CMS(m->set.cmgf ? 305 : 304);
	if (modem_spoil(m, F_CMGL_HANGS))
		return (struct result){DONE_LATER, 0};
	struct memory *store = modem_memory(m, m->set.mem[0]);
	for (int i = 0; store && i < store->size; i++) {
		struct slot *s = memory_slot(store, i);
		if (s && (state == SLOT_FREE || (int)s->state == state))
			show_slot(m, "+CMGL", i + m->profile->index_base, s);
	}
	return OK_RESULT;
}

static struct result cmgr(struct modem *m, enum op op, const struct args *a)
{
	if (op != OP_SET)
		return op == OP_TEST ? OK_RESULT : ERROR_RESULT;
	struct memory *store = modem_memory(m, m->set.mem[0]);
	int at = args_int(a, 0, -1) - m->profile->index_base;
	if (!store || at < 0 || at >= store->size)
		return CMS(321);
	struct slot *s = memory_slot(store, at);
	if (!s)
		return m->profile->quirks & QUIRK_EMPTY_IS_321 ? CMS(321) : OK_RESULT;
	show_slot(m, "+CMGR", -1, s);
	return OK_RESULT;
}

static void cmgd_test(struct modem *m, const struct memory *store)
{
	struct buf list cleanup_buf = {0};
	for (int i = 0; i < store->size; i++)
		if (store->slots[i].state != SLOT_FREE)
			buf_addf(&list, "%s%d", list.len ? "," : "", i + m->profile->index_base);
	reply_add(m, "+CMGD: (%s),(0-4)", buf_str(&list));
}

/* Which states each delflag takes: 1 read, 2 and sent, 3 and unsent, 4 all. */
static bool delflag_takes(int flag, enum slot_state s)
{
	return s == SLOT_READ || (flag >= 2 && s == SLOT_SENT) || (flag >= 3 && s == SLOT_UNSENT) ||
	       (flag == 4 && s == SLOT_UNREAD);
}

static struct result cmgd(struct modem *m, enum op op, const struct args *a)
{
	struct memory *store = modem_memory(m, m->set.mem[0]);
	if (!store || (op != OP_SET && op != OP_TEST))
		return ERROR_RESULT;
	if (op == OP_TEST) {
		cmgd_test(m, store);
		return OK_RESULT;
	}
	int at = args_int(a, 0, -1) - m->profile->index_base, flag = args_int(a, 1, 0);
	if (flag < 0 || flag > 4 || (!flag && (at < 0 || at >= store->size)))
		return CMS(321);
	if (modem_spoil(m, F_DELETE_FAILS))
		return CMS(320);
	if (modem_spoil(m, F_DELETE_LIES))
		return OK_RESULT;
	for (int i = 0; i < store->size; i++) {
		struct slot *s = memory_slot(store, i);
		if (s && (flag ? delflag_takes(flag, s->state) : i == at)) {
			s->state = SLOT_FREE;
			m->count.deleted++;
		}
	}
	if (!flag && modem_spoil(m, F_INDEX_SHIFTS))
		memory_shift(store, at);
	network_retry(m->net, m->index);
	return OK_RESULT;
}

static struct result accept(struct modem *m, enum op op, const struct args *a)
{
	(void)m, (void)op, (void)a;
	return OK_RESULT;
}

const struct command commands_store[] = {
    {"+CMGF", cmgf, NEEDS_SMS},   {"+CSMS", csms, NEEDS_SMS},
    {"+CPMS", cpms, NEEDS_SMS},   {"+CNMI", cnmi, NEEDS_SMS},
    {"+CSCA", csca, NEEDS_SMS},   {"+CMGL", cmgl, NEEDS_SMS},
    {"+CMGR", cmgr, NEEDS_SMS},   {"+CMGD", cmgd, NEEDS_SMS},
    {"+CSMP", accept, NEEDS_SMS}, {"+CSDH", accept, NEEDS_SMS},
    {"+CSCB", accept, NEEDS_SMS}, {"+CSAS", accept, NEEDS_SMS},
    {"+CRES", accept, NEEDS_SMS}, {NULL, NULL, 0},
};
