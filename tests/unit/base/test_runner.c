/* Programs that are run: what they find, how they end, what is kept of their output. */
#include "base/mem.h"
#include "base/runner.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct seen {
	enum runner_verdict verdict;
	int status, signal;
	bool late, much, ended;
	char output[RUNNER_OUTPUT_KEPT + 1], words[300];
	int calls;
	struct runner *runner;
};

static void on_done(void *user, const struct runner_result *r)
{
	struct seen *s = user;
	s->verdict = r->verdict;
	s->status = r->status;
	s->signal = r->signal;
	s->late = r->late;
	s->much = r->much;
	s->ended = r->ended;
	assert_true(strlen(r->output) <= RUNNER_OUTPUT_KEPT);
	snprintf(s->output, sizeof s->output, "%s", r->output);
	runner_words(r, s->words, sizeof s->words);
	s->calls++;
}

static void on_tick(uv_timer_t *t)
{
	runner_end(((struct seen *)t->data)->runner);
	uv_close((uv_handle_t *)t, NULL);
}

/* Runs a script of /bin/sh; end_ms: runner_end then, 0 never. */
static struct seen run(const char *script, const char *input, int64_t limit_ms, int end_ms)
{
	static char path[] = "/tmp/yishi-runner-test-XXXXXX";
	struct seen s = {0};
	uv_loop_t loop;
	uv_timer_t tick = {.data = &s};
	snprintf(path, sizeof path, "/tmp/yishi-runner-test-XXXXXX");
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	dprintf(fd, "#!/bin/sh\n%s\n", script);
	fchmod(fd, 0700);
	close(fd);
	char **env = runner_environment("zh_CN.UTF-8", "Asia/Shanghai", "/etc/../etc/hostname");
	uv_loop_init(&loop);
	assert_int_equal(runner_start(&loop, path, env, input, limit_ms, on_done, &s, &s.runner), 0);
	if (end_ms) {
		uv_timer_init(&loop, &tick);
		uv_timer_start(&tick, on_tick, (uint64_t)end_ms, 0);
	}
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0); /* nothing is left open */
	assert_int_equal(s.calls, 1);
	runner_environment_free(env);
	unlink(path);
	return s;
}

static void test_input_and_environment(void **state)
{
	(void)state;
	struct seen s =
	    run("cat; pwd; env | sed 's/=.*//' | sort | tr '\\n' ' '; echo $YISHI_CONFIG; ps -o pgid= -p $$ "
		"| tr -d ' '; echo $$",
		"{\"id\":1}\n", 60000, 0);
	char *line[8] = {0}, *save = NULL;
	int n = 0;
	for (char *p = strtok_r(s.output, "\n", &save); p && n < 8; p = strtok_r(NULL, "\n", &save))
		line[n++] = p;
	assert_int_equal(s.verdict, RUNNER_DONE);
	assert_int_equal(n, 5);
	assert_string_equal(line[0], "{\"id\":1}");
	assert_string_equal(line[1], "/");
	assert_string_equal(line[2],
			    "LANG PATH PWD TZ YISHI_CONFIG /etc/hostname"); /* PWD is the shell's own */
	assert_string_equal(line[3], line[4]);
	/* a large input is there as a whole, and nobody has to read it */
	char *big = mem_alloc(300001);
	memset(big, 'x', 300000);
	assert_string_equal(run("wc -c | tr -d ' '", big, 60000, 0).output, "300000\n");
	assert_int_equal(run("exit 0", big, 60000, 0).verdict, RUNNER_DONE);
	free(big);
}

static void test_verdicts(void **state)
{
	(void)state;
	struct seen s = run("exit 75", "", 60000, 0);
	assert_int_equal(s.verdict, RUNNER_AGAIN);
	s = run("echo no paper >&2; echo; exit 3", "", 60000, 0);
	assert_int_equal(s.verdict, RUNNER_FAILED);
	assert_int_equal(s.status, 3);
	assert_string_equal(s.words, "it ended with status 3: no paper");
	s = run("kill -9 $$", "", 60000, 0);
	assert_int_equal(s.verdict, RUNNER_AGAIN);
	assert_int_equal(s.signal, SIGKILL);
	struct runner *r = NULL;
	uv_loop_t loop;
	uv_loop_init(&loop);
	char *env[] = {NULL};
	assert_int_equal(runner_start(&loop, "/nonexistent/x", env, "", 1000, on_done, &s, &r), -ENOENT);
	assert_null(r);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
}

/* Gone, or a zombie until somebody reaps it. */
static void assert_gone(int pid)
{
	for (int i = 0; i < 500; i++) {
		char line[128] = "", stat[64];
		snprintf(stat, sizeof stat, "/proc/%d/stat", pid);
		FILE *f = fopen(stat, "r");
		bool alive = f && fgets(line, sizeof line, f) && !strstr(line, ") Z");
		if (f)
			fclose(f);
		if (!alive)
			return;
		usleep(20000);
	}
	fail_msg("process %d is still there", pid);
}

static void test_ends_before_its_time(void **state)
{
	(void)state;
	/* nobody of its group stays: neither at the limit nor behind a program that ended by itself */
	struct seen s = run("(trap '' TERM; sleep 600) & echo $!; exec sleep 600", "", 150, 0);
	assert_int_equal(s.verdict, RUNNER_AGAIN);
	assert_true(s.late);
	assert_non_null(strstr(s.words, "it took longer than its time limit"));
	assert_gone(atoi(s.output));
	s = run("sleep 600 & echo $!", "", 60000, 0);
	assert_int_equal(s.verdict, RUNNER_DONE);
	assert_gone(atoi(s.output));
	s = run("trap 'exit 0' TERM; sleep 600 & wait", "", 60000, 150);
	assert_true(s.ended && !s.late);
	assert_int_equal(s.verdict, RUNNER_AGAIN); /* though it said 0: it was interrupted */
	/* one in a session of its own does, and is not waited for */
	s = run("setsid sleep 2 & echo gone", "", 60000, 0);
	assert_int_equal(s.verdict, RUNNER_DONE);
	assert_string_equal(s.output, "gone\n");
}

static void test_output_is_bounded(void **state)
{
	(void)state;
	struct seen s = run("i=0; while [ $i -lt 2000 ]; do echo line $i; i=$((i+1)); done", "", 60000, 0);
	assert_int_equal(s.verdict, RUNNER_DONE);
	assert_non_null(strstr(s.output, "line 1999\n"));
	assert_null(strstr(s.output, "line 100\n"));
	s = run("yes", "", 60000, 0);
	assert_true(s.much);
	assert_int_equal(s.verdict, RUNNER_AGAIN);
	s = run("printf 'a\\000b\\033[2J\\377'", "", 60000, 0);
	assert_string_equal(s.output, "a?b\033[2J\377"); /* masked by whoever shows it */
	assert_null(strchr(s.words, 033));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_input_and_environment),
	    cmocka_unit_test(test_verdicts),
	    cmocka_unit_test(test_ends_before_its_time),
	    cmocka_unit_test(test_output_is_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
