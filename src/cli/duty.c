/* `yishi duty`: who is called for help, and how soon somebody came. */
#include "cli/changes.h"
#include "cli/duty_args.h"
#include "cli/nouns.h"

#include "base/mem.h"
#include "store/duty.h"
#include "store/event.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

static const struct out_column columns[] = {
    {"id", N_("ID"), OUT_INT, 0},
    {"grid", N_("grid"), OUT_TEXT, 0},
    {"position", N_("pos."), OUT_INT, 0},
    {"person", N_("person"), OUT_INT, 0},
    {"name", N_("name"), OUT_TEXT, 16},
    {"number", N_("number"), OUT_PHONE, 0},
    {"days", N_("days"), OUT_TEXT, 0},
    {"hours", N_("hours"), OUT_TEXT, 0},
    {"now", N_("now"), OUT_BOOL, 0},
    {"absent_until", N_("absent until"), OUT_TIME, 0},
    {0},
};

static const struct out_column now_columns[] = {
    {"order", N_("step"), OUT_INT, 0},  {"person", N_("person"), OUT_INT, 0},
    {"name", N_("name"), OUT_TEXT, 16}, {"number", N_("number"), OUT_PHONE, 0},
    {"as", N_("as"), OUT_WORD, 0},      {0},
};

static const struct out_column call_columns[] = {
    {"case", N_("No."), OUT_INT, 0},
    {"called", N_("called"), OUT_TIME, 0},
    {"state", N_("state"), OUT_WORD, 0},
    {"grid", N_("grid"), OUT_TEXT, 0},
    {"waiting", N_("waits"), OUT_BOOL, 0},
    {"step", N_("step"), OUT_INT, 0},
    {"told", N_("told"), OUT_INT, 0},
    {"acknowledged", N_("taken"), OUT_TIME, 0},
    {"seconds", N_("seconds"), OUT_INT, 0},
    {"by", N_("who"), OUT_TEXT, 16},
    {0},
};

static const struct cli_option list_options[] = {
    {"grid", N_("GRID"), N_("only this grid and those below it"), false},
    {0},
};
static const struct cli_option add_options[] = {
    {"grid", N_("GRID"), N_("the code of the grid"), false},
    {"person", N_("PERSON"), N_("an ID or a telephone number"), false},
    {"position", N_("N"), N_("1 is called first, the next ones are deputies; without it: behind the last"),
     false},
    {"days", N_("DAYS"), N_("mon-fri, or 'sat sun'; without it: every day"), false},
    {"hours", N_("HOURS"), N_("08:00-20:00; without it: day and night"), false},
    {0},
};
static const struct cli_option absent_options[] = {
    {"from", N_("TIME"), N_("from then on; without it: now"), false},
    {"until", N_("TIME"), N_("back again then"), false},
    {"back", NULL, N_("back already"), false},
    {0},
};

static int print_entry(void *ctx, const struct duty_entry *e)
{
	struct cli *c = ctx;
	char days[64], hours[32];
	if (!cli_list_more(c))
		return 1;
	out_row(&c->out,
		json_pack("{sI so si sI so so ss ss sb so}", "id", (json_int_t)e->id, "grid",
			  out_string(e->grid), "position", e->position, "person", (json_int_t)e->person, "name",
			  out_string(e->name), "number", *e->number ? out_string(e->number) : json_null(),
			  "days", duty_days_text(e->window.days, days), "hours",
			  duty_hours_text(&e->window, hours), "now", e->now && !e->absent_until_utc,
			  "absent_until", out_time(e->absent_until_utc)));
	return 0;
}

static int run_list(struct cli *c)
{
	struct store *s;
	int r = cli_list_begin(c, columns, &s);
	return r ? r
		 : cli_list_end(c, duty_list(s, cli_opt(c, "grid") ? cli_opt(c, "grid") : "", cli_now(c),
					     print_entry, c));
}

static int run_add(struct cli *c)
{
	struct store *s;
	struct day_window w;
	const char *grid = cli_opt(c, "grid"), *who = cli_opt(c, "person");
	int64_t person, position = 0, id = 0;
	char actor[32];
	int r = grid && who ? 0 : cli_usage(c, "%s", _("--grid and --person are wanted"));
	if (r || (r = duty_days(c, cli_opt(c, "days"), &w.days)) ||
	    (r = duty_hours(c, cli_opt(c, "hours"), &w)) ||
	    (cli_opt(c, "position") &&
	     (r = cli_integer(c, cli_opt(c, "position"), "--position", 1, &position))) ||
	    (r = cli_store(c, &s)) || (r = duty_person(c, s, who, &person)))
		return r;
	if ((r = store_begin(s)))
		return cli_store_failed(c, r);
	r = duty_add(s, grid, person, (int)position, &w, &id);
	if (r == -EINVAL)
		r = cli_fail(EX_DATAERR, _("there is no grid %s; import it first: yishi grid import FILE"),
			     grid);
	else if (!r)
		r = event_add(s, EVENT_PERSON_CHANGED, cli_actor(actor),
			      json_pack("{sI ss}", "person", (json_int_t)person, "what", "on the duty list"),
			      cli_now(c));
	if ((r = changes_end(c, r)))
		return r;
	if (c->out.mode == OUT_TABLE)
		printf(_("%lld is on the duty list of %s; `yishi duty now %s` shows who is called\n"),
		       (long long)id, grid, grid);
	else
		out_json(&c->out, json_pack("{sI}", "id", (json_int_t)id));
	return EX_OK;
}

static int run_remove(struct cli *c)
{
	struct store *s;
	int64_t id;
	int r = cli_id(c, 0, &id);
	if (r || (r = changes_begin(c, &s)))
		return r;
	r = duty_remove(s, id);
	if (r == -ENOENT)
		r = cli_fail(CLI_NOTHING,
			     _("nothing on a duty list has the ID %s; `yishi duty list` shows what has"),
			     c->argv[0]);
	return changes_end(c, r);
}

static int run_absent(struct cli *c)
{
	struct store *s;
	int64_t person, from = cli_now(c), until = 0;
	bool back = cli_opt(c, "back") != NULL;
	int r = !back && !cli_opt(c, "until") ? cli_usage(c, "%s", _("--until TIME or --back is wanted")) : 0;
	if (r || (cli_opt(c, "from") && (r = cli_when(c, cli_opt(c, "from"), "--from", &from))) ||
	    (cli_opt(c, "until") && (r = cli_when(c, cli_opt(c, "until"), "--until", &until))) ||
	    (r = cli_store(c, &s)) || (r = duty_person(c, s, c->argv[0], &person)))
		return r;
	if (!back && until <= from)
		return cli_usage(c, "%s", _("--until is before --from"));
	if ((r = store_begin(s)))
		return cli_store_failed(c, r);
	r = back ? duty_back(s, person, cli_now(c)) : duty_absent(s, person, from, until);
	if (r == -ENOENT)
		r = cli_fail(CLI_NOTHING, _("%s is not absent"), c->argv[0]);
	return changes_end(c, r);
}

/* The order in which people are called now, one rung after the other. */
static int print_now(struct cli *c, struct duty_candidate *list, int n, bool *chosen)
{
	int order = 0, total = 0;
	for (int count = duty_choose(DUTY_FIRST, false, list, n, chosen); count > 0;
	     count = duty_choose(DUTY_NEXT, false, list, n, chosen)) {
		order++;
		for (int i = 0; i < n; i++) {
			if (!chosen[i])
				continue;
			total++;
			list[i].told = true;
			out_row(&c->out, json_pack("{si sI so so ss}", "order", order, "person",
						   (json_int_t)list[i].person, "name", out_string(list[i].name),
						   "number", out_string(list[i].number), "as",
						   list[i].position  ? "duty"
						   : list[i].officer ? "duty_officer"
								     : "secretary"));
		}
	}
	return total;
}

static int run_now(struct cli *c)
{
	struct store *s;
	cleanup_free struct duty_candidate *list = mem_array(DUTY_CANDIDATES, sizeof *list);
	bool chosen[DUTY_CANDIDATES];
	int r = cli_store(c, &s);
	if (r)
		return r;
	int n = duty_candidates(s, c->argc ? c->argv[0] : "", "", 0, cli_now(c), list);
	if (n < 0)
		return cli_store_failed(c, n);
	out_begin(&c->out, now_columns);
	int total = print_now(c, list, n, chosen);
	out_end(&c->out);
	return total ? EX_OK : cli_fail(CLI_NOTHING, "%s", _("nobody would be called: yishi duty add"));
}

static int print_call(void *ctx, const struct duty_call_row *x)
{
	struct cli *c = ctx;
	const struct duty_call *k = &x->call;
	out_row(&c->out, json_pack("{si sI ss so sb si si so so so}", "case", k->matter, "called",
				   (json_int_t)k->called_utc, "state", x->state, "grid",
				   *x->grid ? out_string(x->grid) : json_null(), "waiting", k->waiting, "step",
				   k->rung, "told", x->told, "acknowledged", out_time(k->acked_utc), "seconds",
				   k->seconds < 0 ? json_null() : json_integer(k->seconds), "by",
				   *k->acked_name ? out_string(k->acked_name) : json_null()));
	return 0;
}

static int run_calls(struct cli *c)
{
	struct store *s;
	int r = cli_list_begin(c, call_columns, &s);
	return r ? r
		 : cli_list_end(
		       c, duty_call_list(s, c->since_utc, c->limit == LONG_MAX ? 0 : c->limit, print_call, c));
}

const struct cli_verb cli_duty[] = {
    {.name = "list",
     .run = run_list,
     .what = N_("who is on duty when"),
     .common = CLI_LIST,
     .options = list_options,
     .roles = CLI_SECRETARY,
     .example = "yishi duty list --grid KS-03 --full"},
    {.name = "now",
     .run = run_now,
     .what = N_("who would be called for help now, and who next"),
     .args = "[GRID]",
     .max_args = 1,
     .common = CLI_FORMATS,
     .roles = CLI_SECRETARY,
     .example = "yishi duty now KS-03"},
    {.name = "add",
     .run = run_add,
     .what = N_("put somebody on the duty list of a grid"),
     .common = CLI_FORMATS,
     .options = add_options,
     .roles = CLI_SECRETARY,
     .example = "yishi duty add --grid KS-03 --person 13800139003 --days mon-fri --hours 08:00-20:00",
     .more = N_("Position 1 is called first; who does not answer within 10 minutes is followed by the next "
		"position, then\n"
		"by the grids above, then all are called. Without any list the people with the role "
		"duty_officer are.")},
    {.name = "remove",
     .run = run_remove,
     .what = N_("take an entry off the duty list"),
     .args = "ID",
     .min_args = 1,
     .max_args = 1,
     .roles = CLI_SECRETARY,
     .example = "yishi duty remove 3"},
    {.name = "absent",
     .run = run_absent,
     .what = N_("somebody cannot be called for a while: the deputies are"),
     .args = "PERSON",
     .min_args = 1,
     .max_args = 1,
     .options = absent_options,
     .roles = CLI_SECRETARY,
     .example =
	 "yishi duty absent 13800139003 --until '2026-12-01 08:00'\nyishi duty absent 13800139003 --back"},
    {.name = "calls",
     .run = run_calls,
     .what = N_("calls for help: who took them, and after how many seconds"),
     .common = CLI_LIST,
     .roles = CLI_SECRETARY,
     .example = "yishi duty calls --since -30d --json"},
    {0},
};
