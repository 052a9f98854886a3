/* yishi-root: what needs root, for one connection, which systemd hands over as standard input (yishi-root.socket).
 * One request, one answer, the end (request.h). Who asks is asked of the kernel; which stick may be touched says the
 * configuration, which is read here. */
#include "root/act.h"
#include "hw/root_request.h"
#include "root/sticks.h"
#include "base/config.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/paths.h"
#include "hw/usb_socket.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <poll.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#define REQUEST_MS 5000 /* a peer that says nothing is not waited for */

static int refuse(const char **ret_said, const char *why)
{
	*ret_said = why;
	return -EPERM;
}

/* The line without its end; -1: there is none. */
static ssize_t read_line(int fd, char line[ROOT_LINE_MAX])
{
	size_t n = 0;
	int64_t end_ms = mono_ms() + REQUEST_MS;
	while (n < ROOT_LINE_MAX) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		int64_t left = end_ms - mono_ms();
		if (left <= 0 || poll(&p, 1, (int)left) <= 0)
			return -1;
		ssize_t got = read(fd, line + n, ROOT_LINE_MAX - n);
		if (got <= 0)
			return -1;
		n += (size_t)got;
		char *end = memchr(line, '\n', n);
		if (end)
			return end - line;
	}
	/* what is left unread when a socket is closed takes the answer along */
	char rest[ROOT_LINE_MAX];
	for (int i = 0; i < 100 && recv(fd, rest, sizeof rest, MSG_DONTWAIT) > 0; i++)
		;
	return ROOT_LINE_MAX; /* more than any request */
}

/* Configuration and rows; -errno after saying what is wrong. */
static int load(const char *config_path, struct config **config, struct modem_rows *rows)
{
	struct err e = {0};
	char data[256], folder[300], line[600];
	int r = config_load(config_path, config, &e);
	if (r == 0 && (r = paths_data(data, sizeof data)) == 0) {
		snprintf(folder, sizeof folder, "%s/at_commands/modems", data);
		r = modem_rows_load(folder, rows, &e);
	}
	if (r)
		log_error("%s", e.text[0] ? err_line(&e, line, sizeof line) : strerror(-r));
	return r;
}

/* For udev: 0 when the configuration binds the stick. Where there is none yet, none is bound. */
static int is_bound(const char *config_path, const char *stick, const char *id, const char *serial)
{
	struct config *config = NULL;
	struct modem_rows rows = {0};
	if (access(config_path, F_OK) != 0 || !usb_socket_valid(stick))
		return 1;
	bool bound =
	    load(config_path, &config, &rows) == 0 && root_stick_bound(config, &rows, stick, id, serial);
	modem_rows_done(&rows);
	config_free(config);
	return bound ? 0 : 1;
}

static int touch(const char *config_path, const struct root_request *q, const char **ret_said)
{
	struct config *config = NULL;
	struct modem_rows rows = {0};
	struct usb_port *ports = NULL;
	char id[10];
	int r = usb_socket_id(q->stick, id);
	if (r)
		return refuse(ret_said, r == -ENOTSUP ? "a hub sits there" : "nothing sits there");
	if (load(config_path, &config, &rows))
		r = refuse(ret_said, "the configuration cannot be read");
	else {
		struct usb *usb = usb_new();
		int count = usb_ports(usb, &ports);
		const char *why = root_stick_refusal(config, &rows, ports, count, q->stick, id);
		usb_free(usb);
		r = why                     ? refuse(ret_said, why)
		    : q->verb == ROOT_POWER ? root_power(q->stick, ret_said)
					    : root_rebind(q->stick, ret_said);
	}
	free(ports);
	modem_rows_done(&rows);
	config_free(config);
	return r;
}

static int act(const char *config_path, const char *line, size_t n, const char **ret_said)
{
	struct root_request q;
	const char *why = "";
	if (root_request_parse(line, n, &q, &why))
		return refuse(ret_said, why);
	return q.verb == ROOT_CLOCK ? root_set_clock(q.utc, ret_said) : touch(config_path, &q, ret_said);
}

/* Root himself, or the user of the daemon. */
static bool may_ask(uid_t peer, const char *user)
{
	const struct passwd *p = peer ? getpwnam(user) : NULL;
	return !peer || (p && p->pw_uid == peer);
}

static int serve(const char *config_path, const char *user)
{
	char line[ROOT_LINE_MAX] = "", answer[ROOT_SAID + 16];
	const char *said = "";
	struct ucred peer;
	socklen_t size = sizeof peer;
	if (getsockopt(STDIN_FILENO, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) {
		fputs("yishi-root is started by systemd for each connection to yishi-root.socket\n", stderr);
		return EX_USAGE;
	}
	ssize_t n = read_line(STDIN_FILENO, line);
	if (n < 0)
		return EX_DATAERR;
	int r = may_ask(peer.uid, user) ? act(config_path, line, (size_t)n, &said)
					: refuse(&said, "only the gateway may ask");
	root_answer_format(r, said, answer, sizeof answer);
	log_write(r ? 4 : 5, "%.*s, for uid %u: %.*s", n < ROOT_LINE_MAX ? (int)n : 0, line, (unsigned)peer.uid,
		  (int)strcspn(answer, "\n"), answer);
	return send(STDIN_FILENO, answer, strlen(answer), MSG_NOSIGNAL) < 0 ? EX_IOERR : 0;
}

int main(int argc, char **argv)
{
	char path[PATH_MAX];
	const char *file = NULL, *user = "yishi", *stick = NULL, *id = "", *serial = "";
	int o;
	while ((o = getopt(argc, argv, "c:u:b:i:s:")) != -1)
		switch (o) {
		case 'c':
			file = optarg;
			break;
		case 'u':
			user = optarg;
			break;
		case 'b':
			stick = optarg;
			break;
		case 'i':
			id = optarg;
			break;
		case 's':
			serial = optarg;
			break;
		default:
			fputs(
			    "yishi-root [-c FILE] [-u USER]: does what USER asks on standard input, a socket\n"
			    "yishi-root [-c FILE] -b SOCKET -i VID:PID [-s SERIAL]: 0 when FILE binds that "
			    "stick\n"
			    "See yishi-root(8).\n",
			    stderr);
			return EX_USAGE;
		}
	paths_config(file, path, sizeof path);
	return stick ? is_bound(path, stick, id, serial) : serve(path, user);
}
