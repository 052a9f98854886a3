#include "daemon/metrics.h"
#include "daemon/daemon.h"
#include "daemon/disk.h"
#include "daemon/metrics_text.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/event.h"

#include <string.h>
#include <unistd.h>

#define EVERY_MS  60000
#define SOONER_MS 10000 /* when something happened */

struct metrics {
	struct daemon *d;
	uv_timer_t *timer; /* heap: outlives us by one turn of the loop */
	char *path;        /* NULL: none */
	struct metrics_counts counts;
	int64_t written_ms;
	uint64_t events; /* of this connection, when it was written */
	bool failed;     /* said */
};

static void put(struct metrics *m)
{
	struct buf text cleanup_buf = {0};
	int r = metrics_text(m->d, &m->counts, &text);
	if (!r)
		r = file_replace(m->path, &text, 0644,
				 false); /* after a power cut the next minute's is as good */
	if (r && !m->failed)
		log_error("%s cannot be written: %s", m->path, strerror(-r));
	m->failed = r != 0;
	m->written_ms = mono_ms();
	m->events = event_written(m->d->store);
}

static void on_timer(uv_timer_t *t)
{
	struct metrics *m = t->data;
	if (mono_ms() - m->written_ms >= EVERY_MS - 1000)
		put(m);
}

void metrics_look(struct metrics *m)
{
	int64_t since = mono_ms() - m->written_ms;
	if (m->path && (since >= EVERY_MS || (since >= SOONER_MS && m->events != event_written(m->d->store))))
		put(m);
}

void metrics_configure(struct metrics *m)
{
	const char *path = m->d->config->metrics_file;
	if (m->path && (!path || strcmp(path, m->path) != 0))
		unlink(m->path);
	free(m->path);
	m->path = mem_dup(path);
	m->failed = false;
	uv_timer_stop(m->timer);
	if (!m->path)
		return;
	put(m);
	uv_timer_start(m->timer, on_timer, EVERY_MS, EVERY_MS);
}

struct metrics *metrics_new(struct daemon *d)
{
	struct metrics *m = mem_alloc(sizeof *m);
	m->d = d;
	m->timer = mem_alloc(sizeof *m->timer);
	uv_timer_init(d->loop, m->timer);
	m->timer->data = m;
	metrics_counts_begin(d, &m->counts);
	return m;
}

static void free_timer(uv_handle_t *h)
{
	free(h);
}

void metrics_free(struct metrics *m)
{
	if (!m)
		return;
	if (m->path)
		unlink(m->path);
	uv_timer_stop(m->timer);
	uv_close((uv_handle_t *)m->timer, free_timer);
	metrics_counts_done(&m->counts);
	free(m->path);
	free(m);
}
