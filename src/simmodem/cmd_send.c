/* Sending, writing into the store, acknowledging. 3GPP TS 27.005 clauses 3.4.4, 3.5.1, 3.5.3, 4.3, 4.4. */
#include "simmodem/command.h"
#include "base/text.h"
#include "simmodem/network.h"
#include "simmodem/text_mode.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct result cmms(struct modem *m, enum op op, const struct args *a)
{
	if (op == OP_READ)
		reply_add(m, "+CMMS: %d", m->set.cmms);
	else if (op == OP_TEST)
		reply_add(m, "+CMMS: (0-2)");
	else if (op == OP_SET) {
		int n = args_int(a, 0, -1);
		if (n < 0 || n > 2)
			return CMS(303);
		m->set.cmms = n;
	}
	return OK_RESULT;
}

static struct result cnma(struct modem *m, enum op op, const struct args *a)
{
	if (op == OP_TEST) {
		reply_add(m, "+CNMA: (0-2)");
		return OK_RESULT;
	}
	if (!m->ack_waiting)
		return CMS(340);
	modem_acknowledge(m, !modem_spoil(m, F_ACK_LATE) && (op == OP_RUN || args_int(a, 0, 0) != 2));
	return OK_RESULT;
}

static struct result prompt(struct modem *m, const struct args *a, bool writes)
{
	if (modem_spoil(m, F_PROMPT_ERROR))
		return ERROR_RESULT;
	if (!writes && m->start_once) {
		m->start_once = false;
		return CMS(m->profile->start_cms);
	}
	if (!writes && !modem_registered(m))
		return m->profile->quirks & QUIRK_PROMPT_ERROR ? ERROR_RESULT : CMS(331);
	if (!writes && !*m->csca)
		return CMS(330);
	m->prompt_writes = writes;
	m->prompt_swallows = false;
	m->prompt_number[0] = 0;
	m->prompt_len = -1;
	m->prompt_state = args_int(a, 1, SLOT_UNSENT);
	if (!m->set.cmgf) {
		m->prompt_len = args_int(a, 0, -1);
		if (m->prompt_len < 1 || m->prompt_len > 164)
			return CMS(304);
	} else {
		/* Text mode takes any argument for a number, so that the length of a PDU is swallowed too. */
		if (!*args_text(a, 0))
			return CMS(305);
		m->prompt_swallows = !a->quoted[0] && strlen(a->v[0]) <= 3;
		text_copy(m->prompt_number, sizeof m->prompt_number, a->v[0]);
	}
	if (modem_spoil(m, F_NO_PROMPT))
		return (struct result){DONE_LATER, 0};
	m->input = INPUT_PROMPT;
	reply_prompt(m);
	return (struct result){DONE_LATER, 0};
}

/* As behind a program that was killed between the prompt and its text. */
void command_prompt_stuck(struct modem *m)
{
	m->prompt_writes = m->prompt_swallows = false;
	m->prompt_number[0] = 0;
	m->prompt_len = 20;
	m->talker = m->main_tty;
	m->input = INPUT_PROMPT;
	buf_reset(&m->line);
}

static struct result cmgs(struct modem *m, enum op op, const struct args *a)
{
	if (op != OP_SET)
		return op == OP_TEST ? OK_RESULT : ERROR_RESULT;
	return prompt(m, a, false);
}

static struct result cmgw(struct modem *m, enum op op, const struct args *a)
{
	if (op != OP_SET)
		return op == OP_TEST ? OK_RESULT : ERROR_RESULT;
	return prompt(m, a, true);
}

/* On the air: the answer comes when the part has gone over. +CMMS saves the set-up of the link. */
static struct result submit(struct modem *m, const struct pdu *p, bool from_store)
{
	int64_t now = m->net->now_ms;
	bool held = m->set.cmms && now < m->link_until_ms;
	int64_t link = m->link_ms < 0 ? (int64_t)m->air_ms * 3 / 5 : m->link_ms;
	int64_t air = held ? (link < m->air_ms ? m->air_ms - link : 0) : m->air_ms;
	if (m->set.cmms == 1 && now >= m->link_until_ms && m->link_until_ms)
		m->set.cmms = 0;
	m->job = JOB_SUBMIT;
	m->job_pdu = *p;
	m->job_from_store = from_store;
	m->busy_until_ms = now + air;
	m->count.own_ms += air;
	m->link_until_ms = now + air + m->hold_ms;
	return (struct result){DONE_LATER, 0};
}

static struct result cmss(struct modem *m, enum op op, const struct args *a)
{
	if (op != OP_SET)
		return op == OP_TEST ? OK_RESULT : ERROR_RESULT;
	struct memory *store = modem_memory(m, m->set.mem[1]);
	struct slot *s = store ? memory_slot(store, args_int(a, 0, -1) - m->profile->index_base) : NULL;
	if (!s || s->state == SLOT_UNREAD || s->state == SLOT_READ)
		return CMS(321);
	if (!modem_registered(m))
		return CMS(331);
	s->state = SLOT_SENT;
	return submit(m, &s->pdu, true);
}

static struct result write_slot(struct modem *m, const struct pdu *p)
{
	struct memory *store = modem_memory(m, m->set.mem[1]);
	int at = store ? memory_free_slot(store) : -1;
	if (at < 0)
		return CMS(322);
	int state = m->prompt_state >= 0 && m->prompt_state < SLOT_FREE ? m->prompt_state : SLOT_UNSENT;
	store->slots[at] = (struct slot){(enum slot_state)state, *p};
	reply_add(m, "+CMGW: %d", at + m->profile->index_base);
	return OK_RESULT;
}

/* The hex digits of what was typed; other characters are an error, blanks and line ends are not. */
static int typed_pdu(const struct modem *m, const char *text, struct pdu *ret)
{
	char hex[2 * TPDU_MAX + 3];
	size_t n = 0;
	for (; *text && n + 1 < sizeof hex; text++)
		if (!strchr(" \r\n", *text))
			hex[n++] = *text;
	hex[n] = 0;
	if (pdu_from_hex(ret, hex))
		return -EINVAL;
	return ret->len - pdu_smsc_len(ret) == (size_t)m->prompt_len ? 0 : -EINVAL;
}

void command_text(struct modem *m, const char *text)
{
	struct pdu p;
	struct result r;
	if (m->prompt_swallows)
		return; /* a length taken for a number: nothing happens, for ever */
	if (m->prompt_len >= 0 ? typed_pdu(m, text, &p) : text_mode_submit(m, m->prompt_number, text, &p))
		r = CMS(m->prompt_len >= 0 ? 304 : 305);
	else if (m->prompt_writes)
		r = write_slot(m, &p);
	else
		r = submit(m, &p, false);
	command_finish(m, r);
}

/* Not taken by the network, for whatever reason: true when that is settled, with or without an answer. */
static bool submit_fails(struct modem *m)
{
	if (modem_spoil(m, F_SILENT_UNSENT))
		return true;
	if (modem_spoil(m, F_DETACH)) {
		modem_urc(m, "+CGEV: NW DETACH");
		return true;
	}
	if (modem_spoil(m, F_BROWNOUT)) {
		modem_leave(m, m->restart_ms, NULL);
		return true;
	}
	struct result r = OK_RESULT;
	if (modem_spoil(m, F_ERROR_UNSENT))
		r = ERROR_RESULT;
	else if (modem_spoil(m, F_CMS))
		r = CMS((int)m->fault[F_CMS].value);
	else if (!modem_registered(m))
		r = CMS(331);
	else if (!strcmp(m->csca, SMSC_ELSEWHERE) && pdu_smsc_len(&m->job_pdu) <= 1)
		r = CMS(38);
	if (r.outcome == DONE_OK)
		return false;
	command_finish(m, r);
	return true;
}

/* What the terminal hears of a text that went out. */
static void submit_answer(struct modem *m, int mr)
{
	if (modem_spoil(m, F_SILENT_SENT))
		return;
	if (modem_spoil(m, F_BROWNOUT_SENT)) {
		modem_leave(m, m->restart_ms, NULL);
		return;
	}
	if (modem_spoil(m, F_ERROR_SENT)) {
		command_finish(m, ERROR_RESULT);
		return;
	}
	reply_add(m, m->job_from_store ? "+CMSS: %d" : "+CMGS: %d", mr);
	bool bare = modem_spoil(m, F_NO_OK);
	command_finish(m, bare ? (struct result){DONE_BARE, 0} : OK_RESULT);
}

static void submit_done(struct modem *m)
{
	if (submit_fails(m))
		return;
	uint8_t mr = m->mr;
	m->mr = (uint8_t)(mr + !fault_on(&m->fault[F_MR_STUCK]));
	int error = network_submit(m->net, m, &m->job_pdu, mr);
	if (error) {
		command_finish(m, CMS(error));
		return;
	}
	m->count.submitted++;
	if (modem_spoil(m, F_REPORT_FIRST))
		network_tick(m->net);
	submit_answer(m, mr);
	modem_fault_step(m);
}

void command_power(struct modem *m)
{
	m->job = JOB_POWER;
	m->busy_until_ms = m->net->now_ms + 50;
}

void command_job(struct modem *m)
{
	enum job job = m->job;
	m->job = JOB_NONE;
	switch (job) {
	case JOB_NONE:
		break;
	case JOB_SUBMIT:
		submit_done(m);
		break;
	case JOB_POWER:
		if (m->profile->quirks & QUIRK_PORT_STAYS)
			modem_crash(m, m->restart_ms, true);
		else
			modem_leave(m, m->restart_ms, NULL);
		break;
	}
}

const struct command commands_send[] = {
    {"+CMGS", cmgs, NEEDS_SMS}, {"+CMGW", cmgw, NEEDS_SMS}, {"+CMSS", cmss, NEEDS_SMS},
    {"+CMMS", cmms, NEEDS_SMS}, {"+CNMA", cnma, NEEDS_SMS}, {NULL, NULL, 0},
};
