/* Calls for help that no rule has read: each word of danger has a weight, and together they are enough or not. A single
 * word may be said of anything; 摔了, 躺地上 and 动不了 in one text are said of one thing alone. */
#include "rules/reading.h"

#define ENOUGH    6 /* weight from which on the words of a topic are a call for help */
#define REAL_HARM 3 /* one of them weighs as much: hurry, places and people alone are none */

struct danger {
	int sum, top;
	int first, last; /* clauses that hold words of danger */
};

/* Told of before in this topic? A word counts once, however often it is said. */
static bool told(const struct reading *rd, int topic, int at, const struct word *word)
{
	for (int i = 0; i < rd->clause_count; i++) {
		const struct clause *c = &rd->clauses[i];
		int end = rd->normal.glyph_of[c->b];
		if (c->topic != topic || c->state != CLAUSE_FREE || c->calm)
			continue;
		for (int k = rd->normal.glyph_of[c->a]; k < end && k < at; k++)
			if (glyphs_match(&rd->normal.glyphs, k, word->text) && k + word->n <= at)
				return true;
	}
	return false;
}

static void weigh_clause(const struct reading *rd, int i, struct danger *d)
{
	const struct clause *c = &rd->clauses[i];
	const struct glyphs *g = &rd->normal.glyphs;
	const struct word *word;
	for (int k = rd->normal.glyph_of[c->a], end = rd->normal.glyph_of[c->b]; k < end;) {
		if (!words_longest(&rd->rules->words, g, k, word_of_kind, WORD_DANGER, &word)) {
			k++;
			continue;
		}
		if (word->weight && !told(rd, c->topic, k, word)) {
			d->sum += word->weight;
			if (word->weight > d->top)
				d->top = word->weight;
			if (d->first < 0)
				d->first = i;
			d->last = i;
		}
		k += word->n;
	}
}

static void call(struct reading *rd, const struct danger *d)
{
	struct clause *c = rd->clauses;
	int a = c[d->first].a, b = c[d->last].b, topic = c[d->first].topic;
	struct found *f = reading_add(rd, INTENT_DUTY, "danger/weighed", a, b, topic);
	if (!f)
		return;
	address_give(rd, a, b, &f->in);
	reading_quote(rd, a, b, f->in.text, sizeof f->in.text);
	f->in.has |= ARG_TEXT;
	rd->shadow[topic] = true;
	for (int i = d->first; i <= d->last; i++)
		if (c[i].state == CLAUSE_FREE && !c[i].calm)
			c[i].state = CLAUSE_USED;
}

void danger_find(struct reading *rd)
{
	for (int i = 0; i < rd->found_count; i++)
		if (rd->found[i].in.kind == INTENT_DUTY)
			return;
	for (int i = 0; i < rd->clause_count;) {
		struct danger d = {.first = -1, .last = -1};
		int topic = rd->clauses[i].topic;
		for (; i < rd->clause_count && rd->clauses[i].topic == topic; i++)
			if (rd->clauses[i].state == CLAUSE_FREE && !rd->clauses[i].calm)
				weigh_clause(rd, i, &d);
		if (d.sum >= ENOUGH && d.top >= REAL_HARM) {
			call(rd, &d);
			return;
		}
	}
}
