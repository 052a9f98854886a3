/* `yishi broadcast watch`: a progress bar on a terminal, a line at each change elsewhere. */
#include "cli/broadcast.h"

#include "cli/control.h"

#include "store/store.h"

#include <errno.h>
#include <time.h>

#define LOOK_EVERY_MS 400
#define BAR_WIDTH     30

struct watch {
	struct cli *c;
	struct broadcast now; /* strings in it are not used */
	int64_t begun_utc, out_at_begin;
	int64_t last; /* what was printed, as a sum that changes with every step */
	bool first;
};

static int take(void *ctx, const struct broadcast *b)
{
	*(struct broadcast *)ctx = *b;
	return 0;
}

static int64_t out(const struct broadcast *b)
{
	return b->recipients - b->queued - b->sending;
}

static void bar(struct watch *w)
{
	const struct broadcast *b = &w->now;
	char span[32];
	int64_t done = out(b), since = cli_now(w->c) - w->begun_utc, gone = done - w->out_at_begin;
	int filled = b->recipients ? (int)(done * BAR_WIDTH / b->recipients) : BAR_WIDTH;
	fprintf(w->c->out.file, "\r\033[K[");
	for (int i = 0; i < BAR_WIDTH; i++)
		fputc(i < filled ? '#' : '.', w->c->out.file);
	fprintf(w->c->out.file, _("] %lld/%lld, delivered %lld, failed %lld, uncertain %lld"), (long long)done,
		(long long)b->recipients, (long long)b->delivered, (long long)(b->failed + b->expired),
		(long long)b->uncertain);
	if (gone > 0 && done < b->recipients && since > 0)
		fprintf(w->c->out.file, _(", about %s to go"),
			draft_span((b->recipients - done) * since / gone, span, sizeof span));
	fflush(w->c->out.file);
}

static void line(struct watch *w)
{
	const struct broadcast *b = &w->now;
	struct out *o = &w->c->out;
	if (o->mode == OUT_JSON)
		out_json(o, json_pack("{sI ss sI sI sI sI sI sI}", "id", (json_int_t)b->id, "state",
				      broadcast_state_name(b->state), "recipients", (json_int_t)b->recipients,
				      "queued", (json_int_t)(b->queued + b->sending), "sent",
				      (json_int_t)(b->sent + b->delivered), "delivered",
				      (json_int_t)b->delivered, "failed", (json_int_t)(b->failed + b->expired),
				      "uncertain", (json_int_t)b->uncertain));
	else
		fprintf(o->file, _("%lld/%lld, delivered %lld, failed %lld, uncertain %lld\n"),
			(long long)out(b), (long long)b->recipients, (long long)b->delivered,
			(long long)(b->failed + b->expired), (long long)b->uncertain);
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
		cli_note("%s", _("yishid does not run: texts wait; start it (systemctl start yishi)"));
		if (!c->out.terminal && open_texts(&w.now))
			return EX_UNAVAILABLE;
	}
	json_decref(daemon);
	bool live = c->out.terminal && c->out.mode == OUT_TABLE;
	while (end < 0 && !ferror(c->out.file)) {
		if ((r = look(&w, s, id)))
			return r;
		if (w.first) {
			w.begun_utc = cli_now(c);
			w.out_at_begin = out(&w.now);
		}
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
