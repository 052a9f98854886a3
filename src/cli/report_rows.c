/* The figures as rows for scripts: all denominators in columns of their own, one row for the whole and one for each part. */
#include "cli/report.h"

#include "base/mem.h"
#include "base/text.h"

#include <string.h>

#define COUNT_COLUMNS(key) {key, NULL, OUT_INT, 0},
#define SHARE_COLUMNS(key)                                                                                     \
	{key, NULL, OUT_INT, 0}, {key "_of", NULL, OUT_INT, 0}, {key "_percent", NULL, OUT_INT, 0},
#define TIME_COLUMNS(key)                                                                                      \
	{key "_median_minutes", NULL, OUT_INT, 0}, {key "_p90_minutes", NULL, OUT_INT, 0},                     \
	    {key "_n", NULL, OUT_INT, 0}, {key "_of", NULL, OUT_INT, 0},

static const struct out_column columns[] = {
    {"period", NULL, OUT_TEXT, 0},
    {"from", NULL, OUT_TIME, 0},
    {"to", NULL, OUT_TIME, 0},
    {"complete", NULL, OUT_BOOL, 0},
    {"row", NULL, OUT_TEXT, 0},
    {"name", NULL, OUT_TEXT, 0},
    {"grid", NULL, OUT_TEXT, 0},
    {"category", NULL, OUT_TEXT, 0},
#define X(id, key, title, form) form##_COLUMNS(key)
    FIGURES_MEASURES(X)
#undef X
	{"rated_good", NULL, OUT_INT, 0},
    {"rated_fair", NULL, OUT_INT, 0},
    {"rated_bad", NULL, OUT_INT, 0},
    {"meetings_held", NULL, OUT_INT, 0},
    {"meetings_cancelled", NULL, OUT_INT, 0},
    {"meetings_planned", NULL, OUT_INT, 0},
    {"meetings_with_roll", NULL, OUT_INT, 0},
    {"invited", NULL, OUT_INT, 0},
    {"invited_answered", NULL, OUT_INT, 0},
    {"said_yes", NULL, OUT_INT, 0},
    {"attended", NULL, OUT_INT, 0},
    {"attended_of_yes", NULL, OUT_INT, 0},
    {"attended_of_yes_of", NULL, OUT_INT, 0},
    {"agenda_items", NULL, OUT_INT, 0},
    {"decided", NULL, OUT_INT, 0},
    {"decisions", NULL, OUT_INT, 0},
    {"decisions_done", NULL, OUT_INT, 0},
    {"decisions_late", NULL, OUT_INT, 0},
    {"adopted", NULL, OUT_INT, 0},
    {"adopted_done", NULL, OUT_INT, 0},
    {"texts_in", NULL, OUT_INT, 0},
    {"texts_from_phones", NULL, OUT_INT, 0},
    {"calls", NULL, OUT_INT, 0},
    {"texts_out", NULL, OUT_INT, 0},
    {"texts_failed", NULL, OUT_INT, 0},
    {"help_calls", NULL, OUT_INT, 0},
    {"help_acknowledged", NULL, OUT_INT, 0},
    {"help_median_seconds", NULL, OUT_INT, 0},
    {"sensors", NULL, OUT_INT, 0},
    {"sensors_online", NULL, OUT_RAW, 0},
    {0},
};

static void set(json_t *row, const char *key, const char *suffix, json_t *value)
{
	char name[48];
	snprintf(name, sizeof name, "%s%s", key, suffix);
	json_object_set_new(row, name, value);
}

static json_t *minutes(int64_t seconds)
{
	return seconds < 0 ? json_null() : json_integer((seconds + 30) / MINUTE_S);
}

static void add_measures(json_t *row, struct figures *f)
{
	struct measured v;
	for (int m = 0; m < MEASURE_COUNT; m++) {
		const char *key = measures[m].key;
		figures_measure(f, (enum measure)m, &v);
		int percent = share_percent(v.share);
		switch (measures[m].form) {
		case MEASURE_IS_COUNT:
			set(row, key, "", json_integer(v.share.n));
			break;
		case MEASURE_IS_SHARE:
			set(row, key, "", json_integer(v.share.n));
			set(row, key, "_of", json_integer(v.share.of));
			set(row, key, "_percent", percent < 0 ? json_null() : json_integer(percent));
			break;
		case MEASURE_IS_TIME:
			set(row, key, "_median_minutes", minutes(v.median_s));
			set(row, key, "_p90_minutes", minutes(v.most_s));
			set(row, key, "_n", json_integer(v.share.n));
			set(row, key, "_of", json_integer(v.share.of));
			break;
		}
	}
	set(row, "rated_good", "", json_integer(f->rated[RATING_GOOD]));
	set(row, "rated_fair", "", json_integer(f->rated[RATING_FAIR]));
	set(row, "rated_bad", "", json_integer(f->rated[RATING_BAD]));
}

static void add_rest(json_t *row, struct summary *s, const struct summary_scope *scope)
{
	const struct summary_meetings *m = &s->meetings;
	const struct {
		const char *key;
		int64_t value;
	} of_meetings[] = {{"meetings_held", m->held},
			   {"meetings_cancelled", m->cancelled},
			   {"meetings_planned", m->planned},
			   {"meetings_with_roll", m->rolls},
			   {"invited", m->asked},
			   {"invited_answered", m->answered},
			   {"said_yes", m->yes},
			   {"attended", m->heads},
			   {"attended_of_yes", m->came},
			   {"attended_of_yes_of", m->yes_rolls},
			   {"agenda_items", m->items},
			   {"decided", m->decided},
			   {"decisions", m->to_do},
			   {"decisions_done", m->done},
			   {"decisions_late", m->late},
			   {"adopted", m->adopted},
			   {"adopted_done", m->adopted_done},
			   {"help_calls", s->help.calls},
			   {"help_acknowledged", s->help.acknowledged}},
	  of_texts[] = {{"texts_in", s->texts.in},
			{"texts_from_phones", s->texts.phones},
			{"calls", s->texts.calls},
			{"texts_out", s->texts.out},
			{"texts_failed", s->texts.failed}};
	int64_t median = spread_at(&s->help.seconds, 50);
	for (size_t i = 0; i < ARRAY_LEN(of_meetings) && !scope->category; i++)
		set(row, of_meetings[i].key, "", json_integer(of_meetings[i].value));
	for (size_t i = 0; i < ARRAY_LEN(of_texts) && !scope->category && !scope->grid; i++)
		set(row, of_texts[i].key, "", json_integer(of_texts[i].value));
	if (!scope->category && !scope->grid && s->sensors.of_s > 0) {
		set(row, "sensors", "", json_integer(s->sensors.sensors));
		set(row, "sensors_online", "", json_real((double)s->sensors.data_s / (double)s->sensors.of_s));
	}
	if (!scope->category)
		set(row, "help_median_seconds", "", median < 0 ? json_null() : json_integer(median));
}

struct place {
	const char *row, *name, *grid, *category;
	int64_t from_utc, to_utc;
	bool complete;
};

static json_t *row_of(const struct report_view *v, const struct place *p, struct figures *f)
{
	char name[PERIOD_NAME_MAX];
	json_t *row = json_pack("{ss so so sb ss so so so}", "period", period_name(&v->s->period, name), "from",
				out_time(p->from_utc), "to", out_time(p->to_utc), "complete", p->complete,
				"row", p->row, "name", *p->name ? out_string(p->name) : json_null(), "grid",
				p->grid ? out_string(p->grid) : json_null(), "category",
				p->category ? json_string(p->category) : json_null());
	add_measures(row, f);
	return row;
}

static void add_parts(struct cli *c, struct report_view *v)
{
	struct summary *s = v->s;
	for (int i = 0; i < s->part_count; i++) {
		struct place p = {.row = period_kind_name(s->period.kind == PERIOD_WEEK    ? PERIOD_WEEK
							  : s->period.kind == PERIOD_MONTH ? PERIOD_WEEK
											   : PERIOD_MONTH),
				  .name = "",
				  .grid = v->scope.grid,
				  .category = v->scope.category,
				  .from_utc = s->part[i].from_utc,
				  .to_utc = s->part[i].to_utc,
				  .complete = s->part[i].to_utc <= s->to_utc};
		if (s->period.kind == PERIOD_WEEK)
			p.row = "day";
		if (s->part[i].from_utc < s->to_utc)
			out_row(&c->out, row_of(v, &p, &s->parts[i]));
	}
}

void report_rows(struct cli *c, struct report_view *v)
{
	struct summary *s = v->s;
	struct place whole = {.row = "whole",
			      .name = v->grid_name,
			      .grid = v->scope.grid,
			      .category = v->scope.category,
			      .from_utc = s->period.from_utc,
			      .to_utc = s->period.to_utc,
			      .complete = s->complete},
		     p = whole;
	out_begin(&c->out, columns);
	json_t *row = row_of(v, &whole, &s->whole);
	add_rest(row, s, &v->scope);
	out_row(&c->out, row);
	if (v->by == REPORT_BY_PART)
		add_parts(c, v);
	for (int i = 0; i < CATEGORY_COUNT && v->by == REPORT_BY_CATEGORY; i++)
		if (s->category[i].received) {
			p.row = "category";
			p.name = "";
			p.category = category_name((enum category)i);
			out_row(&c->out, row_of(v, &p, &s->category[i]));
		}
	for (int i = 0; i < s->grid_count && v->by == REPORT_BY_GRID; i++) {
		p.row = s->grids[i].own ? "own" : "grid";
		p.name = s->grids[i].name;
		p.grid = *s->grids[i].code ? s->grids[i].code : NULL;
		out_row(&c->out, row_of(v, &p, &s->grids[i].f));
	}
	if (v->by != REPORT_BY_PART && s->private.received) {
		p = whole;
		p.row = "private";
		out_row(&c->out, row_of(v, &p, &s->private));
	}
	out_end(&c->out);
}
