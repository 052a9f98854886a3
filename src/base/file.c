#include "base/file.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int file_read(const char *path, size_t max, struct buf *out, struct err *e)
{
	char chunk[8192];
	size_t n, before = out->len;
	bool standard = !strcmp(path, "-");
	FILE *f = standard ? stdin : fopen(path, "re");
	int failed = f ? 0 : errno;
	while (f && out->len - before <= max && (n = fread(chunk, 1, sizeof chunk, f)) > 0)
		buf_add(out, chunk, n);
	if (f && ferror(f))
		failed = errno;
	if (f && !standard)
		fclose(f);
	if (!failed && out->len - before > max)
		return err_set(e, path, 0, "is longer than %zu bytes; shorten it", max);
	if (failed)
		err_set(e, path, 0, "cannot be read: %s", err_system(failed));
	return -failed;
}

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

int file_replace(const char *path, const struct buf *bytes, mode_t mode, bool durable)
{
	cleanup_free char *draft = mem_printf("%s.new", path);
	unlink(draft);
	int fd = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	if (fd < 0)
		return -errno;
	int r = fchmod(fd, mode) ? -errno : 0; /* whatever the umask is */
	if (!r)
		r = file_write_all(fd, bytes->data, bytes->len);
	if (!r && durable && fsync(fd))
		r = -errno;
	if (close(fd) && !r)
		r = -errno;
	if (!r && rename(draft, path))
		r = -errno;
	if (r)
		unlink(draft);
	return r;
}
