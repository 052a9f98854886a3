/* What a scan of one bus found. */
#pragma once

#include "cli/cli.h"
#include "hw/map_guess.h"

struct scan_setting {
	int baud; /* 0: TCP */
	char parity;
	int stop_bits;
};

struct scan_part {
	int unit;
	struct scan_setting setting;
	struct map_guess guess[GUESS_MAX]; /* the best first */
	int guess_count;
	const char *cabinet;        /* borrowed from the configuration: this part is in it; NULL: new */
	char name[CONFIG_NAME_MAX]; /* for [cabinet NAME] */
};

/* Fills names that no cabinet of the configuration and no other part has. `wanted`: --name, NULL none. */
void scan_name(struct scan_part *parts, int count, const struct config *cfg, const char *wanted);
/* The lines for the configuration of one part. */
void scan_stanza(const struct scan_part *p, const struct modbus_connection *at, enum language l,
		 struct buf *ret);
