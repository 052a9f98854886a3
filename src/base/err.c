#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

int err_set(struct err *e, const char *file, int line, const char *fmt, ...)
{
	if (!e)
		return -EINVAL;
	snprintf(e->file, sizeof e->file, "%s", file ? file : "");
	e->line = line;
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof e->text, fmt, ap);
	va_end(ap);
	return -EINVAL;
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
