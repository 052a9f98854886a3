/* A growable byte buffer. `data` is always terminated by a NUL that `len` does not count, so it reads as a
 * string too. Zero-initialised is empty; buf_done frees. */
#pragma once

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
	char *data; /* owned; NULL only while nothing was ever added */
	size_t len, cap;
};

void buf_done(struct buf *b);
void buf_reset(struct buf *b); /* empty, memory kept */
void buf_add(struct buf *b, const void *bytes, size_t n);
void buf_adds(struct buf *b, const char *s);
void buf_addc(struct buf *b, char c);
void buf_addf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_vaddf(struct buf *b, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
void buf_drop(struct buf *b, size_t n);   /* removes the first n bytes */
const char *buf_str(const struct buf *b); /* never NULL */
char *buf_take(struct buf *b);            /* the caller owns the string; b is empty afterwards */

#define cleanup_buf __attribute__((cleanup(buf_done)))
