/* yishid: reads the configuration, starts everything in order, ends it in reverse. */
#include "daemon/cabinets.h"
#include "daemon/check.h"
#include "daemon/daemon.h"
#include "daemon/service.h"
#include "daemon/session_internal.h"
#include "base/i18n.h"
#include "base/language.h"
#include "base/log.h"
#include "base/paths.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

struct program {
	struct daemon d;
	uv_loop_t loop;
	uv_signal_t term, interrupt, hangup;
	int ready_fd; /* the parent waits here when we went into the background; −1 */
};

static void on_stopped(struct daemon *d)
{
	uv_stop(d->loop);
}

static void on_signal(uv_signal_t *h, int number)
{
	struct program *p = h->data;
	if (number == SIGHUP) {
		service_reloading(p->d.service);
		daemon_reload(&p->d);
		service_reloaded(p->d.service);
		return;
	}
	log_notice("stopping");
	service_stopping(p->d.service);
	daemon_stop(&p->d);
}

static void watch_signal(struct program *p, uv_signal_t *h, int number)
{
	uv_signal_init(&p->loop, h);
	h->data = p;
	uv_signal_start(h, on_signal, number);
}

static int exit_code(int r)
{
	switch (-r) {
	case EINVAL:
	case EPERM:
	case EISDIR: /* the database is a folder */
	case EEXIST: /* the database is another program's */
		return EX_CONFIG;
	case EACCES:
	case EROFS:
		return EX_NOPERM;
	case EBUSY:
		return EX_TEMPFAIL;
	case EADDRINUSE:
	case EPROTO:
		return EX_UNAVAILABLE;
	case ENOENT:
		return EX_NOINPUT;
	case ENOSPC:
		return EX_CANTCREAT;
	}
	return EX_IOERR;
}

/* What a person starts by hand answers in that person's language, as the tool does. */
static void speak(const struct config *config)
{
	enum language lang;
	if (!language_of_environment(&lang))
		lang = config ? config->language : LANG_ZH;
	language_use(lang);
}

static void tell_parent(struct program *p, unsigned char code)
{
	if (p->ready_fd < 0)
		return;
	if (write(p->ready_fd, &code, 1) != 1)
		log_warning("nobody waits for us");
	close(p->ready_fd);
	p->ready_fd = -1;
}

static int run(struct program *p, struct config *config)
{
	struct err e = {0};
	char line[600];
	signal(SIGPIPE, SIG_IGN);
	uv_loop_init(&p->loop);
	int r = daemon_init(&p->d, &p->loop, config, &e);
	if (r == 0)
		r = daemon_start(&p->d, &e);
	if (r)
		fprintf(stderr, "yishid: %s\n", err_line(&e, line, sizeof line));
	else {
		/* from here on sentences end in events, which the secretaries read */
		language_use(config->language);
		p->d.stopped = on_stopped;
		watch_signal(p, &p->term, SIGTERM);
		watch_signal(p, &p->interrupt, SIGINT);
		watch_signal(p, &p->hangup, SIGHUP);
		p->d.service = service_new(&p->d);
		tell_parent(p, 0);
		uv_run(&p->loop, UV_RUN_DEFAULT);
		uv_close((uv_handle_t *)&p->term, NULL);
		uv_close((uv_handle_t *)&p->interrupt, NULL);
		uv_close((uv_handle_t *)&p->hangup, NULL);
	}
	daemon_done(&p->d);
	uv_loop_close(&p->loop);
	tell_parent(p, (unsigned char)(r ? exit_code(r) : 0));
	return r ? exit_code(r) : 0;
}

/* The parent stays until the child is up, so that a start script sees what went wrong. */
static int into_background(struct program *p)
{
	int fds[2];
	unsigned char code = EX_OSERR;
	if (pipe(fds) != 0)
		return -errno;
	pid_t pid = fork();
	if (pid < 0)
		return -errno;
	if (pid > 0) {
		close(fds[1]);
		if (read(fds[0], &code, 1) != 1)
			code = EX_SOFTWARE;
		_exit(code);
	}
	close(fds[0]);
	fcntl(fds[1], F_SETFD, FD_CLOEXEC);
	p->ready_fd = fds[1];
	setsid();
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null >= 0) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
	}
	return 0;
}

static int usage(int code)
{
	fputs(_("yishid [-c FILE] [-f] [--check] [--states]\n"
		"  -c FILE   configuration, else $YISHI_CONFIG, else /etc/yishi/yishi.conf\n"
		"  -f        stay in the foreground\n"
		"  --check   say what is in force and what is wrong, and end\n"
		"  --states  read out what a modem's session does when, and end\n"
		"example: yishid -c /etc/yishi/yishi.conf --check\n"),
	      code ? stderr : stdout);
	return code;
}

/* SQLite makes and drops a temporary B-tree of 87 KB for many a statement (an IN of three words or more is enough, in
 * a CHECK too): the top of the heap is not given back to the kernel each time. */
static void keep_heap(void)
{
	mallopt(M_TRIM_THRESHOLD, 1 << 20);
	mallopt(M_TOP_PAD, 1 << 18);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {{"check", no_argument, NULL, 'k'},
						{"config", required_argument, NULL, 'c'},
						{"states", no_argument, NULL, 's'},
						{"foreground", no_argument, NULL, 'f'},
						{"help", no_argument, NULL, 'h'},
						{"version", no_argument, NULL, 'V'},
						{0}};
	struct program p = {.ready_fd = -1};
	const char *file = NULL;
	bool foreground = false, check = false;
	char path[PATH_MAX], line[600];
	int o;
	keep_heap();
	/* before the pool's first use; who sets it otherwise knows why */
	setenv("UV_THREADPOOL_SIZE", CABINETS_POOL, 0);
	speak(NULL);
	while ((o = getopt_long(argc, argv, "c:fh", options, NULL)) != -1)
		switch (o) {
		case 'c':
			file = optarg;
			break;
		case 'f':
			foreground = true;
			break;
		case 'k':
			check = true;
			break;
		case 's':
			session_table_print(stdout);
			return 0;
		case 'V':
			puts(YISHI_VERSION);
			return 0;
		case 'h':
			return usage(0);
		default:
			return usage(EX_USAGE);
		}
	if (optind < argc)
		return usage(EX_USAGE);
	paths_config(file, path, sizeof path);
	struct config *config;
	struct err e = {0};
	int r = config_load(path, &config, &e);
	if (r) {
		fprintf(stderr, "yishid: %s\n", err_line(&e, line, sizeof line));
		return r == -ENOENT ? EX_NOINPUT : EX_CONFIG;
	}
	speak(config);
	if (check)
		return check_all(config);
	if (!foreground && (r = into_background(&p))) {
		fprintf(stderr, "yishid: %s\n", err_system(-r));
		return EX_OSERR;
	}
	return run(&p, config);
}
