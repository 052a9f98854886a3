#include "simmodem/sim.h"
#include "base/log.h"
#include "base/text.h"
#include "simmodem/control.h"

#include <stdio.h>
#include <string.h>

void sim_now(struct sim *s)
{
	uv_update_time(s->loop);
	s->net.now_us = (int64_t)(uv_hrtime() / 1000);
	s->net.now_ms = s->net.now_us / 1000;
	s->net.now_utc = wall_clock_now(&s->clock);
}

/* The port vanishes as at a USB reset: the terminal sees a hang-up, the modem comes back with its boot lines.
 */
static void replug(struct sim *s, struct port *p)
{
	struct modem *m = p->modem;
	if (p->master >= 0 && !p->back_soon) {
		port_unplug(p);
		p->back_soon = true;
		network_event(&s->net, json_pack("{s:s, s:i}", "event", "port_gone", "modem", m->index));
	}
	if (s->net.now_ms < m->replug_ms)
		return;
	char name[64];
	const char *old = strrchr(p->link, '/');
	text_copy(name, sizeof name, *m->replug_name ? m->replug_name : old ? old + 1 : "modem");
	int r = port_plug(p, name);
	if (r) {
		log_error("%s does not come back: %s; next try in a second", name, strerror(-r));
		m->replug_ms = s->net.now_ms + 1000;
		return;
	}
	m->replug = p->back_soon = false;
	modem_boot(m);
	network_retry(&s->net, m->index);
	network_event(&s->net,
		      json_pack("{s:s, s:i, s:s}", "event", "port_back", "modem", m->index, "device", p->link));
}

static int64_t next_ms(const struct sim *s)
{
	int64_t next = network_next_ms(&s->net), control = control_next_ms(s->control);
	if (control < next)
		next = control;
	for (int i = 0; i < s->count; i++) {
		const struct modem *m = &s->modems[i];
		int64_t due = m->replug                     ? m->replug_ms
			      : s->ports[i].writable_wanted ? MODEM_NEVER
							    : modem_next_ms(m);
		if (due < next)
			next = due;
	}
	return next;
}

static void on_timer(uv_timer_t *t)
{
	sim_turn(t->data);
}

static void turn_once(struct sim *s)
{
	sim_now(s);
	network_tick(&s->net);
	for (int i = 0; i < s->count; i++) {
		struct modem *m = &s->modems[i];
		if (!m->replug)
			modem_tick(m);
		port_flush(&s->ports[i]);
		if (m->replug)
			replug(s, &s->ports[i]);
	}
	control_wake(s->control);
}

void sim_turn(struct sim *s)
{
	if (s->turning) {
		s->turn_again = true;
		return;
	}
	s->turning = true;
	do {
		s->turn_again = false;
		turn_once(s);
	} while (s->turn_again || next_ms(s) <= s->net.now_ms);
	s->turning = false;
	int64_t next = next_ms(s);
	if (next == MODEM_NEVER)
		uv_timer_stop(&s->timer);
	else
		uv_timer_start(&s->timer, on_timer, (uint64_t)(next - s->net.now_ms), 0);
}
