/* Names and numbers of registers and types, and the row that a [sensor] means. */
#include "hw/register_map.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct {
	const char *name;
	int registers;
} types[MAP_TYPES] = {
    [MAP_BIT] = {"bit", 1},     [MAP_INT16] = {"int16", 1},   [MAP_UINT16] = {"uint16", 1},
    [MAP_INT32] = {"int32", 2}, [MAP_UINT32] = {"uint32", 2}, [MAP_FLOAT32] = {"float32", 2},
    [MAP_INT64] = {"int64", 4}, [MAP_UINT64] = {"uint64", 4}, [MAP_FLOAT64] = {"float64", 4},
};

static const char *const orders[ORDER_COUNT] = {
    [ORDER_ABCD] = "ABCD", [ORDER_CDAB] = "CDAB", [ORDER_BADC] = "BADC", [ORDER_DCBA] = "DCBA"};

/* by the digit of Modicon's notation: 0xxxx coils, 1xxxx inputs, 3xxxx input registers, 4xxxx holding registers */
static const struct {
	const char *word;
	char digit;
	enum modbus_table table;
} tables[] = {{"coil", '0', MODBUS_COIL},
	      {"discrete", '1', MODBUS_DISCRETE},
	      {"input", '3', MODBUS_INPUT},
	      {"holding", '4', MODBUS_HOLDING}};

const char *map_type_name(enum map_type t)
{
	return types[t].name;
}

int map_type_registers(enum map_type t)
{
	return types[t].registers;
}

const char *map_order_name(enum map_order o)
{
	return orders[o];
}

int map_type_parse(const char *text, enum map_type *ret_type, enum map_order *ret_order)
{
	size_t n = strcspn(text, " ");
	const char *order = text + n + strspn(text + n, " ");
	enum map_type type = 0;
	enum map_order o = 0;
	while (type < MAP_TYPES &&
	       (strlen(types[type].name) != n || strncasecmp(text, types[type].name, n) != 0))
		type++;
	while (*order && o < ORDER_COUNT && strcasecmp(order, orders[o]) != 0)
		o++;
	if (type == MAP_TYPES || o == ORDER_COUNT)
		return -EINVAL;
	*ret_type = type;
	if (*order)
		*ret_order = o;
	return 0;
}

static int parse_address(const char *text, long first, long last, int *ret)
{
	bool hex = !strncasecmp(text, "0x", 2);
	const char *digits = hex ? text + 2 : text;
	size_t n = strlen(digits);
	if (n < 1 || n > 6 || strspn(digits, hex ? "0123456789abcdefABCDEF" : "0123456789") != n)
		return -EINVAL;
	long v = strtol(digits, NULL, hex ? 16 : 10);
	if (v < first || v > last)
		return -EINVAL;
	*ret = (int)(v - first);
	return 0;
}

int register_number_parse(const char *text, enum modbus_table *ret_table, int *ret_address)
{
	const char *colon = strchr(text, ':');
	size_t n = strlen(text);
	for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
		int r = -EINVAL;
		if (colon && strlen(tables[i].word) == (size_t)(colon - text) &&
		    !strncasecmp(text, tables[i].word, (size_t)(colon - text)))
			r = parse_address(colon + 1, 0, 65535, ret_address);
		/* five digits reach 9999, six reach all; less is no Modicon number but somebody's guess */
		else if (!colon && text[0] == tables[i].digit && (n == 5 || n == 6) && text[1] != 'x')
			r = parse_address(text + 1, 1, 65536, ret_address);
		if (r == 0) {
			*ret_table = tables[i].table;
			return 0;
		}
	}
	return -EINVAL;
}

void register_number_text(enum modbus_table table, int address, char *ret, size_t size)
{
	for (size_t i = 0; i < ARRAY_LEN(tables); i++)
		if (tables[i].table == table)
			snprintf(ret, size, "%s:%d", tables[i].word, address);
}

const struct register_map *register_maps_find(const struct register_maps *maps, const char *name)
{
	for (int i = 0; i < maps->count; i++)
		if (!strcmp(maps->map[i]->name, name))
			return maps->map[i];
	return NULL;
}

const struct map_row *register_map_row(const struct register_map *map, const char *name)
{
	for (int i = 0; i < map->row_count; i++)
		if (!strcmp(map->row[i].name, name))
			return &map->row[i];
	return NULL;
}

void register_row_plain(enum modbus_table table, int address, struct map_row *ret)
{
	bool bit = table == MODBUS_COIL || table == MODBUS_DISCRETE;
	*ret = (struct map_row){
	    .table = table, .address = address, .type = bit ? MAP_BIT : MAP_UINT16, .scale = 1, .digits = -1};
	register_number_text(table, address, ret->name, sizeof ret->name);
}

int register_row_check(const struct map_row *row, struct err *e)
{
	bool bits = row->table == MODBUS_COIL || row->table == MODBUS_DISCRETE;
	if (bits && row->type != MAP_BIT)
		return err_set(e, NULL, 0, "coils and discrete inputs are bits; leave type out");
	if (row->address + map_type_registers(row->type) > 65536)
		return err_set(e, NULL, 0, "a %s at %d goes past the last register", map_type_name(row->type),
			       row->address);
	if (row->shift >= 16 * map_type_registers(row->type))
		return err_set(e, NULL, 0, "shift %d leaves nothing of a %s", row->shift,
			       map_type_name(row->type));
	bool real = row->type == MAP_FLOAT32 || row->type == MAP_FLOAT64;
	if (real && (row->mask || row->shift))
		return err_set(e, NULL, 0, "mask and shift are for whole numbers");
	if (row->scale == 0 || !isfinite(row->scale))
		return err_set(e, NULL, 0, "scale %g leaves nothing of the value", row->scale);
	/* such an alarm would never end */
	if (row->has_high && row->has_low && row->low >= row->high)
		return err_set(e, NULL, 0, "low %g is not below high %g: every value would be an alarm",
			       row->low, row->high);
	if (row->has_clear &&
	    ((row->has_high && row->clear > row->high) || (row->has_low && row->clear < row->low)))
		return err_set(e, NULL, 0, "clear %g lies beyond the limit; it is where the alarm ends, inside",
			       row->clear);
	return 0;
}

int register_row_alarm(struct map_row *row, const char *text)
{
	cleanup_free char *copy = mem_dup(text);
	char *save = NULL;
	row->alarm_count = 0;
	for (char *w = strtok_r(copy, ",", &save); w; w = strtok_r(NULL, ",", &save)) {
		char *end;
		w += strspn(w, " ");
		for (size_t n = strlen(w); n && w[n - 1] == ' ';)
			w[--n] = 0;
		double v = strtod(w, &end);
		bool found = end > w && !*end;
		for (int i = 0; i < row->word_count && !found; i++)
			if (!strcasecmp(w, row->words[i].en) || !strcmp(w, row->words[i].zh)) {
				v = (double)row->words[i].value;
				found = true;
			}
		if (!found || row->alarm_count == MAP_ALARMS)
			return -EINVAL;
		row->alarm[row->alarm_count++] = v;
	}
	return row->alarm_count ? 0 : -EINVAL;
}

static void take_number(const char *text, bool *ret_has, double *ret)
{
	*ret_has = text;
	*ret = text ? strtod(text, NULL) : 0;
}

static void take_limits(const struct config_sensor *s, struct map_row *row)
{
	/* who writes a limit means the whole of it: no other limit holds beside it that is not to be seen in the file */
	if (s->high || s->low || s->alarm) {
		take_number(s->high, &row->has_high, &row->high);
		take_number(s->low, &row->has_low, &row->low);
		row->has_clear = false;
		row->alarm_count = 0;
		row->hold_ms = 0;
	}
	if (s->clear)
		take_number(s->clear, &row->has_clear, &row->clear);
	if (s->hold_ms)
		row->hold_ms = s->hold_ms;
	if (s->severity)
		text_copy(row->severity, sizeof row->severity, s->severity);
}

static int find_row(const struct register_map *map, const struct config_sensor *s, struct map_row *ret,
		    struct err *e)
{
	const char *dot = strchr(s->name, '.');
	const char *name = s->reg ? s->reg : dot ? dot + 1 : s->name;
	const struct map_row *row = map ? register_map_row(map, name) : NULL;
	enum modbus_table table;
	int address;
	if (row) {
		*ret = *row;
		return 0;
	}
	if (s->reg && register_number_parse(s->reg, &table, &address) == 0) {
		register_row_plain(table, address, ret);
		return 0;
	}
	if (map)
		return err_set(
		    e, NULL, 0,
		    "[sensor %s]: %.40s is no row of the map %s and no register such as input:1 or 30002",
		    s->name, name, map->name);
	return err_set(e, NULL, 0,
		       "[sensor %s]: register wants a register such as input:1, holding:0, 30002 or 40001, or "
		       "the cabinet a map",
		       s->name);
}

int register_map_sensor(const struct register_map *map, const struct config_sensor *s, struct map_row *ret,
			struct err *e)
{
	struct map_row row;
	struct err why;
	int r = find_row(map, s, &row, e);
	if (r)
		return r;
	if (s->type && map_type_parse(s->type, &row.type, &row.order))
		return err_set(
		    e, NULL, 0,
		    "[sensor %s]: type %.40s is unknown; it is bit, int16, uint16, int32, uint32, float32, "
		    "int64, uint64 or float64, then ABCD, CDAB, BADC or DCBA",
		    s->name, s->type);
	if (s->scale) {
		row.scale = strtod(s->scale, NULL);
		row.digits = -1;
	}
	if (s->offset)
		row.offset = strtod(s->offset, NULL);
	if (s->unit)
		text_copy(row.unit, sizeof row.unit, s->unit);
	if (s->severity && strcmp(s->severity, "notice") != 0 && strcmp(s->severity, "warning") != 0 &&
	    strcmp(s->severity, "urgent") != 0)
		return err_set(e, NULL, 0,
			       "[sensor %s]: severity %.40s is unknown; it is notice, warning or urgent",
			       s->name, s->severity);
	take_limits(s, &row);
	if (register_row_check(&row, &why))
		return err_set(e, NULL, 0, "[sensor %s]: %s", s->name, why.text);
	if (s->alarm && register_row_alarm(&row, s->alarm))
		return err_set(e, NULL, 0,
			       "[sensor %s]: alarm %.40s is no state of it; write its words or numbers",
			       s->name, s->alarm);
	*ret = row;
	return 0;
}
