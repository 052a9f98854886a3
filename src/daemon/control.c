#include "daemon/control.h"
#include "daemon/alarm.h"
#include "daemon/cabinets.h"
#include "daemon/daemon.h"
#include "daemon/receiver.h"
#include "daemon/session.h"
#include "at_commands/fields.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define LINE_MAX_BYTES 4096
#define CLIENTS        32

struct client {
	uv_pipe_t pipe;
	struct control *c;
	struct buf in;
	char held[64]; /* the modem that it has, or waits for; or the cabinet */
	bool cabinet, waits;
	bool looks_on;
};

struct control {
	struct daemon *d;
	uv_pipe_t server;
	struct client *client[CLIENTS];
	char path[sizeof((struct sockaddr_un *)0)->sun_path];
};

/* ------------------------------------------------------------------------------------------------ answers */

struct answer {
	uv_write_t write;
	char *text;
};

static void on_written(uv_write_t *w, int status)
{
	struct answer *a = (struct answer *)w;
	(void)status;
	free(a->text);
	free(a);
}

static void answer(struct client *cl, json_t *j)
{
	struct answer *a = mem_alloc(sizeof *a);
	char *text = json_dumps(j, JSON_COMPACT);
	json_decref(j);
	a->text = mem_printf("%s\n", text ? text : "{\"ok\":false}");
	free(text);
	uv_buf_t b = uv_buf_init(a->text, (unsigned)strlen(a->text));
	if (uv_write(&a->write, (uv_stream_t *)&cl->pipe, &b, 1, on_written) != 0)
		on_written(&a->write, -1);
}

static void refuse(struct client *cl, const char *why)
{
	answer(cl, json_pack("{s:b, s:s}", "ok", 0, "error", why));
}

/* ------------------------------------------------------------------------------------------------ requests */

struct order {
	char word[16], name[64], arg[16];
	const json_t *json; /* NULL: it came as words */
};

static void do_wake(struct client *cl, const struct order *q)
{
	(void)q;
	answer(cl, json_pack("{s:b}", "ok", 1));
	daemon_act(cl->c->d);
}

static void do_status(struct client *cl, const struct order *q)
{
	struct daemon *d = cl->c->d;
	json_t *modems = json_array();
	int up = 0;
	(void)q;
	for (int i = 0; i < d->session_count; i++) {
		json_array_append_new(modems, session_status(d->session[i]));
		up += session_up(d->session[i]);
	}
	answer(cl, json_pack("{s:b, s:s, s:I, s:b, s:i, s:o}", "ok", 1, "version", YISHI_VERSION, "uptime",
			     (json_int_t)((mono_ms() - d->started_ms) / 1000), "clock_ok", d->clock_ok,
			     "modems_up", up, "modems", modems));
}

static void give_back(struct client *cl)
{
	if (cl->cabinet) {
		cl->cabinet = cl->waits = false;
		cabinets_release(cl->c->d->cabinets, cl->held);
		cl->held[0] = 0;
		return;
	}
	struct session *s = cl->held[0] ? daemon_session(cl->c->d, cl->held) : NULL;
	cl->held[0] = 0;
	cl->waits = false;
	if (s)
		session_release(s);
}

static void hold_cabinet(struct client *cl, const char *name)
{
	const char *connection = "";
	int r = cabinets_hold(cl->c->d->cabinets, name, &connection);
	if (r == -ENOENT || r == -EBUSY) {
		refuse(cl, r == -ENOENT ? "no such modem or cabinet" : "the bus is lent already");
		return;
	}
	text_copy(cl->held, sizeof cl->held, name);
	cl->cabinet = true;
	cl->waits = r == -EINPROGRESS;
	if (r == 0)
		answer(cl, json_pack("{s:b, s:s}", "ok", 1, "device", connection));
}

static void do_hold(struct client *cl, const struct order *q)
{
	struct session *s = daemon_session(cl->c->d, q->name);
	const char *device, *cabinet = json_string_value(json_object_get(q->json, "cabinet"));
	if (cl->held[0]) {
		refuse(cl, "one port at a time; release first");
		return;
	}
	if (cabinet || !s) {
		hold_cabinet(cl, cabinet ? cabinet : q->name);
		return;
	}
	int r = session_hold(s, &device);
	if (r == -EBUSY) {
		refuse(cl, "the port is lent already");
		return;
	}
	text_copy(cl->held, sizeof cl->held, q->name);
	cl->waits = r == -EINPROGRESS;
	if (r == 0)
		answer(cl, json_pack("{s:b, s:s}", "ok", 1, "device", device));
}

static void tell_held(struct control *c, bool cabinet, const char *name, const char *where)
{
	for (int i = 0; c && i < CLIENTS; i++) {
		struct client *cl = c->client[i];
		if (!cl || !cl->waits || cl->cabinet != cabinet || strcmp(cl->held, name) != 0)
			continue;
		cl->waits = false;
		answer(cl, json_pack("{s:b, s:s}", "ok", 1, "device", where));
	}
}

void control_held(struct control *c, const char *modem, const char *path)
{
	tell_held(c, false, modem, path);
}

void control_lent(struct control *c, const char *cabinet, const char *connection)
{
	tell_held(c, true, cabinet, connection);
}

/* What was read last is in the database when this is answered; from then on each round is, until the client goes. */
static void do_sensors(struct client *cl, const struct order *q)
{
	(void)q;
	if (!cl->looks_on)
		cabinets_watch(cl->c->d->cabinets, 1);
	cl->looks_on = true;
	answer(cl, json_pack("{s:b}", "ok", 1));
}

static void do_release(struct client *cl, const struct order *q)
{
	(void)q;
	if (!cl->held[0]) {
		refuse(cl, "nothing is held");
		return;
	}
	give_back(cl);
	answer(cl, json_pack("{s:b}", "ok", 1));
}

static void do_trace(struct client *cl, const struct order *q)
{
	struct daemon *d = cl->c->d;
	struct session *s = daemon_session(d, q->name);
	bool on = !strcmp(q->arg, "on");
	if (!s || (!on && strcmp(q->arg, "off") != 0)) {
		refuse(cl, s ? "trace NAME on|off" : "no such modem");
		return;
	}
	cleanup_free char *file = mem_printf("%s.%s.trace", d->config->database, q->name);
	int r = session_trace(s, on ? file : NULL);
	if (r)
		refuse(cl, err_system(-r));
	else
		answer(cl, json_pack("{s:b, s:s}", "ok", 1, "file", file));
}

/* What arrives while a port is lent arrives at the borrower, who hands it on. The modem that the client has. */
static struct session *lent_to(struct client *cl)
{
	struct session *s =
	    cl->held[0] && !cl->cabinet && !cl->waits ? daemon_session(cl->c->d, cl->held) : NULL;
	if (!s)
		refuse(cl, "nothing is held");
	return s;
}

static void taken(struct client *cl, int r)
{
	if (r)
		refuse(cl, err_system(-r));
	else
		answer(cl, json_pack("{s:b}", "ok", 1));
	daemon_act_soon(cl->c->d, 0);
}

static void do_take(struct client *cl, const struct order *q)
{
	struct daemon *d = cl->c->d;
	const char *pdu = json_string_value(json_object_get(q->json, "pdu"));
	const json_t *length = json_object_get(q->json, "length");
	struct session *s = lent_to(cl);
	if (!s)
		return;
	if (!pdu || !at_is_hex(pdu)) {
		refuse(cl, "take wants the PDU as the modem printed it, in hex");
		return;
	}
	struct received in = {.modem = session_name(s),
			      .line = session_line_key(s),
			      .memory = "",
			      .slot = -1,
			      .hex = pdu,
			      .length = json_is_integer(length) ? (int)json_integer_value(length) : -1};
	int r = receiver_take(&d->people, &in, 1, wall_clock_now(&d->clock));
	if (r == 0)
		r = in.failed;
	if (r == 0 && in.raw)
		alarm_raise(d, session_name(s), ALARM_QUARANTINE, "%s", "");
	taken(cl, r);
}

static void do_called(struct client *cl, const struct order *q)
{
	struct daemon *d = cl->c->d;
	const char *number = json_string_value(json_object_get(q->json, "number"));
	struct session *s = lent_to(cl);
	if (s)
		taken(cl, receiver_call(&d->people, number ? number : "", session_name(s),
					wall_clock_now(&d->clock)));
}

static const struct {
	const char *word;
	void (*act)(struct client *cl, const struct order *q);
} requests[] = {
    {"wake", do_wake},   {"status", do_status}, {"hold", do_hold},     {"release", do_release},
    {"trace", do_trace}, {"take", do_take},     {"called", do_called}, {"sensors", do_sensors},
};

static void request(struct client *cl, const char *line)
{
	struct order q = {.name = ""};
	json_t *j = line[0] == '{' ? json_loads(line, 0, NULL) : NULL;
	if (j) {
		const char *w = json_string_value(json_object_get(j, "do")),
			   *n = json_string_value(json_object_get(j, "modem"));
		json_t *on = json_object_get(j, "on");
		text_copy(q.word, sizeof q.word, w ? w : "");
		text_copy(q.name, sizeof q.name, n ? n : "");
		text_copy(q.arg, sizeof q.arg, json_is_true(on) ? "on" : json_is_false(on) ? "off" : "");
		q.json = j;
	} else
		sscanf(line, "%15s %63s %15s", q.word, q.name, q.arg);
	size_t i = 0;
	while (i < ARRAY_LEN(requests) && strcmp(requests[i].word, q.word) != 0)
		i++;
	if (i < ARRAY_LEN(requests))
		requests[i].act(cl, &q);
	else
		refuse(
		    cl,
		    "requests are wake, status, hold NAME, release, trace NAME on|off, sensors; take, called");
	json_decref(j);
}

/* ------------------------------------------------------------------------------------------------ clients */

static void on_closed(uv_handle_t *h)
{
	struct client *cl = h->data;
	buf_done(&cl->in);
	free(cl);
}

static void drop(struct client *cl)
{
	struct control *c = cl->c;
	if (uv_is_closing((uv_handle_t *)&cl->pipe))
		return;
	for (int i = 0; i < CLIENTS; i++)
		if (c->client[i] == cl)
			c->client[i] = NULL;
	give_back(cl);
	if (cl->looks_on)
		cabinets_watch(c->d->cabinets, -1);
	uv_close((uv_handle_t *)&cl->pipe, on_closed);
}

static void on_alloc(uv_handle_t *h, size_t suggested, uv_buf_t *ret)
{
	(void)h;
	(void)suggested;
	*ret = uv_buf_init(mem_alloc(LINE_MAX_BYTES), LINE_MAX_BYTES);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *b)
{
	struct client *cl = stream->data;
	if (n > 0)
		buf_add(&cl->in, b->base, (size_t)n);
	free(b->base);
	if (n < 0 || cl->in.len > LINE_MAX_BYTES) {
		drop(cl);
		return;
	}
	char *end;
	while (cl->in.len && (end = memchr(cl->in.data, '\n', cl->in.len))) {
		size_t len = (size_t)(end - cl->in.data);
		cleanup_free char *line = mem_alloc(len + 1);
		memcpy(line, cl->in.data, len);
		buf_drop(&cl->in, len + 1);
		if (*line)
			request(cl, line);
	}
}

static void on_connection(uv_stream_t *server, int status)
{
	struct control *c = server->data;
	if (status < 0)
		return;
	struct client *cl = mem_alloc(sizeof *cl);
	cl->c = c;
	uv_pipe_init(c->d->loop, &cl->pipe, 0);
	cl->pipe.data = cl;
	int slot = 0;
	while (slot < CLIENTS && c->client[slot])
		slot++;
	if (uv_accept(server, (uv_stream_t *)&cl->pipe) != 0 || slot == CLIENTS) {
		uv_close((uv_handle_t *)&cl->pipe, on_closed);
		return;
	}
	c->client[slot] = cl;
	uv_read_start((uv_stream_t *)&cl->pipe, on_alloc, on_read);
}

/* ------------------------------------------------------------------------------------------- the socket */

/* A socket that nobody answers is what a killed daemon left. */
static bool somebody_listens(const char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	text_copy(a.sun_path, sizeof a.sun_path, path);
	bool yes = fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof a) == 0;
	if (fd >= 0)
		close(fd);
	return yes;
}

int control_new(struct daemon *d, const char *path, struct control **ret, struct err *e)
{
	if (strlen(path) >= sizeof((struct sockaddr_un *)0)->sun_path)
		return err_set(e, path, 0, "is too long a path for a socket; set [gateway] control_socket");
	if (somebody_listens(path))
		return err_set(e, path, 0, "another yishid is at work here"), -EADDRINUSE;
	unlink(path);
	struct control *c = mem_alloc(sizeof *c);
	c->d = d;
	text_copy(c->path, sizeof c->path, path);
	uv_pipe_init(d->loop, &c->server, 0);
	c->server.data = c;
	int r = uv_pipe_bind(&c->server, path);
	if (r == 0 && chmod(path, 0660) != 0)
		r = -errno;
	if (r == 0)
		r = uv_listen((uv_stream_t *)&c->server, 8, on_connection);
	*ret = c;
	return r ? (err_set(e, path, 0, "%s", err_system(-r)), r) : 0;
}

static void on_server_closed(uv_handle_t *h)
{
	free(h->data);
}

void control_free(struct control *c)
{
	if (!c)
		return;
	for (int i = 0; i < CLIENTS; i++)
		if (c->client[i]) {
			struct client *cl = c->client[i];
			c->client[i] = NULL;
			cl->held[0] = 0;
			uv_close((uv_handle_t *)&cl->pipe, on_closed);
		}
	unlink(c->path);
	uv_close((uv_handle_t *)&c->server, on_server_closed);
}
