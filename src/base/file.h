/* Whole files, read and written. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <sys/types.h>

#define FILE_TEXT_MAX (1 << 20) /* bytes; more than anybody writes by hand */

/* All of the file, or of standard input for "-", behind what `out` holds. -EINVAL: there is more than `max` bytes; else -errno.
 * `e` says why. */
int file_read(const char *path, size_t max, struct buf *out, struct err *e);

/* All of it, in as many pieces as the system takes; -errno. For files, whose writes are not interrupted; nothing is synchronised. */
int file_write_all(int fd, const void *bytes, size_t n);

/* A new file under that name, whole or not at all: whoever opens it finds the former one or this one. 0 or -errno.
 * `durable`: it outlives a power cut, too. */
int file_replace(const char *path, const struct buf *bytes, mode_t mode, bool durable);
