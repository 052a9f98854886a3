/* What the registers of a part mean: hw/cabinets/NAME.map, one part (or family of equal parts) a file. INI, UTF-8, keys of two
 * tables (map_keys.c); an unknown key or a bad value is one sentence with file and line.
 *
 *	[map]
 *	title = XY-MD02 temperature and humidity
 *	title_zh = XY-MD02 温湿度变送器
 *	makers = XY-MD02, MD02                 names by which it is sold, separated by commas
 *	serial = 9600,8N1                      how it leaves the factory
 *	unit = 1
 *	max_registers = 2                      in one request (125); max_bits (2000)
 *	max_gap = 0                            registers between two rows that one request may read over (0)
 *	pause = 50ms                           between two requests (20ms)
 *	evidence = [M] where the facts are from; marks M maker, C code, F field, P proposal; several lines allowed
 *	identify = temperature -40..80         see map_guess.h; several allowed
 *	request = 01 04 00 01 00 02 20 0B      a frame and its answer as they stand on the wire, with CRC; each request begins
 *	answer = 01 04 04 01 31 02 22 2A CE    another one; several lines allowed
 *	means = temperature=30.5 humidity=54.6 what it must be read as; or exception=2
 *	seen = the maker's page                where; or: composed (by the documents, nobody saw it)
 *	[temperature]                          a row; [sensor CABINET.NAME] register = temperature
 *	label = temperature
 *	label_zh = 温度
 *	register = input:1                     see register_number_parse
 *	type = int16                           bit in coils and inputs, else uint16
 *	order = ABCD                           see enum map_order
 *	scale = 0.1                            value = raw × scale + offset
 *	offset = 0
 *	digits = 1                             behind the point; by default as the scale has it
 *	unit = °C
 *	mask = 0x00ff                          of the raw integer, before the shift; the sign of a signed type is then the mask's
 *	shift = 8                              highest bit
 *	invalid = 0x7fff 0x8000                raw values that mean: no data
 *	words = 0 closed/关闭, 1 open/打开     names of states
 *	high = 55                              limits that hold when [sensor] gives none (of high and low)
 *	low = -10
 *	clear = 50
 *	hold = 60s
 *	severity = warning
 *	alarm = open                           states that are an alarm: words or numbers, separated by commas
 *	optional = yes                         not every part of the family has it: read only where a [sensor] names it
 *
 * Pure: texts in, structs out. */
#pragma once

#include "base/config.h"
#include "base/err.h"
#include "hw/modbus_link.h"

#include <stdbool.h>
#include <stdint.h>

#define MAP_NAME      40 /* bytes of a row's or a map's name */
#define MAP_LABEL     64 /* bytes of a label */
#define MAP_UNIT      16 /* bytes of a unit */
#define MAP_ROWS      96 /* rows of one map, and of one cabinet */
#define MAP_WORDS     16 /* states of a row */
#define MAP_ALARMS    8
#define MAP_INVALID   8
#define MAP_RULES     12 /* identify */
#define MAP_FRAMES    12
#define MAP_FRAME_MAX 260 /* bytes */
#define MAPS_MAX      200
#define MAP_PAUSE_MS  20 /* between two requests where the map says nothing */

enum map_type {
	MAP_BIT,
	MAP_INT16,
	MAP_UINT16,
	MAP_INT32,
	MAP_UINT32,
	MAP_FLOAT32,
	MAP_INT64,
	MAP_UINT64,
	MAP_FLOAT64,
	MAP_TYPES
};

/* Bytes as they come on the wire, A the most significant of the value as the standard sends it. Of values of more than two registers
 * the same two questions are asked: are the bytes of each word swapped (B, D first), does the low word come first (C, D first)? */
enum map_order { ORDER_ABCD, ORDER_CDAB, ORDER_BADC, ORDER_DCBA, ORDER_COUNT };

struct map_word {
	int64_t value;
	char en[32], zh[32];
};

struct map_row {
	char name[MAP_NAME];
	char label_en[MAP_LABEL], label_zh[MAP_LABEL]; /* "" none */
	enum modbus_table table;
	int address; /* 0-based */
	enum map_type type;
	enum map_order order;
	double scale, offset;
	int digits; /* behind the point, −1: by the scale */
	char unit[MAP_UNIT];
	uint64_t mask; /* 0: all */
	int shift;
	uint64_t invalid[MAP_INVALID]; /* raw, in the width of the type */
	int invalid_count;
	struct map_word words[MAP_WORDS];
	int word_count;
	bool optional;
	/* limits */
	bool has_high, has_low, has_clear;
	double high, low, clear;
	int64_t hold_ms;
	double alarm[MAP_ALARMS];
	int alarm_count;
	char severity[16]; /* "" not said; notice, warning or urgent */
};

enum map_rule_kind {
	RULE_ANSWERS, /* ROW any */
	RULE_RANGE,   /* ROW MIN..MAX, scaled */
	RULE_EQUALS,  /* ROW =VALUE */
	RULE_UNIT,    /* ROW unit: the register holds the unit's own address */
	RULE_REFUSES, /* ROW refused: an exception */
};

struct map_rule {
	struct map_row row; /* of this map, or made from a plain register (uint16, or bit) */
	enum map_rule_kind kind;
	double min, max;
};

struct map_frame {
	uint8_t request[MAP_FRAME_MAX], answer[MAP_FRAME_MAX]; /* RTU, with CRC */
	int request_len, answer_len;
	char means[192]; /* "temperature=30.5 humidity=54.6", or "exception=2" */
	char seen[96];
	int line;
};

struct register_map {
	char name[MAP_NAME]; /* the file's, without .map */
	char file[160];
	char title_en[128], title_zh[128];
	char makers[256], evidence[512];
	int baud, unit; /* as it leaves the factory; 0 not known */
	char parity;
	int stop_bits;
	int max_registers, max_bits, max_gap;
	int64_t pause_ms;
	struct map_row *row; /* owned */
	int row_count;
	struct map_rule *rule; /* owned */
	int rule_count;
	struct map_frame *frame; /* owned */
	int frame_count;
};

struct register_maps {
	struct register_map **map; /* owned; by name */
	int count;
};

/* Reads every *.map of a folder. −ENOENT when there is no such folder, −EINVAL; both with `e`. */
int register_maps_load(const char *folder, struct register_maps *ret, struct err *e);
/* Adds one map from a text in memory; `file` stands in errors, its base name is the map's name. */
int register_maps_parse(struct register_maps *maps, const char *file, const char *text, struct err *e);
/* Adds one file: what `map =` of a cabinet names when it is a path. *ret is borrowed from `maps`. */
int register_maps_add_file(struct register_maps *maps, const char *path, const struct register_map **ret,
			   struct err *e);
void register_maps_done(struct register_maps *maps);
const struct register_map *register_maps_find(const struct register_maps *maps,
					      const char *name);                          /* NULL: none */
const struct map_row *register_map_row(const struct register_map *map, const char *name); /* NULL: none */

/* "input:1" "holding:0" "coil:3" "discrete:0": 0-based. "30002", "40001", "10001", "00001" (and six digits, 400001): the Modicon
 * notation, counted from 1, the first digit the table. "1x0001" and the like are not read. −EINVAL. */
int register_number_parse(const char *text, enum modbus_table *ret_table, int *ret_address);
/* "input:1" */
void register_number_text(enum modbus_table table, int address, char *ret, size_t size);
/* A register that no map knows: uint16, or a bit. */
void register_row_plain(enum modbus_table table, int address, struct map_row *ret);
/* A row whose parts cannot go together: −EINVAL with a sentence. */
int register_row_check(const struct map_row *row, struct err *e);
const char *map_type_name(enum map_type t);
int map_type_registers(enum map_type t); /* 1, 2 or 4 */

/* The row that a [sensor] means: a row of the map, or a plain register; its own keys (type, scale, unit, limits, hold, severity) win. `map` may
 * be NULL. −EINVAL with a sentence in `e`. */
int register_map_sensor(const struct register_map *map, const struct config_sensor *s, struct map_row *ret,
			struct err *e);

/* "open, 3": states that are an alarm, by the row's words (of either language) or as numbers. −EINVAL. */
int register_row_alarm(struct map_row *row, const char *text);
/* "float32", "float32 CDAB", for [sensor] type. −EINVAL. */
int map_type_parse(const char *text, enum map_type *ret_type, enum map_order *ret_order);
const char *map_order_name(enum map_order o);
