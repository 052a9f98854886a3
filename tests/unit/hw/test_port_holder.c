/* Who has a port, as far as /proc shows it. */
#include "hw/port_holder.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

/* A process of that name which has `path` open, until it is killed. */
static pid_t holder(const char *name, const char *path)
{
	int ready[2];
	char c;
	assert_int_equal(pipe(ready), 0);
	pid_t pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_NAME, name);
		if (open(path, O_RDWR | O_NOCTTY) < 0 || write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &c, 1), 1);
	close(ready[0]);
	return pid;
}

static void holders_are_named(void **state)
{
	(void)state;
	char who[64] = "", want[64];
	int master = posix_openpt(O_RDWR | O_NOCTTY);
	assert_true(master >= 0 && !grantpt(master) && !unlockpt(master));
	const char *path = ptsname(master);
	assert_false(port_holder(path, who, sizeof who));
	pid_t pid = holder("ModemManager", path);
	assert_true(port_holder(path, who, sizeof who));
	snprintf(want, sizeof want, "ModemManager (pid %d)", (int)pid);
	assert_string_equal(who, want);
	assert_true(port_suspect(who, sizeof who));
	assert_non_null(strstr(who, "(pid "));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	assert_false(port_holder(path, who, sizeof who));
	close(master);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(holders_are_named)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
