/* `yishi meeting`: series, meetings, agenda, answers. */
#include "cli/changes.h"
#include "cli/meeting_export.h"
#include "cli/nouns.h"

#include "base/mem.h"
#include "store/meeting.h"
#include "store/person.h"
#include "store/store.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

static const struct out_column columns[] = {
    {"id", N_("ID"), OUT_INT, 0},
    {"grid", N_("grid"), OUT_TEXT, 0},
    {"place", N_("place"), OUT_TEXT, 24},
    {"starts", N_("starts"), OUT_TIME, 0},
    {"state", N_("state"), OUT_WORD, 0},
    {"agenda_items", N_("items"), OUT_INT, 0},
    {"yes", N_("coming"), OUT_INT, 0},
    {"no", N_("not coming"), OUT_INT, 0},
    {"people", N_("people"), OUT_INT, 0},
    {"unanswered", N_("silent"), OUT_INT, 0},
    {"title", N_("title"), OUT_TEXT, 24},
    {"ends", NULL, OUT_TIME, 0},
    {"code", NULL, OUT_TEXT, 0},
    {"series", NULL, OUT_INT, 0},
    {0},
};

static const struct out_column agenda_columns[] = {
    {"position", N_("No."), OUT_INT, 0}, {"title", N_("title"), OUT_TEXT, 40},
    {"case", N_("case"), OUT_INT, 0},    {"supporters", N_("supporters"), OUT_INT, 0},
    {"text", N_("text"), OUT_TEXT, 60},  {"category", NULL, OUT_TEXT, 0},
    {"kind", NULL, OUT_TEXT, 0},         {0},
};

static const struct out_column answer_columns[] = {
    {"number", N_("number"), OUT_PHONE, 0},
    {"name", N_("name"), OUT_TEXT, 20},
    {"building", N_("bldg"), OUT_TEXT, 0},
    {"unit", N_("unit"), OUT_TEXT, 0},
    {"room", N_("room"), OUT_TEXT, 0},
    {"answer", N_("answer"), OUT_WORD, 0},
    {"people", N_("people"), OUT_INT, 0},
    {"attended", N_("came"), OUT_BOOL, 0},
    {0},
};

static const struct out_column series_columns[] = {
    {"id", N_("ID"), OUT_INT, 0},
    {"grid", N_("grid"), OUT_TEXT, 0},
    {"place", N_("place"), OUT_TEXT, 24},
    {"rrule", N_("rule"), OUT_TEXT, 40},
    {"start", N_("from"), OUT_TEXT, 0},
    {"next", N_("next"), OUT_TIME, 0},
    {"minutes", N_("min."), OUT_INT, 0},
    {"exdates", N_("not on"), OUT_TEXT, 30},
    {"title", N_("title"), OUT_TEXT, 24},
    {"ended", N_("ended"), OUT_TIME, 0},
    {0},
};

static json_t *meeting_json(const struct meeting *m)
{
	return json_pack("{sI so so sI ss si si si si si so sI ss so}", "id", (json_int_t)m->id, "grid",
			 out_string(m->grid), "place", out_string(m->place), "starts",
			 (json_int_t)m->starts_utc, "state", meeting_state_name(m->state), "agenda_items",
			 m->agenda_items, "yes", m->yes, "no", m->no, "people", m->people, "unanswered",
			 m->unanswered, "title", out_string(m->title), "ends", (json_int_t)m->ends_utc, "code",
			 m->code, "series", m->series ? json_integer(m->series) : json_null());
}

static int print_row(void *ctx, const struct meeting *m)
{
	struct cli *c = ctx;
	out_row(&c->out, meeting_json(m));
	return 0;
}

/* What begins from now on (or from --since on); the whole past with --all. */
static int run_list(struct cli *c)
{
	struct store *s;
	struct meeting_filter f = {.grid = cli_opt(c, "grid"),
				   .state = cli_opt(c, "state"),
				   .until_utc = INT64_MAX,
				   .limit = c->limit == LONG_MAX ? 0 : c->limit};
	bool known = !f.state;
	for (int i = MEETING_PLANNED; i <= MEETING_CANCELLED && !known; i++)
		known = !strcmp(f.state, meeting_state_name((enum meeting_state)i));
	if (!known)
		return cli_usage(c, _("%s is no state of a meeting; planned invited held cancelled are"),
				 f.state);
	int r = cli_store(c, &s);
	if (r)
		return r;
	f.since_utc = c->since_utc;
	if (cli_opt(c, "coming"))
		f.since_utc = cli_now(c);
	out_begin(&c->out, columns);
	r = meeting_list(s, &f, print_row, c);
	out_end(&c->out);
	return r < 0 ? cli_store_failed(c, r) : EX_OK;
}

static int print_record(void *ctx, const struct meeting *m)
{
	struct cli *c = ctx;
	out_record(&c->out, columns, meeting_json(m));
	return 0;
}

static int missing(const struct cli *c)
{
	return cli_fail(CLI_NOTHING, _("there is no meeting %s; `yishi meeting list` shows them"), c->argv[0]);
}

static int print_answer(void *ctx, const struct rsvp_row *a)
{
	struct cli *c = ctx;
	static const char *const words[] = {[RSVP_NONE] = "silent", [RSVP_YES] = "yes", [RSVP_NO] = "no"};
	bool silent_only = cli_opt(c, "silent") != NULL;
	if (silent_only && a->answer != RSVP_NONE)
		return 0;
	out_row(&c->out, json_pack("{so so so so so ss si sb}", "number", out_string(a->number), "name",
				   out_string(a->name), "building", out_string(a->building), "unit",
				   out_string(a->unit), "room", out_string(a->room), "answer", words[a->answer],
				   "people", a->people, "attended", a->attended));
	return 0;
}

/* Finds the meeting of the first argument; prints what is wrong. */
static int open_meeting(struct cli *c, struct store **ret, int64_t *ret_id,
			int (*row)(void *ctx, const struct meeting *m))
{
	int r = cli_id(c, 0, ret_id);
	if (r || (r = cli_store(c, ret)))
		return r;
	r = meeting_get(*ret, *ret_id, row, c);
	return r == -ENOENT ? missing(c) : r ? cli_store_failed(c, r) : 0;
}

static int nothing(void *ctx, const struct meeting *m)
{
	(void)ctx;
	(void)m;
	return 0;
}

static int run_show(struct cli *c)
{
	struct store *s;
	int64_t id;
	bool answers = cli_opt(c, "answers") || cli_opt(c, "silent");
	int r = open_meeting(c, &s, &id, answers ? nothing : print_record);
	if (r || !answers)
		return r;
	out_begin(&c->out, answer_columns);
	r = meeting_answers(s, id, print_answer, c);
	out_end(&c->out);
	return r < 0 ? cli_store_failed(c, r) : EX_OK;
}

static int print_item(void *ctx, const struct agenda_row *a)
{
	struct cli *c = ctx;
	/* neither names nor addresses of a dispute are printed */
	const char *category = category_name(a->category);
	const char *title = *a->title ? a->title : c->out.mode == OUT_TABLE ? gettext(category) : category;
	out_row(&c->out,
		json_pack("{si so so si si ss ss}", "position", a->position, "title", out_string(title), "text",
			  out_string(a->text), "case", a->matter, "supporters", a->supporters, "category",
			  category, "kind", matter_kind_name(a->kind)));
	return 0;
}

static int run_agenda(struct cli *c)
{
	struct store *s;
	int64_t id;
	int r = open_meeting(c, &s, &id, nothing);
	if (r)
		return r;
	/* what came in since the daemon last looked belongs on it, too */
	if ((r = store_begin(s)) || (r = meeting_agenda_build(s, id)) || (r = store_commit(s))) {
		store_rollback(s);
		return cli_store_failed(c, r);
	}
	out_begin(&c->out, agenda_columns);
	r = meeting_agenda(s, id, print_item, c);
	out_end(&c->out);
	return r < 0 ? cli_store_failed(c, r) : EX_OK;
}

/* At the desk: somebody comes, does not come, or is there. */
static int run_attend(struct cli *c)
{
	struct store *s;
	struct actor by;
	int64_t id, people = 1;
	char number[E164_MAX];
	struct person list[PERSONS_PER_NUMBER];
	int r = cli_number(c, c->argv[1], number);
	if (!r && cli_opt(c, "people"))
		r = cli_integer(c, cli_opt(c, "people"), "--people", 1, &people);
	if (r || (r = open_meeting(c, &s, &id, nothing)))
		return r;
	if ((r = store_begin(s)))
		return cli_store_failed(c, r);
	changes_actor(&by);
	int n = persons_of_number(s, number, list);
	int64_t person = n > 0 ? list[0].id : 0, now = cli_now(c);
	if (n < 0)
		r = n;
	else if (cli_opt(c, "here"))
		r = meeting_attend(s, id, number, person, &by, now);
	else
		r = meeting_rsvp(s, id, number, person, cli_opt(c, "no") ? RSVP_NO : RSVP_YES, (int)people, &by,
				 now);
	return changes_end(c, r < 0 ? r : 0);
}

static int run_cancel(struct cli *c)
{
	struct store *s;
	struct actor by;
	int64_t id;
	int r = open_meeting(c, &s, &id, nothing);
	if (r)
		return r;
	if ((r = store_begin(s)))
		return cli_store_failed(c, r);
	changes_actor(&by);
	r = meeting_cancel(s, id, cli_opt(c, "note"), &by, cli_now(c));
	if (r == -ENOENT)
		r = cli_fail(CLI_NOTHING, _("meeting %s is held or cancelled already"), c->argv[0]);
	return changes_end(c, r);
}

/* ---- series */

static int run_series_add(struct cli *c)
{
	struct store *s;
	struct err e = {0};
	struct civil t;
	int64_t starts, minutes = 60, id = 0;
	char start[40];
	struct series_new n = {.grid = cli_opt(c, "grid"),
			       .title = cli_opt(c, "title"),
			       .place = cli_opt(c, "place"),
			       .rrule = cli_opt(c, "rrule"),
			       .exdates = cli_opt(c, "except"),
			       .start_local = start};
	const char *at = cli_opt(c, "at");
	if (!n.grid || !n.place || !n.rrule || !at)
		return cli_usage(c, "%s", _("--grid, --rrule, --at and --place are wanted"));
	int r = cli_config(c, NULL);
	if (!r && cli_opt(c, "minutes"))
		r = cli_integer(c, cli_opt(c, "minutes"), "--minutes", 5, &minutes);
	if (r || (r = cli_when(c, at, "--at", &starts)) || (r = cli_store(c, &s)))
		return r;
	civil_from_utc(starts, &t);
	snprintf(start, sizeof start, "%04d-%02d-%02dT%02d:%02d:00", t.year, t.month, t.day, t.hour, t.minute);
	n.minutes = (int)minutes;
	if (!strncmp(n.rrule, "RRULE:", 6))
		n.rrule += 6;
	if ((r = store_begin(s)))
		return cli_store_failed(c, r);
	r = series_add(s, &n, cli_now(c), &id, &e);
	if (r == -EINVAL)
		r = cli_fail(EX_DATAERR, "%s", e.text);
	r = changes_end(c, r);
	if (!r && c->out.mode == OUT_JSON)
		out_json(&c->out, json_pack("{sI}", "id", (json_int_t)id));
	else if (!r)
		printf(_("series %lld added; its meetings: yishi meeting list\n"), (long long)id);
	return r;
}

static int print_series(void *ctx, const struct series *x)
{
	struct cli *c = ctx;
	out_row(&c->out,
		json_pack("{sI so so so so so si so so so}", "id", (json_int_t)x->id, "grid",
			  out_string(x->grid), "place", out_string(x->place), "rrule", out_string(x->rrule),
			  "start", out_string(x->start_local), "next", out_time(x->next_utc), "minutes",
			  x->minutes, "exdates", out_string(x->exdates), "title", out_string(x->title), "ended",
			  out_time(x->ended_utc)));
	return 0;
}

static int run_series_list(struct cli *c)
{
	struct store *s;
	int r = cli_store(c, &s);
	if (r)
		return r;
	out_begin(&c->out, series_columns);
	r = series_list(s, cli_opt(c, "grid"), cli_now(c), print_series, c);
	out_end(&c->out);
	return r < 0 ? cli_store_failed(c, r) : EX_OK;
}

static int change_series(struct cli *c, const char *exdates)
{
	struct store *s;
	struct err e = {0};
	int64_t id;
	int r = cli_id(c, 0, &id);
	if (r || (r = cli_store(c, &s)))
		return r;
	if ((r = store_begin(s)))
		return cli_store_failed(c, r);
	r = exdates ? series_except(s, id, exdates, cli_now(c), &e) : series_end(s, id, cli_now(c));
	if (r == -EINVAL)
		r = cli_fail(EX_DATAERR, "%s", e.text);
	else if (r == -ENOENT)
		r = cli_fail(CLI_NOTHING, _("there is no series %s; `yishi meeting series list` shows them"),
			     c->argv[0]);
	return changes_end(c, r);
}

static int run_series_except(struct cli *c)
{
	cleanup_buf struct buf dates = {0};
	for (int i = 1; i < c->argc; i++)
		buf_addf(&dates, "%s%s", i > 1 ? " " : "", c->argv[i]);
	return change_series(c, buf_str(&dates));
}

static int run_series_end(struct cli *c)
{
	return change_series(c, NULL);
}

static const struct cli_option series_options[] = {
    {"grid", N_("GRID"), N_("whose meeting it is"), false},
    {"rrule", N_("RRULE"), N_("how it recurs, after RFC 5545: 'FREQ=WEEKLY;BYDAY=FR'"), false},
    {"at", N_("TIME"), N_("when it begins: 15:00, or the first date and time"), false},
    {"place", N_("PLACE"), N_("where"), false},
    {"title", N_("TITLE"), N_("what it is called"), false},
    {"minutes", N_("N"), N_("how long it takes (60)"), false},
    {"except", N_("DATES"), N_("dates without a meeting: '2026-12-25 2027-01-01'"), false},
    {0},
};
static const struct cli_option grid_option[] = {
    {"grid", N_("GRID"), N_("only this grid and those below it"), false}, {0}};
static const struct cli_option list_options[] = {
    {"grid", N_("GRID"), N_("only this grid and those below it"), false},
    {"state", N_("STATE"), N_("planned invited held cancelled"), false},
    {"coming", NULL, N_("only those that are still to come"), false},
    {0},
};
static const struct cli_option show_options[] = {
    {"answers", NULL, N_("who was invited and what they said, by building"), false},
    {"silent", NULL, N_("who has not answered, for a knock at the door"), false},
    {0},
};
static const struct cli_option attend_options[] = {
    {"people", N_("N"), N_("with companions"), false},
    {"no", NULL, N_("does not come"), false},
    {"here", NULL, N_("has come: attendance"), false},
    {0},
};
static const struct cli_option note_option[] = {{"note", N_("TEXT"), N_("why; those invited are told"), false},
						{0}};

const struct cli_verb cli_meeting[] = {
    {.name = "series add",
     .run = run_series_add,
     .what = N_("a meeting that recurs"),
     .common = CLI_FORMATS,
     .options = series_options,
     .roles = CLI_SECRETARY,
     .example =
	 "yishi meeting series add --grid KS-03 --rrule 'FREQ=WEEKLY;BYDAY=FR' --at 15:00 --place '3号议事点'"},
    {.name = "series list",
     .run = run_series_list,
     .what = N_("the series"),
     .common = CLI_FORMATS,
     .options = grid_option,
     .roles = CLI_SECRETARY,
     .example = "yishi meeting series list"},
    {.name = "series",
     .run = run_series_list,
     .what = N_("the series"),
     .common = CLI_FORMATS,
     .options = grid_option,
     .example = "yishi meeting series"},
    {.name = "series except",
     .run = run_series_except,
     .what = N_("dates on which a series does not meet"),
     .args = "ID DATE…",
     .min_args = 2,
     .max_args = -1,
     .roles = CLI_SECRETARY,
     .example = "yishi meeting series except 1 2026-12-25 2027-01-01"},
    {.name = "series end",
     .run = run_series_end,
     .what = N_("the series does not go on"),
     .args = "ID",
     .min_args = 1,
     .max_args = 1,
     .roles = CLI_SECRETARY,
     .example = "yishi meeting series end 1"},
    {.name = "list",
     .run = run_list,
     .what = N_("the meetings, with their answers counted"),
     .common = CLI_LIST,
     .options = list_options,
     .roles = CLI_SECRETARY | CLI_STAFF,
     .example = "yishi meeting list --coming --grid KS-03"},
    {.name = "show",
     .run = run_show,
     .what = N_("one meeting, or who comes"),
     .args = "ID",
     .min_args = 1,
     .max_args = 1,
     .common = CLI_FORMATS,
     .options = show_options,
     .roles = CLI_SECRETARY | CLI_STAFF,
     .example = "yishi meeting show 4\nyishi meeting show 4 --silent"},
    {.name = "agenda",
     .run = run_agenda,
     .what = N_("what the meeting will talk about"),
     .args = "ID",
     .min_args = 1,
     .max_args = 1,
     .common = CLI_FORMATS,
     .roles = CLI_SECRETARY | CLI_STAFF,
     .example = "yishi meeting agenda 4 --json"},
    {.name = "attend",
     .run = run_attend,
     .what = N_("an answer or an attendance given at the desk"),
     .args = "ID NUMBER",
     .min_args = 2,
     .max_args = 2,
     .options = attend_options,
     .roles = CLI_SECRETARY,
     .example = "yishi meeting attend 4 13800138001 --people 2\nyishi meeting attend 4 13800138001 --here"},
    {.name = "cancel",
     .run = run_cancel,
     .what = N_("one meeting does not take place"),
     .args = "ID",
     .min_args = 1,
     .max_args = 1,
     .options = note_option,
     .roles = CLI_SECRETARY,
     .example = "yishi meeting cancel 4 --note '会场维修'"},
    {.name = "export",
     .run = meeting_export_run,
     .what = N_("the coming meetings as a calendar (iCalendar)"),
     .options = grid_option,
     .roles = CLI_SECRETARY,
     .example = "yishi meeting export --grid KS-03 > meetings.ics"},
    {0},
};
