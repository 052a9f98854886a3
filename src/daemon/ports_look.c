#include "daemon/ports_look.h"
#include "daemon/session_internal.h"
#include "base/mem.h"
#include "base/text.h"

#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAKER     5  /* "12d1:" */
#define GLOB_RANK 50 /* behind the ports that a row recommends */

struct found {
	struct ports_seen *list;
	int count;
};

void ports_look_done(struct ports_look *k)
{
	usb_free(k->usb);
	free(k->port);
	free(k->disk);
}

void ports_look_usb(struct ports_look *k)
{
	free(k->port);
	free(k->disk);
	k->port_count = usb_ports(k->usb, &k->port);
	k->disk_count = usb_disks(k->usb, &k->disk);
}

/* By its number: paths, links and mounts are many, the device is one. */
void ports_look_node(const char *path, char ret[PORTS_NODE])
{
	struct stat st;
	ret[0] = 0;
	if (stat(path, &st) != 0)
		return;
	bool device = S_ISCHR(st.st_mode);
	snprintf(ret, PORTS_NODE, "%c%llx:%llx", device ? 'c' : 'f',
		 device ? 0ULL : (unsigned long long)st.st_dev,
		 device ? (unsigned long long)st.st_rdev : (unsigned long long)st.st_ino);
}

/* Rights and times of a node change while it is in use; its number does not. */
static uint64_t mark_of(const char *path)
{
	struct stat link, node;
	if (lstat(path, &link) != 0 || stat(path, &node) != 0)
		return 0;
	return (uint64_t)link.st_ino << 24 ^ (uint64_t)node.st_rdev;
}

/* The port of that name once, whoever speaks of it; NULL: there is none. */
static struct ports_seen *add(struct found *f, const char *path)
{
	char node[PORTS_NODE];
	ports_look_node(path, node);
	if (!node[0])
		return NULL;
	for (int i = 0; i < f->count; i++)
		if (!strcmp(f->list[i].node, node))
			return &f->list[i];
	f->list = mem_resize(f->list, (size_t)f->count + 1, sizeof *f->list);
	struct ports_seen *s = &f->list[f->count++];
	*s = (struct ports_seen){.rank = GLOB_RANK, .mark = mark_of(path)};
	s->usb.interface = -1;
	text_copy(s->path, sizeof s->path, path);
	text_copy(s->node, sizeof s->node, node);
	return s;
}

/* ------------------------------------------------------------------------------------------------ USB
 * sticks */

static const struct modem_row *row_of(const struct daemon *d, const char *usb)
{
	struct modem_identity id = {0};
	text_copy(id.usb, sizeof id.usb, usb);
	return modem_rows_match(&d->rows, &id);
}

/* Only what is known to be a modem is asked for its IMEI: behind another serial port there may be a machine. */
static bool is_modem(const struct daemon *d, const struct usb_port *p)
{
	return usb_modem_driver(p->driver) || modem_rows_know_vendor(&d->rows, p->id);
}

static void add_usb(struct found *f, const struct daemon *d, const struct usb_port *p)
{
	struct ports_seen *s = add(f, p->devnode);
	if (!s)
		return;
	const struct modem_row *row = row_of(d, p->id);
	s->usb = *p;
	s->rank = modem_row_rank(row, p->interface);
	s->offered = is_modem(d, p);
}

/* ------------------------------------------------------------------------------------------------ names */

/* [gateway] modem_ports, one after the other. */
static char **split_globs(const char *globs, int *count)
{
	char **list = NULL, *save = NULL;
	cleanup_free char *copy = mem_dup(globs ? globs : "");
	*count = 0;
	for (char *g = strtok_r(copy, " ", &save); g; g = strtok_r(NULL, " ", &save)) {
		list = mem_resize(list, (size_t)*count + 1, sizeof *list);
		list[(*count)++] = mem_dup(g);
	}
	return list;
}

static void free_globs(char **list, int count)
{
	for (int i = 0; i < count; i++)
		free(list[i]);
	free(list);
}

static void add_glob(struct found *f, const struct daemon *d, const char *pattern)
{
	glob_t g;
	if (glob(pattern, 0, NULL, &g) == 0)
		for (size_t i = 0; i < g.gl_pathc; i++) {
			struct ports_seen *s =
			    config_is_cabinets(d->config, g.gl_pathv[i]) ? NULL : add(f, g.gl_pathv[i]);
			if (s)
				s->offered = true;
		}
	globfree(&g);
}

int ports_look_all(struct ports_look *k, const struct daemon *d, struct ports_seen **ret)
{
	struct found f = {0};
	int globs;
	char **glob_list = split_globs(d->config->modem_ports, &globs);
	for (int i = 0; i < k->port_count; i++)
		add_usb(&f, d, &k->port[i]);
	for (int i = 0; i < globs; i++)
		add_glob(&f, d, glob_list[i]);
	free_globs(glob_list, globs);
	for (int i = 0; i < d->session_count; i++) {
		const char *device = d->session[i]->config->device;
		if (device[0] == '/')
			add(&f, device);
	}
	*ret = f.list;
	return f.count;
}

void ports_look_watch(const struct daemon *d, struct path_watch *names)
{
	int globs, n = 0;
	char **glob_list = split_globs(d->config->modem_ports, &globs);
	const char **name = mem_array((size_t)globs + CONFIG_MODEMS, sizeof *name);
	for (int i = 0; i < globs; i++)
		name[n++] = glob_list[i];
	for (int i = 0; i < d->config->modem_count; i++)
		if (d->config->modems[i].device[0] == '/')
			name[n++] = d->config->modems[i].device;
	path_watch_set(names, name, n);
	free(name);
	free_globs(glob_list, globs);
}

/* ------------------------------------------------------------------------------------------------ disks */

bool ports_look_disk(const struct ports_look *k, const struct daemon *d, const struct ports_line *l,
		     char what[PORTS_DISK])
{
	for (int i = 0; i < k->disk_count; i++) {
		const struct usb_disk *disk = &k->disk[i];
		bool same_socket = l->last_stick[0] && !strcmp(disk->stick, l->last_stick);
		if (!modem_rows_know_disk(&d->rows, disk->id) &&
		    !(same_socket && strncmp(disk->id, l->last_usb, MAKER) == 0))
			continue;
		snprintf(what, PORTS_DISK, "%s (%s)", disk->id, disk->stick);
		return true;
	}
	return false;
}
