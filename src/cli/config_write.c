#include "cli/config_write.h"
#include "cli/cli.h"

#include "base/file.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* 1: there is none. */
static int read_old(const char *path, struct buf *out, struct stat *st, struct err *e)
{
	if (stat(path, st) != 0 && errno == ENOENT)
		return 1;
	return file_read(path, FILE_TEXT_MAX, out, e);
}

static int write_aside(int fd, const struct buf *text, const struct stat *old, const char *folder)
{
	struct stat dir;
	int r = file_write_all(fd, text->data, text->len);
	if (r)
		return r;
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

int config_write_begin(const char *path, struct config_write *ret, struct err *e)
{
	struct config_write w = {0};
	if (!realpath(path, w.path))
		text_copy(w.path, sizeof w.path, path);
	int r = read_old(w.path, &w.text, &w.was, e);
	if (r == 0)
		r = config_load(w.path, &w.config, e);
	if (r < 0) {
		config_write_abandon(&w);
		return r;
	}
	*ret = w;
	return 0;
}

void config_write_section(struct config_write *w)
{
	buf_adds(&w->text, w->text.len && w->text.data[w->text.len - 1] != '\n' ? "\n\n" : "\n");
}

int config_write_end(struct config_write *w, struct err *e)
{
	int r = put_in_place(w->path, &w->text, w->config ? &w->was : NULL, e);
	config_write_abandon(w);
	return r;
}

void config_write_abandon(struct config_write *w)
{
	buf_done(&w->text);
	config_free(w->config);
	w->config = NULL;
}

int config_written(const char *path, int r, const struct err *e)
{
	char line[600];
	if (r)
		return cli_fail(r == -EINVAL   ? EX_CONFIG
				: r == -EAGAIN ? EX_TEMPFAIL
				: r == -EACCES ? EX_NOPERM
					       : EX_CANTCREAT,
				"%s", err_line(e, line, sizeof line));
	cli_note(_("%s is written and checked; a running gateway takes it at once, else `sudo systemctl start "
		   "yishi`"),
		 path);
	return EX_OK;
}
