/* `yishi hook`: the programs that run at events. */
#include "cli/changes.h"
#include "cli/nouns.h"

#include "base/mem.h"
#include "base/runner.h"
#include "store/hook.h"
#include "store/store.h"

#include <string.h>

#define LOOK_BACK 20000 /* events among which `test` looks for one of the kind */

static const struct out_column columns[] = {
    {"kind", N_("event"), OUT_TEXT, 0},
    {"program", N_("program"), OUT_TEXT, 40},
    {"state", N_("state"), OUT_WORD, 0}, /* idle running waiting new */
    {"done", N_("done"), OUT_INT, 0},
    {"failed", N_("failed"), OUT_INT, 0},
    {"event", N_("at event"), OUT_INT, 0},
    {"tries", N_("tries"), OUT_INT, 0},
    {"next", N_("again at"), OUT_TIME, 0},
    {"reason", N_("why"), OUT_TEXT, 60},
    {0},
};

struct listing {
	struct cli *c;
	const struct config_hook *hook;
	bool found;
};

static int print_hook(void *ctx, const struct hook_row *h)
{
	struct listing *l = ctx;
	if (strcmp(h->kind, l->hook->kind) != 0 || strcmp(h->program, l->hook->program) != 0)
		return 0;
	l->found = true;
	const char *state = !h->event ? N_("idle") : h->next_utc ? N_("waiting") : N_("running");
	out_row(&l->c->out,
		json_pack("{so so ss sI sI so so so so}", "kind", out_string(h->kind), "program",
			  out_string(h->program), "state", state, "done", (json_int_t)h->done, "failed",
			  (json_int_t)h->failed, "event", h->event ? json_integer(h->event) : json_null(),
			  "tries", h->tries ? json_integer(h->tries) : json_null(), "next",
			  out_time(h->next_utc), "reason", out_string(h->reason)));
	return 0;
}

static int run_list(struct cli *c)
{
	const struct config *cfg;
	struct store *s;
	int r = cli_config(c, &cfg);
	if (r || (r = cli_store(c, &s)))
		return r;
	out_begin(&c->out, columns);
	for (int i = 0; i < cfg->hook_count && r >= 0; i++) {
		struct listing l = {.c = c, .hook = &cfg->hooks[i]};
		r = hook_each(s, print_hook, &l);
		if (r >= 0 && !l.found)
			out_row(&c->out, json_pack("{so so ss si si}", "kind", out_string(l.hook->kind),
						   "program", out_string(l.hook->program), "state", N_("new"),
						   "done", 0, "failed", 0));
	}
	out_end(&c->out);
	return r < 0 ? cli_store_failed(c, r) : EX_OK;
}

static const struct out_column failure_columns[] = {
    {"event", N_("event"), OUT_INT, 0},   {"time", N_("time"), OUT_TIME, 0},
    {"kind", N_("kind"), OUT_TEXT, 0},    {"program", N_("program"), OUT_TEXT, 40},
    {"tries", N_("tries"), OUT_INT, 0},   {"again", N_("tried again"), OUT_BOOL, 0},
    {"reason", N_("why"), OUT_TEXT, 100}, {0},
};

static int print_failure(void *ctx, const struct hook_failure *f)
{
	struct cli *c = ctx;
	out_row(&c->out,
		json_pack("{sI so so so si sb so}", "event", (json_int_t)f->event, "time", out_time(f->utc),
			  "kind", out_string(f->kind), "program", out_string(f->program), "tries", f->tries,
			  "again", f->again, "reason", out_string(f->reason)));
	return 0;
}

static int run_failures(struct cli *c)
{
	struct store *s;
	int r = cli_list_begin(c, failure_columns, &s);
	return r ? r : cli_list_end(c, hook_failure_each(s, print_failure, c));
}

static int change(struct cli *c, int (*act)(struct store *s, int64_t event, int *ret), int *ret_count)
{
	struct store *s;
	int64_t event = 0;
	int r = c->argc ? cli_id(c, 0, &event) : 0;
	if (!c->argc && !cli_opt(c, "all"))
		return cli_usage(c, "%s", _("name an event, or say --all"));
	if (r || (r = changes_begin(c, &s)))
		return r;
	r = act(s, event, ret_count);
	if (!r && !*ret_count)
		r = event ? cli_fail(CLI_NOTHING,
				     _("no hook failed event %lld; `yishi hook failures` lists them"),
				     (long long)event)
			  : cli_fail(CLI_NOTHING, "%s", _("no hook failed; there is nothing to do"));
	return changes_end(c, r);
}

static int run_retry(struct cli *c)
{
	int count = 0, r = change(c, hook_again, &count);
	if (!r)
		printf(_("failed events that are tried again: %d\n"), count);
	return r;
}

static int run_clear(struct cli *c)
{
	int count = 0, r = change(c, hook_clear, &count);
	if (!r)
		printf(_("failed events that are seen to: %d\n"), count);
	return r;
}

/* ------------------------------------------------------------------------------------------------ test */

struct sample {
	const char *kind;
	char *text;
};

static int take_sample(void *ctx, const struct event_row *e)
{
	struct sample *s = ctx;
	if (strcmp(e->kind, s->kind) != 0)
		return 0;
	free(s->text);
	json_t *j = event_json(e);
	s->text = json_dumps(j, JSON_COMPACT);
	json_decref(j);
	return 0;
}

static int find_sample(struct cli *c, struct store *s, struct sample *x)
{
	int64_t event = 0, last = 0;
	const char *given = cli_opt(c, "event");
	int r = given ? cli_integer(c, given, "--event", 1, &event) : 0;
	if (r)
		return r;
	if ((r = event_last_id(s, &last)))
		return cli_store_failed(c, r);
	r = given ? event_list(s, event - 1, 1, take_sample, x)
		  : event_list(s, last > LOOK_BACK ? last - LOOK_BACK : 0, 0, take_sample, x);
	if (r < 0)
		return cli_store_failed(c, r);
	if (!x->text && given)
		return cli_fail(CLI_NOTHING,
				_("event %s is none of kind %s; `yishi events --kind %s` lists them"), given,
				x->kind, x->kind);
	return x->text ? 0
		       : cli_fail(CLI_NOTHING,
				  _("nothing of kind %s has happened lately, so there is nothing to test with"),
				  x->kind);
}

struct trial {
	struct cli *c;
	int status;
};

static void on_done(void *user, const struct runner_result *r)
{
	struct trial *t = user;
	char why[300];
	for (const char *p = r->output; *p;) {
		size_t n = strcspn(p, "\n");
		cleanup_free char *line = mem_printf("%.*s", (int)n, p);
		out_text(&t->c->out, line);
		fputc('\n', t->c->out.file);
		p += n + (p[n] == '\n');
	}
	switch (r->verdict) {
	case RUNNER_DONE:
		return;
	case RUNNER_AGAIN:
		t->status = cli_fail(EX_TEMPFAIL, _("%s; yishid would try it again later"),
				     runner_words(r, why, sizeof why));
		return;
	case RUNNER_FAILED:
		t->status = cli_fail(CLI_NOTHING, _("%s; yishid would count the event as failed"),
				     runner_words(r, why, sizeof why));
	}
}

static int try_program(struct cli *c, const struct config *cfg, const char *program, const char *input)
{
	uv_loop_t loop;
	struct runner *runner;
	struct trial t = {.c = c};
	char **env = runner_environment(cfg->language == LANG_ZH ? "zh_CN.UTF-8" : "en_US.UTF-8", cfg->timezone,
					cfg->path);
	cli_note("%s", program);
	uv_loop_init(&loop);
	int r = runner_start(&loop, program, env, input, cfg->hook_limit_ms, on_done, &t, &runner);
	uv_run(&loop, UV_RUN_DEFAULT);
	uv_loop_close(&loop);
	runner_environment_free(env);
	return r ? cli_fail(EX_UNAVAILABLE, _("%s cannot be started: %s"), program, err_system(-r)) : t.status;
}

static int run_test(struct cli *c)
{
	const struct config *cfg;
	struct store *s;
	struct sample x = {.kind = c->argv[0]};
	bool any = false;
	int r = cli_config(c, &cfg);
	if (r || (r = cli_store(c, &s)))
		return r;
	if (event_kind_find(x.kind) < 0)
		return cli_fail(EX_USAGE, _("%s is no kind of event; `yishi help events` lists them"), x.kind);
	for (int i = 0; i < cfg->hook_count; i++)
		any |= !strcmp(cfg->hooks[i].kind, x.kind);
	if (!any)
		return cli_fail(CLI_NOTHING, _("%s: [hooks] has no program for %s; add a line %s = /path"),
				cfg->path, x.kind, x.kind);
	if ((r = find_sample(c, s, &x)))
		return r;
	for (int i = 0; i < cfg->hook_count; i++)
		if (!strcmp(cfg->hooks[i].kind, x.kind)) {
			int status = try_program(c, cfg, cfg->hooks[i].program, x.text);
			r = r ? r : status;
		}
	free(x.text);
	return r;
}

static const struct cli_option all_option[] = {{"all", NULL, N_("all failed events"), false}, {0}};
static const struct cli_option test_options[] = {
    {"event", N_("N"), N_("event number N instead of the youngest of that kind"), false}, {0}};

const struct cli_verb cli_hook[] = {
    {.name = "list",
     .run = run_list,
     .what = N_("the programs, and how far each has come"),
     .common = CLI_FORMATS,
     .roles = CLI_HELPER | CLI_INSTALLER,
     .example = "yishi hook list",
     .more = N_("Programs are named in section [hooks] of the configuration: case.opened = /path. Each gets "
		"every event of its kind as JSON on standard input, at least once and in their order. It ends "
		"with status 0 when all is done, with 75 to be run again later; any other status means that it "
		"failed for good.")},
    {.name = "failures",
     .run = run_failures,
     .what = N_("events that a program failed, and why"),
     .common = CLI_FORMATS,
     .roles = CLI_HELPER | CLI_INSTALLER,
     .example = "yishi hook failures"},
    {.name = "retry",
     .run = run_retry,
     .what = N_("give failed events to their programs once more"),
     .args = "[EVENT]",
     .max_args = 1,
     .options = all_option,
     .roles = CLI_HELPER,
     .example = "yishi hook retry 120\nyishi hook retry --all"},
    {.name = "clear",
     .run = run_clear,
     .what = N_("strike failed events off the list"),
     .args = "[EVENT]",
     .max_args = 1,
     .options = all_option,
     .roles = CLI_HELPER,
     .example = "yishi hook clear --all"},
    {.name = "test",
     .run = run_test,
     .what = N_("run the programs of a kind by hand, as yishid would"),
     .args = "KIND",
     .min_args = 1,
     .max_args = 1,
     .options = test_options,
     .roles = CLI_HELPER,
     .example = "yishi hook test case.opened",
     .more =
	 N_("The programs get the youngest event of that kind, with the environment and the time limit that "
	    "yishid gives them. What they print is shown; nothing is remembered.")},
    {0},
};
