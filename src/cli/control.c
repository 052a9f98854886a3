#include "cli/control.h"

#include "base/clock.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define ANSWER_MAX (1u << 20)

static int dial(const char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof a.sun_path)
		return -ENAMETOOLONG;
	memcpy(a.sun_path, path, strlen(path));
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&a, sizeof a) != 0) {
		int r = -errno;
		close(fd);
		return r;
	}
	return fd;
}

static int send_line(int fd, const char *line)
{
	cleanup_buf struct buf b = {0};
	buf_addf(&b, "%s\n", line);
	for (size_t at = 0; at < b.len;) {
		ssize_t n = send(fd, b.data + at, b.len - at, MSG_NOSIGNAL);
		if (n < 0 && errno != EINTR)
			return -errno;
		at += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

static int read_line(int fd, struct buf *b, int timeout_ms)
{
	char chunk[4096];
	int64_t until = mono_ms() + timeout_ms;
	while (!b->len || !memchr(b->data, '\n', b->len)) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		int64_t left = until - mono_ms();
		int r = poll(&p, 1, left > 0 ? (int)left : 0);
		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return r ? -errno : -ETIMEDOUT;
		ssize_t n = read(fd, chunk, sizeof chunk);
		if (n < 0)
			return -errno;
		if (n == 0 || b->len > ANSWER_MAX)
			return -EBADMSG;
		buf_add(b, chunk, (size_t)n);
	}
	return 0;
}

bool control_answered(const struct config *cfg)
{
	json_t *answer = NULL;
	int r = control_request(cfg, "status", &answer);
	json_decref(answer);
	return r != -ENOENT && r != -ECONNREFUSED;
}

int control_link_open(const struct config *cfg, struct control_link *ret)
{
	*ret = (struct control_link){.fd = dial(cfg->control_socket)};
	return ret->fd < 0 ? ret->fd : 0;
}

int control_link_ask(struct control_link *l, const char *line, int timeout_ms, json_t **ret)
{
	int r = send_line(l->fd, line);
	if (!r)
		r = read_line(l->fd, &l->in, timeout_ms);
	if (r)
		return r;
	json_t *v = json_loads(l->in.data, JSON_DISABLE_EOF_CHECK, NULL);
	buf_drop(&l->in, (size_t)((char *)memchr(l->in.data, '\n', l->in.len) - l->in.data) + 1);
	if (!json_is_object(v)) {
		json_decref(v);
		return -EBADMSG;
	}
	*ret = v;
	return 0;
}

void control_link_close(struct control_link *l)
{
	if (l->fd >= 0)
		close(l->fd);
	buf_done(&l->in);
	*l = (struct control_link){.fd = -1};
}

int control_request(const struct config *cfg, const char *line, json_t **ret)
{
	struct control_link l;
	int r = control_link_open(cfg, &l);
	if (!r)
		r = control_link_ask(&l, line, CONTROL_TIMEOUT_MS, ret);
	control_link_close(&l);
	return r;
}
