#include "daemon/service.h"
#include "daemon/daemon.h"
#include "daemon/session.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/pulse.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define FEEDS      3 /* in each period of the watchdog */
#define STATUS_MAX 256

struct service {
	struct daemon *d;
	uv_timer_t timer;
	struct sockaddr_un to;
	socklen_t to_size;
	int fd;
	int64_t store_ms; /* since when the database cannot be used; 0: it can */
	bool stuck;       /* said */
	int up;           /* when the status was looked at last, … */
	bool clock_ok;    /* … likewise */
	char status[STATUS_MAX];
};

static void tell(const struct service *s, const char *what)
{
	if (sendto(s->fd, what, strlen(what), MSG_NOSIGNAL, (const struct sockaddr *)&s->to, s->to_size) < 0)
		log_warning("the service manager could not be told: %s", strerror(errno));
}

/* ------------------------------------------------------------------------------------------------ status */

static int lines_up(const struct daemon *d)
{
	int up = 0;
	for (int i = 0; i < d->session_count; i++)
		up += session_up(d->session[i]);
	return up;
}

static void put_status(struct service *s)
{
	struct pulse p = {0};
	char line[STATUS_MAX];
	int64_t waiting = 0;
	int r = pulse_look(s->d->store, &p);
	s->up = lines_up(s->d);
	s->clock_ok = s->d->clock_ok;
	for (int i = 0; i < OUTBOX_CLASSES; i++)
		waiting += p.waiting[i];
	if (r)
		snprintf(line, sizeof line, "STATUS=%s", _("the database cannot be read"));
	else
		snprintf(line, sizeof line, _("STATUS=%d of %d lines ready, %d texts waiting%s"), s->up,
			 s->d->session_count, (int)(waiting + p.sending),
			 s->d->clock_ok ? "" : _("; the clock cannot be trusted"));
	if (!strcmp(line, s->status))
		return;
	text_copy(s->status, sizeof s->status, line);
	tell(s, line);
}

void service_look(struct service *s)
{
	/* how many texts wait is counted when the watchdog is fed: there may be very many */
	if (s && (s->up != lines_up(s->d) || s->clock_ok != s->d->clock_ok))
		put_status(s);
}

/* ------------------------------------------------------------------------------------------------ watchdog */

const char *service_stuck(const struct daemon *d, int64_t now_ms, int64_t *store_ms)
{
	for (int i = 0; i < d->session_count; i++)
		if (!session_moves(d->session[i], now_ms))
			return session_name(d->session[i]);
	int r = store_usable(d->store);
	if (r == -ENOSPC)
		r = 0; /* a full disk is no emptier after a restart */
	if (r == 0)
		*store_ms = 0;
	else if (!*store_ms)
		*store_ms = now_ms;
	/* what another program holds for a while comes free again; what we left open does not */
	if (r == -EDEADLK || r == -EIO || (r && now_ms - *store_ms >= SERVICE_STORE_MS))
		return store_path(d->store);
	return NULL;
}

static void on_feed(uv_timer_t *t)
{
	struct service *s = t->data;
	const char *what = service_stuck(s->d, mono_ms(), &s->store_ms);
	put_status(s);
	if (!what)
		tell(s, "WATCHDOG=1");
	else if (!s->stuck)
		log_error("%s does not move; the watchdog is fed no more and starts us anew", what);
	s->stuck = what != NULL;
}

static void watch(struct service *s)
{
	const char *period = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
	int64_t us = period ? strtoll(period, NULL, 10) : 0, ms = us / 1000 / FEEDS;
	if (ms <= 0 || (pid && atoll(pid) != getpid()))
		return;
	uv_timer_start(&s->timer, on_feed, (uint64_t)ms, (uint64_t)ms);
	uv_unref((uv_handle_t *)&s->timer);
}

/* ------------------------------------------------------------------------------------------------ life */

static bool find_manager(struct service *s)
{
	const char *path = getenv("NOTIFY_SOCKET");
	if (!path || !*path || strlen(path) >= sizeof s->to.sun_path)
		return false;
	s->to.sun_family = AF_UNIX;
	strcpy(s->to.sun_path, path);
	if (s->to.sun_path[0] == '@')
		s->to.sun_path[0] = 0;
	s->to_size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
	s->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	return s->fd >= 0;
}

struct service *service_new(struct daemon *d)
{
	struct service *s = mem_alloc(sizeof *s);
	s->d = d;
	if (!find_manager(s)) {
		free(s);
		return NULL;
	}
	uv_timer_init(d->loop, &s->timer);
	s->timer.data = s;
	watch(s);
	tell(s, "READY=1");
	put_status(s);
	return s;
}

static void on_closed(uv_handle_t *h)
{
	struct service *s = h->data;
	close(s->fd);
	free(s);
}

void service_free(struct service *s)
{
	if (s)
		uv_close((uv_handle_t *)&s->timer, on_closed);
}

void service_reloading(const struct service *s)
{
	char line[64];
	if (!s)
		return;
	snprintf(line, sizeof line, "RELOADING=1\nMONOTONIC_USEC=%" PRId64, mono_ms() * 1000);
	tell(s, line);
}

void service_reloaded(const struct service *s)
{
	if (s)
		tell(s, "READY=1");
}

void service_stopping(const struct service *s)
{
	if (s)
		tell(s, "STOPPING=1");
}
