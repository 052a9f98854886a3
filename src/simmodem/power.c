/* Starts and restarts: which settings a modem has after power-up, its boot lines, and how it goes away. Stores,
 * counters and what waits in the network survive. */
#include "simmodem/command.h"
#include "simmodem/modem.h"
#include "simmodem/network.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

#define BOOT_STEP_MS 20

static int route_default(const struct modem *m)
{
	return fault_on(&m->fault[F_URC_ELSEWHERE]) ? ROUTE_AWAY : m->main_tty;
}

void modem_settings_default(struct modem *m)
{
	const struct profile *p = m->profile;
	struct settings *s = &m->set;
	*s = (struct settings){.echo = !(p->quirks & QUIRK_ECHO_OFF),
			       .verbose = true,
			       .s3 = '\r',
			       .s4 = '\n',
			       .s5 = 8,
			       .ctzu = true,
			       .route = route_default(m)};
	s->cmgf = p->quirks & QUIRK_TEXT_MODE_DEFAULT ? 1 : 0;
	sscanf(p->cnmi_default, "%d,%d,%d,%d,%d", &s->cnmi[0], &s->cnmi[1], &s->cnmi[2], &s->cnmi[3],
	       &s->cnmi[4]);
	for (int i = 0; i < 3; i++)
		text_copy(s->mem[i], sizeof s->mem[i], p->default_store);
	for (int i = 0; i < PROFILE_SWITCHES && p->flags[i].command; i++)
		s->flag[p->flags[i].flag] = p->flags[i].value;
	text_copy(s->phonebook, sizeof s->phonebook, "SM");
	text_copy(s->cscs, sizeof s->cscs, "IRA");
}

static void restart(struct modem *m)
{
	modem_settings_default(m);
	m->input = INPUT_COMMAND;
	m->job = JOB_NONE;
	m->cfun = 1;
	m->ack_waiting = m->call.active = m->waits = m->deaf = false;
	m->busy_until_ms = m->link_until_ms = m->lock_ms = 0;
	m->boot_next = NULL;
	buf_reset(&m->line);
	buf_reset(&m->reply);
	buf_reset(&m->held);
	buf_reset(&m->buffered);
	for (int i = 0; i < m->tty_count; i++)
		buf_reset(&m->tty[i].in);
	if (*m->pin && modem_sim_ready(m))
		text_copy(m->pin_state, sizeof m->pin_state, "SIM PIN");
	m->count.resets++;
}

void modem_boot(struct modem *m)
{
	restart(m);
	modem_output_clear(m);
	m->boot_next = m->profile->boot;
	m->boot_next_ms = m->net->now_ms + BOOT_STEP_MS;
	m->noise_over = false;
	m->silent_until_ms = 0;
	m->noise_next_ms = m->net->now_ms + m->profile->noise_ms;
	m->busy_once = m->profile->busy_error != 0;
	m->start_once = m->profile->start_cms != 0;
	if (fault_on(&m->fault[F_BOOT_MS])) {
		m->silent_until_ms = m->net->now_ms + m->fault[F_BOOT_MS].value;
		m->boot_next_ms = m->silent_until_ms;
	}
	m->sms_ready_ms = m->profile->sms_ready_ms ? m->boot_next_ms + m->profile->sms_ready_ms : 0;
}

void modem_self_reset(struct modem *m)
{
	restart(m);
	m->set.echo = true;
	m->set.cmgf = 1;
	if (modem_memory(m, "SM"))
		for (int i = 0; i < 3; i++)
			text_copy(m->set.mem[i], sizeof m->set.mem[i], "SM");
}

void modem_crash(struct modem *m, int64_t ms, bool boot_lines)
{
	modem_output_clear(m);
	modem_boot(m);
	modem_self_reset(m);
	m->count.resets--; /* it was one */
	m->silent_until_ms = m->net->now_ms + ms;
	if (boot_lines)
		m->boot_next = m->profile->boot;
	m->boot_next_ms = m->silent_until_ms;
}

void modem_leave(struct modem *m, int64_t ms, const char *name)
{
	if (m->profile->quirks & QUIRK_CDROM && m->set.flag[FLAG_ZCDRUN] != 8)
		ms *= 2; /* somebody has to switch it over first */
	text_copy(m->replug_name, sizeof m->replug_name, name ? name : "");
	m->replug = true;
	m->replug_ms = m->net->now_ms + ms;
}

void modem_wear(struct modem *m)
{
	m->count.power++;
	if (!fault_on(&m->fault[F_CFUN_LIMIT]))
		return;
	if (m->fault[F_CFUN_LIMIT].value-- <= 0) {
		modem_output_clear(m);
		m->silent_until_ms = MODEM_NEVER;
	}
}

void modem_boot_tick(struct modem *m)
{
	if (!m->boot_next || m->net->now_ms < m->boot_next_ms)
		return;
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

int64_t modem_boot_next_ms(const struct modem *m)
{
	return m->boot_next ? m->boot_next_ms : MODEM_NEVER;
}
