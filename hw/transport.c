#include "hw/transport.h"
#include "hw/port_holder.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static speed_t speed_of(int baud)
{
	static const struct {
		int baud;
		speed_t speed;
	} table[] = {{9600, B9600},     {19200, B19200},   {38400, B38400},   {57600, B57600},
		     {115200, B115200}, {230400, B230400}, {460800, B460800}, {921600, B921600}};
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (table[i].baud == baud)
			return table[i].speed;
	return B115200;
}

static int set_raw(int fd, int baud)
{
	struct termios tio;
	if (tcgetattr(fd, &tio) != 0)
		return -errno;
	cfmakeraw(&tio);
	tio.c_cflag &= ~(tcflag_t)(CSTOPB | CRTSCTS | HUPCL);
	/* without CLOCAL the kernel's option driver hangs up when the modem drops DCD */
	tio.c_cflag |= CLOCAL | CREAD;
	tio.c_cc[VMIN] = 1;
	tio.c_cc[VTIME] = 0;
	cfsetspeed(&tio, speed_of(baud));
	if (tcsetattr(fd, TCSANOW, &tio) != 0)
		return -errno;
	return 0;
}

static int take(int fd, int baud)
{
	if (!isatty(fd))
		return -ENOTTY;
	/* TIOCEXCL does not keep root out, the lock keeps out a second daemon even then */
	if (flock(fd, LOCK_EX | LOCK_NB) != 0)
		return errno == EWOULDBLOCK ? -EBUSY : -errno;
	if (ioctl(fd, TIOCEXCL) != 0 && errno != ENOTTY && errno != EINVAL)
		return -errno;
	int r = set_raw(fd, baud);
	if (r)
		return r;
	/* pseudo-terminals have no such lines and say so */
	int lines = TIOCM_DTR | TIOCM_RTS;
	(void)ioctl(fd, TIOCMBIS, &lines);
	tcflush(fd, TCIFLUSH);
	return 0;
}

int transport_open(struct transport *t, const char *path, int baud)
{
	char holder[64];
	t->fd = -1;
	/* who keeps to lock files does not look at flock */
	if (port_locked(path, holder, sizeof holder))
		return -EBUSY;
	int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	int r = take(fd, baud);
	if (r) {
		close(fd);
		return r;
	}
	t->fd = fd;
	port_real_name(path, t->path, sizeof t->path);
	return 0;
}

void transport_close(struct transport *t)
{
	if (t->fd < 0)
		return;
	(void)ioctl(t->fd, TIOCNXCL);
	close(t->fd);
	t->fd = -1;
}

ssize_t transport_read(struct transport *t, char *buf, size_t n)
{
	ssize_t got;
	do
		got = read(t->fd, buf, n);
	while (got < 0 && errno == EINTR);
	if (got > 0)
		return got;
	if (got == 0)
		return -EIO;
	return errno == EAGAIN ? 0 : -errno;
}

ssize_t transport_write(struct transport *t, const char *buf, size_t n)
{
	ssize_t put;
	do
		put = write(t->fd, buf, n);
	while (put < 0 && errno == EINTR);
	if (put >= 0)
		return put;
	return errno == EAGAIN ? 0 : -errno;
}
