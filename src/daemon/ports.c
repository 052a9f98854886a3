#include "daemon/ports_table.h"
#include "daemon/alarm.h"
#include "daemon/ports_look.h"
#include "daemon/session_internal.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "hw/port_holder.h"
#include "store/line_port.h"

#include <errno.h>
#include <string.h>

#define SETTLES_MS     250  /* all ports of a stick, their links and their rights are there */
#define SETTLES_MAX_MS 2000 /* something else keeps coming and going */

struct ports {
	struct daemon *d;
	struct ports_table table;
	struct ports_look look;
	struct path_watch *names;
	uv_poll_t on_usb, on_names;
	uv_timer_t settle; /* after a change: when to look around */
	uv_timer_t
	    again; /* when to wake waiting lines: at once, or when a port that failed may be tried again */
	int64_t unsettled_ms; /* since when; 0 not */
	int open;             /* handles that are to be closed */
	bool ending;
};

static void look_around(struct ports *p);
static void wake(struct ports *p);

/* ------------------------------------------------------------------------------------------------ lines */

static void want_of(struct ports *p, const struct config_modem *m, struct ports_want *w)
{
	*w = (struct ports_want){0};
	text_copy(w->device, sizeof w->device, m->device);
	text_copy(w->iccid, sizeof w->iccid, m->iccid ? m->iccid : "");
	if (!strncmp(m->device, "imei:", 5)) {
		w->kind = PORTS_IMEI_DEVICE;
		text_copy(w->imei, sizeof w->imei, m->device + 5);
		return;
	}
	if (!strncmp(m->device, "usb:", 4)) {
		w->kind = PORTS_USB_DEVICE;
		text_copy(w->usb, sizeof w->usb, m->device + 4);
	} else
		w->kind = PORTS_PATH_DEVICE;
	int r = line_port_learned(p->d->store, m->name, m->device, w->imei, sizeof w->imei);
	if (r)
		log_error("%s: what is known of its modem cannot be read: %s", m->name, strerror(-r));
}

static struct ports_line *line_of(struct ports *p, struct session *s)
{
	struct ports_line *l = ports_table_line(&p->table, s);
	if (l && !strcmp(l->want.device, s->config->device) &&
	    !strcmp(l->want.iccid, s->config->iccid ? s->config->iccid : ""))
		return l;
	struct ports_want w;
	want_of(p, s->config, &w);
	return ports_table_want(&p->table, s, &w);
}

void ports_forget(struct ports *p, struct session *s)
{
	if (!p)
		return;
	ports_table_forget(&p->table, s);
	wake(p);
}

/* ------------------------------------------------------------------------------------------- looking around */

/* What the paths of the lines lead to, which changes what is there. */
static void resolve_paths(struct ports *p)
{
	for (int i = 0; i < p->d->session_count; i++) {
		struct ports_line *l = line_of(p, p->d->session[i]);
		if (l->want.kind == PORTS_PATH_DEVICE)
			ports_look_node(p->d->session[i]->config->device, l->want.node);
	}
}

static void update(struct ports *p)
{
	struct ports_seen *seen;
	resolve_paths(p);
	int n = ports_look_all(&p->look, p->d, &seen);
	ports_table_update(&p->table, seen, n);
	free(seen);
}

/* A session that reads from a port which is not there any more would notice by itself, mostly. */
static void tell_lost(struct ports *p)
{
	for (int i = 0; i < p->d->session_count; i++) {
		struct session *s = p->d->session[i];
		const struct ports_line *l = ports_table_line(&p->table, s);
		if (l && ports_table_lost(l)) {
			session_remark(s, "%s is not there any more", l->port->at.path);
			session_event(s, EV_GONE);
		}
	}
}

/* A stick that says it is a disk, and a line that misses its modem. */
static void tell_disks(struct ports *p)
{
	for (int i = 0; i < p->d->session_count; i++) {
		struct session *s = p->d->session[i];
		const struct ports_line *l = ports_table_line(&p->table, s);
		char what[PORTS_DISK];
		if (l && !l->port && ports_look_disk(&p->look, p->d, l, what)) {
			if (!alarm_raised(p->d, s->config->name, ALARM_STORAGE_MODE))
				log_warning(
				    "%s: the stick %s shows itself as a disk; install usb-modeswitch and "
				    "plug it in again",
				    s->config->name, what);
			alarm_raise(p->d, s->config->name, ALARM_STORAGE_MODE, "%s", what);
		} else
			alarm_clear(p->d, s->config->name, ALARM_STORAGE_MODE);
	}
}

static void on_usb(uv_poll_t *h, int status, int events);

/* libuv ends a watch with its first error: a monitor that was told more than it can hold says so once, and is good
 * again when it has been read. Here and not at once, so that one which stays bad does not spin. */
static void watch_usb(struct ports *p)
{
	if (p->on_usb.data && !uv_is_active((uv_handle_t *)&p->on_usb))
		uv_poll_start(&p->on_usb, UV_READABLE, on_usb);
}

static void look_around(struct ports *p)
{
	p->unsettled_ms = 0;
	uv_timer_stop(&p->settle);
	watch_usb(p);
	ports_look_usb(&p->look);
	ports_look_watch(p->d, p->names);
	update(p);
	tell_lost(p);
	tell_disks(p);
	wake(p);
}

static void on_settled(uv_timer_t *t)
{
	look_around(t->data);
}

static void changed(struct ports *p)
{
	int64_t now = mono_ms();
	if (!p->unsettled_ms)
		p->unsettled_ms = now;
	if (now - p->unsettled_ms > SETTLES_MAX_MS)
		return; /* the timer runs */
	uv_update_time(p->d->loop);
	uv_timer_start(&p->settle, on_settled, SETTLES_MS, 0);
}

static void on_usb(uv_poll_t *h, int status, int events)
{
	struct ports *p = h->data;
	(void)events;
	if (usb_changed(p->look.usb) || status < 0)
		changed(p);
}

static void on_names(uv_poll_t *h, int status, int events)
{
	struct ports *p = h->data;
	(void)status;
	(void)events;
	if (path_watch_changed(p->names))
		changed(p);
}

/* ------------------------------------------------------------------------------------------------ waking */

static void on_again(uv_timer_t *t)
{
	struct ports *p = t->data;
	int64_t now = mono_ms();
	/* a session that starts claims at once, so the next one sees what is left */
	for (int i = 0; i < p->d->session_count; i++) {
		struct session *s = p->d->session[i];
		struct ports_line *l = ports_table_line(&p->table, s);
		if (!l || l->port)
			continue;
		if (l->waiting ? !ports_table_has(&p->table, l, now)
			       : !ports_table_has_fresh(&p->table, l, now))
			continue;
		l->waiting = false;
		session_start(s);
	}
	ports_table_settled(&p->table);
	wake(p);
}

static void wake_in(struct ports *p, int64_t ms)
{
	uv_update_time(p->d->loop);
	uv_timer_start(&p->again, on_again, ms > 0 ? (uint64_t)ms : 0, 0);
}

/* Somebody may have something to try: at once from the loop, else when a pause is over. */
static void wake(struct ports *p)
{
	int64_t now = mono_ms(), next = INT64_MAX;
	if (p->ending)
		return;
	for (int i = 0; i < p->table.line_count; i++) {
		const struct ports_line *l = p->table.line[i];
		int64_t retry = l->port ? INT64_MAX : ports_table_retry_ms(&p->table, l);
		if (!l->waiting && !(retry <= now && ports_table_has_fresh(&p->table, l, now)))
			continue;
		next = retry < next ? retry : next;
	}
	if (next == INT64_MAX)
		uv_timer_stop(&p->again);
	else
		wake_in(p, next - now);
}

/* ------------------------------------------------------------------------------------------------ for
 * sessions */

int ports_claim(struct ports *p, struct session *s, struct ports_claim *ret)
{
	struct ports_line *l = line_of(p, s);
	if (!l->port)
		update(p);
	struct ports_port *port = ports_table_claim(&p->table, l, mono_ms());
	l->waiting = !port;
	if (l->other_sim && !port)
		alarm_raise(p->d, s->config->name, ALARM_SIM_OTHER, "%s", s->iccid);
	if (!port) {
		wake(p);
		return -ENOENT;
	}
	*ret = (struct ports_claim){.sure = l->sure};
	text_copy(ret->path, sizeof ret->path, port->at.path);
	text_copy(ret->usb, sizeof ret->usb, port->at.usb.id);
	text_copy(ret->stick, sizeof ret->stick, port->at.usb.stick);
	return 0;
}

enum ports_answer ports_identified(struct ports *p, struct session *s, const char *imei, const char *iccid)
{
	struct ports_line *l = line_of(p, s);
	bool learned = false;
	if (!ports_table_identified(&p->table, l, imei, iccid, &learned)) {
		if (l->other_sim && l->port && !strcmp(iccid, l->port->iccid))
			log_warning("%s: the SIM %s is in %s, not the one that the configuration names",
				    s->config->name, iccid, l->port->at.path);
		return PORTS_OTHER;
	}
	if (learned) {
		int r =
		    line_port_learn(p->d->store, s->config->name, s->config->device, imei, daemon_now(p->d));
		if (r)
			log_error("%s: its modem was not written down: %s", s->config->name, strerror(-r));
	}
	if (iccid[0])
		alarm_clear(p->d, s->config->name, ALARM_SIM_OTHER);
	return PORTS_MINE;
}

/* A guess that could not be opened; said once, for it may be the very port that is missed. */
static void tell_busy(struct session *s, const char *path)
{
	char holder[96];
	if (port_holder(path, holder, sizeof holder))
		log_warning("%s: %s is held by %s; another port is tried", s->config->name, path, holder);
	else
		log_warning(
		    "%s: %s cannot be opened (no right to, or another program holds it); another port is tried",
		    s->config->name, path);
}

void ports_release(struct ports *p, struct session *s, enum ports_why why)
{
	struct ports_line *l = ports_table_line(&p->table, s);
	if (!l || !l->port)
		return;
	if (why == PORTS_BUSY && !l->sure && !l->port->failed)
		tell_busy(s, l->port->at.path);
	ports_table_release(&p->table, l, why, mono_ms());
	wake(p);
}

/* ------------------------------------------------------------------------------------------------ life */

void ports_reconfigure(struct ports *p)
{
	look_around(p);
}

struct ports *ports_new(struct daemon *d)
{
	struct ports *p = mem_alloc(sizeof *p);
	p->d = d;
	p->look.usb = usb_new();
	p->names = path_watch_new();
	uv_timer_init(d->loop, &p->settle);
	uv_timer_init(d->loop, &p->again);
	p->settle.data = p->again.data = p;
	p->open = 2;
	return p;
}

static void watch_fd(struct ports *p, uv_poll_t *h, int fd, uv_poll_cb on)
{
	if (fd < 0 || uv_poll_init(p->d->loop, h, fd) != 0)
		return;
	h->data = p;
	p->open++;
	uv_poll_start(h, UV_READABLE, on);
}

void ports_start(struct ports *p)
{
	/* first the watch, then the look: nothing falls between */
	watch_fd(p, &p->on_usb, usb_fd(p->look.usb), on_usb);
	watch_fd(p, &p->on_names, path_watch_fd(p->names), on_names);
	look_around(p);
}

static void on_closed(uv_handle_t *h)
{
	struct ports *p = h->data;
	if (--p->open)
		return;
	ports_look_done(&p->look);
	path_watch_free(p->names);
	ports_table_done(&p->table);
	free(p);
}

void ports_free(struct ports *p)
{
	if (!p)
		return;
	p->ending = true;
	uv_close((uv_handle_t *)&p->settle, on_closed);
	uv_close((uv_handle_t *)&p->again, on_closed);
	if (p->on_usb.data)
		uv_close((uv_handle_t *)&p->on_usb, on_closed);
	if (p->on_names.data)
		uv_close((uv_handle_t *)&p->on_names, on_closed);
}
