/* How many come: 我和隔壁王婶李婶, 全家五口, 来五个，不对，四个. Not one pattern for each way to say it, but the words of heads.words
 * walked through from left to right: who is named counts one, a number behind 带 counts on top, one behind 一共 counts
 * for all, and a correction takes back what was said before. */
#include "rules/reading.h"

#include <string.h>

struct heads {
	int total;      /* a number for all of them, -1: none was said */
	int beside;     /* named or counted beside the sender, after that */
	int named;      /* the last of those in a row, whom a number may sum up: 我跟我先生两位 */
	bool self;      /* the sender comes */
	bool self_here; /* … and is of those in a row */
	bool settled;   /* a sign stood behind the total: 两个人，我和老伴 tells who the two are */
	bool fixed;     /* 一共 */
	int lately;     /* of `beside`, since the last sign: 儿子来不了 takes the son away again */
	bool deputy;    /* 让我儿子代我去 */
};

struct walk {
	const struct rules *rules;
	const struct glyphs *g;
	int at, end;
	bool along, joins, total; /* what the word before was */
};

static int word_at(const struct walk *w, int at, int list)
{
	const struct word *word;
	if (list < 0 || at >= w->end || !words_longest(&w->rules->words, w->g, at, word_of_list, list, &word) ||
	    at + word->n > w->end)
		return 0;
	return word->n;
}

/* A person's word at `at`: 王婶, 老李, 闺女. */
static int person_at(const struct walk *w, int at)
{
	const struct rules *r = w->rules;
	int n = word_at(w, at, r->surnames), title = n ? word_at(w, at + n, r->name_titles) : 0;
	if (title)
		return n + title;
	int person = word_at(w, at, r->persons), head = word_at(w, at, r->name_heads);
	int name = head ? word_at(w, at + head, r->surnames) : 0;
	return name && head + name >= person ? head + name + word_at(w, at + head + name, r->name_titles)
					     : person;
}

/* 隔壁王婶, 邻居家的孩子: of two words for people the first may only say where the other lives; its length, or 0. */
static int only_near(const struct walk *w)
{
	int n = word_at(w, w->at, w->rules->near);
	if (n && glyphs_match(w->g, w->at + n, "家的"))
		n += 2;
	else if (n && glyphs_match(w->g, w->at + n, "家"))
		n++;
	return n && person_at(w, w->at + n) ? n : 0;
}

/* 3个人, 2位, 5口: the length, 0 when something else is counted. */
static int count_at(const struct walk *w, int at, int *ret)
{
	static const char *const counters[] = {"个大人", "个小孩", "个人", "口人", "口子",
					       "个",     "位",     "名",   "口",   "人"};
	int n = 0, m = 0;
	*ret = 0;
	while (at + n < w->end && is_digit(w->g->list[at + n].c) && n < 3)
		*ret = *ret * 10 + (int)(w->g->list[at + n++].c - '0');
	for (size_t i = 0; n && !m && i < sizeof counters / sizeof *counters; i++)
		m = glyphs_match(w->g, at + n, counters[i]);
	return m && at + n + m <= w->end && !word_at(w, at + n + m, w->rules->not_heads) ? n + m : 0;
}

static int correction(struct walk *w, struct heads *h)
{
	int n = word_at(w, w->at, w->rules->corrections), count;
	for (int i = w->at + n; n && i < w->end; i++)
		if (count_at(w, i, &count)) {
			*h = (struct heads){.total = -1, .self = h->self};
			break;
		}
	return n;
}

/* 减一个, 多来一个. */
static int change(struct walk *w, struct heads *h)
{
	int count, less = word_at(w, w->at, w->rules->fewer), more = word_at(w, w->at, w->rules->more);
	int n = less ? less : more, m = n ? count_at(w, w->at + n, &count) : 0;
	if (!m)
		return 0;
	if (less && h->total > count)
		h->total -= count;
	else if (!less && h->total > 0)
		h->total += count;
	else if (!less)
		h->beside += count;
	return n + m + person_at(w, w->at + n + m);
}

static void all_of_them(struct heads *h, int count)
{
	h->total = count;
	h->beside = h->named = h->lately = 0;
	h->settled = false;
}

static int number(struct walk *w, struct heads *h)
{
	int count, n = count_at(w, w->at, &count), person = n ? person_at(w, w->at + n) : 0;
	if (!n)
		return 0;
	if (w->total) {
		all_of_them(h, count);
		h->fixed = true;
	} else if (h->named && !person && h->self_here) { /* 我跟我先生两位 */
		all_of_them(h, count);
	} else if (h->named && !person) { /* 老赵两口子 */
		h->beside += count - 1;
	} else if (w->along || (person && h->self_here && h->named)) {
		h->beside += count;
		h->self |= h->total < 0;
	} else if (!h->fixed) {
		all_of_them(h, count);
	}
	h->named = 0;
	return n + person;
}

/* 老两口, 母女俩, 娘仨. */
static int pair(struct walk *w, struct heads *h)
{
	int n = word_at(w, w->at, w->rules->pairs), count, m = n ? count_at(w, w->at + n, &count) : 0;
	if (!n || (n == 1 && !m))
		return 0;
	count = m ? count : 2;
	if (w->along || (h->named && !h->self_here))
		h->beside += count - (h->named > 0);
	else
		all_of_them(h, count);
	h->named = 0;
	return n + m;
}

static int person(struct walk *w, struct heads *h)
{
	int n = only_near(w);
	if (n)
		return n;
	n = person_at(w, w->at);
	if (!n || h->fixed || (h->settled && (!w->along || w->joins)))
		return n;
	h->self |= w->along && !h->beside && h->total < 0;
	h->beside++;
	h->lately++;
	h->named++;
	return n;
}

/* 我, but not the 我 of 我妈 nor of 我不去. */
static bool sender(const struct walk *w)
{
	uint32_t c = w->g->list[w->at].c;
	if (c != 0x6211 /* 我 */ && c != 0x4FFA /* 俺 */ && c != 0x54B1 /* 咱 */ && c != 0x672C /* 本人 */)
		return false;
	if (c == 0x672C && !glyphs_match(w->g, w->at, "本人"))
		return false;
	return !person_at(w, w->at + 1) && !glyphs_match(w->g, w->at + 1, "家") &&
	       !glyphs_match(w->g, w->at + 1, "不") && !glyphs_match(w->g, w->at + 1, "去不") &&
	       !glyphs_match(w->g, w->at + 1, "来不") && !glyphs_match(w->g, w->at + 1, "没");
}

/* 儿子要上班去不了: who was named since the last sign stays at home. */
static int stays(struct walk *w, struct heads *h)
{
	const struct rules *r = w->rules;
	int n = word_at(w, w->at, r->unnegations);
	if (n)
		return n;
	n = word_at(w, w->at, r->negations);
	if (n) {
		h->beside -= h->lately;
		h->lately = h->named = 0;
	}
	return n;
}

/* 儿子替我去 is one who comes, 我替老伴去 is one too. */
static int stands_in(struct walk *w, struct heads *h)
{
	int n = word_at(w, w->at, w->rules->instead);
	if (!n)
		return 0;
	if (h->lately)
		h->deputy = true;
	return n + person_at(w, w->at + n);
}

static void step(struct walk *w, struct heads *h)
{
	const struct rules *r = w->rules;
	int n = word_at(w, w->at, r->one_word);
	if (n) {
		w->along = w->total = false;
	} else if ((n = correction(w, h)) || (n = change(w, h)) || (n = number(w, h)) || (n = pair(w, h)) ||
		   (n = stays(w, h)) || (n = stands_in(w, h))) {
		w->along = w->total = false;
	} else if ((n = word_at(w, w->at, r->totals))) {
		w->total = true;
	} else if ((n = word_at(w, w->at, r->along))) {
		w->along = true;
		w->joins = word_at(w, w->at, r->joins) == n;
	} else if ((n = person(w, h))) {
		w->along = w->along && only_near(w); /* 带隔壁王婶 */
	} else {
		n = 1;
		if (sender(w))
			h->self = h->self_here = true;
		else if (w->g->list[w->at].c != 0x6211)
			w->total = false, w->along = w->along && (w->g->list[w->at].c == 0x7740 /* 着 */ ||
								  w->g->list[w->at].c == 0x4E2A /* 个 */);
		if (w->g->list[w->at].c < 0x80 && !is_digit(w->g->list[w->at].c)) {
			h->settled = h->total >= 0;
			h->named = h->lately = 0;
			h->self_here = false;
		}
	}
	w->at += n;
}

static int heads_count(const struct reading *rd, int a, int b)
{
	struct walk w = {
	    rd->rules, &rd->normal.glyphs, rd->normal.glyph_of[a], rd->normal.glyph_of[b], false, false, false};
	struct heads h = {.total = -1};
	while (w.at < w.end)
		step(&w, &h);
	if (h.total >= 0)
		return h.total + h.beside;
	return h.beside > 0 ? h.beside + (h.self && !h.deputy) : 0;
}

/* Is the clause about coming, or about nothing that anybody else will read? */
static bool counts(const struct reading *rd, const struct clause *c, int topic)
{
	const struct word *word;
	if (c->topic != topic)
		return false;
	if (c->state == CLAUSE_USED)
		return c->rule >= 0 && rd->rules->list[c->rule].kind == (int)INTENT_ATTEND;
	for (int i = rd->normal.glyph_of[c->a]; i < rd->normal.glyph_of[c->b]; i++)
		if (words_longest(&rd->rules->words, &rd->normal.glyphs, i, word_of_list, rd->rules->troubles,
				  &word))
			return false;
	return c->state == CLAUSE_FREE;
}

void heads_find(struct reading *rd)
{
	for (int i = 0; i < rd->found_count; i++) {
		struct found *f = &rd->found[i];
		int first = 0, last;
		if (f->in.kind != INTENT_ATTEND || (f->in.has & ARG_PEOPLE && f->in.people == 1))
			continue;
		while (first < rd->clause_count && rd->clauses[first].b <= f->a)
			first++;
		if (first == rd->clause_count)
			continue;
		last = first;
		while (first > 0 && counts(rd, &rd->clauses[first - 1], f->topic))
			first--;
		while (last + 1 < rd->clause_count && counts(rd, &rd->clauses[last + 1], f->topic))
			last++;
		int people = heads_count(rd, rd->clauses[first].a, rd->clauses[last].b);
		if (people > 0) {
			f->in.people = people;
			f->in.has |= ARG_PEOPLE;
		}
	}
}
