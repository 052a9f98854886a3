#include "daemon/night.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "daemon/copier.h"
#include "daemon/daemon.h"
#include "store/private.h"
#include "store/retention.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define FROM_HOUR  2
#define UNTIL_HOUR 5
#define MISSED_S   (3 * DAY_S)
/* A piece that took longer is made smaller, a shorter one larger. */
#define PIECE_MS      10
#define PIECE_MOST_MS 25 /* … than this is undone: what a piece costs is not known before */
#define ROWS_LEAST    10
#define ROWS_MOST     2000
#define PAUSE_MS      20
#define RETRY_MS      60000 /* the database was busy, or the disk is full */

struct night {
	struct daemon *d;
	uv_timer_t timer;
	struct retention run;
	bool running;
	int rows;
	int64_t total;
};

static void on_timer(uv_timer_t *t);

struct night *night_new(struct daemon *d)
{
	struct night *n = mem_alloc(sizeof *n);
	*n = (struct night){.d = d, .rows = RETENTION_ROWS};
	uv_timer_init(d->loop, &n->timer);
	n->timer.data = n;
	return n;
}

static void closed(uv_handle_t *h)
{
	free(h->data);
}

void night_free(struct night *n)
{
	if (n)
		uv_close((uv_handle_t *)&n->timer, closed);
}

static bool is_night(int64_t utc)
{
	struct civil t;
	civil_from_utc(utc, &t);
	return t.hour >= FROM_HOUR && t.hour < UNTIL_HOUR;
}

/* The moment from which the job may run; not in the past unless it is due. */
static int64_t due(int64_t last, int64_t now)
{
	int64_t at = civil_next_hour(last, FROM_HOUR);
	if (now < at)
		return at;
	if (is_night(now) || now >= last + MISSED_S)
		return now;
	int64_t next = civil_next_hour(now, FROM_HOUR);
	return next < last + MISSED_S ? next : last + MISSED_S;
}

static void again_in(struct night *n, int ms)
{
	uv_update_time(n->d->loop);
	uv_timer_start(&n->timer, on_timer, (uint64_t)ms, 0);
}

static void end(struct night *n)
{
	int r = retention_end(&n->run, n->d->store, "daemon", daemon_now(n->d));
	if (r) {
		log_error("the end of the nightly job cannot be noted yet: %s (%s)", strerror(-r),
			  store_error(n->d->store));
		again_in(n, RETRY_MS);
		return;
	}
	n->running = false;
	if (n->total)
		log_notice("%" PRId64 " rows were kept for long enough and have been removed", n->total);
	private_scrub(n->d->store);
	copier_begin(n->d->copier); /* what has gone is in no copy */
	daemon_act_soon(n->d, 0);   /* the words beside the database, too */
}

static void on_timer(uv_timer_t *t)
{
	struct night *n = t->data;
	struct daemon *d = n->d;
	int rows = 0;
	int64_t begun = mono_ms(), last = 0;
	if (d->stopping)
		return;
	/* the morning has come, or the clock was set */
	if (!d->clock_ok || retention_last(d->store, &last) || due(last, daemon_now(d)) > daemon_now(d)) {
		n->running = false;
		daemon_act_soon(d, 0);
		return;
	}
	int r = retention_piece(&n->run, d->store, n->rows, n->rows > ROWS_LEAST ? PIECE_MOST_MS : 0, &rows);
	int64_t took = mono_ms() - begun;
	if (r == -EINTR)
		n->rows = n->rows / 8 > ROWS_LEAST ? n->rows / 8 : ROWS_LEAST;
	else if (took > PIECE_MS && n->rows > ROWS_LEAST)
		n->rows /= 2;
	else if (took < PIECE_MS / 2 && n->rows < ROWS_MOST)
		n->rows *= 2;
	n->total += rows;
	if (r == -EINTR)
		again_in(n, PAUSE_MS);
	else if (r < 0) {
		log_error("the nightly job has to wait: %s (%s)", strerror(-r), store_error(d->store));
		again_in(n, RETRY_MS);
	} else if (r == 1)
		again_in(n, rows ? PAUSE_MS + (int)took * 2 : 1);
	else
		end(n);
}

int64_t night_look(struct night *n, int64_t now)
{
	int64_t last = 0;
	if (n->running || !n->d->clock_ok || retention_last(n->d->store, &last))
		return INT64_MAX;
	/* nothing is old on a new box; on one that was upgraded the nights are counted from now on */
	if (!last || last > now) {
		if (retention_none_so_far(n->d->store, now))
			return now + HOUR_S;
		last = now;
	}
	int64_t at = due(last, now);
	if (at > now)
		return at;
	retention_begin(&n->run, n->d->config, now);
	n->running = true;
	n->total = 0;
	again_in(n, PAUSE_MS);
	return INT64_MAX;
}
