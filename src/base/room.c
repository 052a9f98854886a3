#include "base/order.h"
#include "base/room.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#define MB ((int64_t)1 << 20)

int room_look(const char *path, struct room *ret)
{
	struct statvfs fs;
	char folder[PATH_MAX];
	if (statvfs(path, &fs) != 0) {
		if (errno != ENOENT || (size_t)snprintf(folder, sizeof folder, "%s", path) >= sizeof folder ||
		    statvfs(dirname(folder), &fs) != 0)
			return -errno;
	}
	*ret = (struct room){(int64_t)fs.f_bavail * (int64_t)fs.f_frsize,
			     (int64_t)fs.f_blocks * (int64_t)fs.f_frsize};
	return 0;
}

bool room_shared(const char *a, const char *b)
{
	struct stat x, y;
	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev;
}

int64_t room_low(const struct room *r)
{
	return lesser(200 * MB, r->total_bytes / 20);
}

int64_t room_full(const struct room *r)
{
	return lesser(8 * MB, r->total_bytes / 100);
}

int64_t room_reserve(const struct room *r)
{
	return lesser(4 * MB, r->total_bytes / 8);
}

enum room_state room_judge(enum room_state before, const struct room *r, int64_t reserve_gone)
{
	int64_t room = r->free_bytes - reserve_gone, low = room_low(r), full = room_full(r);
	if (room < full || (before == ROOM_FULL && room < 2 * full))
		return ROOM_FULL;
	if (room < low || (before != ROOM_FINE && room < low + low / 4))
		return ROOM_LOW;
	return ROOM_FINE;
}
