/* A byte stream to a modem: any terminal path, by-id link or pseudo-terminal, opened raw (8N1, no flow control,
 * modem lines ignored) and for us alone. Never blocks. (libserialport refuses pseudo-terminals and links, hence
 * plain termios.) */
#pragma once

#include <stddef.h>
#include <sys/types.h>

struct transport {
	int fd;         /* −1: closed */
	char path[256]; /* what the link led to when it was opened */
};

/* -errno; -EBUSY when another program holds the port exclusively, or a lock file says so. What was in the
 * input is thrown away. */
int transport_open(struct transport *t, const char *path, int baud);
void transport_close(struct transport *t); /* harmless when closed */

/* Bytes, 0: would block, -errno: the port is gone (-EIO for an end of file). */
ssize_t transport_read(struct transport *t, char *buf, size_t n);
ssize_t transport_write(struct transport *t, const char *buf, size_t n);
