#include "daemon/cabinet_set.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/paths.h"

#include <errno.h>
#include <string.h>

static int wrong(const struct cabinet_set *s, int i, const char *key, struct err *e, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
static int wrong(const struct cabinet_set *s, int i, const char *key, struct err *e, const char *fmt, ...)
{
	char text[300], section[120];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, gettext(fmt), ap);
	va_end(ap);
	snprintf(section, sizeof section, "cabinet %s", s->cabinet[i].name);
	err_set(e, s->config->path, config_line(s->config, section, key), "%s", text);
	return -EINVAL;
}

static int check_times(const struct cabinet_set *s, int i, struct err *e)
{
	const struct config_cabinet *c = s->cabinet[i].config;
	if (c->poll_ms < CABINET_POLL_MIN_MS || c->poll_ms > CABINET_POLL_MAX_MS)
		return wrong(s, i, "poll", e, N_("[cabinet %s] poll wants 100ms to 1d"), c->name);
	if (c->timeout_ms < CABINET_TIMEOUT_MIN_MS || c->timeout_ms > CABINET_TIMEOUT_MAX_MS)
		return wrong(s, i, "timeout", e, N_("[cabinet %s] timeout wants 20ms to 10s"), c->name);
	return 0;
}

/* One wire has one speed; and what is read whole is read once. */
static int check_bus(const struct cabinet_set *s, int i, struct err *e)
{
	const struct cabinet *b = &s->cabinet[i];
	for (int k = 0; k < i; k++) {
		const struct cabinet *a = &s->cabinet[k];
		const struct modbus_connection *x = &a->connection, *y = &b->connection;
		if (strcmp(a->bus, b->bus) != 0)
			continue;
		if (x->tcp ? x->serial_server != y->serial_server
			   : (x->baud != y->baud || x->parity != y->parity || x->stop_bits != y->stop_bits ||
			      x->direction != y->direction))
			return wrong(
			    s, i, "connection", e,
			    N_("[cabinet %s] is on the same wire as [cabinet %s], with another speed or "
			       "frame; give both the same"),
			    b->name, a->name);
		/* some of its registers in one, some in the other, at another interval: that has sense */
		bool whole = !a->of[0].sensor && !b->of[0].sensor;
		if (a->config->unit == b->config->unit && a->map == b->map && whole)
			return wrong(
			    s, i, "unit", e,
			    N_("[cabinet %s] has the unit and map of [cabinet %s] on the same wire; give "
			       "each its own"),
			    b->name, a->name);
	}
	return 0;
}

int cabinet_set_new(const struct config *config, struct cabinet_set **ret, struct err *e)
{
	struct cabinet_set *s = mem_alloc(sizeof *s);
	char folder[300], data[256];
	*s = (struct cabinet_set){.users = 1, .config = config};
	int r = 0;
	if (config->cabinet_count) {
		if ((r = paths_data(data, sizeof data)))
			err_set(e, "", 0, "no data folder; set $YISHI_DATA");
		snprintf(folder, sizeof folder, "%s/hw/cabinets", data);
		if (!r)
			r = register_maps_load(folder, &s->maps, e);
	}
	for (int i = 0; i < config->cabinet_count && r >= 0; i++) {
		if ((r = cabinet_init(&s->cabinet[i], config, i, &s->maps, e)) < 0)
			break;
		s->count++;
		if ((r = check_times(s, i, e)) == 0)
			r = check_bus(s, i, e);
	}
	if (r < 0) {
		cabinet_set_unuse(s);
		return r;
	}
	*ret = s;
	return 0;
}

struct cabinet_set *cabinet_set_use(struct cabinet_set *s)
{
	s->users++;
	return s;
}

void cabinet_set_unuse(struct cabinet_set *s)
{
	if (!s || --s->users > 0)
		return;
	for (int i = 0; i < s->count; i++)
		cabinet_done(&s->cabinet[i]);
	register_maps_done(&s->maps);
	if (s->retired)
		config_free((struct config *)(uintptr_t)s->config);
	free(s);
}

void cabinet_set_retire(struct cabinet_set *s, struct config *config)
{
	s->config = config;
	s->retired = true;
	cabinet_set_unuse(s);
}
