#include "cli/case_step.h"

#include "cli/case_route.h"
#include "cli/changes.h"

#include "store/matter.h"
#include "store/person.h"
#include "store/store.h"

#include <errno.h>

#define EXTEND_MAX 90

int case_missing(const char *number)
{
	return cli_fail(CLI_NOTHING, _("there is no case %s; `yishi case list` shows them"), number);
}

static int is_there(void *ctx, const struct matter *m)
{
	(void)ctx;
	(void)m;
	return 0;
}

static int copy_assignee(void *ctx, const struct matter *m)
{
	*(int64_t *)ctx = m->assignee;
	return 0;
}

/* What begins again, or a level higher, has a deadline of its own. */
static int deadline(struct cli *c, int number, struct matter_step *st)
{
	if (st->event == CASE_EV_REOPEN || st->event == CASE_EV_SPLIT)
		return case_deadline_of(c, number, 0, &st->due_utc);
	return st->event == CASE_EV_ESCALATE ? case_deadline_of(c, number, 1, &st->due_utc) : 0;
}

/* One step in the life of a case, with the note of --note. */
static int step(struct cli *c, const struct matter_step *st)
{
	struct store *s;
	struct actor by;
	int64_t number;
	enum case_state state = CASE_RECEIVED;
	int r = cli_id(c, 0, &number);
	if (r || (r = changes_begin(c, &s)))
		return r;
	changes_actor(&by);
	struct matter_step full = *st;
	full.note = cli_opt(c, "note");
	int64_t had = 0;
	r = matter_get(s, (int)number, copy_assignee, &had);
	if (!r)
		r = deadline(c, (int)number, &full);
	if (!r)
		r = matter_act(s, (int)number, &full, &by, cli_now(c), &state);
	if (!r && st->event == CASE_EV_RETURN)
		r = case_pass_on(c, (int)number, had);
	if (r == -ENOENT)
		r = case_missing(c->argv[0]);
	else if (r == -EPERM)
		r = cli_fail(CLI_NOTHING, _("case %s is %s; that cannot be done now"), c->argv[0],
			     gettext(case_state_name(state)));
	r = changes_end(c, r);
	if (!r && c->out.mode == OUT_JSON)
		out_json(&c->out,
			 json_pack("{sI ss}", "number", (json_int_t)number, "state", case_state_name(state)));
	return r;
}

int case_assign(struct cli *c)
{
	struct matter_step st = {.event = CASE_EV_ASSIGN};
	struct person p;
	struct store *s;
	int r = cli_integer(c, c->argv[1], "PERSON", 1, &st.person);
	if (r || (r = cli_store(c, &s)))
		return r;
	r = person_get(s, st.person, &p);
	if (r == -ENOENT)
		return cli_fail(CLI_NOTHING, _("there is no person %s; `yishi person list` shows who is there"),
				c->argv[1]);
	return r ? cli_store_failed(c, r) : step(c, &st);
}

int case_note(struct cli *c)
{
	if (!cli_opt(c, "note"))
		return cli_usage(c, "%s", _("--note TEXT is wanted"));
	return step(c, &(struct matter_step){.event = CASE_EV_NOTE});
}

int case_resolve(struct cli *c)
{
	return step(c, &(struct matter_step){.event = CASE_EV_RESOLVE});
}

int case_return(struct cli *c)
{
	return step(c, &(struct matter_step){.event = CASE_EV_RETURN});
}

int case_escalate(struct cli *c)
{
	if (cli_opt(c, "ref") && !cli_opt(c, "to"))
		return cli_usage(c, "%s", _("--ref is a number at somebody: --to WHOM is wanted"));
	return step(c, &(struct matter_step){
			   .event = CASE_EV_ESCALATE, .to = cli_opt(c, "to"), .ref = cli_opt(c, "ref")});
}

int case_verify(struct cli *c)
{
	return step(c, &(struct matter_step){.event = CASE_EV_VERIFY});
}

int case_extend(struct cli *c)
{
	int64_t days;
	int r = cli_integer(c, c->argv[1], "DAYS", 1, &days);
	if (!r && days > EXTEND_MAX)
		r = cli_usage(c, _("at most %d days at once"), EXTEND_MAX);
	return r ? r : step(c, &(struct matter_step){.event = CASE_EV_EXTEND, .days = (int)days});
}

int case_reopen(struct cli *c)
{
	return step(c, &(struct matter_step){.event = CASE_EV_REOPEN});
}

int case_deliberate(struct cli *c)
{
	return step(c, &(struct matter_step){.event = CASE_EV_DELIBERATE});
}

int case_reject(struct cli *c)
{
	if (!cli_opt(c, "note"))
		return cli_usage(c, "%s", _("--note REASON is wanted: the reporter is told it"));
	return step(c, &(struct matter_step){.event = CASE_EV_REJECT});
}

int case_merge(struct cli *c)
{
	struct matter_step st = {.event = CASE_EV_MERGE};
	int64_t into, number;
	struct store *s;
	int r = cli_id(c, 0, &number);
	if (!r)
		r = cli_integer(c, c->argv[1], "INTO", 1, &into);
	if (r || (r = cli_store(c, &s)))
		return r;
	if (number == into)
		return cli_usage(c, "%s", _("a case cannot be merged into itself"));
	r = matter_get(s, (int)into, is_there, NULL);
	if (r)
		return r == -ENOENT ? case_missing(c->argv[1]) : cli_store_failed(c, r);
	st.other = (int)into;
	return step(c, &st);
}

int case_split(struct cli *c)
{
	struct store *s;
	struct actor by;
	char phone[E164_MAX];
	int64_t number;
	int new_number = 0;
	int r = cli_id(c, 0, &number);
	if (!r)
		r = cli_number(c, c->argv[1], phone);
	if (r || (r = changes_begin(c, &s)))
		return r;
	changes_actor(&by);
	r = matter_split(s, (int)number, phone, cli_opt(c, "text"), &by, cli_now(c), &new_number);
	if (!r)
		r = case_pass_on(c, new_number, 0);
	if (r == -ENOENT)
		r = cli_fail(CLI_NOTHING, _("%s does not support case %s"), c->argv[1], c->argv[0]);
	r = changes_end(c, r);
	if (!r && c->out.mode == OUT_JSON)
		out_json(&c->out, json_pack("{si}", "number", new_number));
	else if (!r)
		printf(_("case %d is open\n"), new_number);
	return r;
}
