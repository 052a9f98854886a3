/* What the sensor verbs share: the maps, and a bus of one's own for as long as it is wanted. A bus that the running daemon works on is
 * borrowed: its cabinets wait until this program lets go, be it by dying. */
#pragma once

#include "cli/cli.h"
#include "cli/control.h"
#include "hw/cabinet.h"

/* Reads hw/cabinets of the data folder. 0, or the exit status after having printed why. */
int sensor_maps(struct register_maps *ret);

/* --timeout; *ret stays when it is not given. 0, or the exit status after having printed why. */
int sensor_timeout(const struct cli *c, int64_t *ret_ms);

struct sensor_bus {
	struct modbus_link *link; /* open */
	struct control_link lent; /* fd −1: not the daemon's */
	char name[MODBUS_BUS_NAME];
};

/* Borrows (when `cfg`, which may be NULL, has a cabinet there and the daemon runs) and opens. 0; or −errno and a sentence
 * in `e`. */
int sensor_bus_open(const struct config *cfg, const struct modbus_connection *at, int64_t timeout_ms,
		    struct sensor_bus *ret, struct err *e);
void sensor_bus_close(struct sensor_bus *b); /* harmless when closed (link NULL) */

/* One row of a part, read or not, as JSON: sensor, label, value, state, text, unit, register, words, raw, fault. */
json_t *sensor_reading(const struct cli *c, const char *name, const struct map_row *row,
		       const struct map_value *v, int fault);

/* sensor_scan.c, sensor_read.c */
int sensor_scan(struct cli *c);
int sensor_read(struct cli *c);
