/* `yishi case`: what residents raised, and what became of it. */
#include "cli/case_route.h"
#include "cli/case_step.h"
#include "cli/case_words.h"
#include "cli/changes.h"
#include "cli/nouns.h"

#include "base/mem.h"
#include "base/text.h"
#include "civic/route.h"
#include "store/matter.h"
#include "store/matter_route.h"
#include "store/person.h"
#include "store/store.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

static const struct out_column columns[] = {
    {"number", N_("No."), OUT_INT, 0},
    {"state", N_("state"), OUT_WORD, 0},
    {"category", N_("category"), OUT_WORD, 0},
    {"text", N_("text"), OUT_TEXT, 48},
    {"grid", N_("grid"), OUT_TEXT, 0},
    {"building", N_("bldg"), OUT_TEXT, 0},
    {"unit", NULL, OUT_TEXT, 0},
    {"room", NULL, OUT_TEXT, 0},
    {"place", N_("place"), OUT_TEXT, 16},
    {"supporters", N_("supp."), OUT_INT, 0},
    {"reporter", N_("reporter"), OUT_TEXT, 12},
    {"opened", N_("opened"), OUT_TIME, 0},
    {"due", N_("due"), OUT_TIME, 0},
    {"assignee", N_("assignee"), OUT_TEXT, 12},
    {"reopened", N_("reopenings"), OUT_INT, 0},
    {"kind", NULL, OUT_TEXT, 0},
    {"urgent", NULL, OUT_BOOL, 0},
    {"merged_into", NULL, OUT_INT, 0},
    {"level", NULL, OUT_INT, 0},
    {0},
};

static const struct out_column show_columns[] = {
    {"number", N_("No."), OUT_INT, 0},
    {"kind", N_("kind"), OUT_WORD, 0},
    {"state", N_("state"), OUT_WORD, 0},
    {"category", N_("category"), OUT_WORD, 0},
    {"text", N_("text"), OUT_TEXT, 0},
    {"grid", N_("grid"), OUT_TEXT, 0},
    {"building", N_("bldg"), OUT_TEXT, 0},
    {"unit", N_("unit"), OUT_TEXT, 0},
    {"room", N_("room"), OUT_TEXT, 0},
    {"place", N_("place"), OUT_TEXT, 0},
    {"supporters", N_("support"), OUT_INT, 0},
    {"reporter", N_("reporter"), OUT_TEXT, 0},
    {"number_from", N_("phone"), OUT_PHONE, 0},
    {"opened", N_("opened"), OUT_TIME, 0},
    {"due", N_("due"), OUT_TIME, 0},
    {"resolved", N_("resolved"), OUT_TIME, 0},
    {"assignee", N_("assignee"), OUT_TEXT, 0},
    {"reopened", N_("reopenings"), OUT_INT, 0},
    {"urgent", N_("urgent"), OUT_BOOL, 0},
    {"merged_into", N_("merged into"), OUT_INT, 0},
    {"level", N_("level"), OUT_INT, 0},
    {"handed_to", N_("handed to"), OUT_TEXT, 0},
    {"handed_ref", N_("its number there"), OUT_TEXT, 0},
    {"extended", N_("days extended"), OUT_INT, 0},
    {"first_human", N_("first human"), OUT_TIME, 0},
    {"first_human_minutes", N_("minutes until then"), OUT_INT, 0},
    {"journal", NULL, OUT_RAW, 0},
    {0},
};

static const struct out_column journal_columns[] = {
    {"time", N_("time"), OUT_TIME, 0},  {"entry", N_("what"), OUT_WORD, 0}, {"actor", N_("who"), OUT_TEXT, 0},
    {"channel", N_("by"), OUT_WORD, 0}, {"note", N_("note"), OUT_TEXT, 0},  {0},
};

static json_t *reporter(const struct matter *m)
{
	if (m->anonymous)
		return json_null();
	return *m->reporter_name ? out_string(m->reporter_name)
	       : *m->number_from ? out_string(m->number_from)
				 : json_null();
}

static json_t *text_or_null(const char *text)
{
	return *text ? out_string(text) : json_null();
}

static json_t *matter_json(const struct matter *m)
{
	return json_pack(
	    "{si ss ss so so so so so so si so so so so si ss sb so so so si so so si so so}", "number",
	    m->number, "state", case_state_name(m->state), "category", category_name(m->category), "text",
	    out_string(m->text), "grid", out_string(m->grid), "building", out_string(m->building), "unit",
	    out_string(m->unit), "room", out_string(m->room), "place", out_string(m->place), "supporters",
	    m->supporters, "reporter", reporter(m), "opened", out_time(m->opened_utc), "due",
	    out_time(m->due_utc), "assignee", *m->assignee_name ? out_string(m->assignee_name) : json_null(),
	    "reopened", m->reopened, "kind", matter_kind_name(m->kind), "urgent", m->urgent, "merged_into",
	    m->merged_into ? json_integer(m->merged_into) : json_null(), "resolved", out_time(m->resolved_utc),
	    "number_from", m->anonymous || !*m->number_from ? json_null() : out_string(m->number_from), "level",
	    m->level, "handed_to", text_or_null(m->handed_to), "handed_ref", text_or_null(m->handed_ref),
	    "extended", m->extended, "first_human", out_time(m->first_human_utc), "first_human_minutes",
	    m->first_human_utc ? json_integer((m->first_human_utc - m->opened_utc) / MINUTE_S) : json_null());
}

static int print_row(void *ctx, const struct matter *m)
{
	struct cli *c = ctx;
	json_t *row = matter_json(m);
	/* who is not registered is a number, and a number is short in tables */
	char shorter[32];
	if (c->out.mode == OUT_TABLE && !c->out.full && !*m->reporter_name && *m->number_from && !m->anonymous)
		json_object_set_new(row, "reporter", json_string(text_short_number(m->number_from, shorter)));
	out_row(&c->out, row);
	return 0;
}

static int list_cases(struct cli *c, bool overdue)
{
	struct store *s;
	int64_t assignee = 0;
	struct matter_filter f = {.state = cli_opt(c, "state"),
				  .category = cli_opt(c, "category"),
				  .grid = cli_opt(c, "grid"),
				  .since_utc = c->since_utc,
				  .limit = c->limit == LONG_MAX ? 0 : c->limit,
				  .overdue = overdue};
	if (f.state && strcmp(f.state, "open") != 0 && case_state_find(f.state) < 0)
		return cli_usage(c,
				 _("%s is no state; open received verified assigned in_progress resolved "
				   "confirmed closed merged rejected are"),
				 f.state);
	if (f.category && category_find(f.category) < 0)
		return cli_usage(c, _("%s is no category"), f.category);
	int r = cli_opt(c, "assignee") ? cli_integer(c, cli_opt(c, "assignee"), "--assignee", 1, &assignee) : 0;
	if (r || (r = cli_store(c, &s)))
		return r;
	f.assignee = (int)assignee;
	f.now_utc = cli_now(c);
	out_begin(&c->out, columns);
	return cli_list_end(c, matter_list(s, &f, print_row, c));
}

static int run_list(struct cli *c)
{
	return list_cases(c, cli_opt(c, "overdue") != NULL);
}

static int run_overdue(struct cli *c)
{
	return list_cases(c, true);
}

static int take_json(void *ctx, const struct matter *m)
{
	*(json_t **)ctx = matter_json(m);
	if (m->private)
		json_object_set_new(*(json_t **)ctx, "text",
				    json_string(_("private: only the mediator reads it")));
	return 0;
}

static int take_entry(void *ctx, const struct journal_row *j)
{
	json_array_append_new(ctx, json_pack("{sI ss so ss so}", "time", (json_int_t)j->utc, "entry", j->entry,
					     "actor", out_string(j->actor), "channel", j->channel, "note",
					     out_string(j->note)));
	return 0;
}

static void print_journal(struct cli *c, const json_t *journal)
{
	size_t i;
	json_t *row;
	printf("\n");
	out_begin(&c->out, journal_columns);
	json_array_foreach((json_t *)journal, i, row)
	{
		out_row(&c->out, json_incref(row));
	}
	out_end(&c->out);
}

/* In JSON the entries' times are RFC 3339, as everywhere. */
static void format_times(json_t *journal)
{
	size_t i;
	json_t *row;
	char time[40];
	json_array_foreach(journal, i, row)
	{
		json_object_set_new(
		    row, "time",
		    json_string(rfc3339_format(json_integer_value(json_object_get(row, "time")), time)));
	}
}

static int run_show(struct cli *c)
{
	struct store *s;
	int64_t number;
	json_t *row = NULL, *journal = json_array();
	int r = cli_id(c, 0, &number);
	if (!r)
		r = cli_store(c, &s);
	if (r) {
		json_decref(journal);
		return r;
	}
	r = matter_get(s, (int)number, take_json, &row);
	if (!r)
		r = journal_list(s, (int)number, take_entry, journal);
	if (!r && c->out.mode == OUT_TABLE) {
		out_record(&c->out, show_columns, json_incref(row));
		print_journal(c, journal);
	} else if (!r) {
		format_times(journal);
		json_object_set(row, "journal", journal);
		out_record(&c->out, show_columns, json_incref(row));
	}
	json_decref(row);
	json_decref(journal);
	return r == -ENOENT ? case_missing(c->argv[0]) : r ? cli_store_failed(c, r) : EX_OK;
}

static int run_new(struct cli *c)
{
	struct store *s;
	struct actor by;
	char number_from[E164_MAX] = "";
	int number = 0;
	const char *text = cli_opt(c, "text"), *from = cli_opt(c, "from"), *cat = cli_opt(c, "category");
	struct person reporter_of[PERSONS_PER_NUMBER] = {0};
	if (!text || !*text)
		return cli_usage(c, "%s", _("--text TEXT is wanted"));
	if (cat && category_find(cat) < 0)
		return cli_usage(c, _("%s is no category"), cat);
	int r = from ? cli_number(c, from, number_from) : 0;
	if (r || (r = cli_store(c, &s)))
		return r;
	struct case_words words;
	int known = from ? persons_of_number(s, number_from, reporter_of) : 0;
	struct person *p = known > 0 ? &reporter_of[0] : NULL;
	if (known >= 0)
		case_words_read(c, text, p, &words);
	if ((r = known < 0 ? known : store_begin(s)))
		return cli_store_failed(c, r);
	bool proposal = cli_opt(c, "proposal") != NULL, urgent = cli_opt(c, "urgent") != NULL;
	int64_t now = cli_now(c);
	const char *grid = cli_opt(c, "grid") ? cli_opt(c, "grid") : p ? p->grid : NULL;
	struct matter_new m = {.kind = proposal ? MATTER_PROPOSAL : MATTER_CASE,
			       .category = words.category,
			       .text = text,
			       .grid = grid,
			       .building = words.building,
			       .unit = words.unit,
			       .room = words.room,
			       .place = words.place,
			       .urgent = urgent,
			       .origin = "shell",
			       .reporter = p ? p->id : 0,
			       .number_from = from ? number_from : NULL,
			       .deliberate = proposal || cli_opt(c, "deliberate")};
	struct routes *routes;
	case_routes(c, &routes);
	changes_actor(&by);
	if (!proposal)
		r = case_deadline(c, routes, words.category, grid ? grid : "", 1, urgent, &m.due_utc);
	if (!r && !(r = matter_add(s, &m, &by, now, &number)))
		r = matter_begin(s, routes, number, 0, now);
	routes_free(routes);
	if (r == -EINVAL)
		r = cli_fail(EX_DATAERR, _("there is no grid %s; `yishi grid list` shows them"),
			     grid ? grid : "");
	r = changes_end(c, r);
	if (r)
		return r;
	if (c->out.mode == OUT_JSON)
		out_json(&c->out, json_pack("{si}", "number", number));
	else
		printf(_("case %d is open\n"), number);
	return EX_OK;
}

static const struct cli_option list_options[] = {
    {"state", N_("STATE"),
     N_("open, or received verified assigned in_progress resolved confirmed closed merged rejected"), false},
    {"grid", N_("GRID"), N_("only this grid and those below it"), false},
    {"category", N_("CATEGORY"), N_("only this category"), false},
    {"assignee", N_("ID"), N_("only what this person has to settle"), false},
    {"overdue", NULL, N_("only what is past its deadline"), false},
    {0},
};
static const struct cli_option overdue_options[] = {
    {"grid", N_("GRID"), N_("only this grid and those below it"), false},
    {"category", N_("CATEGORY"), N_("only this category"), false},
    {"assignee", N_("ID"), N_("only what this person has to settle"), false},
    {0},
};
static const struct cli_option new_options[] = {
    {"text", N_("TEXT"), N_("what is the matter"), false},
    {"category", N_("CATEGORY"),
     N_("lighting water power gas sewage garbage noise parking elevator road greening safety property dispute "
	"elderly pets other"),
     false},
    {"from", N_("NUMBER"), N_("the phone of who raised it"), false},
    {"grid", N_("GRID"), N_("the code of the grid"), false},
    {"building", N_("BUILDING"), N_("building, such as 3"), false},
    {"unit", N_("UNIT"), N_("unit, such as 2"), false},
    {"room", N_("ROOM"), N_("room, such as 501"), false},
    {"place", N_("PLACE"), N_("where, in words"), false},
    {"urgent", NULL, N_("it cannot wait"), false},
    {"proposal", NULL, N_("a proposal for the meeting, not a complaint"), false},
    {"deliberate", NULL, N_("put it on the agenda"), false},
    {0},
};
static const struct cli_option note_option[] = {{"note", N_("TEXT"), N_("why, or what was done"), false}, {0}};
static const struct cli_option escalate_options[] = {
    {"note", N_("TEXT"), N_("why, or what was done"), false},
    {"to", N_("WHOM"), N_("it was handed to somebody outside the registry, such as 12345"), false},
    {"ref", N_("NUMBER"), N_("the number that it has there"), false},
    {0},
};
static const struct cli_option split_options[] = {{"text", N_("TEXT"), N_("the words of the new case"), false},
						  {0}};

#define STEP(verb, function, words, line)                                                                      \
	{                                                                                                      \
		.name = verb, .run = function, .what = words, .args = "NUMBER", .min_args = 1, .max_args = 1,  \
		.common = CLI_FORMATS, .options = note_option, .roles = CLI_SECRETARY | CLI_STAFF,             \
		.example = line                                                                                \
	}

const struct cli_verb cli_case[] = {
    {.name = "list",
     .run = run_list,
     .what = N_("cases and proposals"),
     .common = CLI_LIST,
     .options = list_options,
     .roles = CLI_SECRETARY | CLI_STAFF,
     .example = "yishi case list --state open --grid KS-03 --json"},
    {.name = "overdue",
     .run = run_overdue,
     .what = N_("what is open past its deadline"),
     .common = CLI_LIST,
     .options = overdue_options,
     .roles = CLI_SECRETARY | CLI_STAFF,
     .example = "yishi case overdue --grid KS-03"},
    {.name = "life",
     .run = case_life,
     .what = N_("the life of a case: which step leads where, who may take it, who is told"),
     .common = CLI_FORMATS,
     .roles = CLI_SECRETARY | CLI_STAFF | CLI_HELPER,
     .example = "yishi case life"},
    {.name = "show",
     .run = run_show,
     .what = N_("one case with its journal"),
     .args = "NUMBER",
     .min_args = 1,
     .max_args = 1,
     .common = CLI_FORMATS,
     .roles = CLI_SECRETARY | CLI_STAFF,
     .example = "yishi case show 23"},
    {.name = "new",
     .run = run_new,
     .what = N_("open a case for somebody at the desk"),
     .common = CLI_FORMATS,
     .options = new_options,
     .roles = CLI_SECRETARY | CLI_STAFF,
     .example = "yishi case new --text '3栋2单元楼道灯坏了' --from 13800138001",
     .more = N_("Category, building, unit, room and place are read from the text, then from the address of who "
		"raised it; an option that says otherwise is right.")},
    {.name = "assign",
     .run = case_assign,
     .what = N_("give it to somebody to settle"),
     .args = "NUMBER PERSON",
     .min_args = 2,
     .max_args = 2,
     .common = CLI_FORMATS,
     .options = note_option,
     .roles = CLI_SECRETARY,
     .example = "yishi case assign 23 12 --note '请本周内处理'"},
    STEP("note", case_note, N_("write a remark into its journal"), "yishi case note 23 --note '已联系物业'"),
    STEP("resolve", case_resolve, N_("it is settled; the reporter is asked"),
	 "yishi case resolve 23 --note '已换灯泡'"),
    STEP("return", case_return, N_("give it back: not ours"), "yishi case return 23 --note '不归我管'"),
    {.name = "merge",
     .run = case_merge,
     .what = N_("it is the same matter as another; its supporters go along"),
     .args = "NUMBER INTO",
     .min_args = 2,
     .max_args = 2,
     .common = CLI_FORMATS,
     .options = note_option,
     .roles = CLI_SECRETARY,
     .example = "yishi case merge 24 23"},
    {.name = "split",
     .run = case_split,
     .what = N_("a supporter's matter is one of its own"),
     .args = "NUMBER PHONE",
     .min_args = 2,
     .max_args = 2,
     .common = CLI_FORMATS,
     .options = split_options,
     .roles = CLI_SECRETARY,
     .example = "yishi case split 23 13800138002 --text '三楼的灯也坏了'"},
    {.name = "escalate",
     .run = case_escalate,
     .what = N_("the level above has to settle it"),
     .args = "NUMBER",
     .min_args = 1,
     .max_args = 1,
     .common = CLI_FORMATS,
     .options = escalate_options,
     .roles = CLI_SECRETARY | CLI_STAFF,
     .example = "yishi case escalate 23 --to 12345 --ref 20261120-0815 --note '需街道协调'"},
    {.name = "extend",
     .run = case_extend,
     .what = N_("so many days more; the reporter is told"),
     .args = "NUMBER DAYS",
     .min_args = 2,
     .max_args = 2,
     .common = CLI_FORMATS,
     .options = note_option,
     .roles = CLI_SECRETARY,
     .example = "yishi case extend 23 3"},
    STEP("verify", case_verify, N_("it is as reported"), "yishi case verify 23"),
    STEP("reopen", case_reopen, N_("it is not settled after all"), "yishi case reopen 23"),
    STEP("reject", case_reject, N_("it will not be settled; the reporter is told why"),
	 "yishi case reject 23 --note '属于家庭内部事务'"),
    STEP("deliberate", case_deliberate, N_("put it on the agenda of the next meeting"),
	 "yishi case deliberate 23"),
    {0},
};
