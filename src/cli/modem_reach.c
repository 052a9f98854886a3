/* The modem that a person means: by path, by the name of its line, or the only one there is. */
#include "cli/modem_find.h"

#include "base/mem.h"

#include <errno.h>
#include <string.h>

#define PATIENT_MS 150000 /* a text in mid-air is waited for so long */

static int failed(int r, const struct err *e)
{
	char line[600];
	int status = r == -EACCES || r == -EPERM ? EX_NOPERM : r == -ESRCH ? EX_USAGE : EX_UNAVAILABLE;
	if (r == -EBUSY || r == -ETIMEDOUT)
		status = EX_TEMPFAIL;
	return cli_fail(status, "%s", err_line(e, line, sizeof line));
}

/* The first answer makes sure that somebody is there. */
static int greeted(struct dialogue *d, struct dialogue **ret)
{
	enum speaker who = dialogue_greet(d, FIND_MS);
	if (who == SPEAKER_MODEM) {
		*ret = d;
		return EX_OK;
	}
	int r = dialogue_interrupted(d)
		    ? EX_TEMPFAIL
		    : cli_fail(EX_UNAVAILABLE, _("%s: %s; `yishi modem probe` finds the right port"),
			       dialogue_path(d), find_speaker_label(who));
	dialogue_close(d);
	return r;
}

static int borrow(struct cli *c, const char *name, struct dialogue **ret, int *ret_r)
{
	struct err e = {0};
	struct dialogue *d;
	*ret_r = dialogue_borrow(c->config, name, PATIENT_MS, &d, &e);
	if (*ret_r == -ENOENT || *ret_r == -ECONNREFUSED)
		return EX_OK;
	return *ret_r ? failed(*ret_r, &e) : greeted(d, ret);
}

/* Of all that answer, the one whom the line wants. Takes its dialogue out of `f`. */
static struct dialogue *pick(struct find *f, const char *device, int *ret_answering)
{
	struct dialogue *found = NULL;
	*ret_answering = 0;
	for (int i = 0; i < f->count; i++) {
		struct found_modem *m = &f->modems[i];
		char imei[16] = "";
		if (!m->d)
			continue;
		++*ret_answering;
		bool fits = !device;
		if (device && !strncmp(device, "usb:", 4))
			fits = !strcmp(device + 4, m->ports[0].usb.id);
		else if (device)
			fits = !at_read_imei(dialogue_ask(m->d, at_cmd_imei()), imei) &&
			       !strcmp(device + strlen("imei:"), imei);
		if (fits && !found) {
			found = m->d;
			m->d = NULL;
		}
	}
	return found;
}

static int look_for(struct cli *c, const struct modem_rows *rows, const char *device, struct dialogue **ret)
{
	struct find f;
	int answering, r = EX_OK;
	modem_find(c, rows, NULL, false, &f);
	*ret = pick(&f, device, &answering);
	if (!device && answering > 1)
		r = cli_fail(EX_USAGE, "%s",
			     _("there are several modems; say which one: its port, or the name of its line"));
	else if (!*ret && device)
		r = cli_fail(EX_UNAVAILABLE,
			     _("%s is not plugged in, or does not answer; look with `yishi modem probe`"),
			     device);
	else if (!*ret)
		r = cli_fail(
		    EX_UNAVAILABLE, "%s",
		    _("no modem answers; plug it in, wait half a minute, and look with `yishi modem probe`"));
	if (r) {
		dialogue_close(*ret);
		*ret = NULL;
	}
	find_done(&f);
	return r;
}

static int open_path(const char *path, struct dialogue **ret)
{
	struct err e = {0};
	struct dialogue *d;
	int r = dialogue_open(path, 0, &d, &e);
	return r ? failed(r, &e) : greeted(d, ret);
}

int modem_reach(struct cli *c, const char *where, const struct modem_rows *rows, struct dialogue **ret)
{
	const struct config *cfg = find_config(c);
	const struct config_modem *m = NULL;
	int r, no_daemon = 0;
	*ret = NULL;
	if (!where && cfg && cfg->modem_count == 1)
		where = cfg->modems[0].name;
	for (int i = 0; cfg && where && i < cfg->modem_count && !m; i++)
		if (!strcmp(cfg->modems[i].name, where) || !strcmp(cfg->modems[i].device, where))
			m = &cfg->modems[i];
	if (m && ((r = borrow(c, m->name, ret, &no_daemon)) || *ret))
		return r;
	if (m)
		where = m->device;
	if (where && *where == '/')
		return open_path(where, ret);
	if (where && !m)
		return cli_fail(
		    EX_USAGE,
		    _("%s is neither a port nor a line of the configuration; `yishi modem probe` shows both"),
		    where);
	return look_for(c, rows, where, ret);
}
