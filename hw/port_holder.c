#include "hw/port_holder.h"
#include "base/text.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOCK_FILE "/var/lock/LCK..%s"

static void name_process(long pid, char *ret, size_t size)
{
	char path[64], name[64] = "?";
	snprintf(path, sizeof path, "/proc/%ld/comm", pid);
	FILE *f = fopen(path, "re");
	if (f) {
		if (fgets(name, sizeof name, f))
			name[strcspn(name, "\n")] = 0;
		fclose(f);
	}
	snprintf(ret, size, "%s (pid %ld)", name, pid);
}

/* "      1234\n" of the Filesystem Hierarchy Standard; some write the number as four bytes, which is no text */
static long read_pid(const char *path)
{
	char text[32];
	/* anybody may put a pipe there (1777), which open() would wait on */
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	ssize_t n = read(fd, text, sizeof text - 1);
	close(fd);
	text[n > 0 ? n : 0] = 0;
	return strtol(text, NULL, 10);
}

void port_real_name(const char *path, char *ret, size_t size)
{
	char link[64], real[PATH_MAX];
	ssize_t n = -1;
	int fd = open(path, O_PATH | O_CLOEXEC);
	if (fd >= 0) {
		snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
		n = readlink(link, real, sizeof real - 1);
		close(fd);
	}
	real[n > 0 ? n : 0] = 0;
	text_copy(ret, size, n > 0 ? real : path);
}

bool port_locked(const char *path, char *ret, size_t size)
{
	char lock[PATH_MAX], real[PATH_MAX - sizeof LOCK_FILE];
	port_real_name(path, real, sizeof real);
	const char *name = strrchr(real, '/');
	snprintf(lock, sizeof lock, LOCK_FILE, name ? name + 1 : real);
	long pid = read_pid(lock);
	if (pid <= 0 || pid == getpid() || (kill((pid_t)pid, 0) != 0 && errno == ESRCH))
		return false;
	name_process(pid, ret, size);
	return true;
}

static bool has_open(long pid, const char *real)
{
	char path[64], leads_to[PATH_MAX];
	snprintf(path, sizeof path, "/proc/%ld/fd", pid);
	DIR *fds = opendir(path);
	const struct dirent *e;
	bool found = false;
	if (!fds)
		return false;
	while (!found && (e = readdir(fds))) {
		ssize_t n = readlinkat(dirfd(fds), e->d_name, leads_to, sizeof leads_to - 1);
		leads_to[n > 0 ? n : 0] = 0;
		found = n > 0 && strcmp(leads_to, real) == 0;
	}
	closedir(fds);
	return found;
}

bool port_holder(const char *path, char *ret, size_t size)
{
	char real[PATH_MAX];
	if (port_locked(path, ret, size))
		return true;
	port_real_name(path, real, sizeof real);
	DIR *all = opendir("/proc");
	const struct dirent *e;
	bool found = false;
	if (!all)
		return false;
	while (!found && (e = readdir(all))) {
		long pid = isdigit((unsigned char)e->d_name[0]) ? strtol(e->d_name, NULL, 10) : 0;
		if (!pid || pid == getpid() || !has_open(pid, real))
			continue;
		name_process(pid, ret, size);
		found = true;
	}
	closedir(all);
	return found;
}

bool port_suspect(char *ret, size_t size)
{
	static const char *const known[] = {"ModemManager", "brltty",  "pppd",   "wvdial",  "gammu-smsd",
					    "smsd",         "minicom", "screen", "asterisk"};
	DIR *all = opendir("/proc");
	const struct dirent *e;
	bool found = false;
	while (!found && all && (e = readdir(all))) {
		long pid = isdigit((unsigned char)e->d_name[0]) ? strtol(e->d_name, NULL, 10) : 0;
		if (!pid)
			continue;
		name_process(pid, ret, size);
		for (size_t i = 0; i < sizeof known / sizeof known[0] && !found; i++)
			found = !strncmp(ret, known[i], strlen(known[i])) && ret[strlen(known[i])] == ' ';
	}
	if (all)
		closedir(all);
	return found;
}
