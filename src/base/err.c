#include "base/err.h"
#include "base/i18n.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int err_set(struct err *e, const char *file, int line, const char *fmt, ...)
{
	if (!e)
		return -EINVAL;
	snprintf(e->file, sizeof e->file, "%s", file ? file : "");
	e->line = line;
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof e->text, gettext(fmt), ap);
	va_end(ap);
	return -EINVAL;
}

const char *err_system(int number)
{
	switch (number) {
	case ENOENT:
		return _("there is no such file");
	case EACCES:
	case EPERM:
		return _("permission is missing");
	case EISDIR:
		return _("is a folder");
	case ENOTDIR:
		return _("a part of the path is no folder");
	case EEXIST:
		return _("is already there");
	case ENOSPC:
	case EDQUOT:
		return _("the disk is full");
	case EROFS:
		return _("the disk can only be read");
	case EIO:
		return _("reading or writing failed");
	case EBUSY:
		return _("is in use by somebody else");
	case ENODEV:
	case ENXIO:
		return _("the device is not there");
	case EMFILE:
	case ENFILE:
		return _("too many files are open");
	case ENAMETOOLONG:
		return _("the name is too long");
	case ECONNREFUSED:
		return _("nobody answers");
	}
	return strerror(number);
}

char *err_line(const struct err *e, char *buf, unsigned size)
{
	if (e->file[0] && e->line)
		snprintf(buf, size, "%s:%d: %s", e->file, e->line, e->text);
	else if (e->file[0])
		snprintf(buf, size, "%s: %s", e->file, e->text);
	else
		snprintf(buf, size, "%s", e->text);
	return buf;
}
