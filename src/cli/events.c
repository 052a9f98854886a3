/* `yishi events`: the stream of everything that happened. */
#include "cli/nouns.h"

#include "store/event.h"
#include "store/store.h"

#include <limits.h>
#include <string.h>
#include <time.h>

#define FOLLOW_EVERY_MS 500

static const struct out_column columns[] = {
    {"id", N_("ID"), OUT_INT, 0},       {"time", N_("time"), OUT_TIME, 0}, {"kind", N_("kind"), OUT_TEXT, 0},
    {"actor", N_("who"), OUT_TEXT, 24}, {"body", N_("what"), OUT_RAW, 0},  {0},
};

static const struct cli_option options[] = {
    {"since", N_("N"), N_("events after number N"), false},
    {"follow", NULL, N_("go on and print what happens from now on"), false},
    {"kind", N_("KIND"), N_("only this kind, such as message.received, or case"), false},
    {"limit", N_("N"), N_("at most N events; 0 = all (the last 50 on a terminal without --since)"), false},
    {0},
};

struct walk {
	struct cli *c;
	const char *kind;
	int64_t last;
};

static bool wanted(const struct walk *w, const char *kind)
{
	size_t n = w->kind ? strlen(w->kind) : 0;
	return !n || (!strncmp(kind, w->kind, n) && (kind[n] == 0 || kind[n] == '.'));
}

static int print_event(void *ctx, const struct event_row *e)
{
	struct walk *w = ctx;
	w->last = e->id;
	if (!wanted(w, e->kind))
		return 0;
	json_t *body = json_loads(e->body, 0, NULL);
	out_row(&w->c->out, json_pack("{sI sI so so so}", "id", (json_int_t)e->id, "time", (json_int_t)e->utc,
				      "kind", out_string(e->kind), "actor", out_string(e->actor), "body",
				      body ? body : json_object()));
	return 0;
}

static int follow(struct walk *w, struct store *s)
{
	int r = 0;
	w->c->out.headless = true;
	while (!r && !ferror(w->c->out.file)) {
		struct timespec t = {0, FOLLOW_EVERY_MS * 1000000L};
		nanosleep(&t, NULL);
		if (w->c->out.mode == OUT_TABLE)
			out_begin(&w->c->out, columns);
		r = event_list(s, w->last, 0, print_event, w);
		out_end(&w->c->out);
		fflush(w->c->out.file);
	}
	return r < 0 ? cli_store_failed(w->c, r) : EX_OK;
}

static int run(struct cli *c)
{
	struct store *s;
	struct walk w = {.c = c, .kind = cli_opt(c, "kind")};
	int64_t limit = 0, last = 0;
	const char *since = cli_opt(c, "since"), *limited = cli_opt(c, "limit");
	bool tail = !since && (limited || (c->out.terminal && c->out.mode == OUT_TABLE));
	int r = since ? cli_integer(c, since, "--since", 0, &w.last) : 0;
	if (!r && limited)
		r = cli_integer(c, limited, "--limit", 0, &limit);
	if (r || (r = cli_store(c, &s)))
		return r;
	if (tail && !limited)
		limit = 50;
	if (tail && limit && !(r = event_last_id(s, &last)))
		w.last = last > limit ? last - limit : 0;
	out_begin(&c->out, columns);
	if (!r)
		r = event_list(s, w.last, since && limit < LONG_MAX ? (long)limit : 0, print_event, &w);
	out_end(&c->out);
	fflush(c->out.file);
	if (r < 0)
		return cli_store_failed(c, r);
	return cli_opt(c, "follow") ? follow(&w, s) : EX_OK;
}

const struct cli_verb cli_events[] = {
    {.name = "",
     .run = run,
     .what = N_("everything that happened, as it happens"),
     .common = CLI_FORMATS,
     .options = options,
     .roles = CLI_INSTALLER | CLI_HELPER,
     .example = "yishi events --follow\nyishi events --since 120 --json | grep case.opened"},
    {0},
};
