/* Register maps: what is written, what it means, which requests read it, and how errors are told. */
#include "hw/cabinet.h"
#include "hw/map_guess.h"
#include "base/mem.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static const struct map_row *one(struct register_maps *maps, const char *rows)
{
	struct err e = {0};
	char line[500];
	cleanup_free char *text = mem_printf("[map]\ntitle = t\n%s", rows);
	if (register_maps_parse(maps, "x.map", text, &e))
		fail_msg("%s", err_line(&e, line, sizeof line));
	return &maps->map[0]->row[0];
}

static void test_types_and_orders(void **state)
{
	(void)state;
	static const struct {
		const char *keys;
		uint16_t words[4];
		double value;
	} table[] = {
	    {"type = int16\nscale = 0.1", {0xFF33}, -20.5},
	    {"type = uint16", {0xFF33}, 65331},
	    {"type = uint16\norder = BADC", {0x33FF}, 65331},
	    {"type = int16\nscale = 0.1\noffset = 5", {0x0131}, 35.5},
	    {"type = uint32", {0x0001, 0x0002}, 65538},
	    {"type = uint32\norder = CDAB", {0x0002, 0x0001}, 65538},
	    {"type = uint32\norder = BADC", {0x0100, 0x0200}, 65538},
	    {"type = uint32\norder = DCBA", {0x0200, 0x0100}, 65538},
	    {"type = int32", {0xFFFF, 0xFFFE}, -2},
	    {"type = int32 cdab", {0xFFFE, 0xFFFF}, -2},
	    {"type = float32", {0x4366, 0x3334}, 230.2000122070312},
	    {"type = float32 CDAB", {0x3334, 0x4366}, 230.2000122070312},
	    {"type = float32 BADC", {0x6643, 0x3433}, 230.2000122070312},
	    {"type = float32 DCBA", {0x3433, 0x6643}, 230.2000122070312},
	    {"type = int64", {0xFFFF, 0xFFFF, 0xFFFF, 0xFFFD}, -3},
	    {"type = uint64\norder = CDAB", {0x0004, 0x0003, 0x0002, 0x0001}, 281483566841860.0},
	    {"type = float64", {0x406C, 0xC666, 0x6666, 0x6666}, 230.2},
	    {"type = float64 DCBA", {0x6666, 0x6666, 0x66C6, 0x6C40}, 230.2},
	    {"mask = 0x00ff", {0x12FE}, 254},
	    {"type = int16\nmask = 0x00ff", {0x12FE}, -2},
	    {"mask = 0xff00\nshift = 8", {0x12FE}, 18},
	    {"type = bit\nshift = 3", {0x0008}, 1},
	    {"type = bit\nshift = 3", {0xFFF7}, 0},
	    {"type = uint16\nshift = 4", {0x0123}, 18},
	};
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct register_maps maps = {0};
		struct map_value v;
		cleanup_free char *rows = mem_printf("[v]\nregister = holding:0\n%s\n", table[i].keys);
		const struct map_row *row = one(&maps, rows);
		register_decode(row, table[i].words, &v);
		assert_true(v.valid);
		if (fabs(v.value - table[i].value) > 1e-9 * (1 + fabs(table[i].value)))
			fail_msg("%s: %.12g, not %.12g", table[i].keys, v.value, table[i].value);
		register_maps_done(&maps);
	}
}

static void test_no_data(void **state)
{
	(void)state;
	struct register_maps maps = {0};
	struct map_value v;
	char buf[64];
	const struct map_row *row = one(
	    &maps, "[v]\nregister = input:1\ntype = int16\nscale = 0.1\ninvalid = 0x7fff, 32768\nunit = °C\n"
		   "[f]\nregister = input:4\ntype = float32\n");
	register_decode(row, (uint16_t[]){0x7FFF}, &v);
	assert_false(v.valid);
	assert_string_equal(register_value_text(row, &v, LANG_ZH, buf, sizeof buf), "无数据");
	register_decode(row, (uint16_t[]){0x8000}, &v);
	assert_false(v.valid);
	register_decode(row, (uint16_t[]){0x7FFE}, &v);
	assert_true(v.valid);
	register_decode(&maps.map[0]->row[1], (uint16_t[]){0x7FC0, 0}, &v);
	assert_false(v.valid);
	register_decode(&maps.map[0]->row[1], (uint16_t[]){0x7F80, 0}, &v);
	assert_false(v.valid);
	register_maps_done(&maps);
}

static void test_shown(void **state)
{
	(void)state;
	struct register_maps maps = {0};
	char buf[64];
	const struct map_row *row =
	    one(&maps, "[t]\nlabel = temperature\nlabel_zh = 温度\nregister = "
		       "30002\ntype = int16\nscale = 0.1\nunit = °C\n"
		       "[door]\nregister = 10003\nalarm = 开, 7\nwords = 0 closed/关, 1 wide open/开\n"
		       "[p]\nregister = holding:0\ntype = float32\nunit = "
		       "W\n[e]\nregister = holding:9\nscale=0.25\ndigits=0\n");
	assert_string_equal(register_number_shown(row, -0.04, LANG_ZH, buf, sizeof buf), "0.0 °C");
	assert_string_equal(register_number_shown(row, 23.456, LANG_EN, buf, sizeof buf), "23.5 °C");
	assert_string_equal(register_label(row, LANG_ZH), "温度");
	assert_int_equal(row->table, MODBUS_INPUT);
	assert_int_equal(row->address, 1);
	row = &maps.map[0]->row[1];
	assert_int_equal(row->type, MAP_BIT);
	assert_true(row->alarm_count == 2 && row->alarm[0] == 1 && row->alarm[1] == 7);
	assert_int_equal(row->address, 2);
	assert_string_equal(register_number_shown(row, 1, LANG_ZH, buf, sizeof buf), "开");
	assert_string_equal(register_number_shown(row, 1, LANG_EN, buf, sizeof buf), "wide open");
	assert_string_equal(register_label(row, LANG_ZH), "door");
	assert_string_equal(register_number_shown(&maps.map[0]->row[2], 230.2, LANG_EN, buf, sizeof buf),
			    "230.20 W");
	assert_string_equal(register_number_shown(&maps.map[0]->row[2], 3e38, LANG_EN, buf, sizeof buf),
			    "3e+38 W");
	assert_string_equal(register_number_shown(&maps.map[0]->row[3], 2.25, LANG_EN, buf, sizeof buf), "2");
	register_maps_done(&maps);
}

static void test_numbers(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int table, address;
	} good[] = {{"input:1", MODBUS_INPUT, 1},      {"holding:0x101", MODBUS_HOLDING, 257},
		    {"coil:0", MODBUS_COIL, 0},        {"discrete:7", MODBUS_DISCRETE, 7},
		    {"30001", MODBUS_INPUT, 0},        {"40001", MODBUS_HOLDING, 0},
		    {"10001", MODBUS_DISCRETE, 0},     {"00001", MODBUS_COIL, 0},
		    {"49999", MODBUS_HOLDING, 9998},   {"400001", MODBUS_HOLDING, 0},
		    {"465536", MODBUS_HOLDING, 65535}, {"holding:65535", MODBUS_HOLDING, 65535}};
	static const char *const bad[] = {"",         "1",        "4001",     "40000",   "20001",
					  "input:",   "input:-1", "input:1x", "466000",  "holding:65536",
					  "holdin:1", "4000001",  "0x0101",   "input: 1"};
	enum modbus_table t;
	int a;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		if (register_number_parse(good[i].text, &t, &a))
			fail_msg("%s", good[i].text);
		assert_int_equal(t, good[i].table);
		assert_int_equal(a, good[i].address);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (register_number_parse(bad[i], &t, &a) == 0)
			fail_msg("'%s' is no register", bad[i]);
}

/* Each names file and line, and says what to do. */
static void test_errors(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int line;
		const char *has;
	} table[] = {
	    {"[map]\ntitle = t\n", 0, "no row"},
	    {"[a]\nregister = input:0\n", 0, "title"},
	    {"[map]\ntitle = t\ncolour = red\n", 3, "colour"},
	    {"[map]\ntitle = t\ntitle = u\n", 3, "twice"},
	    {"[map]\ntitle = t\n[a]\nscale = 2\n", 4, "no register"},
	    {"[map]\ntitle = t\n[A]\nregister = input:0\n", 4, "small letters"},
	    {"[map]\ntitle = t\n[a]\nregister = inputs:0\n", 4, "input:1"},
	    {"[map]\ntitle = t\n[a]\nregister = input:0\ntype = int24\n", 5, "float32"},
	    {"[map]\ntitle = t\n[a]\nregister = input:0\norder = ACBD\n", 5, "CDAB"},
	    {"[map]\ntitle = t\n[a]\nregister = coil:0\ntype = int16\n", 4, "bits"},
	    {"[map]\ntitle = t\n[a]\nregister = input:65535\ntype = int32\n", 4, "last register"},
	    {"[map]\ntitle = t\n[a]\nregister = input:0\nscale = 0\n", 4, "scale"},
	    {"[map]\ntitle = t\n[a]\nregister = input:0\nscale = nan\n", 5, "number"},
	    {"[map]\ntitle = t\n[a]\nregister = input:0\nshift = 16\n", 4, "shift"},
	    {"[map]\ntitle = t\n[a]\nregister = input:0\nhigh = 1\nlow = 5\n", 4, "low 5 is not below high 1"},
	    {"[map]\ntitle = t\n[a]\nregister = input:0\nhigh = 10\nclear = 20\n", 4, "clear 20"},
	    {"[map]\ntitle = t\n[a]\nregister = input:0\nlow = 10\nclear = 5\n", 4, "clear 5"},
	    {"[map]\ntitle = t\n[a]\nregister = input:0\nmask = -1\n", 5, "bits"},
	    {"[map]\ntitle = t\n[a]\nregister = input:0\nwords = open\n", 5, "states"},
	    {"[map]\ntitle = t\n[a]\nregister = input:0\nseverity = loud\n", 5, "urgent"},
	    {"[map]\ntitle = t\n[a]\nregister = input:0\n[b]\nregister = input:1\n[a]\ntype = int16\n", 8,
	     "second"},
	    {"[map]\ntitle = t\nidentify = b 1..2\n[a]\nregister = input:0\n", 3, "identify"},
	    {"[map]\ntitle = t\nidentify = a 2..1\n[a]\nregister = input:0\n", 3, "identify"},
	    {"[map]\ntitle = t\nanswer = 01\n[a]\nregister = input:0\n", 3, "request"},
	    {"[map]\ntitle = t\nrequest = 01 0\n[a]\nregister = input:0\n", 3, "bytes"},
	    {"[map]\ntitle = t\nrequest = 01 04\nanswer = 01 04\n[a]\nregister = input:0\n", 3, "means"},
	    {"[map]\ntitle = t\nmax_registers = 1\n[a]\nregister = input:0\ntype = float32\n", 5, "wider"},
	    {"[map]\ntitle = t\n[a]\nregister = input:0\nalarm = open\n", 5, "alarm"},
	    {"[map]\ntitle = t\nthis is nothing\n", 3, "key = value"},
	};
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct register_maps maps = {0};
		struct err e = {0};
		if (!register_maps_parse(&maps, "dir/part.map", table[i].text, &e))
			fail_msg("is taken: %s", table[i].text);
		assert_string_equal(e.file, "dir/part.map");
		if (e.line != table[i].line || !strstr(e.text, table[i].has))
			fail_msg("%s: line %d: %s", table[i].text, e.line, e.text);
		assert_int_equal(maps.count, 0);
		register_maps_done(&maps);
	}
}

static void row_at(struct map_row *row, enum modbus_table t, int address, enum map_type type)
{
	register_row_plain(t, address, row);
	row->type = type;
}

static void test_plan(void **state)
{
	(void)state;
	struct map_row rows[6];
	struct map_request q[6];
	struct plan_limits limits = plan_limits_of(NULL);
	int at;
	row_at(&rows[0], MODBUS_INPUT, 6, MAP_FLOAT32);
	row_at(&rows[1], MODBUS_INPUT, 0, MAP_FLOAT32);
	row_at(&rows[2], MODBUS_INPUT, 2, MAP_UINT16);
	row_at(&rows[3], MODBUS_HOLDING, 3, MAP_UINT16);
	row_at(&rows[4], MODBUS_DISCRETE, 1, MAP_BIT);
	row_at(&rows[5], MODBUS_INPUT, 0, MAP_UINT16); /* a second reading of the same words */
	assert_int_equal(register_plan(rows, 6, limits, q), 4);
	assert_int_equal(q[0].table, MODBUS_DISCRETE);
	assert_int_equal(q[1].table, MODBUS_HOLDING);
	assert_int_equal(q[2].address, 0);
	assert_int_equal(q[2].count, 3);
	assert_int_equal(q[3].address, 6);
	assert_true(register_plan_has(&q[2], &rows[2], &at));
	assert_int_equal(at, 2);
	assert_false(register_plan_has(&q[3], &rows[2], &at));
	limits.max_gap = 3;
	assert_int_equal(register_plan(rows, 6, limits, q), 3);
	assert_int_equal(q[2].count, 8);
	limits.max_registers = 3;
	assert_int_equal(register_plan(rows, 6, limits, q), 4);
	assert_int_equal(register_plan(rows, 0, limits, q), 0);
}

/* Each row is in exactly one request's reach, none is longer than allowed, all in seeded disorder. */
static void test_plan_random(void **state)
{
	(void)state;
	unsigned seed = (unsigned)getpid();
	print_message("seed %u\n", seed);
	for (int round = 0; round < 200; round++) {
		struct map_row rows[40];
		struct map_request q[40];
		int count = 1 + rand_r(&seed) % 40, at;
		struct plan_limits limits = {4 + rand_r(&seed) % 20, 8, rand_r(&seed) % 5};
		for (int i = 0; i < count; i++) {
			bool bit = rand_r(&seed) % 4 == 0;
			row_at(&rows[i],
			       bit                 ? MODBUS_COIL
			       : rand_r(&seed) % 2 ? MODBUS_INPUT
						   : MODBUS_HOLDING,
			       rand_r(&seed) % 100,
			       bit ? MAP_BIT : (enum map_type)(1 + rand_r(&seed) % (MAP_TYPES - 1)));
		}
		int n = register_plan(rows, count, limits, q);
		for (int i = 0; i < n; i++)
			assert_in_range(q[i].count, 1,
					q[i].table == MODBUS_COIL ? limits.max_bits : limits.max_registers);
		for (int i = 0; i < count; i++) {
			bool found = false;
			for (int k = 0; k < n; k++)
				found |= register_plan_has(&q[k], &rows[i], &at);
			assert_true(found);
		}
	}
}

static struct config *configuration(const char *text)
{
	char path[] = "/tmp/yishi-map-XXXXXX";
	struct config *c = NULL;
	struct err e = {0};
	int fd = mkstemp(path);
	assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
	if (config_load(path, &c, &e))
		fail_msg("%s", e.text);
	unlink(path);
	return c;
}

static const char part[] =
    "[map]\ntitle = t\npause = 1ms\n"
    "[temperature]\nregister = input:1\ntype = int16\nscale = 0.1\nhigh = 55\nclear = 50\nhold = 60s\n"
    "[humidity]\nregister = input:2\nscale = 0.1\n"
    "[extra]\nregister = input:9\noptional = yes\n";

static void test_cabinet(void **state)
{
	(void)state;
	struct register_maps maps = {0};
	struct err e = {0};
	struct cabinet c;
	assert_int_equal(register_maps_parse(&maps, "part.map", part, &e), 0);
	struct config *cfg = configuration(
	    "[gateway]\nname = x\n[modem m]\ndevice = /dev/null\n"
	    "[cabinet whole]\nconnection = tcp:127.0.0.1\nmap = part\n"
	    "[cabinet some]\nconnection = tcp:127.0.0.1:502\nmap = part.map\nunit = 2\n"
	    "[sensor some.temperature]\nlow = 5\n[sensor some.hot]\nregister = temperature\nseverity = urgent\n"
	    "[sensor some.plain]\nregister = 40101\ntype = float32 CDAB\nscale = 2\noffset = -1.5\nunit = kW\n"
	    "[cabinet wrong]\nconnection = rtu:/dev/null\nmap = part\n"
	    "[cabinet empty]\nconnection = tcp:h\n[cabinet lost]\nconnection = tcp:h\nmap = nix\n"
	    "[cabinet bad]\nconnection = tcp:h\n[sensor bad.x]\nregister = nix\n");
	assert_int_equal(cabinet_init(&c, cfg, 0, &maps, &e), 0);
	assert_int_equal(c.row_count, 2); /* what is optional is not asked for */
	assert_string_equal(c.of[1].name, "whole.humidity");
	assert_int_equal(c.request_count, 1);
	assert_int_equal(c.pause_ms, 1);
	assert_string_equal(c.bus, "[127.0.0.1]:502");
	cabinet_done(&c);

	assert_int_equal(cabinet_init(&c, cfg, cabinet_find(cfg, "some"), &maps, &e), 0);
	assert_int_equal(c.row_count, 3);
	assert_true(c.row[0].has_low && !c.row[0].has_high && !c.row[0].has_clear && !c.row[0].hold_ms);
	assert_true(c.row[1].has_high && c.row[1].has_clear && c.row[1].hold_ms == 60000);
	assert_string_equal(c.row[1].severity, "urgent");
	assert_int_equal(c.row[2].address, 100);
	assert_int_equal(c.row[2].order, ORDER_CDAB);
	assert_string_equal(c.row[2].unit, "kW");
	assert_true(c.row[2].scale == 2 && c.row[2].offset == -1.5);
	assert_int_equal(c.request_count, 2);
	cabinet_done(&c);

	static const char *const says[] = {"port of [modem m]", "nothing to read", "no map nix", "no register"};
	for (int i = 0; i < 4; i++) {
		assert_int_equal(cabinet_init(&c, cfg, 2 + i, &maps, &e), -EINVAL);
		if (i < 3 && !strstr(e.text, says[i]))
			fail_msg("%s", e.text);
	}
	assert_non_null(strstr(e.text, "[sensor bad.x]"));
	assert_int_equal(e.line, 34);
	assert_int_equal(cabinet_find(cfg, "nobody"), -1);
	config_free(cfg);
	register_maps_done(&maps);
}

static void test_connections(void **state)
{
	(void)state;
	static const char *const good[] = {"rtu:/dev/ttyS1,9600,8N1", "rtu:/dev/ttyS1,19200,8E1,rs485",
					   "rtu:/dev/x,1200,8N2,rts", "rtu:/dev/x,115200,8O1,rts-inverted",
					   "tcp:10.0.0.5:502",        "tcp:[fd00::5]:1502",
					   "rtutcp:10.0.0.7:23",      "tcp:meter.local:502"};
	static const char *const bad[] = {"",
					  "/dev/ttyS1",
					  "rtu:ttyS1",
					  "rtu:/dev/x,9601,8N1",
					  "rtu:/dev/x,9600,7E1",
					  "rtu:/dev/x,9600,8N1,485",
					  "rtu:/dev/x,9600,8N1,rts,x",
					  "tcp:",
					  "tcp::502",
					  "tcp:h:0",
					  "tcp:h:70000",
					  "tcp:a b:502",
					  "tcp:[::1]x",
					  "rtutcp:"};
	struct modbus_connection c;
	struct err e;
	char text[400];
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		if (modbus_connection_parse(good[i], &c, &e))
			fail_msg("%s: %s", good[i], e.text);
		modbus_connection_text(&c, text, sizeof text);
		assert_string_equal(text, good[i]);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (!modbus_connection_parse(bad[i], &c, &e) || !e.text[0])
			fail_msg("'%s' is no connection", bad[i]);
	assert_int_equal(modbus_connection_parse("tcp:fd00::5", &c, &e), 0);
	assert_string_equal(c.host, "fd00::5");
	assert_string_equal(c.port, "502");
	assert_int_equal(modbus_connection_parse("rtu:/dev/x", &c, &e), 0);
	assert_true(c.baud == 9600 && c.parity == 'N' && c.stop_bits == 1);
}

/* ---- guessing: a unit in memory ---- */

static int fake_read(void *user, int unit, enum modbus_table table, int address, int count, uint16_t *ret)
{
	const uint16_t *input = user;
	if (unit == 9)
		return -ETIMEDOUT;
	if (table == MODBUS_HOLDING && address == 257 && count == 1) {
		*ret = (uint16_t)unit;
		return 0;
	}
	if (table != MODBUS_INPUT || address + count > 8)
		return -(MODBUS_EXCEPTION + 2);
	memcpy(ret, input + address, (size_t)count * sizeof *ret);
	return 0;
}

static void test_guess(void **state)
{
	(void)state;
	static const uint16_t input[8] = {0, 235, 546};
	struct register_maps maps = {0};
	struct map_guess g[GUESS_MAX];
	struct err e;
	const char *head = "[map]\ntitle = t\n", *rows = "[t]\nregister = input:1\nscale = 0.1\n";
	static const struct {
		const char *name, *rules;
	} table[] = {
	    {"plain.map", "identify = t 0..60\n"},
	    {"own.map", "identify = t 0..60\nidentify = holding:257 unit\nidentify = holding:1 refused\n"},
	    {"exact.map", "identify = input:2 =546\n"},
	    {"cold.map", "identify = t -40..0\nidentify = holding:257 unit\n"},
	    {"missing.map", "identify = holding:3 any\n"},
	    {"silent.map", ""}};
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		cleanup_free char *text = mem_printf("%s%s%s", head, table[i].rules, rows);
		assert_int_equal(register_maps_parse(&maps, table[i].name, text, &e), 0);
	}
	assert_int_equal(map_guess(&maps, 7, fake_read, (void *)(uintptr_t)input, g), 3);
	assert_string_equal(g[0].map->name, "own");
	assert_int_equal(g[0].points, 7);
	assert_string_equal(g[1].map->name, "exact");
	assert_string_equal(g[2].map->name, "plain");
	assert_int_equal(map_guess(&maps, 9, fake_read, (void *)(uintptr_t)input, g), -ETIMEDOUT);
	register_maps_done(&maps);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_types_and_orders),
	    cmocka_unit_test(test_no_data),
	    cmocka_unit_test(test_shown),
	    cmocka_unit_test(test_numbers),
	    cmocka_unit_test(test_errors),
	    cmocka_unit_test(test_plan),
	    cmocka_unit_test(test_plan_random),
	    cmocka_unit_test(test_cabinet),
	    cmocka_unit_test(test_connections),
	    cmocka_unit_test(test_guess),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
