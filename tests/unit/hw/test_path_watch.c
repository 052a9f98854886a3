/* Names that come and go are told; what is written to a neighbour is not. */
#include "hw/path_watch.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static char folder[64];

static const char *in(const char *name)
{
	static char path[64][128];
	static int at;
	char *p = path[at++ % 64];
	snprintf(p, sizeof path[0], "%s/%s", folder, name);
	return p;
}

static void make(const char *name)
{
	int fd = open(in(name), O_CREAT | O_WRONLY, 0600);
	assert_true(fd >= 0);
	close(fd);
}

/* Anything to be read at all: a process that waits would wake. */
static bool wakes(struct path_watch *w)
{
	struct pollfd p = {.fd = path_watch_fd(w), .events = POLLIN};
	return poll(&p, 1, 0) > 0;
}

static int set_up(void **unused)
{
	(void)unused;
	strcpy(folder, "/tmp/yishi-path-watch-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **unused)
{
	(void)unused;
	static const char *const all[] = {"ttyA", "ttyB", "other", "null", "deep/er/port", "deep/er", "deep"};
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		(void)remove(in(all[i]));
	return rmdir(folder);
}

static void test_come_and_go(void **unused)
{
	(void)unused;
	struct path_watch *w = path_watch_new();
	const char *patterns[] = {in("tty*"), in("other")};
	path_watch_set(w, patterns, 2);
	assert_false(path_watch_changed(w));
	make("ttyA");
	assert_true(path_watch_changed(w));
	assert_false(path_watch_changed(w));
	chmod(in("ttyA"), 0660);
	assert_true(path_watch_changed(w));
	assert_int_equal(rename(in("ttyA"), in("ttyB")), 0);
	assert_true(path_watch_changed(w));
	unlink(in("ttyB"));
	assert_true(path_watch_changed(w));
	/* a name that matters to nobody */
	make("null");
	assert_false(path_watch_changed(w));
	/* the same again is no reason to begin anew */
	path_watch_set(w, patterns, 2);
	assert_false(wakes(w));
	path_watch_free(w);
}

static void test_writes_do_not_wake(void **unused)
{
	(void)unused;
	struct path_watch *w = path_watch_new();
	make("null");
	const char *patterns[] = {in("*")};
	path_watch_set(w, patterns, 1);
	int fd = open(in("null"), O_RDWR);
	for (int i = 0; i < 10; i++)
		assert_int_equal(write(fd, "x", 1), 1);
	char byte;
	assert_int_equal(pread(fd, &byte, 1, 0), 1);
	close(fd);
	assert_false(wakes(w));
	path_watch_free(w);
}

static void test_folders_come_too(void **unused)
{
	(void)unused;
	struct path_watch *w = path_watch_new();
	const char *patterns[] = {in("deep/er/port")};
	path_watch_set(w, patterns, 1);
	mkdir(in("deep"), 0700);
	assert_true(path_watch_changed(w));
	path_watch_set(w, patterns, 1);
	mkdir(in("deep/er"), 0700);
	assert_true(path_watch_changed(w));
	path_watch_set(w, patterns, 1);
	make("deep/er/port");
	assert_true(path_watch_changed(w));
	/* all of it goes, as /dev/serial does with the last stick, and comes again */
	unlink(in("deep/er/port"));
	rmdir(in("deep/er"));
	rmdir(in("deep"));
	assert_true(path_watch_changed(w));
	path_watch_set(w, patterns, 1);
	assert_false(path_watch_changed(w));
	mkdir(in("deep"), 0700);
	assert_true(path_watch_changed(w));
	path_watch_set(w, patterns, 1);
	/* gone and back before anybody looks */
	rmdir(in("deep"));
	mkdir(in("deep"), 0700);
	assert_true(path_watch_changed(w));
	path_watch_set(w, patterns, 1);
	mkdir(in("deep/er"), 0700);
	assert_true(path_watch_changed(w));
	path_watch_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_come_and_go, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_writes_do_not_wake, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_folders_come_too, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("path_watch", tests, NULL, NULL);
}
