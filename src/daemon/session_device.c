/* Waiting for a device that is not there: its folder is watched, so that it is opened as soon as it appears and
 * nothing polls meanwhile. */
#include "daemon/session_internal.h"
#include "daemon/session_actions.h"
#include "base/mem.h"
#include "base/text.h"

#include <libgen.h>
#include <limits.h>
#include <string.h>

static void free_handle(uv_handle_t *h)
{
	free(h);
}

static void on_change(uv_fs_event_t *h, const char *name, int events, int status)
{
	struct session *s = h->data;
	const char *slash = strrchr(s->config->device, '/');
	(void)events;
	(void)status;
	/* the folder may be a busy one */
	if (s->state != SESSION_LOST || (name && strcmp(name, slash ? slash + 1 : s->config->device) != 0))
		return;
	/* udev sets the rights a moment after the node is there */
	if (s->due_ms > mono_ms() + SESSION_DEVICE_SETTLES_MS)
		session_due_in(s, SESSION_DEVICE_SETTLES_MS, NULL);
}

void device_watch(struct session *s)
{
	char dir[PATH_MAX];
	if (s->device_watch)
		return;
	text_copy(dir, sizeof dir, s->config->device);
	s->device_watch = mem_alloc(sizeof *s->device_watch);
	uv_fs_event_init(s->d->loop, s->device_watch);
	s->device_watch->data = s;
	if (uv_fs_event_start(s->device_watch, on_change, dirname(dir), 0) != 0)
		device_unwatch(s);
}

void device_unwatch(struct session *s)
{
	if (!s->device_watch)
		return;
	uv_close((uv_handle_t *)s->device_watch, free_handle);
	s->device_watch = NULL;
}
