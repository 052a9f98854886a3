/* How the box itself is, for `yishi status`: room on its disk, copies of the database, who keeps its clock, who is told. */
#pragma once

#include "base/buf.h"
#include "base/room.h"
#include "cli/cli.h"
#include "store/backup.h"

#include <jansson.h>

enum status_clock { CLOCK_ALONE, CLOCK_NETWORK, CLOCK_NTP };

struct status_box {
	struct room room;
	struct backup_summary copies;
	enum status_clock clock;
	int installers;
	int notes; /* changes that no installer was told of yet */
};
int status_box_collect(struct store *s, const struct config *cfg, int64_t now_utc, struct status_box *ret);
/* disk_total, backup, clock_source, installers: into `row`. */
void status_box_json(const struct status_box *b, json_t *row);
/* One line for people. Appends. */
void status_box_words(const struct status_box *b, const struct config *cfg, int64_t now_utc, struct buf *out);
bool status_box_disk_low(const struct status_box *b);
