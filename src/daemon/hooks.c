#include "daemon/hooks.h"
#include "daemon/daemon.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/runner.h"
#include "base/text.h"
#include "store/hook.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define SCAN_MAX     500     /* events looked through in one turn of the loop, for one hook */
#define PASS_EVERY   5000    /* events of other kinds after which a restart need not look at them again */
#define PAUSE_MAX_MS 3600000 /* between two tries */
#define BUSY_MS      10000   /* the database was busy, or the disk is full */
#define FAREWELL_MS  5000    /* what runs when we end may take so long by itself */
#define LINES_MAX    20      /* of a program's output in the log */

struct hook {
	struct hooks *all;
	char *kind, *program;
	struct hook_state at; /* at.event: to be run again */
	int64_t seen, passed; /* looked through so far; of that, written down */
	struct runner *runner;
	uv_timer_t pause; /* active: not before it is over */
	bool gone;        /* configured no more */
	struct hook *next;
};

struct hooks {
	struct daemon *d;
	struct hook *list;
	int running;
	uint64_t noticed; /* event_written then */
	uv_timer_t more, farewell;
	bool stopping;
};

static void on_hook_closed(uv_handle_t *t)
{
	struct hook *k = t->data;
	free(k->kind);
	free(k->program);
	free(k);
}

static void forget(struct hook *k)
{
	struct hook **at = &k->all->list;
	while (*at != k)
		at = &(*at)->next;
	*at = k->next;
	uv_close((uv_handle_t *)&k->pause, on_hook_closed);
}

static void on_more(uv_timer_t *t)
{
	hooks_look(t->data);
}

static void look_again(struct hooks *h, int64_t in_ms)
{
	if (!h->stopping && !uv_is_active((uv_handle_t *)&h->more))
		uv_timer_start(&h->more, on_more, (uint64_t)in_ms, 0);
}

/* The database did not take it: the event at hand is in doubt, and runs again. */
static void not_written(struct hook *k, int r)
{
	log_error("hook %s: its state is not written yet: %s", k->kind, strerror(-r));
	look_again(k->all, BUSY_MS);
}

/* ------------------------------------------------------------------------------------------------ an event ends */

static void on_pause(uv_timer_t *t)
{
	hooks_look(((struct hook *)t->data)->all);
}

static int64_t pause_ms(const struct hook *k)
{
	int64_t ms = k->all->d->config->hook_retry_ms;
	for (int i = 1; i < k->at.tries && ms < PAUSE_MAX_MS; i++)
		ms *= 2;
	return ms < PAUSE_MAX_MS ? ms : PAUSE_MAX_MS;
}

static void again_later(struct hook *k, const char *why)
{
	struct daemon *d = k->all->d;
	if (k->at.tries >= d->config->hook_tries) {
		log_error("hook %s: %s failed event %" PRId64 " for good after %d tries: %s", k->kind,
			  k->program, k->at.event, k->at.tries, why);
		int r = hook_fail(d->store, k->at.id, k->at.event, why, daemon_now(d));
		if (r)
			not_written(k, r);
		else
			k->at.event = 0;
		return;
	}
	int64_t ms = pause_ms(k);
	log_warning("hook %s: event %" PRId64 ", try %d of %d: %s; again in %" PRId64 " s", k->kind,
		    k->at.event, k->at.tries, d->config->hook_tries, why, ms / 1000);
	int r = hook_later(d->store, k->at.id, daemon_now(d) + ms / 1000, why);
	if (r)
		log_error("hook %s: %s", k->kind, strerror(-r));
	uv_timer_start(&k->pause, on_pause, (uint64_t)ms, 0);
}

static void log_output(const struct hook *k, const char *output)
{
	int lines = 0;
	for (const char *p = output; *p && lines < LINES_MAX; lines++) {
		size_t n = strcspn(p, "\n");
		cleanup_free char *line = mem_printf("%.*s", (int)n, p);
		text_mask_controls(line);
		if (*line)
			log_info("hook %s, event %" PRId64 ": %s", k->kind, k->at.event, line);
		p += n + (p[n] == '\n');
	}
}

static void settled(struct hook *k, const struct runner_result *result)
{
	struct daemon *d = k->all->d;
	char why[300];
	int r = 0;
	runner_words(result, why, sizeof why);
	switch (result->verdict) {
	case RUNNER_DONE:
		r = hook_done(d->store, k->at.id, k->at.event);
		break;
	case RUNNER_FAILED:
		log_error("hook %s: %s failed event %" PRId64 " for good: %s", k->kind, k->program, k->at.event,
			  why);
		r = hook_fail(d->store, k->at.id, k->at.event, why, daemon_now(d));
		break;
	case RUNNER_AGAIN:
		if (!result->ended)
			again_later(k, why);
		else
			r = hook_back(d->store, k->at.id);
		return;
	}
	if (r)
		not_written(k, r);
	else
		k->at.event = 0;
}

static void on_done(void *user, const struct runner_result *result)
{
	struct hook *k = user;
	struct hooks *h = k->all;
	k->runner = NULL;
	h->running--;
	log_output(k, result->output);
	if (k->gone) {
		hook_drop(h->d->store, k->at.id);
		forget(k);
	} else
		settled(k, result);
	if (h->stopping)
		daemon_session_stopped(h->d);
	else
		look_again(h, 0);
}

/* ------------------------------------------------------------------------------------------- an event begins */

struct input {
	int64_t event;
	char *text; /* NULL: there is no such event any more */
};

static int take_input(void *ctx, const struct event_row *e)
{
	struct input *in = ctx;
	if (e->id != in->event)
		return 1;
	json_t *j = event_json(e);
	cleanup_free char *text = json_dumps(j, JSON_COMPACT);
	json_decref(j);
	in->text = mem_printf("%s\n", text ? text : "{}");
	return 1;
}

static void start(struct hook *k)
{
	struct daemon *d = k->all->d;
	struct input in = {.event = k->at.event};
	if (k->at.tries >= d->config->hook_tries) {
		again_later(k, _("yishid ended while it ran"));
		return;
	}
	int r = event_list(d->store, k->at.event - 1, 1, take_input, &in);
	if (r >= 0 && !in.text && (r = hook_done(d->store, k->at.id, k->at.event)) == 0) {
		k->at.event = 0;
		look_again(k->all, 0);
		return;
	}
	if (r < 0 || (r = hook_begin(d->store, k->at.id, k->at.event)) < 0) {
		free(in.text);
		not_written(k, r);
		return;
	}
	k->at.tries++;
	char **env = runner_environment(d->config->language == LANG_ZH ? "zh_CN.UTF-8" : "en_US.UTF-8",
					d->config->timezone, d->config->path);
	r = runner_start(d->loop, k->program, env, in.text, d->config->hook_limit_ms, on_done, k, &k->runner);
	runner_environment_free(env);
	free(in.text);
	if (r) {
		char why[300];
		snprintf(why, sizeof why, "%s: %s", k->program, err_system(-r));
		again_later(k, why);
		return;
	}
	k->all->running++;
	log_debug("hook %s: event %" PRId64 " begins", k->kind, k->at.event);
}

/* Where an idle hook's next event is. */
static void find(struct hook *k)
{
	struct store *s = k->all->d->store;
	int64_t event, seen;
	int r = hook_find(s, k->at.id, k->kind, k->seen, SCAN_MAX, &event, &seen);
	if (r) {
		not_written(k, r);
		return;
	}
	if (event) {
		k->at.event = event;
		k->at.tries = 0;
		if (event > k->seen)
			k->seen = event;
		return;
	}
	if (seen - k->seen >= SCAN_MAX)
		look_again(k->all, 0);
	k->seen = seen;
	if (seen - k->passed >= PASS_EVERY && hook_pass(s, k->at.id, seen) == 0)
		k->passed = seen;
}

void hooks_look(struct hooks *h)
{
	if (!h || h->stopping)
		return;
	h->noticed = event_written(h->d->store);
	for (struct hook *k = h->list; k; k = k->next) {
		if (k->runner || k->gone || uv_is_active((uv_handle_t *)&k->pause))
			continue;
		if (!k->at.event)
			find(k);
		if (k->at.event && h->running < h->d->config->hook_at_once)
			start(k);
	}
	/* who was served goes behind, so that the others have their turn when there is not room for all */
	struct hook **last = &h->list, *first = h->list;
	if (first && first->runner && first->next) {
		h->list = first->next;
		while (*last)
			last = &(*last)->next;
		*last = first;
		first->next = NULL;
	}
}

void hooks_notice(struct hooks *h)
{
	if (h && h->list && event_written(h->d->store) != h->noticed)
		hooks_look(h);
}

/* ------------------------------------------------------------------------------------------------ life */

struct hooks *hooks_new(struct daemon *d)
{
	struct hooks *h = mem_alloc(sizeof *h);
	h->d = d;
	uv_timer_init(d->loop, &h->more);
	uv_timer_init(d->loop, &h->farewell);
	h->more.data = h->farewell.data = h;
	return h;
}

static struct hook *known(struct hooks *h, const char *kind, const char *program)
{
	for (struct hook *k = h->list; k; k = k->next)
		if (!strcmp(k->kind, kind) && !strcmp(k->program, program))
			return k;
	return NULL;
}

static void adopt(struct hooks *h, const struct config_hook *c)
{
	struct hook_state at;
	int r = hook_adopt(h->d->store, c->kind, c->program, daemon_now(h->d), &at);
	if (r) {
		log_error("hook %s: %s; it is tried again at the next reload", c->kind, strerror(-r));
		return;
	}
	struct hook *k = mem_alloc(sizeof *k);
	*k = (struct hook){.all = h,
			   .kind = mem_dup(c->kind),
			   .program = mem_dup(c->program),
			   .at = at,
			   .seen = at.cursor,
			   .passed = at.cursor,
			   .next = h->list};
	if (at.event > k->seen)
		k->seen = at.event;
	uv_timer_init(h->d->loop, &k->pause);
	k->pause.data = k;
	h->list = k;
}

struct stale {
	const struct config *c;
	int64_t id[CONFIG_HOOKS * 2];
	int count;
};

static int find_stale(void *ctx, const struct hook_row *row)
{
	struct stale *s = ctx;
	for (int i = 0; i < s->c->hook_count; i++)
		if (!strcmp(s->c->hooks[i].kind, row->kind) && !strcmp(s->c->hooks[i].program, row->program))
			return 0;
	if (s->count < (int)ARRAY_LEN(s->id))
		s->id[s->count++] = row->id;
	return 0;
}

static bool runs(const struct hooks *h, int64_t id)
{
	for (const struct hook *k = h->list; k; k = k->next)
		if (k->at.id == id && k->runner)
			return true;
	return false;
}

void hooks_configure(struct hooks *h)
{
	const struct config *c = h->d->config;
	struct stale stale = {.c = c};
	hook_each(h->d->store, find_stale, &stale);
	for (struct hook *k = h->list, *next; k; k = next) {
		next = k->next;
		for (int i = 0; i < stale.count; i++)
			k->gone |= stale.id[i] == k->at.id;
		if (k->gone && !k->runner)
			forget(k);
	}
	for (int i = 0; i < stale.count; i++)
		if (!runs(h, stale.id[i]))
			hook_drop(h->d->store, stale.id[i]);
	for (int i = 0; i < c->hook_count; i++) {
		struct hook *k = known(h, c->hooks[i].kind, c->hooks[i].program);
		if (k)
			k->gone = false; /* it came back while its program still ran */
		else
			adopt(h, &c->hooks[i]);
	}
	hooks_look(h);
}

static void on_farewell(uv_timer_t *t)
{
	struct hooks *h = t->data;
	for (struct hook *k = h->list; k; k = k->next)
		if (k->runner)
			runner_end(k->runner);
}

void hooks_stop(struct hooks *h)
{
	if (!h || h->stopping)
		return;
	h->stopping = true;
	if (h->running)
		uv_timer_start(&h->farewell, on_farewell, FAREWELL_MS, 0);
}

bool hooks_stopped(const struct hooks *h)
{
	return !h || !h->running;
}

static void on_timer_closed(uv_handle_t *t)
{
	struct hooks *h = t->data;
	if (!uv_is_closing((uv_handle_t *)&h->farewell))
		uv_close((uv_handle_t *)&h->farewell, on_timer_closed);
	else
		free(h);
}

void hooks_free(struct hooks *h)
{
	if (!h)
		return;
	while (h->list)
		forget(h->list);
	uv_close((uv_handle_t *)&h->more, on_timer_closed);
}
