/* `yishi modem show NAME`: all that is known of one line. */
#include "cli/certificate.h"
#include "cli/line_words.h"
#include "cli/modem_rows.h"

#include "at_commands/network.h"
#include "base/mem.h"
#include "store/airtime.h"
#include "store/balance.h"
#include "store/certificate.h"
#include "store/line_history.h"
#include "store/line_reset.h"

#include <errno.h>
#include <string.h>

#define HISTORY_SHOWN  12
#define BALANCES_SHOWN 12

static const struct out_column columns[] = {
    {"name", N_("modem"), OUT_TEXT, 0},
    {"state", N_("state"), OUT_TEXT, 0},
    {"device", N_("device"), OUT_TEXT, 0},
    {"port", N_("port"), OUT_TEXT, 0},
    {"maker", N_("maker"), OUT_TEXT, 0},
    {"model", N_("model"), OUT_TEXT, 0},
    {"revision", N_("firmware"), OUT_TEXT, 0},
    {"imei", N_("IMEI"), OUT_TEXT, 0},
    {"iccid", N_("SIM (ICCID)"), OUT_TEXT, 0},
    {"operator", N_("operator"), OUT_TEXT, 0},
    {"registration", N_("registration"), OUT_TEXT, 0},
    {"registration_since", N_("so since"), OUT_TIME, 0},
    {"cause", N_("reason"), OUT_TEXT, 0},
    {"technology", N_("network"), OUT_TEXT, 0},
    {"cell", N_("cell"), OUT_TEXT, 0},
    {"signal_dbm", N_("dBm"), OUT_INT, 0},
    {"signal", N_("signal"), OUT_TEXT, 0},
    {"smsc", N_("service centre"), OUT_TEXT, 0},
    {"storage_used", N_("texts stored"), OUT_INT, 0},
    {"storage_size", N_("room for texts"), OUT_INT, 0},
    {"sent", N_("segments sent"), OUT_INT, 0},
    {"received", N_("segments received"), OUT_INT, 0},
    {"hour", N_("sent in an hour"), OUT_INT, 0},
    {"hourly_quota", N_("hourly quota"), OUT_INT, 0},
    {"day", N_("sent in 24 hours"), OUT_INT, 0},
    {"daily_quota", N_("daily quota"), OUT_INT, 0},
    {"last_in", N_("last text in"), OUT_TIME, 0},
    {"last_out", N_("last text out"), OUT_TIME, 0},
    {"answered", N_("last good answer"), OUT_TIME, 0},
    {"seen", N_("last seen"), OUT_TIME, 0},
    {"resets_today", N_("resets in 24 hours"), OUT_INT, 0},
    {"network_utc", N_("network time asked"), OUT_TIME, 0},
    {"network_ahead", N_("network ahead of this clock, s"), OUT_INT, 0},
    {"balance", N_("credit"), OUT_TEXT, 0},
    {"balance_at", N_("credit told"), OUT_TIME, 0},
    {"sim_expires", N_("SIM valid until"), OUT_TIME, 0},
    {"bulk_stopped", N_("broadcasts stopped for want of credit"), OUT_BOOL, 0},
    {"calls_note", N_("calls"), OUT_TEXT, 0},
    {"blocked", N_("held back"), OUT_TEXT, 0},
    {"tested", N_("last acceptance test"), OUT_TIME, 0},
    {"certificate", N_("its certificate"), OUT_INT, 0},
    {"verdict", N_("its verdict"), OUT_TEXT, 0},
    {"row", N_("known as"), OUT_TEXT, 0},
    {"evidence", N_("known from"), OUT_TEXT, 0},
    {"alarms", NULL, OUT_RAW, 0},
    {"balances", NULL, OUT_RAW, 0},
    {"history", NULL, OUT_RAW, 0},
    {0},
};

static void set(json_t *row, const char *key, json_t *value)
{
	json_object_set_new(row, key, value);
}

/* The daemon's word stands; what was written down fills the rest. */
static void fill(json_t *row, const char *key, json_t *value)
{
	json_t *v = json_object_get(row, key);
	if (v && !json_is_null(v) && !(json_is_string(v) && !json_string_length(v)))
		json_decref(value);
	else
		set(row, key, value);
}

static const char *text(const json_t *row, const char *key)
{
	const char *s = json_string_value(json_object_get(row, key));
	return s ? s : "";
}

static int take_operator(void *ctx, const struct line_operator *o)
{
	fill(ctx, "smsc", out_string(o->smsc));
	fill(ctx, "registration", out_string(o->registration));
	fill(ctx, "registration_since", out_time(o->registration_utc));
	fill(ctx, "cause", out_string(o->cause));
	set(ctx, "network_utc", out_time(o->network_utc));
	fill(ctx, "network_ahead", o->network_utc ? json_integer(o->network_ahead) : json_null());
	return 0;
}

static int take_change(void *ctx, const struct line_change *c)
{
	json_array_append_new(ctx, json_pack("{so ss so}", "time", out_time(c->utc), "what", c->what, "value",
					     out_string(c->value)));
	return 0;
}

struct tested {
	json_t *row;
	const char *line;
};

/* The newest of this line; there are few. */
static int take_certificate(void *ctx, const struct certificate *k)
{
	struct tested *t = ctx;
	if (strcmp(k->line, t->line) != 0)
		return 0;
	set(t->row, "tested", json_integer(k->utc));
	set(t->row, "certificate", json_integer(k->id));
	set(t->row, "verdict", json_string(k->verdict));
	return 1;
}

static int take_balance(void *ctx, const struct balance *b)
{
	json_array_append_new(ctx,
			      json_pack("{so so ss so ss}", "time", out_time(b->utc), "amount",
					b->has_amount ? json_real((double)b->cents / 100) : json_null(), "news",
					b->news, "expires", out_time(b->expires_utc), "source", b->source));
	return 0;
}

/* The newest amount and the newest validity. */
static void summarize_balance(json_t *row, const json_t *list)
{
	size_t i;
	json_t *b;
	json_array_foreach(list, i, b)
	{
		json_t *amount = json_object_get(b, "amount");
		if (json_is_number(amount) && !json_object_get(row, "balance")) {
			set(row, "balance", json_sprintf("%.2f", json_number_value(amount)));
			json_object_set(row, "balance_at", json_object_get(b, "time"));
		}
		if (!json_is_null(json_object_get(b, "expires")) && !json_object_get(row, "sim_expires"))
			json_object_set(row, "sim_expires", json_object_get(b, "expires"));
	}
}

static int collect_store(struct cli *c, const struct config_modem *m, json_t *row)
{
	char line[AIRTIME_LINE_MAX];
	const struct quota_window *used;
	int64_t in = 0, out = 0, now = cli_now(c);
	int resets = 0;
	json_t *history = json_array(), *balances = json_array(), *alarms = NULL;
	int r = airtime_line(c->store, m->name, line);
	if (!r && !(r = airtime_get(c->store, line, now, &used))) {
		set(row, "hour", json_integer(quota_sum(used->hour)));
		set(row, "day", json_integer(quota_sum(used->day)));
	}
	if (!r && (r = line_get_operator(c->store, m->name, take_operator, row)) == -ENOENT)
		r = 0;
	if (!r)
		r = line_last_texts(c->store, m->name, &in, &out);
	if (!r)
		r = line_resets(c->store, m->name, now - DAY_S, &resets);
	if (!r)
		r = line_history_each(c->store, m->name, HISTORY_SHOWN, take_change, history);
	if (!r)
		r = balance_each(c->store, m->name, BALANCES_SHOWN, take_balance, balances);
	if (!r)
		r = certificate_each(c->store, INT64_MIN, CERTIFICATE_MAX, take_certificate,
				     &(struct tested){row, m->name});
	r = r < 0 ? r : 0;
	if (!r)
		r = line_alarms(c, c->store, m->name, &alarms);
	set(row, "last_in", out_time(in));
	set(row, "last_out", out_time(out));
	set(row, "resets_today", json_integer(resets));
	set(row, "hourly_quota", m->hourly_quota ? json_integer(m->hourly_quota) : json_null());
	set(row, "daily_quota", m->daily_quota ? json_integer(m->daily_quota) : json_null());
	summarize_balance(row, balances);
	set(row, "history", history);
	set(row, "balances", balances);
	set(row, "alarms", alarms ? alarms : json_array());
	return r;
}

/* Words in the place of what scripts read. */
static void for_people(json_t *row)
{
	set(row, "state", json_string(line_state_label(text(row, "state"))));
	set(row, "registration", json_string(line_registration_label(text(row, "registration"))));
	set(row, "signal", json_string(line_signal_label(text(row, "signal"))));
	if (*text(row, "verdict"))
		set(row, "verdict", json_string(certificate_conclusion(text(row, "verdict"))));
	if (json_is_false(json_object_get(row, "calls")))
		set(row, "calls_note", json_string(_("not with this model")));
	/* blank lines tell nothing */
	const char *key;
	json_t *v;
	void *next;
	json_object_foreach_safe(row, next, key, v) if (json_is_string(v) && !json_string_length(v))
	    json_object_set_new(row, key, json_null());
}

static void print_below(struct cli *c, const json_t *row)
{
	size_t i;
	json_t *x;
	json_array_foreach(json_object_get(row, "alarms"), i, x)
	{
		if (*text(x, "detail"))
			printf(_("! %s (%s). %s\n"), text(x, "text"), text(x, "detail"), text(x, "remedy"));
		else
			printf(_("! %s. %s\n"), text(x, "text"), text(x, "remedy"));
	}
	static const struct out_column history[] = {{"time", N_("time"), OUT_TIME, 0},
						    {"what", N_("what"), OUT_WORD, 0},
						    {"value", N_("since then"), OUT_TEXT, 0},
						    {0}};
	const json_t *list = json_object_get(row, "history");
	if (!json_array_size(list))
		return;
	printf("\n");
	out_begin(&c->out, history);
	json_array_foreach(list, i, x)
	{
		const char *what = text(x, "what"), *value = text(x, "value");
		json_t *copy = json_deep_copy(x);
		if (!strcmp(what, "registration"))
			set(copy, "value", json_string(line_registration_label(value)));
		else if (!strcmp(what, "signal"))
			set(copy, "value", json_string(line_signal_label(value)));
		out_row(&c->out, copy);
	}
	out_end(&c->out);
}

int modem_show(struct cli *c)
{
	json_t *list, *row, *found = NULL;
	size_t i;
	int r = modem_rows_collect(c, &list);
	if (r)
		return r;
	const char *name = c->argc ? c->argv[0] : c->config->modem_count == 1 ? c->config->modems[0].name : "";
	json_array_foreach(list, i, row) if (!strcmp(text(row, "name"), name)) found = json_incref(row);
	json_decref(list);
	if (!*name)
		return cli_usage(c, "%s", _("name one of the modems; `yishi modem list` shows them"));
	if (!found)
		return cli_fail(CLI_NOTHING,
				_("the configuration has no modem %s; `yishi modem list` shows them"), name);
	r = collect_store(c, config_find_modem(c->config, name), found);
	int dbm = (int)json_integer_value(json_object_get(found, "signal_dbm"));
	set(found, "signal", json_string(at_signal_word(dbm)));
	if (c->out.mode == OUT_TABLE)
		for_people(found);
	else {
		line_stamp(json_object_get(found, "alarms"));
		line_stamp(json_object_get(found, "balances"));
		line_stamp(json_object_get(found, "history"));
	}
	if (!r)
		out_record(&c->out, columns, json_incref(found));
	if (!r && c->out.mode == OUT_TABLE)
		print_below(c, found);
	json_decref(found);
	return r ? cli_store_failed(c, r) : EX_OK;
}
