#include "daemon/root_call.h"
#include "hw/root_request.h"
#include "base/mem.h"
#include "base/paths.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ANSWER_MAX (ROOT_SAID + 16)

struct root_call {
	uv_pipe_t pipe;
	uv_timer_t limit;
	uv_connect_t connect;
	uv_write_t write;
	struct daemon *d;
	struct root_call *next;
	char request[ROOT_LINE_MAX], answer[ANSWER_MAX], said[ROOT_SAID];
	size_t got;
	int open; /* handles that are to be closed */
	int status;
	void (*done)(void *user, int status, const char *said);
	void *user;
};

bool root_there(void)
{
	return access(paths_root_socket(), W_OK) == 0;
}

static void on_closed(uv_handle_t *h)
{
	struct root_call *c = h->data;
	if (--c->open)
		return;
	struct root_call **at = &c->d->root_calls;
	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	c->done(c->user, c->status, c->said);
	free(c);
}

static void finish(struct root_call *c, int status)
{
	if (uv_is_closing((uv_handle_t *)&c->pipe))
		return;
	c->status = status;
	uv_close((uv_handle_t *)&c->pipe, on_closed);
	uv_close((uv_handle_t *)&c->limit, on_closed);
}

static void on_limit(uv_timer_t *t)
{
	finish(t->data, -ETIMEDOUT);
}

static void on_alloc(uv_handle_t *h, size_t suggested, uv_buf_t *ret)
{
	struct root_call *c = h->data;
	(void)suggested;
	*ret = uv_buf_init(c->answer + c->got, (unsigned)(sizeof c->answer - c->got));
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *b)
{
	struct root_call *c = stream->data;
	(void)b;
	if (n < 0) { /* no room for more is such an error as well */
		finish(c, -EIO);
		return;
	}
	c->got += (size_t)n;
	const char *end = memchr(c->answer, '\n', c->got);
	if (end)
		finish(c, root_answer_parse(c->answer, (size_t)(end - c->answer), c->said));
}

static void on_written(uv_write_t *w, int status)
{
	if (status)
		finish(w->data, -EIO);
}

static void on_connected(uv_connect_t *k, int status)
{
	struct root_call *c = k->data;
	uv_buf_t b = uv_buf_init(c->request, (unsigned)strlen(c->request));
	if (status || uv_write(&c->write, (uv_stream_t *)&c->pipe, &b, 1, on_written) ||
	    uv_read_start((uv_stream_t *)&c->pipe, on_alloc, on_read))
		finish(c, status == UV_EACCES ? -EPERM : -EIO);
}

int root_call(struct daemon *d, int64_t limit_ms, void (*done)(void *user, int status, const char *said),
	      void *user, const char *fmt, ...)
{
	if (!root_there())
		return errno == EACCES ? -EACCES : -ENOTSUP;
	struct root_call *c = mem_alloc(sizeof *c);
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(c->request, sizeof c->request - 1, fmt, ap);
	va_end(ap);
	strcat(c->request, "\n");
	c->d = d;
	c->done = done;
	c->user = user;
	c->open = 2;
	c->pipe.data = c->limit.data = c->connect.data = c->write.data = c;
	c->next = d->root_calls;
	d->root_calls = c;
	uv_pipe_init(d->loop, &c->pipe, 0);
	uv_timer_init(d->loop, &c->limit);
	uv_timer_start(&c->limit, on_limit, (uint64_t)limit_ms, 0);
	uv_pipe_connect(&c->connect, &c->pipe, paths_root_socket(), on_connected);
	return 0;
}

void root_calls_end(struct daemon *d)
{
	for (struct root_call *c = d->root_calls; c; c = c->next)
		finish(c, -ECANCELED);
}
