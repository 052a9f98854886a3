/* Alarms and clocks that are set. */
#include "base/mem.h"
#include "daemon/alarm.h"
#include "daemon/daemon.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct house {
	char dir[64];
	uv_loop_t loop;
	struct daemon d;
};

static void at(struct house *h, int64_t utc)
{
	char text[40];
	FILE *f = fopen(h->d.clock.test_file, "we");
	assert_non_null(f);
	fprintf(f, "%s\n", rfc3339_format(utc, text));
	fclose(f);
}

static int rows(void *ctx, const struct line_alarm *a)
{
	(void)a;
	++*(int *)ctx;
	return 0;
}

static int standing(struct house *h)
{
	int n = 0;
	alarms_tick(&h->d);
	assert_int_equal(line_alarm_each(h->d.store, true, rows, &n), 0);
	return n;
}

static int set_up(void **state)
{
	struct house *h = mem_alloc(sizeof *h);
	struct err e;
	strcpy(h->dir, "/tmp/yishi-alarm-XXXXXX");
	assert_non_null(mkdtemp(h->dir));
	cleanup_free char *path = mem_printf("%s/yishi.db", h->dir);
	assert_int_equal(uv_loop_init(&h->loop), 0);
	h->d.loop = &h->loop;
	snprintf(h->d.clock.test_file, sizeof h->d.clock.test_file, "%s/clock", h->dir);
	assert_int_equal(store_open(path, STORE_DAEMON, &h->d.store, &e), 0);
	h->d.config = mem_alloc(sizeof *h->d.config);
	h->d.config->modem_count = 1;
	h->d.config->modems[0].name = mem_dup("m0");
	h->d.alarms = alarms_new(&h->d);
	*state = h;
	return 0;
}

static int tear_down(void **state)
{
	struct house *h = *state;
	alarms_free(h->d.alarms);
	uv_run(&h->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&h->loop), 0);
	store_close(h->d.store);
	free(h->d.config->modems[0].name);
	free(h->d.config);
	cleanup_free char *rm = mem_printf("rm -r %s", h->dir);
	assert_int_equal(system(rm), 0);
	free(h);
	return 0;
}

/* A box without a battery starts in the past; minutes later the time comes from the network. */
static void a_step_is_no_time_that_passed(void **state)
{
	struct house *h = *state;
	const int64_t past = 1767312000, today = past + 300 * DAY_S;
	at(h, past);
	alarm_raise(&h->d, "m0", ALARM_STORE_80, "%d/%d", 41, 50);
	assert_int_equal(standing(h), 0);
	at(h, today);
	alarms_clock_set(&h->d, today - past);
	assert_int_equal(standing(h), 0);
	at(h, today + 299);
	assert_int_equal(standing(h), 0);
	at(h, today + 301);
	assert_int_equal(standing(h), 1);
}

/* Back, too. */
static void a_step_back(void **state)
{
	struct house *h = *state;
	const int64_t future = 1767312000 + 300 * DAY_S, today = 1767312000;
	at(h, future);
	alarm_raise(&h->d, "m0", ALARM_STORE_80, "%d/%d", 41, 50);
	assert_int_equal(standing(h), 0);
	at(h, today + 200);
	alarms_clock_set(&h->d, today - future);
	assert_int_equal(standing(h), 0);
	at(h, today + 301);
	assert_int_equal(standing(h), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(a_step_is_no_time_that_passed, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_step_back, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("alarm", tests, NULL, NULL);
}
