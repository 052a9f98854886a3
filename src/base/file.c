#include "base/file.h"

#include <errno.h>
#include <unistd.h>

int file_write_all(int fd, const void *bytes, size_t n)
{
	for (size_t at = 0; at < n;) {
		ssize_t some = write(fd, (const char *)bytes + at, n - at);
		if (some < 0)
			return -errno;
		at += (size_t)some;
	}
	return 0;
}
