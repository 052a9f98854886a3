/* The arguments of `yishi sensor scan`. */
#include "cli/modem_find.h"
#include "cli/sensor_scan.h"

#include "base/mem.h"
#include "base/text.h"
#include "hw/port_holder.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define BY_ID  "/dev/serial/by-id"
#define RTU_MS 200
#define TCP_MS 500

static int parse_units(struct scan *s)
{
	const char *text = cli_opt(s->c, "units");
	int end = 0;
	s->from = text ? 0 : 1;
	s->to = MODBUS_UNIT_MAX;
	if (text && sscanf(text, "%d%n-%d%n", &s->from, &end, &s->to, &end) == 1)
		s->to = s->from;
	if ((text && text[end]) || s->from < 1 || s->to > MODBUS_UNIT_MAX || s->from > s->to)
		return cli_usage(s->c, _("--units wants addresses such as 1-32, 1 to %d at most"),
				 MODBUS_UNIT_MAX);
	return 0;
}

static bool add_setting(struct scan *s, int baud, char parity, int stop_bits)
{
	for (int i = 0; i < s->setting_count; i++)
		if (s->setting[i].baud == baud && s->setting[i].parity == parity)
			return true;
	if (s->setting_count == SCAN_SETTINGS)
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
						 SCAN_SETTINGS);
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
	if (cabinet && text)
		return cli_usage(s->c, _("a connection, or --cabinet: not both"));
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
	return sensor_timeout(s->c, &s->timeout_ms);
}

/* It becomes a section of the configuration, and what stands before the dot in names of sensors. */
static int parse_name(const struct scan *s)
{
	const char *name = cli_opt(s->c, "name");
	if (name && (!*name || name[strcspn(name, " \t\r\n.[]/;#")]))
		return cli_usage(s->c, _("--name wants one word without a dot, such as pump"));
	return 0;
}

int scan_arguments(struct scan *s)
{
	int status = parse_where(s);
	if (!status)
		status = parse_name(s);
	if (!status)
		status = parse_units(s);
	return status ? status : parse_settings(s);
}
