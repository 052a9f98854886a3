/* `yishi meeting`: series, meetings, agenda, answers. */
#include "cli/changes.h"
#include "cli/meeting_export.h"
#include "cli/meeting_verbs.h"
#include "cli/nouns.h"

#include "base/mem.h"
#include "store/meeting.h"
#include "store/person.h"
#include "store/store.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define NAMED_DAYS 60 /* `last` looks back no further */

static const struct out_column columns[] = {
    {"id", N_("ID"), OUT_INT, 0},         {"grid", N_("grid"), OUT_TEXT, 0},
    {"place", N_("place"), OUT_TEXT, 24}, {"starts", N_("starts"), OUT_TIME, 0},
    {"state", N_("state"), OUT_WORD, 0},  {"agenda_items", N_("items"), OUT_INT, 0},
    {"yes", N_("coming"), OUT_INT, 0},    {"no", N_("not coming"), OUT_INT, 0},
    {"people", N_("people"), OUT_INT, 0}, {"unanswered", N_("silent"), OUT_INT, 0},
    {"title", N_("title"), OUT_TEXT, 24}, {"ends", NULL, OUT_TIME, 0},
    {"code", NULL, OUT_TEXT, 0},          {"series", NULL, OUT_INT, 0},
    {"attended", NULL, OUT_INT, 0},       {"heads", N_("came"), OUT_INT, 0},
    {"guests", NULL, OUT_INT, 0},         {"frozen", NULL, OUT_TIME, 0},
    {"closed", NULL, OUT_TIME, 0},        {"audience", NULL, OUT_TEXT, 0},
    {"moved_from", NULL, OUT_INT, 0},     {0},
};

static json_t *meeting_json(const struct meeting *m)
{
	return json_pack("{sI so so sI ss si si si si si so sI ss so si si si so so so so}", "id",
			 (json_int_t)m->id, "grid", out_string(m->grid), "place", out_string(m->place),
			 "starts", (json_int_t)m->starts_utc, "state", meeting_state_name(m->state),
			 "agenda_items", m->agenda_items, "yes", m->yes, "no", m->no, "people", m->people,
			 "unanswered", m->unanswered, "title", out_string(m->title), "ends",
			 (json_int_t)m->ends_utc, "code", m->code, "series",
			 m->series ? json_integer(m->series) : json_null(), "attended", m->attended, "heads",
			 m->heads, "guests", m->guests, "frozen", out_time(m->frozen_utc), "closed",
			 out_time(m->minutes_utc), "audience", out_string(m->audience), "moved_from",
			 m->moved_from ? json_integer(m->moved_from) : json_null());
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
	return cli_list_end(c, meeting_list(s, &f, print_row, c));
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

static int nothing(void *ctx, const struct meeting *m)
{
	(void)ctx;
	(void)m;
	return 0;
}

struct named {
	int64_t id, now;
	bool next;
};

/* A meeting runs over; until its minutes are closed it is still the one that people mean. */
#define OVERRUN_S HOUR_S

static int take_meeting(void *ctx, const struct meeting *m)
{
	struct named *x = ctx;
	if (m->state == MEETING_CANCELLED || (x->next && (m->minutes_utc || m->ends_utc + OVERRUN_S <= x->now)))
		return 0;
	x->id = m->id;
	return x->next;
}

/* `next` (the one that is on, or else the coming one) and `last` stand for numbers, so that a script needs none. */
static int find_named(struct cli *c, struct store *s, bool next, int64_t *ret_id)
{
	int64_t now = cli_now(c);
	struct named x = {.now = now, .next = next};
	const struct meeting_filter f = {.since_utc = now - NAMED_DAYS * DAY_S,
					 .until_utc = next ? INT64_MAX : now};
	int r = meeting_list(s, &f, take_meeting, &x);
	if (r < 0)
		return cli_store_failed(c, r);
	if (!x.id)
		return next
			   ? cli_fail(CLI_NOTHING, "%s", _("no meeting is planned; `yishi meeting series add`"))
			   : cli_fail(CLI_NOTHING, "%s",
				      _("there was no meeting of late; `yishi meeting list`"));
	*ret_id = x.id;
	return 0;
}

int meeting_open(struct cli *c, struct store **ret, int64_t *ret_id,
		 int (*row)(void *ctx, const struct meeting *m), void *ctx)
{
	bool next = !strcmp(c->argv[0], "next"), last = !strcmp(c->argv[0], "last");
	int r = next || last ? 0 : cli_id(c, 0, ret_id);
	if (r || (r = cli_store(c, ret)) || ((next || last) && (r = find_named(c, *ret, next, ret_id))))
		return r;
	if (next || last) { /* what is said of it names its number */
		snprintf(c->named, sizeof c->named, "%lld", (long long)*ret_id);
		c->argv[0] = c->named;
	}
	r = meeting_get(*ret, *ret_id, row ? row : nothing, ctx);
	return r == -ENOENT ? missing(c) : r ? cli_store_failed(c, r) : 0;
}

static int run_show(struct cli *c)
{
	struct store *s;
	int64_t id;
	bool answers = cli_opt(c, "answers") || cli_opt(c, "silent") || cli_opt(c, "unanswered");
	int r = meeting_open(c, &s, &id, answers ? NULL : print_record, c);
	return r || !answers ? r : meeting_answers_print(c, s, id);
}

static int run_cancel(struct cli *c)
{
	struct store *s;
	struct actor by;
	int64_t id;
	int r = meeting_open(c, &s, &id, NULL, NULL);
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

/* Another time or place; the answers, the invitations and the agenda go along. */
static int run_move(struct cli *c)
{
	struct store *s;
	struct actor by;
	int64_t id, fresh = 0, starts;
	if (!cli_opt(c, "at"))
		return cli_usage(c, "%s", _("--at TIME is wanted"));
	int r = cli_config(c, NULL); /* whose zone the time is meant in */
	if (r || (r = cli_when(c, cli_opt(c, "at"), "--at", &starts)) ||
	    (r = meeting_open(c, &s, &id, NULL, NULL)))
		return r;
	if (starts <= cli_now(c))
		return cli_usage(c, "%s", _("the new time is past"));
	if ((r = store_begin(s)))
		return cli_store_failed(c, r);
	changes_actor(&by);
	r = meeting_move(s, id, starts, cli_opt(c, "place"), cli_opt(c, "note"), &by, cli_now(c), &fresh);
	if (r == -ENOENT)
		r = cli_fail(CLI_NOTHING, _("meeting %s is held or cancelled already"), c->argv[0]);
	else if (r == -EEXIST)
		r = cli_fail(CLI_NOTHING, "%s", _("the series meets at that time already"));
	r = changes_end(c, r);
	if (!r && c->out.mode == OUT_JSON)
		out_json(&c->out, json_pack("{sI}", "id", (json_int_t)fresh));
	else if (!r)
		printf(_("it is meeting %lld now; who was invited is told\n"), (long long)fresh);
	return r;
}

static const struct cli_option grid_option[] = {
    {"grid", N_("GRID"), N_("only this grid and those below it"), false}, {0}};
static const struct cli_option list_options[] = {
    {"grid", N_("GRID"), N_("only this grid and those below it"), false},
    {"state", N_("STATE"), N_("planned invited held cancelled"), false},
    {"coming", NULL, N_("only those that are still to come"), false},
    {0},
};
static const struct cli_option move_options[] = {
    {"at", N_("TIME"), N_("when it is now: 'sat 15:00'"), false},
    {"place", N_("PLACE"), N_("where it is now"), false},
    {"note", N_("TEXT"), N_("why; those invited are told"), false},
    {0},
};
static const struct cli_option note_option[] = {{"note", N_("TEXT"), N_("why; those invited are told"), false},
						{0}};

const struct cli_verb cli_meeting[] = {
    {.name = "series add",
     .run = meeting_series_add,
     .what = N_("a meeting that recurs"),
     .common = CLI_FORMATS,
     .options = meeting_series_options,
     .roles = CLI_SECRETARY,
     .example =
	 "yishi meeting series add --grid KS-03 --rrule 'FREQ=WEEKLY;BYDAY=FR' --at 15:00 --place '3号议事点'"},
    {.name = "series list",
     .run = meeting_series_list,
     .what = N_("the series"),
     .common = CLI_FORMATS,
     .options = grid_option,
     .roles = CLI_SECRETARY,
     .example = "yishi meeting series list"},
    {.name = "series",
     .run = meeting_series_list,
     .what = N_("the series"),
     .common = CLI_FORMATS,
     .options = grid_option,
     .example = "yishi meeting series"},
    {.name = "series except",
     .run = meeting_series_except,
     .what = N_("dates on which a series does not meet"),
     .args = "ID DATE…",
     .min_args = 2,
     .max_args = -1,
     .roles = CLI_SECRETARY,
     .example = "yishi meeting series except 1 2026-12-25 2027-01-01"},
    {.name = "series end",
     .run = meeting_series_end,
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
     .options = meeting_show_options,
     .roles = CLI_SECRETARY | CLI_STAFF,
     .example = "yishi meeting show 4\nyishi meeting show 4 --unanswered"},
    {.name = "agenda",
     .run = meeting_agenda_run,
     .what = N_("what the meeting will talk about, in order; change it"),
     .args = "ID [POSITION|INTO]",
     .min_args = 1,
     .max_args = 2,
     .common = CLI_FORMATS,
     .options = meeting_agenda_options,
     .roles = CLI_SECRETARY | CLI_STAFF,
     .example = "yishi meeting agenda 4 --json\nyishi meeting agenda 4 --move 23 1\n"
		"yishi meeting agenda 4 --merge 31 23\nyishi meeting agenda 4 --drop 35 --note '物业已在办'\n"
		"yishi meeting agenda 4 --freeze",
     .more =
	 N_("Items come by themselves, ordered by supporters, urgency and age; alike ones stand under one. The "
	    "agenda is frozen with "
	    "the reminder, and what comes later goes to the next meeting; you can change it all the same.")},
    {.name = "attend",
     .run = meeting_attend_run,
     .what = N_("answers and attendance given at the desk"),
     .args = "ID [NUMBER|PERSON …]",
     .min_args = 1,
     .max_args = -1,
     .common = CLI_FORMATS,
     .options = meeting_attend_options,
     .roles = CLI_SECRETARY,
     .example = "yishi meeting attend 4 13800138001 --people 2\nyishi meeting attend 4 13800138001 17 --here\n"
		"yishi meeting attend 4 --guests 5\nyishi meeting attend 4 --code"},
    {.name = "decide",
     .run = meeting_decide_run,
     .what = N_("what the meeting decided on an item"),
     .args = "ID CASE DECISION",
     .min_args = 3,
     .max_args = 3,
     .common = CLI_FORMATS,
     .options = meeting_decide_options,
     .roles = CLI_SECRETARY,
     .example = "yishi meeting decide 4 23 adopted --who 陈师傅 --until 2026-12-20\n"
		"yishi meeting decide 4 31 assigned --who 水务所 --until 'fri 17:30'\n"
		"yishi meeting decide 4 35 vote --until 2026-12-05\n"
		"yishi meeting decide 4 36 declined --note '消防通道不能占用'",
     .more = N_("A DECISION is adopted, assigned, vote, postponed or declined. Alike items under it are "
		"decided with it. It can be corrected by deciding again until the "
		"minutes are closed; only then are those "
		"who raised and supported it told.")},
    {.name = "minutes",
     .run = meeting_minutes_run,
     .what = N_("the minutes: who came, what was decided; close them"),
     .args = "ID",
     .min_args = 1,
     .max_args = 1,
     .common = CLI_FORMATS,
     .options = meeting_minutes_options,
     .roles = CLI_SECRETARY | CLI_STAFF,
     .example = "yishi meeting minutes 4\nyishi meeting minutes 4 --close --tell all",
     .more = N_("Closing tells what was decided to who raised or supported each item, with --tell all to "
		"everybody who was invited; what was not "
		"decided goes to the next meeting. A day after the meeting the minutes close by themselves "
		"when something was decided.")},
    {.name = "poster",
     .run = meeting_poster_run,
     .what = N_("a page to print: poster, sign-in sheet, agenda, minutes, results, script"),
     .args = "ID",
     .min_args = 1,
     .max_args = 1,
     .options = meeting_poster_options,
     .roles = CLI_SECRETARY,
     .example = "yishi meeting poster next --output poster.html\n"
		"yishi meeting poster next --paper a3 --language en --output poster.html\n"
		"yishi meeting poster next --sheet signin --output signin.html\n"
		"yishi meeting poster last --sheet results --output results.html\n"
		"yishi meeting poster next --sheet script",
     .more = N_("ID is a meeting's number, or next (the one that is on, else the coming one), or last. Open "
		"the file in a browser and print it.\n"
		"poster: in large letters for the notice board, with the number to text. signin: who comes, "
		"building by building, to "
		"sign at the door. agenda: for the chair, with room for decisions. minutes: who came and what "
		"was decided. results: "
		"what was decided, for the notice board, once the minutes are closed. script: words for the "
		"loudspeaker.\n"
		"How pages look and what they say can be changed: `yishi page list`.")},
    {.name = "projects",
     .run = meeting_projects_run,
     .what = N_("what meetings adopted, and how far it is"),
     .common = CLI_FORMATS,
     .options = grid_option,
     .roles = CLI_SECRETARY | CLI_STAFF,
     .example = "yishi meeting projects --grid KS-03"},
    {.name = "move",
     .run = run_move,
     .what = N_("one meeting takes place at another time"),
     .args = "ID",
     .min_args = 1,
     .max_args = 1,
     .common = CLI_FORMATS,
     .options = move_options,
     .roles = CLI_SECRETARY,
     .example = "yishi meeting move 4 --at 'sat 15:00' --note '会场停电'"},
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
     .what = N_("the coming meetings, or one, with their agendas as a calendar (iCalendar)"),
     .args = "[ID]",
     .max_args = 1,
     .options = grid_option,
     .roles = CLI_SECRETARY,
     .example = "yishi meeting export --grid KS-03 > meetings.ics\nyishi meeting export next > friday.ics"},
    {0},
};
