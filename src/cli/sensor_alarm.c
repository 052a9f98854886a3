/* `yishi sensor alarms`, `yishi sensor ack`. */
#include "cli/sensor_alarm.h"
#include "cli/changes.h"
#include "civic/sensor_watch.h"

#include "base/mem.h"
#include "base/text.h"
#include "store/sensor_alarm.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct out_column columns[] = {
    {"number", N_("No."), OUT_TEXT, 0},    {"severity", N_("severity"), OUT_WORD, 0},
    {"sensor", N_("sensor"), OUT_TEXT, 0}, {"place", N_("place"), OUT_TEXT, 16},
    {"what", N_("what"), OUT_TEXT, 20},    {"value", N_("value"), OUT_TEXT, 0},
    {"limit", N_("limit"), OUT_TEXT, 0},   {"since", N_("since"), OUT_TIME, 0},
    {"begun", NULL, OUT_TIME, 0},          {"ended", N_("over"), OUT_TIME, 0},
    {"flaps", NULL, OUT_BOOL, 0},          {"acknowledged", N_("ack"), OUT_TIME, 0},
    {"by", N_("who"), OUT_TEXT, 12},       {"case", N_("case"), OUT_INT, 0},
    {"kind", NULL, OUT_WORD, 0},           {0},
};

/* What it says now: its value, or why there is none. */
static const char *said(const struct sensor_alarm *a, enum language l)
{
	return a->kind == SENSOR_ALARM_FAULT || a->kind == SENSOR_ALARM_SILENT ? _("no data") : a->shown[l];
}

static json_t *row_of(const struct cli *c, const struct sensor_alarm *a)
{
	char number[16];
	enum language l = c->language;
	snprintf(number, sizeof number, "C%d", a->number);
	return json_pack(
	    "{ss ss so so so so so so so so sb so so so ss}", "number", number, "severity",
	    sensor_severity_name((enum sensor_severity)a->severity), "sensor", out_string(a->subject), "place",
	    out_string(a->place), "what", out_string(a->label[l]), "value", out_string(said(a, l)), "limit",
	    *a->bound ? out_string(a->bound) : json_null(), "since", out_time(a->since_utc), "begun",
	    out_time(a->begun_utc), "ended", out_time(a->ended_utc), "flaps", a->flaps, "acknowledged",
	    out_time(a->acked_utc), "by", *a->acked_name ? out_string(a->acked_name) : json_null(), "case",
	    a->matter ? json_integer(a->matter) : json_null(), "kind", sensor_alarm_kind_name(a->kind));
}

static int print_row(void *ctx, const struct sensor_alarm *a)
{
	struct cli *c = ctx;
	out_row(&c->out, row_of(c, a));
	return 0;
}

int sensor_alarms(struct cli *c)
{
	struct store *s;
	int r = cli_list_begin(c, columns, &s);
	return r ? r
		 : cli_list_end(c,
				sensor_alarm_each(s, !cli_opt(c, "all"), c->since_utc, c->limit, print_row, c));
}

/* "3", "C3" */
static int number_of(const char *text)
{
	char *end;
	long n = strtol(text + (*text == 'C' || *text == 'c'), &end, 10);
	return *end || n <= 0 || n > 999999 ? 0 : (int)n;
}

int sensor_ack(struct cli *c)
{
	struct store *s;
	struct actor by;
	struct sensor_alarm a;
	int number = number_of(c->argv[0]), r;
	if (!number)
		return cli_fail(EX_USAGE, _("%s is no number of an alarm; `yishi sensor alarms` shows them"),
				c->argv[0]);
	if ((r = changes_begin(c, &s)))
		return r;
	changes_actor(&by);
	r = sensor_alarm_ack(s, number, 0, "", "", &by, cli_now(c), &a);
	if (r == -ENOENT)
		r = cli_fail(CLI_NOTHING,
			     _("there is no alarm C%d; `yishi sensor alarms` shows those that stand"), number);
	else if (r == -ESTALE)
		r = cli_fail(CLI_NOTHING, _("alarm C%d is over already"), number);
	else if (r == -EALREADY)
		r = cli_fail(CLI_NOTHING, _("%1$s looks after alarm C%2$d already"),
			     *a.acked_name     ? a.acked_name
			     : *a.acked_number ? a.acked_number
					       : _("the desk"),
			     number);
	return changes_end(c, r);
}

struct collected {
	struct cli *c;
	json_t *list;
};

static int collect(void *ctx, const struct sensor_alarm *a)
{
	struct collected *all = ctx;
	if (a->severity == SENSOR_NOTICE)
		return 0;
	enum language l = all->c->language;
	json_t *row = row_of(all->c, a);
	const char *by = *a->acked_name ? a->acked_name : *a->acked_number ? a->acked_number : _("the desk");
	const char *place = *a->place ? a->place : a->subject, *what = a->label[l], *says = said(a, l);
	cleanup_free char *text =
	    a->acked_utc
		? mem_printf(_("C%1$d %2$s %3$s %4$s; %5$s looks after it"), a->number, place, what, says, by)
		: mem_printf(_("C%1$d %2$s %3$s %4$s; nobody looks after it: yishi sensor ack %1$d"), a->number,
			     place, what, says);
	text_mask_controls(text);
	json_object_set_new(row, "text", out_string(text));
	json_array_append_new(all->list, row);
	return 0;
}

int sensor_alarms_standing(struct cli *c, struct store *s, json_t **ret)
{
	struct collected all = {c, json_array()};
	int r = sensor_alarm_each(s, true, 0, 50, collect, &all);
	*ret = all.list;
	return r < 0 ? r : 0;
}
