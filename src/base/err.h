/* What was wrong with something that a person wrote: where, and one sentence that says what to do.
 * Parsers of files and arguments fill it and return -EINVAL (or another -errno); nothing else prints. */
#pragma once

struct err {
	char file[160]; /* "" when the input is no file */
	int line;       /* 0 when unknown, else counted from 1 */
	char text[320]; /* one sentence, no line end */
};

/* Sets file, line and sentence, the format translated (base/i18n.h); returns -EINVAL so that a parser can `return err_set(…)`. `e` may be NULL. */
int err_set(struct err *e, const char *file, int line, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* What the system's error number means, in the reader's language; what is rare stays in strerror's words. */
const char *err_system(int number);

/* "file:line: text" into buf (always terminated); returns buf. */
char *err_line(const struct err *e, char *buf, unsigned size);
