#include "cli/paper_meeting.h"

#include "base/mem.h"
#include "base/text.h"
#include "page/shown.h"
#include "store/grid.h"
#include "store/minutes.h"
#include "store/store.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define BRIEF_COLUMNS 72  /* of an item's words on a poster */
#define LINE_COLUMNS  42  /* … of one line there, when there are many */
#define WHOLE_COLUMNS 480 /* … on a sheet for who sits at the table */
#define SPOKEN_ITEMS  10  /* a loudspeaker reads no more of them */
#define FEW_ITEMS     3   /* a result notice has larger letters then */
#define BLANK_ROWS    4   /* of a building, for who was not expected */
#define BLANK_AT_DOOR 14  /* … of no building in the list */
#define BLANK_SHEET   21  /* a sheet without names is full */
#define MOVED_DAYS    60  /* a meeting was moved to no earlier a day */
#define LONG_TITLE    16  /* columns above which a heading is set smaller */

struct gathering {
	struct paper *p;
	struct store *s;
	int64_t id;
	enum paper_roll which;
	json_t *doc, *items, *item, *buildings, *building, *review;
	int named;
};

/* A day of this year or so needs no year. */
static json_t *deadline(const struct paper *p, int64_t utc)
{
	int64_t away = utc - cli_now(p->c);
	return paper_write(p, away < 300 * DAY_S && away > -300 * DAY_S ? write_day : write_date, utc);
}

static json_t *item_text(const struct paper *p, const char *text, enum category category, int columns)
{
	const char *word = category_name(category);
	/* a dispute has no words here: neither names nor addresses of neighbours are printed */
	cleanup_free char *shown = paper_text(p, *text ? text : gettext(word), columns);
	return out_string(shown);
}

static json_t *spoken_text(const struct paper *p, const char *text, enum category category)
{
	const char *word = category_name(category);
	cleanup_free char *shown = shown_clause(*text ? text : gettext(word), BRIEF_COLUMNS);
	cleanup_buf struct buf said = {0};
	size_t n = strlen(shown);
	/* the sentence around it has its own full stop */
	while (n >= 3 && !strcmp(shown + n - 3, "。"))
		shown[n -= 3] = 0;
	speak_text(p->say, &said, shown);
	return out_string(buf_str(&said));
}

static int grid_name(void *ctx, const struct grid *g)
{
	json_t *doc = ctx;
	const char *community = json_string_value(json_object_get(doc, "community"));
	if (*g->name && strcmp(g->name, community ? community : "") != 0)
		json_object_set_new(doc, "grid_name", out_string(g->name));
	return 1; /* the first is the top of the tree that was asked for */
}

static int add_head(void *ctx, const struct meeting *m)
{
	struct gathering *x = ctx;
	const struct paper *p = x->p;
	cleanup_free char *title = paper_text(p, m->title, BRIEF_COLUMNS);
	cleanup_free char *place = paper_text(p, m->place, BRIEF_COLUMNS);
	cleanup_buf struct buf say_place = {0};
	speak_text(p->say, &say_place, place);
	json_t *more = json_pack(
	    "{sI so so so so so so so so so so so sb sb sb sb ss sb s{si si si si si si}}", "meeting",
	    (json_int_t)m->id, "title", out_string(title), "place", out_string(place), "say_place",
	    out_string(buf_str(&say_place)), "date", paper_write(p, write_date, m->starts_utc), "day",
	    paper_write(p, write_day, m->starts_utc), "weekday", paper_write(p, write_weekday, m->starts_utc),
	    "time", paper_write(p, write_time, m->starts_utc), "until", paper_write(p, write_time, m->ends_utc),
	    "say_date", paper_write(p, speak_date, m->starts_utc), "say_time",
	    paper_write(p, speak_time, m->starts_utc), "closed", paper_write(p, write_date, m->minutes_utc),
	    "cancelled", m->state == MEETING_CANCELLED, "moved", m->moved_from != 0, "held",
	    m->state == MEETING_HELD, "ahead", m->starts_utc > cli_now(p->c), "code", m->code, "long_title",
	    text_width(title) > LONG_TITLE, "attendance", "yes", m->yes, "no", m->no, "unanswered",
	    m->unanswered, "attended", m->attended, "guests", m->guests, "heads", m->heads);
	json_object_update(x->doc, more);
	json_decref(more);
	json_object_set_new(x->doc, "grid", out_string(m->grid));
	return 0;
}

/* Where a meeting went that does not take place: to another time. */
static int add_moved(void *ctx, const struct meeting *m)
{
	struct gathering *x = ctx;
	const struct paper *p = x->p;
	if (m->moved_from != x->id)
		return 0;
	cleanup_free char *place = paper_text(p, m->place, BRIEF_COLUMNS);
	json_object_set_new(x->doc, "moved_to",
			    json_pack("{so so so so so so}", "day", paper_write(p, write_day, m->starts_utc),
				      "weekday", paper_write(p, write_weekday, m->starts_utc), "time",
				      paper_write(p, write_time, m->starts_utc), "place", out_string(place),
				      "say_date", paper_write(p, speak_date, m->starts_utc), "say_time",
				      paper_write(p, speak_time, m->starts_utc)));
	return 1;
}

static int find_moved(struct gathering *x)
{
	const struct meeting_filter f = {.since_utc = cli_now(x->p->c) - MOVED_DAYS * DAY_S,
					 .until_utc = INT64_MAX};
	if (!json_is_true(json_object_get(x->doc, "cancelled")))
		return 0;
	int r = meeting_list(x->s, &f, add_moved, x);
	return r < 0 ? r : 0;
}

/* `meeting` 0: the last vote on it, wherever it was put. */
static json_t *vote_json(const struct gathering *x, int64_t meeting, int matter)
{
	cleanup_free struct poll_result *r = mem_alloc(sizeof *r);
	if (poll_result_of(x->s, meeting, matter, r) < 0 || !r->poll)
		return json_null();
	json_t *options = json_array();
	for (int i = 0; i < r->count.options; i++)
		json_array_append_new(options, json_pack("{so sI}", "option", out_string(r->options[i]),
							 "votes", (json_int_t)r->count.votes[i]));
	bool over = r->state == POLL_CLOSED;
	return json_pack("{sb sb so so so}", "over", over, "short", over && !r->outcome.quorate, "closes",
			 deadline(x->p, r->closes_utc), "question", out_string(r->question), "options",
			 options);
}

static json_t *item_json(const struct gathering *x, const struct agenda_row *a)
{
	const struct paper *p = x->p;
	bool dispute = a->category == CATEGORY_DISPUTE;
	const char *category = category_name(a->category);
	cleanup_free char *who = paper_text(p, a->who, BRIEF_COLUMNS);
	cleanup_free char *note = paper_text(p, dispute ? "" : a->note, WHOLE_COLUMNS);
	return json_pack("{si so so so so si sb sb ss so so so so so so}", "number", a->matter, "text",
			 item_text(p, a->text, a->category, BRIEF_COLUMNS), "brief",
			 item_text(p, a->text, a->category, LINE_COLUMNS), "words",
			 item_text(p, a->text, a->category, WHOLE_COLUMNS), "say_text",
			 spoken_text(p, a->text, a->category), "supporters", a->supporters, "one",
			 a->supporters == 1, "proposal", a->kind == MATTER_PROPOSAL, "category",
			 gettext(category), "say_number", paper_say(p, speak_number, a->matter),
			 "say_supporters", paper_say(p, speak_count, a->supporters), "who", out_string(who),
			 "note", out_string(note), "until", deadline(p, a->until_utc), "alike", json_array());
}

static void add_verdict(const struct gathering *x, json_t *item, const struct agenda_row *a)
{
	if (a->verdict == VERDICT_NONE) {
		/* with its result it comes back to the table */
		json_t *vote = a->category == CATEGORY_DISPUTE ? json_null() : vote_json(x, 0, a->matter);
		if (json_is_true(json_object_get(vote, "over")))
			json_object_set(item, "voted", vote);
		json_decref(vote);
		return;
	}
	const char *word = verdict_info((enum verdict)a->verdict)->word;
	json_object_set_new(item, word, json_true()); /* {{#adopted}}…{{/adopted}} */
	json_object_set_new(item, "decision", out_string(gettext(word)));
	if (a->poll && a->category != CATEGORY_DISPUTE)
		json_object_set_new(item, "poll", vote_json(x, x->id, a->matter));
	json_object_set_new(x->doc, "decided", json_true());
}

static int add_item(void *ctx, const struct agenda_row *a)
{
	struct gathering *x = ctx;
	if (a->under && x->item) {
		json_array_append_new(json_object_get(x->item, "alike"),
				      json_pack("{si so}", "number", a->matter, "text",
						item_text(x->p, a->text, a->category, BRIEF_COLUMNS)));
		return 0;
	}
	x->item = item_json(x, a);
	json_object_set_new(x->item, "position", json_integer(a->position));
	json_object_set_new(x->item, "say_position", paper_say(x->p, speak_ordinal, a->position));
	json_object_set_new(x->item, "say_index", paper_say(x->p, speak_number, a->position));
	add_verdict(x, x->item, a);
	json_array_append_new(x->items, x->item);
	return 0;
}

static int add_review(void *ctx, const struct project *pr)
{
	struct gathering *x = ctx;
	const char *state = project_state_name(pr->state);
	cleanup_free char *who = paper_text(x->p, pr->who, BRIEF_COLUMNS);
	json_array_append_new(x->review, json_pack("{si so ss sb sb so so so}", "number", pr->matter, "text",
						   item_text(x->p, pr->title, pr->category, BRIEF_COLUMNS),
						   "state", gettext(state), "done", pr->state == PROJECT_DONE,
						   "late", pr->state == PROJECT_LATE, "who", out_string(who),
						   "until", deadline(x->p, pr->until_utc), "done_on",
						   deadline(x->p, pr->done_utc)));
	return 0;
}

/* ---- people, building by building */

static json_t *blank_rows(int n)
{
	json_t *rows = json_array();
	for (int i = 0; i < n; i++)
		json_array_append_new(rows, json_integer(i + 1));
	return rows;
}

static json_t *building_of(struct gathering *x, const char *name)
{
	const char *last = json_string_value(json_object_get(x->building, "building"));
	if (!last || strcmp(last, name) != 0) {
		x->building = json_pack("{so s[] so}", "building", out_string(name), "rows", "blanks",
					blank_rows(BLANK_ROWS));
		json_array_append_new(x->buildings, x->building);
	}
	return json_object_get(x->building, "rows");
}

static bool wanted(const struct gathering *x, const struct rsvp_row *a)
{
	switch (x->which) {
	case PAPER_NOBODY:
		return false;
	case PAPER_COMING:
		return a->answer == RSVP_YES || a->attended;
	case PAPER_INVITED:
		return true;
	case PAPER_ATTENDED:
		return a->attended;
	}
	return false;
}

static int add_person(void *ctx, const struct rsvp_row *a)
{
	struct gathering *x = ctx;
	char number[24] = "";
	if (!wanted(x, a))
		return 0;
	cleanup_free char *name = paper_text(x->p, a->name, 40);
	if (*a->number && !x->p->c->out.full)
		text_short_number(a->number, number);
	x->named++;
	json_array_append_new(
	    building_of(x, a->building),
	    json_pack("{so so so so so sb si sb}", "name", out_string(name), "unit", out_string(a->unit),
		      "room", out_string(a->room), "home",
		      *a->unit && *a->room ? json_sprintf("%s-%s", a->unit, a->room) : out_string(a->room),
		      "phone", out_string(*number ? number : a->number), "yes", a->answer == RSVP_YES, "people",
		      a->people, "came", a->attended));
	return 0;
}

/* Columns of a text as the widest of the fonts sets it, whose Latin letters are wider than half a Han character. */
static double set_width(const char *text)
{
	double wide = 0;
	char one[5];
	for (uint32_t c; (c = text_next(&text));) {
		one[text_put(one, c)] = 0;
		wide += text_width(one) < 2 ? 1.2 : 2;
	}
	return wide;
}

/* How a poster gets all its items on one sheet: with which letters (rem), with a smaller head, with one line an item. In this
 * order; none: it takes several sheets, and they are as large as they should be. */
static const struct poster_way {
	double size;
	bool tight, brief;
} poster_ways[] = {
    {3.6, false, false}, {3.2, false, false}, {2.8, false, false},  {2.5, false, false}, {2.3, false, false},
    {2.1, false, false}, {1.9, false, false}, {1.75, false, false}, {1.75, true, false}, {1.6, true, false},
    {1.75, true, true},  {1.6, true, true},   {1.5, true, true},
};

/* By the room that poster.html leaves for items between head and codes; in rem. */
static bool fits(const struct gathering *x, const struct poster_way *w)
{
	const char *place = json_string_value(json_object_get(x->doc, "place"));
	double size = w->size, beside = 5.5 * (size < 2.4 ? size : 2.4); /* number and supporters */
	double room = (x->p->lang == LANG_ZH ? 21.5 : 17.5) + (!w->tight               ? 0
							       : x->p->lang == LANG_ZH ? 5.5
										       : 7.5),
	       high = 0;
	size_t i;
	const json_t *item;
	if (json_is_true(json_object_get(x->doc, "long_title")))
		room -= 2;
	if (set_width(place) > 30)
		room -= 3;
	json_array_foreach(x->items, i, item)
	{
		const char *text = json_string_value(json_object_get(item, w->brief ? "brief" : "text"));
		double lines = ceil((set_width(text) + 2) * size / 2 / (41.5 - beside));
		high += lines * size * 1.35 + 0.6;
	}
	return high <= room;
}

static void add_poster(struct gathering *x)
{
	size_t k = 0;
	while (k < ARRAY_LEN(poster_ways) && !fits(x, &poster_ways[k]))
		k++;
	const struct poster_way none = {0}, *w = k < ARRAY_LEN(poster_ways) ? &poster_ways[k] : &none;
	json_object_set_new(x->doc, "one_sheet", json_boolean(w != &none));
	json_object_set_new(x->doc, "size", json_real(w->size));
	json_object_set_new(x->doc, "tight", json_boolean(w->tight));
	json_object_set_new(x->doc, "short", json_boolean(w->brief));
}

static void add_counts(struct gathering *x)
{
	size_t n = json_array_size(x->items);
	json_t *spoken = json_array(), *item;
	size_t i;
	json_array_foreach(x->items, i, item) if (i < SPOKEN_ITEMS) json_array_append(spoken, item);
	json_object_set_new(x->doc, "spoken_items", spoken);
	json_object_set_new(x->doc, "more",
			    n > SPOKEN_ITEMS ? paper_say(x->p, speak_count, (int64_t)n - SPOKEN_ITEMS)
					     : json_null());
	json_object_set_new(x->doc, "count", json_integer((json_int_t)n));
	json_object_set_new(x->doc, "one_item", json_boolean(n == 1));
	json_object_set_new(x->doc, "say_count", paper_say(x->p, speak_count, (int64_t)n));
	json_object_set_new(x->doc, "few", json_boolean(n <= FEW_ITEMS));
	add_poster(x);
	json_object_set_new(x->doc, "example",
			    n ? json_incref(json_object_get(json_array_get(x->items, 0), "number"))
			      : json_null());
	json_object_set_new(x->doc, "reviewing", json_boolean(json_array_size(x->review) > 0));
	json_object_set_new(x->doc, "named", json_integer(x->named));
	json_object_set_new(x->doc, "door", blank_rows(x->named ? BLANK_AT_DOOR : BLANK_SHEET));
}

int paper_meeting(struct paper *p, struct store *s, int64_t id, enum paper_roll roll, json_t **ret)
{
	struct gathering x = {.p = p, .s = s, .id = id, .which = roll, .doc = paper_data(p)};
	x.items = json_array();
	x.buildings = json_array();
	x.review = json_array();
	json_object_set_new(x.doc, "items", x.items);
	json_object_set_new(x.doc, "buildings", x.buildings);
	json_object_set_new(x.doc, "review", x.review);
	int r = meeting_get(s, id, add_head, &x);
	if (!r)
		r = grid_list(s, json_string_value(json_object_get(x.doc, "grid")), grid_name, x.doc);
	if (r >= 0)
		r = find_moved(&x);
	if (r >= 0)
		r = meeting_agenda(s, id, add_item, &x);
	if (r >= 0)
		r = project_review(s, id, cli_now(p->c), add_review, &x);
	if (r >= 0 && roll != PAPER_NOBODY)
		r = meeting_answers(s, id, add_person, &x);
	if (r < 0) {
		json_decref(x.doc);
		return r;
	}
	add_counts(&x);
	*ret = x.doc;
	return 0;
}
