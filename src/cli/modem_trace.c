/* `yishi modem trace`: what goes over a modem's port, as text that tests replay; and the people taken out of it. */
#include "cli/anonymise.h"
#include "cli/control.h"
#include "cli/modem_card.h"
#include "cli/modem_find.h"
#include "cli/modem_verbs.h"

#include "at_commands/trace.h"
#include "base/file.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TRACE_MAX (64u << 20)

const struct cli_option modem_trace_options[] = {
    {"for", N_("TIME"), N_("record for so long, such as 60s or 10m, then stop"), false},
    {"output", N_("FILE"), N_("where the record goes; else its name is said"), false},
    {"anonymise", N_("FILE"),
     N_("take numbers, texts, PINs and places out of a recorded file (- is standard input)"), false},
    {0},
};

/* To --output, or to standard output. */
static int write_result(const struct cli *c, const char *data, size_t n)
{
	const char *path = cli_opt(c, "output");
	if (!path || !strcmp(path, "-")) {
		fwrite(data, 1, n, stdout);
		return fflush(stdout) ? cli_fail(EX_IOERR, "%s", err_system(errno)) : EX_OK;
	}
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), r = fd < 0 ? -errno : 0;
	if (!r)
		r = file_write_all(fd, data, n);
	if (fd >= 0 && close(fd) != 0 && !r)
		r = -errno;
	return r ? cli_fail(EX_CANTCREAT, _("%s cannot be written: %s"), path, err_system(-r)) : EX_OK;
}

static int anonymise(const struct cli *c, const char *path)
{
	cleanup_free char *text = NULL;
	cleanup_buf struct buf out = {0};
	struct err e = {0};
	char line[600];
	size_t len;
	int r = cli_read_file(path, TRACE_MAX, &text, &len);
	if (r)
		return r;
	if (strlen(text) != len)
		return cli_fail(EX_DATAERR, _("%s is no trace: it has zero bytes"), path);
	if (trace_anonymise(text, &out, &e)) {
		snprintf(e.file, sizeof e.file, "%s", path);
		return cli_fail(EX_DATAERR, "%s", err_line(&e, line, sizeof line));
	}
	return write_result(c, buf_str(&out), out.len);
}

/* -------------------------------------------------------------------------------------------------- the daemon's */

/* 0 and the file's name, the caller's; an exit status; −1: no daemon runs. */
static int command(const struct config *cfg, const char *name, const char *arg, char **ret_file)
{
	json_t *answer;
	cleanup_free char *line = mem_printf("trace %s %s", name, arg);
	int r = control_request(cfg, line, &answer);
	if (r == -ENOENT || r == -ECONNREFUSED)
		return -1;
	if (r)
		return cli_fail(r == -EACCES ? EX_NOPERM : EX_UNAVAILABLE, _("the daemon does not answer: %s"),
				err_system(-r));
	const char *file = json_string_value(json_object_get(answer, "file")),
		   *why = json_string_value(json_object_get(answer, "error"));
	if (file)
		*ret_file = mem_dup(file);
	else
		r = cli_fail(EX_UNAVAILABLE, "%s: %s", name, why ? gettext(why) : "?");
	json_decref(answer);
	return r;
}

/* Ctrl-C ends the record, not the program. */
static void wait_for(int64_t ms)
{
	sigset_t ends, before;
	struct timespec t = {ms / 1000, ms % 1000 * 1000000};
	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigprocmask(SIG_BLOCK, &ends, &before);
	(void)sigtimedwait(&ends, NULL, &t);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

/* What the daemon has added to its file since it had `from` bytes. */
static int fetch(struct cli *c, const char *file, off_t from)
{
	cleanup_free char *text = NULL;
	size_t len;
	if (!cli_opt(c, "output")) {
		printf("%s\n", file);
		return EX_OK;
	}
	int r = cli_read_file(file, TRACE_MAX, &text, &len);
	size_t skip = (size_t)from < len ? (size_t)from : 0;
	return r ? r : write_result(c, text + skip, len - skip);
}

static int record_daemon(struct cli *c, const char *name, int64_t ms)
{
	cleanup_free char *file = NULL, *again = NULL;
	struct stat st;
	/* off says where the file is, and begins a record of our own */
	int r = command(c->config, name, "off", &file);
	if (r)
		return r;
	off_t from = stat(file, &st) == 0 ? st.st_size : 0;
	free(file);
	file = NULL;
	if ((r = command(c->config, name, "on", &file)))
		return r;
	wait_for(ms);
	r = command(c->config, name, "off", &again);
	return r ? r : fetch(c, file, from);
}

/* ----------------------------------------------------------------------------------------------------- our own */

struct tape {
	struct buf text;
	int64_t began_ms;
};

static void on_sent(void *user, const char *bytes, size_t n)
{
	struct tape *t = user;
	trace_format(&t->text, mono_ms() - t->began_ms, TRACE_SENT, bytes, n);
}

static void on_received(void *user, const char *bytes, size_t n)
{
	struct tape *t = user;
	trace_format(&t->text, mono_ms() - t->began_ms, TRACE_RECEIVED, bytes, n);
}

/* No gateway runs: the port is listened to, and nothing is said. */
static int record_port(struct cli *c, const char *where, int64_t ms)
{
	struct modem_rows rows;
	struct dialogue *d;
	struct tape tape = {.began_ms = mono_ms()};
	int r = card_rows(&rows);
	if (r)
		return r;
	r = modem_reach(c, where, &rows, &d);
	if (!r) {
		struct dialogue_listener l = {.sent = on_sent, .received = on_received, .user = &tape};
		dialogue_listen(d, &l);
		int e = dialogue_pass(d, -1, (int)(ms < INT32_MAX ? ms : INT32_MAX));
		r = write_result(c, buf_str(&tape.text), tape.text.len);
		if (!r && e < 0 && e != -EINTR)
			r = cli_fail(EX_IOERR, "%s: %s", dialogue_path(d), err_system(-e));
		dialogue_close(d);
	}
	buf_done(&tape.text);
	modem_rows_done(&rows);
	return r;
}

int modem_trace(struct cli *c)
{
	const char *file = cli_opt(c, "anonymise"), *time = cli_opt(c, "for");
	const char *name = c->argc ? c->argv[0] : NULL, *arg = c->argc > 1 ? c->argv[1] : NULL;
	cleanup_free char *where = NULL;
	int64_t ms = 0;
	if (file)
		return name ? cli_usage(c, "%s", _("--anonymise takes a file and no modem"))
			    : anonymise(c, file);
	if (!name || !arg == !time || (arg && strcmp(arg, "on") != 0 && strcmp(arg, "off") != 0))
		return cli_usage(c, "%s", _("say which modem, and on, off or --for TIME"));
	if (time && (duration_parse(time, &ms) || ms <= 0))
		return cli_usage(c, _("--for wants a time such as 60s, not %.40s"), time);
	const struct config *cfg = find_config(c);
	int r = cfg && config_find_modem(cfg, name)
		    ? time ? record_daemon(c, name, ms) : command(cfg, name, arg, &where)
		    : -1;
	if (where)
		printf("%s\n", where);
	if (r == -1 && time)
		return record_port(c, name, ms);
	if (r == -1)
		return cli_fail(
		    EX_UNAVAILABLE, "%s",
		    _("on and off want a running gateway and one of its lines; --for TIME records any port"));
	return r;
}
