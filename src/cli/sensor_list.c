/* `yishi sensor list` and `history`: how the sensors stand, and what they told. */
#include "cli/sensor_rows.h"
#include "cli/sensor_verbs.h"

#include "base/text.h"
#include "store/reading.h"

#include <string.h>

static const struct out_column list_columns[] = {
    {"name", N_("sensor"), OUT_TEXT, 0},
    {"label", N_("meaning"), OUT_TEXT, 20},
    {"shown", N_("value"), OUT_TEXT, 0},
    {"state", N_("state"), OUT_WORD, 0},
    {"alarm", N_("alarm no."), OUT_TEXT, 0},
    {"acknowledged", N_("ack"), OUT_BOOL, 0},
    {"since", N_("since when"), OUT_TIME, 0},
    {"limits", N_("limits"), OUT_TEXT, 0},
    {"online", N_("online"), OUT_TEXT, 0},
    {"detail", N_("why"), OUT_TEXT, 60},
    {"cabinet", NULL, OUT_TEXT, 0},
    {"value", NULL, OUT_RAW, 0},
    {"unit", NULL, OUT_TEXT, 0},
    {"reason", NULL, OUT_TEXT, 0},
    {"low", NULL, OUT_RAW, 0},
    {"high", NULL, OUT_RAW, 0},
    {"last_value", NULL, OUT_RAW, 0},
    {"seen", NULL, OUT_TIME, 0},
    {0},
};

static json_t *number(bool has, double v)
{
	return has ? json_real(v) : json_null();
}

static json_t *share(const struct cli *c, const struct sensor_row *x)
{
	char text[32];
	double online = x->online_of_s ? (double)x->online_s / (double)x->online_of_s : 0;
	if (x->online_of_s <= 0)
		return json_null();
	if (c->out.mode != OUT_TABLE)
		return json_real(online);
	/* never 100 % of what has a hole */
	double percent = (double)(int64_t)(online * 1000) / 10;
	snprintf(text, sizeof text, "%.1f %%", percent);
	return json_string(text);
}

static json_t *row_json(struct cli *c, const struct sensor_rows *all, const struct sensor_row *x)
{
	bool data = x->stand != STAND_NO_DATA;
	const char *reason = !data ? (x->stale ? "stale" : sensor_fault_name(x->now.fault)) : "";
	char shown[80] = "", limits[140], why[SENSOR_WHY];
	if (data)
		register_number_shown(x->map, x->now.value, c->language, shown, sizeof shown);
	return json_pack("{ss so so ss sI so so so so so so so so so sI}", "name", x->name, "label",
			 out_string(register_label(x->map, c->language)), "shown",
			 data ? out_string(shown) : json_null(), "state", sensor_stand_name(x->stand), "since",
			 (json_int_t)(x->stale ? x->now.seen_utc : x->now.since_utc), "limits",
			 out_string(sensor_limits(x, c->language, limits, sizeof limits)), "online",
			 share(c, x), "detail", data ? json_null() : out_string(sensor_why(all, x, why)),
			 "cabinet", out_string(x->cabinet->name), "value", number(data, x->now.value), "unit",
			 out_string(x->map->unit), "reason", *reason ? json_string(reason) : json_null(), "low",
			 number(x->map->has_low, x->map->low), "high", number(x->map->has_high, x->map->high),
			 "seen", (json_int_t)x->now.seen_utc);
}

static void finish(struct cli *c, json_t *row, const struct sensor_row *x)
{
	static const char *const times[] = {"since", "seen"};
	for (int i = 0; i < 2; i++)
		if (!json_integer_value(json_object_get(row, times[i])))
			json_object_set_new(row, times[i], json_null());
	if (x->alarm) {
		char number_text[24];
		snprintf(number_text, sizeof number_text, "C%d", x->alarm);
		json_object_set_new(row, "alarm", json_string(number_text));
		json_object_set_new(row, "acknowledged", json_boolean(x->acked));
	}
	json_object_set_new(row, "last_value", number(x->now.has_value, x->now.value));
	if (c->out.mode == OUT_TABLE && x->stand == STAND_NO_DATA)
		json_object_set_new(row, "state", json_string(N_("no data")));
	out_row(&c->out, row);
}

int sensor_list(struct cli *c)
{
	struct sensor_rows rows;
	struct store *s;
	long left = c->limit;
	int r = sensor_rows_open(c, &rows);
	if (!r && !(r = cli_store(c, &s))) {
		sensor_rows_ask(c, &rows, true);
		int err = sensor_rows_read(c, &rows, true);
		r = err < 0 ? cli_store_failed(c, err) : 0;
	}
	if (!r) {
		out_begin(&c->out, list_columns);
		for (int i = 0; i < rows.count && left > 0; i++) {
			const struct sensor_row *x = &rows.row[i];
			if (c->since_utc != INT64_MIN && x->now.since_utc < c->since_utc)
				continue;
			finish(c, row_json(c, &rows, x), x);
			left--;
		}
		out_end(&c->out);
		if (!rows.count)
			cli_note(
			    "%s",
			    _("no [cabinet NAME] is configured; `yishi sensor scan` finds the parts on a bus"));
	}
	sensor_rows_done(&rows);
	return r;
}

/* ------------------------------------------------------------------------------------------------ history */

static const struct out_column history_columns[] = {
    {"time", N_("time"), OUT_TIME, 0},
    {"step", NULL, OUT_INT, 0},
    {"low", N_("least"), OUT_RAW, 0},
    {"mean", N_("mean"), OUT_RAW, 0},
    {"high", N_("most"), OUT_RAW, 0},
    {"readings", N_("readings"), OUT_INT, 0},
    {"data_s", N_("s with data"), OUT_INT, 0},
    {"dark_s", N_("s without"), OUT_INT, 0},
    {0},
};

struct history {
	struct cli *c;
	const struct sensor_row *x;
	long left;
};

/* In tables as people read it. */
static json_t *cell(const struct history *h, bool has, double v)
{
	char text[80];
	if (!has || h->c->out.mode != OUT_TABLE)
		return number(has, v);
	return out_string(register_number_shown(h->x->map, v, h->c->language, text, sizeof text));
}

static int print_reading(void *ctx, int step, const struct reading *r)
{
	struct history *h = ctx;
	bool has = r->count > 0;
	if (h->left-- <= 0)
		return 1;
	out_row(&h->c->out,
		json_pack("{sI si so so so si si si}", "time", (json_int_t)r->utc, "step", step, "low",
			  cell(h, has, r->low), "mean", cell(h, has, r->mean), "high", cell(h, has, r->high),
			  "readings", r->count, "data_s", r->data_s, "dark_s", r->dark_s));
	return 0;
}

static int step_of(struct cli *c, int64_t span_s)
{
	static const char *const names[] = {"minute", "hour", "day"};
	static const int steps[] = {READING_MINUTE, READING_HOUR, READING_DAY};
	const char *step = cli_opt(c, "step");
	if (!step)
		return span_s <= 6 * HOUR_S   ? READING_MINUTE
		       : span_s <= 15 * DAY_S ? READING_HOUR
					      : READING_DAY;
	int i = text_index(names, 3, step);
	return i < 0 ? -1 : steps[i];
}

static int print_history(struct cli *c, struct sensor_rows *rows, int64_t from, int64_t until)
{
	int step = step_of(c, until - from);
	const struct sensor_row *x = NULL;
	for (int i = 0; i < rows->count; i++)
		if (!strcmp(rows->row[i].name, c->argv[0]))
			x = &rows->row[i];
	if (step < 0)
		return cli_usage(c, "%s", _("--step wants minute, hour or day"));
	if (!x)
		return cli_fail(CLI_NOTHING, _("there is no sensor %s; `yishi sensor list` shows them"),
				c->argv[0]);
	struct history h = {c, x, c->limit};
	out_begin(&c->out, history_columns);
	int err = x->now.id ? reading_each(c->store, x->now.id, step, from, until, print_reading, &h) : 0;
	out_end(&c->out);
	return err < 0 ? cli_store_failed(c, err) : EX_OK;
}

int sensor_history(struct cli *c)
{
	struct sensor_rows rows;
	struct store *s;
	int r = sensor_rows_open(c, &rows);
	if (!r && !(r = cli_store(c, &s))) {
		int64_t until = cli_now(c) + 1, from = c->since_utc == INT64_MIN ? until - DAY_S : c->since_utc;
		sensor_rows_ask(c, &rows, true);
		int err = sensor_rows_read(c, &rows, false);
		r = err < 0 ? cli_store_failed(c, err) : 0;
		if (!r && cli_opt(c, "until"))
			r = cli_when(c, cli_opt(c, "until"), "--until", &until);
		if (!r)
			r = print_history(c, &rows, from, until);
	}
	sensor_rows_done(&rows);
	return r;
}
