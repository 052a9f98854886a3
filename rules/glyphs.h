/* A text while it is being normalised: one entry per code point, each knowing which bytes of the verbatim text
 * it came from. Every step keeps the spans in order (from never falls) and inside the verbatim text. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define TEXT_MAX_CHARS 4000 /* what is beyond is not read */

struct glyph {
	uint32_t c;
	uint32_t from, to; /* bytes [from, to) of the verbatim text */
};

struct glyphs {
	struct glyph *list; /* owned */
	int count, cap;
};

void glyphs_done(struct glyphs *g);
void glyphs_add(struct glyphs *g, uint32_t c, uint32_t from, uint32_t to);
void glyphs_cut(struct glyphs *g, int at, int n); /* removes n entries */
/* Puts the UTF-8 string `s` in place of entries [at, at+n); all new entries carry the span of those they
 * replace. */
void glyphs_replace(struct glyphs *g, int at, int n, const char *s);
/* Does the UTF-8 string `s` stand at `at`? Its length in code points, or 0. */
int glyphs_match(const struct glyphs *g, int at, const char *s);

static inline uint32_t glyphs_at(const struct glyphs *g, int i)
{
	return i >= 0 && i < g->count ? g->list[i].c : 0;
}

static inline int is_han(uint32_t c)
{
	return (c >= 0x3400 && c <= 0x9FFF) || c == 0x3007 || (c >= 0x20000 && c <= 0x3FFFF);
}
static inline int is_digit(uint32_t c)
{
	return c >= '0' && c <= '9';
}
static inline int is_letter(uint32_t c)
{
	return c >= 'a' && c <= 'z';
}
