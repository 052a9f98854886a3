/* The figures for people, in the terminal: what was measured, what it is a part of, and the same of the period before. */
#include "cli/report.h"

#include "base/text.h"
#include "civic/figures_words.h"

#include <string.h>

static void add_line(struct cli *c, const char *title, const char *now, const char *before)
{
	out_row(&c->out, json_pack("{ss so so}", "what", title, "now", out_string(now), "before",
				   before ? out_string(before) : json_null()));
}

static void print_cases(struct cli *c, struct summary *s)
{
	char now[FIGURES_WORDS], before[FIGURES_WORDS];
	for (int i = 0; i < MEASURE_COUNT; i++) {
		enum measure m = (enum measure)i;
		struct measured v, b;
		figures_measure(&s->whole, m, &v);
		figures_measure(&s->before, m, &b);
		if (measure_is_told(m, &v, &b))
			add_line(c, gettext(measures[m].title), measured_words(m, &v, now),
				 measured_words(m, &b, before));
	}
}

static void print_meetings(struct cli *c, const struct summary_meetings *m)
{
	char text[FIGURES_WORDS], part[FIGURES_WORDS];
	snprintf(text, sizeof text, _("%1$lld held, %2$lld cancelled"), (long long)m->held,
		 (long long)m->cancelled);
	add_line(c, _("meetings"), m->held + m->cancelled ? text : _("no data"), NULL);
	if (!m->held)
		return;
	add_line(c, _("invited who answered"), share_words((struct share){m->answered, m->asked}, text), NULL);
	snprintf(text, sizeof text, _("%1$lld people at %2$s meetings"), (long long)m->heads,
		 share_words((struct share){m->rolls, m->held}, part));
	add_line(c, _("attendance"), m->rolls ? text : _("no data"), NULL);
	add_line(c, _("came of who said yes"), share_words((struct share){m->came, m->yes_rolls}, text), NULL);
	add_line(c, _("agenda items decided"), share_words((struct share){m->decided, m->items}, text), NULL);
	add_line(c, _("decisions done"), share_words((struct share){m->done, m->to_do}, text), NULL);
	if (m->late)
		add_line(c, _("decisions past their date"),
			 share_words((struct share){m->late, m->to_do}, text), NULL);
}

static void print_rest(struct cli *c, struct report_view *v)
{
	struct summary *s = v->s;
	char text[FIGURES_WORDS], part[FIGURES_WORDS];
	if (s->help.calls) {
		share_words((struct share){s->help.acknowledged, s->help.calls}, part);
		snprintf(text, sizeof text, _("%1$.60s taken, median after %2$.40s"), part,
			 time_words(spread_at(&s->help.seconds, 50), (char[FIGURES_WORDS]){0}));
		add_line(c, _("calls for help"), text, NULL);
	}
	if (v->scope.grid)
		return;
	snprintf(text, sizeof text, _("%1$lld from %2$lld phones, %3$lld calls"), (long long)s->texts.in,
		 (long long)s->texts.phones, (long long)s->texts.calls);
	add_line(c, _("texts in"), text, NULL);
	snprintf(text, sizeof text, _("%1$lld, not delivered %2$s"), (long long)s->texts.out,
		 share_words((struct share){s->texts.failed, s->texts.out}, part));
	add_line(c, _("texts out"), text, NULL);
	if (s->sensors.of_s <= 0)
		return;
	/* never 100 of what has a hole */
	snprintf(text, sizeof text, _("%1$d.%2$d %%, %3$lld sensors"),
		 (int)(s->sensors.data_s * 100 / s->sensors.of_s),
		 (int)(s->sensors.data_s * 1000 / s->sensors.of_s % 10), (long long)s->sensors.sensors);
	add_line(c, _("sensors online"), text, NULL);
}

/* ------------------------------------------------------------------------------------------------ breakdown */

static const struct out_column part_columns[] = {
    {"name", " ", OUT_TEXT, 24},
    {"received", N_("received"), OUT_INT, 0},
    {"settled", N_("settled"), OUT_TEXT, 0},
    {"confirmed", N_("confirmed"), OUT_TEXT, 0},
    {"satisfied", N_("satisfied"), OUT_TEXT, 0},
    {"first", N_("first human"), OUT_TEXT, 0},
    {"overdue", N_("missed a deadline"), OUT_TEXT, 0},
    {0},
};

static json_t *short_share(struct figures *f, enum measure m)
{
	char text[FIGURES_WORDS];
	struct measured v;
	figures_measure(f, m, &v);
	return json_string(share_short(v.share, text));
}

static void print_part(struct cli *c, const char *name, struct figures *f)
{
	char text[FIGURES_WORDS];
	int64_t median = spread_at(&f->first_human, 50);
	out_row(&c->out,
		json_pack("{so sI so so so ss so}", "name", out_string(name), "received",
			  (json_int_t)f->received, "settled", short_share(f, MEASURE_SETTLED), "confirmed",
			  short_share(f, MEASURE_CONFIRMED), "satisfied", short_share(f, MEASURE_SATISFIED),
			  "first", median < 0 ? "–" : time_words(median, text), "overdue",
			  short_share(f, MEASURE_OVERDUE)));
}

static void print_parts(struct cli *c, struct report_view *v)
{
	struct summary *s = v->s;
	char text[FIGURES_WORDS];
	out_begin(&c->out, part_columns);
	for (int i = 0; i < s->part_count && v->by == REPORT_BY_PART; i++)
		if (s->part[i].from_utc < s->to_utc)
			print_part(c, part_title(s->period.kind, &s->part[i], text), &s->parts[i]);
	for (int i = 0; i < CATEGORY_COUNT && v->by == REPORT_BY_CATEGORY; i++)
		if (s->category[i].received)
			print_part(c, gettext(category_name((enum category)i)), &s->category[i]);
	for (int i = 0; i < s->grid_count && v->by == REPORT_BY_GRID; i++) {
		const struct summary_grid *g = &s->grids[i];
		snprintf(text, sizeof text, "%.31s %.90s%s", *g->code ? g->code : _("no grid"), g->name,
			 g->own ? _(" (itself)") : "");
		print_part(c, text, &s->grids[i].f);
	}
	if (v->by != REPORT_BY_PART && s->private.received)
		print_part(c, _("private"), &s->private);
	out_end(&c->out);
}

void report_table(struct cli *c, struct report_view *v)
{
	struct summary *s = v->s;
	char title[FIGURES_WORDS];
	const struct out_column columns[] = {
	    {"what", " ", OUT_TEXT, 0},
	    {"now", period_title(&s->period, !s->complete, title), OUT_TEXT, 0},
	    {"before", s->complete ? N_("the one before") : N_("the one before, as far"), OUT_TEXT, 0},
	    {0}};
	fprintf(c->out.file, "%s%s%s%s%s%s\n\n", c->config->name, v->scope.grid ? " · " : "",
		v->scope.grid ? v->scope.grid : "", *v->grid_name ? " " : "", v->grid_name,
		v->scope.category ? " · " : "");
	if (!s->whole.received && !s->before.received && !s->meetings.held && !s->texts.in &&
	    !s->sensors.sensors && !s->whole.settled_within) {
		fprintf(c->out.file, _("%s: no data\n"), title);
		return;
	}
	out_begin(&c->out, columns);
	print_cases(c, s);
	if (!v->scope.category) {
		print_meetings(c, &s->meetings);
		print_rest(c, v);
	}
	out_end(&c->out);
	fputc('\n', c->out.file);
	print_parts(c, v);
}
