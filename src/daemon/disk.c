#include "daemon/disk.h"
#include "daemon/alarm.h"
#include "daemon/daemon.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/room.h"
#include "store/copies.h"
#include "store/upkeep.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define REFUSED_MS 120000 /* what the database was refused counts for so long, whatever the disk says */

struct disk {
	struct daemon *d;
	struct room room;
	enum room_state state;
	int64_t reserve;    /* bytes of it that are there */
	bool complained;    /* that it cannot be made */
	int64_t refused_ms; /* 0: not */
};

static char *reserve_path(const struct disk *k)
{
	return mem_printf("%s.reserve", k->d->config->database);
}

struct disk *disk_new(struct daemon *d)
{
	struct disk *k = mem_alloc(sizeof *k);
	k->d = d;
	cleanup_free char *path = reserve_path(k);
	struct stat st;
	k->reserve = stat(path, &st) == 0 && st.st_blocks > 0 ? (int64_t)st.st_size : 0;
	disk_look(k, false);
	return k;
}

void disk_free(struct disk *k)
{
	free(k);
}

/* Blocks, not a hole: what is written later must find them. A smaller one grows, or stays as it is. */
static int make_reserve(const char *path, int64_t was, int64_t bytes)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	int r = -posix_fallocate(fd, 0, (off_t)bytes);
	if (r && was && ftruncate(fd, (off_t)was))
		r = -errno;
	close(fd);
	if (r && !was)
		unlink(path);
	return r;
}

static void keep_reserve(struct disk *k)
{
	cleanup_free char *path = reserve_path(k);
	int64_t bytes = room_reserve(&k->room);
	int r = make_reserve(path, k->reserve, bytes);
	if (r && !k->complained)
		log_warning("no reserve of %" PRId64 " KB can be made for a full disk: %s", bytes >> 10,
			    strerror(-r));
	k->complained = r != 0;
	if (r)
		return;
	k->reserve = bytes;
	log_info("a reserve of %" PRId64 " KB is kept for a full disk", bytes >> 10);
}

static void let_go(struct disk *k)
{
	const struct config *c = k->d->config;
	cleanup_free char *path = reserve_path(k);
	/* ours, and of use elsewhere only: the youngest copy stays */
	if (c->backup_dir && room_shared(c->backup_dir, c->database)) {
		int n = copies_thin(c->backup_dir, c->backup_days, c->backup_weeks, 1);
		if (n > 0)
			log_warning("the disk is full: %d old copies of the database were removed", n);
	}
	if (k->reserve && unlink(path) == 0)
		log_warning("the disk is full: the reserve of %" PRId64 " KB was let go", k->reserve >> 10);
	k->reserve = 0;
}

static void tell(struct disk *k)
{
	int64_t mb = room_low(&k->room) >> 20;
	switch (k->state) {
	case ROOM_FULL:
		alarm_give_way(k->d, ALARM_BOX, ALARM_DISK_LOW);
		alarm_raise(k->d, ALARM_BOX, ALARM_DISK_FULL, "%s", "");
		break;
	case ROOM_LOW:
		alarm_clear(k->d, ALARM_BOX, ALARM_DISK_FULL);
		alarm_raise(k->d, ALARM_BOX, ALARM_DISK_LOW, "< %" PRId64 " MB", mb ? mb : 1);
		break;
	case ROOM_FINE:
		alarm_clear(k->d, ALARM_BOX, ALARM_DISK_FULL);
		alarm_clear(k->d, ALARM_BOX, ALARM_DISK_LOW);
		break;
	}
}

void disk_look(struct disk *k, bool refused)
{
	enum room_state was = k->state;
	if (room_look(k->d->config->database, &k->room))
		return;
	if (refused)
		k->refused_ms = mono_ms();
	if (k->refused_ms && mono_ms() - k->refused_ms > REFUSED_MS)
		k->refused_ms = 0;
	int64_t lacks = room_reserve(&k->room) - k->reserve;
	k->state = k->refused_ms ? ROOM_FULL : room_judge(was, &k->room, lacks > 0 ? lacks : 0);
	if (k->state == ROOM_FULL)
		let_go(k);
	else if (lacks > 0)
		keep_reserve(k);
	if (refused)
		upkeep_wind_log(k->d->store);
	tell(k);
	if (k->state == was)
		return;
	log_notice("room on the disk of the database: %" PRId64 " MB%s", k->room.free_bytes >> 20,
		   k->state == ROOM_FULL ? "; reminders and broadcasts wait" : "");
	daemon_act_soon(k->d, 0);
}

bool disk_full(const struct disk *k)
{
	return k && k->state == ROOM_FULL;
}

int64_t disk_free_bytes(const struct disk *k)
{
	return k->room.free_bytes;
}

int64_t disk_total_bytes(const struct disk *k)
{
	return k->room.total_bytes;
}
