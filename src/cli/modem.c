/* `yishi modem`: the lines of the configuration and what is known of them. */
#include "cli/control.h"
#include "cli/nouns.h"

#include "base/mem.h"
#include "store/airtime.h"
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

static const struct out_column show_columns[] = {
    {"name", N_("modem"), OUT_TEXT, 0},
    {"state", N_("state"), OUT_WORD, 0},
    {"device", N_("device"), OUT_TEXT, 0},
    {"model", N_("model"), OUT_TEXT, 0},
    {"imei", N_("IMEI"), OUT_TEXT, 0},
    {"iccid", N_("SIM (ICCID)"), OUT_TEXT, 0},
    {"operator", N_("operator"), OUT_TEXT, 0},
    {"technology", N_("network"), OUT_TEXT, 0},
    {"signal_dbm", N_("dBm"), OUT_INT, 0},
    {"storage_used", N_("texts stored"), OUT_INT, 0},
    {"storage_size", N_("room for texts"), OUT_INT, 0},
    {"sent", N_("segments sent"), OUT_INT, 0},
    {"received", N_("segments received"), OUT_INT, 0},
    {"hour", N_("sent in this hour"), OUT_INT, 0},
    {"hourly_quota", N_("hourly quota"), OUT_INT, 0},
    {"day", N_("sent in 24 hours"), OUT_INT, 0},
    {"daily_quota", N_("daily quota"), OUT_INT, 0},
    {"seen", N_("last seen"), OUT_TIME, 0},
    {0},
};

/* States as people read them; the words themselves stand in JSON. */
static const char *state_label(const char *state)
{
	static const struct {
		const char *state, *label;
	} labels[] = {
	    {"closed", N_("not opened")},
	    {"opening", N_("opening")},
	    {"pin", N_("needs its PIN")},
	    {"init", N_("being set up")},
	    {"registering", N_("looks for the network")},
	    {"ready", N_("ready")},
	    {"reading", N_("reads a text")},
	    {"sending", N_("sending")},
	    {"backoff", N_("rests after an error")},
	    {"lost", N_("lost")},
	    {"held", N_("lent to a person")},
	    {"stopped", N_("stopped")},
	    {"down", N_("down")},
	    {"unknown", N_("unknown")},
	};
	for (size_t i = 0; i < ARRAY_LEN(labels); i++)
		if (!strcmp(labels[i].state, state))
			return gettext(labels[i].label);
	return state;
}

static void print_label(const struct cli *c, json_t *row)
{
	const char *state = json_string_value(json_object_get(row, "state"));
	if (c->out.mode == OUT_TABLE && state)
		json_object_set_new(row, "state", json_string(state_label(state)));
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
	static const char *const keys[] = {"state",      "imei",       "iccid",        "operator",
					   "technology", "signal_dbm", "storage_used", "storage_size"};
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		json_t *v = json_object_get(live, keys[i]);
		bool empty = !v || (json_is_string(v) && !json_string_length(v));
		if (!empty)
			json_object_set(row, keys[i], v);
	}
}

/* Rows of all configured modems, in the order of the file. *ret is the caller's. */
static int rows(struct cli *c, json_t **ret)
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
	int r = rows(c, &list);
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

static int run_show(struct cli *c)
{
	json_t *list, *row;
	size_t i;
	const struct quota_window *used;
	char line[AIRTIME_LINE_MAX];
	bool found = false;
	int r = rows(c, &list);
	if (r)
		return r;
	json_array_foreach(list, i, row)
	{
		const struct config_modem *m =
		    config_find_modem(c->config, json_string_value(json_object_get(row, "name")));
		if (strcmp(m->name, c->argv[0]) != 0)
			continue;
		found = true;
		if ((r = airtime_line(c->store, m->name, line)) ||
		    (r = airtime_get(c->store, line, cli_now(c), &used)))
			break;
		json_object_set_new(row, "hour", json_integer(quota_sum(used->hour)));
		json_object_set_new(row, "day", json_integer(quota_sum(used->day)));
		json_object_set_new(row, "hourly_quota",
				    m->hourly_quota ? json_integer(m->hourly_quota) : json_null());
		json_object_set_new(row, "daily_quota",
				    m->daily_quota ? json_integer(m->daily_quota) : json_null());
		print_label(c, row);
		out_record(&c->out, show_columns, json_incref(row));
	}
	json_decref(list);
	if (!found)
		return cli_fail(CLI_NOTHING,
				_("the configuration has no modem %s; `yishi modem list` shows them"),
				c->argv[0]);
	return r ? cli_store_failed(c, r) : EX_OK;
}

const struct cli_verb cli_modem[] = {
    {.name = "list",
     .run = run_list,
     .what = N_("the modems: state, network, signal"),
     .common = CLI_LIST,
     .roles = CLI_SECRETARY | CLI_INSTALLER,
     .example = "yishi modem list --json"},
    {.name = "show",
     .run = run_show,
     .what = N_("one modem, with what its quotas have left"),
     .args = "NAME",
     .min_args = 1,
     .max_args = 1,
     .common = CLI_FORMATS,
     .roles = CLI_INSTALLER,
     .example = "yishi modem show front"},
    {0},
};
