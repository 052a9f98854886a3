/* Registration: any of the row's domains that is usable is enough to try (an LTE modem may have no
 * circuit-switched one). Signal and operator by the way. */
#include "daemon/session_internal.h"
#include "daemon/session_actions.h"
#include "base/log.h"

#include <errno.h>

#define ASK_MS      5000
#define ASK_SLOW_MS 60000
#define AGAIN_MS    300000 /* not registered for so long: AT+COPS=0 */

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
}

void init_registration_urc(struct session *s, const struct at_urc *u)
{
	struct at_registration reg;
	if (at_parse_reg(u->line, false, &reg))
		return;
	bool was = s->registered;
	/* one domain that is lost says nothing of the others: ask */
	note(s, reg.stat, reg.act);
	if (!was && s->registered && s->state == SESSION_REGISTERING)
		session_event(s, EV_REGISTERED);
	else if (was && !at_reg_usable(s->row, reg.stat) && s->state == SESSION_READY) {
		s->check_due = true;
		session_event(s, EV_READ);
	}
}

/* The question was a step of the initialising, or of the wait; or it was overtaken by an unsolicited answer. */
static void settled(struct session *s)
{
	if (s->state == SESSION_PROBING)
		init_step_done(s, true);
	else if (s->state == SESSION_REGISTERING && s->registered)
		session_event(s, EV_REGISTERED);
	else if (s->state == SESSION_REGISTERING)
		session_due_in(s, s->register_errors++ < 24 ? ASK_MS : ASK_SLOW_MS, NULL);
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

static void on_query(void *user, const struct at_reply *r)
{
	struct session *s = user;
	struct at_registration reg;
	if (port_over(s, r))
		return;
	if (at_read_reg(r, &reg) == 0) {
		s->reg_answers |= 1u << s->procedure;
		note(s, reg.stat, reg.act);
	}
	s->procedure++;
	ask(s);
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

static void on_report(void *user, const struct at_reply *r)
{
	struct session *s = user;
	if (port_over(s, r))
		return;
	if (++s->procedure < s->row->reg_commands.count) {
		struct at_command c = at_cmd_reg_report(s->row->reg_commands.word[s->procedure], 1);
		port_submit(s, &c, on_report);
		return;
	}
	s->procedure = 0;
	ask(s);
}

void init_register(struct session *s)
{
	s->registered = false;
	s->register_errors = 0;
	if (!s->row->reg_commands.count) {
		asked_all(s);
		return;
	}
	struct at_command c = at_cmd_reg_report(s->row->reg_commands.word[0], 1);
	port_submit(s, &c, on_report);
}

static void on_operator_auto(void *user, const struct at_reply *r)
{
	struct session *s = user;
	if (!port_over(s, r))
		ask(s);
}

void init_registration_watch(struct session *s)
{
	s->procedure = 0;
	if (s->register_errors > 0 && s->register_errors % (AGAIN_MS / ASK_MS) == 0) {
		log_warning("%s: no network; registering anew", s->config->name);
		s->register_errors++;
		struct at_command c = at_cmd_operator_auto();
		port_submit(s, &c, on_operator_auto);
		return;
	}
	ask(s);
}
