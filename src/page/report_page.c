#include "page/report_page.h"

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "civic/figures_words.h"
#include "page/chart.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROWS        6     /* bars of a chart; the others are one bar together */
#define LINES_FROM  7     /* so many parts are a line, fewer are bars: the sheet is as high as it is */
#define LABEL       18    /* columns of a label */
#define SHEET_MM    278.0 /* A4 without its margins */
#define FIXED_MM    32.0  /* head line, foot, space between */
#define ENGLISH_MM  12.0  /* its words break into more lines */
#define COLUMN_MM   90.0
#define MM_OF_POINT 0.3528
#define TEXT_LEAST  9.0
#define TEXT_MOST   11.5
#define HALF_SHEET  380 /* width of a chart of half a sheet, so that its text is as big as the page's */

static json_t *line(const char *title, const char *value, const char *before)
{
	return json_pack("{ss ss ss}", "title", title, "value", value, "before", before ? before : "");
}

/* ------------------------------------------------------------------------------------------------ figures */

/* What is told at the top, large: the share, or the count where a percentage would say too much. */
static json_t *tile(const char *title, struct share s)
{
	char value[FIGURES_WORDS], note[FIGURES_WORDS];
	int percent = share_percent(s);
	if (percent >= 0)
		snprintf(value, sizeof value, "%d%%", percent);
	else if (percent == SHARE_FEWER)
		snprintf(value, sizeof value, "%lld/%lld", (long long)s.n, (long long)s.of);
	else
		snprintf(value, sizeof value, "–");
	if (percent == SHARE_NONE)
		snprintf(note, sizeof note, "%s", _("no data"));
	else
		snprintf(note, sizeof note, _("%1$lld of %2$lld"), (long long)s.n, (long long)s.of);
	return json_pack("{ss ss ss}", "title", title, "value", value, "note", note);
}

static struct share share_of(struct figures *f, enum measure m)
{
	struct measured v;
	figures_measure(f, m, &v);
	return v.share;
}

static json_t *time_tile(const char *title, struct figures *f, enum measure m)
{
	char value[FIGURES_WORDS], note[FIGURES_WORDS];
	struct measured v;
	figures_measure(f, m, &v);
	time_words(v.median_s, value);
	snprintf(note, sizeof note, _("median, %1$lld of %2$lld"), (long long)v.share.n, (long long)v.share.of);
	return json_pack("{ss ss ss}", "title", title, "value", v.median_s < 0 ? "–" : value, "note",
			 v.median_s < 0 ? _("no data") : note);
}

static json_t *tiles(struct summary *s)
{
	char received[24], note[FIGURES_WORDS];
	snprintf(received, sizeof received, "%lld", (long long)s->whole.received);
	snprintf(note, sizeof note, _("%1$lld before"), (long long)s->before.received);
	return json_pack("[o, o, o, o, o, o]",
			 json_pack("{ss ss ss}", "title", _("received"), "value", received, "note", note),
			 tile(_("settled"), share_of(&s->whole, MEASURE_SETTLED)),
			 tile(_("confirmed"), share_of(&s->whole, MEASURE_CONFIRMED)),
			 tile(_("satisfied"), share_of(&s->whole, MEASURE_SATISFIED)),
			 time_tile(_("first human"), &s->whole, MEASURE_FIRST_HUMAN),
			 tile(_("missed a deadline"), share_of(&s->whole, MEASURE_OVERDUE)));
}

/* What a case seldom is, in one line: "of 56: proposals 3, urgent 1". */
static void seldom_words(const struct figures *f, char *buf)
{
	const struct {
		const char *title;
		int64_t n;
	} kinds[] = {{_("proposals"), f->proposals},
		     {_("urgent"), f->urgent},
		     {_("private"), f->private},
		     {_("the same as another"), f->merged},
		     {_("rejected"), f->rejected}};
	int used = snprintf(buf, FIGURES_WORDS, _("of %lld: "), (long long)f->received), n = 0;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (kinds[i].n && used < FIGURES_WORDS)
			used += snprintf(buf + used, (size_t)(FIGURES_WORDS - used), "%s%s %lld",
					 n++ ? _(", ") : "", kinds[i].title, (long long)kinds[i].n);
	if (!n)
		snprintf(buf, FIGURES_WORDS, "–");
}

/* As measured_words, but short enough for its column. */
static char *in_a_line(enum measure m, const struct measured *v, char *buf)
{
	char median[FIGURES_WORDS], most[FIGURES_WORDS], share[FIGURES_WORDS];
	if (measures[m].form != MEASURE_IS_TIME || v->most_s < 0)
		return measured_words(m, v, buf);
	snprintf(buf, FIGURES_WORDS, _("%1$.40s, nine in ten within %2$.40s; %3$.40s"),
		 time_words(v->median_s, median), time_words(v->most_s, most), share_short(v->share, share));
	return buf;
}

static json_t *figures(struct summary *s)
{
	json_t *list = json_array();
	char now[FIGURES_WORDS], before[FIGURES_WORDS];
	for (int i = 0; i < MEASURE_COUNT; i++) {
		enum measure m = (enum measure)i;
		struct measured v, b;
		figures_measure(&s->whole, m, &v);
		figures_measure(&s->before, m, &b);
		/* "open" is the rest of "settled"; who is not satisfied is in the chart */
		if (m == MEASURE_RECEIVED || (m > MEASURE_MERGED && m != MEASURE_OPEN &&
					      m != MEASURE_REJECTED && m != MEASURE_DISSATISFIED))
			json_array_append_new(list, line(gettext(measures[i].title), in_a_line(m, &v, now),
							 in_a_line(m, &b, before)));
		if (m != MEASURE_RECEIVED)
			continue;
		seldom_words(&s->whole, now);
		seldom_words(&s->before, before);
		json_array_append_new(list, line(_("of them"), now, before));
	}
	return list;
}

static json_t *meetings(struct summary *s)
{
	const struct summary_meetings *m = &s->meetings;
	json_t *list = json_array();
	char text[FIGURES_WORDS], part[FIGURES_WORDS];
	snprintf(text, sizeof text, _("%1$lld held, %2$lld cancelled"), (long long)m->held,
		 (long long)m->cancelled);
	json_array_append_new(list, line(_("meetings"), m->held + m->cancelled ? text : _("no data"), NULL));
	snprintf(text, sizeof text, _("%1$lld people at %2$s meetings"), (long long)m->heads,
		 share_words((struct share){m->rolls, m->held}, part));
	json_array_append_new(list, line(_("attendance"), m->rolls ? text : _("no data"), NULL));
	const struct {
		const char *title;
		struct share share;
	} shares[] = {{_("invited who answered"), {m->answered, m->asked}},
		      {_("came of who said yes"), {m->came, m->yes_rolls}},
		      {_("agenda items decided"), {m->decided, m->items}},
		      {_("decisions done"), {m->done, m->to_do}},
		      {_("calls for help taken"), {s->help.acknowledged, s->help.calls}}};
	for (size_t i = 0; i < ARRAY_LEN(shares); i++)
		json_array_append_new(list, line(shares[i].title, share_words(shares[i].share, text), NULL));
	return list;
}

static json_t *late(const struct summary *s, int64_t now)
{
	json_t *list = json_array();
	for (int i = 0; i < s->late_count; i++) {
		const struct summary_late *l = &s->late[i];
		json_array_append_new(list, json_pack("{si ss ss sI ss}", "number", l->number, "category",
						      gettext(category_name(l->category)), "grid", l->grid,
						      "days", (json_int_t)((now - l->due_utc) / DAY_S), "who",
						      *l->who ? l->who : _("nobody")));
	}
	return list;
}

/* ------------------------------------------------------------------------------------------------ charts */

struct bar {
	const char *label; /* owned by whoever made it */
	struct figures *f;
	char text[FIGURES_WORDS];
};

static int more_first(const void *a, const void *b)
{
	const struct bar *x = a, *y = b;
	return (x->f->received < y->f->received) - (x->f->received > y->f->received);
}

static json_t *taken(struct buf *svg)
{
	json_t *j = json_string(buf_str(svg));
	buf_done(svg);
	return j;
}

/* Received and settled, side by side. */
static json_t *chart_of_parts(struct summary *s)
{
	struct bar bars[PERIOD_PARTS_MAX];
	const char *labels[PERIOD_PARTS_MAX];
	double received[PERIOD_PARTS_MAX], settled[PERIOD_PARTS_MAX];
	struct buf svg = {0};
	for (int i = 0; i < s->part_count; i++) {
		bool begun = s->part[i].from_utc < s->to_utc;
		labels[i] = part_title(s->period.kind, &s->part[i], bars[i].text);
		received[i] = begun ? (double)s->parts[i].received : NAN;
		settled[i] = begun ? (double)s->parts[i].settled_within : NAN;
	}
	const struct chart c = {
	    .id = "parts", .title = _("Received, and settled in this time"), .width = HALF_SHEET};
	const struct chart_series series[] = {{_("received"), received}, {_("settled"), settled}};
	if (s->part_count < LINES_FROM)
		chart_bars(&svg, &c, labels, NULL, s->part_count, series, 2);
	else
		chart_lines(&svg, &c, labels, s->part_count, series, 2);
	return taken(&svg);
}

/* What became of it, a bar each: settled, open, rejected, the same as another. The longest bars, and the rest as one. */
static json_t *chart_of_fates(const char *id, const char *title, struct bar *bars, int count)
{
	double value[4][ROWS + 1] = {0};
	const char *labels[ROWS + 1];
	struct buf svg = {0};
	if (count < 1)
		return json_null();
	qsort(bars, (size_t)count, sizeof *bars, more_first);
	int shown = count > ROWS ? ROWS + 1 : count;
	for (int i = 0; i < count; i++) {
		int row = i < ROWS || count <= ROWS ? i : ROWS;
		const struct figures *f = bars[i].f;
		labels[row] = row == ROWS ? _("the others") : bars[i].label;
		value[0][row] += (double)f->settled;
		value[1][row] += (double)f->open;
		value[2][row] += (double)f->merged;
		value[3][row] += (double)f->rejected;
	}
	const struct chart c = {.id = id, .title = title, .width = HALF_SHEET};
	const struct chart_series series[] = {{_("settled"), value[0]},
					      {_("still open"), value[1]},
					      {_("the same as another"), value[2]},
					      {_("rejected"), value[3]}};
	chart_stack(&svg, &c, labels, shown, series, 4);
	return taken(&svg);
}

static json_t *chart_of_categories(struct summary *s)
{
	struct bar bars[CATEGORY_COUNT + 1];
	int n = 0;
	for (int i = 0; i < CATEGORY_COUNT; i++)
		if (s->category[i].received)
			bars[n++] = (struct bar){.label = gettext(category_name((enum category)i)),
						 .f = &s->category[i]};
	if (s->private.received)
		bars[n++] = (struct bar){.label = _("private"), .f = &s->private};
	return chart_of_fates("categories", _("By category"), bars, n);
}

static json_t *chart_of_grids(struct summary *s)
{
	cleanup_free struct bar *bars = mem_array((size_t)s->grid_count + 1, sizeof *bars);
	int n = 0;
	for (int i = 0; i < s->grid_count; i++) {
		const struct summary_grid *g = &s->grids[i];
		if (!g->f.received)
			continue;
		const char *name = *g->name ? g->name : *g->code ? g->code : _("no grid");
		text_copy(bars[n].text, sizeof bars[n].text, name);
		while (text_width(bars[n].text) > LABEL)
			text_copy(bars[n].text, strlen(bars[n].text), bars[n].text);
		if (g->own)
			strncat(bars[n].text, _(" (itself)"), sizeof bars[n].text - strlen(bars[n].text) - 1);
		bars[n++].f = &s->grids[i].f;
	}
	for (int i = 0; i < n; i++)
		bars[i].label = bars[i].text;
	/* the rows are sorted with their texts in them */
	qsort(bars, (size_t)n, sizeof *bars, more_first);
	for (int i = 0; i < n; i++)
		bars[i].label = bars[i].text;
	return n > 1 ? chart_of_fates("grids", _("By grid"), bars, n) : json_null();
}

static json_t *chart_of_ratings(const struct figures *f)
{
	const char *labels[] = {_("satisfied"), _("so-so"), _("not satisfied")};
	double values[RATING_COUNT];
	struct buf svg = {0};
	char title[FIGURES_WORDS], share[FIGURES_WORDS];
	int64_t answers = f->rated[RATING_GOOD] + f->rated[RATING_FAIR] + f->rated[RATING_BAD];
	if (answers < FIGURES_FEW)
		return json_null();
	values[0] = (double)f->rated[RATING_GOOD];
	values[1] = (double)f->rated[RATING_FAIR];
	values[2] = (double)f->rated[RATING_BAD];
	share_words((struct share){answers, f->asked}, share);
	snprintf(title, sizeof title, _("\"Is it settled?\" – %s answered"), share);
	const struct chart c = {.id = "ratings", .title = title, .width = HALF_SHEET};
	chart_share(&svg, &c, labels, values, RATING_COUNT);
	return taken(&svg);
}

/* ------------------------------------------------------------------------------------------------ the page */

static json_t *words(const struct summary *s)
{
	return json_pack(
	    "{ss ss ss ss ss ss ss ss ss ss}", "figures", _("In figures"), "before",
	    s->complete ? _("the one before") : _("the one before, as far"), "meetings", _("Meetings and help"),
	    "overdue", _("Past the deadline now"), "number", _("No."), "days", _(" d late"), "who", _("with"),
	    "empty", _("Nothing was raised in this time."), "printed", _("printed"), "how",
	    _("Counted are the cases and proposals that were raised in this time, as they stand now. Each "
	      "share "
	      "names what it is of; a percentage is given from ten on. Times count every hour. Private matters "
	      "are counted, never shown."));
}

/* How high a chart is when it is half a sheet wide, in mm; the number is in its viewBox. */
static double height_of(const json_t *data, const char *chart)
{
	const char *svg = json_string_value(json_object_get(data, chart));
	const char *box = svg ? strstr(svg, "viewBox=\"0 0 ") : NULL;
	double wide, high;
	if (!box || sscanf(box, "viewBox=\"0 0 %lf %lf", &wide, &high) != 2 || !(wide > 0))
		return 0;
	return high / wide * COLUMN_MM + 1.5;
}

/* So large that the sheet is filled, and never so small that it strains: points. */
static double text_size(const json_t *data)
{
	bool english = !strcmp(json_string_value(json_object_get(data, "lang")), "en");
	double meetings =
	    json_is_true(json_object_get(data, "met"))
		? 1.2 + (double)json_array_size(json_object_get(data, "meetings")) * (english ? 1.5 : 1.1)
		: 0;
	double late = json_is_true(json_object_get(data, "late_told"))
			  ? 2.4 + (double)json_array_size(json_object_get(data, "late"))
			  : 0;
	double left_mm = height_of(data, "chart_parts") + height_of(data, "chart_grids");
	double right_mm = height_of(data, "chart_categories") + height_of(data, "chart_ratings");
	double lines =
	    (double)json_array_size(json_object_get(data, "figures")) + 9; /* head, tiles, a line that breaks */
	double fixed_mm = FIXED_MM + (english ? ENGLISH_MM : 0);
	for (double size = TEXT_MOST; size > TEXT_LEAST; size -= 0.25) {
		double breaks = english ? 1 + (size - TEXT_LEAST) * 0.1 : 1;
		double line_mm = size * MM_OF_POINT * 1.5 * breaks;
		double columns = fmax(left_mm + late * line_mm, right_mm + meetings * line_mm);
		if (fixed_mm + columns + lines * line_mm <= SHEET_MM)
			return size;
	}
	return TEXT_LEAST;
}

json_t *report_page_data(const struct report_page *p)
{
	struct summary *s = p->summary;
	char title[FIGURES_WORDS], scope[FIGURES_WORDS], printed[32], name[PERIOD_NAME_MAX];
	struct civil now;
	civil_from_utc(p->now_utc, &now);
	snprintf(printed, sizeof printed, "%04d-%02d-%02d %02d:%02d", now.year % 10000, now.month, now.day,
		 now.hour, now.minute);
	bool category = p->category && *p->category, weekly = s->period.kind == PERIOD_WEEK;
	snprintf(scope, sizeof scope, "%.31s%s%.90s%s%.30s", p->grid ? p->grid : "", p->grid ? " " : "",
		 p->grid_name ? p->grid_name : "", category && p->grid ? " · " : "",
		 category ? gettext(p->category) : "");
	json_t *data = json_pack(
	    "{ss ss ss ss ss sb sb so so so so}", "lang", p->language == LANG_ZH ? "zh-CN" : "en", "site",
	    p->site, "title", period_title(&s->period, !s->complete, title), "scope", scope, "printed", printed,
	    "empty", !s->whole.received, "late_told", weekly, "words", words(s), "tiles", tiles(s), "figures",
	    figures(s), "late", weekly ? late(s, p->now_utc) : json_array());
	json_object_set_new(data, "late_total", json_integer(s->late_total));
	json_object_set_new(data, "late_more", json_integer(s->late_total - s->late_count));
	json_object_set_new(data, "short", json_string(period_name(&s->period, name)));
	json_object_set_new(data, "met", json_boolean(!category));
	json_object_set_new(data, "meetings", category ? json_array() : meetings(s));
	json_object_set_new(data, "chart_parts", chart_of_parts(s));
	json_object_set_new(data, "chart_categories", category ? json_null() : chart_of_categories(s));
	/* of a week the list of what is overdue stands there */
	json_object_set_new(data, "chart_grids", weekly ? json_null() : chart_of_grids(s));
	json_object_set_new(data, "chart_ratings", chart_of_ratings(&s->whole));
	json_object_set_new(data, "size", json_real(text_size(data)));
	return data;
}

int report_page_write(const struct report_page *p, const struct template_set *pages, struct buf *out,
		      struct err *e)
{
	json_t *data = report_page_data(p);
	int r = template_render(pages, "report.html", data, TEMPLATE_HTML, out, e);
	json_decref(data);
	return r;
}
