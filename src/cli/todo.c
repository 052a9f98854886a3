/* `yishi todo`: the small things that wait for a person: people to ring back, registrations to look at, erasure
 * requests, wrong numbers. */
#include "cli/changes.h"
#include "cli/nouns.h"

#include "base/mem.h"
#include "base/text.h"
#include "store/chore.h"
#include "store/event.h"
#include "store/person.h"
#include "store/store.h"

#include <errno.h>
#include <string.h>

static const struct out_column columns[] = {
    {"id", N_("ID"), OUT_INT, 0},
    {"kind", N_("what"), OUT_WORD, 0},
    {"number", N_("number"), OUT_PHONE, 0},
    {"time", N_("time"), OUT_TIME, 0},
    {"waited", N_("waited"), OUT_TEXT, 0},
    {"name", N_("name"), OUT_TEXT, 12},
    {"note", N_("note"), OUT_TEXT, 60},
    {"person", N_("person"), OUT_INT, 0},
    {"message", NULL, OUT_INT, 0},
    {"done", N_("done"), OUT_TIME, 0},
    {0},
};

static const struct cli_option list_options[] = {
    {"all", NULL, N_("also what was done"), false},
    {"kind", N_("KIND"), N_("only these: callback, register, duty …"), false},
    {0},
};

struct request {
	int64_t id, person;
	char kind[32];
};

/* Minutes, hours, days; seconds are for scripts. */
static json_t *waited(struct cli *c, const struct chore *x)
{
	int64_t s = (x->done_utc ? x->done_utc : cli_now(c)) - x->utc;
	char text[24];
	if (s < 0)
		s = 0;
	if (c->out.mode != OUT_TABLE)
		return json_integer((json_int_t)s);
	if (s < HOUR_S)
		snprintf(text, sizeof text, "%lld min", (long long)(s / MINUTE_S));
	else if (s < 2 * DAY_S)
		snprintf(text, sizeof text, "%lld h", (long long)(s / HOUR_S));
	else
		snprintf(text, sizeof text, "%lld d", (long long)(s / DAY_S));
	return json_string(text);
}

static int print_row(void *ctx, const struct chore *x)
{
	struct cli *c = ctx;
	const char *kind = cli_opt(c, "kind");
	if (x->utc < c->since_utc || (kind && strcmp(kind, x->kind) != 0))
		return 0;
	if (!cli_list_more(c))
		return 1;
	out_row(&c->out,
		json_pack("{sI so so sI so so so so so so}", "id", (json_int_t)x->id, "kind",
			  out_string(x->kind), "number", out_string(x->number), "time", (json_int_t)x->utc,
			  "waited", waited(c, x), "name", *x->name ? out_string(x->name) : json_null(), "note",
			  out_string(x->note), "person", x->person ? json_integer(x->person) : json_null(),
			  "message", x->message ? json_integer(x->message) : json_null(), "done",
			  out_time(x->done_utc)));
	return 0;
}

static int run_list(struct cli *c)
{
	struct store *s;
	int r = cli_list_begin(c, columns, &s);
	return r ? r : cli_list_end(c, chore_list(s, cli_opt(c, "all") != NULL, print_row, c));
}

static int run_done(struct cli *c)
{
	struct store *s;
	int64_t id;
	int r = cli_id(c, 0, &id);
	if (r || (r = changes_begin(c, &s)))
		return r;
	r = chore_done(s, id, cli_now(c));
	if (r == -ENOENT)
		r = cli_fail(CLI_NOTHING, _("nothing with number %s waits; `yishi todo list` shows what does"),
			     c->argv[0]);
	return changes_end(c, r);
}

static int find(void *ctx, const struct chore *x)
{
	struct request *a = ctx;
	if (x->id != a->id)
		return 0;
	*a = (struct request){.id = x->id, .person = x->person};
	text_copy(a->kind, sizeof a->kind, x->kind);
	return 1;
}

/* A person becomes what was asked for, and hears of it from the daemon. */
static int grant(struct cli *c, struct store *s, const struct request *a, unsigned role)
{
	struct person who;
	struct actor by;
	changes_actor(&by);
	int r = a->person ? person_get(s, a->person, &who) : -ENOENT;
	if (r == -ENOENT)
		return cli_fail(
		    CLI_NOTHING, "%s",
		    _("the phone belongs to nobody in the registry; `yishi person add` first, then accept"));
	if (r >= 0)
		r = person_edit(
		    s, who.id,
		    &(struct person_change){.set_roles = true, .roles = who.roles | ROLE(RESIDENT) | role},
		    cli_now(c));
	if (r >= 0)
		r = chore_done(s, a->id, cli_now(c));
	if (r >= 0)
		r = event_add(
		    s, EVENT_PERSON_CHANGED, by.id,
		    json_pack("{s:I, s:s}", "person", (json_int_t)who.id, "what", "volunteer accepted"),
		    cli_now(c));
	return r;
}

static int run_accept(struct cli *c)
{
	static const struct {
		const char *kind;
		unsigned role;
	} grants[] = {{"volunteer", ROLE(VOLUNTEER)}};
	struct store *s;
	struct request a = {0};
	int64_t id;
	int r = cli_id(c, 0, &id);
	if (r || (r = changes_begin(c, &s)))
		return r;
	a.id = id;
	if ((r = chore_list(s, false, find, &a)) == 0)
		return changes_end(
		    c,
		    cli_fail(CLI_NOTHING, _("nothing with number %s waits; `yishi todo list` shows what does"),
			     c->argv[0]));
	for (size_t i = 0; i < ARRAY_LEN(grants) && r >= 0; i++)
		if (!strcmp(grants[i].kind, a.kind))
			return changes_end(c, grant(c, s, &a, grants[i].role));
	return changes_end(
	    c, r < 0 ? r
		     : cli_fail(CLI_NOTHING,
				_("%s asks for nothing that is granted here; `yishi todo done %s` takes it "
				  "off the list"),
				c->argv[0], c->argv[0]));
}

const struct cli_verb cli_todo[] = {
    {.name = "list",
     .run = run_list,
     .what = N_("what waits for you: people to ring back, registrations, wrong numbers"),
     .common = CLI_LIST,
     .options = list_options,
     .roles = CLI_SECRETARY,
     .example = "yishi todo list --full\nyishi todo list --kind callback"},
    {.name = "done",
     .run = run_done,
     .what = N_("it has been seen to"),
     .args = "ID",
     .min_args = 1,
     .max_args = 1,
     .roles = CLI_SECRETARY,
     .example = "yishi todo done 3"},
    {.name = "accept",
     .run = run_accept,
     .what = N_("who wants to be a volunteer is one from now on, and is told"),
     .args = "ID",
     .min_args = 1,
     .max_args = 1,
     .roles = CLI_SECRETARY,
     .example = "yishi todo list --kind volunteer\nyishi todo accept 3"},
    {0},
};
