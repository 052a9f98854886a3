/* The configuration file: defaults, origins, and one clear sentence for every way to get it wrong. */
#include "base/config.h"
#include "base/mem.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static int load(const char *text, struct config **ret, struct err *e)
{
	char path[] = "/tmp/yishi-conf-XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	int r = config_load(path, ret, e);
	unlink(path);
	return r;
}

static void test_smallest(void **state)
{
	(void)state;
	struct config *c;
	struct err e = {0};
	assert_int_equal(
	    load("[gateway]\nname = 矿山社区\nnumber = 138 0013 8000\ndatabase = db/yishi.db\n\n[modem front]\n"
		 "device = /dev/serial/by-id/usb-QUECTEL_EC25-if02-port0\n",
		 &c, &e),
	    0);
	assert_string_equal(c->name, "矿山社区");
	assert_string_equal(c->signature, "矿山社区");
	assert_string_equal(c->number, "+8613800138000");
	assert_string_equal(c->database, "/tmp/db/yishi.db"); /* relative to the file */
	assert_string_equal(c->control_socket, "/tmp/db/yishi.sock");
	assert_int_equal(c->quiet_hours.from_minute, 20 * 60 + 30);
	assert_int_equal(c->answer_budget, 5);
	assert_int_equal(c->invite_before_ms, 3 * 86400000);
	assert_int_equal(c->modem_count, 1);
	assert_int_equal(c->modems[0].hourly_quota, 120);
	assert_int_equal(c->modems[0].roles, MODEM_RECEIVE | MODEM_SEND);
	assert_true(c->modems[0].reports);
	assert_non_null(config_find_modem(c, "front"));
	assert_null(config_find_modem(c, "back"));

	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	config_print(c, out);
	fclose(out);
	assert_non_null(strstr(text, "name = 矿山社区   # "));
	assert_non_null(strstr(text, ":2\n"));
	assert_non_null(strstr(text, "quiet_hours = 20:30-08:00   # default"));
	free(text);
	config_free(c);
}

static void test_wrong(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int line;
		const char *says;
	} table[] = {
	    {"[gateway]\nname = x\nnmae = y\n", 3, "nmae"},
	    {"[gatway]\nname = x\n", 1, "gatway"},
	    {"[gateway]\n[modem a]\n", 0, "no device"},
	    {"[gateway]\nholidays = /nonexistent/dates\n", 0, "holidays"},
	    {"[gateway]\nname = x\n[modem a]\ndevice = /dev/x\n[gateway]\nlanguage = zh\n", 5, "twice"},
	    {"[gateway]\nname = x\nname = y\n", 3, "twice"},
	    {"[gateway]\nquiet_hours = late\n", 2, "hours"},
	    {"[gateway]\nlanguage = fr\n", 2, "zh or en"},
	    {"[gateway]\ntimezone = Asia/Nowhere\n", 2, "time zone"},
	    {"[gateway]\nnumber = 10086\n", 2, "telephone number"},
	    {"[gateway]\nanswer_budget = -1\n", 2, "whole number"},
	    {"[gateway]\nanswer_budget = 5x\n", 2, "whole number"},
	    {"[sensor a.b]\nhigh = nan\n", 2, "wants a number"},
	    {"[sensor a.b]\nscale = 1e999\n", 2, "wants a number"},
	    {"[gateway]\nmerge_window = 90\n", 2, "duration"},
	    {"[gateway]\ntest_clock = maybe\n", 2, "yes or no"},
	    {"[modem a]\nroles = receive\n", 0, "no device"},
	    {"[modem a]\ndevice = /dev/x\nroles = dance\n", 3, "receive send alarms"},
	    {"[modem]\ndevice = /dev/x\n", 1, "modem NAME"},
	    {"[modem a0123456789012345678901234567890123456789]\ndevice = /dev/x\n", 1, "at most 40 bytes"},
	    {"[cabinet a0123456789012345678901234567890123456789]\nmap = x\n", 1, "at most 40 bytes"},
	    {"[cabinet a]\nmap = x\n[sensor a.b0123456789012345678901234567890123456789]\nhigh = 1\n", 3,
	     "at most 40 bytes"},
	    {"[modem a]\ndevice = ttyUSB0\n", 2, "wants a path"},
	    {"[modem a]\ndevice = usb:2c7c\n", 2, "usb:2c7c:0125"},
	    {"[modem a]\ndevice = usb:2c7c:01250\n", 2, "usb:2c7c:0125"},
	    {"[modem a]\ndevice = imei:49015420323751\n", 2, "15 digits"},
	    {"[modem a]\ndevice = /dev/x\niccid = 8986a\n", 3, "18 to 20 digits"},
	    {"[modem a]\ndevice = /dev/x\n[modem b]\ndevice = /dev/x\n", 0, "same device"},
	    {"[modem a]\ndevice = usb:1:2\n", 2, "usb:2c7c:0125"},
	    {"[gateway]\nmodem_ports = /dev/ttyS* ttyS1\n", 2, "absolute paths"},
	    {"[gateway]\nboard = localhost:80\n", 2, "127.0.0.1:8080"},
	    {"[gateway]\nboard = 0.0.0.0:0\n", 2, "127.0.0.1:8080"},
	    {"[gateway]\nboard = [::1:80\n", 2, "127.0.0.1:8080"},
	    {"[gateway]\nboard = 1.2.3.4:65536\n", 2, "127.0.0.1:8080"},
	    {"[hooks]\nmessage.eaten = /bin/true\n", 2, "no kind of event"},
	    {"[hooks]\nmessage.received = true\n", 2, "absolute path"},
	    {"[hooks]\ncase.opened = /x\ncase.opened = /x\n", 3, "twice"},
	    {"[hooks]\ntime_limit = 2h\n", 0, "time_limit"},
	    {"[hooks]\ntries = 0\n", 0, "tries"},
	    {"[hooks]\nat_once = 99\n", 0, "at_once"},
	    {"[hooks]\ncolour = red\n", 2, "no key"},
	    {"[sensor a.b]\nhigh = 40\n", 0, "no cabinet"},
	    {"[cabinet a]\nmap = x\n[sensor a.b]\nhigh = warm\n", 4, "number"},
	    {"[gateway]\njust words\n", 2, "neither"},
	};
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct config *c = NULL;
		struct err e = {0};
		int r = load(table[i].text, &c, &e);
		if (r == 0 || c || e.line != table[i].line || !strstr(e.text, table[i].says))
			fail_msg("case %zu: rc %d line %d: %s", i, r, e.line, e.text);
	}
	char long_line[600] = "[gateway]\nname = ";
	memset(long_line + strlen(long_line), 'x', 500);
	struct config *c;
	struct err e = {0};
	assert_int_equal(load(long_line, &c, &e), -EINVAL);
	assert_non_null(strstr(e.text, "longer"));
	assert_int_equal(config_load("/nonexistent/yishi.conf", &c, &e), -ENOENT);
}

static void test_everything_known(void **state)
{
	(void)state;
	struct config *c;
	struct err e = {0};
	int r =
	    load("\xEF\xBB\xBF[gateway]\nquiet_hours = none\nworking_hours = mon-fri 08:30-17:30\nholidays = "
		 "/etc/hostname\n"
		 "retention_pdu = 90d\nmetrics_file = /tmp/m\nbackup_dir = /tmp\n"
		 "[modem a]\ndevice = imei:490154203237518\npin_file = pin\nroles = send alarms\nreports = no\n"
		 "[modem b]\ndevice = usb:2C7C:0125\niccid = 89860012345678901234\n"
		 "[modem c]\ndevice = usb:2c7c:0125\n"
		 "[cabinet box]\nconnection = rtu:/dev/ttyS1,9600,8N1\nunit = 3\nmap = xy-md02\npoll = "
		 "30s\ntimeout = 300ms\n"
		 "[sensor box.temp]\nregister = 1\ntype = int16\nscale = 0.1\nunit = °C\nhigh = 45\nlow = "
		 "-10\nclear = 2\n"
		 "hold = 60s\nseverity = warning\ntext = 机柜过热\n"
		 "[rules]\nfiles = a.rules b.rules\n[hooks]\ncase.opened = /usr/local/bin/x\ncase.opened = "
		 "/usr/local/bin/y\ntries = 2\n",
		 &c, &e);
	if (r)
		fail_msg("line %d: %s", e.line, e.text);
	assert_int_equal(c->cabinets[0].unit, 3);
	assert_string_equal(c->sensors[0].text, "机柜过热");
	assert_int_equal(c->sensors[0].hold_ms, 60000);
	assert_int_equal(c->modems[0].roles, MODEM_SEND | MODEM_ALARMS);
	assert_false(c->modems[0].reports);
	assert_string_equal(c->hooks[0].kind, "case.opened");
	assert_string_equal(c->hooks[1].program, "/usr/local/bin/y");
	assert_int_equal(c->hook_tries, 2);
	assert_int_equal(c->hook_limit_ms, 30000);
	config_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_smallest),
	    cmocka_unit_test(test_wrong),
	    cmocka_unit_test(test_everything_known),
	};
	return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
