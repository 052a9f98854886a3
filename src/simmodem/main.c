/* yishi-simmodem: options, start, end. See --help and control.h. */
#include "base/e164.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "simmodem/client.h"
#include "simmodem/control.h"
#include "simmodem/options.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

static void on_signal(uv_signal_t *sig, int number)
{
	(void)number;
	uv_stop(sig->loop);
}

static int make_modem(struct sim *s, const struct options *o, int i)
{
	struct modem *m = &s->modems[i];
	modem_init(m, &s->net, i, o->profile[i % o->profile_count], o->number[i]);
	if (o->stores && modem_resize_stores(m, o->stores)) {
		fprintf(stderr, "yishi-simmodem: --store takes SM:10 or SM:10,ME:23, not %s\n", o->stores);
		return EX_USAGE;
	}
	if (o->slots) {
		char spec[16];
		snprintf(spec, sizeof spec, "%s:%d", m->profile->default_store, o->slots);
		modem_resize_stores(m, spec);
	}
	m->air_ms = o->air_ms;
	m->reply_ms = o->reply_ms;
	m->ack_ms = o->ack_ms;
	m->restart_ms = o->restart_ms;
	m->link_ms = o->link_ms;
	m->hold_ms = o->hold_ms;
	if (o->ttys)
		modem_ttys(m);
	text_copy(m->pin, sizeof m->pin, o->pin ? o->pin : "");
	modem_boot(m);
	if (!o->boot)
		m->boot_next = NULL;
	for (int k = 0; k < o->fault_count; k++) {
		const char *why = "";
		const struct fault_option *f = &o->fault[k];
		if (modem_fault(m, f->id, f->value, f->text, 0, 0, &why)) {
			fprintf(stderr, "yishi-simmodem: --fault %s: %s\n", fault_infos[f->id].name, why);
			return EX_USAGE;
		}
	}
	return 0;
}

static int make_ports(struct sim *s, struct modem *m)
{
	for (int k = 0; k < m->tty_count; k++) {
		char name[80];
		struct port *p = &s->ports[s->port_count++];
		*p = (struct port){.sim = s,
				   .modem = m,
				   .tty_index = k,
				   .main = k == m->main_tty,
				   .master = -1,
				   .slave = -1,
				   .log_from_ms = s->net.now_ms};
		port_name(p, "", name, sizeof name);
		int r = port_plug(p, name);
		if (r) {
			fprintf(stderr, "yishi-simmodem: no terminal at %s/%s: %s\n", s->dir, name,
				strerror(-r));
			return EX_CANTCREAT;
		}
	}
	return 0;
}

static int start(struct sim *s, const struct options *o)
{
	text_copy(s->dir, sizeof s->dir, o->dir);
	if (mkdir(s->dir, 0755) && errno != EEXIST) {
		fprintf(stderr, "yishi-simmodem: cannot make the folder %s: %s\n", s->dir, strerror(errno));
		return EX_CANTCREAT;
	}
	int r = control_listen(s, o->control);
	if (r) {
		fprintf(stderr, "yishi-simmodem: no control socket at %s: %s\n", o->control, strerror(-r));
		return EX_CANTCREAT;
	}
	s->count = s->net.modem_count = o->modems;
	s->modems = s->net.modems = mem_array((size_t)o->modems, sizeof *s->modems);
	s->ports = mem_array((size_t)o->modems * TTYS_MAX, sizeof *s->ports);
	s->net.redeliver_ms = o->redeliver_ms;
	s->net.report_ms = o->report_ms;
	s->net.next_ref = 1;
	s->net.event = control_event;
	s->net.event_arg = s;
	for (int i = 0; i < o->modems && !r; i++)
		r = make_modem(s, o, i);
	for (int i = 0; i < o->modems && !r; i++)
		r = make_ports(s, &s->modems[i]);
	return r;
}

static void stop(struct sim *s)
{
	if (s->control)
		control_close(s);
	for (int i = 0; i < s->port_count; i++)
		port_unplug(&s->ports[i]);
	uv_close((uv_handle_t *)&s->timer, NULL);
	uv_run(s->loop, UV_RUN_DEFAULT);
	for (int i = 0; i < s->count; i++)
		modem_done(&s->modems[i]);
	for (int i = 0; i < s->port_count; i++)
		buf_done(&s->ports[i].log);
	network_done(&s->net);
	free(s->modems);
	free(s->ports);
	if (s->trace)
		fclose(s->trace);
}

static int serve(const struct options *o)
{
	struct sim s = {0};
	uv_loop_t loop;
	uv_signal_t signals[2];
	uv_loop_init(&loop);
	s.loop = &loop;
	uv_timer_init(&loop, &s.timer);
	s.timer.data = &s;
	wall_clock_init(&s.clock, true);
	sim_now(&s);
	signal(SIGPIPE, SIG_IGN);
	for (int i = 0; i < 2; i++) {
		uv_signal_init(&loop, &signals[i]);
		uv_signal_start(&signals[i], on_signal, i ? SIGTERM : SIGINT);
	}
	int r = 0;
	if (o->trace && !(s.trace = fopen(o->trace, "a"))) {
		fprintf(stderr, "yishi-simmodem: cannot write %s: %s\n", o->trace, strerror(errno));
		r = EX_CANTCREAT;
	}
	if (!r)
		r = start(&s, o);
	if (!r) {
		printf("ready %s\n", o->control);
		fflush(stdout);
		if (o->script)
			control_script(&s, o->script);
		sim_turn(&s);
		uv_run(&loop, UV_RUN_DEFAULT);
	}
	for (int i = 0; i < 2; i++)
		uv_close((uv_handle_t *)&signals[i], NULL);
	stop(&s);
	uv_loop_close(&loop);
	return r;
}

int main(int argc, char **argv)
{
	struct options o;
	int r = sim_options_read(&o, argc, argv);
	if (r == OPTIONS_DONE)
		r = 0;
	else if (!r && (o.follow || o.request))
		r = client_run(o.control, o.request);
	else if (!r)
		r = serve(&o);
	sim_options_done(&o);
	return r;
}
