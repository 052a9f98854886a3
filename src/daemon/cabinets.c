#include "daemon/cabinets_internal.h"
#include "daemon/daemon.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "hw/path_watch.h"
#include "store/store.h"

#include <errno.h>
#include <string.h>

static void free_bus(struct bus *b)
{
	modbus_link_free(b->link);
	free(b);
}

void cabinets_free_all(struct cabinets *c)
{
	if (c->handles || c->running)
		return;
	for (int i = 0; i < c->unit_count; i++)
		free(c->unit[i].live);
	for (int i = 0; i < c->bus_count; i++)
		free_bus(c->bus[i]);
	free(c->bus);
	lives_done(&c->lives);
	path_watch_free(c->path_watch);
	cabinet_set_unuse(c->set);
	free(c);
}

void cabinets_drop(struct cabinets *c, struct bus *b)
{
	for (int i = 0; i < c->bus_count; i++)
		if (c->bus[i] == b)
			c->bus[i] = c->bus[--c->bus_count];
	free_bus(b);
}

struct unit *cabinets_unit(struct cabinets *c, const char *name)
{
	for (int i = 0; i < c->unit_count; i++)
		if (!strcmp(c->unit[i].cabinet->name, name))
			return &c->unit[i];
	return NULL;
}

/* ------------------------------------------------------------------------------------------------ configuration */

static struct bus *get_bus(struct cabinets *c, const struct cabinet *cabinet)
{
	for (int i = 0; i < c->bus_count; i++) {
		struct bus *b = c->bus[i];
		char was[300], is[300];
		modbus_connection_text(&b->connection, was, sizeof was);
		modbus_connection_text(&cabinet->connection, is, sizeof is);
		/* the same words, though the adapter may be another tty by now; or other words for the same tty */
		if (strcmp(was, is) != 0 && !(b->wanted && !strcmp(b->name, cabinet->bus)))
			continue;
		text_copy(b->name, sizeof b->name, cabinet->bus);
		b->wanted = true;
		return b;
	}
	struct bus *b = mem_alloc(sizeof *b);
	*b = (struct bus){.c = c, .connection = cabinet->connection, .wanted = true};
	text_copy(b->name, sizeof b->name, cabinet->bus);
	b->work.data = b;
	b->link = modbus_link_new(&cabinet->connection, cabinet->config->timeout_ms);
	c->bus = mem_resize(c->bus, (size_t)c->bus_count + 1, sizeof(struct bus *));
	c->bus[c->bus_count++] = b;
	return b;
}

static void add_unit(struct cabinets *c, struct unit *old, int old_count, const struct cabinet *cabinet)
{
	struct unit *u = &c->unit[c->unit_count++];
	*u = (struct unit){.cabinet = cabinet};
	for (int i = 0; i < old_count; i++)
		if (!strcmp(old[i].cabinet->name, cabinet->name))
			*u = (struct unit){.cabinet = cabinet,
					   .plan = old[i].plan,
					   .dark_ms = old[i].dark_ms,
					   .vain = old[i].vain,
					   .lost = old[i].lost};
	plan_hurry(&u->plan, mono_ms());
	u->bus = get_bus(c, cabinet);
	u->live = mem_array((size_t)cabinet->row_count, sizeof(struct live *));
	for (int i = 0; i < cabinet->row_count; i++) {
		u->live[i] = lives_get(&c->lives, cabinet->of[i].name);
		u->live[i]->wanted = true;
	}
}

static void on_paths(uv_poll_t *p, int status, int events)
{
	struct cabinets *c = p->data;
	(void)events;
	if (status < 0 || !path_watch_changed(c->path_watch))
		return;
	for (int i = 0; i < c->bus_count; i++)
		if (!c->bus[i]->connection.tcp && c->bus[i]->plan.fails)
			plan_hurry(&c->bus[i]->plan, mono_ms());
	for (int i = 0; i < c->unit_count; i++)
		if (!c->unit[i].bus->connection.tcp && c->unit[i].bus->plan.fails)
			plan_hurry(&c->unit[i].plan, mono_ms());
	cabinets_pump(c);
}

static void watch_paths(struct cabinets *c)
{
	const char *paths[CONFIG_CABINETS];
	int n = 0;
	for (int i = 0; i < c->bus_count; i++)
		if (c->bus[i]->wanted && !c->bus[i]->connection.tcp && n < CONFIG_CABINETS)
			paths[n++] = c->bus[i]->connection.device;
	if (n && !c->path_watch) {
		c->path_watch = path_watch_new();
		int fd = path_watch_fd(c->path_watch);
		if (fd >= 0 && uv_poll_init(c->d->loop, &c->paths, fd) == 0) {
			c->paths.data = c;
			c->has_paths = true;
			c->handles++;
			uv_poll_start(&c->paths, UV_READABLE, on_paths);
		}
	}
	if (c->path_watch)
		path_watch_set(c->path_watch, paths, n);
}

static void use(struct cabinets *c, struct cabinet_set *set)
{
	struct unit old[CONFIG_CABINETS];
	int old_count = c->unit_count;
	memcpy(old, c->unit, sizeof old);
	c->set = set;
	c->unit_count = 0;
	for (int i = 0; i < c->bus_count; i++)
		c->bus[i]->wanted = false;
	for (int i = 0; i < c->lives.count; i++)
		c->lives.list[i]->wanted = false;
	for (int i = 0; i < set->count; i++)
		add_unit(c, old, old_count, &set->cabinet[i]);
	for (int i = 0; i < old_count; i++)
		free(old[i].live);
	for (int i = c->bus_count - 1; i >= 0; i--)
		cabinets_rest(c, c->bus[i]);
	lives_settle(&c->lives);
	watch_paths(c);
}

int cabinets_new(struct daemon *d, struct cabinets **ret, struct err *e)
{
	struct cabinet_set *set;
	int r = cabinet_set_new(d->config, &set, e);
	if (r < 0)
		return r;
	struct cabinets *c = mem_alloc(sizeof *c);
	*c = (struct cabinets){.d = d, .handles = 1};
	uv_timer_init(d->loop, &c->timer);
	c->timer.data = c;
	if ((r = lives_load(&c->lives, d->store, mono_ms())) < 0)
		log_error("what is known of the sensors cannot be read: %s (%s)", strerror(-r),
			  store_error(d->store));
	use(c, set);
	*ret = c;
	return 0;
}

static void begin(uv_timer_t *t)
{
	cabinets_pump(t->data);
}

void cabinets_start(struct cabinets *c)
{
	/* from the loop: what the program still has to set for all its threads (its language) is set by then */
	uv_timer_start(&c->timer, begin, 0, 0);
}

void cabinets_reconfigure(struct cabinets *c, struct cabinet_set *set, struct config *old)
{
	struct cabinet_set *was = c->set;
	use(c, set);
	cabinet_set_retire(was, old);
	cabinets_pump(c);
}

static void closed(uv_handle_t *h)
{
	struct cabinets *c = h->data;
	c->handles--;
	cabinets_free_all(c);
}

void cabinets_free(struct cabinets *c)
{
	if (!c)
		return;
	cabinets_write(c, true);
	c->ended = true;
	for (int i = 0; i < c->bus_count; i++)
		if (c->bus[i]->busy)
			uv_cancel((uv_req_t *)&c->bus[i]->work);
	uv_close((uv_handle_t *)&c->timer, closed);
	if (c->has_paths)
		uv_close((uv_handle_t *)&c->paths, closed);
}

/* ------------------------------------------------------------------------------------------------ others */

int cabinets_hold(struct cabinets *c, const char *cabinet, const char **ret_connection)
{
	struct unit *u = cabinets_unit(c, cabinet);
	if (!u)
		return -ENOENT;
	struct bus *b = u->bus;
	*ret_connection = u->cabinet->config->connection;
	if (b->lent)
		return -EBUSY;
	b->lent = true;
	text_copy(b->borrower, sizeof b->borrower, cabinet);
	b->lent_ms = mono_ms();
	if (!b->busy && !modbus_link_is_open(b->link))
		return 0;
	cabinets_rest(c, b);
	return -EINPROGRESS;
}

void cabinets_release(struct cabinets *c, const char *cabinet)
{
	int64_t now = mono_ms();
	for (int i = c->bus_count - 1; i >= 0; i--) {
		struct bus *b = c->bus[i];
		if (!b->lent || strcmp(b->borrower, cabinet) != 0)
			continue;
		b->lent = false;
		plan_hurry(&b->plan, now);
		for (int k = 0; k < c->unit_count; k++)
			if (c->unit[k].bus == b)
				plan_hurry(&c->unit[k].plan, now);
		cabinets_rest(c, b);
	}
	cabinets_pump(c);
}

void cabinets_watch(struct cabinets *c, int more)
{
	int64_t now = mono_ms();
	c->lives.watchers += more;
	if (more < 0)
		return;
	cabinets_write(c, true);
	if (now - c->hurried_ms < PLAN_SEEN_MS)
		return; /* a script may ask again and again */
	c->hurried_ms = now;
	for (int i = 0; i < c->bus_count; i++)
		if (c->bus[i]->plan.fails)
			plan_hurry(&c->bus[i]->plan, now);
	for (int i = 0; i < c->unit_count; i++)
		if (c->unit[i].plan.fails || c->unit[i].bus->plan.fails)
			plan_hurry(&c->unit[i].plan, now);
	cabinets_pump(c);
}

int cabinets_each(const struct cabinets *c, int (*row)(void *ctx, const struct sensor *x), void *ctx)
{
	for (int i = 0; i < c->unit_count; i++)
		for (int k = 0; k < c->unit[i].cabinet->row_count; k++) {
			const struct live *l = c->unit[i].live[k];
			int stop = row(ctx, &(struct sensor){.id = l->id,
							     .name = l->name,
							     .fault = l->fault,
							     .code = l->code,
							     .first_utc = l->first_utc,
							     .since_utc = l->since_utc,
							     .has_value = l->has_value,
							     .value = l->value,
							     .seen_utc = l->seen_utc});
			if (stop)
				return stop;
		}
	return 0;
}
