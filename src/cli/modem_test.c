/* `yishi modem test`: the acceptance test of a line. The steps in their order, what is shown while they run, the
 * certificate at the end. Whatever happens, Ctrl-C too, the port is given back. */
#include "cli/modem_test.h"
#include "cli/certificate.h"
#include "cli/control.h"
#include "cli/modem_find.h"
#include "cli/modem_rows.h"
#include "cli/nouns.h"
#include "cli/paper.h"

#include "base/mem.h"
#include "base/paths.h"
#include "base/text.h"
#include "hw/port_holder.h"

#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#define WAIT_DEFAULT_MS 120000
#define WAIT_MIN_MS     100
#define WAIT_MAX_MS     600000
#define AGAIN_MS        2000

const struct test_step test_steps[] = {
    {"port", N_("port"), 0, test_port},
    {"modem", N_("modem"), NEED_PORT, test_modem},
    {"sim", N_("SIM"), NEED_PORT, test_sim},
    {"lock", N_("SIM lock"), NEED_PORT | NEED_SIM, test_lock},
    {"settings", N_("settings"), NEED_PORT | NEED_SIM, test_settings},
    {"stores", N_("store of texts"), NEED_PORT | NEED_SIM | NEED_TEXTS, test_stores},
    {"smsc", N_("service centre"), NEED_PORT | NEED_SIM | NEED_TEXTS, test_centre},
    {"network", N_("mobile network"), NEED_PORT | NEED_SIM, test_network},
    {"signal", N_("signal strength"), NEED_PORT, test_signal},
    {"self", N_("text to itself"), NEED_PORT | NEED_SIM | NEED_TEXTS | NEED_NETWORK, test_self},
    {"phone", N_("text to a phone"), NEED_PORT | NEED_SIM | NEED_TEXTS | NEED_NETWORK, test_phone},
    {"call", N_("missed call"), NEED_PORT | NEED_SIM | NEED_NETWORK, test_call},
    {"power", N_("power supply"), 0, test_power},
    {"usb", N_("USB socket"), 0, test_usb},
    {"clock", N_("clock"), 0, test_clock},
    {"disk", N_("disk"), NEED_SITE, test_disk},
    {"rights", N_("rights"), 0, test_rights},
    {"config", N_("configuration"), 0, test_config},
    {"duty", N_("duty list"), NEED_SITE, test_duty},
    {"sensors", N_("cabinets"), NEED_SITE, test_sensors},
    {"backup", N_("backups"), NEED_SITE, test_backup},
    {0},
};

/* ------------------------------------------------------------------------------------------------ findings */

void test_figure(struct test *t, const char *key, json_t *value)
{
	json_object_set_new(t->figures, key, value);
}

void test_figure_text(struct test *t, const char *key, const char *fmt, ...)
{
	char text[320];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	test_figure(t, key, out_string(text));
}

bool test_ended(const struct test *t)
{
	return t->d && (dialogue_interrupted(t->d) || dialogue_error(t->d));
}

void test_found(struct test *t, const char *key)
{
	const struct test_finding *k = test_finding(key);
	enum test_verdict v = k ? k->verdict : TEST_FAIL;
	test_figure_text(t, "line", "%s", t->line ? t->line->name : "NAME");
	json_t *step = json_pack("{ss ss ss so}", "step", t->step->name, "verdict", test_verdict_name(v),
				 "finding", key, "figures", json_copy(t->figures));
	json_array_append_new(t->steps, step);
	t->said = true;
	if (v > t->worst_here)
		t->worst_here = v;
	test_show(t, step, v);
}

int test_patience(const struct test *t, int ms)
{
	return ms < t->wait_ms ? ms : t->wait_ms;
}

bool test_again(struct test *t, int64_t until, const char *words)
{
	int64_t left = until - mono_ms();
	if (left <= 0 || test_ended(t))
		return false;
	test_waiting(t, words, left);
	dialogue_pass(t->d, -1, (int)(left < AGAIN_MS ? left : AGAIN_MS));
	return true;
}

/* ------------------------------------------------------------------------------------------------ the steps */

static bool left_out(const struct test *t)
{
	const char *given;
	for (int i = 0; (given = cli_opt_at(t->c, "skip", i)); i++)
		if (!strcmp(given, t->step->name))
			return true;
	return false;
}

/* The first step without which this one cannot be. */
static const char *lacking(const struct test *t)
{
	static const struct {
		enum test_need need;
		const char *step;
	} needs[] = {{NEED_PORT, "port"},
		     {NEED_SIM, "sim"},
		     {NEED_TEXTS, "settings"},
		     {NEED_NETWORK, "network"},
		     {NEED_SITE, "config"}};
	for (size_t i = 0; i < ARRAY_LEN(needs); i++)
		if (t->step->needs & needs[i].need && !(t->has & needs[i].need))
			return needs[i].step;
	return NULL;
}

static void run_step(struct test *t)
{
	json_object_clear(t->figures);
	t->said = false;
	t->worst_here = TEST_PASS;
	const char *because = lacking(t);
	if (left_out(t)) {
		test_found(t, "skipped");
		return;
	}
	if (because) {
		test_figure_text(t, "because", "%s", because);
		test_found(t, "needs");
		return;
	}
	test_waiting(t, "", 0);
	bool there = t->has & NEED_PORT;
	t->step->run(t);
	test_pass_on(t);
	if (t->d && dialogue_interrupted(t->d))
		return;
	if (there && dialogue_error(t->d)) {
		t->has &= ~(unsigned)NEED_PORT;
		if (!t->said)
			test_found(t, "vanished");
	}
}

static void add_identity(const struct test *t, json_t *cert)
{
	const struct modem_card *k = &t->card;
	cleanup_free char *model =
	    mem_printf("%s%s%s", k->row ? card_maker(k) : "", k->row && *card_maker(k) ? " " : "", k->id.model);
	json_object_set_new(cert, "imei", out_string(k->imei));
	json_object_set_new(cert, "iccid", out_string(k->iccid));
	json_object_set_new(cert, "model", out_string(model));
	json_object_set_new(cert, "firmware", out_string(k->id.revision));
	json_object_set_new(cert, "port", out_string(t->port));
}

static json_t *certificate_of(const struct test *t, int64_t began_ms)
{
	enum test_verdict worst = TEST_PASS;
	int n[4];
	json_t *cert = json_pack("{sI sI ss sO so}", "time", (json_int_t)cli_now(t->c), "seconds",
				 (json_int_t)((mono_ms() - began_ms + 500) / 1000), "modem", t->name, "steps",
				 t->steps, "site", out_string(t->cfg ? t->cfg->name : NULL));
	certificate_counts(cert, n);
	if (n[TEST_WARN])
		worst = TEST_WARN;
	if (n[TEST_FAIL])
		worst = TEST_FAIL;
	json_object_set_new(cert, "verdict", json_string(test_verdict_name(worst)));
	add_identity(t, cert);
	return cert;
}

/* Only what there is a database for; without one the certificate is on paper alone. */
static int hand_out(struct cli *c, const struct test *t, json_t *cert)
{
	const char *file = cli_opt(c, "output");
	if (!t->cfg || access(t->cfg->database, F_OK) != 0)
		cli_note("%s",
			 _("there is no database yet: the certificate is not kept; start the gateway once"));
	else if (certificate_keep(c, cert))
		cli_note("%s", _("the certificate is not kept in the database"));
	/* what takes the standard output is alone there */
	bool alone = cli_opt(c, "values") || (file && !strcmp(file, "-"));
	if (!alone && c->out.mode != OUT_TABLE)
		certificate_rows(c, cert);
	else if (!alone)
		certificate_text(cert, stdout);
	int r = file || alone ? certificate_file(c, cert, file ? file : "-") : EX_OK;
	const char *verdict = json_string_value(json_object_get(cert, "verdict"));
	return r ? r : !strcmp(verdict, test_verdict_name(TEST_PASS)) ? EX_OK : CLI_NOTHING;
}

static bool daemon_runs(const struct config *cfg)
{
	json_t *status = NULL;
	bool yes = cfg && !control_request(cfg, "status", &status);
	json_decref(status);
	return yes;
}

static int test_line(struct test *t)
{
	int64_t began = mono_ms();
	t->steps = json_array();
	t->figures = json_object();
	t->has = t->cfg ? NEED_SITE : 0;
	t->daemon_runs = daemon_runs(t->cfg);
	if (test_watched(t))
		fprintf(stderr, _("Acceptance test of %s\n"), t->name);
	for (t->step = test_steps; t->step->name && !(t->d && dialogue_interrupted(t->d)); t->step++)
		run_step(t);
	bool stopped = t->d && dialogue_interrupted(t->d);
	int r = EX_TEMPFAIL;
	if (stopped) /* closing ends the program by its signal */
		cli_note("%s", _("ended by Ctrl-C: the port is given back, there is no certificate"));
	dialogue_close(t->d);
	t->d = NULL;
	if (!stopped) {
		json_t *cert = certificate_of(t, began);
		r = hand_out(t->c, t, cert);
		json_decref(cert);
	}
	json_decref(t->steps);
	json_decref(t->figures);
	return r;
}

/* ------------------------------------------------------------------------------------------------ the verb */

static bool same_port(const char *a, const char *b)
{
	char real_a[256], real_b[256];
	port_real_name(a, real_a, sizeof real_a);
	port_real_name(b, real_b, sizeof real_b);
	return !strcmp(real_a, real_b);
}

/* The configured line of this name or port. */
static const struct config_modem *line_of(const struct config *cfg, const char *given)
{
	for (int i = 0; cfg && i < cfg->modem_count; i++) {
		const struct config_modem *m = &cfg->modems[i];
		if (!strcmp(m->name, given) ||
		    (*given == '/' && *m->device == '/' && same_port(m->device, given)))
			return m;
	}
	return NULL;
}

static bool is_step(const char *name)
{
	const struct test_step *s = test_steps;
	while (s->name && strcmp(s->name, name) != 0)
		s++;
	return s->name;
}

static int read_options(struct cli *c, struct test *t, char to[E164_MAX])
{
	const char *phone = cli_opt(c, "to"), *wait = cli_opt(c, "wait"), *skip;
	int64_t ms = WAIT_DEFAULT_MS;
	if (wait && (duration_parse(wait, &ms) || ms < WAIT_MIN_MS || ms > WAIT_MAX_MS))
		return cli_usage(c, _("--wait %.20s: a time such as 90s or 3m, up to 10m"), wait);
	for (int i = 0; (skip = cli_opt_at(c, "skip", i)); i++)
		if (!is_step(skip))
			return cli_usage(c, _("--skip %.20s: there is no such step; --steps lists them"), skip);
	t->wait_ms = (int)ms;
	if (!phone)
		return 0;
	int r = cli_number(c, phone, to);
	t->to = to;
	return r;
}

static int list_steps(struct cli *c)
{
	static const struct out_column columns[] = {
	    {"step", N_("step"), OUT_TEXT, 0}, {"title", N_("what is tested"), OUT_TEXT, 0}, {0}};
	out_begin(&c->out, columns);
	for (const struct test_step *s = test_steps; s->name; s++)
		out_row(&c->out, json_pack("{ss ss}", "step", s->name, "title", gettext(s->title)));
	out_end(&c->out);
	return EX_OK;
}

static int test_one(const struct test *how, const char *given)
{
	struct test t = *how;
	t.line = line_of(t.cfg, given);
	t.name = t.line ? t.line->name : given;
	if (!t.line && *given != '/')
		return cli_fail(CLI_NOTHING,
				_("there is no [modem %s]; name one of the configuration or a port (/dev/…)"),
				given);
	int r = card_rows(&t.rows);
	if (!r)
		r = test_line(&t);
	modem_rows_done(&t.rows);
	return r;
}

/* A negative verdict of one is that of all; what hinders the tool itself ends it. */
static int test_all(const struct test *how)
{
	int worst = EX_OK;
	for (int i = 0; i < how->cfg->modem_count; i++) {
		int r = test_one(how, how->cfg->modems[i].name);
		if (r > CLI_NOTHING)
			return r;
		worst = r > worst ? r : worst;
	}
	return worst;
}

int modem_test(struct cli *c)
{
	struct test how = {.c = c};
	char to[E164_MAX];
	const char *shown = cli_opt(c, "show");
	if (cli_opt(c, "steps"))
		return list_steps(c);
	if (cli_opt(c, "list"))
		return certificate_list(c);
	if (shown)
		return certificate_show(c, shown);
	int r = read_options(c, &how, to);
	if (r)
		return r;
	how.cfg = find_config(c);
	paths_config(c->config_given, how.config_path, sizeof how.config_path);
	if (!how.cfg && !c->argc && access(how.config_path, F_OK) == 0)
		return EX_CONFIG; /* it has been said why */
	if (c->argc)
		return test_one(&how, c->argv[0]);
	if (!how.cfg || !how.cfg->modem_count)
		return cli_fail(
		    EX_CONFIG, "%s",
		    _("no modem is configured; name its port (/dev/…), or `yishi modem probe --write`"));
	if (how.cfg->modem_count > 1 && !cli_opt(c, "all"))
		return cli_usage(c, "%s", _("there are several modems: name one, or --all"));
	return test_all(&how);
}

const struct cli_option modem_test_options[] = {
    {"to", N_("NUMBER"), N_("also text this phone (yours), with a delivery report"), false},
    {"skip", N_("STEP"), N_("leave this step out; may be repeated"), true},
    {"wait", N_("TIME"), N_("how long a text, a report, a ring is waited for (2m)"), false},
    {"all", NULL, N_("all modems of the configuration, one after the other"), false},
    {"steps", NULL, N_("list the steps and end"), false},
    {"list", NULL, N_("list the certificates that are kept and end"), false},
    {"show", N_("CERTIFICATE"),
     N_("show the certificate of this number (or last) and end; with --output as a page"), false},
    {"language", N_("zh|en"), N_("of the page; otherwise that of this screen"), false},
    {"paper", N_("a4|a3"), N_("size of the sheet (a4); a3 is the same, half as big again"), false},
    {"values", NULL, N_("what the page can show, as JSON, for `yishi page render`"), false},
    {"output", N_("FILE"),
     N_("the certificate as a page to print into this file; as text when it ends with .txt"), false},
    {0},
};
