#include "simmodem/modem.h"
#include "base/mem.h"
#include "base/order.h"
#include "base/text.h"
#include "simmodem/command.h"
#include "simmodem/network.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define ESC    0x1b
#define CTRL_Z 0x1a

static void imei_make(struct modem *m)
{
	char digits[24];
	snprintf(digits, sizeof digits, "%.8s%06u", m->profile->tac, (123400 + (unsigned)m->index) % 1000000);
	int sum = 0;
	for (int i = 0; i < 14; i++) {
		int d = digits[i] - '0';
		if (i % 2)
			d = d * 2 > 9 ? d * 2 - 9 : d * 2;
		sum += d;
	}
	snprintf(m->imei, sizeof m->imei, "%.14s%d", digits, (10 - sum % 10) % 10);
}

void modem_init(struct modem *m, struct network *net, int index, const struct profile *profile,
		const char *number)
{
	*m = (struct modem){.net = net,
			    .index = index,
			    .profile = profile,
			    .ack_ms = 15000,
			    .cfun = 1,
			    .link_ms = -1,
			    .hold_ms = 5000,
			    .overridden = -1,
			    .tty_count = 1};
	m->tty[0] = (struct tty){.kind = TTY_AT, .interface = -1};
	text_copy(m->number, sizeof m->number, number);
	imei_make(m);
	snprintf(m->iccid, sizeof m->iccid, "89860000000012345%03u", (unsigned)index % 1000);
	snprintf(m->imsi, sizeof m->imsi, "4600001234567%02u", (unsigned)index % 100);
	text_copy(m->pin_state, sizeof m->pin_state, "READY");
	text_copy(m->puk, sizeof m->puk, "12345678");
	text_copy(m->smsc, sizeof m->smsc, SMSC_HOME);
	text_copy(m->csca, sizeof m->csca, SMSC_HOME);
	text_copy(m->operator_name, sizeof m->operator_name, "CHINA MOBILE");
	m->pin_tries = 3;
	m->puk_tries = 10;
	for (int i = 0; i < PROFILE_STORES && profile->stores[i].name; i++)
		memory_init(&m->stores[m->store_count++], profile->stores[i].name, profile->stores[i].size);
	modem_settings_default(m);
}

static void override_done(struct override *o)
{
	free(o->lines);
	free(o->then);
}

void modem_done(struct modem *m)
{
	for (int i = 0; i < m->store_count; i++)
		memory_done(&m->stores[i]);
	modem_output_clear(m);
	for (int i = 0; i < m->tty_count; i++) {
		free(m->tty[i].chunks);
		buf_done(&m->tty[i].in);
	}
	for (int i = 0; i < m->ussd_count; i++)
		free(m->ussd[i].text);
	for (int i = 0; i < m->override_count; i++)
		override_done(&m->override[i]);
	for (int i = 0; i < m->later_count; i++)
		free(m->later[i].text);
	buf_done(&m->line);
	buf_done(&m->reply);
	buf_done(&m->held);
	buf_done(&m->buffered);
	stamps_done(&m->stamps);
}

int modem_resize_stores(struct modem *m, const char *spec)
{
	while (*spec) {
		char name[3];
		int size, used = 0;
		if (sscanf(spec, "%2[A-Z]:%d%n", name, &size, &used) != 2 || strlen(name) != 2 || size < 0 ||
		    size > 9999)
			return -EINVAL;
		struct memory *store = modem_memory(m, name);
		if (!store) {
			if (m->store_count == PROFILE_STORES)
				return -EINVAL;
			store = &m->stores[m->store_count++];
		} else {
			memory_done(store);
		}
		memory_init(store, name, size);
		spec += used;
		if (*spec == ',')
			spec++;
		else if (*spec)
			return -EINVAL;
	}
	return 0;
}

struct memory *modem_memory(struct modem *m, const char *name)
{
	for (int i = 0; i < m->store_count; i++)
		if (!strcmp(m->stores[i].name, name))
			return &m->stores[i];
	return NULL;
}

void modem_ttys(struct modem *m)
{
	const char *p = m->profile->ttys ? m->profile->ttys : "a0";
	m->tty_count = 0;
	m->main_tty = -1;
	for (char kind; m->tty_count < TTYS_MAX && *p; p += strcspn(p, " "), p += *p == ' ') {
		int interface = 0;
		if (sscanf(p, "%c%d", &kind, &interface) != 2)
			break;
		if (kind == TTY_AT && m->main_tty < 0)
			m->main_tty = m->tty_count;
		m->tty[m->tty_count++] = (struct tty){.kind = (enum tty_kind)kind, .interface = interface};
	}
	m->talker = m->main_tty;
	m->set.route = m->main_tty;
}

void modem_clear(struct modem *m)
{
	for (int i = 0; i < m->store_count; i++)
		memory_clear(&m->stores[i]);
	for (int i = 0; i < FAULT_ID_COUNT; i++)
		m->fault[i] = (struct fault){0};
	m->count = (struct counters){0};
	buf_reset(&m->held);
	m->silent_until_ms = 0;
	m->ack_waiting = m->deaf = m->flapped_away = false;
	m->time_offset_s = 0;
	for (int i = 0; i < m->override_count; i++)
		override_done(&m->override[i]);
	m->override_count = 0;
	m->overridden = -1;
	text_copy(m->csca, sizeof m->csca, m->smsc);
}

bool modem_spoil(struct modem *m, enum fault_id id)
{
	return fault_take(&m->fault[id]);
}

bool modem_sim_ready(const struct modem *m)
{
	return !strcmp(m->pin_state, "READY");
}

int modem_registration(const struct modem *m)
{
	if (m->cfun != 1 || !modem_sim_ready(m))
		return 0;
	if (m->flapped_away)
		return 2;
	return fault_on(&m->fault[F_REGISTRATION]) ? (int)m->fault[F_REGISTRATION].value : 1;
}

bool modem_registered(const struct modem *m)
{
	int status = modem_registration(m);
	return status == 1 || status == 5 || status == 6 || status == 7;
}

/* What was typed at the prompt is complete, or given up. */
static void prompt_end(struct modem *m, bool given_up)
{
	m->input = INPUT_COMMAND;
	stamps_add(&m->stamps, m->net->now_us, STAMP_PAYLOAD, buf_str(&m->line), m->line.len);
	if (given_up)
		reply_finish(m, "OK");
	else
		command_text(m, buf_str(&m->line));
	buf_reset(&m->line);
	modem_urc_release(m);
}

static void prompt_byte(struct modem *m, char c)
{
	if (m->set.echo || fault_on(&m->fault[F_ECHO_PDU]))
		reply_raw(m, &c, 1);
	if (c == CTRL_Z || c == ESC)
		prompt_end(m, c == ESC);
	else if (c == m->set.s5 && m->line.len)
		m->line.data[--m->line.len] = 0;
	else if (m->line.len < MODEM_LINE_MAX)
		buf_addc(&m->line, c);
}

static void command_byte(struct modem *m, char c)
{
	if (m->set.echo)
		reply_raw(m, &c, 1);
	if (c == m->set.s3) {
		cleanup_free char *line = buf_take(&m->line);
		stamps_add(&m->stamps, m->net->now_us, STAMP_COMMAND, line ? line : "",
			   line ? strlen(line) : 0);
		command_line(m, line ? line : "");
	} else if (c == m->set.s5) {
		if (m->line.len)
			m->line.data[--m->line.len] = 0;
	} else if ((unsigned char)c >= 0x20 && m->line.len < MODEM_LINE_MAX) {
		buf_addc(&m->line, c);
	}
}

static bool ready_for_input(const struct modem *m)
{
	return m->job == JOB_NONE && m->net->now_ms >= m->busy_until_ms;
}

static void talker_bytes(struct modem *m, int k)
{
	struct buf *in = &m->tty[k].in;
	size_t i = 0;
	while (i < in->len && ready_for_input(m) && !m->replug &&
	       (m->input == INPUT_COMMAND || m->talker == k)) {
		/* half a command line of another terminal is forgotten */
		if (m->talker != k)
			buf_reset(&m->line);
		m->talker = k;
		char c = in->data[i++];
		if (m->input == INPUT_PROMPT)
			prompt_byte(m, c);
		else
			command_byte(m, c);
	}
	buf_drop(in, i < in->len ? i : in->len);
}

static void input_process(struct modem *m)
{
	for (int k = 0; k < m->tty_count; k++)
		if (m->tty[k].kind == TTY_AT && m->tty[k].in.len)
			talker_bytes(m, k);
}

void modem_feed(struct modem *m, int tty, const char *bytes, size_t n)
{
	struct tty *t = &m->tty[tty];
	if (m->net->now_ms < m->silent_until_ms)
		return;
	switch (t->kind) {
	case TTY_AT:
		if (t->in.len + n < MODEM_OUTPUT_MAX)
			buf_add(&t->in, bytes, n);
		input_process(m);
		return;
	case TTY_DIAG: /* an HDLC frame: bad command */
		modem_noise(m, tty, "~\x13\x41\x54\x0d\x8a\x3c~", 8);
		return;
	case TTY_LOG:
	case TTY_NMEA:
		return;
	}
}

static int64_t noise_period(const struct modem *m)
{
	if (fault_on(&m->fault[F_NOISE]))
		return m->fault[F_NOISE].value;
	return m->profile->noise && !m->noise_over ? m->profile->noise_ms : 0;
}

static void noise(struct modem *m)
{
	const char *text = *m->fault[F_NOISE].text ? m->fault[F_NOISE].text
			   : m->profile->noise     ? m->profile->noise
						   : "^RSSI:18";
	modem_urc(m, "%s", text);
	for (int k = 0; k < m->tty_count; k++)
		if (m->tty[k].kind == TTY_LOG && !m->tty[k].chunk_count)
			modem_noise(m, k,
				    "\x7e\x00\x9a\xff"
				    "EC_LOG\x01\x7e",
				    12);
}

static void network_turns(struct modem *m)
{
	int64_t now = m->net->now_ms;
	if (m->sim_back_ms && now >= m->sim_back_ms) {
		const char *why;
		m->sim_back_ms = 0;
		modem_fault(m, F_PIN, 1, *m->pin ? "SIM PIN" : "READY", 0, 0, &why);
	}
	if (m->lock_ms && now >= m->lock_ms) {
		m->lock_ms = 0;
		m->silent_until_ms = MODEM_NEVER; /* until its power goes */
	}
	if (fault_on(&m->fault[F_FLAPS]) ? now >= m->flap_ms : m->flapped_away) {
		m->flapped_away = !m->flapped_away;
		m->flap_ms = now + m->fault[F_FLAPS].value;
		m->fault[F_FLAPS].spoilt += m->flapped_away;
		command_registration_urc(m);
		if (!m->flapped_away)
			network_retry(m->net, m->index);
	}
}

void modem_tick(struct modem *m)
{
	int64_t now = m->net->now_ms;
	if (now < m->silent_until_ms)
		return;
	if (m->silent_until_ms) { /* it hears again */
		m->silent_until_ms = 0;
		network_retry(m->net, m->index);
	}
	if (m->job != JOB_NONE && now >= m->busy_until_ms)
		command_job(m);
	modem_boot_tick(m);
	network_turns(m);
	if (noise_period(m) && now >= m->noise_next_ms) {
		m->noise_next_ms = now + noise_period(m);
		noise(m);
	}
	if (m->ack_waiting && now >= m->ack_deadline_ms)
		modem_acknowledge(m, false);
	modem_ring_tick(m);
	modem_later_tick(m);
	input_process(m);
}

static bool input_waits(const struct modem *m)
{
	for (int k = 0; k < m->tty_count; k++)
		if (m->tty[k].in.len)
			return true;
	return false;
}

int64_t modem_next_ms(const struct modem *m)
{
	int64_t next = modem_boot_next_ms(m);
	if (m->silent_until_ms)
		return m->silent_until_ms;
	if (m->job != JOB_NONE || (input_waits(m) && m->net->now_ms < m->busy_until_ms))
		next = lesser(next, m->busy_until_ms);
	if (noise_period(m))
		next = lesser(next, m->noise_next_ms);
	if (m->ack_waiting)
		next = lesser(next, m->ack_deadline_ms);
	if (m->call.active)
		next = lesser(next, m->call.next_ms);
	if (m->lock_ms)
		next = lesser(next, m->lock_ms);
	if (m->sim_back_ms)
		next = lesser(next, m->sim_back_ms);
	if (fault_on(&m->fault[F_FLAPS]))
		next = lesser(next, m->flap_ms);
	for (int i = 0; i < m->later_count; i++)
		next = lesser(next, m->later[i].due_ms);
	return next;
}
