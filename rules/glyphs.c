#include "rules/glyphs.h"

#include "base/mem.h"
#include "base/text.h"

#include <string.h>

void glyphs_done(struct glyphs *g)
{
	free(g->list);
	*g = (struct glyphs){0};
}

static void reserve(struct glyphs *g, int more)
{
	if (g->count + more <= g->cap)
		return;
	g->cap = g->count + more + g->cap / 2 + 64;
	g->list = mem_resize(g->list, (size_t)g->cap, sizeof *g->list);
}

void glyphs_add(struct glyphs *g, uint32_t c, uint32_t from, uint32_t to)
{
	reserve(g, 1);
	g->list[g->count++] = (struct glyph){c, from, to};
}

void glyphs_cut(struct glyphs *g, int at, int n)
{
	memmove(g->list + at, g->list + at + n, (size_t)(g->count - at - n) * sizeof *g->list);
	g->count -= n;
}

void glyphs_replace(struct glyphs *g, int at, int n, const char *s)
{
	struct glyph span = g->list[at];
	span.to = g->list[at + n - 1].to;
	int m = 0;
	for (const char *p = s; text_next(&p);)
		m++;
	reserve(g, m > n ? m - n : 0);
	memmove(g->list + at + m, g->list + at + n, (size_t)(g->count - at - n) * sizeof *g->list);
	g->count += m - n;
	for (int i = 0; i < m; i++) {
		g->list[at + i] = span;
		g->list[at + i].c = text_next(&s);
	}
}

int glyphs_match(const struct glyphs *g, int at, const char *s)
{
	int n = 0;
	uint32_t c;
	while ((c = text_next(&s))) {
		if (glyphs_at(g, at + n) != c)
			return 0;
		n++;
	}
	return n;
}
