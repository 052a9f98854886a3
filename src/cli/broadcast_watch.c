/* `yishi broadcast watch`: a progress bar on a terminal, a line at each change elsewhere. */
#include "cli/broadcast.h"
#include "cli/broadcast_lines.h"
#include "cli/control.h"

#include "base/clock.h"
#include "base/mem.h"
#include "store/airtime.h"
#include "store/store.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#define LOOK_EVERY_MS 400
#define BAR_WIDTH     30

/* How fast broadcasts leave, from the moments at which more of them had: what lies between two of those is not guessed. */
#define PACE_MAX       256
#define PACE_WINDOW_MS 120000
struct pace {
	struct {
		int64_t ms, segments;
	} seen[PACE_MAX];
	int count;
	int64_t first; /* segments when we came: the middle of a text, no moment that counts */
};

static void pace_see(struct pace *p, int64_t ms, int64_t segments)
{
	if (segments == (p->count ? p->seen[p->count - 1].segments : p->first))
		return;
	int drop = 0;
	while (drop < p->count - 2 && (p->count - drop == PACE_MAX || ms - p->seen[drop].ms > PACE_WINDOW_MS))
		drop++;
	memmove(p->seen, p->seen + drop, (size_t)(p->count -= drop) * sizeof *p->seen);
	p->seen[p->count].ms = ms;
	p->seen[p->count++].segments = segments;
}

/* Segments a minute; 0: cannot be said yet. */
static double pace_per_minute(const struct pace *p)
{
	if (p->count < 3)
		return 0;
	int64_t ms = p->seen[p->count - 1].ms - p->seen[0].ms;
	return ms > 0 ? (double)(p->seen[p->count - 1].segments - p->seen[0].segments) * 60000 / (double)ms : 0;
}

struct watch {
	struct cli *c;
	struct broadcast now; /* strings in it are not used */
	struct pace pace;
	struct broadcast_ahead ahead;
	int64_t ahead_again_ms; /* when that is looked at again */
	int64_t seconds_left;   /* −1: cannot be said */
	int64_t last;           /* what was printed, as a sum that changes with every step */
	bool first;
};

#define AHEAD_PAUSE 20 /* after as many times the time that it took to look at the other queues */

static int take(void *ctx, const struct broadcast *b)
{
	*(struct broadcast *)ctx = *b;
	return 0;
}

static int64_t out(const struct broadcast *b)
{
	return b->recipients - b->queued - b->sending;
}

/* With the speed that is seen now, quotas, quiet hours and what the other broadcasts still have. */
static int forecast(struct watch *w, struct store *s)
{
	const struct broadcast *b = &w->now;
	struct plan plan;
	int64_t now = cli_now(w->c), ms = mono_ms(), segments = 0;
	w->seconds_left = -1;
	if (b->state != BROADCAST_QUEUED || !b->segments_left)
		return 0;
	airtime_refresh(s);
	int r = lines_plan(w->c, b->override_quiet, &plan, NULL);
	if (!r)
		r = airtime_broadcasts(s, 0, &segments);
	if (!r && ms >= w->ahead_again_ms) {
		r = broadcast_ahead(s, now, b->id, b->override_quiet, &w->ahead);
		w->ahead_again_ms = mono_ms() + AHEAD_PAUSE * (mono_ms() - ms);
	}
	if (!r) {
		if (w->first)
			w->pace.first = segments;
		pace_see(&w->pace, ms, segments);
		double rate = pace_per_minute(&w->pace);
		for (int i = 0; i < plan.line_count && rate > 0; i++)
			plan.lines[i].per_minute = rate / plan.line_count;
		plan.exact = rate > 0;
		int64_t from = b->at_utc > now ? b->at_utc : now;
		int64_t end = plan_finish(&plan, from, broadcast_ahead_of(&w->ahead, b->queued + b->sending),
					  b->segments_left);
		w->seconds_left = end == INT64_MAX ? -1 : end - now;
	}
	free(plan.lines);
	return r;
}

/* ", 15.0 a minute, about 12 min to go"; nothing before it can be said. */
static void prospect(const struct watch *w)
{
	char span[32];
	double rate = pace_per_minute(&w->pace);
	if (w->seconds_left < 0)
		return;
	if (rate > 0)
		fprintf(w->c->out.file, _(", %.1f segments a minute"), rate);
	fprintf(w->c->out.file, _(", about %s to go"), draft_span(w->seconds_left, span, sizeof span));
}

static void bar(struct watch *w)
{
	const struct broadcast *b = &w->now;
	int64_t done = out(b);
	int filled = b->recipients ? (int)(done * BAR_WIDTH / b->recipients) : BAR_WIDTH;
	fprintf(w->c->out.file, "\r\033[K[");
	for (int i = 0; i < BAR_WIDTH; i++)
		fputc(i < filled ? '#' : '.', w->c->out.file);
	fprintf(w->c->out.file, _("] %lld/%lld, delivered %lld, failed %lld, uncertain %lld"), (long long)done,
		(long long)b->recipients, (long long)b->delivered, (long long)(b->failed + b->expired),
		(long long)b->uncertain);
	prospect(w);
	fflush(w->c->out.file);
}

static void line(struct watch *w)
{
	const struct broadcast *b = &w->now;
	struct out *o = &w->c->out;
	double rate = pace_per_minute(&w->pace);
	if (o->mode == OUT_JSON)
		out_json(o, json_pack("{sI ss sI sI sI sI sI sI so so}", "id", (json_int_t)b->id, "state",
				      broadcast_state_name(b->state), "recipients", (json_int_t)b->recipients,
				      "queued", (json_int_t)(b->queued + b->sending), "sent",
				      (json_int_t)(b->sent + b->delivered), "delivered",
				      (json_int_t)b->delivered, "failed", (json_int_t)(b->failed + b->expired),
				      "uncertain", (json_int_t)b->uncertain, "segments_per_minute",
				      rate > 0 ? json_real(rate) : json_null(), "seconds_left",
				      w->seconds_left < 0 ? json_null() : json_integer(w->seconds_left)));
	else {
		fprintf(o->file, _("%lld/%lld, delivered %lld, failed %lld, uncertain %lld"), (long long)out(b),
			(long long)b->recipients, (long long)b->delivered, (long long)(b->failed + b->expired),
			(long long)b->uncertain);
		prospect(w);
		fputc('\n', o->file);
	}
	fflush(o->file);
}

/* An exit status when it is over, −1 while it goes on. */
static int verdict(struct watch *w, bool live)
{
	const struct broadcast *b = &w->now;
	bool settled = b->queued + b->sending == 0;
	if (b->state == BROADCAST_DONE || (b->state == BROADCAST_QUEUED && settled))
		return b->failed + b->expired + b->uncertain ? CLI_NOTHING : EX_OK;
	if (b->state == BROADCAST_CANCELLED)
		return CLI_NOTHING;
	if (b->state != BROADCAST_QUEUED && !live)
		return cli_fail(EX_TEMPFAIL,
				b->state == BROADCAST_WAITING
				    ? _("it waits for a second person: yishi broadcast show %lld says for whom")
				    : _("it is paused: yishi broadcast resume %lld"),
				(long long)b->id);
	return -1;
}

/* Does anything of it wait for the daemon? */
static bool open_texts(const struct broadcast *b)
{
	return b->state == BROADCAST_QUEUED && b->queued + b->sending > 0;
}

/* 0, or the exit status after having printed why. */
static int look(struct watch *w, struct store *s, int64_t id)
{
	int r = broadcast_get(s, id, take, &w->now);
	if (r == -ENOENT)
		return cli_fail(CLI_NOTHING, _("there is no broadcast %s; `yishi broadcast list` shows them"),
				w->c->argv[0]);
	return r ? cli_store_failed(w->c, r) : 0;
}

int broadcast_watch_run(struct cli *c)
{
	struct store *s;
	struct watch w = {.c = c, .first = true};
	int64_t id;
	int r = cli_id(c, 0, &id), end = -1;
	if (r || (r = cli_store(c, &s)))
		return r;
	if ((r = look(&w, s, id)))
		return r;
	json_t *daemon = NULL;
	if (control_request(c->config, "status", &daemon)) {
		/* a person may start it meanwhile; a script would wait for ever */
		if (!c->out.terminal && open_texts(&w.now))
			return cli_fail(
			    EX_UNAVAILABLE, "%s",
			    _("yishid does not run: it alone sends, and this would never end; start "
			      "it (systemctl start yishi)"));
		cli_note("%s", _("yishid does not run: texts wait; start it (systemctl start yishi)"));
	}
	json_decref(daemon);
	bool live = c->out.terminal && c->out.mode == OUT_TABLE;
	while (end < 0 && !ferror(c->out.file)) {
		if ((r = look(&w, s, id)))
			return r;
		if ((r = forecast(&w, s)) < 0)
			return cli_store_failed(c, r);
		int64_t sum = out(&w.now) * 3 + w.now.delivered * 5 + (int64_t)w.now.state;
		if (live)
			bar(&w);
		else if (w.first || sum != w.last)
			line(&w);
		w.last = sum;
		w.first = false;
		end = verdict(&w, live);
		struct timespec pause = {0, LOOK_EVERY_MS * 1000000L};
		if (end < 0)
			nanosleep(&pause, NULL);
	}
	if (live)
		fputc('\n', c->out.file);
	return end < 0 ? EX_IOERR : end;
}
