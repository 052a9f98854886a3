#include "rules/reading.h"

#include <stdio.h>
#include <string.h>

#define STRONG 3 /* from this weight on, words begin a complaint of their own */

struct weights {
	int sum[CATEGORY_COUNT];
	int top[CATEGORY_COUNT]; /* heaviest single word */
	bool trouble, settled;
};

static void weigh(const struct reading *rd, int a, int b, struct weights *w)
{
	const struct rules *r = rd->rules;
	const struct glyphs *g = &rd->normal.glyphs;
	*w = (struct weights){0};
	int covered = 0; /* glyphs before it belong to a category word that was counted */
	for (int i = rd->normal.glyph_of[a], end = rd->normal.glyph_of[b]; i < end; i++) {
		const struct word *word;
		w->trouble |= words_longest(&r->words, g, i, word_of_list, r->troubles, &word) > 0;
		w->settled |= words_longest(&r->words, g, i, word_of_list, r->settled, &word) > 0;
		if (i < covered)
			continue;
		int n = words_longest(&r->words, g, i, word_of_kind, WORD_CATEGORY, &word);
		for (int k = 0; k < n; k++) {
			w->sum[word[k].list] += word[k].weight;
			if (word[k].weight > w->top[word[k].list])
				w->top[word[k].list] = word[k].weight;
		}
		if (n)
			covered = i + word->n;
	}
}

static void add_up(struct weights *all, const struct weights *w)
{
	for (int c = 0; c < CATEGORY_COUNT; c++) {
		all->sum[c] += w->sum[c];
		if (w->top[c] > all->top[c])
			all->top[c] = w->top[c];
	}
	all->trouble |= w->trouble;
	all->settled |= w->settled;
}

/* The heaviest category; -1 none. */
static int heaviest(const struct weights *w)
{
	int best = -1;
	for (int c = 0; c < CATEGORY_COUNT; c++)
		if (w->sum[c] > 0 && (best < 0 || w->sum[c] > w->sum[best]))
			best = c;
	return best;
}

static void find_place(const struct reading *rd, int a, int b, struct intent *in)
{
	const struct glyphs *g = &rd->normal.glyphs;
	const struct word *word;
	int best = 0, best_at = 0, end = rd->normal.glyph_of[b];
	for (int i = rd->normal.glyph_of[a]; i < end;) {
		int n = 0;
		while (i + n < end && words_longest(&rd->rules->words, g, i + n, word_of_list, rd->rules->places, &word)) {
			n += word->n;
			if (glyphs_at(g, i + n) == ' ' && is_letter(glyphs_at(g, i + n + 1)))
				n++;
		}
		if (n && glyphs_at(g, i + n - 1) == ' ')
			n--;
		if (n > best) {
			best = n;
			best_at = i;
		}
		i += n ? n : 1;
	}
	if (!best)
		return;
	reading_quote(rd, rd->normal.byte_of[best_at], rd->normal.byte_of[best_at + best], in->place, sizeof in->place);
	in->has |= ARG_PLACE;
}

static bool wants_no_name(const struct reading *rd)
{
	const struct word *word;
	for (int i = 0; i < rd->normal.glyphs.count; i++)
		if (words_longest(&rd->rules->words, &rd->normal.glyphs, i, word_of_list, rd->rules->anonymous, &word))
			return true;
	return false;
}

void complaints_describe(const struct reading *rd, int a, int b, struct intent *in)
{
	if (!(in->has & ARG_CATEGORY)) {
		struct weights w;
		weigh(rd, a, b, &w);
		int c = heaviest(&w);
		in->category = c < 0 ? CATEGORY_OTHER : (enum category)c;
		in->has |= ARG_CATEGORY;
	}
	if (!(in->has & ARG_PLACE))
		find_place(rd, a, b, in);
	if (wants_no_name(rd)) {
		in->anonymous = true;
		in->has |= ARG_ANONYMOUS;
	}
}

/* Clauses that make up one complaint. */
struct group {
	struct weights w;
	int a, b, topic;
	int strong; /* category that made it one, -1 not yet */
	bool forced, open;
	int rule;
};

static void close_group(struct reading *rd, struct group *g)
{
	int c = heaviest(&g->w);
	bool counts = g->forced || (c >= 0 && g->w.sum[c] >= 2) || (g->w.trouble && c >= 0) || g->w.trouble;
	if (g->open && counts && !(g->w.settled && !g->forced && g->strong < 0)) {
		char name[48];
		enum category category = g->strong >= 0 ? (enum category)g->strong : c < 0 ? CATEGORY_OTHER : (enum category)c;
		snprintf(name, sizeof name, "vocabulary/%s", category_name(category));
		const char *rule = g->rule >= 0 ? rd->rules->list[g->rule].name : name;
		struct found *f = reading_add(rd, INTENT_COMPLAINT, rule, g->a, g->b, g->topic);
		if (f) {
			f->in.category = category;
			f->in.has |= ARG_CATEGORY;
			complaints_describe(rd, g->a, g->b, &f->in);
			address_give(rd, g->a, g->b, &f->in);
			reading_quote(rd, g->a, g->b, f->in.text, sizeof f->in.text);
			f->in.has |= ARG_TEXT;
		}
	}
	*g = (struct group){.strong = -1, .rule = -1};
}

/* One word of weight makes a clause strong; so does a sum of lighter ones. */
static int strong_category(const struct weights *w)
{
	int c = heaviest(w);
	return c >= 0 && w->sum[c] >= STRONG ? c : -1;
}

static void join(struct group *g, const struct clause *c, const struct weights *w)
{
	if (!g->open) {
		g->a = c->a;
		g->topic = c->topic;
		g->open = true;
	}
	g->b = c->b;
	add_up(&g->w, w);
	if (c->state == CLAUSE_FORCED) {
		g->forced = true;
		if (g->rule < 0)
			g->rule = c->rule;
	}
}

void complaints_find(struct reading *rd)
{
	struct group g = {.strong = -1, .rule = -1};
	for (int i = 0; i < rd->clause_count; i++) {
		struct clause *c = &rd->clauses[i];
		if (c->state == CLAUSE_USED || (rd->shadow[c->topic] && c->state != CLAUSE_FORCED))
			continue;
		struct weights w;
		weigh(rd, c->a, c->b, &w);
		if (w.settled && c->state != CLAUSE_FORCED)
			continue; /* it works again: no complaint, and nothing that belongs to one */
		int strong = strong_category(&w);
		bool other = g.open && g.strong >= 0 && strong >= 0 && strong != g.strong;
		if (g.open && (c->topic != g.topic || other || (c->state == CLAUSE_FORCED && g.forced && g.rule != c->rule)))
			close_group(rd, &g);
		if (g.strong < 0)
			g.strong = strong;
		join(&g, c, &w);
		c->state = CLAUSE_USED;
	}
	close_group(rd, &g);
}
