/* A text of the line to itself, now and then, where the configuration wants it: a modem may answer everything, be
 * registered, and yet receive nothing. One that left and did not come back in ten minutes is the ladder's business. */
#include "daemon/session_internal.h"
#include "daemon/alarm.h"
#include "base/log.h"
#include "store/self_text.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#define BACK_S   600 /* it comes back within this */
#define AGAIN_S  600 /* after a step of the ladder, or when it could not even leave */
#define LOOK_MS  60000
#define MISSED   5 /* so many in a row: people know, and the air is not wasted on it any more */
#define NEVER_MS INT64_MAX

/* Its number; with several modems the gateway's may be any of theirs. */
static const char *own_number(const struct session *s)
{
	if (s->config->number)
		return s->config->number;
	return s->d->config->modem_count == 1 ? s->d->config->number : NULL;
}

static int queue(struct session *s, const char *number, int64_t now)
{
	uint32_t random;
	char code[16];
	if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
		return -EIO;
	snprintf(code, sizeof code, "%08x", (unsigned)random);
	int r = store_begin(s->d->store);
	if (r)
		return r;
	r = self_text_add(s->d->store, s->config->name, session_line_key(s), number, code, now, now + BACK_S);
	if (r == 0)
		r = store_commit(s->d->store);
	if (r)
		store_rollback(s->d->store);
	return r;
}

static void look_in(struct session *s, int64_t seconds)
{
	s->self_ms = mono_ms() + (seconds > 0 ? seconds * 1000 : 0);
}

/* It left, and did not come back. */
static void missed(struct session *s, const struct self_text *t)
{
	int r = self_text_missed(s->d->store, s->config->name, t->missed + 1);
	if (r)
		log_error("%s: %s", s->config->name, strerror(-r));
	s->self_missed = t->missed + 1;
	look_in(s, AGAIN_S);
	alarm_raise(s->d, s->config->name, ALARM_SELF_TEXT, "%d", t->missed + 1);
	log_warning("%s: its text to itself did not come back", s->config->name);
	if (t->missed < MISSED)
		session_trouble(s, CAUSE_NO_ECHO);
}

static void next(struct session *s, const struct self_text *t, int64_t now)
{
	const char *number = own_number(s);
	int64_t pause = s->config->self_text_ms / 1000;
	if (t && t->missed && t->missed < MISSED && pause > AGAIN_S)
		pause = AGAIN_S;
	int64_t due = t ? t->queued_utc + pause : now;
	if (!number) {
		log_warning("%s: self_text wants its number: [modem] number", s->config->name);
		s->self_ms = NEVER_MS;
		return;
	}
	if (t && due > now) {
		look_in(s, due - now);
		return;
	}
	int r = queue(s, number, now);
	if (r)
		log_error("%s: no text to itself: %s", s->config->name, strerror(-r));
	s->self_ms = mono_ms() + LOOK_MS;
}

void self_look(struct session *s)
{
	struct self_text t;
	int64_t now = session_now(s);
	if (!s->config->self_text_ms) {
		s->self_ms = NEVER_MS;
		return;
	}
	int r = self_text_get(s->d->store, s->config->name, &t);
	if (r) {
		if (r == -ENOENT)
			next(s, NULL, now);
		else
			look_in(s, BACK_S);
		return;
	}
	s->self_missed = t.missed;
	if (t.back_utc)
		alarm_clear(s->d, s->config->name, ALARM_SELF_TEXT);
	/* what was noted as missed is waited for no longer */
	bool waits = !t.back_utc && !t.given_up && now < t.queued_utc + 2 * BACK_S;
	if (waits && t.sent_utc && now >= t.sent_utc + BACK_S && s->self_told_utc != t.queued_utc) {
		s->self_told_utc = t.queued_utc;
		missed(s, &t);
	} else if (waits && s->self_told_utc != t.queued_utc)
		look_in(s, t.sent_utc ? t.sent_utc + BACK_S - now : LOOK_MS / 1000);
	else
		next(s, &t, now);
}
