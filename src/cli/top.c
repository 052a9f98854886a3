/* `yishi top`: follows what happens. The kernel tells that the database's log was written to, the database whether anything
 * was committed; only then it is read. So an idle box is left alone, and a busy one is read a few times a second. */
#include "cli/top.h"
#include "cli/nouns.h"

#include "base/mem.h"
#include "store/pulse.h"
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#define SOON_MS   250  /* after a change: what comes in these is drawn at once */
#define REST      10   /* … or so many times what the last drawing took, on a slow PC */
#define SLOWLY_MS 5000 /* the clock, and what only the daemon knows */
#define PAGE_ROWS 40   /* of a terminal that cannot be painted on */

struct top {
	struct cli *c;
	struct top_screen *screen;
	struct top_daemon daemon;
	uv_loop_t loop;
	uv_fs_event_t changes;
	uv_timer_t soon, slowly;
	uv_poll_t keys;
	uv_signal_t signals[5];
	int64_t version; /* of the database, as drawn; −1: nothing is */
	uint64_t took_ms;
	int status; /* why it ends */
	int signal; /* by which it ends, 0: by itself */
};

static void end(struct top *t, int status)
{
	t->status = status;
	uv_stop(&t->loop);
}

static void draw(struct top *t)
{
	struct top_page page = {0};
	uint64_t begun = uv_hrtime();
	top_screen_size(t->screen, &page.columns, &page.rows);
	int r = top_fill(t->c, &t->daemon, true, &page);
	if (!r)
		top_screen_draw(t->screen, &page);
	top_page_done(&page);
	t->took_ms = (uv_hrtime() - begun) / 1000000;
	/* somebody writes: what is on the screen stays for a moment */
	if (r && r != -EBUSY) {
		top_screen_close(t->screen);
		t->screen = NULL;
		end(t, cli_store_failed(t->c, r));
	}
}

static void draw_if_changed(struct top *t)
{
	int64_t version = 0;
	if (pulse_version(t->c->store, &version) == 0 && version == t->version)
		return;
	t->version = version;
	draw(t);
}

static void on_soon(uv_timer_t *timer)
{
	draw_if_changed(timer->data);
}

static void on_change(uv_fs_event_t *e, const char *name, int events, int status)
{
	struct top *t = e->data;
	(void)name;
	(void)events;
	(void)status;
	uint64_t pause = t->took_ms * REST > SOON_MS ? t->took_ms * REST : SOON_MS;
	if (!uv_is_active((uv_handle_t *)&t->soon))
		uv_timer_start(&t->soon, on_soon, pause, 0);
}

static void on_slowly(uv_timer_t *timer)
{
	struct top *t = timer->data;
	int r = top_ask_daemon(t->c, &t->daemon);
	if (r)
		end(t, r);
	else
		draw(t);
}

static void on_key(uv_poll_t *poll, int status, int events)
{
	struct top *t = poll->data;
	enum top_key key = TOP_KEY_NONE;
	(void)events;
	if (status < 0) {
		end(t, EX_IOERR); /* the terminal is gone */
		return;
	}
	while ((key = top_screen_key(t->screen)) == TOP_KEY_AGAIN)
		draw(t);
	if (key == TOP_KEY_QUIT)
		end(t, EX_OK);
}

static void on_signal(uv_signal_t *s, int number)
{
	struct top *t = s->data;
	if (number == SIGWINCH) {
		draw(t);
		return;
	}
	t->signal = number;
	end(t, EX_OK);
}

static int watch(struct top *t)
{
	static const int numbers[] = {SIGWINCH, SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	cleanup_free char *path = mem_dup(store_path(t->c->store));
	int r = uv_loop_init(&t->loop);
	if (r)
		return r;
	uv_fs_event_init(&t->loop, &t->changes);
	uv_timer_init(&t->loop, &t->soon);
	uv_timer_init(&t->loop, &t->slowly);
	uv_poll_init(&t->loop, &t->keys, STDIN_FILENO);
	t->changes.data = t->soon.data = t->slowly.data = t->keys.data = t;
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		uv_signal_init(&t->loop, &t->signals[i]);
		t->signals[i].data = t;
		uv_signal_start(&t->signals[i], on_signal, numbers[i]);
	}
	uv_timer_start(&t->slowly, on_slowly, SLOWLY_MS, SLOWLY_MS);
	uv_poll_start(&t->keys, UV_READABLE, on_key);
	/* the folder: the log beside the database comes and goes. Where nobody can be told, the slow timer draws */
	uv_fs_event_start(&t->changes, on_change, dirname(path), 0);
	return 0;
}

static void close_handle(uv_handle_t *h, void *arg)
{
	(void)arg;
	if (!uv_is_closing(h))
		uv_close(h, NULL);
}

static int follow(struct top *t)
{
	/* uv_poll makes it non-blocking, which a terminal shares with the shell that comes after us */
	int flags = fcntl(STDIN_FILENO, F_GETFL);
	int r = watch(t);
	if (!r) {
		draw_if_changed(t);
		if (t->screen)
			uv_run(&t->loop, UV_RUN_DEFAULT);
		uv_walk(&t->loop, close_handle, NULL);
		uv_run(&t->loop, UV_RUN_DEFAULT);
		uv_loop_close(&t->loop);
	}
	top_screen_close(t->screen);
	if (flags >= 0)
		fcntl(STDIN_FILENO, F_SETFL, flags);
	if (t->signal) { /* die of it, so that whoever waits for us sees it */
		signal(t->signal, SIG_DFL);
		raise(t->signal);
	}
	return r ? cli_fail(EX_OSERR, "%s", uv_strerror(r)) : t->status;
}

/* Once, as text: for a terminal that cannot be painted on, a pipe, a mail. */
static int print_once(struct top *t)
{
	struct top_page page = {.columns = 80, .rows = PAGE_ROWS};
	int r = top_fill(t->c, &t->daemon, false, &page);
	for (int i = 0; i < page.count; i++)
		fprintf(t->c->out.file, "%s\n", page.lines[i].text);
	top_page_done(&page);
	return r ? cli_store_failed(t->c, r) : EX_OK;
}

static int run(struct cli *c)
{
	struct store *s;
	struct top t = {.c = c, .version = -1};
	int r = cli_store(c, &s);
	if (r || (r = top_ask_daemon(c, &t.daemon)))
		return r;
	c->out.full = cli_opt(c, "full") != NULL;
	t.screen = cli_opt(c, "once") ? NULL : top_screen_open(c->out.colour);
	r = t.screen ? follow(&t) : print_once(&t);
	top_daemon_done(&t.daemon);
	return r;
}

static const struct cli_option options[] = {
    {"once", NULL, N_("print it once, as text"), false},
    {"full", NULL, N_("telephone numbers whole"), false},
    {0},
};

const struct cli_verb cli_top[] = {
    {.name = "",
     .run = run,
     .what = N_("a screen that follows what happens: queue, broadcasts, cases, texts, modems"),
     .options = options,
     .roles = CLI_SECRETARY | CLI_INSTALLER,
     .example = "yishi top\nyishi top --once",
     .more = N_("q quits, r paints anew. It can be used over SSH; where the terminal cannot be painted on, or "
		"into a pipe, it "
		"prints one page.")},
    {0},
};
