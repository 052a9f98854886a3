#include "cli/sensor_rows.h"

#include "base/mem.h"
#include "base/text.h"
#include "cli/control.h"
#include "cli/sensor_bus.h"
#include "civic/figures_words.h"
#include "hw/modbus_link.h"
#include "store/reading.h"

#include <string.h>

#define POLLS_FRESH 3   /* a value that is older than so many polls … */
#define GRACE_S     30  /* … and this is none */
#define WRITTEN_S   360 /* the daemon writes values every five minutes when nobody asks */
#define NAMED       6   /* on the line of status */

void sensor_rows_done(struct sensor_rows *r)
{
	free(r->row);
	for (int i = 0; i < r->cabinet_count; i++)
		cabinet_done(&r->cabinet[i]);
	register_maps_done(&r->maps);
	*r = (struct sensor_rows){0};
}

int sensor_rows_open(struct cli *c, struct sensor_rows *ret)
{
	const struct config *cfg;
	struct err e = {0};
	char text[600];
	*ret = (struct sensor_rows){0};
	int r = cli_config(c, &cfg);
	if (r || !cfg->cabinet_count)
		return r;
	if ((r = sensor_maps(&ret->maps)))
		return r;
	for (int i = 0; i < cfg->cabinet_count && !r; i++) {
		struct cabinet *x = &ret->cabinet[i];
		if ((r = cabinet_init(x, cfg, i, &ret->maps, &e)))
			break;
		ret->cabinet_count++;
		ret->row = mem_resize(ret->row, (size_t)(ret->count + x->row_count), sizeof *ret->row);
		for (int k = 0; k < x->row_count; k++)
			ret->row[ret->count++] =
			    (struct sensor_row){.cabinet = x, .name = x->of[k].name, .map = &x->row[k]};
	}
	return r ? cli_fail(EX_CONFIG, "%s", err_line(&e, text, sizeof text)) : 0;
}

/* ------------------------------------------------------------------------------------------------ how they stand */

static struct sensor_row *find(struct sensor_rows *r, const char *name, int64_t id)
{
	for (int i = 0; i < r->count; i++)
		if (name ? !strcmp(r->row[i].name, name) : r->row[i].now.id == id)
			return &r->row[i];
	return NULL;
}

static int take(void *ctx, const struct sensor *x)
{
	struct sensor_row *row = find(ctx, x->name, 0);
	if (row) {
		row->now = *x;
		row->now.name = NULL;
	}
	return 0;
}

static int take_online(void *ctx, int64_t sensor, int64_t data_s)
{
	struct sensor_row *row = find(ctx, NULL, sensor);
	if (row)
		row->online_s = data_s;
	return 0;
}

/* Alarms are written at once, rows now and then, and not on a full disk: what is younger counts, or an old value would stand beside a
 * new state. */
static void take_younger(struct sensor *x, const struct sensor_alarm *a)
{
	if (a->begun_utc <= x->seen_utc)
		return;
	if (!a->has_value) {
		x->fault = x->fault ? x->fault : sensor_fault_find(a->detail);
		return;
	}
	x->fault = SENSOR_OK;
	x->has_value = true;
	x->value = a->value;
	x->seen_utc = a->begun_utc;
}

/* An alarm of the whole cabinet is one of each of its sensors. */
static int take_alarm(void *ctx, const struct sensor_alarm *a)
{
	static const enum sensor_stand beyond[SENSOR_ALARM_KIND_COUNT] = {[SENSOR_ALARM_STATE] = STAND_STATE,
									  [SENSOR_ALARM_HIGH] = STAND_HIGH,
									  [SENSOR_ALARM_LOW] = STAND_LOW};
	struct sensor_rows *r = ctx;
	for (int i = 0; i < r->count; i++) {
		struct sensor_row *x = &r->row[i];
		if (strcmp(a->subject, x->name) != 0 && strcmp(a->subject, x->cabinet->name) != 0)
			continue;
		take_younger(&x->now, a);
		x->alarm = a->number;
		x->acked = a->acked_utc != 0;
		x->stand = x->stand ? x->stand : beyond[a->kind];
	}
	return 0;
}

/* `stand` is what the alarms say. */
static void judge(const struct sensor_rows *r, struct sensor_row *x, int64_t now)
{
	int64_t fresh_s =
	    POLLS_FRESH * x->cabinet->config->poll_ms / 1000 + GRACE_S + (r->written ? 0 : WRITTEN_S);
	const struct map_row *m = x->map;
	x->stale = x->now.fault == SENSOR_OK && (!r->daemon_up || now - x->now.seen_utc > fresh_s);
	x->stand = x->now.fault != SENSOR_OK || x->stale   ? STAND_NO_DATA
		   : m->has_high && x->now.value > m->high ? STAND_HIGH
		   : m->has_low && x->now.value < m->low   ? STAND_LOW
							   : x->stand;
}

int sensor_rows_read(struct cli *c, struct sensor_rows *r, bool online)
{
	int64_t now = cli_now(c), from = civil_midnight(now - SENSOR_ONLINE_DAYS * DAY_S, 0);
	for (int i = 0; i < r->count; i++) {
		r->row[i].now = (struct sensor){.fault = SENSOR_UNREAD};
		r->row[i].stand = STAND_OK;
		r->row[i].alarm = 0;
		r->row[i].acked = false;
	}
	int err = sensor_each(c->store, take, r);
	if (err >= 0 && online)
		err = reading_online(c->store, from, take_online, r);
	if (err >= 0)
		err = sensor_alarm_each(c->store, true, INT64_MIN, 0, take_alarm, r);
	for (int i = 0; i < r->count; i++) {
		struct sensor_row *x = &r->row[i];
		judge(r, x, now);
		if (!online || !x->now.id)
			continue;
		x->online_of_s = now - (x->now.first_utc > from ? x->now.first_utc : from);
		/* a reading stands for the time before it, the last one until the next */
		if (x->stand != STAND_NO_DATA)
			x->online_s += now - x->now.seen_utc;
		if (x->online_s > x->online_of_s)
			x->online_s = x->online_of_s;
	}
	return err < 0 ? err : 0;
}

void sensor_rows_ask(struct cli *c, struct sensor_rows *r, bool write)
{
	json_t *answer = NULL;
	r->written = write;
	r->daemon_up = r->count && control_request(c->config, write ? "sensors" : "status", &answer) == 0 &&
		       json_is_true(json_object_get(answer, "ok"));
	json_decref(answer);
}

/* ------------------------------------------------------------------------------------------------ words */

const char *sensor_stand_name(enum sensor_stand s)
{
	static const char *const names[] = {[STAND_OK] = N_("ok"),
					    [STAND_HIGH] = N_("high"),
					    [STAND_LOW] = N_("low"),
					    [STAND_STATE] = N_("alarm"),
					    [STAND_NO_DATA] = N_("no_data")};
	return names[s];
}

char *sensor_why(const struct sensor_rows *r, const struct sensor_row *x, char *buf)
{
	static const char *const words[SENSOR_FAULTS] = {
	    [SENSOR_OK] = "",
	    [SENSOR_UNREAD] = N_("not read yet"),
	    [SENSOR_TIMEOUT] = N_("the unit does not answer"),
	    [SENSOR_EXCEPTION] = N_("the unit refuses"),
	    [SENSOR_GARBAGE] =
		N_("what comes is no answer: noise, another speed, or two units with one address"),
	    [SENSOR_GONE] = N_("the port is gone"),
	    [SENSOR_REFUSED] = N_("the host cannot be reached"),
	    [SENSOR_BUSY] = N_("another program has the port"),
	    [SENSOR_INVALID] = N_("the unit says that it has no value"),
	    [SENSOR_LENT] = N_("the bus is lent to `yishi sensor read` or `scan`"),
	};
	char more[100] = "";
	if (x->stand != STAND_NO_DATA)
		return text_copy(buf, SENSOR_WHY, "");
	if (!r->daemon_up)
		return text_copy(buf, SENSOR_WHY, _("yishid does not run"));
	if (x->stale)
		return text_copy(buf, SENSOR_WHY, _("nothing new since the last value"));
	if (x->now.fault == SENSOR_EXCEPTION)
		modbus_error_text(-(MODBUS_EXCEPTION + x->now.code), more, sizeof more);
	else if (x->now.fault == SENSOR_GONE || x->now.fault == SENSOR_REFUSED)
		text_copy(more, sizeof more, err_system(x->now.code));
	snprintf(buf, SENSOR_WHY, *more ? _("%s (%s)") : "%s%s", gettext(words[x->now.fault]), more);
	return buf;
}

char *sensor_limits(const struct sensor_row *x, enum language l, char *buf, size_t size)
{
	char low[64], high[64];
	const struct map_row *m = x->map;
	if (m->has_low)
		register_number_shown(m, m->low, l, low, sizeof low);
	if (m->has_high)
		register_number_shown(m, m->high, l, high, sizeof high);
	snprintf(buf, size, "%s%s%s",
		 m->has_low    ? (m->has_high ? low : "≥ ")
		 : m->has_high ? "≤ "
			       : "",
		 m->has_low && m->has_high ? " … " : "",
		 m->has_high  ? high
		 : m->has_low ? low
			      : "");
	return buf;
}

void sensor_rows_sum_up(struct cli *c, const struct sensor_rows *r, struct buf *out)
{
	int well = 0, named = 0, silent = 0;
	char value[80], why[SENSOR_WHY];
	int64_t have = 0, of = 0;
	for (int i = 0; i < r->count; i++) {
		well += r->row[i].stand == STAND_OK;
		silent += r->row[i].stand == STAND_NO_DATA;
		have += r->row[i].online_s;
		of += r->row[i].online_of_s;
	}
	buf_addf(out, _("%1$d of %2$d well"), well, r->count);
	if (of) {
		/* never 100 of what has a hole */
		snprintf(value, sizeof value, "%.1f %%", (double)(have * 1000 / of) / 10);
		buf_addf(out, _(", online %1$s (%2$d days)"), value, SENSOR_ONLINE_DAYS);
	}
	if (silent == r->count && !r->daemon_up) {
		buf_addf(out, _("; %s"), _("yishid does not run"));
		return;
	}
	for (int i = 0; i < r->count; i++) {
		const struct sensor_row *x = &r->row[i];
		if (x->stand == STAND_OK)
			continue;
		if (named++ == NAMED) {
			buf_adds(out, _("; … (yishi sensor list)"));
			return;
		}
		if (x->stand == STAND_NO_DATA)
			buf_addf(out, _("; %1$s no data: %2$s"), x->name, sensor_why(r, x, why));
		else
			buf_addf(out, _("; %s %s %s"), x->name,
				 register_number_shown(x->map, x->now.value, c->language, value, sizeof value),
				 gettext(sensor_stand_name(x->stand)));
	}
}

json_t *sensor_rows_counts(const struct sensor_rows *r)
{
	int n[STAND_NO_DATA + 1] = {0};
	int64_t have = 0, of = 0;
	for (int i = 0; i < r->count; i++) {
		n[r->row[i].stand]++;
		have += r->row[i].online_s;
		of += r->row[i].online_of_s;
	}
	return json_pack("{si si si si si si so}", "total", r->count, "ok", n[STAND_OK], "high", n[STAND_HIGH],
			 "low", n[STAND_LOW], "alarm", n[STAND_STATE], "no_data", n[STAND_NO_DATA], "online",
			 of ? json_real((double)have / (double)of) : json_null());
}
