/* Outcomes and begins on disk: one transaction for each turn of the loop, however many modems have answered in it. It
 * comes when all of them have their next AT+CMGS (daemon.c: before the loop waits), and what it allows follows it:
 * payloads are let go, or kept back. A piece that fails fails alone. */
#include "daemon/session_internal.h"
#include "base/log.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define RECORD_MS    1000 /* the database was busy or full when it was to be written: again */
#define RECORD_LOG_S 60   /* and said so rarely */
#define ROUNDS_MAX   4

/* What one session wants to be written, and what came of it. */
struct turn {
	struct session *s;
	bool begin; /* the part in the air is to be begun, … */
	bool ours;  /* … and was: not cancelled, too late, or taken by another line since it was chosen */
	bool whole; /* of the text in `past` no part is left to be begun */
	int r;
};

static struct turn turn_of(struct session *s)
{
	s->commit_due = false;
	return (struct turn){.s = s, .begin = s->submitting && !s->begun};
}

static int write_turn(struct turn *t)
{
	struct session *s = t->s;
	struct store *store = s->d->store;
	int r = s->past.m ? outcome_record(s, &s->past, &t->whole) : 0;
	if (r || !t->begin)
		return r;
	r = outbox_part_begin(store, s->air.m, s->air.part, s->air.m->ref, s->config->name, session_now(s));
	t->ours = r == 0;
	return r == -ENOENT ? 0 : r;
}

/* ------------------------------------------------------------------------------------------------ afterwards */

/* On disk the part stays as it was begun, so the next start takes it for uncertain: nothing is sent twice. */
static void give_up(struct session *s)
{
	log_error("%s: what became of the last text is not written down; the program ends all the same",
		  s->config->name);
	session_event(s, EV_GONE);
}

static void not_written(struct session *s, int r)
{
	int64_t now = mono_ms();
	if (!s->record_failed_ms || now - s->record_failed_ms > RECORD_LOG_S * 1000) {
		log_error("%s: the outbox cannot be written: %s; tried again until it can", s->config->name,
			  strerror(-r));
		s->record_failed_ms = now;
	}
	flight_drop(s, &s->ahead);
	send_pause(s, RECORD_MS);
	if (s->state == SESSION_SENDING && !s->air.m)
		session_due_in(s, RECORD_MS, s->stop_wanted && now >= s->stop_by_ms ? give_up : send_go_on);
}

/* Answered, and on disk. */
static void recorded(struct session *s, bool whole)
{
	struct outcome o = s->past;
	bool sending = s->state == SESSION_SENDING;
	s->record_failed_ms = 0;
	if (sending)
		outcome_react(s, &o);
	struct flight done = {.m = o.m};
	s->past = (struct outcome){0};
	flight_drop(s, &done);
	/* when it is tried again, or what is next; in a burst the line knows itself */
	if (o.kind != SUBMITTED || whole)
		daemon_act_soon(s->d, s->air.m ? RECORD_MS : 0);
	if (!sending || s->air.m)
		return;
	if (o.kind == SUBMITTED)
		send_go_on(s);
	else if (o.silent)
		send_find_step(s);
	else
		send_rest(s);
}

static void let_go(struct session *s)
{
	s->begun = true;
	sender_took(s, s->air.m);
	s->air_until_ms = mono_ms() + s->row->result_ms;
	if (at_chat_release(s->chat, mono_ms()) == 0) {
		port_pump(s);
		send_choose(s);
	} else
		send_untaken(s);
}

static void keep_back(struct session *s)
{
	session_remark(s, "text %" PRId64 " stays behind", s->air.m->id);
	at_chat_withhold(s->chat, mono_ms());
	port_pump(s);
}

static void end_turn(const struct turn *t)
{
	struct session *s = t->s;
	if (t->r)
		not_written(s, t->r);
	else if (s->past.m)
		recorded(s, t->whole);
	if (t->begin && t->ours && !t->r)
		let_go(s);
	else if (t->begin)
		keep_back(s);
}

/* ------------------------------------------------------------------------------------------------ together */

static int write_alone(struct store *store, struct turn *t)
{
	int r = store_mark(store);
	if (r == 0 && (r = write_turn(t)) == 0)
		r = store_keep(store);
	if (r)
		store_undo(store);
	return r;
}

static void commit(struct store *store, struct turn *t, int n)
{
	int r = store_begin(store);
	for (int i = 0; i < n && r == 0; i++) {
		if (n > 1)
			t[i].r = write_alone(store, &t[i]);
		else
			r = write_turn(&t[i]);
	}
	if (r == 0)
		r = store_commit(store);
	if (r)
		store_rollback(store);
	for (int i = 0; i < n; i++) {
		t[i].r = t[i].r ? t[i].r : r;
		end_turn(&t[i]);
	}
}

void send_commit(struct session *s)
{
	struct turn t = turn_of(s);
	if (s->past.m || t.begin)
		commit(s->d->store, &t, 1);
}

static bool commit_due(struct daemon *d)
{
	struct turn t[CONFIG_MODEMS];
	int n = 0;
	for (int i = 0; i < d->session_count; i++) {
		if (!d->session[i]->commit_due)
			continue;
		t[n] = turn_of(d->session[i]);
		n += d->session[i]->past.m || t[n].begin;
	}
	if (n)
		commit(d->store, t, n);
	return n > 0;
}

/* What is written may be the occasion for the next AT+CMGS, which wants to be written too. */
void session_commit_all(struct daemon *d)
{
	for (int i = 0; i < ROUNDS_MAX && commit_due(d); i++)
		;
}
