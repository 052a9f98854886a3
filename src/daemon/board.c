#include "daemon/board.h"

#include "base/address.h"
#include "base/log.h"
#include "base/mem.h"
#include "daemon/board_page.h"
#include "daemon/daemon.h"
#include "store/event.h"

#include <errno.h>
#include <inttypes.h>
#include <microhttpd.h>
#include <stdio.h>
#include <string.h>

#define ETAG_MAX 24

/* A browser that waits for news. */
struct waiter {
	struct MHD_Connection *connection;
	int64_t until_ms;
	enum language lang;
	bool waiting;
	struct waiter *next;
};

struct made {
	struct board_text text;
	char etag[ETAG_MAX];
	int64_t made_ms;   /* 0: never */
	int64_t looked_ms; /* when it was last found to be true */
	int64_t event;     /* the newest when it was made */
};

struct board {
	struct daemon *d;
	char *address; /* where it listens; NULL: nowhere */
	struct board_page *page;
	struct buf script;
	struct MHD_Daemon *http;
	struct made made[2]; /* by enum language */
	struct waiter *waiters;
	int waiting;
	uv_poll_t *poll;    /* of the library's epoll; owned, NULL while closed */
	uv_timer_t timeout; /* the library's own */
	uv_timer_t news;    /* looks for them while somebody waits */
	int closing;
};

/* ---- the pages */

static void make_etag(struct made *m)
{
	/* FNV-1a: it tells pages apart, and keeps no secret */
	uint64_t h = 1469598103934665603u;
	for (size_t i = 0; i < m->text.page.len; i++)
		h = (h ^ (unsigned char)m->text.page.data[i]) * 1099511628211u;
	snprintf(m->etag, sizeof m->etag, "\"%016" PRIx64 "\"", h);
}

/* Almost all that the board shows comes with an event; the rest may be a little old. */
static bool still_true(struct board *b, struct made *m, int64_t now, int64_t *ret_event)
{
	if (m->made_ms && now - m->looked_ms < BOARD_FRESH_MS)
		return true;
	if (event_last_id(b->d->store, ret_event) < 0)
		*ret_event = -1;
	m->looked_ms = now;
	return m->made_ms && *ret_event == m->event && now - m->made_ms < BOARD_OLD_MS;
}

/* NULL: it cannot be made now, and the log says why. */
static struct made *fresh(struct board *b, enum language lang)
{
	struct made *m = &b->made[lang];
	struct err e = {0};
	char line[640];
	int64_t now = mono_ms(), event = 0;
	if (still_true(b, m, now, &event))
		return m;
	if (board_page_write(b->page, b->d, lang, &m->text, &e)) {
		log_error("the board cannot be shown: %s", err_line(&e, line, sizeof line));
		return NULL;
	}
	m->made_ms = now;
	m->event = event;
	make_etag(m);
	return m;
}

/* ---- answers */

static enum MHD_Result reply(struct MHD_Connection *c, unsigned status, const char *type, const void *body,
			     size_t n, const char *etag)
{
	static const struct {
		const char *name, *value;
	} headers[] = {
	    {MHD_HTTP_HEADER_CACHE_CONTROL, "no-cache"},
	    {"Content-Security-Policy",
	     "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; connect-src 'self'; "
	     "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
	    {"X-Content-Type-Options", "nosniff"},
	    {"X-Frame-Options", "DENY"},
	    {"Referrer-Policy", "no-referrer"},
	    {"Cross-Origin-Resource-Policy", "same-origin"},
	};
	struct MHD_Response *r =
	    MHD_create_response_from_buffer(n, (void *)(uintptr_t)body, MHD_RESPMEM_MUST_COPY);
	if (!r)
		return MHD_NO;
	for (size_t i = 0; i < ARRAY_LEN(headers); i++)
		MHD_add_response_header(r, headers[i].name, headers[i].value);
	if (type)
		MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	if (etag)
		MHD_add_response_header(r, MHD_HTTP_HEADER_ETAG, etag);
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(r, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	enum MHD_Result done = MHD_queue_response(c, status, r);
	MHD_destroy_response(r);
	return done;
}

static enum MHD_Result refuse(struct MHD_Connection *c, unsigned status, const char *words)
{
	return reply(c, status, "text/plain; charset=utf-8", words, strlen(words), NULL);
}

static bool has_seen(struct MHD_Connection *c, const struct made *m)
{
	const char *seen = MHD_lookup_connection_value(c, MHD_HEADER_KIND, MHD_HTTP_HEADER_IF_NONE_MATCH);
	return seen && !strcmp(seen, m->etag);
}

static enum MHD_Result send_made(struct MHD_Connection *c, const struct made *m, const struct buf *body,
				 const char *type)
{
	return has_seen(c, m) ? reply(c, MHD_HTTP_NOT_MODIFIED, NULL, "", 0, m->etag)
			      : reply(c, MHD_HTTP_OK, type, buf_str(body), body->len, m->etag);
}

/* ---- waiting for news */

static void on_news(uv_timer_t *t);

static enum MHD_Result wait_for_news(struct board *b, struct MHD_Connection *c, enum language lang,
				     void **state)
{
	struct waiter *w = mem_alloc(sizeof *w);
	*w = (struct waiter){c, mono_ms() + BOARD_WAIT_MS, lang, true, b->waiters};
	b->waiters = w;
	*state = w;
	if (!b->waiting++)
		uv_timer_start(&b->news, on_news, BOARD_FRESH_MS, BOARD_FRESH_MS);
	MHD_suspend_connection(c);
	return MHD_YES;
}

static void wake(struct board *b, struct waiter *w)
{
	w->waiting = false;
	if (!--b->waiting)
		uv_timer_stop(&b->news);
	MHD_resume_connection(w->connection);
}

static void run(struct board *b);

static void on_news(uv_timer_t *t)
{
	struct board *b = t->data;
	int64_t now = mono_ms();
	bool any = false;
	char before[2][ETAG_MAX];
	for (int l = LANG_ZH; l <= LANG_EN; l++)
		memcpy(before[l], b->made[l].etag, ETAG_MAX);
	for (struct waiter *w = b->waiters; w; w = w->next) {
		if (!w->waiting)
			continue;
		const struct made *m = fresh(b, w->lang);
		if (m && !strcmp(m->etag, before[w->lang]) && now < w->until_ms)
			continue;
		wake(b, w);
		any = true;
	}
	if (any)
		run(b);
}

static void on_completed(void *ctx, struct MHD_Connection *c, void **state, enum MHD_RequestTerminationCode why)
{
	struct board *b = ctx;
	(void)c, (void)why;
	for (struct waiter **w = &b->waiters; *w; w = &(*w)->next)
		if (*w == *state) {
			struct waiter *gone = *w;
			*w = gone->next;
			free(gone);
			break;
		}
	*state = NULL;
}

/* ---- requests: one row a path */

static enum MHD_Result get_page(struct board *b, struct MHD_Connection *c, enum language lang)
{
	const struct made *m = fresh(b, lang);
	return m ? send_made(c, m, &m->text.page, "text/html; charset=utf-8")
		 : refuse(c, MHD_HTTP_SERVICE_UNAVAILABLE, "not now\n");
}

static enum MHD_Result get_json(struct board *b, struct MHD_Connection *c, enum language lang)
{
	const struct made *m = fresh(b, lang);
	return m ? send_made(c, m, &m->text.json, "application/json")
		 : refuse(c, MHD_HTTP_SERVICE_UNAVAILABLE, "not now\n");
}

static enum MHD_Result get_script(struct board *b, struct MHD_Connection *c, enum language lang)
{
	(void)lang;
	return reply(c, MHD_HTTP_OK, "text/javascript; charset=utf-8", buf_str(&b->script), b->script.len,
		     NULL);
}

/* Who waited gets what there is now, changed or not. */
static enum MHD_Result get_live(struct board *b, struct MHD_Connection *c, enum language lang, void **state,
				bool waited)
{
	const struct made *m = fresh(b, lang);
	if (!m)
		return refuse(c, MHD_HTTP_SERVICE_UNAVAILABLE, "not now\n");
	if (!waited && has_seen(c, m) && b->waiting < BOARD_WAITING)
		return wait_for_news(b, c, lang, state);
	return send_made(c, m, &m->text.part, "text/html; charset=utf-8");
}

static const struct path {
	const char *path;
	int lang; /* −1: the box's own, or what is asked for behind "?" */
	enum MHD_Result (*get)(struct board *b, struct MHD_Connection *c, enum language lang);
} paths[] = {
    {"/", -1, get_page},           {"/zh", LANG_ZH, get_page},    {"/en", LANG_EN, get_page},
    {"/board.json", -1, get_json}, {"/board.js", -1, get_script}, {"/live", -1, NULL}, /* it may wait */
};

static enum language language_asked(const struct board *b, struct MHD_Connection *c)
{
	const char *value;
	size_t n;
	if (MHD_lookup_connection_value_n(c, MHD_GET_ARGUMENT_KIND, "en", 2, &value, &n) == MHD_YES)
		return LANG_EN;
	if (MHD_lookup_connection_value_n(c, MHD_GET_ARGUMENT_KIND, "zh", 2, &value, &n) == MHD_YES)
		return LANG_ZH;
	return b->d->config->language;
}

static enum MHD_Result on_request(void *ctx, struct MHD_Connection *c, const char *url, const char *method,
				  const char *version, const char *upload, size_t *upload_size, void **state)
{
	struct board *b = ctx;
	(void)version, (void)upload;
	if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
		return refuse(c, MHD_HTTP_METHOD_NOT_ALLOWED, "this board is only to be looked at\n");
	if (!*state) {
		*state = b; /* the headers are there; the library asks again when the request is whole */
		return MHD_YES;
	}
	*upload_size = 0;
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		if (strcmp(paths[i].path, url) != 0)
			continue;
		enum language lang = paths[i].lang < 0 ? language_asked(b, c) : (enum language)paths[i].lang;
		return paths[i].get ? paths[i].get(b, c, lang) : get_live(b, c, lang, state, *state != b);
	}
	return refuse(c, MHD_HTTP_NOT_FOUND, "there is nothing here; the board is at /\n");
}

/* ---- the library on our loop */

static void on_timeout(uv_timer_t *t)
{
	run(t->data);
}

static void run(struct board *b)
{
	MHD_UNSIGNED_LONG_LONG ms;
	if (!b->http)
		return;
	MHD_run(b->http);
	if (MHD_get_timeout(b->http, &ms) == MHD_YES)
		uv_timer_start(&b->timeout, on_timeout, ms < 1 ? 1 : ms, 0);
	else
		uv_timer_stop(&b->timeout);
}

static void on_readable(uv_poll_t *p, int status, int events)
{
	(void)status, (void)events;
	run(p->data);
}

static void on_library_says(void *ctx, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
static void on_library_says(void *ctx, const char *fmt, va_list ap)
{
	char text[300];
	(void)ctx;
	vsnprintf(text, sizeof text, fmt, ap);
	text[strcspn(text, "\n")] = 0;
	log_debug("board: %s", text);
}

static void on_closed(uv_handle_t *h)
{
	struct board *b = h->data;
	if (!--b->closing)
		free(b);
}

static void free_poll(uv_handle_t *h)
{
	free(h);
}

static void shut(struct board *b)
{
	if (!b->http)
		return;
	for (struct waiter *w = b->waiters; w; w = w->next)
		if (w->waiting)
			wake(b, w);
	uv_close((uv_handle_t *)b->poll, free_poll);
	b->poll = NULL;
	uv_timer_stop(&b->timeout);
	MHD_stop_daemon(b->http);
	b->http = NULL;
	while (b->waiters) { /* none is left by the library's contract; a leak would be ours */
		struct waiter *gone = b->waiters;
		b->waiters = gone->next;
		free(gone);
	}
	free(b->address);
	b->address = NULL;
}

static int open_at(struct board *b, const char *address)
{
	struct sockaddr_storage at;
	socklen_t n;
	if (address_parse(address, &at, &n))
		return -EINVAL;
	errno = 0;
	b->http = MHD_start_daemon(
	    MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG |
		(at.ss_family == AF_INET6 ? MHD_USE_IPv6 : 0),
	    0, NULL, NULL, on_request, b, MHD_OPTION_EXTERNAL_LOGGER, on_library_says, b, MHD_OPTION_SOCK_ADDR,
	    &at, MHD_OPTION_CONNECTION_LIMIT, (unsigned)BOARD_CONNECTIONS, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
	    (unsigned)BOARD_PER_ADDRESS, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)BOARD_MEMORY,
	    MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)BOARD_SILENCE_S, MHD_OPTION_LISTENING_ADDRESS_REUSE, 1u,
	    MHD_OPTION_NOTIFY_COMPLETED, on_completed, b, MHD_OPTION_END);
	if (!b->http)
		return errno ? -errno : -EADDRNOTAVAIL;
	const union MHD_DaemonInfo *info = MHD_get_daemon_info(b->http, MHD_DAEMON_INFO_EPOLL_FD);
	b->address = mem_dup(address);
	b->poll = mem_alloc(sizeof *b->poll);
	uv_poll_init(b->d->loop, b->poll, info->epoll_fd);
	b->poll->data = b;
	uv_poll_start(b->poll, UV_READABLE, on_readable);
	return 0;
}

struct board *board_new(struct daemon *d)
{
	struct board *b = mem_alloc(sizeof *b);
	b->d = d;
	uv_timer_init(d->loop, &b->timeout);
	uv_timer_init(d->loop, &b->news);
	b->timeout.data = b->news.data = b;
	return b;
}

static void drop_pages(struct board *b)
{
	board_page_free(b->page);
	b->page = NULL;
	buf_done(&b->script);
	for (int l = LANG_ZH; l <= LANG_EN; l++) {
		board_text_done(&b->made[l].text);
		b->made[l] = (struct made){0};
	}
}

void board_configure(struct board *b)
{
	const char *wanted = b->d->config->board;
	struct err e = {0};
	char line[640];
	if (b->http && (!wanted || strcmp(wanted, b->address) != 0)) {
		log_notice("the board at %s is closed", b->address);
		shut(b);
	}
	drop_pages(b);
	if (!wanted)
		return;
	if (board_page_new(b->d, &b->page, &e) || board_page_script(b->page, &b->script, &e)) {
		log_error("there is no board: %s", err_line(&e, line, sizeof line));
		shut(b);
		drop_pages(b);
		return;
	}
	if (b->http)
		return;
	int r = open_at(b, wanted);
	if (r)
		log_error("there is no board: %s cannot be listened at: %s", wanted, strerror(-r));
	else
		log_notice("the board is at http://%s/", wanted);
}

void board_free(struct board *b)
{
	if (!b)
		return;
	shut(b);
	drop_pages(b);
	b->closing = 2;
	uv_close((uv_handle_t *)&b->timeout, on_closed);
	uv_close((uv_handle_t *)&b->news, on_closed);
}
