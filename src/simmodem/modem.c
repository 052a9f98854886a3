#include "simmodem/modem.h"
#include "base/mem.h"
#include "base/text.h"
#include "simmodem/command.h"
#include "simmodem/network.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define BOOT_STEP_MS 20
#define ESC          0x1b
#define CTRL_Z       0x1a

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

static void settings_default(struct modem *m)
{
	const struct profile *p = m->profile;
	struct settings *s = &m->set;
	*s = (struct settings){
	    .echo = !(p->quirks & QUIRK_ECHO_OFF), .verbose = true, .s3 = '\r', .s4 = '\n', .s5 = 8};
	s->cmgf = p->quirks & QUIRK_TEXT_MODE_DEFAULT ? 1 : 0;
	sscanf(p->cnmi_default, "%d,%d,%d,%d,%d", &s->cnmi[0], &s->cnmi[1], &s->cnmi[2], &s->cnmi[3],
	       &s->cnmi[4]);
	for (int i = 0; i < 3; i++)
		text_copy(s->mem[i], sizeof s->mem[i], p->default_store);
	text_copy(s->phonebook, sizeof s->phonebook, "SM");
	text_copy(s->cscs, sizeof s->cscs, "IRA");
}

void modem_init(struct modem *m, struct network *net, int index, const struct profile *profile,
		const char *number)
{
	*m = (struct modem){.net = net, .index = index, .profile = profile, .ack_ms = 15000, .cfun = 1};
	text_copy(m->number, sizeof m->number, number);
	imei_make(m);
	snprintf(m->iccid, sizeof m->iccid, "89860000000012345%03u", (unsigned)index % 1000);
	snprintf(m->imsi, sizeof m->imsi, "4600001234567%02u", (unsigned)index % 100);
	text_copy(m->pin_state, sizeof m->pin_state, "READY");
	text_copy(m->puk, sizeof m->puk, "12345678");
	text_copy(m->smsc, sizeof m->smsc, "+8613800000500");
	text_copy(m->operator_name, sizeof m->operator_name, "CHINA MOBILE");
	m->pin_tries = 3;
	m->puk_tries = 10;
	for (int i = 0; i < PROFILE_STORES && profile->stores[i].name; i++)
		memory_init(&m->stores[m->store_count++], profile->stores[i].name, profile->stores[i].size);
	settings_default(m);
}

void modem_done(struct modem *m)
{
	for (int i = 0; i < m->store_count; i++)
		memory_done(&m->stores[i]);
	for (size_t i = 0; i < m->chunk_count; i++)
		free(m->chunks[i].bytes);
	free(m->chunks);
	buf_done(&m->in);
	buf_done(&m->line);
	buf_done(&m->reply);
	buf_done(&m->held);
	journal_done(&m->journal);
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

static void restart(struct modem *m)
{
	settings_default(m);
	m->input = INPUT_COMMAND;
	m->job = JOB_NONE;
	m->cfun = 1;
	m->ack_waiting = false;
	m->call.active = false;
	m->busy_until_ms = m->link_until_ms = 0;
	buf_reset(&m->in);
	buf_reset(&m->line);
	buf_reset(&m->reply);
	buf_reset(&m->held);
	if (*m->pin && strcmp(m->pin_state, "SIM PUK"))
		text_copy(m->pin_state, sizeof m->pin_state, "SIM PIN");
}

void modem_boot(struct modem *m)
{
	restart(m);
	for (size_t i = 0; i < m->chunk_count; i++)
		free(m->chunks[i].bytes);
	m->chunk_count = m->waiting = 0;
	m->boot_next = m->profile->boot;
	m->boot_next_ms = m->net->now_ms + BOOT_STEP_MS;
	m->noise_over = false;
	m->noise_next_ms = m->net->now_ms + m->profile->noise_ms;
	m->busy_once = m->profile->busy_error != 0;
	m->count.resets++;
}

/* Settings fall back although the port stays (text mode, echo, +CNMI of the profile). */
static void self_reset(struct modem *m)
{
	restart(m);
	m->set.echo = true;
	m->set.cmgf = 1;
	if (modem_memory(m, "SM"))
		for (int i = 0; i < 3; i++)
			text_copy(m->set.mem[i], sizeof m->set.mem[i], "SM");
	m->count.resets++;
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
	m->ack_waiting = false;
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
	journal_add(&m->journal, m->net->now_us, JOURNAL_PAYLOAD, buf_str(&m->line), m->line.len);
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
		journal_add(&m->journal, m->net->now_us, JOURNAL_COMMAND, line ? line : "",
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

static void input_process(struct modem *m)
{
	size_t i = 0;
	while (i < m->in.len && ready_for_input(m) && !m->replug) {
		char c = m->in.data[i++];
		if (m->input == INPUT_PROMPT)
			prompt_byte(m, c);
		else
			command_byte(m, c);
	}
	buf_drop(&m->in, i);
}

void modem_feed(struct modem *m, const char *bytes, size_t n)
{
	if (m->net->now_ms < m->silent_until_ms)
		return;
	if (m->in.len + n < MODEM_OUTPUT_MAX)
		buf_add(&m->in, bytes, n);
	input_process(m);
}

static void boot_step(struct modem *m)
{
	size_t n = strcspn(m->boot_next, "\n");
	char line[64];
	snprintf(line, sizeof line, "%.*s", (int)n, m->boot_next);
	/* A SIM that waits for its PIN says so instead. */
	if (!strncmp(line, "+CPIN:", 6) && !modem_sim_ready(m))
		snprintf(line, sizeof line, "+CPIN: %s", m->pin_state);
	modem_urc(m, "%s", line);
	m->boot_next += n;
	m->boot_next = *m->boot_next ? m->boot_next + 1 : NULL;
	m->boot_next_ms = m->net->now_ms + BOOT_STEP_MS;
}

static int64_t noise_period(const struct modem *m)
{
	if (fault_on(&m->fault[F_NOISE]))
		return m->fault[F_NOISE].value;
	return m->profile->noise && !m->noise_over ? m->profile->noise_ms : 0;
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
	if (m->boot_next && now >= m->boot_next_ms)
		boot_step(m);
	if (noise_period(m) && now >= m->noise_next_ms) {
		m->noise_next_ms = now + noise_period(m);
		modem_urc(m, "%s",
			  *m->fault[F_NOISE].text ? m->fault[F_NOISE].text
			  : m->profile->noise     ? m->profile->noise
						  : "^RSSI:18");
	}
	if (m->ack_waiting && now >= m->ack_deadline_ms)
		modem_acknowledge(m, false);
	modem_ring_tick(m);
	input_process(m);
}

static int64_t earliest(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

int64_t modem_next_ms(const struct modem *m)
{
	int64_t next = MODEM_NEVER;
	if (m->chunk_count)
		next = earliest(next, m->chunks[0].due_ms);
	if (m->job != JOB_NONE || (m->in.len && m->net->now_ms < m->busy_until_ms))
		next = earliest(next, m->busy_until_ms);
	if (m->boot_next)
		next = earliest(next, m->boot_next_ms);
	if (noise_period(m))
		next = earliest(next, m->noise_next_ms);
	if (m->ack_waiting)
		next = earliest(next, m->ack_deadline_ms);
	if (m->call.active)
		next = earliest(next, m->call.next_ms);
	if (m->silent_until_ms)
		return m->silent_until_ms;
	return next;
}

static int fault_replug(struct modem *m, int64_t ms, const char *name, const char **ret_why)
{
	if (strchr(name, '/') || strlen(name) >= sizeof m->replug_name) {
		*ret_why = "the new name of the port is a plain, short file name";
		return -EINVAL;
	}
	text_copy(m->replug_name, sizeof m->replug_name, name);
	m->replug = true;
	m->replug_ms = m->net->now_ms + ms;
	return 0;
}

static int fault_pin(struct modem *m, const char *state, const char **ret_why)
{
	static const char *const states[] = {"READY", "SIM PIN", "SIM PUK", "NOT INSERTED", "PH-NET PIN"};
	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		if (!strcmp(states[i], state)) {
			text_copy(m->pin_state, sizeof m->pin_state, state);
			if (!strcmp(state, "SIM PIN") && !*m->pin)
				text_copy(m->pin, sizeof m->pin, "1234");
			command_registration_urc(m);
			return 0;
		}
	*ret_why = "the SIM says READY, SIM PIN, SIM PUK, NOT INSERTED or PH-NET PIN";
	return -EINVAL;
}

int modem_fault(struct modem *m, enum fault_id id, int64_t value, const char *text, int64_t count,
		const char **ret_why)
{
	fault_set(&m->fault[id], id, value, text, count);
	int r = 0;
	if (id == F_HANG)
		m->silent_until_ms = m->net->now_ms + value;
	else if (id == F_SELF_RESET)
		self_reset(m);
	else if (id == F_TEXT_MODE)
		m->set.cmgf = 1;
	else if (id == F_REPLUG)
		r = fault_replug(m, value, text ? text : "", ret_why);
	else if (id == F_PIN)
		r = fault_pin(m, text ? text : "", ret_why);
	else if (id == F_REGISTRATION)
		command_registration_urc(m);
	else if (id == F_NOISE)
		m->noise_next_ms = m->net->now_ms + value;
	if (!r && modem_registered(m))
		network_retry(m->net, m->index);
	return r;
}
