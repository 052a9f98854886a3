#include "cli/modem_find.h"

#include "base/mem.h"
#include "base/paths.h"
#include "base/text.h"
#include "cli/control.h"
#include "hw/port_holder.h"

#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#define GLOB_RANK  50 /* behind the ports that a row recommends */
#define PATIENT_MS 150000
#define SHORT_MS   5000

const struct config *find_config(struct cli *c)
{
	char path[PATH_MAX];
	const struct config *cfg;
	paths_config(c->config_given, path, sizeof path);
	if (!c->config && !c->config_given && access(path, F_OK) != 0)
		return NULL;
	return cli_config(c, &cfg) ? NULL : cfg;
}

const char *find_speaker_label(enum speaker s)
{
	static const char *const labels[SPEAKER_COUNT] = {
	    [SPEAKER_SILENT] = N_("answers nothing"),
	    [SPEAKER_MODEM] = N_("takes AT commands"),
	    [SPEAKER_NMEA] = N_("tells positions of satellites (NMEA)"),
	    [SPEAKER_PPP] = N_("speaks PPP or HDLC: a data connection, or for diagnosis"),
	    [SPEAKER_ECHO] = N_("only echoes what is sent"),
	    [SPEAKER_LOG] = N_("prints a log"),
	    [SPEAKER_BINARY] = N_("sends bytes that are no text: a log, or another speed"),
	};
	return gettext(labels[s]);
}

/* ------------------------------------------------------------------------------------------------- candidates */

struct looking {
	struct find *f;
	const struct modem_rows *rows;
	const struct config *cfg; /* NULL: none */
	bool all;
};

static bool same_port(const char *a, const char *b)
{
	char real_a[FIND_PATH], real_b[FIND_PATH];
	port_real_name(a, real_a, sizeof real_a);
	port_real_name(b, real_b, sizeof real_b);
	return !strcmp(real_a, real_b);
}

static struct found_modem *modem_of(struct find *f, const struct usb_port *usb, const char *path)
{
	for (int i = 0; i < f->count; i++)
		if (usb && usb->stick[0] ? !strcmp(f->modems[i].ports[0].usb.stick, usb->stick)
					 : same_port(f->modems[i].ports[0].path, path))
			return &f->modems[i];
	f->modems = mem_resize(f->modems, (size_t)f->count + 1, sizeof *f->modems);
	f->modems[f->count] = (struct found_modem){0};
	return &f->modems[f->count++];
}

static bool known_already(const struct find *f, const char *path)
{
	for (int i = 0; i < f->count; i++)
		for (int k = 0; k < f->modems[i].port_count; k++)
			if (same_port(f->modems[i].ports[k].path, path))
				return true;
	return false;
}

static void add_port(struct looking *l, const char *path, const struct usb_port *usb, int rank)
{
	if (known_already(l->f, path) || (l->cfg && config_is_cabinets(l->cfg, path)))
		return;
	struct found_modem *m = modem_of(l->f, usb, path);
	int at = 0;
	while (at < m->port_count && m->ports[at].rank <= rank)
		at++;
	m->ports = mem_resize(m->ports, (size_t)m->port_count + 1, sizeof *m->ports);
	memmove(m->ports + at + 1, m->ports + at, (size_t)(m->port_count - at) * sizeof *m->ports);
	m->port_count++;
	struct found_port *p = &m->ports[at];
	*p = (struct found_port){.rank = rank, .usb.interface = -1};
	if (usb)
		p->usb = *usb;
	text_copy(p->path, sizeof p->path, path);
}

static void add_globs(struct looking *l, const char *patterns)
{
	char *save = NULL;
	cleanup_free char *copy = mem_dup(patterns);
	for (char *p = strtok_r(copy, " ", &save); p; p = strtok_r(NULL, " ", &save)) {
		glob_t g;
		if (glob(p, 0, NULL, &g) == 0)
			for (size_t i = 0; i < g.gl_pathc; i++)
				add_port(l, g.gl_pathv[i], NULL, GLOB_RANK);
		globfree(&g);
	}
}

static int rank_of(const struct looking *l, const struct usb_port *p)
{
	struct modem_identity id = {0};
	text_copy(id.usb, sizeof id.usb, p->id);
	return modem_row_rank(modem_rows_match(l->rows, &id), p->interface);
}

static void add_all(struct looking *l, const char *only)
{
	struct usb *u = usb_new();
	struct usb_port *ports;
	struct usb_disk *disks;
	int n = usb_ports(u, &ports), k = only ? 0 : usb_disks(u, &disks);
	for (int i = 0; i < n; i++) {
		bool modem = usb_modem_driver(ports[i].driver) || modem_rows_know_vendor(l->rows, ports[i].id);
		if (only ? same_port(only, ports[i].devnode) : modem || l->all)
			add_port(l, only ? only : ports[i].devnode, &ports[i], rank_of(l, &ports[i]));
	}
	for (int i = 0; i < k; i++)
		if (modem_rows_know_disk(l->rows, disks[i].id)) {
			l->f->disks = mem_resize(l->f->disks, (size_t)l->f->disk_count + 1, sizeof *disks);
			l->f->disks[l->f->disk_count++] = disks[i];
		}
	free(ports);
	if (!only)
		free(disks);
	usb_free(u);
	if (only) {
		add_port(l, only, NULL, 0);
		return;
	}
	if (l->cfg && l->cfg->modem_ports)
		add_globs(l, l->cfg->modem_ports);
	if (!n)
		add_globs(l, "/dev/ttyUSB* /dev/ttyACM*");
	if (l->all)
		add_globs(l, "/dev/ttyUSB* /dev/ttyACM* /dev/ttyHS* /dev/ttyS* /dev/ttyAMA*");
}

/* ------------------------------------------------------------------------------------------------- the daemon's */

/* A stick one of whose ports the daemon works with is the daemon's as a whole. */
static void mark_lent(struct find *f)
{
	size_t k;
	json_t *line;
	json_array_foreach(json_object_get(f->status, "modems"), k, line) for (int i = 0; i < f->count; i++)
	{
		struct found_modem *m = &f->modems[i];
		for (int j = 0; *out_field(line, "port") && j < m->port_count; j++)
			if (same_port(m->ports[j].path, out_field(line, "port"))) {
				text_copy(m->line, sizeof m->line, out_field(line, "name"));
				m->live = line;
				m->ports[j].news = PORT_LENT;
			}
	}
}

int find_borrow(struct cli *c, const struct found_modem *m, bool force, struct dialogue **ret, struct err *e)
{
	static const char *const idle[] = {"ready", "probing", "registering", "pin", "backoff", "lost"};
	const char *state = out_field(m->live, "state");
	if (!force && text_index(idle, ARRAY_LEN(idle), state) < 0) {
		err_set(e, NULL, 0,
			"%s is at work; --force takes its port as soon as the text in mid-air is through",
			m->line);
		return -EBUSY;
	}
	return dialogue_borrow(c->config, m->line, force ? PATIENT_MS : SHORT_MS, ret, e);
}

/* ------------------------------------------------------------------------------------------------- who is who */

static void open_ports(const struct looking *l, struct found_modem *m, bool by_name)
{
	struct err e = {0};
	for (int i = 0; i < m->port_count && !m->line[0]; i++) {
		struct found_port *p = &m->ports[i];
		if (p->rank >= ROW_RANK_AVOID && !l->all && !by_name) {
			p->news = PORT_LEFT;
			continue;
		}
		p->error = dialogue_open(p->path, 0, &p->d, &e);
		if (!p->error)
			continue;
		p->news = PORT_HELD;
		text_copy(p->why, sizeof p->why, e.text);
	}
}

static void greet(struct find *f)
{
	int n = 0, at = 0;
	for (int i = 0; i < f->count; i++)
		n += f->modems[i].port_count;
	struct dialogue **list = mem_array((size_t)n + 1, sizeof(struct dialogue *));
	enum speaker *who = mem_array((size_t)n + 1, sizeof *who);
	for (int i = 0; i < f->count; i++)
		for (int k = 0; k < f->modems[i].port_count; k++)
			list[at++] = f->modems[i].ports[k].d;
	dialogue_greet_all(list, n, FIND_MS, who);
	at = 0;
	for (int i = 0; i < f->count; i++)
		for (int k = 0; k < f->modems[i].port_count; k++)
			f->modems[i].ports[k].speaker = who[at++];
	free(list);
	free(who);
}

/* The best port that answers stays open, the others are given up. */
static void choose(struct found_modem *m)
{
	for (int i = 0; i < m->port_count; i++) {
		struct found_port *p = &m->ports[i];
		if (p->d && p->speaker == SPEAKER_MODEM && !m->d)
			m->d = p->d;
		else
			dialogue_close(p->d);
		p->d = NULL;
	}
}

/* Serial ports of the main board are listed whether a chip is there or not. */
static void drop_absent(struct find *f)
{
	for (int i = 0; i < f->count;) {
		struct found_modem *m = &f->modems[i];
		bool nothing = !m->ports[0].usb.stick[0] && m->port_count == 1 &&
			       m->ports[0].news == PORT_HELD &&
			       (m->ports[0].error == -EIO || m->ports[0].error == -ENOTTY ||
				m->ports[0].error == -ENXIO || m->ports[0].error == -ENODEV);
		if (!nothing) {
			i++;
			continue;
		}
		free(m->ports);
		memmove(m, m + 1, (size_t)(--f->count - i) * sizeof *m);
	}
}

int modem_find(struct cli *c, const struct modem_rows *rows, const char *path, bool all, struct find *ret)
{
	struct looking l = {.f = ret, .rows = rows, .cfg = find_config(c), .all = all};
	bool interrupted = false;
	*ret = (struct find){0};
	add_all(&l, path);
	if (l.cfg && control_request(l.cfg, "status", &ret->status))
		ret->status = NULL;
	mark_lent(ret);
	for (int i = 0; i < ret->count; i++)
		open_ports(&l, &ret->modems[i], path);
	greet(ret);
	for (int i = 0; i < ret->count; i++)
		for (int k = 0; k < ret->modems[i].port_count; k++)
			interrupted |=
			    ret->modems[i].ports[k].d && dialogue_interrupted(ret->modems[i].ports[k].d);
	for (int i = 0; i < ret->count; i++)
		choose(&ret->modems[i]);
	if (!path)
		drop_absent(ret);
	return interrupted ? -EINTR : 0;
}

void find_done(struct find *f)
{
	for (int i = 0; i < f->count; i++) {
		dialogue_close(f->modems[i].d);
		free(f->modems[i].ports);
	}
	free(f->modems);
	free(f->disks);
	json_decref(f->status);
	*f = (struct find){0};
}
