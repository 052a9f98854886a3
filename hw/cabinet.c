#include "hw/cabinet.h"
#include "hw/port_holder.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <libgen.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* A sentence about one key of [cabinet NAME], with file and line. */
static int wrong(const struct cabinet *c, const struct config *cfg, const char *key, struct err *e,
		 const char *fmt, ...) __attribute__((format(printf, 5, 6)));
static int wrong(const struct cabinet *c, const struct config *cfg, const char *key, struct err *e,
		 const char *fmt, ...)
{
	char text[sizeof e->text];
	cleanup_free char *section = mem_printf("cabinet %s", c->name);
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, gettext(fmt), ap);
	va_end(ap);
	return err_set(e, cfg->path, config_line(cfg, section, key), "%s", text);
}

int cabinet_find(const struct config *cfg, const char *name)
{
	for (int i = 0; i < cfg->cabinet_count; i++)
		if (!strcmp(cfg->cabinets[i].name, name))
			return i;
	return -1;
}

/* NAME of hw/cabinets, or a file of the installer's own; relative to the configuration's folder. */
static int find_map(struct cabinet *c, const struct config *cfg, struct register_maps *maps, struct err *e)
{
	const char *wanted = c->config->map;
	struct err why = {0};
	if (!wanted)
		return 0;
	cleanup_free char *name = mem_dup(wanted), *folder = mem_dup(cfg->path);
	char *dot = strstr(name, ".map");
	if (dot && !dot[4])
		*dot = 0;
	if (!strchr(wanted, '/')) {
		c->map = register_maps_find(maps, name);
		return c->map ? 0
			      : wrong(c, cfg, "map", e,
				      "[cabinet %s]: there is no map %s; `yishi sensor scan` tells which fits",
				      c->name, wanted);
	}
	cleanup_free char *path =
	    wanted[0] == '/' ? mem_dup(wanted) : mem_printf("%s/%s", dirname(folder), wanted);
	for (int i = 0; i < maps->count && !c->map; i++)
		if (!strcmp(maps->map[i]->file, path))
			c->map = maps->map[i];
	if (!c->map && register_maps_add_file(maps, path, &c->map, &why)) {
		char line[500];
		return wrong(c, cfg, "map", e, "[cabinet %s]: %s", c->name, err_line(&why, line, sizeof line));
	}
	return 0;
}

static int find_bus(struct cabinet *c, const struct config *cfg, struct err *e)
{
	char modem[MODBUS_BUS_NAME];
	struct err why;
	if (!c->config->connection)
		return wrong(c, cfg, NULL, e,
			     "[cabinet %s] has no connection; it is rtu:DEVICE,9600,8N1 or tcp:HOST:PORT",
			     c->name);
	if (modbus_connection_parse(c->config->connection, &c->connection, &why))
		return wrong(c, cfg, "connection", e, "[cabinet %s]: %s", c->name, why.text);
	/* RTU knows no more than 247, TCP uses 255 and 0 for the host itself */
	bool host = c->connection.tcp && !c->connection.serial_server;
	int most = host ? 255 : MODBUS_UNIT_MAX;
	if (c->config->unit > most || (!host && c->config->unit < 1))
		return wrong(c, cfg, "unit", e, "[cabinet %s]: unit is 1 to %d", c->name, most);
	modbus_bus_name(&c->connection, c->bus);
	for (int i = 0; i < cfg->modem_count && !c->connection.tcp; i++) {
		const char *device = cfg->modems[i].device;
		if (!device || device[0] != '/')
			continue;
		port_real_name(device, modem, sizeof modem);
		if (!strcmp(modem, c->bus))
			return wrong(c, cfg, "connection", e,
				     "[cabinet %s]: %s is the port of [modem %s]; a bus needs one of its own",
				     c->name, c->connection.device, cfg->modems[i].name);
	}
	return 0;
}

static void add_row(struct cabinet *c, const struct map_row *row, const struct config_sensor *sensor)
{
	int i = c->row_count++;
	c->row = mem_resize(c->row, (size_t)c->row_count, sizeof *c->row);
	c->of = mem_resize(c->of, (size_t)c->row_count, sizeof *c->of);
	c->row[i] = *row;
	c->of[i] = (struct cabinet_row){.sensor = sensor};
	if (sensor)
		text_copy(c->of[i].name, sizeof c->of[i].name, sensor->name);
	else
		snprintf(c->of[i].name, sizeof c->of[i].name, "%s.%s", c->name, row->name);
}

/* The sentence names the section; the line is the register's. */
static int sensor_wrong(const struct config *cfg, const struct config_sensor *s, const struct err *why,
			struct err *e)
{
	cleanup_free char *section = mem_printf("sensor %s", s->name);
	int line = config_line(cfg, section, "register");
	return err_set(e, cfg->path, line ? line : config_line(cfg, section, NULL), "%s", why->text);
}

static int add_rows(struct cabinet *c, const struct config *cfg, struct err *e)
{
	size_t n = strlen(c->name);
	struct map_row row;
	struct err why;
	for (int i = 0; i < cfg->sensor_count; i++) {
		const struct config_sensor *s = &cfg->sensors[i];
		if (strncmp(s->name, c->name, n) != 0 || s->name[n] != '.')
			continue;
		if (register_map_sensor(c->map, s, &row, &why))
			return sensor_wrong(cfg, s, &why, e);
		if (c->row_count == MAP_ROWS)
			return wrong(c, cfg, NULL, e, "[cabinet %s] has more than %d sensors", c->name,
				     MAP_ROWS);
		add_row(c, &row, s);
	}
	bool whole = !c->row_count && c->map;
	for (int i = 0; whole && i < c->map->row_count; i++)
		if (!c->map->row[i].optional)
			add_row(c, &c->map->row[i], NULL);
	if (!c->row_count)
		return wrong(
		    c, cfg, NULL, e,
		    "[cabinet %s] has nothing to read: give it a map, or a [sensor %s.NAME] with a register",
		    c->name, c->name);
	return 0;
}

int cabinet_init(struct cabinet *c, const struct config *cfg, int i, struct register_maps *maps, struct err *e)
{
	*c = (struct cabinet){.name = cfg->cabinets[i].name, .config = &cfg->cabinets[i]};
	int r = find_bus(c, cfg, e);
	if (r == 0)
		r = find_map(c, cfg, maps, e);
	if (r == 0)
		r = add_rows(c, cfg, e);
	if (r) {
		cabinet_done(c);
		return r;
	}
	c->pause_ms = c->map ? c->map->pause_ms : MAP_PAUSE_MS;
	c->request = mem_array((size_t)c->row_count, sizeof *c->request);
	c->request_count = register_plan(c->row, c->row_count, plan_limits_of(c->map), c->request);
	return 0;
}

void cabinet_done(struct cabinet *c)
{
	free(c->of);
	free(c->row);
	free(c->request);
	*c = (struct cabinet){0};
}

static void wait_ms(int64_t ms)
{
	struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
	nanosleep(&t, NULL);
}

struct pass {
	const struct cabinet *c;
	struct modbus_link *l;
	struct map_value *values;
	int *faults;
	bool asked, answered;
};

static int read_one(struct pass *p, const struct map_request *q, uint16_t *words)
{
	if (p->asked)
		wait_ms(p->c->pause_ms);
	p->asked = true;
	int r = modbus_link_read(p->l, p->c->config->unit, q->table, q->address, q->count, words);
	p->answered |= r == 0 || modbus_exception(r);
	return r;
}

static void settle(struct pass *p, const struct map_request *q, const uint16_t *words, int fault)
{
	int at;
	for (int i = 0; i < p->c->row_count; i++) {
		if (!register_plan_has(q, &p->c->row[i], &at))
			continue;
		p->faults[i] = fault;
		if (fault == 0)
			register_decode(&p->c->row[i], words + at, &p->values[i]);
	}
}

/* One missing register makes a unit refuse all of them. */
static int read_singly(struct pass *p, const struct map_request *q, uint16_t *words)
{
	int at, r = 0;
	for (int i = 0; i < p->c->row_count && (r == 0 || modbus_fault_is_units(r)); i++) {
		const struct map_row *row = &p->c->row[i];
		struct map_request one = {row->table, row->address, map_type_registers(row->type)};
		if (!register_plan_has(q, row, &at))
			continue;
		r = read_one(p, &one, words);
		p->faults[i] = r;
		if (r == 0)
			register_decode(row, words, &p->values[i]);
	}
	return r;
}

int cabinet_read(const struct cabinet *c, struct modbus_link *l, struct map_value *values, int *faults)
{
	struct pass p = {c, l, values, faults, false, false};
	uint16_t words[MODBUS_BITS_MAX];
	int r = 0, at;
	for (int i = 0; i < c->row_count; i++) {
		values[i] = (struct map_value){0};
		faults[i] = -ETIMEDOUT;
	}
	for (int i = 0; i < c->request_count; i++) {
		const struct map_request *q = &c->request[i];
		bool several = false;
		r = read_one(&p, q, words);
		for (int k = 0; k < c->row_count; k++)
			several |= register_plan_has(q, &c->row[k], &at) &&
				   map_type_registers(c->row[k].type) < q->count;
		if (modbus_exception(r) && several)
			r = read_singly(&p, q, words);
		else
			settle(&p, q, words, r);
		if (r && !modbus_fault_is_units(r))
			break;
		if (r && !p.answered)
			break;
	}
	bool bus = r && !modbus_fault_is_units(r);
	for (int i = 0; i < c->row_count && (bus || !p.answered); i++)
		faults[i] = r;
	return bus ? r : 0;
}
