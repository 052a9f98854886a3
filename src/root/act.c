#include "root/act.h"
#include "base/clock.h"
#include "hw/usb_socket.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/timex.h>
#include <sys/wait.h>
#include <time.h>

static int said(const char **ret_said, int status, const char *sentence)
{
	*ret_said = sentence;
	return status;
}

int root_rebind(const char *stick, const char **ret_said)
{
	int r = usb_socket_may_rebind(stick);
	if (r)
		return said(ret_said, -ENOTSUP, "it cannot be authorized anew here");
	r = usb_socket_rebind(stick);
	return r ? said(ret_said, -EIO, strerror(-r)) : said(ret_said, 0, "");
}

/* The child's end, or its time is over and it is killed. */
static int wait_for(pid_t child, const sigset_t *child_signal, int limit_ms)
{
	int64_t end_ms = mono_ms() + limit_ms;
	int status;
	for (;;) {
		pid_t got = waitpid(child, &status, WNOHANG);
		if (got == child)
			return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -ENOTSUP;
		int64_t left = end_ms - mono_ms();
		if (left <= 0)
			break;
		struct timespec t = {.tv_sec = (time_t)(left / 1000), .tv_nsec = (long)(left % 1000 * 1000000)};
		sigtimedwait(child_signal, NULL, &t);
	}
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	return -ETIMEDOUT;
}

int root_power(const char *stick, const char **ret_said)
{
	struct usb_switch s;
	int r = usb_socket_switch(stick, &s);
	if (r)
		return said(ret_said, -ENOTSUP, "there is no uhubctl, or no hub that it could switch");
	sigset_t child_signal, none;
	posix_spawnattr_t attributes;
	pid_t child;
	sigemptyset(&none);
	sigemptyset(&child_signal);
	sigaddset(&child_signal, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child_signal, NULL);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	r = posix_spawn(&child, s.tool, NULL, &attributes, (char **)s.args, (char **)s.environment);
	posix_spawnattr_destroy(&attributes);
	if (r)
		return said(ret_said, -ENOTSUP, strerror(r));
	r = wait_for(child, &child_signal, USB_POWER_MS);
	if (r == -ETIMEDOUT)
		return said(ret_said, r, "uhubctl did not come to its end");
	return said(ret_said, r, r ? "uhubctl cannot switch that socket" : "");
}

int root_set_clock(int64_t utc, const char **ret_said)
{
	const struct timespec to = {.tv_sec = (time_t)utc};
	struct timex kept = {0};
	if (adjtimex(&kept) < 0)
		return said(ret_said, -ENOTSUP, "it cannot be told whether something keeps the clock");
	/* NTP and the like say so to the kernel, again and again */
	const char *why = root_clock_refusal(utc, clock_built_utc(), !(kept.status & STA_UNSYNC));
	if (why)
		return said(ret_said, -EPERM, why);
	if (clock_settime(CLOCK_REALTIME, &to) != 0)
		return said(ret_said, -EIO, strerror(errno));
	return said(ret_said, 0, "");
}
