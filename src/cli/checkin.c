/* `yishi checkin`: "are you well?" to people who live alone. */
#include "cli/changes.h"
#include "cli/duty_args.h"
#include "cli/nouns.h"

#include "store/checkin.h"

#include <errno.h>
#include <string.h>

#define GRACE_LEAST_M 15
#define GRACE_MOST_M  (12 * 60)
#define GRACE_M       120
#define SHOWN         30 /* days of a plan */

static const struct out_column columns[] = {
    {"id", N_("ID"), OUT_INT, 0},
    {"person", N_("person"), OUT_INT, 0},
    {"name", N_("name"), OUT_TEXT, 16},
    {"number", N_("number"), OUT_PHONE, 0},
    {"buddy", N_("buddy"), OUT_TEXT, 16},
    {"buddy_number", N_("buddy's number"), OUT_PHONE, 0},
    {"at", N_("at"), OUT_TEXT, 0},
    {"days", N_("days"), OUT_TEXT, 0},
    {"grace", N_("minutes"), OUT_INT, 0},
    {"paused_until", N_("paused until"), OUT_TIME, 0},
    {"state", N_("last"), OUT_WORD, 0},
    {"asked", N_("asked"), OUT_TIME, 0},
    {"answered", N_("answered"), OUT_TIME, 0},
    {"case", N_("No."), OUT_INT, 0},
    {"days_past", NULL, OUT_RAW, 0},
    {0},
};

static const struct out_column day_columns[] = {
    {"day", N_("day"), OUT_TEXT, 0},
    {"state", N_("state"), OUT_WORD, 0},
    {"asked", N_("asked"), OUT_TIME, 0},
    {"answered", N_("answered"), OUT_TIME, 0},
    {"by", N_("by"), OUT_WORD, 0},
    {"case", N_("No."), OUT_INT, 0},
    {0},
};

static const struct cli_option add_options[] = {
    {"person", N_("PERSON"), N_("who lives alone: an ID or a telephone number"), false},
    {"buddy", N_("PERSON"), N_("the neighbour who looks when there is no answer"), false},
    {"at", N_("TIME"), N_("when to ask, such as 09:00"), false},
    {"days", N_("DAYS"), N_("mon-fri, or 'sat sun'; without it: every day"), false},
    {"grace", N_("MINUTES"), N_("silence for so long is one; 120"), false},
    {0},
};
static const struct cli_option pause_options[] = {
    {"until", N_("TIME"), N_("ask again from then on"), false},
    {"off", NULL, N_("end it"), false},
    {0},
};

static json_t *row_json(const struct checkin_row *x)
{
	char days[64], at[8];
	snprintf(at, sizeof at, "%02d:%02d", x->plan.at_minute / 60 % 100, x->plan.at_minute % 60);
	bool asked = x->last_round != 0;
	return json_pack("{sI sI so so so so ss ss si so so so so so}", "id", (json_int_t)x->id, "person",
			 (json_int_t)x->person, "name", out_string(x->name), "number",
			 *x->number ? out_string(x->number) : json_null(), "buddy",
			 x->buddy ? out_string(x->buddy_name) : json_null(), "buddy_number",
			 *x->buddy_number ? out_string(x->buddy_number) : json_null(), "at", at, "days",
			 duty_days_text(x->plan.days, days), "grace", x->plan.grace_s / 60, "paused_until",
			 out_time(x->plan.paused_until_utc), "state",
			 asked ? json_string(checkin_state_name(x->last_state)) : json_null(), "asked",
			 out_time(x->last_asked_utc), "answered", out_time(x->last_answered_utc), "case",
			 x->last_matter ? json_integer(x->last_matter) : json_null());
}

static int print_row(void *ctx, const struct checkin_row *x)
{
	struct cli *c = ctx;
	if (!cli_list_more(c))
		return 1;
	out_row(&c->out, row_json(x));
	return 0;
}

static int run_list(struct cli *c)
{
	struct store *s;
	int r = cli_list_begin(c, columns, &s);
	return r ? r : cli_list_end(c, checkin_list(s, 0, print_row, c));
}

static int take_row(void *ctx, const struct checkin_row *x)
{
	*(json_t **)ctx = row_json(x);
	return 0;
}

static json_t *day_json(const struct checkin_round_row *r)
{
	return json_pack("{so ss sI so so so}", "day", out_string(r->day), "state",
			 checkin_state_name(r->state), "asked", (json_int_t)r->asked_utc, "answered",
			 out_time(r->answered_utc), "by", *r->by ? out_string(r->by) : json_null(), "case",
			 r->matter ? json_integer(r->matter) : json_null());
}

static int print_day(void *ctx, const struct checkin_round_row *r)
{
	struct cli *c = ctx;
	out_row(&c->out, day_json(r));
	return 0;
}

static int take_day(void *ctx, const struct checkin_round_row *r)
{
	json_array_append_new(
	    ctx, json_pack("{so ss}", "day", out_string(r->day), "state", checkin_state_name(r->state)));
	return 0;
}

static int unknown(const char *id)
{
	return cli_fail(CLI_NOTHING, _("there is no check-in %s; `yishi checkin list` shows them"), id);
}

static int run_show(struct cli *c)
{
	struct store *s;
	json_t *one = NULL, *days = json_array();
	int64_t id;
	int r = cli_id(c, 0, &id);
	if (!r && !(r = cli_store(c, &s)) && (r = checkin_list(s, id, take_row, &one)) >= 0)
		r = checkin_rounds(s, id, SHOWN, take_day, days);
	if (r || !one) {
		json_decref(days);
		json_decref(one);
		return r < 0 ? cli_store_failed(c, r) : r ? r : unknown(c->argv[0]);
	}
	json_object_set_new(one, "days_past", days);
	out_record(&c->out, columns, one);
	if (c->out.mode != OUT_TABLE)
		return EX_OK;
	out_begin(&c->out, day_columns);
	return cli_list_end(c, checkin_rounds(s, id, SHOWN, print_day, c));
}

static int read_plan(struct cli *c, struct checkin_plan *p)
{
	const struct config *cfg;
	int64_t grace = GRACE_M;
	int r = duty_minute(c, cli_opt(c, "at"), &p->at_minute);
	if (r || (r = duty_days(c, cli_opt(c, "days"), &p->days)) ||
	    (cli_opt(c, "grace") &&
	     (r = cli_integer(c, cli_opt(c, "grace"), "--grace", GRACE_LEAST_M, &grace))) ||
	    (r = cli_config(c, &cfg)))
		return r;
	if (grace > GRACE_MOST_M)
		return cli_usage(c, _("--grace is at most %d minutes"), GRACE_MOST_M);
	p->grace_s = (int)grace * 60;
	if (!checkin_fits(p, &cfg->quiet_hours))
		return cli_fail(EX_DATAERR, "%s",
				_("the question and the wait for its answer must end before the quiet hours; "
				  "choose an earlier --at or "
				  "a shorter --grace"));
	return 0;
}

static int run_add(struct cli *c)
{
	struct store *s;
	struct checkin_new n = {0};
	const char *who = cli_opt(c, "person"), *buddy = cli_opt(c, "buddy");
	int64_t id = 0;
	int r = who && cli_opt(c, "at") ? 0 : cli_usage(c, "%s", _("--person and --at are wanted"));
	if (r || (r = read_plan(c, &n.plan)) || (r = cli_store(c, &s)) ||
	    (r = duty_person(c, s, who, &n.person)) || (buddy && (r = duty_person(c, s, buddy, &n.buddy))))
		return r;
	if (n.buddy == n.person)
		return cli_usage(c, "%s", _("nobody is his own buddy"));
	if ((r = store_begin(s)))
		return cli_store_failed(c, r);
	r = checkin_add(s, &n, cli_now(c), &id);
	if (r == -EEXIST)
		r = cli_fail(EX_DATAERR, _("%s has a check-in already; `yishi checkin list` shows it"), who);
	if ((r = changes_end(c, r)))
		return r;
	if (c->out.mode == OUT_TABLE)
		printf(_("check-in %lld is laid out\n"), (long long)id);
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
	r = checkin_remove(s, id, cli_now(c));
	return changes_end(c, r == -ENOENT ? unknown(c->argv[0]) : r);
}

static int run_pause(struct cli *c)
{
	struct store *s;
	int64_t id, until = 0;
	bool off = cli_opt(c, "off") != NULL;
	int r = cli_id(c, 0, &id);
	if (!r && !off && !cli_opt(c, "until"))
		r = cli_usage(c, "%s", _("--until TIME or --off is wanted"));
	if (r || (!off && (r = cli_when(c, cli_opt(c, "until"), "--until", &until))) || (r = cli_store(c, &s)))
		return r;
	if (!off && until <= cli_now(c))
		return cli_usage(c, "%s", _("--until is past"));
	if ((r = store_begin(s)))
		return cli_store_failed(c, r);
	r = checkin_pause(s, id, until);
	return changes_end(c, r == -ENOENT ? unknown(c->argv[0]) : r);
}

const struct cli_verb cli_checkin[] = {
    {.name = "list",
     .run = run_list,
     .what = N_("who is asked whether all is well, and how the last time was"),
     .common = CLI_LIST,
     .roles = CLI_SECRETARY,
     .example = "yishi checkin list --full"},
    {.name = "show",
     .run = run_show,
     .what = N_("one check-in and its last days"),
     .args = "ID",
     .min_args = 1,
     .max_args = 1,
     .common = CLI_FORMATS,
     .roles = CLI_SECRETARY,
     .example = "yishi checkin show 3"},
    {.name = "add",
     .run = run_add,
     .what = N_("ask somebody who lives alone every day"),
     .common = CLI_FORMATS,
     .options = add_options,
     .roles = CLI_SECRETARY,
     .example = "yishi checkin add --person 13800138001 --buddy 13800138002 --at 09:00",
     .more =
	 N_("At that time one text asks for a 1; any text or ring of the person counts. Silence goes to the "
	    "buddy, then by a\n"
	    "call for help to the grid worker and the officers on duty. Holidays are days like any other.")},
    {.name = "remove",
     .run = run_remove,
     .what = N_("ask no more"),
     .args = "ID",
     .min_args = 1,
     .max_args = 1,
     .roles = CLI_SECRETARY,
     .example = "yishi checkin remove 3"},
    {.name = "pause",
     .run = run_pause,
     .what = N_("ask nothing for a while: in hospital, away"),
     .args = "ID",
     .min_args = 1,
     .max_args = 1,
     .options = pause_options,
     .roles = CLI_SECRETARY,
     .example = "yishi checkin pause 3 --until '2026-12-01'\nyishi checkin pause 3 --off"},
    {0},
};
