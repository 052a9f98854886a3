/* The ladder as a session climbs it: ladder.h says which step is next, this takes it. The descriptor is closed as
 * soon as the port vanishes, and service begins again as soon as anything shows that the modem is back: its port,
 * its boot lines, or an answer. */
#include "daemon/session_internal.h"
#include "daemon/session_actions.h"
#include "daemon/alarm.h"
#include "daemon/usb_reset.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/event.h"
#include "store/line_reset.h"

#include <errno.h>
#include <string.h>

#define REOPEN_MS    1000
#define LET_GO_MS    1000 /* the command is through */
#define AWAY_MS      5000 /* a port that was to vanish is there: so it is asked */
#define LISTEN_MS    3000 /* a modem that is told to start anew answers for a while yet */
#define LISTEN_EVERY 800
#define PATIENT_MS   600000 /* all steps were taken: so long is waited between the rounds */
#define REGISTER_MS  180000 /* Telit's manual for AT+COPS= */
#define RADIO_MS     40000

static struct ladder_can what_it_has(struct session *s)
{
	int used = 0;
	int r = line_resets(s->d->store, s->config->name, session_now(s) - DAY_S, &used);
	if (r)
		log_error("%s: resets cannot be counted: %s", s->config->name, strerror(-r));
	return (struct ladder_can){.radio = s->row->cfun_toggle,
				   .restarts = s->row->reset_count,
				   .usb = s->claim.stick[0] != 0,
				   .no_rebind = s->no_rebind,
				   .no_power = s->no_power,
				   .left_today = r ? 0 : s->row->resets_per_day - used,
				   .on_air = send_air_until_ms(s) > mono_ms()};
}

/* Committed before it is done: a restart of the program forgets none. */
static bool note_reset(struct session *s, enum ladder_step step, const char *command)
{
	int r =
	    event_add(s->d->store, EVENT_MODEM_RESET, "daemon",
		      json_pack("{s:s, s:s, s:s, s:s}", "modem", s->config->name, "step",
				ladder_steps[step].key, "command", command, "reason", ladder_causes[s->cause]),
		      session_now(s));
	if (r)
		log_error("%s: no reset, since it cannot be written down: %s", s->config->name, strerror(-r));
	return r == 0;
}

void session_trouble(struct session *s, enum ladder_cause cause)
{
	s->cause = cause;
	/* a port that was only a guess deserves no reset */
	if (s->state == SESSION_PROBING && !s->claim.sure && !s->identified)
		session_event(s, EV_NEXT);
	else
		session_event(s, EV_TROUBLE);
}

static void alarm_of(struct session *s, const struct ladder_can *can)
{
	if (s->cause == CAUSE_SILENT || s->cause == CAUSE_SETTINGS)
		alarm_raise(s->d, s->config->name, ALARM_SILENT, "%s", ladder_causes[s->cause]);
	if (can->left_today <= 0)
		alarm_raise(s->d, s->config->name, ALARM_RESETS_USED, "%d", s->row->resets_per_day);
}

void act_climb(struct session *s)
{
	struct ladder_can can = what_it_has(s);
	if (s->was_up)
		session_down(s, ladder_causes[s->cause]);
	enum ladder_step step = ladder_next(&s->ladder, s->cause, &can, mono_ms());
	alarm_of(s, &can);
	if (step == STEP_NONE) {
		session_close(s, ladder_causes[s->cause], PORTS_CLOSED);
		act_back_off(s);
		return;
	}
	s->step_taken = step;
	log_warning("%s: %s; %s", s->config->name, ladder_causes[s->cause], ladder_steps[step].words);
	if (step == STEP_SETTINGS && s->poll) {
		session_down(s, ladder_causes[s->cause]);
		session_put_line(s);
		s->patience_ms = ladder_steps[step].patience_s * 1000;
		session_event(s, EV_CONFUSED);
	} else if (step <= STEP_REOPEN) {
		session_close(s, ladder_causes[s->cause], PORTS_CLOSED);
		s->patience_ms = s->ladder.rounds ? PATIENT_MS : 0;
		session_due_in(s, REOPEN_MS, NULL);
	} else
		session_event(s, EV_RESET);
}

/* ----------------------------------------------------------------------------------- by commands of the row */

/* What the modem answers to them matters little: it is asked for everything afterwards. */
static void next_command(struct session *s);

static void on_command(void *user, const struct at_reply *r)
{
	struct session *s = user;
	if (!port_over(s, r))
		next_command(s);
}

static void next_command(struct session *s)
{
	static const struct {
		enum ladder_step step;
		const char *line;
		int timeout_ms;
	} commands[] = {
	    {STEP_REGISTER, "AT+COPS=0", REGISTER_MS},
	    {STEP_RADIO, "AT+CFUN=4", RADIO_MS},
	    {STEP_RADIO, "AT+CFUN=1", RADIO_MS},
	};
	while (s->command < (int)ARRAY_LEN(commands) && commands[s->command].step != s->step_taken)
		s->command++;
	if (s->command >= (int)ARRAY_LEN(commands)) {
		session_event(s, EV_CONFUSED);
		return;
	}
	struct at_command c = at_cmd(commands[s->command].line, commands[s->command].timeout_ms);
	s->command++;
	port_submit(s, &c, on_command);
}

static void on_listen(void *user, const struct at_reply *r)
{
	struct session *s = user;
	if (!port_over(s, r))
		session_event(s, EV_CONFUSED);
}

/* The port did not vanish (yet): whoever answers on it is back. */
static void listen_again(struct session *s)
{
	struct at_command c = at_cmd("AT", 2000);
	session_due_in(s, s->restart_ms + LISTEN_MS, NULL);
	at_chat_probe(s->chat, mono_ms(), LISTEN_EVERY, s->restart_ms / LISTEN_EVERY);
	port_submit(s, &c, on_listen);
}

/* The port will vanish. A descriptor that is still open then makes the kernel give it another name. */
static void let_go(struct session *s)
{
	session_close(s, ladder_steps[s->step_taken].key, PORTS_CLOSED);
	s->patience_ms = s->restart_ms;
	session_due_in(s, AWAY_MS, NULL);
}

static void restart(struct session *s, const struct modem_reset *reset)
{
	/* written past the chat, which may be waiting for a modem that does not listen */
	char line[ROW_WORD + 4];
	int n = snprintf(line, sizeof line, "\x1b\r%s\r", reset->command);
	at_chat_abort(s->chat, mono_ms());
	session_remark(s, "reset: %s", reset->command);
	s->restart_ms = reset->wait_ms > LISTEN_MS ? reset->wait_ms : LISTEN_MS;
	session_due_in(s, reset->port_vanishes ? LET_GO_MS : LISTEN_MS,
		       reset->port_vanishes ? let_go : listen_again);
	if (transport_write(&s->port, line, (size_t)n) < 0)
		session_event(s, EV_GONE);
}

/* ------------------------------------------------------------------------------------------------ by USB */

static void on_usb(void *user, int status)
{
	struct session *s = user;
	if (status)
		log_warning("%s: %s: %s", s->config->name, ladder_steps[s->step_taken].words,
			    strerror(-status));
	if (status == -ENOTSUP || status == -EACCES)
		*(s->step_taken == STEP_POWER ? &s->no_power : &s->no_rebind) = true;
	if (s->state == SESSION_RESETTING)
		session_due_in(s, status ? 0 : s->restart_ms, NULL);
}

static void by_usb(struct session *s)
{
	bool power = s->step_taken == STEP_POWER;
	session_close(s, ladder_steps[s->step_taken].key, PORTS_CLOSED);
	s->restart_ms = ladder_steps[s->step_taken].patience_s * 1000;
	int r = usb_reset_start(s->d, s->claim.stick, power ? USB_POWER : USB_REBIND, on_usb, s);
	if (r == 0) {
		session_due_in(s, s->restart_ms, NULL);
		return;
	}
	log_notice("%s: %s cannot be: %s", s->config->name, ladder_steps[s->step_taken].words, strerror(-r));
	if (r != -EBUSY)
		*(power ? &s->no_power : &s->no_rebind) = true;
	session_event(s, EV_TROUBLE);
}

void act_reset(struct session *s)
{
	struct ladder_can can = {.restarts = s->row->reset_count};
	const struct modem_reset *reset = &s->row->reset[ladder_restart(&s->ladder, &can)];
	const char *command =
	    s->step_taken == STEP_RESTART ? reset->command : ladder_steps[s->step_taken].words;
	session_put_line(s);
	if (ladder_steps[s->step_taken].hard && !note_reset(s, s->step_taken, command)) {
		session_due_in(s, REOPEN_MS, NULL);
		return;
	}
	if (s->step_taken >= STEP_REBIND)
		by_usb(s);
	else if (!s->poll)
		session_due_in(s, REOPEN_MS, NULL);
	else if (s->step_taken == STEP_RESTART)
		restart(s, reset);
	else {
		s->command = 0;
		next_command(s);
	}
}

void act_reset_away(struct session *s)
{
	session_close(s, ladder_steps[s->step_taken].key, PORTS_GONE);
	session_due_in(s, s->restart_ms ? s->restart_ms : REOPEN_MS, NULL);
}
