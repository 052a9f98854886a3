#include "rules/sounds.h"

#include "base/mem.h"

#include <string.h>

static bool is_sound_word(const struct word *word)
{
	return word->kind == WORD_SOUND && word->n >= 2;
}

/* 反队 inside 违反队规 is what it is; alone, as a whole text, it can only be 反对. */
static bool is_all_of_text(const struct word *word, int entries, const struct glyphs *g)
{
	return entries == 1 && word->kind == WORD_NOT_SOUND && word->n == g->count;
}

/* Marks the characters that belong to a word which exists. */
static bool *cover(const struct words *w, const struct glyphs *g)
{
	bool *covered = mem_array((size_t)g->count + 1, sizeof *covered);
	for (int i = 0; i < g->count;) {
		const struct word *word;
		int entries = is_han(g->list[i].c) ? words_longest(w, g, i, word_is_known, 0, &word) : 0;
		if (entries && !is_all_of_text(word, entries, g)) {
			for (int k = 0; k < word->n; k++)
				covered[i + k] = true;
			i += word->n;
		} else {
			i++;
		}
	}
	return covered;
}

static bool sounds_like(const struct tables *t, const struct glyphs *g, int at, const struct word *word,
			const bool *covered)
{
	int right = 0;
	if (at + word->n > g->count)
		return false;
	for (int k = 0; k < word->n; k++) {
		uint32_t c = g->list[at + k].c;
		if (c == word->c[k]) {
			right++;
			continue;
		}
		uint16_t sound = tables_sound(t, c);
		if (c == 0x697C /* 楼 */ && at + k > 0 && is_digit(g->list[at + k - 1].c))
			return false; /* 5楼水管 is no 漏水 */
		if (!sound || covered[at + k] || sound != tables_sound(t, word->c[k]))
			return false;
	}
	return right < word->n && (right > 0 || word->free);
}

static void put(struct glyphs *g, int at, const struct word *word)
{
	for (int k = 0; k < word->n; k++)
		g->list[at + k].c = word->c[k];
}

/* What was put for a word is not read again, so that 莫非=莫非 keeps the 莫 in it. */
static void put_meant(const struct words *w, struct glyphs *g, enum word_kind kind)
{
	const struct word *word;
	for (int i = 0; i < g->count; i++) {
		if (!words_longest(w, g, i, word_of_kind, (int)kind, &word))
			continue;
		int before = g->count;
		glyphs_replace(g, i, word->n, word->meant);
		i += word->n + g->count - before - 1;
	}
}

void sounds_put_standard(const struct words *w, struct glyphs *g)
{
	put_meant(w, g, WORD_DIALECT);
}

/* Sound words in order of their first syllable, so that a long text is not compared with each of them. */
struct index {
	const struct word **list;
	int count;
};

static void build_index(const struct words *w, struct index *x)
{
	x->list = mem_array((size_t)w->count + 1, sizeof *x->list);
	x->count = 0;
	for (int i = 0; i < w->count; i++)
		if (is_sound_word(&w->list[i]))
			x->list[x->count++] = &w->list[i];
}

void sounds_correct(const struct tables *t, const struct words *w, struct glyphs *g)
{
	put_meant(w, g, WORD_LOOK);
	cleanup_free bool *covered = cover(w, g);
	struct index x;
	build_index(w, &x);
	for (int i = 0; i < g->count; i++) {
		uint16_t sound = tables_sound(t, g->list[i].c);
		const struct word *best = NULL;
		for (int k = 0; sound && k < x.count; k++)
			if (tables_sound(t, x.list[k]->c[0]) == sound && (!best || x.list[k]->n > best->n) &&
			    sounds_like(t, g, i, x.list[k], covered))
				best = x.list[k];
		if (best) {
			put(g, i, best);
			for (int k = 0; k < best->n; k++)
				covered[i + k] = true;
		}
	}
	free(x.list);
}

/* Spells a word as its pinyin without blanks and tones; 0 when a character has none. */
static int spell(const struct tables *t, const struct word *word, char *out, size_t size)
{
	size_t n = 0;
	for (int k = 0; k < word->n; k++) {
		const char *s = t->spelling[tables_syllable(t, word->c[k])];
		size_t m = strlen(s);
		if (!m || n + m + 1 > size)
			return 0;
		memcpy(out + n, s, m);
		n += m;
	}
	out[n] = 0;
	return (int)n;
}

struct pinyin_word {
	const struct word *word;
	char spelling[64];
	int n;
};

/* 去不了 is read liao and 着火 zhao, where the table has le and zhe. */
static bool add_other_reading(const struct pinyin_word *p, struct pinyin_word *other)
{
	static const struct {
		const char *usual, *here;
	} readings[] = {{"bule", "buliao"}, {"zhehuo", "zhaohuo"}};
	for (size_t i = 0; i < sizeof readings / sizeof *readings; i++) {
		int n = (int)strlen(readings[i].usual);
		if (p->n < n || strcmp(p->spelling + p->n - n, readings[i].usual) != 0)
			continue;
		*other = *p;
		strcpy(other->spelling + p->n - n, readings[i].here);
		other->n = (int)strlen(other->spelling);
		return true;
	}
	return false;
}

static int build_pinyin(const struct tables *t, const struct words *w, struct pinyin_word **ret)
{
	int n = 0, list = words_list_find(w, "pinyin");
	*ret = mem_array(2 * (size_t)w->count + 2, sizeof **ret);
	for (int i = 0; i < w->count; i++) {
		struct pinyin_word *p = &(*ret)[n];
		p->word = &w->list[i];
		if (!is_sound_word(p->word) && !word_of_list(p->word, list))
			continue;
		p->n = spell(t, p->word, p->spelling, 48);
		if (add_other_reading(p, p + 1))
			n++;
		n += p->n > 0;
	}
	return n;
}

/* BX 3dong deng huai le: letters of a command in front, none of which spells a syllable. */
static int command_before(const struct glyphs *g)
{
	int n = 0;
	while (is_letter(glyphs_at(g, n)) && !strchr("aeiou", (int)g->list[n].c))
		n++;
	return n > 1 && glyphs_at(g, n) == ' ' ? n : 0;
}

/* Letters of the text without blanks, and where each stands. */
static int letters(const struct glyphs *g, char *out, int *where, int size)
{
	int n = 0;
	for (int i = command_before(g); i < g->count; i++) {
		uint32_t c = g->list[i].c;
		if (c >= 0x80 || n == size)
			return 0;
		if (is_letter(c)) {
			out[n] = (char)c;
			where[n++] = i;
		}
	}
	return n;
}

#define PINYIN_MAX 160

/* best[i]: fewest words that spell letters i … n, 0 none; choice[i]: the first of them. */
static bool segment(const struct pinyin_word *p, int words, const char *s, int n, int choice[PINYIN_MAX])
{
	int best[PINYIN_MAX + 1] = {0};
	for (int i = n - 1; i >= 0; i--) {
		for (int k = 0; k < words; k++) {
			int end = i + p[k].n;
			if (end > n || memcmp(s + i, p[k].spelling, (size_t)p[k].n) != 0 ||
			    (end < n && !best[end]))
				continue;
			if (!best[i] || best[end] + 1 < best[i]) {
				best[i] = best[end] + 1;
				choice[i] = k;
			}
		}
	}
	return best[0] > 0;
}

void sounds_read_pinyin(const struct tables *t, const struct words *w, struct glyphs *g)
{
	char s[PINYIN_MAX];
	int where[PINYIN_MAX], choice[PINYIN_MAX];
	int n = letters(g, s, where, PINYIN_MAX);
	if (n < 4)
		return;
	struct pinyin_word *p;
	int words = build_pinyin(t, w, &p);
	bool longer = false;
	if (segment(p, words, s, n, choice)) {
		for (int i = 0; i < n; i += p[choice[i]].n)
			longer |= p[choice[i]].word->n >= 2;
		/* from the end, so that the places in front stay right */
		for (int i = n; longer && i > 0;) {
			int at = 0;
			while (at + p[choice[at]].n < i)
				at += p[choice[at]].n;
			glyphs_replace(g, where[at], where[i - 1] - where[at] + 1, p[choice[at]].word->text);
			i = at;
		}
	}
	free(p);
}
