#include "simmodem/sim.h"
#include "at_commands/trace.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static void log_bytes(struct port *p, enum trace_kind kind, const char *bytes, size_t n)
{
	size_t before = p->log.len;
	trace_format(&p->log, p->modem->net->now_ms - p->log_from_ms, kind, bytes, n);
	if (p->sim->trace) {
		fprintf(p->sim->trace, "# modem%d\n%s", p->modem->index, p->log.data + before);
		fflush(p->sim->trace);
	}
	if (p->log.len > SIM_LOG_MAX) {
		const char *line = strchr(p->log.data + p->log.len / 2, '\n');
		buf_drop(&p->log, line ? (size_t)(line + 1 - p->log.data) : p->log.len);
	}
}

/* Our own hold on the slave keeps the line up while nobody has it open. What a terminal left behind on closing
 * (an exclusive lock) must not outlive it, as it would not on a real port. */
static void forget_terminal(struct port *p)
{
	ioctl(p->slave, TIOCNXCL);
}

static void poll_freed(uv_handle_t *h)
{
	free(h);
}

static void on_port(uv_poll_t *handle, int status, int events)
{
	struct port *p = handle->data;
	char bytes[4096];
	(void)status;
	sim_now(p->sim);
	if (events & UV_READABLE) {
		ssize_t n = read(p->master, bytes, sizeof bytes);
		if (n > 0) {
			log_bytes(p, TRACE_SENT, bytes, (size_t)n);
			modem_feed(p->modem, p->tty_index, bytes, (size_t)n);
		}
	}
	forget_terminal(p);
	sim_turn(p->sim);
}

static void watch(struct port *p, bool writable)
{
	p->writable_wanted = writable;
	uv_poll_start(p->poll, UV_READABLE | (writable ? UV_WRITABLE : 0), on_port);
}

static int link_to(const char *tty, const char *path)
{
	char fresh[300];
	snprintf(fresh, sizeof fresh, "%s.%d", path, (int)getpid());
	unlink(fresh);
	if (symlink(tty, fresh) || rename(fresh, path)) {
		int r = -errno;
		unlink(fresh);
		return r;
	}
	return 0;
}

void port_name(const struct port *p, const char *name, char *ret, size_t size)
{
	char own[24];
	snprintf(own, sizeof own, "modem%d", p->modem->index);
	const char *old = strrchr(p->link, '/');
	if (p->main && !*name && old) /* where it was */
		snprintf(ret, size, "%s", old + 1);
	else if (p->main)
		snprintf(ret, size, "%s", *name ? name : own);
	else
		snprintf(ret, size, "%s-if%02d", *name ? name : own, p->modem->tty[p->tty_index].interface);
}

int port_plug(struct port *p, const char *name)
{
	int r;
	struct termios raw;
	p->slave = -1;
	p->master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (p->master < 0)
		return -errno;
	if (grantpt(p->master) || unlockpt(p->master) || ptsname_r(p->master, p->tty, sizeof p->tty))
		goto failed;
	p->slave = open(p->tty, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (p->slave < 0 || tcgetattr(p->slave, &raw))
		goto failed;
	cfmakeraw(&raw);
	cfsetspeed(&raw, B115200);
	if (tcsetattr(p->slave, TCSANOW, &raw))
		goto failed;
	if (snprintf(p->link, sizeof p->link, "%s/%s", p->sim->dir, name) >= (int)sizeof p->link) {
		errno = ENAMETOOLONG;
		goto failed;
	}
	r = link_to(p->tty, p->link);
	if (r) {
		errno = -r;
		goto failed;
	}
	p->poll = mem_alloc(sizeof *p->poll);
	p->poll->data = p;
	uv_poll_init(p->sim->loop, p->poll, p->master);
	watch(p, false);
	return 0;
failed:
	r = -errno;
	if (p->slave >= 0)
		close(p->slave);
	close(p->master);
	p->master = p->slave = -1;
	return r;
}

void port_unplug(struct port *p)
{
	if (p->master < 0)
		return;
	uv_poll_stop(p->poll);
	uv_close((uv_handle_t *)p->poll, poll_freed);
	p->poll = NULL;
	unlink(p->link);
	close(p->slave);
	close(p->master);
	p->master = p->slave = -1;
}

bool port_flush(struct port *p)
{
	bool moved = false;
	size_t n;
	const char *bytes;
	while (p->master >= 0 && (bytes = modem_output(p->modem, p->tty_index, &n)) != NULL) {
		int64_t us = (int64_t)(uv_hrtime() / 1000);
		ssize_t done = write(p->master, bytes, n);
		if (done <= 0) {
			if (!p->writable_wanted)
				watch(p, true);
			return moved;
		}
		log_bytes(p, TRACE_RECEIVED, bytes, (size_t)done);
		const struct chunk *c = p->modem->tty[p->tty_index].chunks;
		if (c->done + (size_t)done == c->len)
			stamps_add(&p->modem->stamps, us, c->kind, c->bytes, c->len);
		modem_written(p->modem, p->tty_index, (size_t)done);
		moved = true;
		if (fault_on(&p->modem->fault[F_BYTEWISE]))
			sched_yield(); /* so that the reader meets the pieces one by one */
	}
	if (p->writable_wanted && p->master >= 0)
		watch(p, false);
	return moved;
}
