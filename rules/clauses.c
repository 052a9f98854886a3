#include "rules/reading.h"

#include <string.h>

static bool is_sign(uint32_t c)
{
	return c && c < 0x80 && strchr(",.!?;:~", (int)c);
}

/* 3.21, 15:00 and 23,24 hold signs that end nothing; neither does the point in "a.m". */
static bool ends_clause(const struct glyphs *g, int i)
{
	uint32_t c = g->list[i].c, prev = glyphs_at(g, i - 1), next = glyphs_at(g, i + 1);
	if (c == ' ')
		return is_han(prev) && is_han(next);
	if (!is_sign(c))
		return false;
	if ((c == '.' || c == ':' || (c == ',' && g->count <= 5)) && is_digit(prev) && is_digit(next))
		return false;
	return !(c == '.' && is_letter(prev) && is_letter(next));
}

static bool trimmed(uint32_t c)
{
	return c == ' ' || is_sign(c) || c == 0x3001 || c == '-' || c == '(' || c == ')' || c == '\'' ||
	       c == '_' || c == '/';
}

void clauses_trim(const struct reading *rd, int *a, int *b)
{
	const struct glyphs *g = &rd->normal.glyphs;
	const struct word *word;
	int i = rd->normal.glyph_of[*a], k = rd->normal.glyph_of[*b], n;
	do {
		n = 0;
		while (i < k && trimmed(g->list[i].c))
			i++;
		while (k > i && trimmed(g->list[k - 1].c))
			k--;
		if (i < k &&
		    words_longest(&rd->rules->words, g, i, word_of_list, rd->rules->unconnectors, &word))
			break;
		if (i < k &&
		    (words_longest(&rd->rules->words, g, i, word_of_list, rd->rules->joints, &word) ||
		     words_longest(&rd->rules->words, g, i, word_of_list, rd->rules->connectors, &word)) &&
		    i + word->n < k)
			n = word->n;
		i += n;
	} while (n);
	*a = rd->normal.byte_of[i];
	*b = rd->normal.byte_of[k];
}

/* 谢谢，1: a word of courtesy is not what the topic begins with. */
static bool is_courtesy(const struct reading *rd, const struct clause *c)
{
	const struct word *word;
	int from = rd->normal.glyph_of[c->a];
	return words_longest(&rd->rules->words, &rd->normal.glyphs, from, word_of_list, rd->rules->courtesies,
			     &word) &&
	       from + word->n == rd->normal.glyph_of[c->b];
}

/* Does a sentence begin at glyph i: nothing before it, or a full stop and the like between it and the last word? */
static bool begins_sentence(const struct glyphs *g, int i)
{
	while (i > 0 && trimmed(g->list[i - 1].c)) {
		uint32_t c = g->list[--i].c;
		if (c == '.' || c == '!' || c == '?' || c == ';')
			return true;
	}
	return i == 0;
}

static void add(struct reading *rd, int from, int to, int topic)
{
	int a = rd->normal.byte_of[from], b = rd->normal.byte_of[to];
	clauses_trim(rd, &a, &b);
	if (a >= b || rd->clause_count == CLAUSES_MAX)
		return;
	const struct clause *last = rd->clause_count ? &rd->clauses[rd->clause_count - 1] : NULL;
	bool first = !last || last->topic != topic || (last->first && is_courtesy(rd, last));
	rd->clauses[rd->clause_count++] =
	    (struct clause){.a = a,
			    .b = b,
			    .topic = topic,
			    .first = first,
			    .rule = -1,
			    .fresh = begins_sentence(&rd->normal.glyphs, rd->normal.glyph_of[a])};
}

/* 一是太吵二是堆垃圾: the length of the word at glyph i that counts on, 0 none. */
static int counts_on(const struct rules *r, const struct glyphs *g, int i)
{
	const struct word *word, *first;
	if (!words_longest(&r->words, g, i, word_of_list, r->seconds, &word))
		return 0;
	for (int k = 0; k < i; k++)
		if (words_longest(&r->words, g, k, word_of_list, r->firsts, &first) && k + first->n <= i)
			return word->n;
	return 0;
}

/* 儿媳妇还有小孙子一起来: 还有 before a person's word begins nothing. */
static bool adds_person(const struct rules *r, const struct glyphs *g, int i)
{
	static const char *const between[] = {"我家", "我", "小", "老", "个", "1个"};
	const struct word *word;
	int n = glyphs_match(g, i, "还有"), m = 0;
	for (size_t k = 0; n && !m && k < sizeof between / sizeof *between; k++)
		m = glyphs_match(g, i + n, between[k]);
	return n && (words_longest(&r->words, g, i + n, word_of_list, r->persons, &word) ||
		     words_longest(&r->words, g, i + n + m, word_of_list, r->persons, &word));
}

/* The connecting word at glyph i: its length, 0 none. 还有没有 is none, nor is a joint that begins nothing. */
static int connecting(const struct rules *r, const struct glyphs *g, int i, bool *ret_topic)
{
	const struct word *word;
	if (words_longest(&r->words, g, i, word_of_list, r->unconnectors, &word))
		return 0;
	int n = counts_on(r, g, i);
	*ret_topic = n > 0;
	if (n)
		return n;
	*ret_topic = words_longest(&r->words, g, i, word_of_list, r->connectors, &word) > 0;
	if (*ret_topic && adds_person(r, g, i))
		return 0;
	if (*ret_topic || words_longest(&r->words, g, i, word_of_list, r->joints, &word))
		return word->n;
	return 0;
}

/* 路灯坏了、下水道堵了: the sign 、 parts two matters where something is wrong before it and more than a word follows. */
static bool ends_matter(const struct rules *r, const struct glyphs *g, int start, int i)
{
	const struct word *word;
	int after = 0;
	while (is_han(glyphs_at(g, i + 1 + after)) || is_digit(glyphs_at(g, i + 1 + after)))
		after++;
	if (g->list[i].c != 0x3001 || after < 3)
		return false;
	for (int k = start; k < i; k++)
		if (words_longest(&r->words, g, k, word_of_list, r->troubles, &word) && k + word->n <= i)
			return true;
	return false;
}

void clauses_cut(struct reading *rd)
{
	const struct glyphs *g = &rd->normal.glyphs;
	int start = 0, topic = 0;
	for (int i = 0; i < g->count && rd->clause_count < CUT_MAX - 1;) {
		bool new_topic = false;
		int n = connecting(rd->rules, g, i, &new_topic);
		if (n) {
			int before = rd->clause_count;
			add(rd, start, i, topic);
			topic += new_topic && (rd->clause_count > before || before > 0);
			start = i;
			i += n;
		} else if (ends_clause(g, i) || ends_matter(rd->rules, g, start, i)) {
			add(rd, start, i, topic);
			start = ++i;
		} else {
			i++;
		}
	}
	add(rd, start, g->count, topic);
}

void clauses_take(struct reading *rd, int i, int a, int b, int rule)
{
	struct clause old = rd->clauses[i], left = old, right = old;
	left.b = a > old.a ? a : old.a;
	right.a = b < old.b ? b : old.b;
	right.first = old.first && left.a >= left.b;
	clauses_trim(rd, &left.a, &left.b);
	clauses_trim(rd, &right.a, &right.b);
	rd->clauses[i].state = CLAUSE_USED;
	rd->clauses[i].rule = rule;
	rd->clauses[i].a = a > old.a ? a : old.a;
	rd->clauses[i].b = b < old.b ? b : old.b;
	if (right.a < right.b && rd->clause_count < CLAUSES_MAX) {
		memmove(rd->clauses + i + 2, rd->clauses + i + 1,
			(size_t)(rd->clause_count - i - 1) * sizeof *rd->clauses);
		rd->clauses[i + 1] = right;
		rd->clause_count++;
	}
	if (left.a < left.b && rd->clause_count < CLAUSES_MAX) {
		memmove(rd->clauses + i + 1, rd->clauses + i,
			(size_t)(rd->clause_count - i) * sizeof *rd->clauses);
		rd->clauses[i] = left;
		rd->clause_count++;
	}
}
