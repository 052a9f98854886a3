#include "cli/dialogue_port.h"

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "hw/port_holder.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define BAUD      115200
#define REOPEN_MS 20 /* the daemon's descriptor is closed when it says so; a forked hook of it may lag */
#define REOPENS   50

/* A pseudo-terminal is kept open by the program behind it: that is no holder. */
static bool is_pseudo(const char *path)
{
	char real[256];
	port_real_name(path, real, sizeof real);
	return !strncmp(real, "/dev/pts/", 9);
}

static int explain(int r, const char *path, const char *holder, struct err *e)
{
	char suspect[64];
	if (r == -EBUSY && !*holder && port_suspect(suspect, sizeof suspect))
		holder = suspect;
	if (r == -EBUSY && strstr(holder, "ModemManager"))
		err_set(
		    e, path, 0,
		    "is held by ModemManager; run `systemctl stop ModemManager` now, and `systemctl disable "
		    "ModemManager` when nothing else needs it");
	else if (r == -EBUSY && strstr(holder, "yishid"))
		err_set(e, path, 0,
			"belongs to the running daemon; give the name of its line instead of the port");
	else if (r == -EBUSY)
		err_set(e, path, 0, "is held by %s; end that program first",
			*holder ? holder : _("another program"));
	else if (r == -EACCES || r == -EPERM)
		err_set(e, path, 0,
			"may not be opened by you; run this with sudo, or `sudo adduser $USER dialout` and log "
			"in anew");
	else if (r == -ENOENT || r == -ENODEV || r == -ENXIO)
		err_set(e, path, 0, "is not there; plug the modem in and look with `yishi modem probe`");
	else if (r == -ENOTTY)
		err_set(e, path, 0, "is no serial port; modems are /dev/ttyUSB…, /dev/ttyACM… or /dev/ttyS…");
	else
		err_set(e, path, 0, "%s", err_system(-r));
	return r;
}

int dialogue_port_open(struct dialogue_port *p, const char *path, int baud, struct err *e)
{
	char holder[64] = "";
	*p = (struct dialogue_port){.transport.fd = -1, .link.fd = -1};
	text_copy(p->path, sizeof p->path, path);
	/* root may open what another program has: ask before anything is said into its talk */
	if (!is_pseudo(path) && port_holder(path, holder, sizeof holder))
		return explain(-EBUSY, path, holder, e);
	int r = transport_open(&p->transport, path, baud ? baud : BAUD);
	if (r == -EBUSY)
		port_holder(path, holder, sizeof holder);
	return r ? explain(r, path, holder, e) : 0;
}

/* What the daemon said about `hold`; its refusals are words. */
static int refused(const char *name, const char *why, struct err *e)
{
	if (!strcmp(why, "no such modem"))
		return err_set(e, NULL, 0, "the daemon has no line %s; `yishi modem list` shows them", name),
		       -ESRCH;
	return err_set(e, NULL, 0, "the port of %s is lent already; end the other console or test first", name),
	       -EBUSY;
}

static int lent_to(struct control_link *l, const char *name, int patience_ms, char *path, size_t size,
		   struct err *e)
{
	cleanup_free char *line = mem_printf("hold %s", name);
	json_t *answer;
	int r = control_link_ask(l, line, patience_ms, &answer);
	if (r == -ETIMEDOUT)
		err_set(e, NULL, 0,
			"%s is sending a text and did not become free in time; try again in a minute", name);
	else if (r)
		err_set(e, NULL, 0, "the daemon does not answer: %s", err_system(-r));
	if (r)
		return r;
	const char *device = json_string_value(json_object_get(answer, "device")),
		   *why = json_string_value(json_object_get(answer, "error"));
	text_copy(path, size, device ? device : "");
	if (!device)
		r = refused(name, why ? why : "", e);
	json_decref(answer);
	return r;
}

static int reopen(struct dialogue_port *p, const char *name, struct err *e)
{
	int r = -EBUSY;
	if (p->path[0] != '/') {
		err_set(e, NULL, 0, "the modem of %s is not plugged in, or does not answer", name);
		return -ENODEV;
	}
	for (int i = 0; r == -EBUSY && i < REOPENS; i++) {
		usleep(i ? REOPEN_MS * 1000 : 0);
		r = transport_open(&p->transport, p->path, BAUD);
	}
	return r ? explain(r, p->path, "", e) : 0;
}

int dialogue_port_borrow(struct dialogue_port *p, const struct config *cfg, const char *name, int patience_ms,
			 struct err *e)
{
	*p = (struct dialogue_port){.transport.fd = -1};
	int r = control_link_open(cfg, &p->link);
	if (r == -EACCES)
		err_set(e, cfg->control_socket, 0,
			"the daemon may not be asked by you; run this with sudo, or let the installer add you "
			"to the group of the gateway");
	if (r)
		return r;
	r = lent_to(&p->link, name, patience_ms, p->path, sizeof p->path, e);
	if (!r)
		r = reopen(p, name, e);
	if (r)
		dialogue_port_close(p);
	return r;
}

static int tell(struct dialogue_port *p, json_t *request)
{
	json_t *answer;
	char *line = json_dumps(request, JSON_COMPACT);
	json_decref(request);
	int r = line ? control_link_ask(&p->link, line, CONTROL_TIMEOUT_MS, &answer) : -EIO;
	free(line);
	if (r)
		return -EIO;
	bool ok = json_is_true(json_object_get(answer, "ok"));
	json_decref(answer);
	return ok ? 0 : -EIO;
}

int dialogue_port_take(struct dialogue_port *p, const char *pdu, int length)
{
	return tell(p, json_pack("{ss ss si}", "do", "take", "pdu", pdu, "length", length));
}

int dialogue_port_called(struct dialogue_port *p, const char *number)
{
	return tell(p, json_pack("{ss ss}", "do", "called", "number", number));
}

void dialogue_port_close(struct dialogue_port *p)
{
	transport_close(&p->transport);
	control_link_close(&p->link);
}
