/* `yishi template`: texts that are sent again and again. */
#include "cli/audience.h"
#include "cli/changes.h"
#include "cli/nouns.h"
#include "cli/texts.h"

#include "base/mem.h"
#include "store/saved_text.h"
#include "store/store.h"

#include <errno.h>
#include <string.h>

#define NAME_MAX_BYTES 64

static const struct out_column columns[] = {
    {"name", N_("name"), OUT_TEXT, 20},   {"text", N_("text"), OUT_TEXT, 60},
    {"audience", N_("to"), OUT_TEXT, 30}, {"changed", N_("changed"), OUT_TIME, 0},
    {"changed_by", NULL, OUT_TEXT, 0},    {0},
};
static const struct out_column shown[] = {
    {"name", N_("name"), OUT_TEXT, 0},     {"text", N_("text"), OUT_TEXT, 0},
    {"audience", N_("to"), OUT_TEXT, 0},   {"changed", N_("changed"), OUT_TIME, 0},
    {"changed_by", N_("by"), OUT_TEXT, 0}, {0},
};

static const struct cli_option set_options[] = {
    {"text", N_("TEXT"),
     N_("what is sent, with {name}, {building}, {unit}, {room}, {grid} and words of your own such as {date}"),
     false},
    {"text-file", N_("FILE"), N_("take the text from a file; - is standard input"), false},
    AUDIENCE_OPTION,
    {0},
};

static json_t *row_json(const struct saved_text *t)
{
	return json_pack("{so so so sI so}", "name", out_string(t->name), "text", out_string(t->text),
			 "audience", *t->audience ? out_string(t->audience) : json_null(), "changed",
			 (json_int_t)t->changed_utc, "changed_by", out_string(t->changed_by));
}

static int print_row(void *ctx, const struct saved_text *t)
{
	struct cli *c = ctx;
	if (t->changed_utc < c->since_utc)
		return 0;
	if (!cli_list_more(c))
		return 1;
	out_row(&c->out, row_json(t));
	return 0;
}

static int run_list(struct cli *c)
{
	struct store *s;
	int r = cli_list_begin(c, columns, &s);
	return r ? r : cli_list_end(c, saved_text_list(s, NULL, print_row, c));
}

static int print_record(void *ctx, const struct saved_text *t)
{
	struct cli *c = ctx;
	out_record(&c->out, shown, row_json(t));
	return 1;
}

static int missing(const struct cli *c)
{
	return cli_fail(CLI_NOTHING, _("there is no saved text %s; `yishi template list` shows them"),
			c->argv[0]);
}

static int run_show(struct cli *c)
{
	struct store *s;
	int r = cli_store(c, &s);
	if (r)
		return r;
	r = saved_text_list(s, c->argv[0], print_record, c);
	return r < 0 ? cli_store_failed(c, r) : r ? EX_OK : missing(c);
}

/* Its braces are closed; what its own words stand for is said when it is sent. */
static int check(const char *text)
{
	for (const char *p = strchr(text, '{'); p; p = strchr(p, '{')) {
		if (p[1] == '{') {
			p += 2;
			continue;
		}
		size_t n = strcspn(p + 1, "{}\n");
		if (p[1 + n] != '}' || !n)
			return cli_fail(EX_DATAERR, "%s",
					_("a brace { is not closed; for a brace itself write {{"));
		p += n + 2;
	}
	return 0;
}

/* Whom it goes to is looked at now, so that a slip is not found when it is urgent. */
static int check_audience(struct cli *c, char **ret)
{
	struct audience_arg a = {0};
	struct broadcast_audience who;
	if (!cli_opt(c, "to"))
		return 0;
	int r = audience_read(c, NULL, &a);
	if (!r)
		r = audience_count(c, &a, &who);
	if (!r) {
		*ret = a.written;
		a.written = NULL;
	}
	audience_done(&a);
	return r;
}

static int run_set(struct cli *c)
{
	struct store *s;
	struct actor by;
	cleanup_free char *text = NULL, *audience = NULL;
	const char *name = c->argv[0];
	if (!*name || strlen(name) >= NAME_MAX_BYTES)
		return cli_usage(c, "%s", _("a saved text has a short name, such as 停水"));
	int r = texts_given(c, &text);
	if (!r)
		r = check(text);
	if (!r)
		r = check_audience(c, &audience);
	if (r || (r = changes_begin(c, &s)))
		return r;
	changes_actor(&by);
	r = saved_text_set(s, name, text, audience ? audience : "", &by, cli_now(c));
	return changes_end(c, r);
}

static int run_remove(struct cli *c)
{
	struct store *s;
	int r = changes_begin(c, &s);
	if (r)
		return r;
	r = saved_text_remove(s, c->argv[0]);
	return changes_end(c, r == -ENOENT ? missing(c) : r);
}

const struct cli_verb cli_template[] = {
    {.name = "list",
     .run = run_list,
     .what = N_("the saved texts"),
     .common = CLI_LIST,
     .roles = CLI_SECRETARY,
     .example = "yishi template list"},
    {.name = "show",
     .run = run_show,
     .what = N_("one saved text"),
     .args = "NAME",
     .min_args = 1,
     .max_args = 1,
     .common = CLI_FORMATS,
     .roles = CLI_SECRETARY,
     .example = "yishi template show 停水"},
    {.name = "set",
     .run = run_set,
     .what = N_("save a text, or change one"),
     .args = "NAME",
     .min_args = 1,
     .max_args = 1,
     .options = set_options,
     .roles = CLI_SECRETARY,
     .more = N_("{name|邻居} is the recipient's name, or 邻居 for somebody whose name is not known; {姓名} "
		"{楼栋} {单元} "
		"{房号} {网格} mean the same as the English words. Other words in braces are given when it is "
		"sent: --with "
		"date=周五. A brace itself is {{."),
     .example =
	 "yishi template set 停水 --text '{name|邻居}，{building}栋{date}停水，请提前蓄水' --to grid:KS-03\n"
	 "yishi broadcast new --template 停水 --with date=周五 --yes"},
    {.name = "remove",
     .run = run_remove,
     .what = N_("forget a saved text"),
     .args = "NAME",
     .min_args = 1,
     .max_args = 1,
     .roles = CLI_SECRETARY,
     .example = "yishi template remove 停水"},
    {0},
};
