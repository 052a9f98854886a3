#include "base/paths.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int exe_dir(char buf[PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", buf, PATH_MAX - 1);
	if (n < 0)
		return -errno;
	buf[n] = 0;
	char *slash = strrchr(buf, '/');
	if (slash)
		*slash = 0;
	return 0;
}

static int use_if(char *buf, size_t size, const char *dir, const char *probe)
{
	char path[PATH_MAX + 64];
	snprintf(path, sizeof path, "%s/%s", dir, probe);
	if (access(path, R_OK) != 0)
		return -ENOENT;
	if ((size_t)snprintf(buf, size, "%s", dir) >= size)
		return -ENAMETOOLONG;
	return 0;
}

int paths_data(char *buf, size_t size)
{
	static const char probe[] = "at_commands/modems";
	const char *env = getenv("YISHI_DATA");
	if (env && *env)
		return use_if(buf, size, env, probe);
	char dir[PATH_MAX];
	if (exe_dir(dir) == 0 && strstr(dir, "/build")) {
		for (int up = 0; up < 4; up++) {
			char *slash = strrchr(dir, '/');
			if (!slash || slash == dir)
				break;
			*slash = 0;
			if (use_if(buf, size, dir, probe) == 0)
				return 0;
		}
	}
	return use_if(buf, size, YISHI_PREFIX "/share/yishi", probe);
}

int paths_locale(char *buf, size_t size)
{
	static const char probe[] = "zh_CN/LC_MESSAGES/yishi.mo";
	char dir[PATH_MAX], up[PATH_MAX + 32];
	if (exe_dir(dir) == 0) {
		snprintf(up, sizeof up, "%s/../share/locale", dir);
		if (use_if(buf, size, up, probe) == 0)
			return 0;
	}
	return use_if(buf, size, YISHI_PREFIX "/share/locale", probe);
}

void paths_config(const char *given, char *buf, size_t size)
{
	const char *env = getenv("YISHI_CONFIG");
	if (given)
		snprintf(buf, size, "%s", given);
	else if (env && *env)
		snprintf(buf, size, "%s", env);
	else if (access(YISHI_SYSCONFDIR "/yishi/yishi.conf", F_OK) == 0)
		snprintf(buf, size, "%s", YISHI_SYSCONFDIR "/yishi/yishi.conf");
	else
		snprintf(buf, size, "/etc/yishi/yishi.conf");
}

const char *paths_root_socket(void)
{
	const char *env = getenv("YISHI_ROOT_SOCKET");
	return env && *env ? env : "/run/yishi-root.sock";
}
