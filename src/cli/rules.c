#include "rules/rules.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/paths.h"
#include "base/text.h"
#include "cli/nouns.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

static int load(struct cli *c, struct rules **ret)
{
	char dir[PATH_MAX], line[640];
	struct err e = {0};
	if (paths_data(dir, sizeof dir) < 0)
		return cli_fail(EX_NOINPUT, _("the data folder with rules/ was not found; set YISHI_DATA"));
	struct buf extra = {0};
	for (int i = 0; cli_opt_at(c, "file", i); i++)
		buf_addf(&extra, "%s ", cli_opt_at(c, "file", i));
	int r = rules_load(dir, buf_str(&extra), ret, &e);
	buf_done(&extra);
	if (r < 0)
		return cli_fail(r == -ENOENT ? EX_NOINPUT : EX_DATAERR, "%s", err_line(&e, line, sizeof line));
	return EX_OK;
}

static json_t *text_value(const char *s)
{
	json_t *v = json_string(s);
	return v ? v : out_string(s); /* no UTF-8 */
}

static void add_text(json_t *args, const struct intent *in, unsigned arg, const char *key, const char *value)
{
	if (in->has & arg)
		json_object_set_new(args, key, text_value(value));
}

static void add_number(json_t *args, const struct intent *in, unsigned arg, const char *key, int value)
{
	if (in->has & arg)
		json_object_set_new(args, key, json_integer(value));
}

static json_t *args_json(const struct intent *in)
{
	json_t *a = json_object();
	add_number(a, in, ARG_PEOPLE, "people", in->people);
	add_number(a, in, ARG_NUMBER, "number", in->number);
	add_number(a, in, ARG_OPTION, "option", in->option);
	add_number(a, in, ARG_DAYS, "days", in->days);
	add_text(a, in, ARG_RATING, "rating", rating_name(in->rating));
	add_text(a, in, ARG_SCOPE, "scope", scope_name(in->scope));
	if (in->has & ARG_VALID)
		json_object_set_new(a, "valid", json_boolean(in->valid));
	add_text(a, in, ARG_CATEGORY, "category", category_name(in->category));
	add_text(a, in, ARG_PLACE, "place", in->place);
	add_text(a, in, ARG_BUILDING, "building", in->building);
	add_text(a, in, ARG_UNIT, "unit", in->unit);
	add_text(a, in, ARG_ROOM, "room", in->room);
	add_text(a, in, ARG_NAME, "name", in->name);
	add_text(a, in, ARG_TOPIC, "topic", in->topic);
	add_text(a, in, ARG_CODE, "code", in->code);
	add_text(a, in, ARG_FOR, "for", in->for_number);
	add_text(a, in, ARG_TO, "to", in->to);
	add_text(a, in, ARG_TEXT, "text", in->text);
	if (in->has & ARG_ANONYMOUS)
		json_object_set_new(a, "anonymous", json_boolean(in->anonymous));
	return a;
}

static void explain_one(struct cli *c, const struct rules *r, const struct rules_context *ctx, const char *text)
{
	struct intents found;
	cleanup_free char *normal = rules_normalize(r, text);
	rules_read(r, text, ctx, &found);
	json_t *list = json_array();
	for (int i = 0; i < found.count; i++)
		json_array_append_new(list, json_pack("{s:s,s:s,s:o}", "intent", intent_name(found.list[i].kind), "rule",
		                                      found.list[i].rule, "args", args_json(&found.list[i])));
	out_json(&c->out, json_pack("{s:o,s:s,s:o}", "text", text_value(text), "normalized", normal, "intents", list));
}

static int context(struct cli *c, struct rules_context *ctx)
{
	const char *asked = cli_opt(c, "asked");
	*ctx = (struct rules_context){0};
	if (asked) {
		int a = strcmp(asked, "none") == 0 ? ASKED_NONE : asked_find(asked);
		if (a < 0)
			return cli_usage(c, _("there is no question '%s'"), asked);
		ctx->asked = (enum asked)a;
	}
	for (int i = 0; cli_opt_at(c, "role", i); i++) {
		int role = role_find(cli_opt_at(c, "role", i));
		if (role < 0)
			return cli_usage(c, _("there is no role '%s'"), cli_opt_at(c, "role", i));
		ctx->roles |= 1u << role;
	}
	ctx->machine = cli_opt(c, "machine") != NULL;
	return EX_OK;
}

static void explain_lines(struct cli *c, const struct rules *r, const struct rules_context *ctx)
{
	cleanup_free char *line = NULL;
	size_t cap = 0;
	ssize_t n;
	while ((n = getline(&line, &cap, stdin)) >= 0) {
		if (n > 0 && line[n - 1] == '\n')
			line[--n] = 0;
		if (n > 0 && line[n - 1] == '\r')
			line[--n] = 0;
		explain_one(c, r, ctx, line);
		fflush(stdout);
	}
}

static int explain(struct cli *c)
{
	struct rules_context ctx;
	struct rules *r;
	int status = context(c, &ctx);
	if (status == EX_OK)
		status = load(c, &r);
	if (status != EX_OK)
		return status;
	if (strcmp(c->argv[0], "-") == 0 && c->argc == 1) {
		explain_lines(c, r, &ctx);
	} else {
		struct buf text = {0};
		for (int i = 0; i < c->argc; i++)
			buf_addf(&text, "%s%s", i ? " " : "", c->argv[i]);
		explain_one(c, r, &ctx, buf_str(&text));
		buf_done(&text);
	}
	rules_free(r);
	return EX_OK;
}

static const struct cli_option explain_options[] = {
    {"asked", N_("QUESTION"), N_("the open question: invitation poll rating code text checkin verify"), false},
    {"role", N_("ROLE"), N_("a role of the sender (resident)"), true},
    {"machine", NULL, N_("the sender is a machine"), false},
    {"file", N_("FILE"), N_("a further rule or word file"), true},
    {0},
};

const struct cli_verb cli_rules[] = {
    {"explain", explain, N_("show what is read out of a text, and by which rule"), "TEXT | -", 1, -1, 0, explain_options,
     CLI_SECRETARY | CLI_HELPER, "yishi rules explain --role volunteer '8 12'",
     N_("With - it reads one text a line and prints one JSON line for each.")},
    {0},
};
