#include "daemon/usb_reset.h"
#include "daemon/root_call.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "hw/usb_socket.h"

#include <errno.h>
#include <string.h>

#define HELPER_MS (USB_POWER_MS + 10000) /* what the helper takes at most, and a machine that is busy */

struct usb_reset_job {
	uv_work_t work;       /* USB_REBIND */
	uv_process_t process; /* USB_POWER */
	uv_timer_t limit;
	int open; /* handles that are to be closed */
	struct daemon *d;
	struct usb_reset_job *next;
	char stick[USB_STICK];
	struct usb_switch power;
	int status;
	void (*done)(void *user, int status); /* NULL: nobody waits for it any more */
	void *user;
};

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

/* ------------------------------------------------------------------------------------------- by the helper */

static void helped(void *user, int status, const char *said)
{
	struct usb_reset_job *j = user;
	if (status && *said)
		log_notice("yishi-root, of %s: %s", j->stick, said);
	j->status = status == -EPERM ? -EACCES : status;
	finish(j);
}

/* What could not be begun: nobody is told later, and the stick is not taken for busy. */
static int begun(struct usb_reset_job *j, int r)
{
	if (r < 0) {
		j->done = NULL;
		finish(j);
	}
	return r;
}

static int start_helper(struct daemon *d, const char *stick, const char *verb,
			void (*done)(void *user, int status), void *user)
{
	if (!root_there())
		return -EACCES;
	struct usb_reset_job *j = job_new(d, stick, done, user);
	return begun(j, root_call(d, HELPER_MS, helped, j, "%s %s", verb, stick));
}

/* ------------------------------------------------------------------------------------------------ re-bind */

/* In a thread of libuv's. */
static void rebind(uv_work_t *w)
{
	struct usb_reset_job *j = w->data;
	j->status = usb_socket_rebind(j->stick);
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
	struct usb_reset_job *j = job_new(d, stick, done, user);
	j->work.data = j;
	return begun(j, uv_queue_work(d->loop, &j->work, rebind, rebound));
}

/* ------------------------------------------------------------------------------------------------ power */

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
	struct usb_reset_job *j = job_new(d, stick, done, user);
	j->process.data = j->limit.data = j;
	j->open = 2;
	uv_timer_init(d->loop, &j->limit);
	int r = usb_socket_switch(stick, &j->power);
	uv_process_options_t o = {.exit_cb = on_exit_of_tool,
				  .file = j->power.tool,
				  .args = (char **)j->power.args,
				  .env = (char **)j->power.environment,
				  .cwd = "/"};
	r = r ? r : uv_spawn(d->loop, &j->process, &o);
	if (r) {
		j->done = NULL; /* the caller hears it at once */
		close_job(j);
		return r == UV_EACCES ? -EACCES : -ENOTSUP;
	}
	uv_timer_start(&j->limit, on_limit, USB_POWER_MS, 0);
	return 0;
}

/* ------------------------------------------------------------------------------------------------ both */

int usb_reset_start(struct daemon *d, const char *stick, enum usb_reset how,
		    void (*done)(void *user, int status), void *user)
{
	struct usb_switch power;
	int r = -ENOTSUP;
	if (!usb_socket_valid(stick))
		return -ENOTSUP;
	for (const struct usb_reset_job *j = d->resets; j; j = j->next)
		if (!strcmp(j->stick, stick))
			return -EBUSY;
	switch (how) {
	case USB_REBIND:
		r = usb_socket_may_rebind(stick);
		if (r == -EACCES)
			return start_helper(d, stick, "rebind", done, user);
		return r ? r : start_rebind(d, stick, done, user);
	case USB_POWER:
		r = usb_socket_switch(stick, &power);
		if (r == -EACCES)
			return start_helper(d, stick, "power", done, user);
		return r ? r : start_power(d, stick, done, user);
	}
	return r;
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
