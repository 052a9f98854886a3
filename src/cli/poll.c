/* `yishi poll`: polls by text, drawn up at the desk. */
#include "cli/poll.h"
#include "cli/broadcast.h"
#include "cli/changes.h"
#include "cli/nouns.h"

#include "store/store.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#define BAR_WIDTH 30 /* columns of the longest bar */

#define COLUMNS                                                                                                \
	{"id", N_("ID"), OUT_INT, 0}, {"state", N_("state"), OUT_WORD, 0},                                     \
	    {"question", N_("question"), OUT_TEXT, 40}, {"voters", N_("may vote"), OUT_INT, 0},                \
	    {"voted", N_("voted"), OUT_INT, 0}, {"needed", N_("needed"), OUT_INT, 0},                          \
	    {"quorate", N_("quorum"), OUT_BOOL, 0}, {"winner", N_("chosen"), OUT_TEXT, 16},                    \
	    {"opens", N_("opens"), OUT_TIME, 0}, {"closes", N_("closes"), OUT_TIME, 0},                        \
	    {"household", N_("one a household"), OUT_BOOL, 0}, {"secret", N_("secret"), OUT_BOOL, 0},          \
	    {"meeting", NULL, OUT_INT, 0}, {"case", NULL, OUT_INT, 0}, {"audience", NULL, OUT_TEXT, 0},        \
	    {"phones", NULL, OUT_INT, 0}, {"tell", NULL, OUT_TEXT, 0}, {"created", NULL, OUT_TIME, 0},         \
	    {"created_by", NULL, OUT_TEXT, 0}, {"reminded", NULL, OUT_TIME, 0}, {"ended", NULL, OUT_TIME, 0},  \
	    {"reason", NULL, OUT_TEXT, 0}, {"options", NULL, OUT_RAW, 0}, {"broadcast", NULL, OUT_INT, 0},     \
	{                                                                                                      \
		0                                                                                              \
	}

static const struct out_column columns[] = {COLUMNS};

static const struct out_column option_columns[] = {
    {"option", N_("No."), OUT_INT, 0},  {"text", N_("option"), OUT_TEXT, 24},
    {"votes", N_("votes"), OUT_INT, 0}, {"percent", N_("%"), OUT_INT, 0},
    {"bar", " ", OUT_TEXT, 0},          {0},
};

static const struct out_column voter_columns[] = {
    {"number", N_("number"), OUT_PHONE, 0}, {"name", N_("name"), OUT_TEXT, 20},
    {"building", N_("bldg"), OUT_TEXT, 0},  {"unit", N_("unit"), OUT_TEXT, 0},
    {"room", N_("room"), OUT_TEXT, 0},      {"asked", N_("asked"), OUT_BOOL, 0},
    {"voted", N_("voted"), OUT_TIME, 0},    {"option", N_("option"), OUT_INT, 0},
    {"household_voted", NULL, OUT_BOOL, 0}, {0},
};

/* The votes of a secret poll that is open are nobody's to know: null. */
static json_t *options_json(const struct poll *p)
{
	json_t *list = json_array();
	for (int i = 0; i < p->option_count; i++)
		json_array_append_new(
		    list,
		    json_pack("{si so so so}", "option", i + 1, "text", out_string(p->options[i]), "votes",
			      p->counted ? json_integer(p->count.votes[i]) : json_null(), "percent",
			      p->counted ? json_integer(poll_percent(p->count.votes[i], p->voted))
					 : json_null()));
	return list;
}

static json_t *poll_json(const struct poll *p)
{
	struct poll_outcome o = poll_outcome_of(&p->count);
	bool over = p->state == POLL_CLOSED;
	return json_pack(
	    "{sI ss so sI sI sI so so sI sI sb sb so so so sI ss so ss so so so so so}", "id",
	    (json_int_t)p->id, "state", poll_state_name(p->state), "question", out_string(p->question),
	    "voters", (json_int_t)p->count.asked, "voted", (json_int_t)p->voted, "needed", (json_int_t)o.needed,
	    "quorate", over ? json_boolean(o.quorate) : json_null(), "winner",
	    over && o.winner ? out_string(p->options[o.winner - 1]) : json_null(), "opens",
	    (json_int_t)p->opens_utc, "closes", (json_int_t)p->closes_utc, "household", p->household, "secret",
	    p->secret, "meeting", p->meeting ? json_integer(p->meeting) : json_null(), "case",
	    p->matter ? json_integer(p->matter) : json_null(), "audience", out_string(p->audience), "phones",
	    (json_int_t)p->phones, "tell", poll_tell_name(p->tell), "created", out_time(p->created_utc),
	    "created_by", p->created_by, "reminded", out_time(p->reminded_utc), "ended", out_time(p->ended_utc),
	    "reason", out_string(p->reason), "options", options_json(p), "broadcast",
	    p->broadcast ? json_integer(p->broadcast) : json_null());
}

static int print_row(void *ctx, const struct poll *p)
{
	struct cli *c = ctx;
	out_row(&c->out, poll_json(p));
	return 0;
}

static int run_list(struct cli *c)
{
	struct store *s;
	const char *state = cli_opt(c, "state");
	if (state && poll_state_find(state) < 0)
		return cli_usage(c, _("%s is no state of a poll; planned open closed cancelled are"), state);
	int r = cli_list_begin(c, columns, &s);
	return r ? r
		 : cli_list_end(
		       c, poll_list(s, state, c->since_utc, c->limit == LONG_MAX ? 0 : c->limit, print_row, c));
}

/* ---- one poll */

static void bar(char *out, int64_t votes, int64_t most)
{
	int n = most > 0 ? (int)((votes * BAR_WIDTH + most / 2) / most) : 0;
	for (*out = 0; n > 0; n--)
		strcat(out, "█");
}

/* The chart of an open secret poll has no bars: what was chosen is not read before the close. */
static void print_chart(struct cli *c, const struct poll *p)
{
	int64_t most = 0;
	for (int i = 0; i < p->option_count; i++)
		most = p->count.votes[i] > most ? p->count.votes[i] : most;
	out_begin(&c->out, option_columns);
	for (int i = 0; i < p->option_count; i++) {
		char text[BAR_WIDTH * 3 + 1];
		bar(text, p->count.votes[i], most);
		out_row(&c->out,
			json_pack(
			    "{si so so so ss}", "option", i + 1, "text", out_string(p->options[i]), "votes",
			    p->counted ? json_integer(p->count.votes[i]) : json_null(), "percent",
			    p->counted ? json_integer(poll_percent(p->count.votes[i], p->voted)) : json_null(),
			    "bar", text));
	}
	out_end(&c->out);
}

static int print_record(void *ctx, const struct poll *p)
{
	struct cli *c = ctx;
	out_record(&c->out, columns, poll_json(p));
	if (c->out.mode == OUT_TABLE) {
		putchar('\n');
		print_chart(c, p);
		if (p->published == BROADCAST_WAITING)
			draft_tell_waiting(c, stderr, p->broadcast);
		if (!p->counted)
			cli_note(
			    "%s",
			    _("secret: what was chosen is counted at the close, and nobody reads it before"));
	}
	return 0;
}

static int print_voter(void *ctx, const struct poll_voter *v)
{
	struct cli *c = ctx;
	if (cli_opt(c, "silent") && (v->voted_utc || v->household_voted))
		return 0;
	out_row(&c->out,
		json_pack("{so so so so so sb so so sb}", "number", out_string(v->number), "name",
			  out_string(v->name), "building", out_string(v->building), "unit", out_string(v->unit),
			  "room", out_string(v->room), "asked", v->texted, "voted", out_time(v->voted_utc),
			  "option", v->option ? json_integer(v->option) : json_null(), "household_voted",
			  v->household_voted));
	return 0;
}

static int missing(const struct cli *c)
{
	return cli_fail(CLI_NOTHING, _("there is no poll %s; `yishi poll list` shows them"), c->argv[0]);
}

static int ignore(void *ctx, const struct poll *p)
{
	(void)ctx, (void)p;
	return 0;
}

static int run_show(struct cli *c)
{
	struct store *s;
	int64_t id;
	int r = cli_id(c, 0, &id);
	if (r || (r = cli_store(c, &s)))
		return r;
	if (cli_opt(c, "voters") || cli_opt(c, "silent")) {
		if ((r = poll_get(s, id, ignore, NULL)) == 0) {
			out_begin(&c->out, voter_columns);
			r = poll_voters(s, id, print_voter, c);
			out_end(&c->out);
		}
	} else
		r = poll_get(s, id, print_record, c);
	return r == -ENOENT ? missing(c) : r < 0 ? cli_store_failed(c, r) : EX_OK;
}

/* ---- deciding on one that exists */

static int change(struct cli *c, const char *reason, int64_t closes_utc)
{
	struct store *s;
	struct actor by;
	int64_t id;
	int r = cli_id(c, 0, &id);
	if (r || (r = changes_begin(c, &s)))
		return r;
	changes_actor(&by);
	r = closes_utc ? poll_extend(s, id, closes_utc, &by, cli_now(c))
		       : poll_cancel(s, id, reason, &by, cli_now(c));
	if (r == -ENOENT)
		r = missing(c);
	else if (r == -EPERM)
		r = cli_fail(CLI_NOTHING, _("poll %s is over; `yishi poll show %s`"), c->argv[0], c->argv[0]);
	else if (r == -EINVAL)
		r = cli_fail(EX_DATAERR, _("poll %s closes later than that already: a close only moves later"),
			     c->argv[0]);
	r = changes_end(c, r);
	if (!r && c->out.mode == OUT_JSON)
		return poll_get(s, id, print_record, c) < 0 ? EX_IOERR : EX_OK;
	return r;
}

static int run_cancel(struct cli *c)
{
	return change(c, cli_opt(c, "note"), 0);
}

static int run_extend(struct cli *c)
{
	int64_t closes = 0;
	const char *at = cli_opt(c, "closes");
	int r = cli_config(c, NULL);
	if (!r && !at)
		return cli_usage(c, "%s", _("--closes TIME is wanted"));
	if (r || (r = cli_when(c, at, "--closes", &closes)))
		return r;
	return change(c, NULL, closes);
}

static const struct cli_option list_options[] = {
    {"state", N_("STATE"), N_("planned open closed cancelled"), false}, {0}};
static const struct cli_option show_options[] = {
    {"voters", NULL, N_("who may vote and who has, by building"), false},
    {"silent", NULL, N_("who has not voted, for a knock at the door"), false},
    {0},
};
static const struct cli_option cancel_options[] = {
    {"note", N_("TEXT"), N_("why; those who were asked are told"), false}, {0}};
static const struct cli_option extend_options[] = {
    {"closes", N_("TIME"), N_("the new close, later than the old one"), false}, {0}};

const struct cli_verb cli_poll[] = {
    {.name = "new",
     .run = poll_new_run,
     .what = N_("put a question to the vote by text"),
     .common = CLI_FORMATS | CLI_YES,
     .options = poll_new_options,
     .roles = CLI_SECRETARY,
     .example = "yishi poll new --question '3栋加装电梯，同意吗？' --to building:KS-03/3 --closes 'fri 18:00' "
		"--household "
		"--quorum 66% --yes\n"
		"yishi poll new --question '您觉得小区安全吗？' --option 很安全 --option 安全 --option 一般 "
		"--option 不安全 --option "
		"很不安全 --to all --closes +7d --secret --yes",
     .more = N_(
	 "Without --option it is 赞成 反对 弃权. Each phone is asked once and reminded once; who opted out of "
	 "broadcasts is\nnot asked and may vote all the same. One vote a household: the last of its votes "
	 "counts. "
	 "Secret: what was\nchosen lies in the daemon's private file until the close, since a vote may be "
	 "changed; "
	 "then only sums are kept.\n"
	 "Put to more phones than [gateway] approval_above it waits for a second person, as a broadcast "
	 "does.")},
    {.name = "list",
     .run = run_list,
     .what = N_("polls, with who has voted"),
     .common = CLI_LIST,
     .options = list_options,
     .roles = CLI_SECRETARY | CLI_STAFF,
     .example = "yishi poll list --state open"},
    {.name = "show",
     .run = run_show,
     .what = N_("one poll: its result as table and chart, or who votes"),
     .args = "ID",
     .min_args = 1,
     .max_args = 1,
     .common = CLI_FORMATS,
     .options = show_options,
     .roles = CLI_SECRETARY | CLI_STAFF,
     .example = "yishi poll show 3\nyishi poll show 3 --silent --csv"},
    {.name = "extend",
     .run = run_extend,
     .what = N_("a poll closes later; no vote is lost"),
     .args = "ID",
     .min_args = 1,
     .max_args = 1,
     .common = CLI_FORMATS,
     .options = extend_options,
     .roles = CLI_SECRETARY,
     .example = "yishi poll extend 3 --closes 'sun 18:00'"},
    {.name = "close",
     .run = poll_close_run,
     .what = N_("a poll closes now and is counted"),
     .args = "ID",
     .min_args = 1,
     .max_args = 1,
     .common = CLI_FORMATS | CLI_YES,
     .roles = CLI_SECRETARY,
     .example = "yishi poll close 3 --yes"},
    {.name = "cancel",
     .run = run_cancel,
     .what = N_("a poll is not held; those who were asked are told"),
     .args = "ID",
     .min_args = 1,
     .max_args = 1,
     .common = CLI_FORMATS,
     .options = cancel_options,
     .roles = CLI_SECRETARY,
     .example = "yishi poll cancel 3 --note '改为开会表决'"},
    {0},
};
