#include "base/runner.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sysexits.h>
#include <unistd.h>

#define SEARCH_PATH "/usr/local/bin:/usr/bin:/bin"

struct runner {
	uv_process_t process;
	uv_pipe_t output;
	uv_timer_t limit;
	int open; /* handles that are to be closed */
	size_t printed;
	struct buf kept;
	bool exited, late, much, ended, terminated;
	void (*done)(void *user, const struct runner_result *r);
	void *user;
};

char **runner_environment(const char *lang, const char *zone, const char *config)
{
	char real[PATH_MAX];
	char **e = mem_array(5, sizeof *e);
	e[0] = mem_dup("PATH=" SEARCH_PATH);
	e[1] = mem_printf("LANG=%s", lang);
	e[2] = mem_printf("TZ=%s", zone);
	e[3] = mem_printf("YISHI_CONFIG=%s", realpath(config, real) ? real : config);
	return e;
}

void runner_environment_free(char **environment)
{
	for (int i = 0; environment && environment[i]; i++)
		free(environment[i]);
	free(environment);
}

static void on_closed(uv_handle_t *h)
{
	struct runner *r = h->data;
	if (--r->open)
		return;
	buf_done(&r->kept);
	free(r);
}

/* ------------------------------------------------------------------------------------------------ the end */

static void on_grace(uv_timer_t *t)
{
	struct runner *r = t->data;
	kill(-r->process.pid, SIGKILL);
}

static void terminate(struct runner *r)
{
	if (r->exited || r->terminated)
		return;
	r->terminated = true;
	kill(-r->process.pid, SIGTERM);
	uv_timer_start(&r->limit, on_grace, RUNNER_GRACE_MS, 0);
}

static void on_limit(uv_timer_t *t)
{
	struct runner *r = t->data;
	r->late = true;
	terminate(r);
}

void runner_end(struct runner *r)
{
	r->ended = true;
	terminate(r);
}

/* ------------------------------------------------------------------------------------------------ output */

static void keep(struct runner *r, const char *bytes, size_t n)
{
	r->printed += n;
	buf_add(&r->kept, bytes, n);
	if (r->kept.len > 2 * RUNNER_OUTPUT_KEPT)
		buf_drop(&r->kept, r->kept.len - RUNNER_OUTPUT_KEPT);
	if (r->printed > RUNNER_OUTPUT_MAX && !r->much) {
		r->much = true;
		uv_read_stop((uv_stream_t *)&r->output);
		terminate(r);
	}
}

static void on_alloc(uv_handle_t *h, size_t suggested, uv_buf_t *ret)
{
	(void)h;
	(void)suggested;
	*ret = uv_buf_init(mem_alloc(RUNNER_OUTPUT_KEPT), RUNNER_OUTPUT_KEPT);
}

static void on_read(uv_stream_t *s, ssize_t n, const uv_buf_t *b)
{
	if (n > 0)
		keep(s->data, b->base, (size_t)n);
	else if (n < 0)
		uv_read_stop(s);
	free(b->base);
}

/* What is in the pipe when the program has ended; whoever else holds it is not waited for. */
static void drain(struct runner *r)
{
	char chunk[4096];
	uv_os_fd_t fd;
	ssize_t n;
	uv_read_stop((uv_stream_t *)&r->output);
	if (uv_fileno((uv_handle_t *)&r->output, &fd) != 0)
		return;
	while (!r->much && (n = read(fd, chunk, sizeof chunk)) > 0)
		keep(r, chunk, (size_t)n);
}

static enum runner_verdict verdict(const struct runner *r, int64_t status, int signal)
{
	if (r->late || r->much || r->ended || signal)
		return RUNNER_AGAIN;
	return status == 0 ? RUNNER_DONE : status == EX_TEMPFAIL ? RUNNER_AGAIN : RUNNER_FAILED;
}

static void on_ended(uv_process_t *p, int64_t status, int signal)
{
	struct runner *r = p->data;
	kill(-p->pid, SIGKILL); /* what it left behind */
	drain(r);
	r->exited = true;
	if (r->kept.len > RUNNER_OUTPUT_KEPT)
		buf_drop(&r->kept, r->kept.len - RUNNER_OUTPUT_KEPT);
	for (size_t i = 0; i < r->kept.len; i++)
		if (!r->kept.data[i])
			r->kept.data[i] = '?';
	struct runner_result result = {.verdict = verdict(r, status, signal),
				       .status = (int)status,
				       .signal = signal,
				       .late = r->late,
				       .much = r->much,
				       .ended = r->ended,
				       .output = buf_str(&r->kept)};
	r->done(r->user, &result);
	uv_close((uv_handle_t *)&r->process, on_closed);
	uv_close((uv_handle_t *)&r->output, on_closed);
	uv_close((uv_handle_t *)&r->limit, on_closed);
}

/* ------------------------------------------------------------------------------------------------ the start */

static int input_file(const char *input)
{
	int fd = memfd_create("event", MFD_CLOEXEC), r = fd < 0 ? -errno : 0;
	if (!r)
		r = file_write_all(fd, input, strlen(input));
	if (!r && lseek(fd, 0, SEEK_SET) < 0)
		r = -errno;
	if (r && fd >= 0)
		close(fd);
	return r ? r : fd;
}

static int spawn(struct runner *r, const char *program, char **environment, int in, int out)
{
	char *argv[] = {(char *)program, NULL};
	uv_stdio_container_t streams[] = {{.flags = UV_INHERIT_FD, .data.fd = in},
					  {.flags = UV_INHERIT_FD, .data.fd = out},
					  {.flags = UV_INHERIT_FD, .data.fd = out}};
	uv_process_options_t o = {.exit_cb = on_ended,
				  .file = program,
				  .args = argv,
				  .env = environment,
				  .cwd = "/",
				  .flags = UV_PROCESS_DETACHED,
				  .stdio_count = 3,
				  .stdio = streams};
	return uv_spawn(uv_handle_get_loop((uv_handle_t *)&r->limit), &r->process, &o);
}

int runner_start(uv_loop_t *loop, const char *program, char **environment, const char *input, int64_t limit_ms,
		 void (*done)(void *user, const struct runner_result *r), void *user, struct runner **ret)
{
	uv_file pipe[2];
	int in = input_file(input);
	if (in < 0)
		return in;
	int rc = uv_pipe(pipe, UV_NONBLOCK_PIPE, 0);
	if (rc) {
		close(in);
		return rc;
	}
	struct runner *r = mem_alloc(sizeof *r);
	r->done = done;
	r->user = user;
	r->process.data = r->output.data = r->limit.data = r;
	uv_timer_init(loop, &r->limit);
	uv_pipe_init(loop, &r->output, 0);
	uv_pipe_open(&r->output, pipe[0]);
	rc = spawn(r, program, environment, in, pipe[1]);
	close(in);
	close(pipe[1]);
	r->open = 3;
	if (rc) {
		uv_close((uv_handle_t *)&r->process, on_closed);
		uv_close((uv_handle_t *)&r->output, on_closed);
		uv_close((uv_handle_t *)&r->limit, on_closed);
		return rc;
	}
	uv_read_start((uv_stream_t *)&r->output, on_alloc, on_read);
	uv_update_time(loop);
	uv_timer_start(&r->limit, on_limit, (uint64_t)limit_ms, 0);
	*ret = r;
	return 0;
}

/* The last line that is not empty: programs say what went wrong at the end. */
static void last_line(const char *output, char *buf, size_t size)
{
	const char *end = output + strlen(output);
	while (end > output && strchr("\r\n \t", end[-1]))
		end--;
	const char *begin = end;
	while (begin > output && begin[-1] != '\n')
		begin--;
	cleanup_free char *line = mem_printf("%.*s", (int)(end - begin), begin);
	text_mask_controls(line);
	text_copy(buf, size, line);
}

const char *runner_words(const struct runner_result *r, char *buf, size_t size)
{
	char what[80], line[160];
	if (r->late)
		snprintf(what, sizeof what, "%s", _("it took longer than its time limit"));
	else if (r->much)
		snprintf(what, sizeof what, "%s", _("it printed more than a megabyte"));
	else if (r->ended)
		snprintf(what, sizeof what, "%s", _("it was ended"));
	else if (r->signal)
		snprintf(what, sizeof what, _("signal %d ended it"), r->signal);
	else
		snprintf(what, sizeof what, _("it ended with status %d"), r->status);
	last_line(r->output, line, sizeof line);
	snprintf(buf, size, "%s%s%s", what, *line ? ": " : "", line);
	return buf;
}
