#include "cli/modem_stanza.h"

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX (1 << 20)

static bool taken(const char *name, const struct config *cfg, const struct stanza *others, int count)
{
	bool yes = cfg && config_find_modem(cfg, name);
	for (int i = 0; i < count; i++)
		yes |= !strcmp(others[i].name, name);
	return yes;
}

void stanza_name(struct stanza *s, const char *model, const struct config *cfg, const struct stanza *others,
		 int count)
{
	char base[24] = "";
	/* "SIMCOM_SIM7600CE" → "sim7600ce" */
	const char *p = strrchr(model, '_') ? strrchr(model, '_') + 1 : model;
	for (size_t n = 0; *p && n + 1 < sizeof base; p++)
		if (isalnum((unsigned char)*p) && (unsigned char)*p < 0x80)
			base[n++] = (char)tolower((unsigned char)*p);
	text_copy(s->name, sizeof s->name, *base ? base : "modem");
	for (int n = 2; taken(s->name, cfg, others, count); n++)
		snprintf(s->name, sizeof s->name, "%s-%d", *base ? base : "modem", n);
}

const struct config_modem *stanza_present(const struct config *cfg, const struct stanza *s)
{
	char device[300];
	stanza_device(s, device, sizeof device);
	for (int i = 0; cfg && i < cfg->modem_count; i++) {
		const struct config_modem *m = &cfg->modems[i];
		bool sim = s->iccid[0] && m->iccid && !strcmp(m->iccid, s->iccid);
		bool other_sim = s->iccid[0] && m->iccid && !sim;
		if (sim || (!strcmp(m->device, device) && !(s->imei_shared && other_sim)))
			return m;
	}
	return NULL;
}

const char *stanza_device(const struct stanza *s, char *buf, size_t size)
{
	if (s->imei[0] && !s->imei_shared)
		snprintf(buf, size, "imei:%s", s->imei);
	else if (s->usb[0])
		snprintf(buf, size, "usb:%s", s->usb);
	else
		snprintf(buf, size, "%s", s->path);
	return buf;
}

void stanza_format(struct buf *out, const struct stanza *s)
{
	char device[300];
	buf_addf(out, "[modem %s]\n", s->name);
	if (s->about[0])
		buf_addf(out, "# %s\n", s->about);
	buf_addf(out, "device = %s\n", stanza_device(s, device, sizeof device));
	if (s->iccid[0])
		buf_addf(out, "iccid = %s\n", s->iccid);
	if (s->wants_pin)
		buf_addf(out, "#pin_file = /etc/yishi/%s.pin\n", s->name);
}

/* ------------------------------------------------------------------------------------------------ the file */

static bool is_key(const char *line, const char *key)
{
	line += strspn(line, " \t");
	size_t n = strlen(key);
	return !strncmp(line, key, n) && line[n + strspn(line + n, " \t")] == '=';
}

/* The example with what is known in the place of its samples. */
static void from_sample(struct buf *out, const char *sample, const struct stanza *first, const char *name,
			const char *number)
{
	char device[300], section = 0;
	stanza_device(first, device, sizeof device);
	while (*sample) {
		size_t n = strcspn(sample, "\n");
		cleanup_free char *line = mem_printf("%.*s", (int)n, sample);
		sample += n + (sample[n] == '\n');
		if (*line == '[' || !strncmp(line, "#[", 2))
			section = !strcmp(line, "[gateway]") ? 'g' : !strcmp(line, "[modem front]") ? 'm' : 0;
		if (!strcmp(line, "[modem front]"))
			buf_addf(out, "[modem %s]\n%s%s%s", first->name, first->about[0] ? "# " : "",
				 first->about, first->about[0] ? "\n" : "");
		else if (section == 'g' && is_key(line, "name"))
			buf_addf(out, "name = %s\n", name);
		else if (section == 'g' && is_key(line, "number"))
			buf_addf(out, "number = %s\n", number);
		else if (section == 'm' && is_key(line, "device"))
			buf_addf(out, "device = %s\n", device);
		else if (section == 'm' && is_key(line, "#iccid") && first->iccid[0])
			buf_addf(out, "iccid = %s\n", first->iccid);
		else
			buf_addf(out, "%s\n", line);
	}
}

/* 1: there is none. */
static int read_old(const char *path, struct buf *out, struct stat *st, struct err *e)
{
	char chunk[4096];
	ssize_t n = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return 1;
	if (fd < 0 || fstat(fd, st) != 0) {
		n = -errno;
	} else {
		while ((n = read(fd, chunk, sizeof chunk)) > 0 && out->len < FILE_MAX)
			buf_add(out, chunk, (size_t)n);
		n = n < 0 ? -errno : n > 0 ? -EFBIG : 0;
	}
	if (fd >= 0)
		close(fd);
	return n ? (err_set(e, path, 0, "%s", err_system((int)-n)), (int)n) : 0;
}

static int write_aside(int fd, const struct buf *text, const struct stat *old, const char *folder)
{
	struct stat dir;
	for (size_t at = 0; at < text->len;) {
		ssize_t n = write(fd, text->data + at, text->len - at);
		if (n < 0)
			return -errno;
		at += (size_t)n;
	}
	/* whose file it was stays so where we may; a new one is the folder's group's */
	if (old ? fchown(fd, old->st_uid, old->st_gid)
		: stat(folder, &dir) || fchown(fd, (uid_t)-1, dir.st_gid))
		errno = 0;
	if (fchmod(fd, old ? old->st_mode & 07777 : 0640) != 0 || fsync(fd) != 0)
		return -errno;
	return 0;
}

static bool unchanged(const char *path, const struct stat *old)
{
	struct stat now;
	if (!old)
		return access(path, F_OK) != 0;
	return stat(path, &now) == 0 && now.st_size == old->st_size &&
	       now.st_mtim.tv_sec == old->st_mtim.tv_sec && now.st_mtim.tv_nsec == old->st_mtim.tv_nsec;
}

static int put_in_place(const char *path, const struct buf *text, const struct stat *old, struct err *e)
{
	char aside[PATH_MAX + 16];
	cleanup_free char *copy = mem_dup(path);
	const char *folder = dirname(copy);
	struct config *cfg = NULL;
	snprintf(aside, sizeof aside, "%s.new-XXXXXX", path);
	int fd = mkostemp(aside, O_CLOEXEC), r = fd < 0 ? -errno : write_aside(fd, text, old, folder);
	if (fd >= 0)
		close(fd);
	if (r) {
		err_set(e, path, 0, "%s", err_system(-r));
	} else if ((r = config_load(aside, &cfg, e))) {
		text_copy(e->file, sizeof e->file, path);
	} else if (!unchanged(path, old)) {
		r = -EAGAIN;
		err_set(e, path, 0, "was changed by somebody else at the same moment; try again");
	} else if (rename(aside, path) != 0) {
		r = -errno;
		err_set(e, path, 0, "%s", err_system(-r));
	}
	config_free(cfg);
	if (r && fd >= 0)
		unlink(aside);
	int dir = r ? -1 : open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir >= 0) {
		(void)fsync(dir);
		close(dir);
	}
	return r;
}

int stanza_write(const char *path, const struct stanza *list, int count, const char *sample, const char *name,
		 const char *number, struct err *e)
{
	char real[PATH_MAX];
	cleanup_buf struct buf text = {0};
	struct stat st;
	struct config *cfg = NULL;
	int added = 0;
	if (!realpath(path, real))
		text_copy(real, sizeof real, path);
	int r = read_old(real, &text, &st, e);
	bool fresh = r == 1;
	if (r < 0 || (!fresh && (r = config_load(real, &cfg, e))))
		return r;
	if (fresh && count) {
		from_sample(&text, sample, &list[0], name, number);
		added++;
	}
	for (int i = fresh ? 1 : 0; i < count; i++) {
		if (stanza_present(cfg, &list[i]))
			continue;
		buf_adds(&text, text.len && text.data[text.len - 1] != '\n' ? "\n\n" : "\n");
		stanza_format(&text, &list[i]);
		added++;
	}
	config_free(cfg);
	if (!added) {
		err_set(e, path, 0, "has all of these modems already; nothing was changed");
		return -EEXIST;
	}
	return put_in_place(real, &text, fresh ? NULL : &st, e);
}
