/* The network's time as evidence about the clock of the box, which is set elsewhere (clock_setter.h). */
#include "daemon/session_operator.h"
#include "daemon/alarm.h"
#include "daemon/clock_setter.h"
#include "at_commands/network_time.h"
#include "civic/clock_guard.h"
#include "civic/clock_witness.h"
#include "base/log.h"

#include <stdlib.h>
#include <string.h>

#define DIFFERS_S 300              /* that an installer should know */
#define EVERY_MS  (12 * 3600000LL) /* asked */
#define SETTLE_MS 3600000          /* after the modem was told to follow the network */
#define STEP_S    30
#define OLD_S     (2 * DAY_S) /* evidence of a clock that nobody looks at any more */

bool operator_time(const struct session *s, int64_t *ret_ahead_s)
{
	const struct operator_side *o = s->operator_side;
	if (!o || !o->time_known || session_now(s) - o->time_utc > OLD_S)
		return false;
	*ret_ahead_s = o->time_ahead_s;
	return true;
}

/* So many lines say that our clock is right, and none another time. */
static int agreeing(const struct daemon *d)
{
	int n = 0;
	for (int i = 0; i < d->session_count; i++) {
		int64_t ahead;
		if (!operator_time(d->session[i], &ahead))
			continue;
		if (llabs(ahead) >= CLOCK_OFF_S)
			return 0;
		n++;
	}
	return n;
}

/* What all lines say together: ours is behind when one line says so and none agrees with us. */
void operator_weigh_clock(struct daemon *d)
{
	int64_t most = 0, now = daemon_now(d);
	int agree = agreeing(d);
	for (int i = 0; i < d->session_count; i++) {
		const struct operator_side *o = operator_of(d->session[i]);
		if (!o->time_known || now - o->time_utc > OLD_S)
			continue;
		if (llabs(o->time_ahead_s) <= CLOCK_BEHIND_S) {
			most = 0;
			break;
		}
		most = o->time_ahead_s > most ? o->time_ahead_s : most;
	}
	bool was = d->people.network_ahead_s > CLOCK_BEHIND_S, is = most > CLOCK_BEHIND_S;
	d->people.network_ahead_s = most;
	if (was != is || agree != d->people.network_agrees)
		daemon_act_soon(d, 0);
	d->people.network_agrees = agree;
}

void time_take(struct session *s, const char *line, bool utc)
{
	struct operator_side *o = operator_of(s);
	struct at_network_time t;
	if (at_parse_network_time(line, utc, &t) || !t.has_time)
		return;
	int64_t now = session_now(s), ahead = t.utc - now;
	if (!o->time_known || llabs(o->time_ahead_s - ahead) > 5)
		o->dirty = true;
	o->time_known = true;
	o->time_ahead_s = ahead;
	o->time_utc = now;
	o->time_ms = mono_ms();
	o->time_due_ms = mono_ms() + EVERY_MS;
	if (llabs(ahead) > DIFFERS_S) {
		char network[32], ours[32];
		alarm_raise(s->d, s->config->name, ALARM_CLOCK, "%.16s / %.16s", rfc3339_format(t.utc, network),
			    rfc3339_format(now, ours));
	} else
		alarm_clear(s->d, s->config->name, ALARM_CLOCK);
	operator_weigh_clock(s->d);
	clock_setter_look(s->d->clock_setter);
}

/* A clock that was set by less than a step is what it was. */
void operator_clock_set(struct daemon *d)
{
	int64_t now = daemon_now(d);
	for (int i = 0; i < d->session_count; i++) {
		struct operator_side *o = operator_of(d->session[i]);
		int64_t step = now - o->time_utc - (mono_ms() - o->time_ms) / 1000;
		if (!o->time_known || llabs(step) <= STEP_S)
			continue;
		o->time_known = false;
		o->time_due_ms = 0;
	}
	operator_weigh_clock(d);
}

/* ------------------------------------------------------------------------------------------------ asking */

static void ask_next(struct session *s);

static void done(struct session *s)
{
	operator_of(s)->then(s);
}

static void on_time(void *user, const struct at_reply *r)
{
	struct session *s = user;
	if (port_over(s, r))
		return;
	for (size_t i = 0; i < r->count; i++)
		time_take(s, r->lines[i], s->row->time_utc);
	done(s);
}

static void on_set(void *user, const struct at_reply *r)
{
	struct session *s = user;
	if (port_over(s, r))
		return;
	/* until the network has told it the time its clock is what it was */
	operator_of(s)->time_due_ms = mono_ms() + SETTLE_MS;
	operator_of(s)->time_follows = false;
	operator_of(s)->time_on++;
	ask_next(s);
}

/* "CTZU=3" → "CTZU", 3 */
static int setting(const struct session *s, int i, char name[ROW_WORD])
{
	snprintf(name, ROW_WORD, "%s", s->row->time_on.word[i]);
	char *equals = strchr(name, '=');
	int value = equals ? atoi(equals + 1) : 1;
	if (equals)
		*equals = 0;
	return value;
}

static void on_setting(void *user, const struct at_reply *r)
{
	struct session *s = user;
	struct operator_side *o = operator_of(s);
	char name[ROW_WORD];
	if (port_over(s, r))
		return;
	int want = setting(s, o->time_on, name), is = -1;
	struct at_fields f;
	if (r->final == AT_OK && r->count) {
		at_fields_parse(&f, r->lines[r->count - 1]);
		is = at_fields_int(&f, 0, -1);
	}
	if (r->final != AT_OK)
		o->time_follows = false; /* it does not know that */
	if (r->final != AT_OK || is == want || is < 0) {
		o->time_on++;
		ask_next(s);
		return;
	}
	struct at_command c = at_cmd("", 0);
	snprintf(c.line, sizeof c.line, "AT+%s=%d", name, want);
	port_submit(s, &c, on_set);
}

static void ask_next(struct session *s)
{
	struct operator_side *o = operator_of(s);
	struct at_command c = at_cmd("", 0);
	char name[ROW_WORD];
	if (o->time_on < s->row->time_on.count) {
		setting(s, o->time_on, name);
		snprintf(c.line, sizeof c.line, "AT+%s?", name);
		port_submit(s, &c, on_setting);
	} else if (o->time_follows && s->row->time_query[0]) {
		snprintf(c.line, sizeof c.line, "%s", s->row->time_query);
		port_submit(s, &c, on_time);
	} else
		done(s);
}

void time_ask(struct session *s, void (*then)(struct session *s))
{
	struct operator_side *o = operator_of(s);
	o->time_due_ms = mono_ms() + EVERY_MS;
	o->time_on = 0;
	o->time_follows = s->row->time_on.count > 0;
	o->then = then;
	ask_next(s);
}
