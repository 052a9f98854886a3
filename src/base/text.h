/* Small services for UTF-8 text that came from strangers. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Control characters (C0 except nothing, DEL, C1, bidirectional overrides, line and paragraph separators) become
 * U+FFFD or, for tab and line ends, a blank; in place, never longer. Invalid UTF-8 bytes become '?'. */
void text_mask_controls(char *s);

/* Next code point of a NUL-terminated string, U+FFFD for a bad byte; advances *p; 0 at the end. */
uint32_t text_next(const char **p);

/* Writes one code point as UTF-8 (up to 4 bytes, no NUL); returns the count. Surrogates are written as U+FFFD. */
size_t text_put(char *out, uint32_t c);

/* Columns on a terminal: East Asian wide and full-width characters take two, combining ones none. */
int text_width(const char *s);

/* Where `name` stands in a table of names, or -1. */
int text_index(const char *const *names, int count, const char *name);

/* Copies at most size-1 bytes and never cuts a character; returns out. */
char *text_copy(char *out, size_t size, const char *s);

/* Where to cut a text that is longer than its first n bytes: at the end of a clause, before a conjunction (和 以及 但 因为 …) or
 * between two words, when that keeps at least half of it; else after n bytes. Never more than n; no blank or mark is left at
 * the end. */
size_t text_cut(const char *s, size_t n);

bool text_valid(const char *s, size_t n); /* well-formed UTF-8 without NUL */

/* "+8613800005678" → "138****5678" (the middle of what follows +86), for paper and logs. `out` at least 24 bytes. */
char *text_short_number(const char *e164, char *out);

/* The octet that two hexadecimal digits say; false when they are none. */
bool text_octet(const char *hex, uint8_t *ret);
