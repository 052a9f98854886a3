#include "daemon/control.h"
#include "daemon/daemon.h"
#include "daemon/session.h"
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
	char held[64]; /* the modem that it has, or waits for */
	bool waits;
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

static void do_wake(struct client *cl, const char *name, const char *arg)
{
	(void)name;
	(void)arg;
	answer(cl, json_pack("{s:b}", "ok", 1));
	daemon_act(cl->c->d);
}

static void do_status(struct client *cl, const char *name, const char *arg)
{
	struct daemon *d = cl->c->d;
	json_t *modems = json_array();
	int up = 0;
	(void)name;
	(void)arg;
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
	struct session *s = cl->held[0] ? daemon_session(cl->c->d, cl->held) : NULL;
	cl->held[0] = 0;
	cl->waits = false;
	if (s)
		session_release(s);
}

static void do_hold(struct client *cl, const char *name, const char *arg)
{
	struct session *s = daemon_session(cl->c->d, name);
	const char *device;
	(void)arg;
	if (!s || cl->held[0]) {
		refuse(cl, s ? "one port at a time; release first" : "no such modem");
		return;
	}
	int r = session_hold(s, &device);
	if (r == -EBUSY) {
		refuse(cl, "the port is lent already");
		return;
	}
	text_copy(cl->held, sizeof cl->held, name);
	cl->waits = r == -EINPROGRESS;
	if (r == 0)
		answer(cl, json_pack("{s:b, s:s}", "ok", 1, "device", device));
}

void control_held(struct control *c, const char *modem, const char *path)
{
	for (int i = 0; c && i < CLIENTS; i++) {
		struct client *cl = c->client[i];
		if (!cl || !cl->waits || strcmp(cl->held, modem) != 0)
			continue;
		cl->waits = false;
		answer(cl, json_pack("{s:b, s:s}", "ok", 1, "device", path));
	}
}

static void do_release(struct client *cl, const char *name, const char *arg)
{
	(void)name;
	(void)arg;
	if (!cl->held[0]) {
		refuse(cl, "nothing is held");
		return;
	}
	give_back(cl);
	answer(cl, json_pack("{s:b}", "ok", 1));
}

static void do_trace(struct client *cl, const char *name, const char *arg)
{
	struct daemon *d = cl->c->d;
	struct session *s = daemon_session(d, name);
	bool on = !strcmp(arg, "on");
	if (!s || (!on && strcmp(arg, "off") != 0)) {
		refuse(cl, s ? "trace NAME on|off" : "no such modem");
		return;
	}
	cleanup_free char *file = mem_printf("%s.%s.trace", d->config->database, name);
	int r = session_trace(s, on ? file : NULL);
	if (r)
		refuse(cl, err_system(-r));
	else
		answer(cl, json_pack("{s:b, s:s}", "ok", 1, "file", file));
}

static const struct {
	const char *word;
	void (*act)(struct client *cl, const char *name, const char *arg);
} requests[] = {
    {"wake", do_wake}, {"status", do_status}, {"hold", do_hold}, {"release", do_release}, {"trace", do_trace},
};

static void request(struct client *cl, const char *line)
{
	char word[16] = "", name[64] = "", arg[16] = "";
	json_t *j = line[0] == '{' ? json_loads(line, 0, NULL) : NULL;
	if (j) {
		const char *w = json_string_value(json_object_get(j, "do")),
			   *n = json_string_value(json_object_get(j, "modem"));
		json_t *on = json_object_get(j, "on");
		text_copy(word, sizeof word, w ? w : "");
		text_copy(name, sizeof name, n ? n : "");
		text_copy(arg, sizeof arg, json_is_true(on) ? "on" : json_is_false(on) ? "off" : "");
		json_decref(j);
	} else
		sscanf(line, "%15s %63s %15s", word, name, arg);
	for (size_t i = 0; i < ARRAY_LEN(requests); i++)
		if (!strcmp(requests[i].word, word)) {
			requests[i].act(cl, name, arg);
			return;
		}
	refuse(cl, "requests are wake, status, hold NAME, release, trace NAME on|off");
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
