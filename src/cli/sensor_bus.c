#include "cli/sensor_bus.h"

#include "base/mem.h"
#include "base/paths.h"
#include "base/text.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define HOLD_MS 20000 /* the daemon may be in the middle of a slow cabinet */

int sensor_maps(struct register_maps *ret)
{
	char dir[PATH_MAX], path[PATH_MAX + 16], line[500];
	struct err e;
	*ret = (struct register_maps){0};
	if (paths_data(dir, sizeof dir) < 0)
		return cli_fail(EX_CONFIG, _("no data folder; set $YISHI_DATA"));
	snprintf(path, sizeof path, "%s/hw/cabinets", dir);
	if (register_maps_load(path, ret, &e))
		return cli_fail(EX_DATAERR, "%s", err_line(&e, line, sizeof line));
	return 0;
}

int sensor_timeout(const struct cli *c, int64_t *ret_ms)
{
	const char *text = cli_opt(c, "timeout");
	int64_t ms = *ret_ms;
	if (text && (duration_parse(text, &ms) || ms < 10 || ms > 10000))
		return cli_usage(c, _("--timeout wants a duration such as 200ms, 10ms to 10s"));
	*ret_ms = ms;
	return 0;
}

/* The name of a cabinet of that bus; NULL: none. */
static const char *cabinet_of(const struct config *cfg, const char *bus)
{
	struct modbus_connection at;
	char name[MODBUS_BUS_NAME];
	for (int i = 0; cfg && i < cfg->cabinet_count; i++) {
		const char *text = cfg->cabinets[i].connection;
		if (!text || modbus_connection_parse(text, &at, NULL))
			continue;
		modbus_bus_name(&at, name);
		if (!strcmp(name, bus))
			return cfg->cabinets[i].name;
	}
	return NULL;
}

/* 0 also when nobody has it. */
static int borrow(const struct config *cfg, const char *cabinet, struct sensor_bus *b, struct err *e)
{
	json_t *answer = NULL;
	int r = control_link_open(cfg, &b->lent);
	if (r == -ENOENT || r == -ECONNREFUSED)
		return 0;
	if (r == 0) {
		json_t *ask = json_pack("{s:s, s:s}", "do", "hold", "cabinet", cabinet);
		char *line = json_dumps(ask, JSON_COMPACT);
		r = control_link_ask(&b->lent, line, HOLD_MS, &answer);
		free(line);
		json_decref(ask);
	}
	if (r) {
		err_set(e, NULL, 0, "the daemon does not lend the bus of %s: %s", cabinet, err_system(-r));
		return r;
	}
	const char *why = json_string_value(json_object_get(answer, "error"));
	bool lent = json_is_true(json_object_get(answer, "ok"));
	/* written into the configuration a moment ago, perhaps: then nobody has it */
	if (!lent && !(why && !strncmp(why, "no such", 7))) {
		bool twice = why && strstr(why, "lent already");
		err_set(e, NULL, 0, "the daemon does not lend the bus of %s: %s", cabinet,
			twice ? _("somebody else has it; end the other read or scan first")
			: why ? why
			      : "?");
		r = -EBUSY;
	}
	json_decref(answer);
	return r;
}

int sensor_bus_open(const struct config *cfg, const struct modbus_connection *at, int64_t timeout_ms,
		    struct sensor_bus *ret, struct err *e)
{
	struct sensor_bus b = {.lent = {.fd = -1}};
	modbus_bus_name(at, b.name);
	const char *cabinet = cabinet_of(cfg, b.name);
	int r = cabinet ? borrow(cfg, cabinet, &b, e) : 0;
	if (r == 0) {
		b.link = modbus_link_new(at, timeout_ms);
		r = modbus_link_open(b.link, e);
	}
	*ret = b;
	if (r)
		sensor_bus_close(ret);
	return r;
}

void sensor_bus_close(struct sensor_bus *b)
{
	if (b->link || b->lent.fd >= 0) {
		modbus_link_free(b->link);
		control_link_close(&b->lent);
	}
	b->link = NULL;
	b->lent.fd = -1;
}

json_t *sensor_reading(const struct cli *c, const char *name, const struct map_row *row,
		       const struct map_value *v, int fault)
{
	char text[128], where[32], words[32] = "";
	const char *state = fault == 0 && v->valid ? register_state(row, v->value, LANG_EN) : NULL;
	if (fault)
		modbus_error_text(fault, text, sizeof text);
	else
		register_value_text(row, v, c->language, text, sizeof text);
	register_number_text(row->table, row->address, where, sizeof where);
	for (int i = 0; fault == 0 && i < map_type_registers(row->type); i++)
		snprintf(words + strlen(words), sizeof words - strlen(words), "%s%04X", i ? " " : "",
			 v->words[i]);
	json_t *j = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:b}", "sensor", name, "label",
			      register_label(row, c->language), "text", text, "register", where, "type",
			      map_type_name(row->type), "words", words, "ok", fault == 0 && v->valid);
	json_object_set_new(j, "unit", row->unit[0] ? json_string(row->unit) : json_null());
	json_object_set_new(j, "value", fault == 0 && v->valid ? json_real(v->value) : json_null());
	json_object_set_new(j, "state", state ? json_string(state) : json_null());
	json_object_set_new(j, "raw", fault == 0 ? json_integer((json_int_t)v->raw) : json_null());
	json_object_set_new(j, "fault", fault ? json_string(text) : json_null());
	return j;
}
