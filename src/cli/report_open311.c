/* Cases in the shape of Open311 GeoReport v2 (wiki.open311.org/GeoReport_v2): GET Services and GET Service Requests, as JSON
 * or XML. What would tell who raised something stays here. */
#include "cli/report.h"

#include "base/mem.h"
#include "civic/redact.h"
#include "base/text.h"
#include "page/template.h"
#include "store/grid.h"
#include "store/matter.h"
#include "store/summary.h"

#include <limits.h>
#include <string.h>

const struct cli_option open311_options[] = {
    {"xml", NULL, N_("as XML"), false},
    {"status", N_("STATUS"), N_("only open or closed"), false},
    {"grid", N_("GRID"), N_("only this grid and those below it"), false},
    {0},
};

static const struct out_column request_columns[] = {
    {"service_request_id", N_("No."), OUT_TEXT, 0},
    {"status", N_("state"), OUT_TEXT, 0},
    {"status_notes", NULL, OUT_TEXT, 0},
    {"service_name", N_("category"), OUT_TEXT, 0},
    {"service_code", NULL, OUT_TEXT, 0},
    {"description", N_("text"), OUT_TEXT, 48},
    {"agency_responsible", NULL, OUT_TEXT, 0},
    {"service_notice", NULL, OUT_TEXT, 0},
    {"requested_datetime", N_("opened"), OUT_TIME, 0},
    {"updated_datetime", NULL, OUT_TIME, 0},
    {"expected_datetime", NULL, OUT_TIME, 0},
    {"address", N_("place"), OUT_TEXT, 0},
    {"address_id", N_("grid"), OUT_TEXT, 0},
    {"zipcode", NULL, OUT_TEXT, 0},
    {"lat", NULL, OUT_TEXT, 0},
    {"long", NULL, OUT_TEXT, 0},
    {"media_url", NULL, OUT_TEXT, 0},
    {0},
};

static const struct out_column service_columns[] = {
    {"service_code", N_("category"), OUT_TEXT, 0},
    {"service_name", N_("name"), OUT_TEXT, 0},
    {"description", NULL, OUT_TEXT, 0},
    {"metadata", NULL, OUT_BOOL, 0},
    {"type", NULL, OUT_TEXT, 0},
    {"keywords", NULL, OUT_TEXT, 0},
    {"group", NULL, OUT_TEXT, 0},
    {0},
};

/* One document: an array of JSON or XML, or, where it was asked for, rows as everywhere. */
struct writer {
	struct cli *c;
	const struct out_column *columns;
	const char *list, *item; /* elements of XML */
	bool xml, rows;
	long written;
};

static void begin(struct writer *w)
{
	FILE *f = w->c->out.file;
	w->rows = !w->xml && w->c->out.mode != OUT_TABLE;
	if (w->rows)
		out_begin(&w->c->out, w->columns);
	else if (w->xml)
		fprintf(f, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<%s>\n", w->list);
	else
		fputc('[', f);
}

static void add_xml(const struct writer *w, const json_t *row)
{
	const char *key;
	json_t *v;
	fprintf(w->c->out.file, "<%s>", w->item);
	json_object_foreach((json_t *)(uintptr_t)row, key, v)
	{
		cleanup_buf struct buf b = {0};
		template_escape(&b,
				json_is_string(v)  ? json_string_value(v)
				: json_is_false(v) ? "false"
						   : "",
				TEMPLATE_HTML);
		fprintf(w->c->out.file, b.len ? "<%s>%s</%s>" : "<%s/>", key, buf_str(&b), key);
	}
	fprintf(w->c->out.file, "</%s>\n", w->item);
}

/* Takes the reference. Times of rows are numbers; in a document they are written out. */
static void add(struct writer *w, json_t *row)
{
	char stamp[40];
	if (w->rows) {
		out_row(&w->c->out, row);
		return;
	}
	for (const struct out_column *k = w->columns; k->key; k++) {
		const json_t *v = json_object_get(row, k->key);
		if (k->type == OUT_TIME && json_is_integer(v))
			json_object_set_new(row, k->key,
					    json_string(rfc3339_format(json_integer_value(v), stamp)));
	}
	if (w->xml) {
		add_xml(w, row);
	} else {
		fputs(w->written++ ? ",\n" : "\n", w->c->out.file);
		json_dumpf(row, w->c->out.file, JSON_COMPACT);
	}
	json_decref(row);
}

static void end(struct writer *w)
{
	if (w->rows)
		out_end(&w->c->out);
	else if (w->xml)
		fprintf(w->c->out.file, "</%s>\n", w->list);
	else
		fputs("\n]\n", w->c->out.file);
}

static int write_services(struct writer *w)
{
	begin(w);
	for (int i = 0; i < CATEGORY_COUNT; i++) {
		const char *name = category_name((enum category)i);
		add(w, json_pack("{ss ss ss sb ss ss ss}", "service_code", name, "service_name", gettext(name),
				 "description", "", "metadata", 0, "type", "realtime", "keywords", "", "group",
				 ""));
	}
	end(w);
	return EX_OK;
}

struct export
{
	struct writer w;
	const char *status; /* NULL: both */
	json_t *names, *grids;
	long wanted; /* that could be told; of them the newest are */
	long skip;
};

static int keep_name(void *ctx, const char *name)
{
	/* a name of one character is a word */
	if (text_width(name) > 2)
		json_object_set_new(ctx, name, json_true());
	return 0;
}

static int keep_grid(void *ctx, const struct grid *g)
{
	json_object_set_new(ctx, g->code, out_string(g->name));
	return 0;
}

static json_t *redacted(const struct export *x, const char *text)
{
	cleanup_buf struct buf b = {0};
	redact(text, x->names, &b);
	return out_string(buf_str(&b));
}

/* Building and unit, never the flat: what is wrong there is found by those, who lives there is not. */
static json_t *address(const struct export *x, const struct matter *m)
{
	cleanup_buf struct buf b = {0};
	const char *grid = json_string_value(json_object_get(x->grids, m->grid));
	buf_adds(&b, grid && *grid ? grid : m->grid);
	if (*m->building)
		buf_addf(&b, _(" bldg %s"), m->building);
	if (*m->unit)
		buf_addf(&b, _(" unit %s"), m->unit);
	buf_addf(&b, "%s%s", *m->place ? " " : "", m->place);
	return redacted(x, buf_str(&b));
}

static json_t *note(const struct matter *m)
{
	return m->state == CASE_MERGED ? json_sprintf(_("the same as %d"), m->merged_into)
				       : json_string(gettext(case_state_name(m->state)));
}

static const char *status_of(const struct matter *m)
{
	return case_open(m->state) ? "open" : "closed";
}

static bool may_be_told(const struct export *x, const struct matter *m)
{
	return !m->private && strcmp(m->origin, "quarantine") != 0 &&
	       (!x->status || !strcmp(status_of(m), x->status));
}

static int count_request(void *ctx, const struct matter *m)
{
	struct export *x = ctx;
	x->wanted += may_be_told(x, m);
	return 0;
}

static int add_request(void *ctx, const struct matter *m)
{
	struct export *x = ctx;
	if (!may_be_told(x, m) || x->skip-- > 0)
		return 0;
	bool told = m->category != CATEGORY_DISPUTE;
	add(&x->w, json_pack("{so ss so ss ss so ss ss so so so so so ss so so ss}", "service_request_id",
			     json_sprintf("%d", m->number), "status", status_of(m), "status_notes", note(m),
			     "service_name", gettext(category_name(m->category)), "service_code",
			     category_name(m->category), "description",
			     told ? redacted(x, m->text) : json_string(""), "agency_responsible", "",
			     "service_notice", "", "requested_datetime", out_time(m->opened_utc),
			     "updated_datetime", out_time(m->changed_utc), "expected_datetime",
			     out_time(m->due_utc), "address", told ? address(x, m) : json_string(""),
			     "address_id", told && *m->grid ? json_string(m->grid) : json_null(), "zipcode", "",
			     "lat", json_null(), "long", json_null(), "media_url", ""));
	return 0;
}

static int write_requests(struct cli *c, struct export *x)
{
	struct store *s;
	int r = cli_store(c, &s);
	if (r)
		return r;
	const struct matter_filter f = {.grid = cli_opt(c, "grid"), .since_utc = c->since_utc};
	x->names = json_object();
	x->grids = json_object();
	bool look = store_look(s);
	r = summary_names(s, keep_name, x->names);
	if (r >= 0)
		r = grid_list(s, NULL, keep_grid, x->grids);
	if (r >= 0 && c->limit != LONG_MAX)
		r = matter_list(s, &f, count_request, x);
	x->skip = x->wanted > c->limit ? x->wanted - c->limit : 0;
	begin(&x->w);
	if (r >= 0)
		r = matter_list(s, &f, add_request, x);
	end(&x->w);
	store_looked(s, look);
	json_decref(x->names);
	json_decref(x->grids);
	return r < 0 ? cli_store_failed(c, r) : EX_OK;
}

int report_open311(struct cli *c)
{
	const char *what = c->argc ? c->argv[0] : "requests";
	struct export x = {.w = {.c = c, .xml = cli_opt(c, "xml")}, .status = cli_opt(c, "status")};
	if (x.status && strcmp(x.status, "open") != 0 && strcmp(x.status, "closed") != 0)
		return cli_usage(c, _("%.40s is no status; open and closed are"), x.status);
	if (!strcmp(what, "services")) {
		x.w.columns = service_columns;
		x.w.list = "services";
		x.w.item = "service";
		return write_services(&x.w);
	}
	if (strcmp(what, "requests") != 0)
		return cli_usage(c, _("%.40s is not to be had; requests and services are"), what);
	x.w.columns = request_columns;
	x.w.list = "service_requests";
	x.w.item = "request";
	return write_requests(c, &x);
}
