#include "hw/register_plan.h"
#include "base/mem.h"
#include "base/order.h"

#include <stdlib.h>

struct plan_limits plan_limits_of(const struct register_map *map)
{
	if (map)
		return (struct plan_limits){map->max_registers, map->max_bits, map->max_gap};
	return (struct plan_limits){MODBUS_WORDS_MAX, MODBUS_BITS_MAX, 0};
}

static int by_place(const void *a, const void *b)
{
	const struct map_row *x = *(const struct map_row *const *)a, *y = *(const struct map_row *const *)b;
	int r = order(x->table, y->table);
	return r ? r : order(x->address, y->address);
}

int register_plan(const struct map_row *rows, int count, struct plan_limits limits, struct map_request *ret)
{
	const struct map_row **sorted = mem_array((size_t)count + 1, sizeof *sorted);
	int n = 0;
	for (int i = 0; i < count; i++)
		sorted[i] = &rows[i];
	qsort(sorted, (size_t)count, sizeof *sorted, by_place);
	for (int i = 0; i < count; i++) {
		const struct map_row *row = sorted[i];
		bool bits = row->table == MODBUS_COIL || row->table == MODBUS_DISCRETE;
		int most = bits ? limits.max_bits : limits.max_registers;
		int end = row->address + map_type_registers(row->type);
		struct map_request *last = n ? &ret[n - 1] : NULL;
		int last_end = last ? last->address + last->count : 0;
		if (last && last->table == row->table && row->address <= last_end + limits.max_gap &&
		    (end <= last_end || end - last->address <= most)) {
			if (end > last_end)
				last->count = end - last->address;
			continue;
		}
		ret[n++] = (struct map_request){row->table, row->address, end - row->address};
	}
	free(sorted);
	return n;
}

bool register_plan_has(const struct map_request *q, const struct map_row *row, int *ret_at)
{
	if (q->table != row->table || row->address < q->address ||
	    row->address + map_type_registers(row->type) > q->address + q->count)
		return false;
	*ret_at = row->address - q->address;
	return true;
}
