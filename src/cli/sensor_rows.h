/* What list, watch, status and top have in common: the sensors of the configuration, and how each stands by the database. */
#pragma once

#include "cli/cli.h"
#include "hw/cabinet.h"
#include "store/sensor.h"
#include "store/sensor_alarm.h"

#define SENSOR_ONLINE_DAYS 30  /* over which the share of time with data is told */
#define SENSOR_WHY         160 /* bytes */

/* STAND_STATE: a state that is an alarm, such as a wet leak contact. */
enum sensor_stand { STAND_OK, STAND_HIGH, STAND_LOW, STAND_STATE, STAND_NO_DATA };

struct sensor_row {
	const struct cabinet *cabinet; /* borrowed, as the next two */
	const char *name;              /* CABINET.NAME */
	const struct map_row *map;
	struct sensor now; /* its `name` is not set; fault UNREAD when the database knows none */
	enum sensor_stand stand;
	int alarm; /* the number of the one that stands, 0: none */
	bool acked;
	bool stale;                    /* the last value is too old to be one, though nobody said so */
	int64_t online_s, online_of_s; /* 0 of 0: not asked for */
};

struct sensor_rows {
	struct register_maps maps;
	struct cabinet cabinet[CONFIG_CABINETS];
	int cabinet_count;
	struct sensor_row *row; /* owned; in the order of the configuration */
	int count;
	bool daemon_up, written; /* the daemon runs; what it read last stands in the database */
};

/* The sensors of the configuration, not yet read. 0, or the exit status after having printed why. sensor_rows_done in any case. */
int sensor_rows_open(struct cli *c, struct sensor_rows *ret);
void sensor_rows_done(struct sensor_rows *r);
/* How they stand; `online`: also their share of time with data. 0 or -errno of the store. `daemon_up` says whether anybody polls. */
int sensor_rows_read(struct cli *c, struct sensor_rows *r, bool online);
/* Asks the daemon whether it runs; with `write` it writes down what it read last. Without, values may be some minutes old, which
 * is enough for a screen that stands there all day and must not wear the flash; states are not. */
void sensor_rows_ask(struct cli *c, struct sensor_rows *r, bool write);

/* "the unit does not answer"; "" when there are data. Returns buf (SENSOR_WHY bytes). */
char *sensor_why(const struct sensor_rows *r, const struct sensor_row *x, char *buf);
/* "-10 … 55 °C", "≤ 55 °C", "". Returns buf. */
char *sensor_limits(const struct sensor_row *x, enum language l, char *buf, size_t size);
const char *sensor_stand_name(enum sensor_stand s); /* "ok" "high" "low" "alarm" "no_data", for scripts */

/* One line on all of them, for status and top: "12 well; box.door 35 °C high; pump.level no data (no answer)". Appends. */
void sensor_rows_sum_up(struct cli *c, const struct sensor_rows *r, struct buf *out);
/* {"total","ok","high","low","alarm","no_data","online"}: the share of all together. A new reference. */
json_t *sensor_rows_counts(const struct sensor_rows *r);
