/* Small services for files. */
#pragma once

#include <stddef.h>

/* All of it, in as many pieces as the system takes; -errno. For files, whose writes are not interrupted; nothing is synchronised. */
int file_write_all(int fd, const void *bytes, size_t n);
