/* `yishi sensor scan`: which addresses of a bus answer, what stands behind them, and the lines for the configuration. */
#include "cli/sensor_scan.h"
#include "cli/config_write.h"

#include "base/mem.h"
#include "base/paths.h"
#include "base/text.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define GUESS_MS 1000 /* a unit that has answered once gets more time */

static const struct out_column columns[] = {
    {"unit", N_("unit"), OUT_INT, 0},       {"serial", N_("serial"), OUT_TEXT, 0},
    {"map", N_("map"), OUT_TEXT, 0},        {"title", N_("kind of part"), OUT_TEXT, 0},
    {"shows", N_("says now"), OUT_TEXT, 0}, {"cabinet", N_("cabinet"), OUT_TEXT, 0},
    {"points", NULL, OUT_INT, 0},           {"others", NULL, OUT_WORDS, 0},
    {"values", NULL, OUT_RAW, 0},           {"stanza", NULL, OUT_TEXT, 0},
    {"connection", NULL, OUT_TEXT, 0},      {0},
};

/* What nearly every part has or at least refuses. */
static const struct map_request probes[] = {{MODBUS_HOLDING, 0, 1}, {MODBUS_INPUT, 1, 1}};

/* ---- asking ---- */

static void progress(const struct scan *s, int unit, const char *serial)
{
	if (isatty(STDERR_FILENO))
		fprintf(stderr, _("\r%s: address %d of %d, parts found: %d "), serial, unit, s->to, s->count);
}

static void wipe_progress(void)
{
	if (isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
}

static int ask(void *user, int unit, enum modbus_table table, int address, int count, uint16_t *ret)
{
	struct scan *s = user;
	return modbus_link_read(s->bus.link, unit, table, address, count, ret);
}

static bool known(const struct scan *s, int unit)
{
	for (int i = 0; i < s->count; i++)
		if (s->parts[i].unit == unit)
			return true;
	return false;
}

static void add_part(struct scan *s, int unit, const struct scan_setting *setting)
{
	s->parts = mem_resize(s->parts, (size_t)s->count + 1, sizeof *s->parts);
	struct scan_part *p = &s->parts[s->count++];
	*p = (struct scan_part){.unit = unit, .setting = *setting};
	modbus_link_set_timeout(s->bus.link, GUESS_MS);
	int n = map_guess(&s->maps, unit, ask, s, p->guess);
	modbus_link_set_timeout(s->bus.link, s->timeout_ms);
	p->guess_count = n > 0 ? n : 0;
}

/* 0, or the −errno of a bus that is gone. */
static int try_unit(struct scan *s, int unit, const struct scan_setting *setting)
{
	uint16_t word;
	for (size_t i = 0; i < ARRAY_LEN(probes); i++) {
		int r = ask(s, unit, probes[i].table, probes[i].address, probes[i].count, &word);
		if (r == 0 || (modbus_exception(r) && modbus_exception(r) < 10)) {
			add_part(s, unit, setting);
			return 0;
		}
		if (r == -EBADMSG && modbus_link_echoes(s->bus.link))
			s->echoes = true;
		else if (r == -EBADMSG && s->garbled_count < SCAN_GARBLED &&
			 (!s->garbled_count || s->garbled[s->garbled_count - 1] != unit))
			s->garbled[s->garbled_count++] = unit;
		if (!modbus_fault_is_units(r))
			return r;
	}
	return 0;
}

static int try_setting(struct scan *s, const struct scan_setting *setting, struct err *e)
{
	char serial[24] = "TCP";
	int r = 0;
	if (setting->baud) {
		snprintf(serial, sizeof serial, "%d 8%c%d", setting->baud, setting->parity, setting->stop_bits);
		modbus_link_retune(s->bus.link, setting->baud, setting->parity, setting->stop_bits);
		r = modbus_link_open(s->bus.link, e);
	}
	for (int unit = s->from; unit <= s->to && r == 0; unit++) {
		progress(s, unit, serial);
		if (known(s, unit))
			continue;
		r = try_unit(s, unit, setting);
		if (r)
			err_set(e, serial, 0, "%s", err_system(-r));
	}
	return r;
}

/* Many a host is one part and does not look at the address: two that nobody gives tell. */
static bool answers_to_all(struct scan *s)
{
	static const int unlikely[] = {199, 241};
	uint16_t word;
	bool all = s->at.tcp && s->to > s->from;
	for (size_t i = 0; i < ARRAY_LEN(unlikely) && all; i++) {
		int r = ask(s, unlikely[i], probes[0].table, probes[0].address, probes[0].count, &word);
		all = r == 0 || (modbus_exception(r) && modbus_exception(r) < 10);
	}
	return all;
}

static void say_time(const struct scan *s)
{
	int64_t ms =
	    (int64_t)(s->to - s->from + 1) * s->setting_count * (int64_t)ARRAY_LEN(probes) * s->timeout_ms;
	cli_note(_("asking; addresses: %d, line settings: %d; this takes %lld s at most, less where somebody "
		   "answers"),
		 s->to - s->from + 1, s->setting_count, (long long)(ms / 1000 + 1));
}

static int search(struct scan *s)
{
	struct err e = {0};
	char line[500];
	if (!s->at.tcp) {
		s->at.baud = s->setting[0].baud;
		s->at.parity = s->setting[0].parity;
		s->at.stop_bits = s->setting[0].stop_bits;
	}
	int r = sensor_bus_open(s->cfg, &s->at, s->timeout_ms, &s->bus, &e);
	if (r == 0 && answers_to_all(s)) {
		cli_note(_("this host answers to every address: it is one part, of which address %d is taken"),
			 s->from);
		s->to = s->from;
	}
	if (r == 0)
		say_time(s);
	for (int i = 0; i < s->setting_count && r == 0; i++)
		r = try_setting(s, &s->setting[i], &e);
	wipe_progress();
	if (r)
		return cli_fail(r == -EBUSY ? EX_TEMPFAIL : EX_UNAVAILABLE, "%s",
				err_line(&e, line, sizeof line));
	return 0;
}

/* ---- telling ---- */

static void mark_known(struct scan *s)
{
	struct modbus_connection at;
	char name[MODBUS_BUS_NAME];
	for (int i = 0; s->cfg && i < s->cfg->cabinet_count; i++) {
		const struct config_cabinet *cab = &s->cfg->cabinets[i];
		if (!cab->connection || modbus_connection_parse(cab->connection, &at, NULL))
			continue;
		modbus_bus_name(&at, name);
		for (int k = 0; k < s->count; k++)
			if (!strcmp(name, s->bus.name) && cab->unit == s->parts[k].unit)
				s->parts[k].cabinet = cab->name;
	}
}

/* What the rows of the best map say, so that one sees at once whether the guess is right. */
static json_t *look(struct scan *s, const struct scan_part *p, struct buf *shows)
{
	const struct register_map *map = p->guess_count ? p->guess[0].map : NULL;
	json_t *values = json_object();
	struct config_cabinet config = {.unit = p->unit};
	struct cabinet c = {.name = p->name, .config = &config, .map = map};
	for (int i = 0; map && i < map->row_count; i++)
		if (!map->row[i].optional) {
			c.row = mem_resize(c.row, (size_t)c.row_count + 1, sizeof *c.row);
			c.row[c.row_count++] = map->row[i];
		}
	if (map) {
		struct map_value *v = mem_array((size_t)c.row_count, sizeof *v);
		int *faults = mem_array((size_t)c.row_count, sizeof *faults);
		c.pause_ms = map->pause_ms;
		c.request = mem_array((size_t)c.row_count, sizeof *c.request);
		c.request_count = register_plan(c.row, c.row_count, plan_limits_of(map), c.request);
		(void)cabinet_read(&c, s->bus.link, v, faults);
		for (int i = 0; i < c.row_count; i++) {
			char text[64];
			bool good = faults[i] == 0 && v[i].valid;
			json_object_set_new(values, c.row[i].name, good ? json_real(v[i].value) : json_null());
			if (good && i < 4)
				buf_addf(
				    shows, "%s%s", shows->len ? " " : "",
				    register_value_text(&c.row[i], &v[i], s->c->language, text, sizeof text));
		}
		free(v);
		free(faults);
	}
	cabinet_done(&c);
	return values;
}

static void tell_part(struct scan *s, const struct scan_part *p, struct buf *stanzas)
{
	const struct register_map *map = p->guess_count ? p->guess[0].map : NULL;
	char serial[24] = "", connection[400];
	struct buf shows = {0}, stanza = {0};
	json_t *others = json_array(), *values = look(s, p, &shows);
	struct modbus_connection at = s->at;
	if (p->setting.baud) {
		snprintf(serial, sizeof serial, "%d,8%c%d", p->setting.baud, p->setting.parity,
			 p->setting.stop_bits);
		modbus_frame_parse(serial, &at);
	}
	modbus_connection_text(&at, connection, sizeof connection);
	for (int i = 1; i < p->guess_count; i++)
		if (p->guess[i].points == p->guess[0].points)
			json_array_append_new(others, json_string(p->guess[i].map->name));
	if (!p->cabinet) {
		scan_stanza(p, &s->at, s->c->language, &stanza);
		buf_addf(stanzas, "\n%s", buf_str(&stanza));
		for (size_t i = 0; i < json_array_size(others); i++)
			buf_addf(stanzas, _("# it may as well be: map = %s\n"),
				 json_string_value(json_array_get(others, i)));
	}
	json_t *row = json_pack("{s:i, s:s, s:s, s:i, s:o, s:o, s:s}", "unit", p->unit, "serial", serial,
				"connection", connection, "points", map ? p->guess[0].points : 0, "others",
				others, "values", values, "shows", buf_str(&shows));
	json_object_set_new(row, "map", map ? json_string(map->name) : json_null());
	const char *title = !map                                            ? _("unknown")
			    : s->c->language == LANG_ZH && map->title_zh[0] ? map->title_zh
									    : map->title_en;
	json_object_set_new(row, "title", json_string(title));
	json_object_set_new(row, "cabinet", p->cabinet ? out_string(p->cabinet) : json_null());
	json_object_set_new(row, "stanza", p->cabinet ? json_null() : json_string(buf_str(&stanza)));
	out_row(&s->c->out, row);
	buf_done(&shows);
	buf_done(&stanza);
}

/* A running daemon sees the file change. */
static int write_sections(struct scan *s)
{
	char path[PATH_MAX];
	struct config_write w;
	struct err e;
	int fresh = 0;
	for (int i = 0; i < s->count; i++)
		fresh += !s->parts[i].cabinet;
	if (!fresh)
		return cli_fail(CLI_NOTHING,
				_("all of these parts are in the configuration already; nothing was changed"));
	paths_config(s->c->config_given, path, sizeof path);
	int r = config_write_begin(path, &w, &e);
	if (r == 0 && !w.config) {
		config_write_abandon(&w);
		return cli_fail(EX_CONFIG,
				_("%s: there is no configuration yet; `yishi modem probe --write` makes one"),
				path);
	}
	for (int i = 0; i < s->count && r == 0; i++)
		if (!s->parts[i].cabinet) {
			config_write_section(&w);
			scan_stanza(&s->parts[i], &s->at, s->c->language, &w.text);
		}
	return config_written(path, r ? r : config_write_end(&w, &e), &e);
}

static int tell(struct scan *s)
{
	struct buf stanzas = {0};
	if (s->echoes)
		cli_note(_("%s: the adapter hears what it sends itself; switch its echo off, or connect RE "
			   "together with DE (hw/WIRING.md)"),
			 s->bus.name);
	for (int i = 0; i < s->garbled_count; i++)
		if (!known(s, s->garbled[i]))
			cli_note(_("something at address %d answers, but garbled: two parts of one address, "
				   "another speed, or A and B swapped"),
				 s->garbled[i]);
	if (!s->count)
		return cli_fail(
		    CLI_NOTHING,
		    s->at.tcp
			? _("no part answers; is the address of the part (--units) right?")
			: _("no part answers; check power, A and B, and the address; then try --baud all"));
	mark_known(s);
	scan_name(s->parts, s->count, s->cfg, cli_opt(s->c, "name"));
	out_begin(&s->c->out, columns);
	for (int i = 0; i < s->count; i++) {
		struct scan_part *p = &s->parts[i];
		if (p->setting.baud)
			modbus_link_retune(s->bus.link, p->setting.baud, p->setting.parity,
					   p->setting.stop_bits);
		tell_part(s, p, &stanzas);
	}
	out_end(&s->c->out);
	bool write = cli_opt(s->c, "write");
	if (s->c->out.mode == OUT_TABLE && !write)
		fputs(buf_str(&stanzas), s->c->out.file);
	buf_done(&stanzas);
	return write ? write_sections(s) : EX_OK;
}

int sensor_scan(struct cli *c)
{
	struct scan s = {.c = c, .bus = {.lent = {.fd = -1}}};
	int status = scan_arguments(&s);
	if (!status)
		status = sensor_maps(&s.maps);
	if (!status)
		status = search(&s);
	if (!status)
		status = tell(&s);
	sensor_bus_close(&s.bus);
	register_maps_done(&s.maps);
	free(s.parts);
	return status;
}
