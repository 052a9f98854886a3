/* Life of a session: made, started, lent, ended; and the actions of session_table.c. */
#include "daemon/session_internal.h"
#include "daemon/session_actions.h"
#include "daemon/control.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/event.h"
#include "store/line.h"

#include <errno.h>
#include <string.h>

#define PROBE_MS        40000 /* a modem that boots answers within this, or the port is opened again */
#define INIT_MS         180000
#define BACKOFF_MAX_MS  60000
#define FIRST_CHECK_MS  8000
#define STOP_MS         20000 /* for the answer to the text that is under way */
#define DEVICE_MS       60000 /* its folder is watched as well */
#define DEVICE_BLIND_MS 10000 /* its folder is not there either */

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

void session_put_line(struct session *s)
{
	struct line l = {.name = s->config->name,
			 .imei = s->imei,
			 .iccid = s->iccid,
			 .model = s->id.model,
			 .operator_name = s->operator_name,
			 .technology = at_technology(s->act),
			 .state = session_state_names[s->state],
			 .signal_dbm = s->signal,
			 .storage_used = s->used,
			 .storage_size = s->size,
			 .seen_utc = session_now(s)};
	/* passing states would only be writes */
	if (s->state == SESSION_READING || s->state == SESSION_SENDING)
		l.state = session_state_names[s->registered ? SESSION_READY : SESSION_REGISTERING];
	int r = line_put(s->d->store, &l, l.seen_utc);
	if (r)
		log_error("%s: line not written: %s", s->config->name, strerror(-r));
}

void session_event(struct session *s, enum session_event ev)
{
	const struct session_cell *c = &session_table[s->state][ev];
	if (c->next != s->state) {
		session_remark(s, "%s: %s -> %s", session_event_names[ev], session_state_names[s->state],
			       session_state_names[c->next]);
		session_no_due(s);
		s->state = c->next;
	}
	c->act(s);
}

/* ------------------------------------------------------------------------------------------------ opening */

void act_nothing(struct session *s)
{
	(void)s;
}

void act_open(struct session *s)
{
	int r = port_open(s);
	if (r == 0)
		device_unwatch(s);
	if (r == -ENOENT || r == -ENXIO || r == -ENODEV)
		session_event(s, EV_MISSING);
	else if (r) {
		log_warning("%s: %s cannot be opened: %s", s->config->name, s->config->device, strerror(-r));
		session_event(s, EV_OPEN_FAILED);
	} else
		session_event(s, EV_OPENED);
}

void act_probe(struct session *s)
{
	session_remark(s, "open: %s as %s", s->port.path, s->row->name);
	session_due_in(s, PROBE_MS, NULL);
	init_begin(s);
}

void act_start_over(struct session *s)
{
	s->confused = false;
	s->registered = false;
	s->format_known_ms = 0;
	read_forget(s);
	session_due_in(s, PROBE_MS, NULL);
	/* commands of the old life end here; the walk begins anew */
	if (s->chat)
		at_chat_abort(s->chat, mono_ms());
	if (s->poll)
		at_chat_resync(s->chat, mono_ms());
	init_begin(s);
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
	if (s->was_up)
		note_event(s, EVENT_MODEM_LOST,
			   json_pack("{s:s, s:s}", "modem", s->config->name, "reason", "SIM closed"));
	s->was_up = false;
	session_put_line(s);
	session_due_in(s, 60000, init_pin_watch);
}

/* ------------------------------------------------------------------------------------------------ at work */

/* The first time after opening. */
static void come_up(struct session *s)
{
	log_notice("%s: ready (%s %s, row %s)", s->config->name, s->id.maker, s->id.model, s->row->name);
	note_event(s, EVENT_MODEM_UP, json_pack("{s:s, s:s}", "modem", s->config->name, "imei", s->imei));
	s->was_up = true;
	s->failures = 0;
	s->reset_step = 0;
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
	bool read = read_wanted(s);
	if (read && !(s->prefer_send && send_wanted(s)))
		session_event(s, EV_READ);
	else if (send_wanted(s))
		session_event(s, EV_SEND);
	else if (mono_ms() >= s->next_check_ms) {
		s->check_due = true;
		session_event(s, EV_READ);
	} else {
		int64_t next = read_next_ms(s);
		s->burst = false;
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

static void close_down(struct session *s, const char *reason)
{
	port_close(s);
	send_forget(s);
	read_forget(s);
	s->registered = false;
	s->confused = false;
	if (s->was_up)
		note_event(s, EVENT_MODEM_LOST,
			   json_pack("{s:s, s:s}", "modem", s->config->name, "reason", reason));
	s->was_up = false;
	session_put_line(s);
}

static void wait_and_retry(struct session *s, int64_t first_ms)
{
	int64_t ms = first_ms;
	if (asked_for(s))
		return;
	for (int i = 0; i < s->failures && ms < BACKOFF_MAX_MS; i++)
		ms *= 2;
	session_due_in(s, ms < BACKOFF_MAX_MS ? ms : BACKOFF_MAX_MS, NULL);
}

void act_lost(struct session *s)
{
	close_down(s, "port is gone");
	wait_and_retry(s, 250);
	s->failures++;
}

void act_back_off(struct session *s)
{
	session_put_line(s);
	wait_and_retry(s, 1000);
	s->failures++;
}

/* Open again first; when that has not helped twice, the row's resets in their order. */
void act_climb(struct session *s)
{
	int64_t wait = 1000;
	if (s->failures >= 2 && s->failures % 2 == 0 && s->poll && init_reset(s)) {
		wait = 5000;
		log_warning("%s: reset", s->config->name);
	}
	close_down(s, "no answer");
	wait_and_retry(s, wait);
	s->failures++;
}

void act_wait_for_device(struct session *s)
{
	if (s->was_up || !s->failures)
		log_warning("%s: there is no %s", s->config->name, s->config->device);
	close_down(s, "device is missing");
	s->failures++;
	if (asked_for(s))
		return;
	device_watch(s);
	session_due_in(s, s->device_watch ? DEVICE_MS : DEVICE_BLIND_MS, NULL);
}

/* ----------------------------------------------------------------------------------------- from outside */

void act_hold(struct session *s)
{
	s->hold_wanted = false;
	close_down(s, "lent");
	control_held(s->d->control, s->config->name);
}

void act_hold_later(struct session *s)
{
	s->hold_wanted = true;
}

void act_stop(struct session *s)
{
	close_down(s, "stopped");
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
	device_unwatch(s);
	send_forget(s);
	read_forget(s);
	at_chat_free(s->chat);
	free(s->seen);
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

void session_reconfigure(struct session *s, const struct config_modem *config)
{
	bool same =
	    !strcmp(config->device, s->config->device) &&
	    !strcmp(config->pin_file ? config->pin_file : "", s->config->pin_file ? s->config->pin_file : "");
	s->config = config;
	if (!same && s->state != SESSION_HELD && s->state != SESSION_STOPPED) {
		s->failures = 0;
		session_event(s, EV_GONE);
		session_event(s, EV_START);
	}
}

void session_wake(struct session *s)
{
	if (s->state == SESSION_READY && send_wanted(s))
		session_event(s, EV_SEND);
}

int session_hold(struct session *s, const char **ret_path)
{
	if (s->state == SESSION_HELD || s->state == SESSION_STOPPED || s->hold_wanted)
		return -EBUSY;
	session_event(s, EV_HOLD);
	*ret_path = s->config->device;
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

bool session_up(const struct session *s)
{
	return s->state == SESSION_READY || s->state == SESSION_READING || s->state == SESSION_SENDING;
}

json_t *session_status(const struct session *s)
{
	json_t *j =
	    json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "name", s->config->name, "state",
		      session_state_names[s->state], "imei", s->imei, "iccid", s->iccid, "model", s->id.model,
		      "operator", s->operator_name, "technology", at_technology(s->act), "row", s->row->name);
	json_object_set_new(j, "signal_dbm", s->signal ? json_integer(s->signal) : json_null());
	json_object_set_new(j, "storage_used", s->used >= 0 ? json_integer(s->used) : json_null());
	json_object_set_new(j, "storage_size", s->size >= 0 ? json_integer(s->size) : json_null());
	json_object_set_new(j, "blocked", s->blocked_reason[0] ? json_string(s->blocked_reason) : json_null());
	return j;
}
