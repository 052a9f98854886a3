/* One [cabinet NAME] of the configuration made ready to be read: its connection, its rows with the limits in force, its
 * requests. Which rows: those of its [sensor NAME.…] sections; a cabinet without any is read whole, by its map (but for optional rows).
 * The daemon's polling, `yishi sensor read` and `yishid --check` use the same. */
#pragma once

#include "base/config.h"
#include "hw/register_plan.h"
#include "hw/register_value.h"

struct cabinet_row {
	char name[2 * CONFIG_NAME_MAX + 2]; /* CABINET.NAME */
	const struct config_sensor *sensor; /* borrowed from the configuration; NULL: of the map alone */
};

struct cabinet {
	const char *name; /* borrowed, as `config` */
	const struct config_cabinet *config;
	const struct register_map *map; /* borrowed from the maps; NULL: none */
	struct modbus_connection connection;
	char bus[MODBUS_BUS_NAME]; /* cabinets of one bus take turns */
	int64_t pause_ms;          /* between two requests */
	struct cabinet_row *of;    /* owned; row_count of them, beside row[] */
	struct map_row *row;       /* owned */
	int row_count;
	struct map_request *request; /* owned */
	int request_count;
};

/* `i` of cfg->cabinets. −EINVAL with a sentence in `e` that names file and section: connection, map, register, a device that is a modem's.
 * `maps` grows by a map that is a file of its own. Borrows cfg and maps, which outlive it. */
int cabinet_init(struct cabinet *c, const struct config *cfg, int i, struct register_maps *maps, struct err *e);
void cabinet_done(struct cabinet *c);

/* Index into cfg->cabinets, −1: none. */
int cabinet_find(const struct config *cfg, const char *name);

/* Reads all rows now, blocking, one request after the other (pauses kept). values[i] belongs to row[i], faults[i] is 0 or
 * what modbus_link_read said. A request that the unit refuses whole is asked again row by row, so that one missing register does not hide its
 * neighbours. After a silence the rest is not asked (all get that fault) when nothing answered yet. Returns 0, or the fault of the bus
 * (the link is closed then). */
int cabinet_read(const struct cabinet *c, struct modbus_link *l, struct map_value *values, int *faults);
