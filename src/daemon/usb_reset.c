#include "daemon/usb_reset.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "hw/usb.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define DEVICES    "/sys/bus/usb/devices"
#define TOOL       "uhubctl"
#define MORE_PATH  "/usr/sbin:/sbin" /* where Debian has it; often not in the PATH of a user */
#define OFF_S      "10"              /* the capacitors of a modem are empty by then */
#define POWER_MS   45000             /* off, on, and what the tool takes */
#define UNBOUND_MS 1000

struct usb_reset_job {
	uv_work_t work;       /* USB_REBIND */
	uv_process_t process; /* USB_POWER */
	uv_timer_t limit;
	int open; /* handles that are to be closed */
	struct daemon *d;
	struct usb_reset_job *next;
	char stick[USB_STICK], file[PATH_MAX];
	int status;
	void (*done)(void *user, int status); /* NULL: nobody waits for it any more */
	void *user;
};

/* "1-1.2": anything else is no socket, and no name to make a path of. */
static bool is_socket(const char *stick)
{
	size_t bus = strspn(stick, "0123456789");
	const char *ports = stick + bus + 1;
	return bus && stick[bus] == '-' && ports[0] >= '1' && ports[0] <= '9' &&
	       !ports[strspn(ports, "0123456789.")] && !strstr(ports, "..") &&
	       ports[strlen(ports) - 1] != '.' && strlen(stick) < USB_STICK;
}

static void finish(struct usb_reset_job *j)
{
	struct usb_reset_job **at = &j->d->resets;
	while (*at != j)
		at = &(*at)->next;
	*at = j->next;
	if (j->done)
		j->done(j->user, j->status);
	free(j);
}

static struct usb_reset_job *job_new(struct daemon *d, const char *stick, void (*done)(void *user, int status),
				     void *user)
{
	struct usb_reset_job *j = mem_alloc(sizeof *j);
	j->d = d;
	j->done = done;
	j->user = user;
	text_copy(j->stick, sizeof j->stick, stick);
	j->next = d->resets;
	d->resets = j;
	return j;
}

/* ------------------------------------------------------------------------------------------------ re-bind */

static int put(const char *file, const char *value)
{
	int fd = open(file, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	int r = write(fd, value, strlen(value)) < 0 ? -errno : 0;
	close(fd);
	return r;
}

/* In a thread of libuv's. */
static void rebind(uv_work_t *w)
{
	struct usb_reset_job *j = w->data;
	const struct timespec unbound = {.tv_sec = UNBOUND_MS / 1000, .tv_nsec = UNBOUND_MS % 1000 * 1000000};
	j->status = put(j->file, "0");
	if (j->status)
		return;
	nanosleep(&unbound, NULL);
	j->status = put(j->file, "1");
}

static void rebound(uv_work_t *w, int status)
{
	struct usb_reset_job *j = w->data;
	if (status)
		j->status = status;
	else if (j->status && j->status != -EACCES)
		j->status = -EIO;
	finish(j);
}

static int start_rebind(struct daemon *d, const char *stick, void (*done)(void *user, int status), void *user)
{
	char file[PATH_MAX];
	snprintf(file, sizeof file, DEVICES "/%s/authorized", stick);
	if (access(file, W_OK) != 0)
		return errno == ENOENT || errno == ENOTDIR ? -ENOTSUP : -EACCES;
	struct usb_reset_job *j = job_new(d, stick, done, user);
	text_copy(j->file, sizeof j->file, file);
	j->work.data = j;
	return uv_queue_work(d->loop, &j->work, rebind, rebound);
}

/* ------------------------------------------------------------------------------------------------ power */

/* An absolute path in `ret`. */
static bool find_tool(char *ret, size_t size)
{
	const char *path = getenv("PATH");
	cleanup_free char *all = mem_printf("%s:%s", path ? path : "", MORE_PATH);
	char *save = NULL;
	for (char *dir = strtok_r(all, ":", &save); dir; dir = strtok_r(NULL, ":", &save)) {
		struct stat st;
		int n = snprintf(ret, size, "%s/%s", dir, TOOL);
		if (dir[0] == '/' && n > 0 && (size_t)n < size && stat(ret, &st) == 0 && S_ISREG(st.st_mode) &&
		    access(ret, X_OK) == 0)
			return true;
	}
	return false;
}

/* "1-1.2" sits in socket 2 of the hub 1-1; "1-1" in socket 1 of the root hub of bus 1. */
static void split_socket(const char *stick, char hub[USB_STICK], char port[8])
{
	const char *cut = strrchr(stick, '.');
	if (!cut)
		cut = strchr(stick, '-');
	snprintf(hub, USB_STICK, "%.*s", (int)(cut - stick), stick);
	snprintf(port, 8, "%s", cut + 1);
}

static int number_of(const char *hub, const char *what)
{
	char file[PATH_MAX];
	int n = -1;
	snprintf(file, sizeof file, DEVICES "/%s%s/%s", strchr(hub, '-') ? "" : "usb", hub, what);
	FILE *f = fopen(file, "re");
	if (!f)
		return -1;
	if (fscanf(f, "%d", &n) != 1)
		n = -1;
	fclose(f);
	return n;
}

static int may_switch(const char *hub)
{
	char node[64];
	int bus = number_of(hub, "busnum"), device = number_of(hub, "devnum");
	if (bus < 0 || device < 0)
		return -ENOTSUP;
	snprintf(node, sizeof node, "/dev/bus/usb/%03d/%03d", bus, device);
	return access(node, W_OK) == 0 ? 0 : -EACCES;
}

static void on_closed(uv_handle_t *h)
{
	struct usb_reset_job *j = h->data;
	if (--j->open == 0)
		finish(j);
}

static void close_job(struct usb_reset_job *j)
{
	uv_close((uv_handle_t *)&j->process, on_closed);
	uv_close((uv_handle_t *)&j->limit, on_closed);
}

static void on_exit_of_tool(uv_process_t *h, int64_t code, int signal)
{
	struct usb_reset_job *j = h->data;
	if (!j->status)
		j->status = signal ? -EIO : code ? -ENOTSUP : 0;
	close_job(j);
}

static void on_limit(uv_timer_t *t)
{
	struct usb_reset_job *j = t->data;
	j->status = -ETIMEDOUT;
	uv_process_kill(&j->process, SIGKILL);
}

static int start_power(struct daemon *d, const char *stick, void (*done)(void *user, int status), void *user)
{
	char tool[PATH_MAX], hub[USB_STICK], port[8];
	split_socket(stick, hub, port);
	if (!find_tool(tool, sizeof tool))
		return -ENOTSUP;
	int r = may_switch(hub);
	if (r)
		return r;
	struct usb_reset_job *j = job_new(d, stick, done, user);
	const char *args[] = {tool, "-l", hub, "-p", port, "-a", "cycle", "-d", OFF_S, "-N", NULL};
	const char *environment[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", NULL};
	uv_process_options_t o = {.exit_cb = on_exit_of_tool,
				  .file = tool,
				  .args = (char **)args,
				  .env = (char **)environment,
				  .cwd = "/"};
	j->process.data = j->limit.data = j;
	j->open = 2;
	uv_timer_init(d->loop, &j->limit);
	r = uv_spawn(d->loop, &j->process, &o);
	if (r) {
		j->done = NULL; /* the caller hears it at once */
		close_job(j);
		return r == UV_EACCES ? -EACCES : -ENOTSUP;
	}
	uv_timer_start(&j->limit, on_limit, POWER_MS, 0);
	return 0;
}

/* ------------------------------------------------------------------------------------------------ both */

int usb_reset_start(struct daemon *d, const char *stick, enum usb_reset how,
		    void (*done)(void *user, int status), void *user)
{
	if (!is_socket(stick))
		return -ENOTSUP;
	for (const struct usb_reset_job *j = d->resets; j; j = j->next)
		if (!strcmp(j->stick, stick))
			return -EBUSY;
	switch (how) {
	case USB_REBIND:
		return start_rebind(d, stick, done, user);
	case USB_POWER:
		return start_power(d, stick, done, user);
	}
	return -ENOTSUP;
}

void usb_reset_forget(struct daemon *d, const void *user)
{
	for (struct usb_reset_job *j = d->resets; j; j = j->next)
		if (j->user == user)
			j->done = NULL;
}

void usb_reset_end(struct daemon *d)
{
	for (struct usb_reset_job *j = d->resets; j; j = j->next) {
		j->done = NULL;
		/* the tool runs on and switches the power on again; a re-bind is waited for */
		if (j->open && !uv_is_closing((uv_handle_t *)&j->process))
			close_job(j);
	}
}
