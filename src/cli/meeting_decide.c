/* `yishi meeting decide`: one item, one decision; what follows is in civic/verdict.h. */
#include "cli/changes.h"
#include "cli/meeting_verbs.h"

#include "base/text.h"
#include "store/minutes.h"
#include "store/person.h"
#include "store/store.h"

#include <errno.h>
#include <string.h>

const struct cli_option meeting_decide_options[] = {
    {"who", N_("PERSON"), N_("who sees to it: number of a person, telephone number or name"), false},
    {"until", N_("TIME"), N_("by when; of a vote its close (in a week)"), false},
    {"note", N_("TEXT"), N_("why, or what exactly; those who raised it are told"), false},
    {"question", N_("TEXT"), N_("of a vote, when the item's words are none"), false},
    {"option", N_("TEXT"), N_("of a vote; 2 to 8 of them (for, against, abstain)"), true},
    {"quorum", N_("N"), N_("of a vote: so many votes at least"), false},
    {"household", NULL, N_("of a vote: one for each household"), false},
    {"secret", NULL, N_("of a vote: nobody sees who chose what"), false},
    {0},
};

/* A date alone is meant to its end; it must lie ahead. 0 or EX_USAGE. */
static int read_until(struct cli *c, const char *text, int64_t *ret_utc)
{
	int y, m, d, end = 0;
	int r = cli_config(c, NULL); /* whose zone the time is meant in */
	if (r || (r = cli_when(c, text, "--until", ret_utc)))
		return r;
	if (sscanf(text, "%4d-%2d-%2d%n", &y, &m, &d, &end) == 3 && !text[end])
		*ret_utc += DAY_S - 1;
	return *ret_utc > cli_now(c) ? 0 : cli_usage(c, _("%s is past"), text);
}

/* Who sees to it. A name that nobody in the registry has may adopt a project (a firm), but a case is assigned to
 * people only. */
static int find_who(struct cli *c, struct store *s, struct verdict_new *v, char *name, size_t size)
{
	struct person p = {0};
	const char *who = cli_opt(c, "who");
	bool must = verdict_info(v->verdict)->wants_person;
	if (!who || !*who)
		return must ? cli_usage(c, "%s", _("--who PERSON is wanted")) : 0;
	int r = meeting_person(c, s, who, &p);
	if (r == CLI_NOTHING && (must || strspn(who, "0123456789")))
		return strspn(who, "0123456789")
			   ? r
			   : cli_fail(CLI_NOTHING,
				      _("nobody is called %s; `yishi person list` shows who is there"), who);
	if (r && r != CLI_NOTHING)
		return r;
	if (!p.id && must)
		return cli_fail(CLI_NOTHING, _("nobody in the registry has the number %s"), who);
	text_copy(name, size, p.id && *p.name ? p.name : who);
	v->person = p.id;
	v->who = name;
	return 0;
}

static int read_vote(struct cli *c, struct poll_new *p, const char **options)
{
	int64_t quorum = 0;
	int n = 0, r = 0;
	for (const char *o; n < POLL_OPTIONS_MAX + 1 && (o = cli_opt_at(c, "option", n)); n++)
		options[n] = o;
	if (cli_opt(c, "quorum"))
		r = cli_integer(c, cli_opt(c, "quorum"), "--quorum", 1, &quorum);
	*p = (struct poll_new){.question = cli_opt(c, "question"),
			       .options = n ? options : NULL,
			       .option_count = n,
			       .quorum = (int)quorum,
			       .household = cli_opt(c, "household") != NULL,
			       .secret = cli_opt(c, "secret") != NULL};
	return r;
}

static int explain(const struct cli *c, enum decide_result result)
{
	switch (result) {
	case DECIDE_DONE:
		return 0;
	case DECIDE_NO_ITEM:
		return cli_fail(
		    CLI_NOTHING,
		    _("case %s is not on the agenda; `yishi meeting agenda %s --add %s` puts it there"),
		    c->argv[1], c->argv[0], c->argv[1]);
	case DECIDE_CLOSED:
		return cli_fail(CLI_NOTHING, _("the minutes of meeting %s are closed"), c->argv[0]);
	case DECIDE_CANCELLED:
		return cli_fail(CLI_NOTHING, _("meeting %s was cancelled"), c->argv[0]);
	case DECIDE_EARLY:
		return cli_fail(CLI_NOTHING, _("meeting %s has not begun; only postponed can be said before"),
				c->argv[0]);
	}
	return 0;
}

int meeting_decide_run(struct cli *c)
{
	struct store *s;
	struct actor by;
	struct err e = {0};
	struct verdict_new v = {.note = cli_opt(c, "note")};
	enum decide_result result = DECIDE_DONE;
	int64_t id, number;
	char name[INTENT_SHORT_MAX], until[32];
	const char *options[POLL_OPTIONS_MAX + 1];
	int found = verdict_find(c->argv[2]);
	int r = cli_integer(c, c->argv[1], "CASE", 1, &number);
	if (r)
		return r;
	if (found == VERDICT_NONE)
		return cli_usage(c, _("%s is no decision; adopted assigned vote postponed declined are"),
				 c->argv[2]);
	v.verdict = (enum verdict)found;
	v.whether = _(": shall it be done as the meeting proposes?");
	if (verdict_info(v.verdict)->wants_reason && (!v.note || !*v.note))
		return cli_usage(c, "%s", _("--note REASON is wanted: who raised it is told"));
	if (cli_opt(c, "until") && (r = read_until(c, cli_opt(c, "until"), &v.until_utc)))
		return r;
	if ((r = read_vote(c, &v.poll, options)) || (r = meeting_open(c, &s, &id, NULL, NULL)) ||
	    (r = find_who(c, s, &v, name, sizeof name)))
		return r;
	if ((r = store_begin(s)))
		return cli_store_failed(c, r);
	changes_actor(&by);
	if ((r = meeting_agenda_build(s, id)) >= 0)
		r = meeting_decide(s, id, (int)number, &v, &by, cli_now(c), &result, &e);
	if (r == -EINVAL)
		r = cli_fail(EX_DATAERR, "%s", e.text);
	if (!r)
		r = explain(c, result);
	r = changes_end(c, r);
	if (!r && c->out.mode == OUT_JSON)
		out_json(&c->out, json_pack("{sI sI ss so so so}", "meeting", (json_int_t)id, "case",
					    (json_int_t)number, "decision", verdict_info(v.verdict)->word,
					    "who", v.who ? out_string(v.who) : json_null(), "person",
					    v.person ? json_integer(v.person) : json_null(), "until",
					    v.until_utc ? json_string(rfc3339_format(v.until_utc, until))
							: json_null()));
	else if (!r)
		printf(_("case %lld: %s. Those concerned are told when the minutes are closed.\n"),
		       (long long)number, gettext(verdict_info(v.verdict)->word));
	return r;
}
