/* Registration: any of the row's domains that is usable is enough to try (an LTE modem may have no
 * circuit-switched one). Signal and operator by the way. */
#include "daemon/session_internal.h"
#include "daemon/session_actions.h"
#include "daemon/alarm.h"

#include <errno.h>

#define ASK_MS      1000 /* some tell of nothing by themselves, and most have a network within seconds */
#define ASK_LATER   10
#define ASK_MORE_MS 5000
#define ASK_RARELY  30
#define ASK_RARE_MS 30000
#define STEP_MAX    3 /* the pause between two steps of the ladder doubles so often */
#define STAT_DENIED 3 /* TS 27.007 7.2 */

static void ask(struct session *s);

static void note(struct session *s, int stat, int act)
{
	s->reg_known = true;
	if (act >= 0)
		s->act = act;
	if (at_reg_usable(s->row, stat)) {
		s->reg_stat = stat;
		s->registered = true;
	}
	s->denied |= stat == STAT_DENIED;
}

void init_registration_urc(struct session *s, const struct at_urc *u)
{
	struct at_registration reg;
	if (at_parse_reg(u->line, false, &reg))
		return;
	bool was = s->registered;
	operator_registration(s, u->line, false);
	/* one domain that is lost says nothing of the others: ask */
	note(s, reg.stat, reg.act);
	if (!was && s->registered && s->state == SESSION_REGISTERING)
		session_event(s, EV_REGISTERED);
	else if (was && !at_reg_usable(s->row, reg.stat) && s->state == SESSION_READY) {
		s->check_due = true;
		session_event(s, EV_READ);
	}
}

/* Without a SIM there is no network either, and nothing of the ladder brings it back. */
static void on_sim(void *user, const struct at_reply *r)
{
	struct session *s = user;
	if (port_over(s, r))
		return;
	if (at_read_pin(r) == PIN_READY)
		session_trouble(s, CAUSE_UNREGISTERED);
	else
		session_event(s, EV_CONFUSED);
}

/* Long without a network although it answers: the ladder, ever more rarely, and never against a refusal. */
static void wait_for_network(struct session *s)
{
	int64_t now = mono_ms(), pause = s->row->network_patience_ms;
	int asked = s->register_errors++;
	if (!s->unregistered_ms) {
		s->unregistered_ms = now;
		s->network_steps = 0;
		s->network_step_ms = now + pause;
	}
	alarm_raise(s->d, s->config->name, ALARM_UNREGISTERED, "%s", s->operator_name);
	session_due_in(s, asked < ASK_LATER ? ASK_MS : asked < ASK_RARELY ? ASK_MORE_MS : ASK_RARE_MS, NULL);
	if (now < s->network_step_ms || s->denied)
		return;
	s->network_step_ms = now + (pause << s->network_steps);
	if (s->network_steps < STEP_MAX)
		s->network_steps++;
	struct at_command c = at_cmd_pin_query(s->row);
	port_submit(s, &c, on_sim);
}

/* The question was a step of the initialising, or of the wait; or it was overtaken by an unsolicited answer. */
static void settled(struct session *s)
{
	if (s->state == SESSION_PROBING)
		init_step_done(s, true);
	else if (s->state == SESSION_REGISTERING && s->registered)
		session_event(s, EV_REGISTERED);
	else if (s->state == SESSION_REGISTERING && !operator_cause(s))
		wait_for_network(s);
}

static void on_operator(void *user, const struct at_reply *r)
{
	struct session *s = user;
	int act;
	if (port_over(s, r))
		return;
	if (at_read_operator(r, s->operator_name, sizeof s->operator_name, &act) == 0 && act >= 0)
		s->act = act;
	settled(s);
}

static void on_signal(void *user, const struct at_reply *r)
{
	struct session *s = user;
	if (port_over(s, r))
		return;
	at_read_signal(r, &s->signal);
	struct at_command c = at_cmd_operator();
	port_submit(s, &c, on_operator);
}

static void asked_all(struct session *s)
{
	/* a modem that answers no such question is worth a try */
	if (!s->reg_known)
		s->registered = true;
	if (s->registered) {
		struct at_command c = at_cmd_signal();
		port_submit(s, &c, on_signal);
	} else
		settled(s);
}

static void next_domain(struct session *s)
{
	s->procedure++;
	ask(s);
}

static void on_report(void *user, const struct at_reply *r)
{
	struct session *s = user;
	if (!port_over(s, r))
		next_domain(s);
}

static void on_query(void *user, const struct at_reply *r)
{
	struct session *s = user;
	struct at_registration reg;
	if (port_over(s, r))
		return;
	if (at_read_reg(r, &reg) == 0) {
		for (size_t i = 0; i < r->count; i++)
			operator_registration(s, r->lines[i], true);
		s->reg_answers |= 1u << s->procedure;
		note(s, reg.stat, reg.act);
		if (reg.mode == 0 && s->state == SESSION_PROBING) {
			const char *domain = s->row->reg_commands.word[s->procedure];
			struct at_command c = at_cmd_reg_report(domain, 1);
			port_submit(s, &c, on_report);
			return;
		}
	}
	next_domain(s);
}

static void ask(struct session *s)
{
	if (s->procedure >= s->row->reg_commands.count) {
		asked_all(s);
		return;
	}
	struct at_command c = at_cmd_reg_query(s->row, s->row->reg_commands.word[s->procedure]);
	port_submit(s, &c, on_query);
}

void init_register(struct session *s)
{
	s->registered = s->denied = false;
	s->register_errors = 0;
	s->procedure = 0;
	operator_begin(s);
	ask(s);
}

void init_registration_watch(struct session *s)
{
	s->procedure = 0;
	s->denied = false;
	ask(s);
}
