/* For src/daemon/participation*.c alone: calls for help, check-ins, witnesses, proxies. */
#pragma once

#include "civic/duty.h"
#include "daemon/participation_internal.h"

/* ---- participation_duty.c: the ladder of civic/duty.h */
/* What an officer is told; borrowed strings, NULL for none. */
struct duty_alarm {
	int number; /* of the case */
	bool again; /* nobody has come so far */
	const char *phone, *name, *grid, *building, *unit, *room, *text;
	int64_t heard_utc;
};
/* How many a call from this grid reaches at once; `but`: the caller's phone. */
int duty_count(const struct participation *p, const char *grid, const char *but, int64_t now);
/* A call begins, or is repeated: those on the first rung and who heard of it before are texted at once. `occasion` names
 * it; `caller`: the phone that hears when somebody comes, or ""; `worker`: the grid's workers are called as well. */
int duty_begin(const struct participation *p, const struct duty_alarm *a, const char *caller, bool worker,
	       const char *occasion, const struct actor *by, int64_t now);
/* Who heard of it hears `key` (number, phone, name). */
int duty_tell(const struct participation *p, int number, const char *but, const char *key, const char *phone,
	      const char *name, const char *occasion, int64_t now);
/* The one who was to come does not: the next are called at once. */
int duty_next(const struct participation *p, int number, int64_t now);
int duty_call(const struct turn *t, const struct facts *f, const struct effect *e);
int duty_acknowledge(const struct turn *t, const struct effect *e);
int duty_cannot(const struct turn *t, const struct effect *e);
int duty_correct(const struct turn *t, int number);
int duty_undo_take(const struct turn *t, const struct former *f);
/* Calls that wait; steps that others took. Works whatever the clock says. */
int duty_tick(const struct participation *p, int64_t now, int64_t *next);

/* May a question that is answered within hours come on top of this one? Of those that last for days, yes. */
bool duty_asks_over(enum asked open);

/* ---- participation_checkin.c */
int checkin_tick(const struct participation *p, int64_t now, int64_t *next);
/* A text or a ring of a phone: who lives alone behind it is alive. `help`: it is a call for help. */
int checkin_heard(const struct participation *p, const char *number, int64_t heard_utc, bool help,
		  const struct actor *by, int64_t now);
int checkin_facts(const struct turn *t, const struct intent *in, struct facts *f);
int checkin_answer(const struct turn *t, const struct facts *f, const struct effect *e);
int checkin_undo(const struct turn *t, const struct former *f);

/* ---- participation_verify.c */
int verify_tick(const struct participation *p, int64_t now, int64_t *next);
int verify_ask(const struct participation *p, const char *number, int64_t now);
int verify_facts(const struct turn *t, const struct intent *in, struct facts *f);
int verify_answer(const struct turn *t, const struct facts *f, const struct effect *e);
int verify_undo(const struct turn *t, const struct former *f);

/* ---- participation_proxy.c */
int proxy_facts(const struct turn *t, const struct intent *in, struct facts *f);
int proxy_open(const struct turn *t, const struct facts *f, const struct effect *e);
int proxy_undo(const struct turn *t, const struct former *f);
