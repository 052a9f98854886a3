/* Life of a session: made, started, lent, ended; and the actions of session_table.c. */
#include "daemon/session_internal.h"
#include "daemon/session_actions.h"
#include "daemon/alarm.h"
#include "daemon/control.h"
#include "daemon/health.h"
#include "daemon/usb_reset.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "hw/port_holder.h"
#include "store/event.h"

#include <errno.h>
#include <string.h>

#define PROBE_EVERY_MS  800  /* how often a port is asked whether anybody is there, */
#define PROBE_RARELY_MS 2000 /* and when nobody was there for long */
#define PROBE_LONG_MS   120000
#define JUST_NOW_MS     500
#define INIT_MS         180000
#define BACKOFF_MS      1000
#define BACKOFF_MAX_MS  60000
#define GONE_MS         250 /* a port that vanished is looked for so soon */
#define FIRST_CHECK_MS  8000
#define PIN_MS          20000
#define OVERDUE_MS      120000 /* a look costs air while there is work */
#define STOP_MS         20000  /* for the answer to the text that is under way */
#define STOP_RECORD_MS  5000   /* for the database, when it cannot be written */

int64_t session_now(const struct session *s)
{
	return daemon_now(s->d);
}

static void note_event(struct session *s, enum event_kind kind, json_t *body)
{
	int r = event_add(s->d->store, kind, "daemon", body, session_now(s));
	if (r)
		log_error("%s: event not written: %s", s->config->name, strerror(-r));
}

void session_event(struct session *s, enum session_event ev)
{
	const struct session_cell *c = &session_table[s->state][ev];
	if (c->next != SESSION_STAYS && c->next != s->state) {
		session_remark(s, "%s: %s -> %s", session_event_names[ev], session_state_names[s->state],
			       session_state_names[c->next]);
		session_no_due(s);
		s->state = c->next;
	}
	if (c->act != act_nothing)
		s->moved_ms = mono_ms();
	c->act(s);
}

bool session_moves(const struct session *s, int64_t now_ms)
{
	int64_t last = s->moved_ms > s->heard_ms ? s->moved_ms : s->heard_ms;
	return s->state == SESSION_LOST || s->state == SESSION_HELD || s->state == SESSION_STOPPED ||
	       now_ms - last < SESSION_STUCK_MS;
}

/* Out of service: told once. */
void session_down(struct session *s, const char *reason)
{
	if (s->was_up) {
		note_event(s, EVENT_MODEM_LOST,
			   json_pack("{s:s, s:s}", "modem", s->config->name, "reason", reason));
		/* what shows only after an hour is not healed by an hour without it */
		if (mono_ms() - s->up_ms >= LADDER_CALM_MS && !s->self_missed)
			s->ladder = (struct ladder){0};
		daemon_act_soon(s->d, 0); /* others may take what was left to it */
	}
	s->was_up = false;
	s->registered = false;
	s->confused = false;
	send_forget(s);
	read_forget(s);
	ring_forget(s);
}

void session_close(struct session *s, const char *reason, enum ports_why why)
{
	port_close(s);
	ports_release(s->d->ports, s, why);
	session_down(s, reason);
	session_put_line(s);
}

/* ------------------------------------------------------------------------------------------------ opening */

void act_nothing(struct session *s)
{
	(void)s;
}

/* A port to try. What it is on may say already which row is its modem's. */
static int claim(struct session *s)
{
	int r = ports_claim(s->d->ports, s, &s->claim);
	if (r || !s->claim.usb[0] || !strcmp(s->claim.usb, s->id.usb))
		return r;
	s->id = (struct modem_identity){0};
	text_copy(s->id.usb, sizeof s->id.usb, s->claim.usb);
	s->row = modem_rows_match(&s->d->rows, &s->id);
	return 0;
}

static void cannot_open(struct session *s, int r)
{
	char holder[96];
	bool held = r == -EBUSY && port_holder(s->claim.path, holder, sizeof holder);
	log_warning("%s: %s cannot be opened: %s%s%s", s->config->name, s->claim.path, strerror(-r),
		    held ? ", held by " : "", held ? holder : "");
	alarm_raise(s->d, s->config->name, ALARM_PORT_BUSY, "%s", held ? holder : strerror(-r));
	session_event(s, EV_OPEN_FAILED);
}

void act_open(struct session *s)
{
	session_close(s, "opened anew", PORTS_CLOSED);
	for (;;) {
		int r = claim(s);
		if (r) {
			session_event(s, EV_MISSING);
			return;
		}
		r = port_open(s, s->claim.path);
		if (r == 0) {
			session_event(s, EV_OPENED);
			return;
		}
		bool missing = r == -ENOENT || r == -ENXIO || r == -ENODEV;
		ports_release(s->d->ports, s, missing ? PORTS_GONE : PORTS_BUSY);
		if (s->claim.sure && !missing) {
			cannot_open(s, r);
			return;
		}
	}
}

/* Later, since what comes here comes from the old port's chat. */
void act_next(struct session *s)
{
	session_close(s, "another modem's port", s->identified ? PORTS_CLOSED : PORTS_SILENT);
	session_due_in(s, 0, act_open);
}

/* Markers until somebody answers, then the steps of the row. */
static void probe(struct session *s)
{
	int64_t ms = s->patience_ms ? s->patience_ms : s->row->boot_max_ms;
	if (!s->claim.sure && !s->identified)
		ms = PORTS_PROBE_MS;
	int every = ms > PROBE_LONG_MS ? PROBE_RARELY_MS : PROBE_EVERY_MS;
	s->patience_ms = 0;
	s->answers = false;
	session_due_in(s, ms + PROBE_LONG_MS, NULL);
	at_chat_probe(s->chat, mono_ms(), every, (int)(ms / every) + 1);
	init_begin(s);
}

void act_probe(struct session *s)
{
	session_remark(s, "open: %s as %s", s->port.path, s->row->name);
	probe(s);
}

void act_start_over(struct session *s)
{
	s->confused = false;
	s->registered = false;
	send_new_port(s);
	read_forget(s);
	if (!s->poll)
		return;
	/* nothing is under way: it has just answered */
	if (at_chat_idle(s->chat) && !s->patience_ms && mono_ms() - s->heard_ms < JUST_NOW_MS) {
		s->answers = true;
		session_due_in(s, INIT_MS, NULL);
		init_begin(s);
		return;
	}
	/* commands of the old life end here; the walk begins anew */
	at_chat_abort(s->chat, mono_ms());
	probe(s);
}

void act_give_up(struct session *s)
{
	session_trouble(s, s->answers ? CAUSE_SETTINGS : CAUSE_SILENT);
}

void act_go_on(struct session *s)
{
	session_due_in(s, INIT_MS, NULL);
	s->phase = WHEN_PIN;
	init_go_on(s);
}

void act_after_init(struct session *s)
{
	session_put_line(s);
	health_meet(s->d, s->config->name, s->imei, s->iccid, s->id.revision);
	if (s->registered)
		session_event(s, EV_REGISTERED);
	else
		act_watch_registration(s);
}

void act_watch_registration(struct session *s)
{
	if (read_wanted(s))
		session_event(s, EV_READ);
	else
		init_registration_watch(s);
}

void act_watch_pin(struct session *s)
{
	session_down(s, "SIM closed");
	session_put_line(s);
	session_due_in(s, PIN_MS, init_pin_watch);
}

/* ------------------------------------------------------------------------------------------------ at work */

/* The first time after opening. */
static void come_up(struct session *s)
{
	log_notice("%s: ready (%s %s, row %s)", s->config->name, s->id.maker, s->id.model, s->row->name);
	note_event(s, EVENT_MODEM_UP, json_pack("{s:s, s:s}", "modem", s->config->name, "imei", s->imei));
	s->was_up = true;
	s->up_ms = mono_ms();
	s->unregistered_ms = 0;
	alarm_line_ready(s->d, s->config->name);
	call_announce(s);
	s->failures = 0;
	s->check_ms = FIRST_CHECK_MS;
	s->next_check_ms = mono_ms() + s->check_ms;
	s->next_round_ms = 0;
}

void act_ready(struct session *s)
{
	act_look_around(s);
	session_put_line(s);
}

void act_unregistered(struct session *s)
{
	session_put_line(s);
	act_watch_registration(s);
}

/* Nearly full by what was counted and what was announced since: what the network holds back comes late, in
 * another order, or not at all. */
bool read_presses(const struct session *s)
{
	return read_wanted(s) && s->size > 0 && 5 * (s->used + s->pending_count) >= 4 * s->size;
}

/* However long a burst is, now and then somebody looks whether all is well. */
bool read_overdue(const struct session *s)
{
	return mono_ms() >= s->next_check_ms + OVERDUE_MS;
}

/* What to do next. Reading and sending take turns, so that neither a full store nor a full outbox starves the
 * other. */
void act_look_around(struct session *s)
{
	if (!s->registered) {
		session_event(s, EV_UNREGISTERED);
		return;
	}
	if (!s->was_up)
		come_up(s);
	if (mono_ms() >= s->self_ms) {
		self_look(s);
		if (s->state != SESSION_READY)
			return;
	}
	bool read = read_wanted(s);
	if (read_presses(s))
		session_event(s, EV_DRAIN);
	else if (read_overdue(s)) {
		s->check_due = true;
		session_event(s, EV_READ);
	} else if (read && !(s->prefer_send && send_wanted(s)))
		session_event(s, EV_READ);
	else if (send_wanted(s))
		session_event(s, EV_SEND);
	else if (mono_ms() >= s->next_check_ms) {
		s->check_due = true;
		session_event(s, EV_READ);
	} else {
		int64_t next = read_next_ms(s);
		s->burst = false;
		next = s->self_ms < next ? s->self_ms : next;
		session_due_in(s, next - mono_ms(), NULL);
	}
}

void act_read(struct session *s)
{
	s->prefer_send = true;
	read_begin(s);
}

void act_send(struct session *s)
{
	s->prefer_send = false;
	send_begin(s);
}

/* Who asked for the port, or for the end, while a submit was under way waits no longer. */
static bool asked_for(struct session *s)
{
	if (s->stop_wanted)
		session_event(s, EV_STOP);
	else if (s->hold_wanted)
		session_event(s, EV_HOLD);
	else
		return false;
	return true;
}

void act_rest(struct session *s)
{
	if (asked_for(s))
		return;
	if (s->confused)
		session_event(s, EV_CONFUSED);
	else
		act_look_around(s);
}

void act_confused_later(struct session *s)
{
	s->confused = true;
}

/* ------------------------------------------------------------------------------------------------ trouble */

void act_lost(struct session *s)
{
	session_close(s, "port is gone", PORTS_GONE);
	if (asked_for(s))
		return;
	session_due_in(s, GONE_MS, NULL);
}

void act_back_off(struct session *s)
{
	int64_t ms = BACKOFF_MS;
	session_put_line(s);
	if (asked_for(s))
		return;
	for (int i = 0; i < s->failures && ms < BACKOFF_MAX_MS; i++)
		ms *= 2;
	s->failures++;
	session_due_in(s, ms < BACKOFF_MAX_MS ? ms : BACKOFF_MAX_MS, NULL);
}

void act_wait_for_device(struct session *s)
{
	if (s->was_up || !s->failures)
		log_warning("%s: there is no %s", s->config->name, s->config->device);
	session_close(s, "device is missing", PORTS_GONE);
	s->failures++;
	alarm_raise(s->d, s->config->name, ALARM_LOST, "%s", s->config->device);
	/* no timer: ports say when there is one */
	asked_for(s);
}

/* ----------------------------------------------------------------------------------------- from outside */

/* Where it was last, which a device such as imei:… does not tell. */
static const char *lent_path(const struct session *s)
{
	return s->claim.path[0] ? s->claim.path : s->config->device;
}

void act_hold(struct session *s)
{
	s->hold_wanted = false;
	session_close(s, "lent", PORTS_CLOSED);
	control_held(s->d->control, s->config->name, lent_path(s));
}

void act_hold_later(struct session *s)
{
	s->hold_wanted = true;
	if (s->state == SESSION_RINGING)
		ring_hang_up(s);
}

void act_stop(struct session *s)
{
	session_close(s, "stopped", PORTS_CLOSED);
	daemon_session_stopped(s->d);
}

static void stop_waiting(struct session *s)
{
	log_warning("%s: no answer to the last text; the program ends all the same", s->config->name);
	session_event(s, EV_GONE);
}

void act_stop_later(struct session *s)
{
	s->stop_wanted = true;
	if (s->state == SESSION_RINGING) {
		ring_hang_up(s);
		return;
	}
	s->stop_by_ms = mono_ms() + STOP_RECORD_MS;
	/* unless it is the database that is waited for */
	if (s->due_ms == INT64_MAX)
		session_due_in(s, STOP_MS, stop_waiting);
}

struct session *session_new(struct daemon *d, const struct config_modem *config)
{
	struct session *s = mem_alloc(sizeof *s);
	s->d = d;
	s->config = config;
	s->row = modem_rows_find(&d->rows, "generic");
	s->port.fd = -1;
	s->due_ms = INT64_MAX;
	s->used = s->size = -1;
	s->notify = -1;
	s->moved_ms = mono_ms();
	s->act = -1;
	s->timer = mem_alloc(sizeof *s->timer);
	uv_timer_init(d->loop, s->timer);
	s->timer->data = s;
	return s;
}

static void free_timer(uv_handle_t *h)
{
	free(h);
}

void session_free(struct session *s)
{
	if (!s)
		return;
	port_close(s);
	ports_forget(s->d->ports, s);
	usb_reset_forget(s->d, s);
	send_forget(s);
	send_lose(s);
	read_forget(s);
	at_chat_free(s->chat);
	free(s->seen);
	operator_free(s);
	session_trace(s, NULL);
	uv_timer_stop(s->timer);
	uv_close((uv_handle_t *)s->timer, free_timer);
	free(s);
}

void session_start(struct session *s)
{
	session_event(s, EV_START);
}

void session_stop(struct session *s)
{
	session_event(s, EV_STOP);
}

bool session_stopped(const struct session *s)
{
	return s->state == SESSION_STOPPED;
}

static bool same_text(const char *a, const char *b)
{
	return !strcmp(a ? a : "", b ? b : "");
}

void session_reconfigure(struct session *s, const struct config_modem *config)
{
	bool same = !strcmp(config->device, s->config->device) &&
		    same_text(config->pin_file, s->config->pin_file) &&
		    same_text(config->iccid, s->config->iccid);
	s->config = config;
	if (!same && s->state != SESSION_HELD && s->state != SESSION_STOPPED) {
		s->failures = 0;
		s->ladder = (struct ladder){0};
		session_event(s, EV_GONE);
		session_event(s, EV_START);
	}
}

void session_wake(struct session *s)
{
	send_wake(s);
	if (s->state == SESSION_READY && send_wanted(s))
		session_event(s, EV_SEND);
	else if (s->hush_ms && session_reading(s) && send_wanted(s))
		port_hurry(s);
}

int session_hold(struct session *s, const char **ret_path)
{
	if (s->state == SESSION_HELD || s->state == SESSION_STOPPED || s->hold_wanted)
		return -EBUSY;
	session_event(s, EV_HOLD);
	*ret_path = lent_path(s);
	return s->state == SESSION_HELD ? 0 : -EINPROGRESS;
}

void session_release(struct session *s)
{
	s->hold_wanted = false;
	session_event(s, EV_RELEASE);
}

const char *session_name(const struct session *s)
{
	return s->config->name;
}

const char *session_line_key(const struct session *s)
{
	return s->iccid[0] ? s->iccid : s->config->name;
}

bool session_up(const struct session *s)
{
	return s->state == SESSION_READY || session_reading(s) || s->state == SESSION_SENDING ||
	       s->state == SESSION_RINGING;
}

json_t *session_status(const struct session *s)
{
	json_t *j =
	    json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "name", s->config->name, "state",
		      session_state_names[s->state], "imei", s->imei, "iccid", s->iccid, "model", s->id.model,
		      "operator", s->operator_name, "technology", at_technology(s->act), "row", s->row->name);
	json_object_set_new(j, "port", json_string(s->poll ? s->claim.path : ""));
	json_object_set_new(j, "signal_dbm", s->signal ? json_integer(s->signal) : json_null());
	json_object_set_new(j, "storage_used", s->used >= 0 ? json_integer(s->used) : json_null());
	json_object_set_new(j, "storage_size", s->size >= 0 ? json_integer(s->size) : json_null());
	json_object_set_new(j, "calls", json_boolean(call_possible(s)));
	operator_status(s, j);
	json_object_set_new(j, "blocked", s->blocked_reason[0] ? json_string(s->blocked_reason) : json_null());
	return j;
}
