#include "daemon/watch.h"
#include "daemon/daemon.h"
#include "base/log.h"
#include "base/mem.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define SETTLE_MS 300 /* an editor writes, renames and writes again */
#define AGAIN_MS  200 /* a file that is being replaced is not there for a moment */

enum { WATCH_CONFIG, WATCH_RULES, WATCH_CLOCK, WATCH_COUNT };

struct watched {
	uv_fs_event_t event;
	uv_timer_t again;
	struct watch *w;
	char path[300]; /* "" unused */
	bool clock;
};

struct watch {
	struct daemon *d;
	struct watched file[WATCH_COUNT];
	uv_timer_t settle;
	uv_poll_t clock;
	int clock_fd;
	int64_t test_utc; /* of the test clock, as it was last acted upon; −1: not yet */
	int open;         /* handles that are to be closed */
};

static void on_settled(uv_timer_t *t)
{
	struct watch *w = t->data;
	daemon_reload(w->d);
}

/* A file that is replaced is told of several times: one setting is acted upon once. */
static void look_at_test_clock(struct watch *w)
{
	int64_t utc = daemon_now(w->d);
	if (utc == w->test_utc)
		return;
	w->test_utc = utc;
	daemon_clock_set(w->d);
}

static void on_change(uv_fs_event_t *h, const char *name, int events, int status);

/* The watch is on the file, not on its name: after a rename it is put on what has that name now. */
static void on_again(uv_timer_t *t)
{
	struct watched *f = t->data;
	uv_fs_event_stop(&f->event);
	if (uv_fs_event_start(&f->event, on_change, f->path, 0) != 0)
		uv_timer_start(&f->again, on_again, AGAIN_MS * 5, 0);
	else if (f->clock)
		look_at_test_clock(f->w);
}

static void on_change(uv_fs_event_t *h, const char *name, int events, int status)
{
	struct watched *f = h->data;
	(void)name;
	(void)status;
	if (events & UV_RENAME)
		/* a test may set its clock once more at once */
		uv_timer_start(&f->again, on_again, f->clock ? 0 : AGAIN_MS, 0);
	if (f->clock) {
		if (access(f->path, R_OK) == 0)
			look_at_test_clock(f->w);
	} else
		uv_timer_start(&f->w->settle, on_settled, SETTLE_MS, 0);
}

static void add(struct watch *w, int i, const char *path, bool is_clock)
{
	struct watched *f = &w->file[i];
	f->w = w;
	f->clock = is_clock;
	snprintf(f->path, sizeof f->path, "%s", path);
	f->event.data = f;
	f->again.data = f;
	uv_fs_event_init(w->d->loop, &f->event);
	uv_timer_init(w->d->loop, &f->again);
	w->open += 2;
	if (uv_fs_event_start(&f->event, on_change, path, 0) != 0)
		log_warning("%s cannot be watched; send SIGHUP after a change", path);
}

/* --------------------------------------------------------------------------------------- the wall clock */

static int arm_clock(int fd)
{
	struct itimerspec far = {.it_value = {.tv_sec = (time_t)(time(NULL) + 10 * 365 * DAY_S)}};
	return timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &far, NULL);
}

static void on_clock(uv_poll_t *h, int status, int events)
{
	struct watch *w = h->data;
	uint64_t n;
	(void)status;
	(void)events;
	if (read(w->clock_fd, &n, sizeof n) < 0 && errno != ECANCELED)
		return;
	arm_clock(w->clock_fd);
	daemon_clock_set(w->d);
}

struct watch *watch_new(struct daemon *d)
{
	char rules[320];
	struct watch *w = mem_alloc(sizeof *w);
	w->d = d;
	w->test_utc = -1;
	uv_timer_init(d->loop, &w->settle);
	w->settle.data = w;
	w->open = 1;
	add(w, WATCH_CONFIG, d->config->path, false);
	snprintf(rules, sizeof rules, "%s/rules", d->data_dir);
	add(w, WATCH_RULES, rules, false);
	if (d->clock.test_file[0])
		add(w, WATCH_CLOCK, d->clock.test_file, true);
	w->clock_fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
	if (w->clock_fd >= 0 && arm_clock(w->clock_fd) == 0 &&
	    uv_poll_init(d->loop, &w->clock, w->clock_fd) == 0) {
		w->clock.data = w;
		w->open++;
		uv_poll_start(&w->clock, UV_READABLE, on_clock);
	}
	return w;
}

/* The last handle that is closed takes the whole along. */
static void closed(struct watch *w)
{
	if (--w->open > 0)
		return;
	if (w->clock_fd >= 0)
		close(w->clock_fd);
	free(w);
}

static void file_closed(uv_handle_t *h)
{
	closed(((struct watched *)h->data)->w);
}

static void own_closed(uv_handle_t *h)
{
	closed(h->data);
}

void watch_free(struct watch *w)
{
	if (!w)
		return;
	for (int i = 0; i < WATCH_COUNT; i++)
		if (w->file[i].path[0]) {
			uv_close((uv_handle_t *)&w->file[i].event, file_closed);
			uv_close((uv_handle_t *)&w->file[i].again, file_closed);
		}
	if (w->clock.data)
		uv_close((uv_handle_t *)&w->clock, own_closed);
	uv_close((uv_handle_t *)&w->settle, own_closed);
}
