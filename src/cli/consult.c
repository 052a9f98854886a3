/* `yishi consult`: questions to experts whose numbers stay hidden. */
#include "cli/changes.h"
#include "cli/nouns.h"

#include "base/mem.h"
#include "base/text.h"
#include "store/consult.h"
#include "store/matter.h"
#include "store/person.h"
#include "store/store.h"

#include <errno.h>
#include <string.h>

static const struct out_column columns[] = {
    {"number", N_("no."), OUT_INT, 0},
    {"state", N_("state"), OUT_WORD, 0},
    {"topic", N_("topic"), OUT_WORD, 0},
    {"grid", N_("grid"), OUT_TEXT, 0},
    {"asker", N_("asked by"), OUT_TEXT, 16},
    {"phone", N_("number"), OUT_PHONE, 0},
    {"expert", N_("expert"), OUT_TEXT, 16},
    {"opened", N_("opened"), OUT_TIME, 0},
    {"due", N_("due"), OUT_TIME, 0},
    {"text", N_("last words"), OUT_TEXT, 50},
    {"answered", NULL, OUT_TIME, 0},
    {"closed", NULL, OUT_TIME, 0},
    {"texts", NULL, OUT_INT, 0},
    {"expert_id", NULL, OUT_INT, 0},
    {0},
};

static const struct out_column said_columns[] = {
    {"time", N_("time"), OUT_TIME, 0}, {"side", N_("side"), OUT_WORD, 0},
    {"by", N_("who"), OUT_TEXT, 16},   {"passed_on", N_("passed on"), OUT_TIME, 0},
    {"text", N_("text"), OUT_TEXT, 0}, {0},
};

static const struct cli_option list_options[] = {{"all", NULL, N_("also those that ended"), false}, {0}};
static const struct cli_option pass_options[] = {
    {"to", N_("PERSON"), N_("the id of the expert; without it it stays with the desk"), false},
    {0},
};
static const struct cli_option answer_options[] = {{"text", N_("TEXT"), N_("the answer"), false}, {0}};

static json_t *row_json(const struct consult_row *x)
{
	return json_pack("{si ss ss so so so so sI so so so so si so}", "number", x->number, "state", x->state,
			 "topic", x->topic, "grid", out_string(x->grid), "asker", out_string(x->name), "phone",
			 out_string(x->from), "expert", out_string(x->expert_name), "opened",
			 (json_int_t)x->opened_utc, "due", out_time(x->due_utc), "text", out_string(x->text),
			 "answered", out_time(x->answered_utc), "closed", out_time(x->closed_utc), "texts",
			 x->lines, "expert_id", x->expert ? json_integer(x->expert) : json_null());
}

static int print_row(void *ctx, const struct consult_row *x)
{
	struct cli *c = ctx;
	out_row(&c->out, row_json(x));
	return 0;
}

static int run_list(struct cli *c)
{
	struct store *s;
	int r = cli_list_begin(c, columns, &s);
	return r ? r
		 : cli_list_end(
		       c, consult_list(s, 0, cli_opt(c, "all") != NULL, c->since_utc, c->limit, print_row, c));
}

static int print_record(void *ctx, const struct consult_row *x)
{
	struct cli *c = ctx;
	out_record(&c->out, columns, row_json(x));
	return 1;
}

static int print_said(void *ctx, const struct consult_said *l)
{
	struct cli *c = ctx;
	out_row(&c->out, json_pack("{sI ss so so so}", "time", (json_int_t)l->utc, "side", l->side, "by",
				   out_string(l->actor), "passed_on", out_time(l->told_utc), "text",
				   out_string(l->text)));
	return 0;
}

static int missing(const struct cli *c)
{
	return cli_fail(CLI_NOTHING, _("%s is no consultation; `yishi consult list --all` shows them"),
			c->argv[0]);
}

static int run_show(struct cli *c)
{
	struct store *s;
	int64_t number;
	int r = cli_id(c, 0, &number);
	if (r || (r = cli_store(c, &s)))
		return r;
	r = consult_list(s, (int)number, true, INT64_MIN, 1, print_record, c);
	if (r < 0)
		return cli_store_failed(c, r);
	if (!r)
		return missing(c);
	if (c->out.mode != OUT_TABLE)
		return EX_OK;
	printf("\n");
	out_begin(&c->out, said_columns);
	return cli_list_end(c, consult_said(s, (int)number, print_said, c));
}

/* The consultation of the first argument, within a transaction. 0 or an exit status. */
static int begin(struct cli *c, struct store **s, struct consult *ret)
{
	int64_t number;
	int r = cli_id(c, 0, &number);
	if (r || (r = cli_store(c, s)))
		return r;
	if ((r = store_begin(*s)))
		return cli_store_failed(c, r);
	if (!(r = consult_get(*s, (int)number, ret)))
		return 0;
	store_rollback(*s);
	return r == -ENOENT ? missing(c) : cli_store_failed(c, r);
}

static int run_pass(struct cli *c)
{
	struct store *s;
	struct consult q;
	struct person p = {0};
	struct actor by;
	int r = begin(c, &s, &q);
	if (r)
		return r;
	int64_t to = 0;
	if (cli_opt(c, "to") && (r = cli_integer(c, cli_opt(c, "to"), "--to", 1, &to)))
		;
	else if (q.closed_utc)
		r = cli_fail(CLI_NOTHING, _("consultation %d has ended"), q.number);
	else if (to && (r = person_get(s, to, &p)) == -ENOENT)
		r = cli_fail(CLI_NOTHING, _("there is no person %s; `yishi person list` shows who is there"),
			     cli_opt(c, "to"));
	else if (to && !r && !p.number[0])
		r = cli_fail(CLI_NOTHING, _("%s has no phone that can be texted"), p.name);
	changes_actor(&by);
	if (!r && (r = consult_lay_with(s, q.number, to, cli_now(c))) >= 0)
		r = journal_add(s, q.number, to ? "passed to an expert" : "consultation at the desk", NULL, &by,
				cli_now(c));
	return changes_end(c, r);
}

static int run_answer(struct cli *c)
{
	struct store *s;
	struct consult q;
	struct actor by;
	const char *text = cli_opt(c, "text");
	if (!text || !*text)
		return cli_usage(c, "%s", _("--text TEXT is wanted"));
	int r = begin(c, &s, &q);
	if (r)
		return r;
	changes_actor(&by);
	if ((r = consult_say(s, q.number, CONSULT_ANSWER, by.id, text, cli_now(c))) >= 0 &&
	    (r = consult_answered(s, q.number, cli_now(c))) >= 0)
		r = journal_add(s, q.number, "answered", NULL, &by, cli_now(c));
	return changes_end(c, r);
}

static int run_close(struct cli *c)
{
	struct store *s;
	struct consult q;
	struct actor by;
	enum case_state st;
	int r = begin(c, &s, &q);
	if (r)
		return r;
	changes_actor(&by);
	if ((r = consult_close(s, q.number, cli_now(c))) >= 0) {
		r = matter_act(s, q.number, &(struct matter_step){.event = CASE_EV_CLOSE}, &by, cli_now(c),
			       &st);
		r = r == -EPERM ? 0 : r;
	}
	return changes_end(c, r);
}

const struct cli_verb cli_consult[] = {
    {.name = "list",
     .run = run_list,
     .what = N_("questions to lawyers and doctors, and with whom they lie"),
     .common = CLI_LIST,
     .options = list_options,
     .roles = CLI_SECRETARY,
     .example = "yishi consult list --all"},
    {.name = "show",
     .run = run_show,
     .what = N_("one of them with all that was said"),
     .args = "NUMBER",
     .min_args = 1,
     .max_args = 1,
     .common = CLI_FORMATS,
     .roles = CLI_SECRETARY,
     .example = "yishi consult show 23"},
    {.name = "pass",
     .run = run_pass,
     .what = N_("pass a question to an expert, or take it to the desk"),
     .args = "NUMBER",
     .min_args = 1,
     .max_args = 1,
     .options = pass_options,
     .roles = CLI_SECRETARY,
     .example = "yishi consult pass 23 --to 41"},
    {.name = "answer",
     .run = run_answer,
     .what = N_("text an answer to who asked"),
     .args = "NUMBER",
     .min_args = 1,
     .max_args = 1,
     .options = answer_options,
     .roles = CLI_SECRETARY,
     .example = "yishi consult answer 23 --text 周三下午律师在社区"},
    {.name = "close",
     .run = run_close,
     .what = N_("end a consultation"),
     .args = "NUMBER",
     .min_args = 1,
     .max_args = 1,
     .roles = CLI_SECRETARY,
     .example = "yishi consult close 23"},
    {0},
};
