/* Which requests read some rows: neighbours of one table share one. Pure. */
#pragma once

#include "hw/register_map.h"

struct map_request {
	enum modbus_table table;
	int address, count;
};

struct plan_limits {
	int max_registers, max_bits; /* in one request */
	int max_gap;                 /* registers that nobody asked for and one request may read over */
};

struct plan_limits plan_limits_of(const struct register_map *map); /* NULL: the standard's, no gap */

/* Fills ret (room for `count`) in the order of table and address; returns how many. A row is never split. */
int register_plan(const struct map_row *rows, int count, struct plan_limits limits, struct map_request *ret);
/* The row's words are all in this request's answer; *ret_at: where they begin. */
bool register_plan_has(const struct map_request *q, const struct map_row *row, int *ret_at);
