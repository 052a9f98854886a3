#include "daemon/check.h"
#include "daemon/cabinet_set.h"
#include "at_commands/modem_row.h"
#include "hw/usb.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/paths.h"
#include "civic/points.h"
#include "civic/route.h"
#include "rules/operator_text.h"
#include "rules/replies.h"
#include "rules/rules.h"
#include "store/person.h"
#include "store/store.h"

#include <errno.h>
#include <libgen.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

static int wrong(const struct err *e)
{
	char line[600];
	fprintf(stderr, "yishid: %s\n", err_line(e, line, sizeof line));
	return EX_CONFIG;
}

static void warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static void warn(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	fprintf(stderr, "yishid: %s", _("warning: "));
	vfprintf(stderr, gettext(fmt), ap);
	fputc('\n', stderr);
	va_end(ap);
}

static int check_data(const struct config *c)
{
	char data[256], rows_dir[300];
	struct err e = {0};
	struct rules *rules = NULL;
	struct replies *replies = NULL;
	struct operator_texts *operators = NULL;
	struct routes *routes = NULL;
	struct modem_rows rows = {0};
	if (paths_data(data, sizeof data)) {
		err_set(&e, "", 0, "no data folder; set $YISHI_DATA");
		return wrong(&e);
	}
	snprintf(rows_dir, sizeof rows_dir, "%s/at_commands/modems", data);
	int code = 0;
	if (modem_rows_load(rows_dir, &rows, &e))
		code = wrong(&e);
	if (rules_load(data, c->rule_files, &rules, &e))
		code = wrong(&e);
	if (replies_load(data, &replies, &e))
		code = wrong(&e);
	if (operator_texts_load(data, &operators, &e))
		code = wrong(&e);
	struct point_rules points;
	if (point_rules_load(data, &points, &e))
		code = wrong(&e);
	if (routes_load(data, &routes, &e))
		code = wrong(&e);
	routes_free(routes);
	operator_texts_free(operators);
	if (!code)
		printf(_("# data of %s: %d modem rows, %d reply texts, rules%s\n"), data, rows.count,
		       replies_count(replies), rules_have_jit(rules) ? "" : _(" (without JIT)"));
	modem_rows_done(&rows);
	rules_free(rules);
	replies_free(replies);
	return code;
}

static int count_one(void *ctx, const struct person_view *p)
{
	(void)p;
	++*(int *)ctx;
	return 0;
}

static void check_duty(struct store *s)
{
	int n = 0;
	struct person_filter on_duty = {
	    .roles = ROLE(DUTY_OFFICER) | ROLE(SECRETARY), .since_utc = INT64_MIN, .limit = 1};
	if (person_list(s, &on_duty, count_one, &n) >= 0 && n == 0)
		warn("nobody has the role duty_officer or secretary: a call for help reaches nobody");
}

static int check_database(const struct config *c)
{
	struct err e = {0};
	struct store *s;
	struct stat st;
	if (lstat(c->database, &st) != 0) { /* not access(): a link to nothing is no place to make one */
		cleanup_free char *copy = mem_dup(c->database);
		char *folder = dirname(copy);
		if (access(folder, F_OK) != 0)
			folder = dirname(folder); /* the first start makes one folder */
		if (access(folder, W_OK) != 0) {
			err_set(&e, c->path, 0,
				"[gateway] database: the folder %s: %s; make it, for the user of the daemon",
				folder, err_system(errno));
			wrong(&e);
			return EX_CANTCREAT;
		}
		printf(_("# %s is not there yet; the first start makes it\n"), c->database);
		return 0;
	}
	int r = store_open(c->database, STORE_READ_ONLY, &s, &e);
	if (r == -ESTALE) {
		printf(_("# %s has an older schema; the next start migrates it, with a backup\n"), c->database);
		return 0;
	}
	if (r) {
		wrong(&e);
		return r == -EPROTO ? EX_UNAVAILABLE : r == -EACCES ? EX_NOPERM : EX_DATAERR;
	}
	check_duty(s);
	store_close(s);
	return 0;
}

static bool plugged_in(const char *id)
{
	struct usb *u = usb_new();
	struct usb_port *port;
	bool found = false;
	int n = usb_ports(u, &port);
	for (int i = 0; i < n; i++)
		found |= !strcmp(port[i].id, id);
	free(port);
	usb_free(u);
	return found;
}

static void check_devices(const struct config *c)
{
	if (!c->modem_count)
		warn("no [modem NAME] is configured: nothing is received or sent");
	if (!c->number)
		warn("[gateway] number is not set: a text from the box to itself would be answered");
	for (int i = 0; i < c->modem_count; i++) {
		const char *device = c->modems[i].device;
		if (device[0] == '/' && access(device, R_OK | W_OK) != 0)
			warn("[modem %s] %s: %s", c->modems[i].name, device, err_system(errno));
		if (!strncmp(device, "usb:", 4) && !plugged_in(device + 4))
			warn("[modem %s] %s: no such stick is plugged in now, or it has no serial port",
			     c->modems[i].name, device);
	}
}

static void check_programs(const struct config *c)
{
	for (int i = 0; i < c->hook_count; i++)
		if (access(c->hooks[i].program, X_OK) != 0)
			warn("[hooks] %s = %s: %s", c->hooks[i].kind, c->hooks[i].program, err_system(errno));
}

static int check_cabinets(const struct config *c)
{
	struct cabinet_set *set;
	struct err e = {0};
	if (cabinet_set_new(c, &set, &e))
		return wrong(&e);
	for (int i = 0; i < set->count; i++) {
		const struct cabinet *x = &set->cabinet[i];
		printf(_("# cabinet %1$s: %2$d sensors in %3$d requests\n"), x->name, x->row_count,
		       x->request_count);
		if (!x->connection.tcp && access(x->connection.device, R_OK | W_OK) != 0)
			warn("[cabinet %s] %s: %s", x->name, x->connection.device, err_system(errno));
	}
	cabinet_set_unuse(set);
	return 0;
}

/* The stick may come back: no reason not to start. */
static void check_folders(const struct config *c)
{
	if (c->backup_dir && access(c->backup_dir, W_OK) != 0)
		warn("[gateway] backup_dir %s: %s; no copies are made there", c->backup_dir, err_system(errno));
	cleanup_free char *copy = mem_dup(c->metrics_file);
	const char *folder = copy ? dirname(copy) : NULL;
	if (folder && access(folder, W_OK) != 0)
		warn("[gateway] metrics_file: the folder %s: %s", folder, err_system(errno));
}

static int check_patterns(const struct config *c)
{
	int code = 0;
	for (int i = 0; i < c->modem_count; i++) {
		const struct config_modem *m = &c->modems[i];
		struct err found = {0}, e = {0};
		if (!m->balance_pattern || !operator_pattern_check(m->balance_pattern, &found))
			continue;
		err_set(&e, c->path, 0, "[modem %s] balance_pattern: %s", m->name, found.text);
		code = wrong(&e);
	}
	return code;
}

int check_all(struct config *config)
{
	struct wall_clock clock;
	struct err e = {0};
	int code = 0, r;
	config_print(config, stdout);
	if (wall_clock_init(&clock, config->test_clock)) {
		err_set(&e, config->path, 0, "$YISHI_CLOCK is set, and [gateway] test_clock is not");
		code = wrong(&e);
	}
	if ((r = check_data(config)))
		code = r;
	if ((r = check_patterns(config)))
		code = r;
	if ((r = check_cabinets(config)))
		code = r;
	if ((r = check_database(config)))
		code = r;
	check_devices(config);
	check_programs(config);
	check_folders(config);
	config_free(config);
	return code;
}
