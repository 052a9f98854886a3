#include "daemon/board_page.h"

#include "base/mem.h"
#include "daemon/daemon.h"
#include "daemon/session.h"
#include "page/chart.h"
#include "page/pages.h"
#include "page/say.h"
#include "page/shown.h"
#include "store/board.h"
#include "store/grid.h"
#include "store/meeting.h"
#include "store/outbox.h"
#include "store/store.h"

#include <errno.h>
#include <string.h>

#define ITEMS_SHOWN  9 /* of the agenda; a screen has no more room */
#define ITEM_COLUMNS 64

struct board_page {
	struct template_set *set[2]; /* by enum language */
	struct say *say[2];
};

int board_page_new(const struct daemon *d, struct board_page **ret, struct err *e)
{
	struct board_page *p = mem_alloc(sizeof *p);
	int r = 0;
	for (int l = LANG_ZH; l <= LANG_EN && !r; l++) {
		p->say[l] = say_new((enum language)l);
		r = p->say[l] ? pages_load(d->data_dir, d->config->pages, (enum language)l, &p->set[l], e)
			      : err_set(e, "", 0,
					"the words for numbers and dates are missing; install the data of ICU");
	}
	if (r)
		board_page_free(p);
	else
		*ret = p;
	return r;
}

void board_page_free(struct board_page *p)
{
	if (!p)
		return;
	for (int l = LANG_ZH; l <= LANG_EN; l++) {
		template_set_free(p->set[l]);
		say_free(p->say[l]);
	}
	free(p);
}

void board_text_done(struct board_text *t)
{
	buf_done(&t->page);
	buf_done(&t->part);
	buf_done(&t->json);
}

struct writing {
	const struct daemon *d;
	struct template_set *set;
	struct say *say;
	json_t *doc, *meeting, *items;
	int more;
};

static json_t *moment(struct say *s, void (*write)(struct say *s, struct buf *out, const struct civil *t),
		      int64_t utc)
{
	cleanup_buf struct buf text = {0};
	struct civil t;
	civil_from_utc(utc, &t);
	write(s, &text, &t);
	return json_string(buf_str(&text));
}

static json_t *shown(const char *text)
{
	cleanup_free char *s = shown_text(text, false, ITEM_COLUMNS);
	return json_string(s);
}

static int add_item(void *ctx, const struct agenda_row *a)
{
	struct writing *w = ctx;
	if (a->under)
		return 0;
	if (json_array_size(w->items) == ITEMS_SHOWN)
		w->more++;
	else
		/* a dispute has no words: the page says so in its own */
		json_array_append_new(w->items,
				      json_pack("{si so si sb}", "number", a->matter, "text", shown(a->text),
						"supporters", a->supporters, "one", a->supporters == 1));
	return 0;
}

static int grid_name(void *ctx, const struct grid *g)
{
	struct writing *w = ctx;
	if (*g->name && strcmp(g->name, w->d->config->name) != 0)
		json_object_set_new(w->meeting, "grid_name", shown(g->name));
	return 1;
}

/* The first that is not cancelled. */
static int add_meeting(void *ctx, const struct meeting *m)
{
	struct writing *w = ctx;
	struct say *s = w->say;
	if (m->state == MEETING_CANCELLED)
		return 0;
	w->meeting = json_pack("{sI so so so so so so sb si si si sI}", "id", (json_int_t)m->id, "title",
			       shown(m->title), "place", shown(m->place), "date",
			       moment(s, write_date, m->starts_utc), "day", moment(s, write_day, m->starts_utc),
			       "weekday", moment(s, write_weekday, m->starts_utc), "time",
			       moment(s, write_time, m->starts_utc), "moved", m->moved_from != 0, "yes", m->yes,
			       "no", m->no, "people", m->people, "starts", (json_int_t)m->starts_utc);
	json_object_set_new(w->meeting, "grid", json_string(m->grid));
	return 1;
}

static int write_meeting(struct writing *w)
{
	struct store *s = w->d->store;
	/* it stays on the board while it is held */
	const struct meeting_filter f = {.since_utc = daemon_now(w->d) - HOUR_S, .until_utc = INT64_MAX};
	int r = meeting_list(s, &f, add_meeting, w);
	if (r < 0 || !w->meeting)
		return r;
	w->items = json_array();
	json_object_set_new(w->doc, "meeting", w->meeting);
	json_object_set_new(w->meeting, "items", w->items);
	r = grid_list(s, json_string_value(json_object_get(w->meeting, "grid")), grid_name, w);
	if (r >= 0)
		r = meeting_agenda(s, json_integer_value(json_object_get(w->meeting, "id")), add_item, w);
	json_object_set_new(w->meeting, "more", json_integer(w->more));
	json_object_set_new(w->meeting, "any", json_boolean(json_array_size(w->items) > 0));
	return r;
}

/* A word of the page's language, for a chart. The caller owns it. */
static char *word(const struct writing *w, const char *name)
{
	struct buf text = {0};
	struct err e;
	if (template_render(w->set, name, w->doc, TEMPLATE_TEXT, &text, &e))
		buf_adds(&text, name);
	buf_adds(&text, "");
	return buf_take(&text);
}

static void draw_cases(struct writing *w, const struct board_cases *c)
{
	static const char *const names[] = {"board_received", "board_verified", "board_assigned",
					    "board_in_progress", "board_resolved"};
	const double values[] = {(double)c->received, (double)c->verified, (double)c->assigned,
				 (double)c->in_progress, (double)c->resolved};
	char *labels[ARRAY_LEN(names)];
	cleanup_buf struct buf svg = {0}, desc = {0};
	cleanup_free char *title = word(w, "board_cases_head");
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		labels[i] = word(w, names[i]);
		buf_addf(&desc, "%s%s %.0f", i ? ", " : "", labels[i], values[i]);
	}
	const struct chart_series one = {NULL, values};
	chart_bars(&svg,
		   &(struct chart){
		       .id = "cases", .title = title, .desc = buf_str(&desc), .width = 520, .untitled = true},
		   (const char *const *)labels, NULL, ARRAY_LEN(names), &one, 1);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		free(labels[i]);
	json_object_set_new(w->doc, "chart", json_string(buf_str(&svg)));
}

static int write_cases(struct writing *w)
{
	struct board_cases c;
	int r = board_cases(w->d->store, daemon_now(w->d), &c);
	if (r)
		return r;
	json_object_set_new(w->doc, "cases",
			    json_pack("{sI sI sI sI sI sI sI sI}", "received", (json_int_t)c.received,
				      "verified", (json_int_t)c.verified, "assigned", (json_int_t)c.assigned,
				      "in_progress", (json_int_t)c.in_progress, "open",
				      (json_int_t)(c.received + c.verified + c.assigned + c.in_progress),
				      "overdue", (json_int_t)c.overdue, "resolved", (json_int_t)c.resolved,
				      "settled", (json_int_t)c.settled));
	draw_cases(w, &c);
	return 0;
}

static int write_box(struct writing *w)
{
	const struct daemon *d = w->d;
	struct outbox_counts q;
	int up = 0, r = outbox_counts(d->store, daemon_now(d), &q);
	if (r < 0)
		return r;
	for (int i = 0; i < d->session_count; i++)
		up += session_up(d->session[i]);
	json_object_set_new(w->doc, "queue", json_integer(q.queued));
	json_object_set_new(w->doc, "modems", json_integer(d->session_count));
	json_object_set_new(w->doc, "modems_up", json_integer(up));
	json_object_set_new(w->doc, "well", json_boolean(up > 0 && up == d->session_count && d->clock_ok));
	return 0;
}

static json_t *head(const struct daemon *d, enum language lang)
{
	cleanup_buf struct buf phone = {0};
	if (d->config->number)
		write_number(&phone, d->config->number);
	return json_pack("{ss sb ss ss s:n}", "lang", lang == LANG_ZH ? "zh-CN" : "en", "zh", lang == LANG_ZH,
			 "community", d->config->name, "phone", buf_str(&phone), "meeting");
}

/* For scripts: without the picture, and the time as every JSON of ours has it. */
static void write_json(struct writing *w, struct buf *out)
{
	char when[32];
	json_object_del(w->doc, "chart");
	if (w->meeting)
		json_object_set_new(w->meeting, "starts",
				    json_string(rfc3339_format(
					json_integer_value(json_object_get(w->meeting, "starts")), when)));
	cleanup_free char *text = json_dumps(w->doc, JSON_COMPACT);
	buf_adds(out, text);
}

int board_page_write(struct board_page *p, const struct daemon *d, enum language lang, struct board_text *ret,
		     struct err *e)
{
	struct writing w = {.d = d, .set = p->set[lang], .say = p->say[lang], .doc = head(d, lang)};
	struct board_text t = {0};
	int r = write_meeting(&w);
	if (r >= 0)
		r = write_cases(&w);
	if (r >= 0)
		r = write_box(&w);
	if (r < 0)
		err_set(e, d->config->database, 0, "%s", store_error(d->store));
	else if (!(r = template_render(w.set, "board.html", w.doc, TEMPLATE_HTML, &t.page, e)) &&
		 !(r = template_render(w.set, "board_main.html", w.doc, TEMPLATE_HTML, &t.part, e)))
		write_json(&w, &t.json);
	json_decref(w.doc);
	if (r < 0)
		board_text_done(&t);
	else {
		board_text_done(ret);
		*ret = t;
	}
	return r < 0 ? r : 0;
}

int board_page_script(struct board_page *p, struct buf *out, struct err *e)
{
	return template_render(p->set[LANG_ZH], "board.js", NULL, TEMPLATE_TEXT, out, e);
}
