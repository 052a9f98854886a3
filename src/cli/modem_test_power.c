/* The acceptance test's steps about supply, USB socket and time. */
#include "cli/modem_test.h"

#include "at_commands/health.h"
#include "at_commands/network_time.h"
#include "civic/clock_guard.h"
#include "hw/usb_supply.h"
#include "store/event.h"
#include "store/store.h"

#include <string.h>

#define LOW_MV                                                                                                 \
	3600 /* modules want 3.4 V and more in the moment of sending, and are measured between two of them */
#define UNDER_MV   3400
#define USB_MV     4000 /* above: the stick tells the voltage of the socket, not of its module */
#define USB_LOW_MV 4600
#define SLOW_MBIT  12
#define OFF_S      60                    /* the network's own clock errs by so much */
#define ZONES_S    (14 * HOUR_S + OFF_S) /* the farthest of them */
#define WRONG_S    300 /* an invitation at the wrong minute is an annoyance, at the wrong hour a wrong one */

void test_power(struct test *t)
{
	int mv = -1, percent = -1;
	if (t->brown_out) {
		test_found(t, "power.brownout");
		return;
	}
	if (t->under_voltage) {
		test_figure_text(t, "reason", "%s", t->power_words[0] ? t->power_words : "under-voltage");
		test_found(t, "power.under");
		return;
	}
	if (t->has & NEED_PORT && at_read_battery(dialogue_ask(t->d, at_cmd_battery()), &mv, &percent))
		mv = -1;
	if (mv > 0) {
		bool socket = mv > USB_MV;
		test_figure_text(t, "volts", "%d.%02d", mv / 1000, mv % 1000 / 10);
		if (mv < UNDER_MV) {
			test_figure_text(t, "reason", "%d mV", mv);
			test_found(t, "power.under");
		} else if (mv < (socket ? USB_LOW_MV : LOW_MV))
			test_found(t, "power.low");
		else
			test_found(t, t->sent ? "power.volts" : "power.idle");
		return;
	}
	test_found(t, t->sent ? "power.ok" : "power.idle");
}

void test_usb(struct test *t)
{
	struct usb_supply u;
	if (!t->port[0] || usb_supply_read(t->port, &u)) {
		test_found(t, "usb.none");
		return;
	}
	test_figure_text(t, "id", "%s", u.id);
	test_figure_text(t, "socket", "%s", u.socket);
	test_figure(t, "speed", json_integer(u.speed));
	test_figure(t, "hub", json_boolean(u.hub));
	if (u.hub && !u.hub_powered)
		test_found(t, "usb.hub");
	if (u.may_sleep)
		test_found(t, "usb.sleep");
	if (u.speed > 0 && u.speed <= SLOW_MBIT)
		test_found(t, "usb.slow");
	if (!t->said)
		test_found(t, "usb.ok");
}

/* ------------------------------------------------------------------------------------------------ the clock */

static void tell_time(struct test *t, const char *key, int64_t utc)
{
	struct civil v;
	civil_from_utc(utc, &v);
	test_figure_text(t, key, "%04d-%02d-%02d %02d:%02d:%02d", v.year, v.month, v.day, v.hour, v.minute,
			 v.second);
}

/* The stamp of the own text is the service centre's; else what the modem was told. */
static bool network_time(struct test *t)
{
	struct at_network_time nt;
	if (t->network_utc)
		return true;
	if (!(t->has & NEED_NETWORK) || !t->card.row->time_query[0])
		return false;
	const struct at_reply *r = dialogue_command(t->d, t->card.row->time_query, 0);
	for (size_t i = 0; r->final == AT_OK && i < r->count; i++)
		if (!at_parse_network_time(r->lines[i], t->card.row->time_utc, &nt) && nt.has_time) {
			t->network_utc = nt.utc;
			t->network_seen_utc = cli_now(t->c);
			return true;
		}
	return false;
}

static int64_t last_event(struct test *t)
{
	int64_t last = 0;
	if (!t->c->store || event_last_utc(t->c->store, &last))
		return 0;
	return last;
}

/* As far apart as two time zones, and not much besides. */
static bool whole_hours(int64_t off)
{
	int64_t rest = off % HOUR_S;
	return off + OFF_S >= HOUR_S && off <= ZONES_S && (rest <= OFF_S || rest >= HOUR_S - OFF_S);
}

void test_clock(struct test *t)
{
	int64_t now = cli_now(t->c);
	if (t->cfg)
		test_figure_text(t, "zone", "%s", t->cfg->timezone);
	tell_time(t, "now", now);
	if (!network_time(t)) {
		test_found(t, clock_plausible(now, last_event(t), 0) ? "clock.untold" : "clock.implausible");
		return;
	}
	int64_t ahead = t->network_seen_utc - t->network_utc, off = ahead < 0 ? -ahead : ahead;
	tell_time(t, "network", t->network_utc);
	test_figure(t, "off", json_integer(off));
	test_figure(t, "ahead", json_boolean(ahead > 0));
	test_figure(t, "hours", json_integer((off + HOUR_S / 2) / HOUR_S));
	test_found(t, whole_hours(off) ? "clock.zone"
		      : off > WRONG_S  ? "clock.wrong"
		      : off > OFF_S    ? "clock.off"
				       : "clock.ok");
}
