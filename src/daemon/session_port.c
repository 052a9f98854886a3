/* The port: bytes between descriptor, chat and trace; one timer for all deadlines of a session. */
#include "daemon/session_internal.h"
#include "at_commands/trace.h"
#include "base/log.h"
#include "base/mem.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#define READ_SIZE    4096
#define UNHURRIED_MS 200
#define START_MS     60000 /* the last lines of a start are said within this */

static void on_poll(uv_poll_t *h, int status, int events);

/* ------------------------------------------------------------------------------------------------ trace */

static void trace(struct session *s, enum trace_kind kind, const char *bytes, size_t n)
{
	if (!s->trace)
		return;
	static const char pin[] = "AT+CPIN=";
	cleanup_buf struct buf b = {0};
	if (kind == TRACE_SENT && n > sizeof pin && !memcmp(bytes, pin, sizeof pin - 1)) {
		bytes = "AT+CPIN=\"****\"\r"; /* a trace is made to be handed on */
		n = strlen(bytes);
	}
	trace_format(&b, mono_ms() - s->trace_start_ms, kind, bytes, n);
	fwrite(b.data, 1, b.len, s->trace);
	fflush(s->trace);
}

void session_remark(struct session *s, const char *fmt, ...)
{
	cleanup_buf struct buf b = {0};
	va_list ap;
	va_start(ap, fmt);
	buf_vaddf(&b, fmt, ap);
	va_end(ap);
	log_debug("%s: %s", s->config->name, buf_str(&b));
	trace(s, TRACE_REMARK, buf_str(&b), b.len);
}

int session_trace(struct session *s, const char *path)
{
	if (s->trace)
		fclose(s->trace);
	s->trace = NULL;
	if (!path)
		return 0;
	s->trace = fopen(path, "ae");
	if (!s->trace)
		return -errno;
	s->trace_start_ms = mono_ms();
	session_remark(s, "%s %s state %s", s->config->name, s->row->name, session_state_names[s->state]);
	return 0;
}

static void on_sent(void *user, const char *bytes, size_t n)
{
	trace(user, TRACE_SENT, bytes, n);
}

static void on_received(void *user, const char *bytes, size_t n)
{
	trace(user, TRACE_RECEIVED, bytes, n);
}

/* ----------------------------------------------------------------------------------- what comes unasked */

static void confused(struct session *s, const char *why)
{
	log_notice("%s: %s; all settings again", s->config->name, why);
	session_event(s, EV_CONFUSED);
}

static void on_urc(void *user, const struct at_urc *u)
{
	struct session *s = user;
	if (modem_row_ignores(s->row, u->line))
		return;
	switch (u->kind) {
	case URC_RING:
	case URC_CLIP:
	case URC_CCWA:
	case URC_CALL:
	case URC_CALL_BEGIN:
	case URC_CALL_END:
	case URC_MISSED_CALL:
		call_urc(s, u);
		break;
	case URC_CMTI:
	case URC_CDSI:
		read_announced(s, u->memory, u->index);
		break;
	case URC_CMT:
	case URC_CDS:
		read_direct(s, u);
		break;
	case URC_STORE_FULL:
		read_store_full(s);
		break;
	case URC_READY:
		init_hurry(s);
		read_all_due(s);
		/* the end of a start: one that began before the port was opened, or one that nobody heard begin */
		if (mono_ms() - s->opened_ms > START_MS && send_under_way(s)) {
			confused(s, "it has started anew");
			send_cut_off(s);
		}
		break;
	case URC_REG:
		init_registration_urc(s, u);
		break;
	case URC_BOOT:
		confused(s, "it has started anew");
		send_cut_off(s);
		break;
	case URC_POWER:
		log_warning("%s: %s", s->config->name, u->line);
		operator_urc(s, u);
		break;
	case URC_PIN:
	case URC_SIM:
		if (at_pin_state(u->text) == PIN_ABSENT || u->value == 0 ||
		    (s->state != SESSION_PROBING && u->value == 1))
			confused(s, u->line);
		else
			init_hurry(s);
		break;
	case URC_USSD:
	case URC_TIME:
	case URC_SIGNAL:
	case URC_NETWORK:
		operator_urc(s, u);
		break;
	case URC_CBM:
	case URC_CLASS0:
	case URC_NOISE:
	case URC_UNKNOWN:
	case URC_KIND_COUNT:
		session_remark(s, "unasked: %s", u->line);
		break;
	}
}

static void on_late(void *user, uint64_t tag, const char *line)
{
	struct session *s = user;
	session_remark(s, "late: %s", line);
	send_late(s, tag, line);
}

/* --------------------------------------------------------------------------------------- open and close */

static void free_handle(uv_handle_t *h)
{
	free(h);
}

static void watch(struct session *s)
{
	const char *out;
	int events =
	    UV_DISCONNECT | (s->hush_ms ? 0 : UV_READABLE) | (at_chat_output(s->chat, &out) ? UV_WRITABLE : 0);
	if (!s->poll || events == s->poll_events)
		return;
	s->poll_events = events;
	uv_poll_start(s->poll, events, on_poll);
}

void port_new_chat(struct session *s)
{
	struct at_chat_events e = {
	    .urc = on_urc, .late = on_late, .sent = on_sent, .received = on_received, .user = s};
	at_chat_free(s->chat);
	s->chat_options = modem_row_chat_options(s->row);
	s->chat = at_chat_new(&s->chat_options, &e);
}

int port_open(struct session *s, const char *path)
{
	int r = transport_open(&s->port, path, s->row->baud);
	if (r)
		return r;
	s->poll = mem_alloc(sizeof *s->poll);
	s->poll->data = s;
	s->poll_events = 0;
	r = uv_poll_init(s->d->loop, s->poll, s->port.fd);
	if (r) {
		free(s->poll);
		s->poll = NULL;
		transport_close(&s->port);
		return r;
	}
	port_new_chat(s);
	s->hush_ms = 0;
	s->opened_ms = mono_ms();
	s->one_by_one = s->identified = s->stores_known = s->notify_asked = s->reg_reports = false;
	s->looked_ms = 0;
	memset(s->setting_lost, 0, sizeof s->setting_lost);
	watch(s);
	return 0;
}

void port_close(struct session *s)
{
	if (s->poll) {
		uv_poll_stop(s->poll);
		uv_close((uv_handle_t *)s->poll, free_handle);
		s->poll = NULL;
	}
	/* the chat itself lives on until the next port: this may be one of its own callbacks */
	if (s->chat)
		at_chat_abort(s->chat, mono_ms());
	transport_close(&s->port);
}

/* ------------------------------------------------------------------------------------------------ bytes */

static void gone(struct session *s, int error)
{
	log_warning("%s: port is gone: %s", s->config->name, strerror(-error));
	session_event(s, EV_GONE);
}

void port_pump(struct session *s)
{
	if (s->pumping || !s->poll)
		return;
	s->pumping = true;
	const char *out;
	size_t n;
	ssize_t put = 1;
	while (s->poll && put > 0 && (n = at_chat_output(s->chat, &out)) > 0) {
		put = transport_write(&s->port, out, n);
		if (put > 0)
			at_chat_wrote(s->chat, mono_ms(), (size_t)put);
	}
	s->pumping = false;
	if (put < 0)
		gone(s, (int)put);
	else if (s->poll)
		watch(s);
	session_arm(s);
}

static void take_bytes(struct session *s, bool disconnected)
{
	char bytes[READ_SIZE];
	s->hush_ms = 0;
	ssize_t got = transport_read(&s->port, bytes, sizeof bytes);
	if (got > 0) {
		s->heard_ms = mono_ms();
		at_chat_feed(s->chat, mono_ms(), bytes, (size_t)got);
	} else if (got < 0)
		gone(s, (int)got);
	else if (disconnected)
		gone(s, -EIO);
}

static void on_poll(uv_poll_t *h, int status, int events)
{
	struct session *s = h->data;
	if (status < 0) {
		gone(s, -EIO); /* libuv's name for a hang-up is EBADF */
		return;
	}
	if (events & (UV_READABLE | UV_DISCONNECT))
		take_bytes(s, events & UV_DISCONNECT);
	port_pump(s);
}

void port_submit(struct session *s, struct at_command *c, void (*done)(void *user, const struct at_reply *r))
{
	c->done = done;
	c->user = s;
	int r = s->poll ? at_chat_submit(s->chat, mono_ms(), c) : -ENODEV;
	if (r)
		log_error("%s: %s was not taken: %s", s->config->name, c->line, strerror(-r));
	port_pump(s);
}

void port_submit_unhurried(struct session *s, struct at_command *c,
			   void (*done)(void *user, const struct at_reply *r))
{
	if (!s->burst && !s->ahead.m) /* else somebody waits */
		s->hush_ms = mono_ms() + UNHURRIED_MS;
	port_submit(s, c, done);
}

void port_hurry(struct session *s)
{
	s->hush_ms = 0;
	watch(s);
	session_arm(s);
}

bool port_over(struct session *s, const struct at_reply *r)
{
	if (r->final == AT_CANCELLED)
		return true;
	if (r->final == AT_TIMEOUT)
		s->format_known_ms = 0; /* it may have started anew */
	if (r->final != AT_DEAD)
		return false;
	log_warning("%s: no answer any more", s->config->name);
	session_trouble(s, CAUSE_SILENT);
	return true;
}

/* ------------------------------------------------------------------------------------------------ time */

static void on_timer(uv_timer_t *t)
{
	struct session *s = t->data;
	int64_t now = mono_ms();
	if (s->poll && s->hush_ms && s->hush_ms <= now)
		take_bytes(s, false);
	if (s->poll && at_chat_deadline(s->chat) <= now)
		at_chat_tick(s->chat, now);
	if (call_due_ms(s) <= now)
		call_tick(s);
	if (s->due_ms <= now) {
		void (*due)(struct session *) = s->due;
		session_no_due(s);
		if (due)
			due(s);
		else
			session_event(s, EV_DUE);
	}
	if (s->poll)
		port_pump(s);
	else
		session_arm(s);
}

void session_arm(struct session *s)
{
	int64_t due = s->due_ms, call = call_due_ms(s);
	int64_t chat = s->poll ? at_chat_deadline(s->chat) : INT64_MAX;
	due = chat < due ? chat : due;
	due = s->poll && s->hush_ms && s->hush_ms < due ? s->hush_ms : due;
	due = call < due ? call : due;
	if (!s->timer)
		return;
	if (due == INT64_MAX) {
		uv_timer_stop(s->timer);
		return;
	}
	int64_t in = due - mono_ms();
	uv_update_time(s->d->loop);
	uv_timer_start(s->timer, on_timer, in > 0 ? (uint64_t)in : 0, 0);
}

void session_due_in(struct session *s, int64_t ms, void (*due)(struct session *s))
{
	s->due_ms = mono_ms() + ms;
	s->due = due;
	session_arm(s);
}

void session_no_due(struct session *s)
{
	s->due_ms = INT64_MAX;
	s->due = NULL;
}
