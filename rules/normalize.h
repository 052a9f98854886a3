/* The copy of a text that is matched: NFKC with case folding, traditional characters simplified, numerals in
 * digits, words typed by ear put right, emoji and controls dropped, blanks collapsed, polite openings and
 * trailing punctuation gone. Every byte of it knows its place in the verbatim text, since people are quoted,
 * not the copy. */
#pragma once

#include "rules/glyphs.h"
#include "rules/tables.h"
#include "rules/words.h"

struct normal {
	struct glyphs glyphs;
	char *text; /* owned; UTF-8 of the glyphs */
	size_t len;
	int *glyph_of; /* owned; for each byte of text (and its end) the index of its glyph */
	int *byte_of;  /* owned; for each glyph (and the end) its first byte */
};

/* `verbatim` may hold anything; ill-formed bytes read as blanks. Always fills *ret, which normal_done releases.
 */
void normalize(const struct tables *t, const struct words *w, const char *verbatim, struct normal *ret);
void normal_done(struct normal *n);

/* The bytes [from, to) of the verbatim text that bytes [a, b) of the copy came from. */
void normal_span(const struct normal *n, size_t a, size_t b, size_t *ret_from, size_t *ret_to);
