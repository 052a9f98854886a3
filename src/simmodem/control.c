#include "simmodem/control.h"
#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SESSION_LINE_MAX 1048576

struct session {
	uv_pipe_t pipe; /* first, so that a handle is its session */
	struct control *control;
	bool script, subscribed, closing;
	struct buf in;
	json_t *waiting; /* the request that waits, owned */
	int64_t limit_ms;
	struct session *next;
};

struct control {
	struct sim *sim;
	uv_pipe_t server;
	char path[108];
	struct session *sessions;
};

struct write {
	uv_write_t req; /* first */
	char *line;     /* owned */
};

static void session_freed(uv_handle_t *h)
{
	struct session *s = (struct session *)h;
	buf_done(&s->in);
	free(s);
}

static void session_close(struct session *s)
{
	if (s->closing)
		return;
	s->closing = true;
	struct session **p = &s->control->sessions;
	while (*p != s)
		p = &(*p)->next;
	*p = s->next;
	json_decref(s->waiting);
	if (s->script)
		session_freed((uv_handle_t *)s);
	else
		uv_close((uv_handle_t *)&s->pipe, session_freed);
}

static void on_written(uv_write_t *req, int status)
{
	struct write *w = (struct write *)req;
	(void)status;
	free(w->line);
	free(w);
}

static void session_say(struct session *s, json_t *json)
{
	char *line = json_dumps(json, JSON_COMPACT);
	json_decref(json);
	if (s->script) {
		puts(line);
		fflush(stdout);
		free(line);
		return;
	}
	struct write *w = mem_alloc(sizeof *w);
	w->line = mem_printf("%s\n", line);
	free(line);
	uv_buf_t b = uv_buf_init(w->line, (unsigned)strlen(w->line));
	if (uv_write(&w->req, (uv_stream_t *)&s->pipe, &b, 1, on_written))
		on_written(&w->req, 0);
}

json_t *request_failed(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	struct buf text cleanup_buf = {0};
	buf_vaddf(&text, fmt, ap);
	va_end(ap);
	return json_pack("{s:b, s:s}", "ok", false, "error", buf_str(&text));
}

static json_t *run_request(struct session *s, json_t *json, bool first, bool timed_out)
{
	const char *name = json_string_value(json_object_get(json, "do"));
	if (!name)
		return request_failed("a request is an object with \"do\"");
	for (const struct request_info *i = request_infos; i->name; i++)
		if (!strcmp(i->name, name)) {
			struct request r = {json, first, timed_out, s};
			return i->run(s->control->sim, &r);
		}
	return request_failed("no request \"%s\"; {\"do\":\"help\"} lists them", name);
}

static void run_line(struct session *s, const char *line)
{
	json_error_t e;
	json_t *json = json_loads(line, 0, &e);
	if (!json) {
		session_say(s, request_failed("no JSON at column %d: %s", e.column, e.text));
		return;
	}
	s->limit_ms = MODEM_NEVER;
	json_t *answer = run_request(s, json, true, false);
	if (answer) {
		json_decref(json);
		session_say(s, answer);
	} else {
		s->waiting = json;
	}
}

/* Lines until one has to wait. */
static void session_lines(struct session *s)
{
	char *end;
	while (!s->waiting && s->in.len && (end = memchr(s->in.data, '\n', s->in.len)) != NULL) {
		size_t n = (size_t)(end - s->in.data);
		cleanup_free char *line = mem_printf("%.*s", (int)n, s->in.data);
		buf_drop(&s->in, n + 1);
		if (line[strspn(line, " \t\r")] && line[0] != '#')
			run_line(s, line);
	}
}

void control_wake(struct control *c)
{
	struct session *next;
	for (struct session *s = c->sessions; s; s = next) {
		next = s->next;
		if (!s->waiting)
			continue;
		bool over = c->sim->net.now_ms >= s->limit_ms;
		json_t *answer = run_request(s, s->waiting, false, over);
		if (!answer)
			continue;
		json_decref(s->waiting);
		s->waiting = NULL;
		session_say(s, answer);
		session_lines(s);
		c->sim->turn_again = true;
	}
}

int64_t control_next_ms(const struct control *c)
{
	int64_t next = MODEM_NEVER;
	for (const struct session *s = c->sessions; s; s = s->next)
		if (s->waiting && s->limit_ms < next)
			next = s->limit_ms;
	return next;
}

void session_subscribe(struct session *s)
{
	s->subscribed = true;
}

void session_limit(struct session *s, int64_t ms)
{
	s->limit_ms = s->control->sim->net.now_ms + ms;
}

void control_event(void *arg, json_t *event)
{
	struct control *c = ((struct sim *)arg)->control;
	for (struct session *s = c ? c->sessions : NULL; s; s = s->next)
		if (s->subscribed)
			session_say(s, json_incref(event));
	json_decref(event);
}

static void on_alloc(uv_handle_t *h, size_t suggested, uv_buf_t *b)
{
	(void)h;
	*b = uv_buf_init(mem_alloc(suggested), (unsigned)suggested);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *b)
{
	struct session *s = (struct session *)stream;
	struct sim *sim = s->control->sim;
	if (n > 0)
		buf_add(&s->in, b->base, (size_t)n);
	free(b->base);
	sim_now(sim);
	if (n < 0 || s->in.len > SESSION_LINE_MAX)
		session_close(s);
	else
		session_lines(s);
	sim_turn(sim);
}

static struct session *session_new(struct control *c)
{
	struct session *s = mem_alloc(sizeof *s);
	s->control = c;
	s->next = c->sessions;
	c->sessions = s;
	return s;
}

static void on_connection(uv_stream_t *server, int status)
{
	struct control *c = server->data;
	if (status)
		return;
	struct session *s = session_new(c);
	uv_pipe_init(c->sim->loop, &s->pipe, 0);
	if (uv_accept(server, (uv_stream_t *)&s->pipe) ||
	    uv_read_start((uv_stream_t *)&s->pipe, on_alloc, on_read))
		session_close(s);
}

int control_listen(struct sim *sim, const char *path)
{
	struct control *c = mem_alloc(sizeof *c);
	c->sim = sim;
	sim->control = c;
	if (strlen(path) >= sizeof c->path)
		return -ENAMETOOLONG;
	text_copy(c->path, sizeof c->path, path);
	unlink(path);
	uv_pipe_init(sim->loop, &c->server, 0);
	c->server.data = c;
	int r = uv_pipe_bind(&c->server, path);
	return r ? r : uv_listen((uv_stream_t *)&c->server, 64, on_connection);
}

void control_script(struct sim *sim, const char *text)
{
	struct session *s = session_new(sim->control);
	s->script = true;
	buf_adds(&s->in, text);
	buf_addc(&s->in, '\n');
	session_lines(s);
}

static void server_closed(uv_handle_t *h)
{
	free(h->data);
}

void control_close(struct sim *sim)
{
	struct control *c = sim->control;
	while (c->sessions)
		session_close(c->sessions);
	unlink(c->path);
	sim->control = NULL;
	uv_close((uv_handle_t *)&c->server, server_closed);
}
