/* Any text as a .map file: refused with a sentence, or rows that can be planned, decoded and shown, and rules that can be tried. */
#include "hw/map_guess.h"
#include "hw/register_plan.h"
#include "hw/register_value.h"
#include "base/mem.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A unit whose registers hold the input itself. */
struct unit {
	const uint8_t *data;
	size_t size;
};

static int answer(void *user, int unit, enum modbus_table table, int address, int count, uint16_t *ret)
{
	const struct unit *u = user;
	if (address < 0 || count < 1 || count > 4 || address + count > 65536 || unit != 1)
		abort();
	if (u->size < 2 || (table == MODBUS_COIL && address % 3 == 0))
		return -(MODBUS_EXCEPTION + 2);
	for (int i = 0; i < count; i++)
		ret[i] =
		    (uint16_t)(u->data[(size_t)(address + i) % u->size] << 8 | u->data[(size_t)i % u->size]);
	return 0;
}

static void use(const struct register_map *m, const struct unit *u)
{
	struct map_request *q = mem_array((size_t)m->row_count, sizeof *q);
	struct plan_limits limits = plan_limits_of(m);
	int n = register_plan(m->row, m->row_count, limits, q);
	for (int i = 0; i < m->row_count; i++) {
		const struct map_row *row = &m->row[i];
		uint16_t words[4] = {0};
		struct map_value v;
		char text[64];
		int at, found = 0;
		for (int k = 0; k < n; k++)
			found += register_plan_has(&q[k], row, &at);
		if (!found)
			abort();
		(void)answer((void *)(uintptr_t)u, 1, MODBUS_HOLDING, row->address,
			     map_type_registers(row->type), words);
		register_decode(row, words, &v);
		if (v.valid && !isfinite(v.value))
			abort();
		register_value_text(row, &v, LANG_ZH, text, sizeof text);
		register_label(row, LANG_EN);
	}
	free(q);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_free char *text = mem_alloc(size + 1);
	struct register_maps maps = {0};
	struct map_guess guess[GUESS_MAX];
	struct unit unit = {data, size};
	struct err e = {0};
	if (size)
		memcpy(text, data, size);
	if (register_maps_parse(&maps, "x.map", text, &e)) {
		if (!e.text[0] || maps.count)
			abort();
		return 0;
	}
	use(maps.map[0], &unit);
	if (map_guess(&maps, 1, answer, &unit, guess) < 0)
		abort();
	struct config_sensor s = {.name = (char *)(uintptr_t) "a.b", .reg = text, .type = text};
	struct map_row row;
	(void)register_map_sensor(maps.map[0], &s, &row, &e);
	register_maps_done(&maps);
	return 0;
}
