#include "rules/normalize.h"

#include "base/mem.h"
#include "base/text.h"
#include "rules/numerals.h"
#include "rules/sounds.h"

#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>

#define CLUSTER 64 /* UTF-16 units normalised at once; a longer heap of accents is cut there */

/* What a code point is for the matcher: itself, another sign, a blank, or 0 for nothing. */
static uint32_t plain(const struct tables *t, uint32_t c)
{
	switch (c) {
	case 0x3002: /* 。 */
	case 0xFF61:
	case 0x2026: /* … */
		return '.';
	case 0x3001: /* 、 */
		return c;
	case 0x2010:
	case 0x2011:
	case 0x2012:
	case 0x2013:
	case 0x2014:
	case 0x2015:
	case 0x2212:
	case 0x30FC:
		return '-';
	case 0x2018:
	case 0x2019:
	case 0x02BC:
	case '`':
		return '\'';
	case 0x301C:
	case 0x223C:
		return '~';
	case 0x3010: /* 【 and 】 mark machines */
	case 0x3011:
		return c;
	}
	if (c < 0x20 || c == 0x7F || c == 0xFFFD || c == '"' || c == '\\' || c == '<' || c == '>')
		return ' ';
	if (c < 0x80)
		return c;
	if (is_han(c))
		return tables_simplify(t, c);
	if (u_isalnum((UChar32)c)) /* other scripts */
		return c;
	return u_charType((UChar32)c) == U_FORMAT_CHAR ? 0 : ' ';
}

static void flush(const struct tables *t, const UNormalizer2 *n2, const UChar *in, int n, uint32_t from,
		  uint32_t to, struct glyphs *out)
{
	UChar folded[CLUSTER * 20];
	UErrorCode status = U_ZERO_ERROR;
	if (n == 0)
		return;
	int32_t m = n2 ? unorm2_normalize(n2, in, n, folded, CLUSTER * 20, &status) : 0;
	if (!n2 || U_FAILURE(status)) {
		m = n;
		memcpy(folded, in, (size_t)n * sizeof *in);
	}
	for (int32_t i = 0; i < m && out->count < TEXT_MAX_CHARS;) {
		uint32_t c = folded[i++];
		if (U16_IS_LEAD(c) && i < m && U16_IS_TRAIL(folded[i]))
			c = (uint32_t)U16_GET_SUPPLEMENTARY(c, folded[i++]);
		uint32_t p = plain(t, c);
		if (p && !(p == ' ' && (out->count == 0 || out->list[out->count - 1].c == ' ')))
			glyphs_add(out, p, from, to);
	}
}

/* Between two normalisation boundaries nothing outside matters, so each such piece carries its own span. */
static void fold(const struct tables *t, const char *s, struct glyphs *out)
{
	UErrorCode status = U_ZERO_ERROR;
	const UNormalizer2 *n2 = unorm2_getNFKCCasefoldInstance(&status);
	if (U_FAILURE(status))
		n2 = NULL;
	UChar piece[CLUSTER + 2];
	int n = 0;
	uint32_t from = 0, at = 0;
	const char *p = s;
	while (*p && out->count < TEXT_MAX_CHARS) {
		uint32_t c = text_next(&p);
		if (n && (n >= CLUSTER || !n2 || unorm2_hasBoundaryBefore(n2, (UChar32)c))) {
			flush(t, n2, piece, n, from, at, out);
			n = 0;
		}
		if (n == 0)
			from = at;
		U16_APPEND_UNSAFE(piece, n, c);
		at = (uint32_t)(p - s);
	}
	flush(t, n2, piece, n, from, at, out);
}

static bool is_stop(uint32_t c)
{
	return c && c < 0x80 && strchr(" .,!;:~-?'_^*=/|", (int)c);
}

static void trim(struct glyphs *g)
{
	int a = 0, b = g->count;
	while (b > 0 && (is_stop(g->list[b - 1].c) || g->list[b - 1].c == 0x3001))
		b--;
	if (b == 0) { /* nothing but signs: they are the text */
		while (g->count && g->list[g->count - 1].c == ' ')
			g->count--;
		return;
	}
	while (a < b && (is_stop(g->list[a].c) || g->list[a].c == 0x3001) && g->list[a].c != '-')
		a++;
	g->count = b;
	glyphs_cut(g, 0, a);
}

/* Somebody types a blank after every character: 不 来. */
static void join_spaced(struct glyphs *g)
{
	static const uint32_t open[] = {0x6211 /* 我 */, 0x4E0D /* 不 */, 0x6CA1 /* 没 */, 0x90FD /* 都 */,
					0x4E5F /* 也 */, 0x5C31 /* 就 */, 0x5F88 /* 很 */, 0x592A /* 太 */,
					0x4F60 /* 你 */, 0x522B /* 别 */};
	bool all = g->count >= 3;
	for (int i = 0; i < g->count && all; i++)
		all = i % 2 ? g->list[i].c == ' ' : is_han(g->list[i].c);
	for (int i = g->count - 2; i > 0; i--) {
		if (g->list[i].c != ' ' || !is_han(g->list[i - 1].c) || !is_han(g->list[i + 1].c))
			continue;
		bool joins = all;
		for (size_t k = 0; k < ARRAY_LEN(open) && !joins; k++)
			joins = g->list[i - 1].c == open[k] && (i == 1 || g->list[i - 2].c == ' ');
		if (joins)
			glyphs_cut(g, i, 1);
	}
}

/* [微笑] and the like are emoji that were typed out. */
static void drop_smileys(struct glyphs *g)
{
	for (int i = 0; i < g->count; i++) {
		if (g->list[i].c != '[')
			continue;
		int k = i + 1;
		while (is_han(glyphs_at(g, k)) && k - i <= 3)
			k++;
		if (k > i + 1 && glyphs_at(g, k) == ']') {
			glyphs_cut(g, i + 1, k - i);
			g->list[i].c = ' ';
		}
	}
}

static void drop_politeness(const struct words *w, struct glyphs *g)
{
	int list = words_list_find(w, "politeness"), titles = words_list_find(w, "titles");
	const struct word *word;
	while (list >= 0 && words_longest(w, g, 0, word_of_list, list, &word)) {
		int n = word->n;
		if (glyphs_at(g, n) && !is_stop(glyphs_at(g, n)) && glyphs_at(g, n) != 0x3001 &&
		    words_longest(w, g, 0, word_of_list, titles, &word) && word->n == n)
			return; /* 师傅已经在路上了: somebody that it is about */
		while (is_stop(glyphs_at(g, n)) || glyphs_at(g, n) == 0x3001)
			n++;
		if (n >= g->count)
			return; /* nothing else: a greeting is the whole text */
		glyphs_cut(g, 0, n);
	}
}

static void finish(struct normal *n)
{
	const struct glyphs *g = &n->glyphs;
	n->text = mem_alloc((size_t)g->count * 4 + 1);
	n->byte_of = mem_array((size_t)g->count + 1, sizeof *n->byte_of);
	n->glyph_of = mem_array((size_t)g->count * 4 + 1, sizeof *n->glyph_of);
	for (int i = 0; i < g->count; i++) {
		n->byte_of[i] = (int)n->len;
		size_t m = text_put(n->text + n->len, g->list[i].c);
		for (size_t k = 0; k < m; k++)
			n->glyph_of[n->len + k] = i;
		n->len += m;
	}
	n->byte_of[g->count] = (int)n->len;
	n->glyph_of[n->len] = g->count;
}

void normalize(const struct tables *t, const struct words *w, const char *verbatim, struct normal *ret)
{
	*ret = (struct normal){0};
	struct glyphs *g = &ret->glyphs;
	fold(t, verbatim, g);
	drop_smileys(g);
	trim(g);
	sounds_read_pinyin(t, w, g);
	join_spaced(g);
	sounds_put_standard(w, g);
	drop_politeness(w, g);
	numerals_to_digits(g);
	sounds_correct(t, w, g);
	drop_politeness(w, g);
	finish(ret);
}

void normal_done(struct normal *n)
{
	glyphs_done(&n->glyphs);
	free(n->text);
	free(n->glyph_of);
	free(n->byte_of);
	*n = (struct normal){0};
}

void normal_span(const struct normal *n, size_t a, size_t b, size_t *ret_from, size_t *ret_to)
{
	if (b > n->len)
		b = n->len;
	if (a >= b) {
		*ret_from = *ret_to = 0;
		return;
	}
	*ret_from = n->glyphs.list[n->glyph_of[a]].from;
	*ret_to = n->glyphs.list[n->glyph_of[b - 1]].to;
}
