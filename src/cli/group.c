/* `yishi group`: people by name of what they have in common, so that a broadcast reaches them as group:NAME. */
#include "cli/audience.h"
#include "cli/changes.h"
#include "cli/nouns.h"

#include "base/mem.h"
#include "store/group.h"
#include "store/store.h"

#include <errno.h>

static const struct cli_option member_options[] = {AUDIENCE_OPTION, {0}};
static const struct cli_option remove_options[] = {
    AUDIENCE_OPTION,
    {"all", NULL, N_("everybody: the group is gone"), false},
    {0},
};

/* ---- looking */

static const struct out_column columns[] = {
    {"group", N_("group"), OUT_TEXT, 0},
    {"people", N_("people"), OUT_INT, 0},
    {"since", N_("since"), OUT_TIME, 0},
    {0},
};

static int print_group(void *ctx, const struct group *g)
{
	struct cli *c = ctx;
	if (g->since_utc < c->since_utc)
		return 0;
	if (!cli_list_more(c))
		return 1;
	out_row(&c->out, json_pack("{so sI sI}", "group", out_string(g->name), "people", (json_int_t)g->people,
				   "since", (json_int_t)g->since_utc));
	return 0;
}

static int run_list(struct cli *c)
{
	struct store *s;
	int r = cli_list_begin(c, columns, &s);
	return r ? r : cli_list_end(c, group_list(s, print_group, c));
}

static int read_name(struct cli *c)
{
	return group_name_valid(c->argv[0])
		   ? 0
		   : cli_usage(c, _("%s is no name for a group: up to 15 characters, no blanks or commas"),
			       c->argv[0]);
}

static int run_show(struct cli *c)
{
	struct store *s;
	struct broadcast_audience who;
	struct audience_arg a = {0};
	int r = read_name(c);
	if (r || (r = cli_store(c, &s)))
		return r;
	a.terms = mem_printf("group:%s", c->argv[0]);
	r = audience_count(c, &a, &who);
	audience_done(&a);
	return r ? (r == EX_DATAERR ? CLI_NOTHING : r) : audience_explain(c);
}

/* ---- joining and leaving */

enum change { JOIN, LEAVE, DROP };

static int apply(struct cli *c, enum change what, const struct audience_arg *a, int *ret, int *ret_strangers)
{
	struct broadcast_audience who;
	struct actor by;
	const char *name = c->argv[0];
	int64_t now = cli_now(c);
	changes_actor(&by);
	int r = what == DROP ? 0 : audience_count(c, a, &who);
	if (r)
		return r;
	if (what == JOIN)
		return group_join(c->store, name, &by, now, ret, ret_strangers);
	return what == LEAVE ? group_leave(c->store, name, &by, now, ret)
			     : group_drop(c->store, name, &by, now, ret);
}

static int change(struct cli *c, enum change what)
{
	struct store *s;
	struct audience_arg a = {0};
	int count = 0, strangers = 0;
	int r = read_name(c);
	if (!r && what != DROP)
		r = audience_read(c, NULL, &a);
	if (!r && !(r = changes_begin(c, &s))) {
		r = apply(c, what, &a, &count, &strangers);
		if (r == -ENOENT)
			r = cli_fail(CLI_NOTHING, _("there is no group %s; `yishi group list` shows them"),
				     c->argv[0]);
		r = changes_end(c, r);
	}
	audience_done(&a);
	if (r)
		return r;
	if (c->out.mode == OUT_JSON)
		out_json(&c->out, json_pack("{so si si}", "group", out_string(c->argv[0]),
					    what == JOIN ? "joined" : "left", count, "strangers", strangers));
	else
		printf(what == JOIN ? _("%d people joined %s\n") : _("%d people left %s\n"), count, c->argv[0]);
	if (strangers)
		cli_note(_("%d numbers are nobody's in the registry and cannot join: yishi person add"),
			 strangers);
	return EX_OK;
}

static int run_add(struct cli *c)
{
	return change(c, JOIN);
}

static int run_remove(struct cli *c)
{
	bool all = cli_opt(c, "all") != NULL;
	if (all && cli_opt(c, "to"))
		return cli_usage(c, "%s", _("--all and --to exclude each other"));
	if (all && !cli_confirm(c, _("Remove the whole group?")))
		return cli_fail(CLI_NOTHING, "%s", _("nothing was changed; --yes answers the question"));
	return change(c, all ? DROP : LEAVE);
}

const struct cli_verb cli_group[] = {
    {.name = "list",
     .run = run_list,
     .what = N_("the groups and how many are in them"),
     .common = CLI_LIST,
     .roles = CLI_SECRETARY,
     .example = "yishi group list"},
    {.name = "show",
     .run = run_show,
     .what = N_("who is in a group, and whether a broadcast would reach them"),
     .args = "NAME",
     .min_args = 1,
     .max_args = 1,
     .common = CLI_FORMATS,
     .roles = CLI_SECRETARY,
     .example = "yishi group show 合唱队"},
    {.name = "add",
     .run = run_add,
     .what = N_("put people into a group; a new name makes a new group"),
     .args = "NAME",
     .min_args = 1,
     .max_args = 1,
     .common = CLI_FORMATS,
     .options = member_options,
     .roles = CLI_SECRETARY,
     .example = "yishi group add 合唱队 --to 'person:12 number:13800138001'\n"
		"yishi group add 车主 --to file:车主.csv\n"
		"yishi broadcast new --to group:合唱队 --text '周六排练' --yes"},
    {.name = "remove",
     .run = run_remove,
     .what = N_("take people out of a group"),
     .args = "NAME",
     .min_args = 1,
     .max_args = 1,
     .common = CLI_FORMATS | CLI_YES,
     .options = remove_options,
     .roles = CLI_SECRETARY,
     .example = "yishi group remove 合唱队 --to person:12\nyishi group remove 车主 --all --yes"},
    {0},
};
