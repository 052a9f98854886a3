#include "cli/phone_link.h"
#include "base/clock.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define OPEN_TIMEOUT_MS 10000

void phone_link_default(char *buf, size_t size)
{
	const char *given = getenv("YISHI_SIMMODEM"), *run = getenv("XDG_RUNTIME_DIR");
	if (given && *given)
		snprintf(buf, size, "%s", given);
	else if (run && *run)
		snprintf(buf, size, "%s/yishi-simmodem/control.sock", run);
	else
		snprintf(buf, size, "/tmp/yishi-simmodem-%d/control.sock", (int)getuid());
}

int phone_link_open(struct phone_link *l, const char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	*l = (struct phone_link){.fd = -1};
	if (strlen(path) >= sizeof a.sun_path)
		return -ENAMETOOLONG;
	strcpy(a.sun_path, path);
	l->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (l->fd < 0 || connect(l->fd, (struct sockaddr *)&a, sizeof a))
		return -errno;
	json_t *welcome;
	int r = phone_link_ask(l, json_pack("{s:s}", "do", "subscribe"));
	if (!r)
		r = phone_link_next(l, OPEN_TIMEOUT_MS, &welcome);
	if (r != 1)
		return r ? r : -ETIMEDOUT;
	json_decref(welcome);
	return 0;
}

void phone_link_done(struct phone_link *l)
{
	if (l->fd >= 0)
		close(l->fd);
	buf_done(&l->in);
}

int phone_link_ask(struct phone_link *l, json_t *request)
{
	char *line = json_dumps(request, JSON_COMPACT);
	struct buf out cleanup_buf = {0};
	json_decref(request);
	buf_adds(&out, line);
	buf_addc(&out, '\n');
	free(line);
	for (size_t at = 0; at < out.len;) {
		ssize_t n = send(l->fd, out.data + at, out.len - at, MSG_NOSIGNAL);
		if (n < 0 && errno != EINTR)
			return -errno;
		at += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

static int take_line(struct phone_link *l, json_t **ret)
{
	char *end = l->in.len ? memchr(l->in.data, '\n', l->in.len) : NULL;
	if (!end)
		return 0;
	size_t n = (size_t)(end - l->in.data);
	*ret = json_loadb(l->in.data, n, 0, NULL);
	buf_drop(&l->in, n + 1);
	return *ret ? 1 : -EBADMSG;
}

int phone_link_next(struct phone_link *l, int64_t timeout_ms, json_t **ret)
{
	int64_t end = mono_ms() + timeout_ms;
	for (;;) {
		int r = take_line(l, ret);
		if (r)
			return r;
		int64_t left = end - mono_ms();
		struct pollfd p = {.fd = l->fd, .events = POLLIN};
		int ready = poll(&p, 1, left > 0 ? (int)left : 0);
		if (ready == 0)
			return 0;
		char bytes[4096];
		ssize_t n = ready > 0 ? read(l->fd, bytes, sizeof bytes) : -1;
		if (n > 0)
			buf_add(&l->in, bytes, (size_t)n);
		else if (n == 0 || errno != EINTR)
			return -ECONNRESET;
	}
}
