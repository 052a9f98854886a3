/* Walking the row's steps: plain commands, and verbs of several exchanges. When a phase is through: the SIM,
 * the settings, the registration. */
#include "daemon/session_internal.h"
#include "daemon/alarm.h"
#include "base/log.h"
#include "base/text.h"
#include "store/event.h"

#include <errno.h>
#include <string.h>

#define INIT_MS      180000
#define RETRY_MS     100
#define RETRY_MAX_MS 1000

static void run_step(struct session *s);

static const struct modem_step *step_at(const struct session *s)
{
	return &s->steps->step[s->step];
}

void init_begin(struct session *s)
{
	s->phase = WHEN_OPEN;
	s->steps = &s->row->init;
	s->outer = NULL;
	s->step = 0;
	s->tries = 0;
	s->procedure = 0;
	s->notify = -1;
	s->reg_known = false;
	run_step(s);
}

void init_go_on(struct session *s)
{
	s->tries = 0;
	s->procedure = 0;
	run_step(s);
}

/* Steps stand in the order in which they run; one of a later phase waits until that phase is there. */
static void phase_through(struct session *s, enum modem_when next)
{
	if (s->phase == WHEN_OPEN && next > WHEN_OPEN) {
		session_event(s, EV_SIM_READY);
		return;
	}
	session_event(s, EV_INIT_DONE);
}

static void run_quiet(struct session *s)
{
	if (s->outer || !s->row->quiet.count) {
		init_step_done(s, true);
		return;
	}
	s->outer = s->steps;
	s->outer_step = s->step;
	s->steps = &s->row->quiet;
	s->step = 0;
	run_step(s);
}

static void on_command(void *user, const struct at_reply *r)
{
	struct session *s = user;
	if (!port_over(s, r))
		init_step_done(s, r->final == AT_OK);
}

static void on_format(void *user, const struct at_reply *r)
{
	struct session *s = user;
	int mode;
	if (port_over(s, r))
		return;
	if (at_read_format(r, &mode) == 0 && mode == 0) {
		init_step_done(s, true);
		return;
	}
	struct at_command c = at_cmd_format_pdu();
	port_submit(s, &c, on_command);
}

static void on_radio(void *user, const struct at_reply *r)
{
	struct session *s = user;
	int fun;
	if (port_over(s, r))
		return;
	if (at_read_radio(r, &fun) != 0 || fun == 1) {
		init_step_done(s, true);
		return;
	}
	struct at_command c = at_cmd("AT+CFUN=1", 40000);
	port_submit(s, &c, on_command);
}

static void smsc_known(struct session *s)
{
	init_step_done(s, true);
}

static void on_smsc(void *user, const struct at_reply *r)
{
	struct session *s = user;
	if (!port_over(s, r))
		operator_smsc(s, r, smsc_known);
}

/* Written only on a difference: some keep it in flash. */
static void on_service(void *user, const struct at_reply *r)
{
	struct session *s = user;
	int service;
	if (port_over(s, r))
		return;
	if (at_read_service(r, &service) == 0 && service == s->row->csms) {
		init_step_done(s, true);
		return;
	}
	struct at_command c = at_cmd_service(s->row);
	port_submit(s, &c, on_command);
}

static void ask_iccid(struct session *s);

static void on_iccid(void *user, const struct at_reply *r)
{
	struct session *s = user;
	if (port_over(s, r))
		return;
	/* the one that this modem understands is asked first the next time */
	if (at_read_iccid(r, s->iccid) != 0 && ++s->procedure < s->row->iccid.count) {
		s->iccid_command = (s->iccid_command + 1) % s->row->iccid.count;
		ask_iccid(s);
		return;
	}
	s->iccid_done(s);
}

static void ask_iccid(struct session *s)
{
	struct at_command c = at_cmd_iccid(s->row->iccid.word[s->iccid_command % s->row->iccid.count]);
	port_submit(s, &c, on_iccid);
}

void init_iccid(struct session *s, void (*done)(struct session *s))
{
	s->procedure = 0;
	s->iccid_done = done;
	if (s->row->iccid.count)
		ask_iccid(s);
	else
		done(s);
}

static void iccid_known(struct session *s)
{
	if (ports_identified(s->d->ports, s, s->imei, s->iccid) == PORTS_OTHER)
		session_event(s, EV_NEXT);
	else
		init_step_done(s, true);
}

static void run_verb(struct session *s, enum modem_verb verb)
{
	struct at_command c;
	s->procedure = 0;
	switch (verb) {
	case VERB_COMMAND:
		c = at_cmd_step(step_at(s));
		port_submit(s, &c, on_command);
		break;
	case VERB_IDENTIFY:
		init_identify(s);
		break;
	case VERB_QUIET:
		run_quiet(s);
		break;
	case VERB_PIN:
		init_pin(s);
		break;
	case VERB_RADIO:
		c = at_cmd_radio_query();
		port_submit(s, &c, on_radio);
		break;
	case VERB_FORMAT:
		c = at_cmd_format_query();
		port_submit(s, &c, on_format);
		break;
	case VERB_SERVICE:
		c = at_cmd_service_query();
		port_submit(s, &c, on_service);
		break;
	case VERB_STORES:
		init_stores(s);
		break;
	case VERB_NOTIFY:
		init_notify(s);
		break;
	case VERB_SMSC:
		c = at_cmd_smsc_query();
		port_submit(s, &c, on_smsc);
		break;
	case VERB_ICCID:
		init_iccid(s, iccid_known);
		break;
	case VERB_REGISTER:
		init_register(s);
		break;
	case VERB_LIST:
		/* the read-out follows when the settings are done */
		read_all_due(s);
		init_step_done(s, true);
		break;
	case VERB_COUNT:
		break;
	}
}

static void run_step(struct session *s)
{
	if (s->step >= s->steps->count) {
		if (!s->outer) {
			phase_through(s, s->phase == WHEN_OPEN ? WHEN_PIN : WHEN_REGISTERED);
			return;
		}
		s->steps = s->outer;
		s->step = s->outer_step;
		s->outer = NULL;
		init_step_done(s, true);
		return;
	}
	const struct modem_step *step = step_at(s);
	if (step->when > s->phase) {
		if (s->phase == WHEN_OPEN) {
			phase_through(s, step->when);
			return;
		}
		/* what is for after the registration is sent with the rest: modems take it as well before */
		s->phase = step->when;
	}
	run_verb(s, step->verb);
}

/* What fails is tried again at first almost at once, since a modem that has just answered is seldom far from ready,
 * then ever more slowly, for as many seconds as the step has tries. */
static void try_again(struct session *s, const struct modem_step *step)
{
	int64_t now = mono_ms();
	if (s->tries++ == 0)
		s->step_until_ms = now + step->tries * RETRY_MAX_MS;
	int64_t pause = s->tries <= 4 ? RETRY_MS << (s->tries - 1) : RETRY_MAX_MS;
	session_due_in(s, pause, run_step);
}

void init_step_done(struct session *s, bool ok)
{
	const struct modem_step *step = step_at(s);
	if (!s->answers) {
		s->answers = true;
		session_due_in(s, INIT_MS, NULL);
	}
	if (!ok && step->on_error == ON_ERROR_RETRY && (!s->tries || mono_ms() < s->step_until_ms)) {
		try_again(s, step);
		return;
	}
	if (!ok && step->on_error != ON_ERROR_IGNORE) {
		log_warning("%s: step %s%s failed", s->config->name,
			    step->verb == VERB_COMMAND ? step->command : modem_verb_name(step->verb),
			    s->tries ? " repeatedly" : "");
		if (step->verb == VERB_FORMAT)
			alarm_raise(s->d, s->config->name, ALARM_NO_SMS, "%s", s->id.model);
		session_trouble(s, CAUSE_SETTINGS);
		return;
	}
	s->tries = 0;
	s->step++;
	run_step(s);
}

void init_hurry(struct session *s)
{
	if (s->state == SESSION_PROBING && s->due)
		session_due_in(s, 0, s->due);
}

/* ------------------------------------------------------------------------------------------------ who is it */

/* Other gaps, other steps: from the beginning, with a chat of its own. */
static void begin_as_row(struct session *s)
{
	port_new_chat(s);
	init_begin(s);
}

static void known(struct session *s)
{
	const struct modem_row *row = modem_rows_match(&s->d->rows, &s->id);
	s->identified = true;
	/* a SIM that must be this one is asked for before any PIN is given */
	if (ports_identified(s->d->ports, s, s->imei, s->config->iccid ? s->iccid : "") == PORTS_OTHER) {
		session_event(s, EV_NEXT);
		return;
	}
	if (row == s->row || s->outer) {
		init_step_done(s, true);
		return;
	}
	session_remark(s, "row %s for %s %s", row->name, s->id.maker, s->id.model);
	s->row = row;
	s->stores_known = s->notify_asked = false;
	/* once the chat that calls this has returned */
	session_due_in(s, 0, begin_as_row);
}

static void know_modem(struct session *s, const struct at_reply *r)
{
	char imei[sizeof s->imei] = "";
	at_read_imei(r, imei);
	if (strcmp(imei, s->imei) != 0)
		s->iccid[0] = 0;
	text_copy(s->imei, sizeof s->imei, imei);
	if (s->config->iccid)
		init_iccid(s, known);
	else
		known(s);
}

static void on_identity(void *user, const struct at_reply *r)
{
	struct session *s = user;
	static const size_t size = sizeof s->id.maker;
	struct at_command c;
	if (port_over(s, r))
		return;
	switch (s->procedure++) {
	case 0:
		at_read_words(r, s->id.maker, size);
		c = at_cmd_model();
		break;
	case 1:
		at_read_words(r, s->id.model, size);
		c = at_cmd_revision();
		break;
	case 2:
		at_read_words(r, s->id.revision, size);
		c = at_cmd_imei();
		break;
	default:
		know_modem(s, r);
		return;
	}
	port_submit(s, &c, on_identity);
}

void init_identify(struct session *s)
{
	if (s->identified) {
		init_step_done(s, true);
		return;
	}
	struct at_command c = at_cmd_maker();
	port_submit(s, &c, on_identity);
}
