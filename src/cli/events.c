/* `yishi events`: the stream of everything that happened. */
#include "cli/nouns.h"

#include "base/mem.h"
#include "base/text.h"
#include "store/event.h"
#include "store/store.h"

#include <libgen.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#define LOOK_FIRST_MS  20
#define LOOK_LAST_MS   20000
#define LOOK_ALWAYS_MS 1000 /* where files cannot be watched */

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

static bool any_wanted(const struct walk *w)
{
	for (int i = 0; i < EVENT_KIND_COUNT; i++)
		if (wanted(w, event_kinds[i].name))
			return true;
	return false;
}

static int print_event(void *ctx, const struct event_row *e)
{
	struct walk *w = ctx;
	struct out *o = &w->c->out;
	w->last = e->id;
	if (!wanted(w, e->kind))
		return 0;
	if (o->mode == OUT_JSON) {
		out_json(o, event_json(e));
		return 0;
	}
	json_t *body = json_loads(e->body, 0, NULL);
	out_row(o, json_pack("{sI sI so so so}", "id", (json_int_t)e->id, "time", (json_int_t)e->utc, "kind",
			     out_string(e->kind), "actor", out_string(e->actor), "body",
			     body ? body : json_object()));
	return 0;
}

/* ------------------------------------------------------------------------------------------------ follow */

/* Tells when somebody writes to the database: its files are watched, so nothing is asked while nothing happens, and
 * whether a daemon runs does not matter. −1: cannot be had here. */
static int watch_files(struct store *s, char *name, size_t size)
{
	cleanup_free char *a = mem_dup(store_path(s)), *b = mem_dup(store_path(s));
	int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	text_copy(name, size, basename(b));
	if (fd >= 0 && inotify_add_watch(fd, dirname(a), IN_MODIFY | IN_CREATE | IN_MOVED_TO) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Empties the descriptor; was one of the database's files among it? */
static bool written(int fd, const char *name)
{
	char bytes[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	bool any = false;
	ssize_t n;
	while ((n = read(fd, bytes, sizeof bytes)) > 0)
		for (char *p = bytes; p < bytes + n;) {
			const struct inotify_event *e = (const void *)p;
			any |= e->mask & IN_Q_OVERFLOW || (e->len && !strncmp(e->name, name, strlen(name)));
			p += sizeof *e + e->len;
		}
	return any;
}

static int print_news(struct walk *w, struct store *s)
{
	if (w->c->out.mode == OUT_TABLE)
		out_begin(&w->c->out, columns);
	int r = event_list(s, w->last, 0, print_event, w);
	out_end(&w->c->out);
	fflush(w->c->out.file);
	return r;
}

/* The file is written before the commit can be seen, on a slow disk long before: so it is looked again and again, with
 * growing pauses, and then not any more. */
static int follow(struct walk *w, struct store *s, int fd, const char *name)
{
	int wait = LOOK_FIRST_MS, r = 0;
	w->c->out.headless = true;
	while (r >= 0 && !ferror(w->c->out.file)) {
		struct pollfd p[] = {{.fd = STDOUT_FILENO}, {.fd = fd, .events = POLLIN}};
		int64_t before = w->last;
		int n = poll(p, 2, fd < 0 ? LOOK_ALWAYS_MS : wait > LOOK_LAST_MS ? -1 : wait);
		if (p[0].revents & (POLLERR | POLLHUP | POLLNVAL))
			return EX_OK; /* nobody reads any more */
		if (n > 0 && !written(fd, name))
			continue;
		if (n > 0) /* what comes together is looked at together */
			poll(NULL, 0, LOOK_FIRST_MS);
		wait = n > 0 ? LOOK_FIRST_MS : 2 * wait;
		r = print_news(w, s);
		if (w->last != before)
			wait = LOOK_FIRST_MS;
	}
	return r < 0 ? cli_store_failed(w->c, r) : EX_OK;
}

static int run(struct cli *c)
{
	struct store *s;
	struct walk w = {.c = c, .kind = cli_opt(c, "kind")};
	int64_t limit = 0, last = 0;
	char name[256] = "";
	int fd = -1;
	const char *since = cli_opt(c, "since"), *limited = cli_opt(c, "limit");
	bool tail = !since && (limited || (c->out.terminal && c->out.mode == OUT_TABLE));
	int r = since ? cli_integer(c, since, "--since", 0, &w.last) : 0;
	if (!r && limited)
		r = cli_integer(c, limited, "--limit", 0, &limit);
	if (!r && !any_wanted(&w))
		r = cli_usage(c, _("%s is no kind of event; `yishi help events` lists them"), w.kind);
	if (r || (r = cli_store(c, &s)))
		return r;
	if (cli_opt(c, "follow"))
		fd = watch_files(s, name, sizeof name);
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
	if (!cli_opt(c, "follow"))
		return EX_OK;
	r = follow(&w, s, fd, name);
	if (fd >= 0)
		close(fd);
	return r;
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
