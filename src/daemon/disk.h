/* Room on the disk of the database (base/room.h). A full disk must not keep a call for help from being passed on: a reserve
 * lies in DATABASE.reserve, and is let go when there is no room or the database was refused it; then old copies of ours on
 * that disk go, alarms and answers are still written, and reminders and broadcasts wait. When there is room again the
 * reserve is made again. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct daemon;
struct disk;

struct disk *disk_new(struct daemon *d);
void disk_free(struct disk *k); /* NULL-safe; the reserve stays */
/* Asks how much room there is. `refused`: the database has just been refused some. */
void disk_look(struct disk *k, bool refused);
bool disk_full(const struct disk *k); /* NULL: no */
/* The last look's figures; 0 not known. */
int64_t disk_free_bytes(const struct disk *k);
int64_t disk_total_bytes(const struct disk *k);
