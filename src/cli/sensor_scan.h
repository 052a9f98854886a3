/* What a scan of one bus found. */
#pragma once

#include "cli/cli.h"
#include "cli/sensor_bus.h"
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

#define SCAN_SETTINGS 24
#define SCAN_GARBLED  8

struct scan {
	struct cli *c;
	const struct config *cfg; /* NULL: none yet */
	struct register_maps maps;
	struct modbus_connection at;
	struct sensor_bus bus;
	struct scan_setting setting[SCAN_SETTINGS];
	int setting_count, from, to;
	int64_t timeout_ms;
	struct scan_part *parts; /* owned */
	int count;
	int garbled[SCAN_GARBLED], garbled_count; /* addresses where something came that is no answer */
	bool echoes;
};

/* sensor_scan_args.c: fills where, which addresses, which settings from the command line. 0, or the exit status after having printed why. */
int scan_arguments(struct scan *s);

/* Fills names that no cabinet of the configuration and no other part has. `wanted`: --name, NULL none. */
void scan_name(struct scan_part *parts, int count, const struct config *cfg, const char *wanted);
/* The lines for the configuration of one part. */
void scan_stanza(const struct scan_part *p, const struct modbus_connection *at, enum language l,
		 struct buf *ret);
