/* Faults as they are armed, and those that happen at once. */
#include "base/mem.h"
#include "base/text.h"
#include "simmodem/command.h"
#include "simmodem/modem.h"
#include "simmodem/network.h"

#include <errno.h>
#include <string.h>

#define NOISE_PERIOD_MS 1000 /* when only a TEXT is given */

static int leave(struct modem *m, int64_t ms, const char *name, const char **ret_why)
{
	if (strchr(name, '/') || strlen(name) >= sizeof m->replug_name) {
		*ret_why = "the new name of the port is a plain, short file name";
		return -EINVAL;
	}
	modem_leave(m, ms, name);
	return 0;
}

static void say_lines(struct modem *m, const char *lines)
{
	char line[64];
	while (lines && *lines) {
		size_t n = strcspn(lines, "\n");
		text_copy(line, n < sizeof line ? n + 1 : sizeof line, lines);
		modem_urc(m, "%s", line);
		lines += n + (lines[n] == '\n');
	}
}

static int sim_state(struct modem *m, const char *state, const char **ret_why)
{
	static const char *const states[] = {"READY", "SIM PIN", "SIM PUK", "NOT INSERTED", "PH-NET PIN"};
	size_t i = 0;
	while (i < ARRAY_LEN(states) && strcmp(states[i], state) != 0)
		i++;
	if (i == ARRAY_LEN(states)) {
		*ret_why = "the SIM says READY, SIM PIN, SIM PUK, NOT INSERTED or PH-NET PIN";
		return -EINVAL;
	}
	bool was_in = strcmp(m->pin_state, "NOT INSERTED") != 0, is_in = strcmp(state, "NOT INSERTED") != 0;
	text_copy(m->pin_state, sizeof m->pin_state, state);
	if (!strcmp(state, "SIM PIN") && !*m->pin)
		text_copy(m->pin, sizeof m->pin, "1234");
	if (was_in && !is_in)
		say_lines(m, m->profile->sim_gone);
	if (!was_in && is_in)
		say_lines(m, m->profile->sim_back);
	command_registration_urc(m);
	return 0;
}

static void flood(struct modem *m, int64_t kib)
{
	char noise[1024];
	for (size_t i = 0; i < sizeof noise; i++)
		noise[i] = (char)(0x80 + i * 7 % 0x70);
	for (int64_t i = 0; i < kib && i < 64; i++)
		modem_noise(m, m->main_tty, noise, sizeof noise);
}

static int happen(struct modem *m, enum fault_id id, int64_t value, const char *text, const char **ret_why)
{
	if (id == F_HANG)
		m->silent_until_ms = m->net->now_ms + value;
	else if (id == F_SELF_RESET)
		modem_self_reset(m);
	else if (id == F_CRASH)
		modem_crash(m, value, strcmp(text, "silent") != 0);
	else if (id == F_TEXT_MODE)
		m->set.cmgf = 1;
	else if (id == F_REPLUG)
		return leave(m, value, text, ret_why);
	else if (id == F_FLOOD)
		flood(m, value);
	else if (id == F_PROMPT_STUCK)
		command_prompt_stuck(m);
	else if (id == F_MR)
		m->mr = (uint8_t)value;
	else if (id == F_PIN)
		return sim_state(m, text, ret_why);
	else if (id == F_SIM_LOST) {
		m->sim_back_ms = m->net->now_ms + value;
		return sim_state(m, "NOT INSERTED", ret_why);
	}
	return 0;
}

/* What a fault that is armed changes at once. */
static void take_effect(struct modem *m, enum fault_id id, int64_t value)
{
	if (id == F_REGISTRATION || id == F_CREG || id == F_CEREG)
		command_registration_urc(m);
	else if (id == F_NOISE)
		m->noise_next_ms = m->net->now_ms + value;
	else if (id == F_FLAPS)
		m->flap_ms = m->net->now_ms;
	else if (id == F_DEAF)
		m->deaf = value != 0;
	else if (id == F_URC_ELSEWHERE)
		m->set.route = value ? ROUTE_AWAY : m->main_tty;
	else if (id == F_SMSC_EMPTY)
		text_copy(m->csca, sizeof m->csca, value ? "" : m->smsc);
	else if (id == F_SMSC_WRONG)
		text_copy(m->csca, sizeof m->csca, value ? SMSC_ELSEWHERE : m->smsc);
}

int modem_fault(struct modem *m, enum fault_id id, int64_t value, const char *text, int64_t count,
		int64_t after, const char **ret_why)
{
	if (after > 0) {
		fault_set_after(&m->fault[id], value, text, count, after);
		return 0;
	}
	if (id == F_NOISE && !value)
		value = text && *text ? NOISE_PERIOD_MS : 0;
	fault_set(&m->fault[id], id, value, text, count);
	take_effect(m, id, value);
	int r = fault_infos[id].kind == FAULT_ACTION ? happen(m, id, value, text ? text : "", ret_why) : 0;
	if (!r && modem_registered(m))
		network_retry(m->net, m->index);
	return r;
}

void modem_fault_step(struct modem *m)
{
	const char *why;
	for (int i = 0; i < FAULT_ID_COUNT; i++) {
		struct fault *f = &m->fault[i];
		if (fault_due(f))
			modem_fault(m, (enum fault_id)i, f->value, f->text, f->count, 0, &why);
	}
}
