/* `yishi sensor read`: what the cabinets say now. */
#include "cli/modem_find.h"
#include "cli/sensor_bus.h"

#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct out_column columns[] = {
    {"sensor", N_("sensor"), OUT_TEXT, 0},
    {"label", N_("measured"), OUT_TEXT, 0},
    {"text", N_("value"), OUT_TEXT, 0},
    {"value", NULL, OUT_RAW, 0},
    {"unit", NULL, OUT_TEXT, 0},
    {"state", NULL, OUT_TEXT, 0},
    {"ok", NULL, OUT_BOOL, 0},
    {"fault", NULL, OUT_TEXT, 0},
    {0},
};

static const struct out_column raw_columns[] = {
    {"sensor", N_("sensor"), OUT_TEXT, 0},
    {"label", N_("measured"), OUT_TEXT, 0},
    {"register", N_("register address"), OUT_TEXT, 0},
    {"type", N_("kind of number"), OUT_TEXT, 0},
    {"words", N_("words (hex)"), OUT_TEXT, 0},
    {"raw", N_("raw number"), OUT_INT, 0},
    {"text", N_("value"), OUT_TEXT, 0},
    {"value", NULL, OUT_RAW, 0},
    {"unit", NULL, OUT_TEXT, 0},
    {"state", NULL, OUT_TEXT, 0},
    {"ok", NULL, OUT_BOOL, 0},
    {"fault", NULL, OUT_TEXT, 0},
    {0},
};

struct reading {
	struct cli *c;
	const struct config *cfg, *running; /* what is read; what the daemon works by, NULL none */
	bool made;                          /* cfg is of options, not of a file */
	struct register_maps maps;
	struct sensor_bus bus;
	const char *wanted; /* CABINET, CABINET.NAME, or NULL: all */
	int shown, good, unreachable;
};

static bool wants(const struct reading *r, const char *cabinet, const char *name)
{
	size_t n = strlen(cabinet);
	if (!r->wanted || !strcmp(r->wanted, cabinet))
		return true;
	if (strncmp(r->wanted, cabinet, n) != 0 || r->wanted[n] != '.')
		return false;
	return !name || !strcmp(r->wanted, name);
}

/* Two cabinets on one wire share one opening of it. */
static int reach(struct reading *r, const struct cabinet *c, struct err *e)
{
	if (r->bus.link && !strcmp(r->bus.name, c->bus)) {
		modbus_link_set_timeout(r->bus.link, c->config->timeout_ms);
		return modbus_link_open(r->bus.link, e);
	}
	sensor_bus_close(&r->bus);
	return sensor_bus_open(r->running, &c->connection, c->config->timeout_ms, &r->bus, e);
}

/* What an installer on the ladder does next. */
static void advise(const struct cabinet *c, const struct map_value *values, const int *faults, bool echoes)
{
	int silent = 0, garbled = 0, refused = 0, broken = 0;
	for (int i = 0; i < c->row_count; i++) {
		silent += faults[i] == -ETIMEDOUT || modbus_exception(faults[i]) >= 10;
		garbled += faults[i] == -EBADMSG;
		refused += modbus_exception(faults[i]) == 1 || modbus_exception(faults[i]) == 2;
		broken += faults[i] == 0 && !values[i].valid;
	}
	if (silent == c->row_count)
		cli_note(_("%s: nothing answers at address %d; check power, A and B, address and speed; `yishi "
			   "sensor scan --cabinet %s` looks for it"),
			 c->name, c->config->unit, c->name);
	else if (garbled && echoes)
		cli_note(_("%s: the adapter hears what it sends itself; switch its echo off, or connect RE "
			   "together with DE (hw/WIRING.md)"),
			 c->name);
	else if (garbled)
		cli_note(_("%s: answers are garbled; two parts of one address, another speed or parity, or a "
			   "line that wants its termination (hw/WIRING.md)"),
			 c->name);
	if (refused)
		cli_note(
		    _("%s: the part has no such register; is it another kind? `yishi sensor scan --cabinet %s` "
		      "guesses which"),
		    c->name, c->name);
	if (broken)
		cli_note(_("%s: the part itself says that it has no value; look at the probe and its cable"),
			 c->name);
}

/* "[cabinet here]: unit is 1 to 255": a section that nobody wrote is not named. */
static const char *without_section(const char *text)
{
	const char *end = *text == '[' ? strchr(text, ']') : NULL;
	if (!end)
		return text;
	return !strncmp(end, "]: ", 3) ? end + 3 : !strncmp(end, "]：", 4) ? end + 4 : text;
}

static int read_cabinet(struct reading *r, int i)
{
	char line[500];
	struct cabinet c;
	struct err e = {0};
	if (cabinet_init(&c, r->cfg, i, &r->maps, &e))
		return r->made ? cli_usage(r->c, "%s", without_section(e.text))
			       : cli_fail(EX_CONFIG, "%s", err_line(&e, line, sizeof line));
	struct map_value *values = mem_array((size_t)c.row_count, sizeof *values);
	int *faults = mem_array((size_t)c.row_count, sizeof *faults), fault = reach(r, &c, &e);
	if (fault) {
		cli_note("%s: %s", c.name, err_line(&e, line, sizeof line));
		r->unreachable++;
	} else
		fault = cabinet_read(&c, r->bus.link, values, faults);
	if (!fault && (!r->wanted || !strchr(r->wanted, '.')))
		advise(&c, values, faults, modbus_link_echoes(r->bus.link));
	for (int k = 0; k < c.row_count; k++) {
		if (!wants(r, c.name, c.of[k].name))
			continue;
		int f = fault ? fault : faults[k];
		out_row(&r->c->out, sensor_reading(r->c, c.of[k].name, &c.row[k], &values[k], f));
		r->shown++;
		r->good += f == 0 && values[k].valid;
	}
	free(values);
	free(faults);
	cabinet_done(&c);
	return 0;
}

static int read_all(struct reading *r)
{
	int status = 0;
	for (int i = 0; i < r->cfg->cabinet_count && !status; i++)
		if (wants(r, r->cfg->cabinets[i].name, NULL))
			status = read_cabinet(r, i);
	sensor_bus_close(&r->bus);
	return status;
}

/* What says how to read a part of which the configuration knows nothing. */
static int lacks_connection(struct cli *c)
{
	static const char *const options[] = {"unit", "map", "register", "type", "scale", "timeout"};
	for (size_t i = 0; i < ARRAY_LEN(options); i++)
		if (cli_opt(c, options[i]))
			return cli_usage(c, _("--%s goes with --connection"), options[i]);
	return 0;
}

/* --connection: a part that stands in no configuration yet, as if it did. */
static int make_config(struct cli *c, const char *connection, struct config *cfg)
{
	int64_t unit = 1, timeout = 1000;
	const char *text = cli_opt(c, "unit"), *reg = cli_opt(c, "register"), *scale = cli_opt(c, "scale");
	char *end;
	int r = text ? cli_integer(c, text, "--unit", 0, &unit) : 0;
	if (r || (r = sensor_timeout(c, &timeout)))
		return r;
	if (c->argc)
		return cli_usage(c, _("a cabinet of the configuration, or --connection: not both"));
	if (scale && (!isfinite(strtod(scale, &end)) || end == scale || *end))
		return cli_usage(c, _("--scale wants a number such as 0.1, not %.40s"), scale);
	if (!reg && !cli_opt(c, "map"))
		return cli_usage(c, _("say what to read: --map NAME, or --register input:1 with --type"));
	cfg->path = mem_dup("--connection");
	cfg->cabinet_count = 1;
	cfg->cabinets[0] = (struct config_cabinet){.name = (char *)(uintptr_t) "here",
						   .connection = (char *)(uintptr_t)connection,
						   .map = (char *)(uintptr_t)cli_opt(c, "map"),
						   .unit = (int)(unit < 1000 ? unit : 1000),
						   .timeout_ms = timeout};
	if (reg) {
		cfg->sensor_count = 1;
		cfg->sensors[0] = (struct config_sensor){.name = (char *)(uintptr_t) "here.register",
							 .reg = (char *)(uintptr_t)reg,
							 .type = (char *)(uintptr_t)cli_opt(c, "type"),
							 .scale = (char *)(uintptr_t)cli_opt(c, "scale")};
	}
	return 0;
}

int sensor_read(struct cli *c)
{
	struct reading r = {.c = c, .bus = {.lent = {.fd = -1}}, .wanted = c->argc ? c->argv[0] : NULL};
	struct config *made = NULL;
	const char *connection = cli_opt(c, "connection");
	int status;
	if (connection) {
		made = mem_alloc(sizeof *made);
		status = make_config(c, connection, made);
		r.cfg = made;
		r.running = find_config(c);
		r.made = true;
	} else {
		status = lacks_connection(c);
		if (!status)
			status = cli_config(c, &r.cfg);
		r.running = r.cfg;
	}
	if (!status)
		status = sensor_maps(&r.maps);
	if (!status) {
		out_begin(&c->out, cli_opt(c, "raw") || c->out.mode != OUT_TABLE ? raw_columns : columns);
		status = read_all(&r);
		out_end(&c->out);
	}
	register_maps_done(&r.maps);
	if (made)
		free(made->path);
	free(made);
	if (status)
		return status;
	if (!r.shown && r.wanted)
		return cli_fail(CLI_NOTHING,
				_("there is no cabinet and no sensor %s; `yishi sensor list` shows them"),
				r.wanted);
	if (!r.shown)
		return cli_fail(
		    CLI_NOTHING,
		    _("the configuration has no cabinet; `yishi sensor scan` finds parts and writes "
		      "one"));
	return r.good == r.shown ? EX_OK : r.unreachable && !r.good ? EX_UNAVAILABLE : CLI_NOTHING;
}
