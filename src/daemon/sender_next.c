/* Which text a line takes next: what the store offers (choose.h), as far as this line may send it now. */
#include "daemon/sender.h"
#include "daemon/disk.h"
#include "daemon/session_internal.h"
#include "base/log.h"
#include "base/order.h"
#include "store/airtime.h"
#include "store/bound.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#define AWAY_MS  (10 * 1000) /* an answer waits so long for the line that it prefers to come back, … */
#define BUSY_S   60          /* … or to have time for it */
#define HELD_MAX (CONFIG_MODEMS * 2)

static struct quota quota_of(const struct session *s)
{
	return (struct quota){s->config->hourly_quota, s->config->daily_quota};
}

/* Segments that this line may begin of each class. */
static int count_room(struct daemon *d, struct session *s, int64_t now, int64_t room[OUTBOX_CLASSES])
{
	const struct quota_window *used;
	const struct quota quota = quota_of(s);
	int64_t ids[2], in_hand[OUTBOX_CLASSES] = {0};
	unsigned closed = session_closed(s);
	int held = session_holds(s, ids);
	int r = airtime_get(d->store, session_line_key(s), now, &used);
	for (int i = 0; i < held && r == 0; i++)
		r = outbox_owed(d->store, ids[i], in_hand);
	for (int c = 0; c < OUTBOX_CLASSES && r == 0; c++) {
		bool role = s->config->roles & (c == OUTBOX_ALARM ? MODEM_SEND | MODEM_ALARMS : MODEM_SEND);
		room[c] =
		    !role || (closed & 1u << c) ? -1 : quota_room(&quota, used, in_hand, (enum outbox_class)c);
		if (room[c] > 0 && c > OUTBOX_REPLY && (!d->clock_ok || disk_full(d->disk)))
			room[c] = 0;
	}
	return r;
}

/* ------------------------------------------------------------------------------------------------ jitter */

static bool bulk(enum outbox_class c)
{
	return c == OUTBOX_REMINDER || c == OUTBOX_BROADCAST;
}

/* The pause begins when the line asks for the first time with nothing in hand. */
static bool pauses(struct session *s)
{
	int64_t ids[2];
	uint32_t dice = 0;
	if (!s->config->jitter_ms)
		return false;
	if (s->sender.after_bulk && session_holds(s, ids) == 0 &&
	    getrandom(&dice, sizeof dice, GRND_NONBLOCK) == sizeof dice) {
		s->sender.after_bulk = false;
		s->sender.quiet_ms = mono_ms() + dice % (s->config->jitter_ms + 1);
		daemon_act_soon(s->d, s->sender.quiet_ms - mono_ms());
	}
	return s->sender.after_bulk || mono_ms() < s->sender.quiet_ms;
}

void sender_took(struct session *s, const struct outbox_message *m)
{
	outbox_took(&s->sender.turns, m);
	s->sender.after_bulk |= bulk(m->class);
}

/* ------------------------------------------------------------------------------------- lines and wishes */

/* It would send an answer now, or as soon as it has time. */
static bool in_service(struct daemon *d, struct session *s)
{
	int64_t room[OUTBOX_CLASSES];
	return session_up(s) && s->registered && !s->hold_wanted && !s->stop_wanted &&
	       mono_ms() >= s->blocked_until_ms && count_room(d, s, daemon_now(d), room) == 0 &&
	       room[OUTBOX_REPLY] > 0;
}

static int64_t patience_s(void *user, const char *modem)
{
	struct daemon *d = user;
	struct session *s = daemon_session(d, modem);
	if (!s)
		return 0;
	if (in_service(d, s)) {
		s->sender.away_ms = 0;
		return BUSY_S;
	}
	if (!s->sender.away_ms)
		s->sender.away_ms = mono_ms();
	return mono_ms() - s->sender.away_ms < AWAY_MS ? AWAY_MS / 1000 : 0;
}

/* No line with this SIM would go on with what was begun by it. */
static bool away(void *user, const char *line)
{
	struct daemon *d = user;
	for (int i = 0; i < d->session_count; i++)
		if (!strcmp(session_line_key(d->session[i]), line) && in_service(d, d->session[i]))
			return false;
	return true;
}

int sender_unbind(struct daemon *d, int64_t *ret_next)
{
	int count;
	int r = outbox_unbind(d->store, away, d, daemon_now(d), ret_next, &count);
	if (r == 0 && count)
		log_notice("%d texts were begun by a line that stays away; they are not waited for any longer",
			   count);
	return r;
}

/* ------------------------------------------------------------------------------------------------ the choice */

int sender_next(struct daemon *d, struct session *s, struct outbox_message *ret)
{
	int64_t now = daemon_now(d), held[HELD_MAX];
	struct outbox_gate gate = {.modem = s->config->name,
				   .line = session_line_key(s),
				   .quiet_hours = day_window_contains(&d->config->quiet_hours, now),
				   .now_utc = now,
				   .held = held,
				   .patience_s = patience_s,
				   .user = d};
	for (int i = 0; i < d->session_count; i++)
		gate.held_count += session_holds(d->session[i], held + gate.held_count);
	bool look = store_look(d->store);
	int r = count_room(d, s, now, gate.room);
	if (r == 0 && pauses(s))
		for (int c = 0; c < OUTBOX_CLASSES; c++)
			if (bulk((enum outbox_class)c) && gate.room[c] > 0)
				gate.room[c] = 0;
	if (r == 0)
		r = outbox_choose(d->store, &gate, &s->sender.turns, ret);
	store_looked(d->store, look);
	if (r == 0)
		snprintf(ret->line, sizeof ret->line, "%s", gate.line);
	return r;
}

/* ------------------------------------------------------------------------------------------------ waiting */

/* Texts that are ready and that a quota holds back. */
static int64_t quota_opens(struct daemon *d, int64_t now, const bool ready[OUTBOX_CLASSES])
{
	int64_t next = INT64_MAX;
	for (int i = 0; i < d->session_count; i++) {
		struct session *s = d->session[i];
		const struct quota quota = quota_of(s);
		const struct quota_window *used;
		if (airtime_get(d->store, session_line_key(s), now, &used))
			return now + 1;
		for (int c = OUTBOX_REPLY; c < OUTBOX_CLASSES; c++) {
			int64_t left = quota_left(&quota, used, (enum outbox_class)c);
			if (ready[c] && left != INT64_MAX && (s->config->roles & MODEM_SEND)) {
				int64_t at = quota_opens_utc(&quota, used, (enum outbox_class)c, left + 1);
				next = at > now ? lesser(next, at) : next;
			}
		}
	}
	return next;
}

int64_t sender_wait_ms(struct daemon *d)
{
	int64_t now = daemon_now(d), next, wished, ms = INT64_MAX;
	bool ready[OUTBOX_CLASSES];
	struct outbox_gate gate = {.modem = "", .now_utc = now, .patience_s = patience_s, .user = d};
	bool look = store_look(d->store);
	int r = outbox_next_utc(d->store, now, &next);
	if (r == 0)
		r = outbox_ready(d->store, now, ready);
	if (r == 0)
		r = outbox_wished_utc(d->store, &gate, &wished);
	store_looked(d->store, look);
	if (r) {
		log_error("the outbox cannot be looked at: %s", strerror(-r));
		return 1000;
	}
	next = lesser(next, wished);
	if (ready[OUTBOX_ALARM] || ready[OUTBOX_REPLY] || ready[OUTBOX_REMINDER] || ready[OUTBOX_BROADCAST]) {
		int64_t quiet = day_window_end(&d->config->quiet_hours, now);
		next = lesser(next, quota_opens(d, now, ready));
		next = quiet > now ? lesser(next, quiet) : next;
	}
	if (next != INT64_MAX)
		ms = next > now ? (next - now) * 1000 : 0;
	for (int i = 0; i < d->session_count; i++) {
		int64_t pause = d->session[i]->sender.quiet_ms - mono_ms();
		ms = pause > 0 ? lesser(ms, pause) : ms;
	}
	return ms;
}
