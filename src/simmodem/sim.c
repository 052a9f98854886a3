#include "simmodem/sim.h"
#include "base/log.h"
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

struct port *sim_port(struct sim *s, const struct modem *m)
{
	for (int i = 0; i < s->port_count; i++)
		if (s->ports[i].modem == m && s->ports[i].main)
			return &s->ports[i];
	return NULL;
}

/* All ports vanish as at a USB reset: the terminals see a hang-up. */
static void ports_go(struct sim *s, struct modem *m)
{
	for (int i = 0; i < s->port_count; i++) {
		struct port *p = &s->ports[i];
		if (p->modem != m || p->master < 0 || p->back_soon)
			continue;
		port_unplug(p);
		p->back_soon = true;
		if (p->main)
			network_event(&s->net,
				      json_pack("{s:s, s:i}", "event", "port_gone", "modem", m->index));
	}
}

static bool port_back(struct sim *s, struct port *p)
{
	char name[80];
	if (!p->back_soon)
		return true;
	port_name(p, p->modem->replug_name, name, sizeof name);
	int r = port_plug(p, name);
	if (r) {
		log_error("%s does not come back: %s; next try in a second", name, strerror(-r));
		p->modem->replug_ms = s->net.now_ms + 1000;
		return false;
	}
	p->back_soon = false;
	return true;
}

/* … and the modem comes back with its boot lines. */
static void replug(struct sim *s, struct modem *m)
{
	ports_go(s, m);
	if (s->net.now_ms < m->replug_ms)
		return;
	for (int i = 0; i < s->port_count; i++)
		if (s->ports[i].modem == m && !port_back(s, &s->ports[i]))
			return;
	m->replug = false;
	modem_boot(m);
	network_retry(&s->net, m->index);
	network_event(&s->net, json_pack("{s:s, s:i, s:s}", "event", "port_back", "modem", m->index, "device",
					 sim_port(s, m)->link));
}

static int64_t next_ms(const struct sim *s)
{
	int64_t next = network_next_ms(&s->net), control = control_next_ms(s->control);
	if (control < next)
		next = control;
	for (int i = 0; i < s->count; i++) {
		const struct modem *m = &s->modems[i];
		int64_t due = m->replug ? m->replug_ms : modem_next_ms(m);
		if (due < next)
			next = due;
	}
	for (int i = 0; i < s->port_count; i++) {
		const struct port *p = &s->ports[i];
		/* nobody reads: its own poll wakes us */
		int64_t due = p->modem->replug || p->writable_wanted ? MODEM_NEVER
								     : modem_output_ms(p->modem, p->tty_index);
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
	for (int i = 0; i < s->count; i++)
		if (!s->modems[i].replug)
			modem_tick(&s->modems[i]);
	for (int i = 0; i < s->port_count; i++)
		port_flush(&s->ports[i]);
	for (int i = 0; i < s->count; i++)
		if (s->modems[i].replug)
			replug(s, &s->modems[i]);
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
