/* What yishi-root takes for a request, what it refuses, and what its answers are read as. */
#include "base/clock.h"
#include "base/mem.h"
#include "hw/root_request.h"
#include "root/sticks.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void test_requests(void **state)
{
	static const struct {
		const char *line;
		int verb; /* −1: none */
		const char *stick;
		int64_t utc;
	} rows[] = {
	    {"rebind 1-1.2", ROOT_REBIND, "1-1.2", 0},
	    {"power 12-3", ROOT_POWER, "12-3", 0},
	    {"clock 2026-11-22T16:00:00+08:00", ROOT_CLOCK, "", 1795334400},
	    {"clock 2026-11-22T08:00:00Z", ROOT_CLOCK, "", 1795334400},
	    {"", -1, NULL, 0},
	    {"rebind", -1, NULL, 0},
	    {"rebind ", -1, NULL, 0},
	    {"rebind  1-1", -1, NULL, 0},
	    {"rebind 1-1 ", -1, NULL, 0},
	    {"rebind usb1", -1, NULL, 0},
	    {"rebind ../../1-1", -1, NULL, 0},
	    {"rebind 1-1/../../x", -1, NULL, 0},
	    {"rebind 1-1..2", -1, NULL, 0},
	    {"rebind 1-0", -1, NULL, 0},
	    {"REBIND 1-1", -1, NULL, 0},
	    {"reboot 1-1", -1, NULL, 0},
	    {"power 1-1;reboot", -1, NULL, 0},
	    {"clock now", -1, NULL, 0},
	    {"clock 1795334400", -1, NULL, 0},
	    {"rebind 1-1\n", -1, NULL, 0},
	    {"rebind 1-1\t", -1, NULL, 0},
	    {"rebind "
	     "1-1."
	     "1111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111",
	     -1, NULL, 0},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct root_request q = {.verb = ROOT_VERBS};
		const char *why = NULL;
		int r = root_request_parse(rows[i].line, strlen(rows[i].line), &q, &why);
		if (rows[i].verb < 0) {
			assert_int_equal(r, -EINVAL);
			assert_non_null(why);
			assert_int_equal(q.verb, ROOT_VERBS);
			continue;
		}
		assert_int_equal(r, 0);
		assert_int_equal(q.verb, rows[i].verb);
		assert_string_equal(q.stick, rows[i].stick);
		assert_int_equal(q.utc, rows[i].utc);
	}
	struct root_request q;
	const char *why = NULL;
	assert_int_equal(root_request_parse("rebind\0001-1", 10, &q, &why), -EINVAL);
}

static void test_answers(void **state)
{
	static const int statuses[] = {0, -EPERM, -ENOTSUP, -ETIMEDOUT, -EIO};
	char line[ROOT_SAID + 16], said[ROOT_SAID];
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(statuses); i++)
		for (int words = 0; words < 2; words++) {
			root_answer_format(statuses[i], words ? "a reason" : "", line, sizeof line);
			assert_int_equal(line[strlen(line) - 1], '\n');
			assert_int_equal(root_answer_parse(line, strlen(line) - 1, said), statuses[i]);
			assert_string_equal(said, words ? "a reason" : "");
		}
	root_answer_format(-EBADF, "x", line, sizeof line);
	assert_string_equal(line, "failed x\n");
	assert_int_equal(root_answer_parse("okay", 4, said), -EPROTO);
	assert_int_equal(root_answer_parse("", 0, said), -EPROTO);
	assert_int_equal(root_answer_parse("refused \x1b[2J", 12, said), -EPERM);
	assert_null(strchr(said, 0x1b));
	char big[400] = "failed ";
	memset(big + 7, 'x', sizeof big - 7);
	assert_int_equal(root_answer_parse(big, sizeof big, said), -EIO);
	assert_int_equal(strlen(said), ROOT_SAID - 1);
}

static void test_clock(void **state)
{
	const int64_t built = 1795334400;
	(void)state;
	assert_null(root_clock_refusal(built + DAY_S, built, false));
	assert_null(root_clock_refusal(built + 10 * 365 * DAY_S, built, false));
	assert_non_null(root_clock_refusal(built + DAY_S, built, true));
	assert_non_null(root_clock_refusal(built - 1, built, false));
	assert_non_null(root_clock_refusal(0, built, false));
	assert_non_null(root_clock_refusal(built + 30 * 365 * DAY_S, built, false));
	assert_non_null(root_clock_refusal(INT64_MAX, built, false));
	assert_true(clock_built_utc() > 1767225600); /* 2026-01-01 */
}

static void test_sticks(void **state)
{
	static const struct usb_port ports[] = {
	    {.devnode = "/dev/ttyUSB0", .stick = "1-1", .id = "2c7c:0125", .driver = "option"},
	    {.devnode = "/dev/ttyUSB1", .stick = "1-2", .id = "1a86:7523", .driver = "ch341-uart"},
	    {.devnode = "/dev/ttyUSB2", .stick = "1-3", .id = "abcd:0001", .driver = "option"},
	};
	static const struct {
		const char *device, *stick, *id;
		bool may;
	} rows[] = {
	    {"imei:860000000000001", "1-1", "2c7c:0125", true},
	    {"imei:860000000000001", "1-2", "1a86:7523", false}, /* somebody's meter */
	    {"imei:860000000000001", "1-3", "abcd:0001", true},  /* by its driver */
	    {"imei:860000000000001", "1-4", "046d:c31c", false}, /* a keyboard */
	    {"imei:860000000000001", "1-4", "2c7c:0125", true},  /* its ports went away with its mind */
	    {"usb:2c7c:0125", "1-1", "2c7c:0125", true},
	    {"usb:2c7c:0125", "1-3", "abcd:0001", false},
	    {"/dev/ttyUSB1", "1-2", "1a86:7523", true}, /* what the configuration says outright */
	    {"/dev/ttyUSB1", "1-1", "2c7c:0125", false},
	    {"/dev/ttyUSB9", "1-1", "2c7c:0125", true}, /* it is elsewhere by now */
	    {"/dev/ttyUSB9", "1-2", "1a86:7523", false},
	};
	struct modem_rows all = {0};
	struct err e = {0};
	const char *names[] = {"generic.modem", "made.modem"},
		   *texts[] = {"[modem generic]\ngap = 20ms\n",
			       "[modem made]\ninherits = generic\nmatch.usb = 2c7c:0125\n"};
	(void)state;
	assert_int_equal(modem_rows_parse(names, texts, 2, &all, &e), 0);
	struct config *none = mem_alloc(sizeof *none), *one = mem_alloc(sizeof *one);
	assert_non_null(root_stick_refusal(none, &all, ports, ARRAY_LEN(ports), "1-1", "2c7c:0125"));
	one->modem_count = 1;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		one->modems[0].device = (char *)rows[i].device;
		const char *why =
		    root_stick_refusal(one, &all, ports, ARRAY_LEN(ports), rows[i].stick, rows[i].id);
		if ((why == NULL) != rows[i].may)
			fail_msg("%s, %s: %s", rows[i].device, rows[i].stick, why ? why : "may");
	}
	free(none);
	free(one);
	modem_rows_done(&all);
}

/* What udev asks, before there are ports. */
static void test_bound(void **state)
{
	static const struct {
		const char *device, *cabinet, *stick, *id, *serial;
		bool bound;
	} rows[] = {
	    {"imei:860000000000001", NULL, "1-1", "2c7c:0125", "Quectel_EC25", true},
	    {"imei:860000000000001", NULL, "1-1", "1a86:7523", "1a86_USB_Serial", false},
	    {"/dev/ttyUSB2", NULL, "1-1", "2c7c:0125", "", true},
	    {"usb:2c7c:0125", NULL, "1-1", "2C7C:0125", "", true},
	    {"usb:2c7c:0125", NULL, "1-1", "2c7c:0121", "", false},
	    {"/dev/serial/by-id/usb-1a86_USB_Serial-if00-port0", NULL, "1-1", "1a86:7523", "1a86_USB_Serial",
	     true},
	    {"/dev/serial/by-id/usb-1a86_USB_Serial-if00-port0", NULL, "1-1", "1a86:7523", "1a86_USB", false},
	    {"/dev/serial/by-id/usb-1a86_USB_Serial-if00-port0", NULL, "1-1", "2c7c:0125", "Quectel", false},
	    {"/dev/serial/by-path/pci-0000:00:14.0-usb-0:1.2:1.0-port0", NULL, "1-1.2", "1a86:7523", "", true},
	    {"/dev/serial/by-path/pci-0000:00:14.0-usb-0:1.2:1.0-port0", NULL, "1-1", "1a86:7523", "", false},
	    {"/dev/yishi/1-1.2-if02", NULL, "1-1.2", "1a86:7523", "", true},
	    {"/dev/yishi/1-1.2-if02", NULL, "1-1", "1a86:7523", "", false},
	    {"usb:2c7c:0125", "rtu:/dev/serial/by-id/usb-1a86_USB_Serial-if00-port0,9600,8N1", "1-3",
	     "1a86:7523", "1a86_USB_Serial", true},
	    {"usb:2c7c:0125", "tcp:192.0.2.1:502", "1-3", "1a86:7523", "1a86_USB_Serial", false},
	};
	struct modem_rows all = {0};
	struct err e = {0};
	const char *names[] = {"generic.modem"}, *texts[] = {"[modem generic]\nmatch.usb = 2c7c:0125\n"};
	(void)state;
	assert_int_equal(modem_rows_parse(names, texts, 1, &all, &e), 0);
	struct config *c = mem_alloc(sizeof *c);
	assert_false(root_stick_bound(c, &all, "1-1", "2c7c:0125", ""));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		c->modem_count = 1;
		c->modems[0].device = (char *)rows[i].device;
		c->cabinet_count = rows[i].cabinet != NULL;
		c->cabinets[0].connection = (char *)rows[i].cabinet;
		if (root_stick_bound(c, &all, rows[i].stick, rows[i].id, rows[i].serial) != rows[i].bound)
			fail_msg("%s, %s %s", rows[i].device, rows[i].stick, rows[i].id);
	}
	free(c);
	modem_rows_done(&all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_requests), cmocka_unit_test(test_answers), cmocka_unit_test(test_clock),
	    cmocka_unit_test(test_sticks),   cmocka_unit_test(test_bound),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
