#include "rules/rules.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/paths.h"
#include "base/text.h"
#include "civic/points.h"
#include "civic/route.h"
#include "cli/nouns.h"
#include "rules/operator_text.h"
#include "rules/replies.h"
#include "sms/compose.h"

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
	add_number(a, in, ARG_OTHER, "other", in->other);
	add_text(a, in, ARG_RATING, "rating", rating_name(in->rating));
	add_text(a, in, ARG_SCOPE, "scope", scope_name(in->scope));
	if (in->has & ARG_VALID)
		json_object_set_new(a, "valid", json_boolean(in->valid));
	if (in->has & ARG_ALARM)
		json_object_set_new(a, "alarm", json_boolean(in->alarm));
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
		json_array_append_new(list,
				      json_pack("{s:s,s:s,s:o}", "intent", intent_name(found.list[i].kind),
						"rule", found.list[i].rule, "args", args_json(&found.list[i])));
	out_json(&c->out,
		 json_pack("{s:o,s:s,s:o}", "text", text_value(text), "normalized", normal, "intents", list));
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

struct tally {
	int wrong;
};

static void report_wrong(void *arg, const char *file, int line, const char *text)
{
	struct tally *t = arg;
	t->wrong++;
	fprintf(stderr, "%s:%d: %s\n", file, line, text);
}

static void report_operator(void *arg, int line, const char *text)
{
	report_wrong(arg, "operator.patterns", line, text);
}

/* What usually stands in a placeholder, for counting segments; any other counts as a number. */
static const struct {
	const char *name, *zh, *en;
} typical[] = {
    {"building", "12", "12"},
    {"unit", "2", "2"},
    {"room", "501", "501"},
    {"category", "下水道", "lighting"},
    {"place", "楼道口", "stairwell"},
    {"people", "3", "3"},
    {"code", "4827", "4827"},
    {"when", "11月27日周五15:00", "Fri 27 Nov 15:00"},
    {"date", "11月27日", "27 Nov"},
    {"text", "在小广场装几个健身", "a bench at the gate"},
    {"what", "在小广场装几个健身", "a bench at the gate"},
    {"name", "张三", "Zhang San"},
    {"site", "矿山社区", "Kuangshan"},
    {"items", "", ""},
    {"line", "front", "front"},
    {"detail", "", ""},
    {"since", "", ""},
    {"until", "11月27日15:00", "27/11 15:00"},
    {"remedy", "请检查USB线和供电。", "Check USB cable and power."},
    {"note", "已换灯泡", "bulb replaced"},
    {"state", "办理中", "in progress"},
    {"question", "3栋加装电梯同意吗", "A lift for building 3"},
    {"options", "1赞成 2反对 3弃权", "1 For 2 Against 3 Abstain"},
    {"option", "2", "2"},
    {"phone", "8001", "8001"},
};

static const char *typical_value(const char *name, size_t n, enum language lang)
{
	for (size_t i = 0; i < ARRAY_LEN(typical); i++)
		if (strlen(typical[i].name) == n && memcmp(typical[i].name, name, n) == 0)
			return lang == LANG_ZH ? typical[i].zh : typical[i].en;
	return "123";
}

static void fill_typical(const char *text, enum language lang, struct buf *out)
{
	for (const char *p = text; *p;) {
		size_t n = *p == '{' ? strcspn(p, "}") : 0;
		if (n && p[n]) {
			buf_adds(out, typical_value(p + 1, n - 1, lang));
			p += n + 1;
		} else if (strncmp(p, "[[", 2) == 0 || strncmp(p, "]]", 2) == 0) {
			p += 2;
		} else {
			buf_addc(out, *p++);
		}
	}
}

static int segments_of(const char *text, enum language lang)
{
	struct buf filled = {0};
	struct compose_options o = {0};
	enum sms_alphabet alphabet;
	fill_typical(text, lang, &filled);
	int n = compose_count(buf_str(&filled), &o, &alphabet);
	buf_done(&filled);
	return n;
}

static const struct out_column reply_columns[] = {
    {"key", N_("reply"), OUT_TEXT, 0},
    {"zh", N_("segments zh"), OUT_INT, 0},
    {"en", N_("segments en"), OUT_INT, 0},
    {0},
};

/* Replies that need more than one segment with typical values; --json lists them all. */
static void list_replies(struct cli *c, const struct replies *p)
{
	int single = 0, shown = 0, total = replies_count(p);
	for (int i = 0; i < total; i++) {
		int zh = segments_of(replies_text(p, i, LANG_ZH), LANG_ZH),
		    en = segments_of(replies_text(p, i, LANG_EN), LANG_EN);
		bool one = zh == 1 && en == 1;
		single += one;
		if (one && c->out.mode == OUT_TABLE)
			continue;
		if (!shown++)
			out_begin(&c->out, reply_columns);
		out_row(&c->out, json_pack("{s:s,s:i,s:i}", "key", replies_key(p, i), "zh", zh, "en", en));
	}
	if (shown)
		out_end(&c->out);
	if (c->out.mode == OUT_TABLE)
		printf(_("%d of %d replies fit into one segment in both languages\n"), single, total);
}

static int check_operators(struct cli *c, const char *dir, struct tally *t)
{
	char line[640];
	struct operator_texts *o;
	struct err e = {0};
	int samples;
	if (operator_texts_load(dir, &o, &e) < 0)
		return cli_fail(EX_DATAERR, "%s", err_line(&e, line, sizeof line));
	int bad = operator_texts_check(o, report_operator, t, &samples);
	if (c->out.mode == OUT_TABLE)
		printf(_("%d samples of operators' texts, %d wrong\n"), samples, bad);
	operator_texts_free(o);
	return 0;
}

static int check_routes(struct cli *c, const char *dir)
{
	char line[640];
	struct routes *r;
	struct err e = {0};
	if (routes_load(dir, &r, &e) < 0)
		return cli_fail(EX_DATAERR, "%s", err_line(&e, line, sizeof line));
	if (c->out.mode == OUT_TABLE)
		printf(_("%d routes of cases\n"), routes_count(r));
	routes_free(r);
	return 0;
}

static int check_points(struct cli *c, const char *dir)
{
	char line[640];
	struct point_rules p;
	struct err e = {0};
	if (point_rules_load(dir, &p, &e) < 0)
		return cli_fail(EX_DATAERR, "%s", err_line(&e, line, sizeof line));
	int given = 0;
	for (int i = 0; i < POINT_REASON_COUNT; i++)
		given += p.rows[i].points > 0;
	if (c->out.mode == OUT_TABLE)
		printf(_("%d reasons give points\n"), given);
	return 0;
}

static int check(struct cli *c)
{
	char dir[PATH_MAX], line[640];
	struct rules *r;
	struct replies *p;
	struct err e = {0};
	struct tally t = {0};
	int samples, status = load(c, &r);
	if (status != EX_OK)
		return status;
	rules_check(r, report_wrong, &t, &samples);
	if (c->out.mode == OUT_TABLE)
		printf(_("%d rules, %d samples, %d wrong\n"), rules_count(r), samples, t.wrong);
	rules_free(r);
	if (paths_data(dir, sizeof dir) < 0 || replies_load(dir, &p, &e) < 0)
		return cli_fail(EX_DATAERR, "%s", err_line(&e, line, sizeof line));
	list_replies(c, p);
	replies_free(p);
	if ((status = check_operators(c, dir, &t)) || (status = check_routes(c, dir)) ||
	    (status = check_points(c, dir)))
		return status;
	return t.wrong ? EX_DATAERR : EX_OK;
}

static const struct out_column rule_columns[] = {
    {"name", N_("rule"), OUT_TEXT, 0},        {"intent", N_("intent"), OUT_TEXT, 0},
    {"priority", N_("priority"), OUT_INT, 0}, {"patterns", N_("patterns"), OUT_INT, 0},
    {"samples", N_("samples"), OUT_INT, 0},   {"file", N_("file"), OUT_TEXT, 0},
    {"line", N_("line"), OUT_INT, 0},         {0},
};

static int list(struct cli *c)
{
	struct rules *r;
	int status = load(c, &r);
	if (status != EX_OK)
		return status;
	out_begin(&c->out, rule_columns);
	for (int i = 0; i < rules_count(r); i++) {
		struct rule_info info;
		rules_describe(r, i, &info);
		out_row(&c->out, json_pack("{s:s,s:s,s:i,s:i,s:i,s:s,s:i}", "name", info.name, "intent",
					   info.intent, "priority", info.priority, "patterns", info.patterns,
					   "samples", info.samples, "file", info.file, "line", info.line));
	}
	out_end(&c->out);
	rules_free(r);
	return EX_OK;
}

static const struct cli_option file_option[] = {
    {"file", N_("FILE"), N_("a further rule or word file"), true},
    {0},
};

static const struct cli_option explain_options[] = {
    {"asked", N_("QUESTION"), N_("the open question: invitation poll rating code text checkin verify"), false},
    {"role", N_("ROLE"), N_("a role of the sender (resident)"), true},
    {"machine", NULL, N_("the sender is a machine"), false},
    {"file", N_("FILE"), N_("a further rule or word file"), true},
    {0},
};

const struct cli_verb cli_rules[] = {
    {"check", check, N_("read every sample of the rule files, count the segments of every reply"), NULL, 0, 0,
     CLI_FORMATS, file_option, CLI_SECRETARY | CLI_HELPER, "yishi rules check",
     N_("Exit status 65 when a rule does not do what its sample lines say.")},
    {"explain", explain, N_("show what is read out of a text, and by which rule"), "TEXT | -", 1, -1,
     CLI_FORMATS, explain_options, CLI_SECRETARY | CLI_HELPER, "yishi rules explain --role volunteer '8 12'",
     N_("With - it reads one text a line and prints one JSON line for each.")},
    {"list", list, N_("all rules in the order in which they are tried"), NULL, 0, 0, CLI_FORMATS, file_option,
     CLI_SECRETARY | CLI_HELPER, "yishi rules list --json", NULL},
    {0},
};
