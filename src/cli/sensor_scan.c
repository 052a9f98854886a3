/* `yishi sensor scan`: which addresses of a bus answer, what stands behind them, and the lines for the configuration. */
#include "cli/sensor_scan.h"
#include "cli/config_write.h"
#include "cli/modem_find.h"
#include "cli/sensor_bus.h"

#include "base/mem.h"
#include "base/paths.h"
#include "base/text.h"
#include "hw/port_holder.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BY_ID       "/dev/serial/by-id"
#define SETTINGS    24
#define RTU_MS      200
#define TCP_MS      500
#define GUESS_MS    1000 /* a unit that has answered once gets more time */
#define GARBLED_MAX 8

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

struct scan {
	struct cli *c;
	const struct config *cfg; /* NULL: none yet */
	struct register_maps maps;
	struct modbus_connection at;
	struct sensor_bus bus;
	struct scan_setting setting[SETTINGS];
	int setting_count, from, to;
	int64_t timeout_ms;
	struct scan_part *parts; /* owned */
	int count;
	int garbled[GARBLED_MAX], garbled_count; /* addresses where something came that is no answer */
};

/* ---- what is asked for ---- */

static int parse_units(struct scan *s)
{
	const char *text = cli_opt(s->c, "units");
	char rest;
	int n = text ? sscanf(text, "%d-%d%c", &s->from, &s->to, &rest) : 2;
	if (!text) {
		s->from = 1;
		s->to = MODBUS_UNIT_MAX;
	}
	if (n == 1)
		s->to = s->from;
	if (n < 1 || n > 2 || s->from < 1 || s->to > MODBUS_UNIT_MAX || s->from > s->to)
		return cli_usage(s->c, _("--units wants addresses such as 1-32, 1 to %d at most"),
				 MODBUS_UNIT_MAX);
	return 0;
}

static bool add_setting(struct scan *s, int baud, char parity, int stop_bits)
{
	for (int i = 0; i < s->setting_count; i++)
		if (s->setting[i].baud == baud && s->setting[i].parity == parity)
			return true;
	if (s->setting_count == SETTINGS)
		return false;
	s->setting[s->setting_count++] = (struct scan_setting){baud, parity, stop_bits};
	return true;
}

/* 9600 8N1 is how most leave the factory, then come meters with 8E1 and 2400 or 4800, then what people set. */
static const struct scan_setting usual[] = {{9600, 'N', 1},  {4800, 'N', 1},  {2400, 'N', 1}, {19200, 'N', 1},
					    {9600, 'E', 1},  {19200, 'E', 1}, {2400, 'E', 1}, {38400, 'N', 1},
					    {57600, 'N', 1}, {115200, 'N', 1}};

static int parse_settings(struct scan *s)
{
	const char *bauds = cli_opt(s->c, "baud"), *parities = cli_opt(s->c, "parity");
	char one[2] = {s->at.parity, 0}, frame[24];
	struct modbus_connection c = s->at;
	if (s->at.tcp) {
		s->setting_count = 1;
		return bauds || parities ? cli_usage(s->c, _("a TCP connection has no speed and no parity"))
					 : 0;
	}
	if (bauds && !strcmp(bauds, "all")) {
		for (size_t i = 0; i < ARRAY_LEN(usual); i++)
			if (!parities || strchr(parities, usual[i].parity))
				add_setting(s, usual[i].baud, usual[i].parity, usual[i].stop_bits);
		return s->setting_count ? 0
					: cli_usage(s->c, _("--parity wants some of N, E and O, such as N,E"));
	}
	snprintf(frame, sizeof frame, "%d", s->at.baud);
	cleanup_free char *list = mem_dup(bauds ? bauds : frame);
	char *save = NULL;
	for (char *b = strtok_r(list, ", ", &save); b; b = strtok_r(NULL, ", ", &save))
		for (const char *p = parities ? parities : one; *p; p++) {
			if (*p == ',')
				continue;
			snprintf(frame, sizeof frame, "%.10s,8%c%d", b, *p, parities ? 1 : s->at.stop_bits);
			if (modbus_frame_parse(frame, &c))
				return cli_usage(
				    s->c, _("%.10s with parity %c is nothing that Modbus has; try --baud all"),
				    b, *p);
			if (!add_setting(s, c.baud, c.parity, c.stop_bits))
				return cli_usage(s->c, _("that is more than %d settings; take fewer"),
						 SETTINGS);
		}
	return s->setting_count ? 0 : cli_usage(s->c, _("--baud wants speeds such as 9600,19200, or all"));
}

/* Ports that may be meant, for who did not say. */
static int nowhere(const struct scan *s)
{
	struct buf list = {0};
	DIR *d = opendir(BY_ID);
	const struct dirent *e;
	while (d && (e = readdir(d)))
		if (e->d_name[0] != '.')
			buf_addf(&list, "\n  rtu:" BY_ID "/%s", e->d_name);
	if (d)
		closedir(d);
	int r = list.len ? cli_usage(s->c, _("say which bus; serial ports that are plugged in:%s"), list.data)
			 : cli_usage(s->c, _("say which bus: rtu:DEVICE, tcp:HOST or --cabinet NAME; no USB "
					     "serial port is plugged in"));
	buf_done(&list);
	return r;
}

/* ttyUSB0 is another one tomorrow. */
static void prefer_by_id(struct modbus_connection *at)
{
	char wanted[PATH_MAX], real[PATH_MAX], path[PATH_MAX];
	DIR *d = at->tcp || !strncmp(at->device, "/dev/serial/", 12) ? NULL : opendir(BY_ID);
	const struct dirent *e;
	if (!d)
		return;
	port_real_name(at->device, wanted, sizeof wanted);
	while ((e = readdir(d))) {
		snprintf(path, sizeof path, BY_ID "/%s", e->d_name);
		port_real_name(path, real, sizeof real);
		if (e->d_name[0] != '.' && !strcmp(real, wanted))
			text_copy(at->device, sizeof at->device, path);
	}
	closedir(d);
}

static int parse_where(struct scan *s)
{
	const char *cabinet = cli_opt(s->c, "cabinet"), *text = s->c->argc ? s->c->argv[0] : NULL;
	struct err e;
	char line[500];
	s->cfg = find_config(s->c);
	if (cabinet) {
		int i = s->cfg ? cabinet_find(s->cfg, cabinet) : -1;
		if (i < 0)
			return cli_fail(CLI_NOTHING, _("there is no cabinet %s in the configuration"), cabinet);
		text = s->cfg->cabinets[i].connection;
	}
	if (!text)
		return nowhere(s);
	cleanup_free char *device = text[0] == '/' ? mem_printf("rtu:%s", text) : mem_dup(text);
	if (modbus_connection_parse(device, &s->at, &e))
		return cli_usage(s->c, "%s", err_line(&e, line, sizeof line));
	prefer_by_id(&s->at);
	s->timeout_ms = s->at.tcp ? TCP_MS : RTU_MS;
	const char *timeout = cli_opt(s->c, "timeout");
	if (timeout && (duration_parse(timeout, &s->timeout_ms) || s->timeout_ms < 10 || s->timeout_ms > 10000))
		return cli_usage(s->c, _("--timeout wants a duration such as 200ms, 10ms to 10s"));
	return 0;
}

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
		if (r == -EBADMSG && s->garbled_count < GARBLED_MAX &&
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
	char path[PATH_MAX], line[500];
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
	if (r || (r = config_write_end(&w, &e)))
		return cli_fail(r == -EAGAIN   ? EX_TEMPFAIL
				: r == -EINVAL ? EX_CONFIG
					       : EX_CANTCREAT,
				"%s", err_line(&e, line, sizeof line));
	cli_note(_("%s is written and checked; a running gateway takes it at once, else `sudo systemctl start "
		   "yishi`"),
		 path);
	return EX_OK;
}

static int tell(struct scan *s)
{
	struct buf stanzas = {0};
	for (int i = 0; i < s->garbled_count; i++)
		if (!known(s, s->garbled[i]))
			cli_note(_("something at address %d answers, but garbled: two parts of one address, "
				   "another speed, or A and B "
				   "swapped"),
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
	int status = parse_where(&s);
	if (!status)
		status = parse_units(&s);
	if (!status)
		status = parse_settings(&s);
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
