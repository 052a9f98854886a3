/* A database of its own for each test of the store. */
#pragma once

#include "base/mem.h"
#include "store/internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <unistd.h>

#define WITH_STORE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

static int set_up(void **state)
{
	struct store *s;
	struct err e;
	char path[] = "/tmp/yishi-store-XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(store_open(path, STORE_DAEMON, &s, &e), 0);
	assert_int_equal(store_run(s, "PRAGMA synchronous = OFF", ""), 0);
	*state = s;
	return 0;
}

static int tear_down(void **state)
{
	struct store *s = *state;
	cleanup_free char *path = mem_dup(store_path(s));
	store_close(s);
	return unlink(path);
}
