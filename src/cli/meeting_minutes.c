/* `yishi meeting minutes` and `projects`: who came, what was decided, who does what until when, and what became of it. */
#include "cli/changes.h"
#include "cli/meeting_verbs.h"

#include "base/mem.h"
#include "base/text.h"
#include "store/minutes.h"
#include "store/store.h"

#include <errno.h>
#include <string.h>

const struct cli_option meeting_minutes_options[] = {
    {"close", NULL, N_("what was decided stands, and is told"), false},
    {"tell", N_("WHOM"), N_("raisers: who raised or supported an item (default); all: who was invited as well"),
     false},
    {0},
};

static const struct out_column project_columns[] = {
    {"case", N_("case"), OUT_INT, 0},
    {"title", N_("title"), OUT_TEXT, 40},
    {"state", N_("state"), OUT_WORD, 0},
    {"who", N_("who"), OUT_TEXT, 20},
    {"until", N_("until"), OUT_TIME, 0},
    {"done", N_("done"), OUT_TIME, 0},
    {"meeting", N_("meeting"), OUT_INT, 0},
    {"adopted", NULL, OUT_TIME, 0},
    {"person", NULL, OUT_INT, 0},
    {"grid", NULL, OUT_TEXT, 0},
    {"note", NULL, OUT_TEXT, 0},
    {0},
};

/* ---- projects */

static json_t *project_json(const struct cli *c, const struct project *p)
{
	return json_pack("{si so ss so so so sI so so so so}", "case", p->matter, "title",
			 out_string(meeting_title(c, p->title, p->category)), "state",
			 project_state_name(p->state), "who", *p->who ? out_string(p->who) : json_null(),
			 "until", out_time(p->until_utc), "done", out_time(p->done_utc), "meeting",
			 (json_int_t)p->meeting, "adopted", out_time(p->adopted_utc), "person",
			 p->person ? json_integer(p->person) : json_null(), "grid", out_string(p->grid), "note",
			 out_string(p->note));
}

static int print_project(void *ctx, const struct project *p)
{
	struct cli *c = ctx;
	out_row(&c->out, project_json(c, p));
	return 0;
}

int meeting_projects_run(struct cli *c)
{
	struct store *s;
	int r = cli_list_begin(c, project_columns, &s);
	return r ? r : cli_list_end(c, project_list(s, cli_opt(c, "grid"), cli_now(c), print_project, c));
}

struct review {
	struct cli *c;
	bool any;
};

static int print_review(void *ctx, const struct project *p)
{
	struct review *x = ctx;
	if (!x->any && x->c->out.mode == OUT_TABLE)
		fprintf(x->c->out.file, "\n%s\n", _("Looking back (adopted earlier)"));
	if (!x->any)
		out_begin(&x->c->out, project_columns);
	x->any = true;
	return print_project(x->c, p);
}

int meeting_review_print(struct cli *c, struct store *s, int64_t id)
{
	struct review x = {.c = c};
	int r = project_review(s, id, cli_now(c), print_review, &x);
	if (x.any)
		out_end(&c->out);
	return r < 0 ? cli_store_failed(c, r) : EX_OK;
}

/* ---- minutes: one JSON object, which is also what the paper is printed from */

struct minutes {
	struct cli *c;
	struct store *s;
	json_t *doc, *items, *roll, *review;
};

static int add_head(void *ctx, const struct meeting *m)
{
	struct minutes *x = ctx;
	x->doc = json_pack("{sI so so so so so ss so s{si si si si si si}}", "meeting", (json_int_t)m->id,
			   "grid", out_string(m->grid), "title", out_string(m->title), "place",
			   out_string(m->place), "starts", out_time(m->starts_utc), "ends",
			   out_time(m->ends_utc), "state", meeting_state_name(m->state), "closed",
			   out_time(m->minutes_utc), "attendance", "yes", m->yes, "no", m->no, "unanswered",
			   m->unanswered, "attended", m->attended, "guests", m->guests, "heads", m->heads);
	return 0;
}

static json_t *vote_json(struct store *s, int64_t meeting, int matter)
{
	cleanup_free struct poll_result *p = mem_alloc(sizeof *p);
	if (poll_result_of(s, meeting, matter, p) < 0 || !p->poll)
		return json_null();
	json_t *options = json_array();
	for (int i = 0; i < p->count.options; i++)
		json_array_append_new(options, json_pack("{so sI}", "option", out_string(p->options[i]),
							 "votes", (json_int_t)p->count.votes[i]));
	return json_pack("{sI ss so so so}", "poll", (json_int_t)p->poll, "state", poll_state_name(p->state),
			 "closes", out_time(p->closes_utc), "question", out_string(p->question), "options",
			 options);
}

static int add_item(void *ctx, const struct agenda_row *a)
{
	struct minutes *x = ctx;
	int64_t meeting = json_integer_value(json_object_get(x->doc, "meeting"));
	json_array_append_new(
	    x->items,
	    json_pack("{si so so so si ss ss so so so so so so}", "case", a->matter, "position",
		      a->position ? json_integer(a->position) : json_null(), "under",
		      a->under ? json_integer(a->under) : json_null(), "title",
		      out_string(meeting_title(x->c, a->title, a->category)), "supporters", a->supporters,
		      "kind", matter_kind_name(a->kind), "state", case_state_name(a->state), "decision",
		      a->verdict == VERDICT_NONE ? json_null()
						 : json_string(verdict_info((enum verdict)a->verdict)->word),
		      "who", *a->who ? out_string(a->who) : json_null(), "person",
		      a->person ? json_integer(a->person) : json_null(), "until", out_time(a->until_utc),
		      "note", *a->note ? out_string(a->note) : json_null(), "vote",
		      a->poll ? vote_json(x->s, meeting, a->matter) : json_null()));
	return 0;
}

static int add_present(void *ctx, const struct rsvp_row *a)
{
	struct minutes *x = ctx;
	if (a->attended)
		json_array_append_new(x->roll, json_pack("{so so so so so si sb}", "name", out_string(a->name),
							 "number", out_string(*a->number ? a->number : NULL),
							 "building", out_string(a->building), "unit",
							 out_string(a->unit), "room", out_string(a->room),
							 "people", a->people, "invited", a->invited));
	return 0;
}

static int add_review(void *ctx, const struct project *p)
{
	struct minutes *x = ctx;
	json_array_append_new(x->review, project_json(x->c, p));
	return 0;
}

static int gather(struct minutes *x, int64_t id)
{
	int r = meeting_get(x->s, id, add_head, x);
	if (r < 0)
		return r;
	x->items = json_array();
	x->roll = json_array();
	x->review = json_array();
	json_object_set_new(x->doc, "items", x->items);
	json_object_set_new(x->doc, "review", x->review);
	json_object_set_new(x->doc, "roll", x->roll);
	if ((r = meeting_agenda(x->s, id, add_item, x)) < 0 ||
	    (r = project_review(x->s, id, cli_now(x->c), add_review, x)) < 0)
		return r;
	return meeting_answers(x->s, id, add_present, x);
}

static const char *text(const json_t *j, const char *key)
{
	const char *s = json_string_value(json_object_get(j, key));
	return s ? s : "";
}

static int number(const json_t *j, const char *key)
{
	return (int)json_integer_value(json_object_get(j, key));
}

static void print_line(struct cli *c, const struct buf *line)
{
	out_text(&c->out, buf_str(line));
	fputc('\n', c->out.file);
}

static char *short_time(const json_t *j, const char *key, char *buf, size_t size)
{
	struct civil t;
	civil_from_utc(json_integer_value(json_object_get(j, key)), &t);
	snprintf(buf, size, "%04d-%02d-%02d %02d:%02d", t.year, t.month, t.day, t.hour, t.minute);
	return buf;
}

static void print_vote(struct cli *c, const json_t *vote)
{
	size_t i;
	const json_t *o;
	cleanup_buf struct buf line = {0};
	buf_addf(&line, "    %s (%s):", _("vote"), gettext(text(vote, "state")));
	json_array_foreach(json_object_get(vote, "options"), i, o)
	    buf_addf(&line, " %s %d", text(o, "option"), number(o, "votes"));
	print_line(c, &line);
}

static void print_paper_item(struct cli *c, const json_t *it)
{
	char when[24];
	cleanup_buf struct buf line = {0};
	if (number(it, "position"))
		buf_addf(&line, "%d. ", number(it, "position"));
	else
		buf_adds(&line, "   + ");
	buf_addf(&line, _("no. %d %s (%d supporters)"), number(it, "case"), text(it, "title"),
		 number(it, "supporters"));
	print_line(c, &line);
	buf_reset(&line);
	buf_addf(&line, "    %s", *text(it, "decision") ? gettext(text(it, "decision")) : _("not decided"));
	if (*text(it, "who"))
		buf_addf(&line, "  %s: %s", _("who"), text(it, "who"));
	if (json_integer_value(json_object_get(it, "until")))
		buf_addf(&line, "  %s: %s", _("until"), short_time(it, "until", when, sizeof when));
	if (*text(it, "note"))
		buf_addf(&line, "  %s", text(it, "note"));
	print_line(c, &line);
	if (json_is_object(json_object_get(it, "vote")))
		print_vote(c, json_object_get(it, "vote"));
}

static void print_paper(struct cli *c, const json_t *doc)
{
	char from[24];
	size_t i;
	const json_t *it, *at = json_object_get(doc, "attendance");
	cleanup_buf struct buf line = {0};
	buf_addf(&line, _("Minutes: %s %s, %s, %s"), text(doc, "grid"),
		 *text(doc, "title") ? text(doc, "title") : _("meeting"),
		 short_time(doc, "starts", from, sizeof from), text(doc, "place"));
	print_line(c, &line);
	buf_reset(&line);
	buf_addf(
	    &line,
	    _("There were %d people (%d signed in, %d without a name); %d had said yes, %d no, %d nothing."),
	    number(at, "heads"), number(at, "attended"), number(at, "guests"), number(at, "yes"),
	    number(at, "no"), number(at, "unanswered"));
	print_line(c, &line);
	json_array_foreach(json_object_get(doc, "items"), i, it) print_paper_item(c, it);
	json_array_foreach(json_object_get(doc, "review"), i, it)
	{
		buf_reset(&line);
		buf_addf(&line, "%s ", i ? "" : _("Looking back:"));
		buf_addf(&line, _("no. %d %s: %s"), number(it, "case"), text(it, "title"),
			 gettext(text(it, "state")));
		print_line(c, &line);
	}
	buf_reset(&line);
	buf_adds(&line, _("Present:"));
	json_array_foreach(json_object_get(doc, "roll"), i, it)
	    buf_addf(&line, "%s %s%s%s", i ? "," : "", *text(it, "name") ? text(it, "name") : _("(unknown)"),
		     *text(it, "building") ? " " : "", text(it, "building"));
	print_line(c, &line);
	fputs(json_is_null(json_object_get(doc, "closed"))
		  ? _("Not closed yet: yishi meeting minutes ID --close\n")
		  : _("Closed.\n"),
	      c->out.file);
}

static const struct out_column item_columns[] = {
    {"position", N_("No."), OUT_INT, 0},
    {"case", N_("case"), OUT_INT, 0},
    {"title", N_("title"), OUT_TEXT, 40},
    {"supporters", N_("support"), OUT_INT, 0},
    {"decision", N_("decided"), OUT_WORD, 0},
    {"who", N_("who"), OUT_TEXT, 20},
    {"until", N_("until"), OUT_TIME, 0},
    {"note", N_("note"), OUT_TEXT, 40},
    {"under", NULL, OUT_INT, 0},
    {0},
};

/* A spreadsheet gets the items. */
static void print_rows(struct cli *c, const json_t *items)
{
	size_t i;
	json_t *it;
	out_begin(&c->out, item_columns);
	json_array_foreach(items, i, it) out_row(&c->out, json_incref(it));
	out_end(&c->out);
}

/* The times of `doc` are RFC 3339 in JSON. */
static void format_times(json_t *j)
{
	static const char *const times[] = {"starts", "ends", "closed", "until", "closes", "done", "adopted"};
	char buf[32];
	size_t i;
	json_t *v;
	json_array_foreach(j, i, v) format_times(v);
	if (!json_is_object(j))
		return;
	for (size_t k = 0; k < sizeof times / sizeof *times; k++)
		if (json_is_integer(v = json_object_get(j, times[k])))
			json_object_set_new(j, times[k],
					    json_string(rfc3339_format(json_integer_value(v), buf)));
	const char *key;
	json_object_foreach(j, key, v) if (json_is_object(v) || json_is_array(v)) format_times(v);
}

static int close_minutes(struct cli *c, struct store *s, int64_t id)
{
	struct actor by;
	int r = store_begin(s);
	if (r)
		return cli_store_failed(c, r);
	changes_actor(&by);
	r = minutes_close(s, id, cli_opt(c, "tell") && !strcmp(cli_opt(c, "tell"), "all"), &by, cli_now(c));
	if (r == -EALREADY)
		r = cli_fail(CLI_NOTHING, _("the minutes of meeting %s are closed"), c->argv[0]);
	else if (r == -ENOENT)
		r = cli_fail(CLI_NOTHING, _("meeting %s has not begun, or was cancelled"), c->argv[0]);
	return changes_end(c, r);
}

int meeting_minutes_run(struct cli *c)
{
	struct minutes x = {.c = c};
	int64_t id;
	const char *tell = cli_opt(c, "tell");
	if (tell && strcmp(tell, "all") != 0 && strcmp(tell, "raisers") != 0)
		return cli_usage(c, _("--tell %s: raisers or all"), tell);
	if (tell && !cli_opt(c, "close"))
		return cli_usage(c, "%s", _("--tell goes with --close"));
	int r = meeting_open(c, &x.s, &id, NULL, NULL);
	if (r || (cli_opt(c, "close") && (r = close_minutes(c, x.s, id))))
		return r;
	if ((r = gather(&x, id)) < 0) {
		json_decref(x.doc);
		return cli_store_failed(c, r);
	}
	if (c->out.mode == OUT_JSON) {
		format_times(x.doc);
		out_json(&c->out, x.doc);
		return EX_OK;
	}
	if (c->out.mode == OUT_TABLE)
		print_paper(c, x.doc);
	else
		print_rows(c, x.items);
	json_decref(x.doc);
	return EX_OK;
}
