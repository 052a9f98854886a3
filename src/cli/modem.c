/* `yishi modem`: the lines of the configuration and what is known of them. */
#include "cli/control.h"
#include "cli/line_words.h"
#include "cli/modem_rows.h"
#include "cli/modem_verbs.h"
#include "cli/nouns.h"

#include "base/mem.h"
#include "store/line.h"
#include "store/store.h"

#include <errno.h>
#include <string.h>

static const struct out_column columns[] = {
    {"name", N_("modem"), OUT_TEXT, 0},
    {"state", N_("state"), OUT_WORD, 0},
    {"imei", N_("IMEI"), OUT_TEXT, 0},
    {"iccid", N_("SIM (ICCID)"), OUT_TEXT, 0},
    {"operator", N_("operator"), OUT_TEXT, 0},
    {"technology", N_("network"), OUT_TEXT, 0},
    {"signal_dbm", N_("dBm"), OUT_INT, 0},
    {"storage_used", N_("stored"), OUT_INT, 0},
    {"storage_size", N_("capacity"), OUT_INT, 0},
    {"sent", N_("segments sent"), OUT_INT, 0},
    {"received", N_("segments received"), OUT_INT, 0},
    {"model", NULL, OUT_TEXT, 0},
    {"device", NULL, OUT_TEXT, 0},
    {"seen", NULL, OUT_TIME, 0},
    {0},
};

static void print_label(const struct cli *c, json_t *row)
{
	const char *state = json_string_value(json_object_get(row, "state"));
	if (c->out.mode == OUT_TABLE && state)
		json_object_set_new(row, "state", json_string(line_state_label(state)));
}

static json_t *word(const char *s)
{
	return s && *s ? out_string(s) : json_null();
}

static json_t *number(int value, int unknown)
{
	return value == unknown ? json_null() : json_integer(value);
}

/* Known lines by name, as rows. */
static int collect(void *ctx, const struct line *l)
{
	json_object_set_new(ctx, l->name,
			    json_pack("{ss so so so so so so so so sI sI so so}", "name", l->name, "state",
				      out_string(l->state), "imei", word(l->imei), "iccid", word(l->iccid),
				      "model", word(l->model), "operator", word(l->operator_name), "technology",
				      word(l->technology), "signal_dbm", number(l->signal_dbm, 0),
				      "storage_used", number(l->storage_used, -1), "sent", (json_int_t)l->sent,
				      "received", (json_int_t)l->received, "storage_size",
				      number(l->storage_size, -1), "seen", out_time(l->seen_utc)));
	return 0;
}

/* What the running daemon says stands above what was written down last. */
static void overlay(json_t *row, const json_t *live)
{
	const char *key;
	json_t *v;
	json_object_foreach((json_t *)(uintptr_t)live, key, v)
	{
		bool empty = json_is_null(v) || (json_is_string(v) && !json_string_length(v));
		if (!empty)
			json_object_set(row, key, v);
	}
}

int modem_rows_collect(struct cli *c, json_t **ret)
{
	const struct config *cfg;
	struct store *s;
	int r = cli_config(c, &cfg);
	if (r || (r = cli_store(c, &s)))
		return r;
	json_t *known = json_object(), *live = NULL, *list = json_array();
	r = line_each(s, collect, known);
	int up = control_request(cfg, "status", &live);
	for (int i = 0; i < cfg->modem_count; i++) {
		const struct config_modem *m = &cfg->modems[i];
		json_t *row = json_object_get(known, m->name), *l;
		size_t k;
		row = row ? json_incref(row)
			  : json_pack("{ss ss si si}", "name", m->name, "state", "unknown", "sent", 0,
				      "received", 0);
		json_object_set_new(row, "device", out_string(m->device));
		if (up)
			json_object_set_new(row, "state", json_string("down"));
		json_array_foreach(json_object_get(live, "modems"), k, l)
		{
			const char *name = json_string_value(json_object_get(l, "name"));
			if (name && !strcmp(name, m->name))
				overlay(row, l);
		}
		json_array_append_new(list, row);
	}
	json_decref(known);
	json_decref(live);
	if (r < 0) {
		json_decref(list);
		return cli_store_failed(c, r);
	}
	*ret = list;
	return 0;
}

static int run_list(struct cli *c)
{
	json_t *list, *row;
	size_t i;
	int r = modem_rows_collect(c, &list);
	if (r)
		return r;
	out_begin(&c->out, columns);
	json_array_foreach(list, i, row)
	{
		print_label(c, row);
		if ((long)i < c->limit)
			out_row(&c->out, json_incref(row));
	}
	out_end(&c->out);
	json_decref(list);
	return EX_OK;
}

const struct cli_verb cli_modem[] = {
    {.name = "list",
     .run = run_list,
     .what = N_("the modems: state, network, signal"),
     .common = CLI_LIST,
     .roles = CLI_SECRETARY | CLI_INSTALLER,
     .example = "yishi modem list --json"},
    {.name = "show",
     .run = modem_show,
     .what = N_("all that is known of one modem: SIM, network, time, credit, quotas, alarms, history"),
     .args = "[NAME]",
     .max_args = 1,
     .common = CLI_FORMATS,
     .roles = CLI_INSTALLER,
     .example = "yishi modem show front"},
    {.name = "probe",
     .run = modem_probe,
     .what = N_("what modems are plugged in: port, model, SIM, network, signal, what is wrong and what to do"),
     .args = "[PORT]",
     .max_args = 1,
     .common = CLI_FORMATS,
     .options = modem_probe_options,
     .roles = CLI_INSTALLER,
     .example = "yishi modem probe\nyishi modem probe --write --name 矿山社区 --number 13800000000",
     .more = N_(
	 "Only asks: nothing is set, no PIN is given, no try of a PIN is spent. Works without a configuration. "
	 "Ports that another program has, that a cabinet hangs on, or that are known for other things are left "
	 "alone; the port of a running gateway is borrowed for some seconds while no text is on its way.")},
    {.name = "test",
     .run = modem_test,
     .what = N_("the acceptance test: modem, SIM, network, texts, box; with a certificate"),
     .args = "[NAME|PORT]",
     .max_args = 1,
     .common = CLI_LIST,
     .options = modem_test_options,
     .roles = CLI_INSTALLER,
     .example = "yishi modem test front --to 13800138000 --output certificate.html",
     .more = N_("Sends two texts at most and never enters a PIN. A running gateway lends the port and gets it "
		"back at the end; texts and calls of residents meanwhile reach it. Exit status 0: passed; 1: "
		"something failed or wants a look.")},
    {.name = "console",
     .run = modem_console,
     .what = N_("AT commands by hand, with history, answers in words, and a question before what does harm"),
     .args = "[NAME|PORT]",
     .max_args = 1,
     .common = CLI_YES,
     .options = modem_console_options,
     .roles = CLI_INSTALLER,
     .example = "yishi modem console front\necho AT+CSQ | yishi modem console /dev/ttyUSB2",
     .more = N_("A running gateway lends the line and gets it back at the end; what arrives meanwhile is "
		"handed to it. When standard input is no terminal its lines are the commands: exit status 0 "
		"when each was OK, 1 when one was not, 77 when one that does harm was left out for want of "
		"--yes. PINs are kept in no history.")},
    {.name = "trace",
     .run = modem_trace,
     .what = N_("records what goes over a modem's port, and takes the people out of a record"),
     .args = "[NAME [on|off]]",
     .max_args = 2,
     .options = modem_trace_options,
     .roles = CLI_INSTALLER,
     .example = "yishi modem trace front --for 60s --output front.trace\n"
		"yishi modem trace --anonymise front.trace --output front-public.trace",
     .more = N_(
	 "A record holds numbers and texts of people: hand on only what --anonymise made of it. PINs are never "
	 "in it. Without a running gateway the port is opened, greeted and listened to.")},
    {0},
};
