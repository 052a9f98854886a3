#include "store/sensor.h"
#include "base/mem.h"
#include "store/internal.h"

#include <string.h>

static const char *const names[SENSOR_FAULTS] = {[SENSOR_OK] = "",
						 [SENSOR_UNREAD] = "unread",
						 [SENSOR_TIMEOUT] = "timeout",
						 [SENSOR_EXCEPTION] = "exception",
						 [SENSOR_GARBAGE] = "garbage",
						 [SENSOR_GONE] = "gone",
						 [SENSOR_REFUSED] = "refused",
						 [SENSOR_BUSY] = "busy",
						 [SENSOR_INVALID] = "invalid",
						 [SENSOR_LENT] = "lent"};

const char *sensor_fault_name(enum sensor_fault f)
{
	return names[f];
}

enum sensor_fault sensor_fault_find(const char *name)
{
	for (int i = 0; i < SENSOR_FAULTS; i++)
		if (!strcmp(names[i], name))
			return (enum sensor_fault)i;
	return SENSOR_UNREAD;
}

int sensor_put(struct store *s, const struct sensor *x, int64_t now_utc, int64_t *ret_id)
{
	int r = store_run(s,
			  "INSERT INTO sensor (name, first_utc, fault, code, since_utc, value, seen_utc)"
			  " VALUES (?1, ?2, ?3, ?4, ?5, CASE WHEN ?6 THEN ?7 END, ?8)"
			  " ON CONFLICT (name) DO UPDATE SET fault = ?3, code = ?4, since_utc = ?5,"
			  " value = CASE WHEN ?6 THEN ?7 END, seen_utc = ?8",
			  "tItiIbdP", x->name, now_utc, names[x->fault], x->code, x->since_utc, x->has_value,
			  x->value, x->seen_utc);
	return r < 0 ? r : store_get(s, ret_id, "SELECT id FROM sensor WHERE name = ?", "t", x->name);
}

int sensor_each(struct store *s, int (*row)(void *ctx, const struct sensor *x), void *ctx)
{
	cleanup_query struct query q = {0};
	int r = query_open(s, &q,
			   "SELECT id, name, fault, code, first_utc, since_utc, value, seen_utc FROM sensor"
			   " ORDER BY name",
			   "");
	while (r >= 0 && (r = query_next(&q)) == 1) {
		struct sensor x = {.id = query_int(&q, 0),
				   .name = query_text(&q, 1),
				   .fault = sensor_fault_find(query_text(&q, 2)),
				   .code = (int)query_int(&q, 3),
				   .first_utc = query_int(&q, 4),
				   .since_utc = query_int(&q, 5),
				   .has_value = !query_null(&q, 6),
				   .value = query_double(&q, 6),
				   .seen_utc = query_int(&q, 7)};
		int stop = row(ctx, &x);
		if (stop)
			return stop;
	}
	return r;
}
