#include "hw/path_watch.h"
#include "base/mem.h"
#include "base/text.h"

#include <fnmatch.h>
#include <limits.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAMES (IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF)

struct watched {
	char pattern[PATH_MAX];
	char folder[PATH_MAX];   /* the nearest one that exists */
	char name[NAME_MAX + 1]; /* what is to appear in it: a glob when it is the last component */
	int wd;
};

struct path_watch {
	int fd;
	struct watched *list;
	int count;
};

struct path_watch *path_watch_new(void)
{
	struct path_watch *w = mem_alloc(sizeof *w);
	w->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	return w;
}

void path_watch_free(struct path_watch *w)
{
	if (!w)
		return;
	if (w->fd >= 0)
		close(w->fd);
	free(w->list);
	free(w);
}

int path_watch_fd(const struct path_watch *w)
{
	return w->fd;
}

static bool is_folder(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* "/dev/serial/by-id/x" where /dev/serial is not there: folder "/dev", name "serial". */
static void split(const char *pattern, struct watched *ret)
{
	text_copy(ret->pattern, sizeof ret->pattern, pattern);
	text_copy(ret->folder, sizeof ret->folder, pattern);
	for (;;) {
		char *slash = strrchr(ret->folder, '/');
		if (!slash)
			return;
		text_copy(ret->name, sizeof ret->name, slash + 1);
		slash[slash == ret->folder] = 0;
		if (is_folder(ret->folder) || slash == ret->folder)
			return;
	}
}

static bool same(const struct path_watch *w, const struct watched *list, int count)
{
	if (count != w->count)
		return false;
	for (int i = 0; i < count; i++)
		if (strcmp(list[i].pattern, w->list[i].pattern) != 0 ||
		    strcmp(list[i].folder, w->list[i].folder) != 0 || w->list[i].wd < 0)
			return false;
	return true;
}

static bool wanted(const struct path_watch *w, int wd)
{
	for (int i = 0; i < w->count; i++)
		if (w->list[i].wd == wd)
			return true;
	return false;
}

void path_watch_set(struct path_watch *w, const char *const *patterns, int count)
{
	struct watched *list = mem_array((size_t)count + 1, sizeof *list);
	for (int i = 0; i < count; i++)
		split(patterns[i], &list[i]);
	if (w->fd < 0 || same(w, list, count)) {
		free(list);
		return;
	}
	struct watched *old = w->list;
	int old_count = w->count;
	for (int i = 0; i < count; i++)
		list[i].wd = inotify_add_watch(w->fd, list[i].folder, NAMES | IN_ONLYDIR);
	w->list = list;
	w->count = count;
	for (int i = 0; i < old_count; i++)
		if (old[i].wd >= 0 && !wanted(w, old[i].wd))
			(void)inotify_rm_watch(w->fd,
					       old[i].wd); /* twice, or gone by itself: refused, no harm */
	free(old);
}

static bool concerns(const struct path_watch *w, const struct inotify_event *e)
{
	if (e->mask & IN_Q_OVERFLOW)
		return true;
	for (int i = 0; i < w->count; i++)
		if (w->list[i].wd == e->wd && (e->mask & (IN_DELETE_SELF | IN_MOVE_SELF) ||
					       (e->len && fnmatch(w->list[i].name, e->name, 0) == 0)))
			return true;
	return false;
}

/* Its folder went, and the watch with it; one of the same name would need another. */
static void forget(struct path_watch *w, int wd)
{
	for (int i = 0; i < w->count; i++)
		if (w->list[i].wd == wd)
			w->list[i].wd = -1;
}

bool path_watch_changed(struct path_watch *w)
{
	char bytes[8192] __attribute__((aligned(__alignof__(struct inotify_event))));
	bool changed = false;
	ssize_t n;
	while (w->fd >= 0 && (n = read(w->fd, bytes, sizeof bytes)) > 0)
		for (ssize_t at = 0; at < n;) {
			const struct inotify_event *e = (const struct inotify_event *)(void *)(bytes + at);
			changed |= concerns(w, e);
			if (e->mask & IN_IGNORED)
				forget(w, e->wd);
			at += (ssize_t)(sizeof *e + e->len);
		}
	return changed;
}
