/* How each sensor of the cabinets stands: its last value, whether there are data at all, since when, and why not. A sensor
 * is known by CABINET.NAME, whatever the configuration says of it today. The daemon alone writes; a value that is not
 * followed by new ones is as old as `seen_utc` says, and whoever shows it looks (sensor_fresh). */
#pragma once

#include "store/store.h"

/* Why there are no data. */
enum sensor_fault {
	SENSOR_OK,        /* there are */
	SENSOR_UNREAD,    /* it was not asked yet */
	SENSOR_TIMEOUT,   /* the unit says nothing */
	SENSOR_EXCEPTION, /* the unit refuses; code: Modbus exception */
	SENSOR_GARBAGE,   /* what comes is no answer: noise, another speed, two units with one address */
	SENSOR_GONE,      /* the port is not there, or the connection broke; code: errno */
	SENSOR_REFUSED,   /* the TCP host does not let us in or cannot be reached; code: errno */
	SENSOR_BUSY,      /* another program has the port */
	SENSOR_INVALID,   /* the unit answers, and says itself that it has no value: a broken probe */
	SENSOR_LENT,      /* the bus is lent to `yishi sensor read` or `scan` */
	SENSOR_FAULTS
};
const char *sensor_fault_name(enum sensor_fault f); /* "" "unread" "timeout" … as it stands in the database */
enum sensor_fault
sensor_fault_find(const char *name); /* UNREAD for what is unknown: a newer program may have written it */

struct sensor {
	int64_t id;
	const char *name; /* borrowed */
	enum sensor_fault fault;
	int code;
	int64_t first_utc, since_utc;
	bool has_value;
	double value;
	int64_t seen_utc; /* 0: never */
};

/* Writes how it stands; a new name gets a row. `id` and `first_utc` of `x` do not matter. Inside a transaction. */
int sensor_put(struct store *s, const struct sensor *x, int64_t now_utc, int64_t *ret_id);
/* All of them, by name. A callback's non-zero ends the walk. */
int sensor_each(struct store *s, int (*row)(void *ctx, const struct sensor *x), void *ctx);
