#include "daemon/clock_setter.h"
#include "daemon/daemon.h"
#include "daemon/root_call.h"
#include "daemon/session.h"
#include "base/log.h"
#include "base/mem.h"
#include "civic/clock_guard.h"
#include "civic/clock_witness.h"
#include "store/event.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define AGAIN_MS  3600000 /* after a refusal */
#define SETTLE_MS 60000   /* after it was set: what was said before is void by then */
#define LIMIT_MS  10000
#define OLD_MS    (24 * 3600000LL) /* stamps */

struct clock_setter {
	struct daemon *d;
	struct clock_stamps stamps;
	int64_t stamp_ahead_s, stamp_ms; /* what two texts say, and since when; 0: nothing */
	int64_t next_ms;                 /* not asked before */
	int64_t from_utc, to_utc;        /* asked */
	int witnesses;
	bool asked, alone; /* alone: that there is no helper was said */
};

struct clock_setter *clock_setter_new(struct daemon *d)
{
	struct clock_setter *c = mem_alloc(sizeof *c);
	c->d = d;
	return c;
}

void clock_setter_free(struct clock_setter *c)
{
	free(c);
}

void clock_setter_stamp(struct clock_setter *c, int64_t scts_utc)
{
	if (!scts_utc || !clock_stamps_take(&c->stamps, scts_utc, mono_ms()))
		return;
	c->stamp_ahead_s = scts_utc - daemon_now(c->d);
	c->stamp_ms = mono_ms();
	daemon_act_soon(c->d, 0);
}

void clock_setter_void(struct clock_setter *c)
{
	c->stamp_ms = 0;
}

static int gather(const struct clock_setter *c, int64_t ahead_s[CLOCK_WITNESSES])
{
	int n = 0;
	for (int i = 0; i < c->d->session_count && n < CLOCK_WITNESSES - 1; i++)
		n += operator_time(c->d->session[i], &ahead_s[n]);
	if (c->stamp_ms && mono_ms() - c->stamp_ms < OLD_MS)
		ahead_s[n++] = c->stamp_ahead_s;
	return n;
}

static void on_answer(void *user, int status, const char *said)
{
	struct clock_setter *c = user;
	char from[32], to[32];
	c->asked = false;
	c->next_ms = mono_ms() + (status ? AGAIN_MS : SETTLE_MS);
	if (c->d->stopping)
		return;
	if (status) {
		log_notice("the mobile network says that the clock is off by %" PRId64 " s; it is not set: %s",
			   c->to_utc - c->from_utc, *said ? said : strerror(-status));
		return;
	}
	log_notice("the clock was set from %s to %s, as the mobile network says",
		   rfc3339_format(c->from_utc, from), rfc3339_format(c->to_utc, to));
	int r = event_add(c->d->store, EVENT_CLOCK_SET, "daemon",
			  json_pack("{s:I, s:I, s:i}", "from", (json_int_t)c->from_utc, "to",
				    (json_int_t)c->to_utc, "witness", c->witnesses),
			  daemon_now(c->d));
	if (r)
		log_error("event not written: %s", strerror(-r));
	daemon_act_soon(c->d, 0);
}

static void ask(struct clock_setter *c, int64_t now, int64_t ahead_s)
{
	char to[32];
	c->from_utc = now;
	c->to_utc = now + ahead_s;
	int r = root_call(c->d, LIMIT_MS, on_answer, c, "clock %s", rfc3339_format(c->to_utc, to));
	c->asked = r == 0;
	if (r && !c->alone) {
		log_notice("the mobile network says that the clock is off by %" PRId64
			   " s; without yishi-root it cannot be set",
			   ahead_s);
		c->alone = true;
	}
}

void clock_setter_look(struct clock_setter *c)
{
	int64_t ahead_s[CLOCK_WITNESSES], now = daemon_now(c->d), last = 0;
	if (!c->d->config->set_clock || c->asked || mono_ms() < c->next_ms)
		return;
	c->witnesses = gather(c, ahead_s);
	if (!c->witnesses || event_last_utc(c->d->store, &last))
		return;
	bool implausible = !clock_plausible(now, last, c->d->people.built_utc);
	int64_t by = clock_correction(ahead_s, c->witnesses, implausible, now, c->d->people.built_utc);
	if (by)
		ask(c, now, by);
}
