/* `yishi task`, `yishi job`, `yishi activity`: what neighbours may take, and who took it. One engine under three nouns: job and
 * activity are tasks of that kind. */
#include "cli/task.h"
#include "cli/nouns.h"

#include "base/mem.h"
#include "base/text.h"
#include "store/store.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#define CLAIMS_MAX 5000

static const struct out_column columns[] = {
    {"number", N_("No."), OUT_INT, 0},
    {"kind", N_("kind"), OUT_WORD, 0},
    {"state", N_("state"), OUT_WORD, 0},
    {"text", N_("text"), OUT_TEXT, 40},
    {"grid", N_("grid"), OUT_TEXT, 0},
    {"place", N_("place"), OUT_TEXT, 16},
    {"starts", N_("starts"), OUT_TIME, 0},
    {"ends", N_("ends"), OUT_TIME, 0},
    {"wanted", N_("wanted"), OUT_INT, 0},
    {"taken", N_("taken"), OUT_INT, 0},
    {"waiting", N_("on the list"), OUT_INT, 0},
    {"done", N_("done"), OUT_INT, 0},
    {"points", N_("points"), OUT_INT, 0},
    {"asker", N_("asked by"), OUT_PHONE, 0},
    {"published", NULL, OUT_TIME, 0},
    {"broadcast", NULL, OUT_INT, 0},
    {"roster", NULL, OUT_INT, 0},
    {"created", NULL, OUT_TIME, 0},
    {0},
};

static const struct out_column claim_columns[] = {
    {"line", N_("No."), OUT_INT, 0},     {"number", N_("number"), OUT_PHONE, 0},
    {"name", N_("name"), OUT_TEXT, 20},  {"people", N_("people"), OUT_INT, 0},
    {"state", N_("state"), OUT_WORD, 0}, {"changed", N_("since"), OUT_TIME, 0},
    {"person", NULL, OUT_INT, 0},        {0},
};

static json_t *or_null(int64_t n)
{
	return n ? json_integer(n) : json_null();
}

static json_t *offer_json(const struct offer *o)
{
	return json_pack("{si ss ss so so so so so si si si si si so so so so so}", "number", o->number, "kind",
			 flavour_name(o->flavour), "state", offer_state_name(o->state), "text",
			 out_string(o->text), "grid", out_string(o->grid), "place", out_string(o->place),
			 "starts", out_time(o->starts_utc), "ends", out_time(o->ends_utc), "wanted", o->wanted,
			 "taken", o->taken, "waiting", o->waiting, "done", o->claims_done, "points", o->points,
			 "asker", *o->phone ? out_string(o->phone) : json_null(), "published",
			 out_time(o->published_utc), "broadcast", or_null(o->broadcast), "roster",
			 or_null(o->roster), "created", out_time(o->created_utc));
}

int task_flavour(struct cli *c, int *ret)
{
	const char *kind = strcmp(c->noun->name, "task") != 0 ? c->noun->name : cli_opt(c, "kind");
	*ret = kind ? flavour_find(kind) : -1;
	return kind && *ret < 0 ? cli_usage(c, _("%s is no kind; task errand patrol job activity are"), kind)
				: 0;
}

static int missing(const struct cli *c)
{
	return cli_fail(CLI_NOTHING, _("there is no %s %s; `yishi %s list` shows them"), gettext(c->noun->name),
			c->argv[0], c->noun->name);
}

static int print_row(void *ctx, const struct offer *o)
{
	struct cli *c = ctx;
	out_row(&c->out, offer_json(o));
	return 0;
}

static int run_list(struct cli *c)
{
	struct store *s;
	struct offer_filter f = {.state = cli_opt(c, "state"),
				 .grid = cli_opt(c, "grid"),
				 .coming = cli_opt(c, "coming") != NULL,
				 .since_utc = c->since_utc,
				 .limit = c->limit == LONG_MAX ? 0 : c->limit};
	int r = task_flavour(c, &f.flavour);
	if (!r && f.state && offer_state_find(f.state) < 0)
		r = cli_usage(c, _("%s is no state of a task; draft open done cancelled are"), f.state);
	if (r || (r = cli_store(c, &s)))
		return r;
	f.now_utc = cli_now(c);
	out_begin(&c->out, columns);
	return cli_list_end(c, offer_list(s, &f, print_row, c));
}

static int nothing(void *ctx, const struct offer *o)
{
	(void)ctx;
	(void)o;
	return 0;
}

static int print_record(void *ctx, const struct offer *o)
{
	struct cli *c = ctx;
	out_record(&c->out, columns, offer_json(o));
	return 0;
}

int task_open(struct cli *c, struct store **ret, int *ret_number, bool print)
{
	int64_t number;
	int r = cli_id(c, 0, &number);
	if (r || (r = cli_store(c, ret)))
		return r;
	*ret_number = number > INT_MAX ? 0 : (int)number;
	r = offer_get(*ret, *ret_number, print ? print_record : nothing, c);
	return r == -ENOENT ? missing(c) : r ? cli_store_failed(c, r) : 0;
}

static int run_show(struct cli *c)
{
	struct store *s;
	int number, line = 0;
	bool people = cli_opt(c, "people") != NULL;
	int r = task_open(c, &s, &number, !people);
	if (r || !people)
		return r;
	cleanup_free struct claim *claims = mem_array(CLAIMS_MAX, sizeof *claims);
	int n = claim_list(s, number, 0, claims, CLAIMS_MAX);
	out_begin(&c->out, claim_columns);
	for (int i = 0; i < n; i++) {
		const struct claim *x = &claims[i];
		out_row(&c->out, json_pack("{so so so si ss so so}", "line",
					   x->state == CLAIM_WAITING ? json_integer(++line) : json_null(),
					   "number", out_string(x->number), "name", out_string(x->name),
					   "people", x->people, "state", claim_state_name(x->state), "changed",
					   out_time(x->changed_utc), "person", or_null(x->person)));
	}
	out_end(&c->out);
	return n < 0 ? cli_store_failed(c, n) : EX_OK;
}

/* ---- the tables */

static const struct cli_option list_options[] = {
    {"kind", N_("KIND"), N_("task errand patrol job activity"), false},
    {"state", N_("STATE"), N_("draft open done cancelled"), false},
    {"grid", N_("GRID"), N_("only this grid and those below it"), false},
    {"coming", NULL, N_("only what is not over, the next first"), false},
    {0},
};
static const struct cli_option show_options[] = {
    {"people", NULL, N_("who has a place, and who waits for one"), false}, {0}};
static const struct cli_option new_options[] = {
    {"text", N_("TEXT"), N_("what is to be done"), false},
    {"kind", N_("KIND"), N_("task errand patrol job activity"), false},
    {"grid", N_("GRID"), N_("whose volunteers are told, and may take it"), false},
    {"wanted", N_("N"), N_("how many people (1); 0: no limit"), false},
    {"starts", N_("TIME"), N_("when it begins: \"fri 19:00\""), false},
    {"ends", N_("TIME"), N_("when it is over"), false},
    {"place", N_("PLACE"), N_("where"), false},
    {"points", N_("N"), N_("points for who did it"), false},
    {"from", N_("NUMBER"), N_("the phone of who asks for it; else the secretaries hear"), false},
    {"announce", NULL, N_("text an activity to all residents of the grid; else who asks hears of it"), false},
    {"quietly", NULL, N_("tell nobody: only who knows the number takes it"), false},
    {0},
};
static const struct cli_option cancel_options[] = {
    {"note", N_("TEXT"), N_("why; who was to come is told"), false}, {0}};
static const struct cli_option confirm_options[] = {
    {"to", N_("NUMBER"), N_("only the part of this phone; else of all who say that it is done"), false}, {0}};
static const struct cli_option give_options[] = {{"people", N_("N"), N_("with companions"), false}, {0}};
static const struct cli_option publish_options[] = {
    {"text", N_("TEXT"), N_("in other words than the employer's"), false}, {0}};
static const struct cli_option roster_options[] = {
    {"text", N_("TEXT"), N_("what is to be done"), false},
    {"kind", N_("KIND"), N_("patrol (so it is), activity or task"), false},
    {"grid", N_("GRID"), N_("whose it is"), false},
    {"rrule", N_("RRULE"), N_("how it recurs, after RFC 5545: 'FREQ=WEEKLY;BYDAY=FR'"), false},
    {"at", N_("TIME"), N_("when it begins: 15:00, or the first date and time"), false},
    {"minutes", N_("N"), N_("how long it takes (60)"), false},
    {"wanted", N_("N"), N_("how many people (1); 0: no limit"), false},
    {"who", N_("NUMBER"), N_("whose turn it is, in this order; the next date goes on with the next"), true},
    {"place", N_("PLACE"), N_("where"), false},
    {"points", N_("N"), N_("points for who did it"), false},
    {"from", N_("NUMBER"), N_("the organiser, who hears who did not come; else the secretaries"), false},
    {"except", N_("DATES"), N_("dates without it: '2026-12-25 2027-01-01'"), false},
    {0},
};

#define LIST(words, line)                                                                                      \
	{                                                                                                      \
		.name = "list", .run = run_list, .what = words, .common = CLI_LIST, .options = list_options,   \
		.roles = CLI_SECRETARY | CLI_STAFF, .example = line                                            \
	}
#define ONE(verb, function, words, opts, line)                                                                 \
	{                                                                                                      \
		.name = verb, .run = function, .what = words, .args = "NUMBER", .min_args = 1, .max_args = 1,  \
		.common = CLI_FORMATS, .options = opts, .roles = CLI_SECRETARY, .example = line                \
	}
#define NEW(words, line)                                                                                       \
	{                                                                                                      \
		.name = "new", .run = task_new_run, .what = words, .common = CLI_FORMATS,                      \
		.options = new_options, .roles = CLI_SECRETARY, .example = line                                \
	}
#define GIVE(line)                                                                                             \
	{                                                                                                      \
		.name = "give", .run = task_give_run,                                                          \
		.what = N_("somebody gets a place at the desk, and is told"), .args = "NUMBER PHONE",          \
		.min_args = 2, .max_args = 2, .common = CLI_FORMATS, .options = give_options,                  \
		.roles = CLI_SECRETARY, .example = line                                                        \
	}

const struct cli_verb cli_task[] = {
    NEW(N_("a task for volunteers: the first who text 8 NUMBER get it"),
	"yishi task new --text '周六清理楼道' --grid KS-03 --wanted 2 --starts 'sat 09:00' --points 3"),
    LIST(N_("tasks, errands, patrols, jobs and activities"), "yishi task list --state open --grid KS-03"),
    ONE("show", run_show, N_("one task, or who takes part"), show_options, "yishi task show 12 --people"),
    ONE("cancel", task_cancel_run, N_("it is not needed; who was to come is told"), cancel_options,
	"yishi task cancel 12 --note '下雨改期'"),
    ONE("confirm", task_confirm_run, N_("it is done: points for those who did it"), confirm_options,
	"yishi task confirm 12 --to 13800138001"),
    GIVE("yishi task give 12 13800138001"),
    {.name = "roster add",
     .run = task_roster_add_run,
     .what = N_("a patrol, activity or task that recurs, with the people whose turn it is"),
     .common = CLI_FORMATS,
     .options = roster_options,
     .roles = CLI_SECRETARY,
     .example = "yishi task roster add --text '晚间巡逻' --grid KS-03 --rrule FREQ=DAILY --at 19:00 --wanted 2"
		" --who 13800138001 --who 13800138002 --who 13800138003"},
    {.name = "roster list",
     .run = task_roster_list_run,
     .what = N_("what recurs"),
     .common = CLI_FORMATS,
     .roles = CLI_SECRETARY | CLI_STAFF,
     .example = "yishi task roster list"},
    {.name = "roster end",
     .run = task_roster_end_run,
     .what = N_("it does not go on; coming dates are cancelled"),
     .args = "ID",
     .min_args = 1,
     .max_args = 1,
     .roles = CLI_SECRETARY,
     .example = "yishi task roster end 1"},
    {0},
};

const struct cli_verb cli_job[] = {
    NEW(N_("a job for who looks for one"), "yishi job new --text '餐馆招洗碗工2名,管饭' --from 13800138009"),
    LIST(N_("the job board"), "yishi job list --state draft"),
    ONE("show", run_show, N_("one job, or who applied"), show_options, "yishi job show 12 --people"),
    ONE("publish", task_publish_run, N_("a job that an employer texted goes to who asked for jobs"),
	publish_options, "yishi job publish 12"),
    ONE("cancel", task_cancel_run, N_("it is taken, or was none"), cancel_options, "yishi job cancel 12"),
    {0},
};

const struct cli_verb cli_activity[] = {
    NEW(N_("an activity to sign up for"),
	"yishi activity new --text '重阳节义诊' --grid KS --wanted 30 --starts '10-19 09:00' --place '活动室'"),
    LIST(N_("the calendar of activities, with head counts"), "yishi activity list --coming"),
    ONE("show", run_show, N_("one activity, or who comes"), show_options, "yishi activity show 12 --people"),
    ONE("cancel", task_cancel_run, N_("it does not take place; who signed up is told"), cancel_options,
	"yishi activity cancel 12 --note '下雨'"),
    GIVE("yishi activity give 12 13800138001 --people 2"),
    {0},
};
