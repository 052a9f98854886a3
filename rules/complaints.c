#include "rules/reading.h"

#include <stdio.h>
#include <string.h>

#define RUN_ON_MAX 80 /* glyphs of a clause that is looked at for a second matter */
#define STRONG     3  /* from this weight on, words begin a complaint of their own */

struct weights {
	int sum[CATEGORY_COUNT];
	int top[CATEGORY_COUNT]; /* heaviest single word */
	bool trouble, settled;
	bool remark; /* 想组织, 已出发, 放心: told for its own sake */
};

/* 没来电了, 还没修好, 不通了: the word behind says the opposite. */
static bool negated(const struct glyphs *g, int i)
{
	uint32_t before = glyphs_at(g, i - 1);
	return before == 0x6CA1 /* 没 */ || before == 0x672A /* 未 */ || before == 0x4E0D /* 不 */ ||
	       before == 0x6709 /* 没有 */ || before == 0x5929 /* 天亮了 */;
}

/* 找物业物业不管: a word counts once, however often it is said. */
static bool said_before(const struct glyphs *g, int from, int at, const struct word *word)
{
	for (int i = from; i + word->n <= at; i++)
		if (glyphs_match(g, i, word->text))
			return true;
	return false;
}

#define LEANING 2 /* a place that a clause names only leans: 在电梯里 tells where, not what */

/* 在电梯里, 到车库口: the word found at glyph i is where it happens. */
static bool tells_where(const struct reading *rd, int i, const struct word *found)
{
	const struct glyphs *g = &rd->normal.glyphs;
	static const uint32_t sides[] = {0x91CC /* 里 */, 0x5185 /* 内 */, 0x8FB9 /* 边 */, 0x65C1 /* 旁 */,
					 0x53E3 /* 口 */, 0x95E8 /* 门 */, 0x4E0A /* 上 */, 0x95F4 /* 间 */};
	uint32_t before = glyphs_at(g, i - 1), after = glyphs_at(g, i + found->n);
	const struct word *place;
	if (words_longest(&rd->rules->words, g, i, word_of_list, rd->rules->places, &place)) {
		if (before == 0x628A /* 把大门堵死: the place suffers it */)
			return found->list != CATEGORY_SAFETY;
		if (after == sides[4] && place->n == found->n + 1) /* 电梯口 */
			return true;
	}
	static const uint32_t verbs[] = {0x5728 /* 在 */, 0x5F80 /* 往 */, 0x5230 /* 到 */, 0x8FDB /* 进 */,
					 0x6254 /* 扔 */, 0x4E22 /* 丢 */, 0x5806 /* 堆 */};
	bool put = false;
	for (size_t k = 0; k < sizeof verbs / sizeof *verbs; k++)
		put |= before == verbs[k];
	if (!put)
		return false;
	for (size_t k = 0; k < sizeof sides / sizeof *sides; k++)
		if (after == sides[k])
			return true;
	return false;
}

static void weigh(const struct reading *rd, int a, int b, struct weights *w)
{
	const struct rules *r = rd->rules;
	const struct glyphs *g = &rd->normal.glyphs;
	*w = (struct weights){0};
	int covered = 0;  /* glyphs before it belong to a category word that was counted */
	int hidden = 0;   /* … to a known word: 乐坏了 is no 坏了 */
	int relapse = -1; /* 修好了又坏了: behind 又 it is no longer well */
	for (int i = rd->normal.glyph_of[a], end = rd->normal.glyph_of[b]; i < end; i++) {
		const struct word *word, *other;
		bool trouble = words_longest(&r->words, g, i, word_of_list, r->troubles, &word) > 0 &&
			       i + word->n > hidden;
		w->trouble |= trouble;
		if (w->settled && glyphs_at(g, i) == 0x53C8 /* 又 */)
			relapse = i;
		if (trouble && relapse >= 0)
			w->settled = false;
		if (words_longest(&r->words, g, i, word_of_list, r->known, &other) && i + other->n > hidden)
			hidden = i + other->n;
		w->remark |= words_longest(&r->words, g, i, word_of_list, r->remarks, &word) > 0;
		w->settled |= !negated(g, i) &&
			      words_longest(&r->words, g, i, word_of_list, r->settled, &word) > 0 &&
			      glyphs_at(g, i + word->n) != 0x5417 /* 不是说修好了吗 */;
		if (i < covered)
			continue;
		int n = words_longest(&r->words, g, i, word_of_kind, WORD_CATEGORY, &word);
		if (words_longest(&r->words, g, i, word_of_list, r->known, &other) &&
		    (!n || other->n > word->n)) {
			covered = i + other->n; /* 电话 is no 电 */
			continue;
		}
		bool where = n && tells_where(rd, i, word);
		for (int k = 0; k < n && !said_before(g, rd->normal.glyph_of[a], i, word); k++) {
			int weight = where && word[k].weight > LEANING ? LEANING : word[k].weight;
			w->sum[word[k].list] += weight;
			if (weight > w->top[word[k].list])
				w->top[word[k].list] = weight;
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
	all->remark |= w->remark;
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
		while (i + n < end &&
		       words_longest(&rd->rules->words, g, i + n, word_of_list, rd->rules->places, &word)) {
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
	reading_quote(rd, rd->normal.byte_of[best_at], rd->normal.byte_of[best_at + best], in->place,
		      sizeof in->place);
	in->has |= ARG_PLACE;
}

static bool wants_no_name(const struct reading *rd)
{
	const struct word *word;
	for (int i = 0; i < rd->normal.glyphs.count; i++)
		if (words_longest(&rd->rules->words, &rd->normal.glyphs, i, word_of_list, rd->rules->anonymous,
				  &word))
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
	int first; /* strong category of its first clause, -1 none */
	bool forced, open, fresh;
	int rule;
};

/* The heaviest of all its words; between equals the one that came first. */
static int group_category(const struct group *g)
{
	int c = heaviest(&g->w);
	return g->first >= 0 && c >= 0 && g->w.sum[g->first] >= g->w.sum[c] ? g->first : c;
}

/* Beside another wish, words that name no matter are its reason: "can't come, stuck at work". */
static bool stands_alone(const struct reading *rd, const struct group *g)
{
	bool apart =
	    g->fresh && group_category(g) >= 0; /* 平安。暖气片冰凉的: an answer, and a sentence of its own */
	for (int i = 0; i < rd->found_count; i++) {
		enum intent_kind kind = rd->found[i].in.kind;
		bool polite = kind == INTENT_THANKS && g->w.trouble;
		bool answer = apart && (kind == INTENT_VOTE || kind == INTENT_CHECKIN);
		if (rd->found[i].topic == g->topic && !polite && !answer)
			return false;
	}
	return true;
}

static void close_group(struct reading *rd, struct group *g)
{
	int c = group_category(g);
	bool alone = stands_alone(rd, g);
	bool named = c >= 0 && !(g->w.remark && !g->w.trouble); /* beside a remark, a thing is only named */
	bool counts = g->forced || (alone && ((named && g->w.sum[c] >= 2) || g->w.trouble)) ||
		      (named && g->w.sum[c] > (g->w.trouble ? STRONG : 2 * STRONG - 1));
	/* 报修 3栋401，漏电麻手: a call for help took all but the address */
	if (c < 0 && !g->w.trouble && !alone && address_only(rd, g->a, g->b))
		counts = false;
	if (g->open && counts) {
		char name[48];
		enum category category = c < 0 ? CATEGORY_OTHER : (enum category)c;
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
	*g = (struct group){.first = -1, .rule = -1};
}

static int strong_category(const struct weights *w)
{
	int c = heaviest(w);
	return c >= 0 && w->sum[c] >= STRONG ? c : -1;
}

/* Skips what may stand before the thing that a clause is about: addresses, places, 也, 那个 … */
static int subject_at(const struct reading *rd, int i, int end)
{
	const struct word *word;
	for (;;) {
		int before = i;
		for (int k = 0; k < rd->mention_count; k++)
			if (rd->normal.byte_of[i] >= rd->mentions[k].a &&
			    rd->normal.byte_of[i] < rd->mentions[k].b)
				i = rd->normal.glyph_of[rd->mentions[k].b];
		if (i < end && !words_longest(&rd->rules->words, &rd->normal.glyphs, i, word_of_kind,
					      WORD_CATEGORY, &word)) {
			if (words_longest(&rd->rules->words, &rd->normal.glyphs, i, word_of_list,
					  rd->rules->places, &word) ||
			    words_longest(&rd->rules->words, &rd->normal.glyphs, i, word_of_list,
					  rd->rules->fillers, &word))
				i += word->n;
		}
		while (i < end && rd->normal.glyphs.list[i].c == ' ')
			i++;
		if (i == before || i >= end)
			return i;
	}
}

/* A clause of the same topic is a matter of its own when it is about a thing of another category, names it
 * first, and says what is wrong with it: "楼上太吵，草坪都枯了". "把我家灯泡坏了" goes on with what was said.
 */
static bool new_matter(const struct reading *rd, const struct clause *c, const struct weights *w,
		       const struct group *g)
{
	int strong = strong_category(w), end = rd->normal.glyph_of[c->b];
	const struct word *word;
	if (strong < 0 || g->first < 0 || strong == g->first || !w->trouble || g->w.sum[strong] >= STRONG)
		return false;
	/* 垃圾车五点就来，吵得睡不着: what the first led to */
	if (words_longest(&rd->rules->words, &rd->normal.glyphs, rd->normal.glyph_of[c->a], word_of_list,
			  rd->rules->consequences, &word))
		return false;
	int n =
	    words_longest(&rd->rules->words, &rd->normal.glyphs, subject_at(rd, rd->normal.glyph_of[c->a], end),
			  word_of_kind, WORD_CATEGORY, &word);
	for (int k = 0; k < n; k++)
		if (word[k].list == strong && word[k].weight > STRONG)
			return true;
	return false;
}

static void join(struct group *g, const struct clause *c, const struct weights *w)
{
	if (!g->open) {
		g->a = c->a;
		g->fresh = c->fresh;
		g->topic = c->topic;
		g->open = true;
	}
	if (g->first < 0)
		g->first = strong_category(w);
	g->b = c->b;
	add_up(&g->w, w);
	if (c->state == CLAUSE_FORCED) {
		g->forced = true;
		if (g->rule < 0)
			g->rule = c->rule;
	}
}

bool complaints_own_matter(const struct reading *rd, int a, int b)
{
	struct weights w;
	bool address = false;
	for (int i = 0; i < rd->mention_count; i++)
		address |= rd->mentions[i].a >= a && rd->mentions[i].b <= b;
	weigh(rd, a, b, &w);
	return address && w.trouble && strong_category(&w) >= 0;
}

bool complaints_trouble(const struct reading *rd, int a, int b)
{
	struct weights w;
	weigh(rd, a, b, &w);
	return w.trouble && !w.settled && strong_category(&w) >= 0;
}

bool complaints_settled(const struct reading *rd, int a, int b)
{
	struct weights w;
	weigh(rd, a, b, &w);
	return w.settled;
}

/* Is something said to be wrong in [i, end), or is the word at i, n long, itself what is wrong (没电)? */
static bool troubled(const struct reading *rd, int i, int n, int end)
{
	const struct words *w = &rd->rules->words;
	const struct word *word;
	if (words_longest(w, &rd->normal.glyphs, i, word_of_list, rd->rules->troubles, &word) && word->n >= n)
		return true;
	for (i += n; i < end; i++)
		if (words_longest(w, &rd->normal.glyphs, i, word_of_list, rd->rules->troubles, &word))
			return true;
	return false;
}

/* Do the words before glyph i end with what is wrong: 坏了, 没电, 不亮, or with 又, 也, 还? */
static bool told_before(const struct reading *rd, int from, int i)
{
	const struct word *word;
	uint32_t c = glyphs_at(&rd->normal.glyphs, i - 1);
	static const uint32_t pours[] = {0x6E17 /* 渗 */, 0x5192 /* 冒 */, 0x6F0F /* 漏 */, 0x6EA2 /* 溢 */,
					 0x8FD4 /* 返 */, 0x6D41 /* 流 */, 0x6DCC /* 淌 */, 0x6EF4 /* 滴 */};
	for (size_t k = 0; k < sizeof pours / sizeof *pours; k++)
		if (c == pours[k]) /* 往外渗脏水: what comes out is no matter of its own */
			return false;
	if (c == 0x4E86 /* 了 */ || c == 0x53C8 /* 又 */)
		return true;
	for (int k = i - 4 > from ? i - 4 : from; k < i; k++)
		if (words_longest(&rd->rules->words, &rd->normal.glyphs, k, word_of_list, rd->rules->troubles,
				  &word) &&
		    k + word->n == i)
			return true;
	return false;
}

/* Things that break or are in the way; a quarrel or a firm is rather what the first matter led to. */
static bool is_thing(int category)
{
	return category == CATEGORY_LIGHTING || category == CATEGORY_WATER || category == CATEGORY_POWER ||
	       category == CATEGORY_GAS || category == CATEGORY_SEWAGE || category == CATEGORY_GARBAGE ||
	       category == CATEGORY_ELEVATOR || category == CATEGORY_ROAD || category == CATEGORY_GREENING ||
	       category == CATEGORY_PETS;
}

/* 3栋没水4栋没电: an address that ends at byte `at` goes with what follows. */
static int mention_start(const struct reading *rd, int at)
{
	for (int i = 0; i < rd->mention_count; i++)
		if (rd->mentions[i].b == at)
			return rd->mentions[i].a;
	return at;
}

/* Where the second matter begins in a clause that was dictated without a pause (电梯坏了灯也不亮): at the name of a
 * thing of another category, when something is wrong on either side of it. -1 nowhere. */
static int second_matter(const struct reading *rd, const struct clause *c)
{
	const struct glyphs *g = &rd->normal.glyphs;
	const struct word *word;
	int end = rd->normal.glyph_of[c->b];
	if (end - rd->normal.glyph_of[c->a] > RUN_ON_MAX)
		return -1;
	for (int i = rd->normal.glyph_of[c->a] + 3; i + 1 < end; i++) {
		int n = words_longest(&rd->rules->words, g, i, word_of_kind, WORD_CATEGORY, &word);
		int before = rd->normal.glyph_of[mention_start(rd, rd->normal.byte_of[i])];
		if (!n || word->weight <= STRONG || i + word->n > end || is_letter(g->list[i].c) ||
		    !told_before(rd, rd->normal.glyph_of[c->a], before) || !troubled(rd, i, word->n, end))
			continue;
		struct weights left, right;
		weigh(rd, c->a, rd->normal.byte_of[i], &left);
		weigh(rd, rd->normal.byte_of[i], c->b, &right);
		int a = strong_category(&left), b = strong_category(&right);
		if (is_thing(a) && is_thing(b) && a != b && left.trouble && left.sum[b] < STRONG &&
		    right.sum[a] < STRONG && word->list == b)
			return rd->normal.byte_of[before];
	}
	return -1;
}

static void split_run_ons(struct reading *rd)
{
	for (int i = 0; i < rd->clause_count && rd->clause_count < CLAUSES_MAX; i++) {
		struct clause *c = &rd->clauses[i];
		int at = c->state == CLAUSE_USED ? -1 : second_matter(rd, c);
		if (at < 0)
			continue;
		memmove(c + 1, c, (size_t)(rd->clause_count - i) * sizeof *c);
		rd->clause_count++;
		c[0].b = at;
		c[1].a = at;
		c[1].first = false;
		c[1].state = CLAUSE_FREE;
		clauses_trim(rd, &c[0].a, &c[0].b);
	}
}

/* 灯没坏，就是太暗; 来水了，黄得没法喝: the clause goes on about what the one before it found to be well. */
static bool goes_on(const struct reading *rd, const struct clause *c, const struct weights *w)
{
	const struct glyphs *g = &rd->normal.glyphs;
	int i = rd->normal.glyph_of[c->a];
	return glyphs_match(g, i, "就是") || glyphs_match(g, i, "只是") || glyphs_match(g, i, "就") ||
	       (w->trouble && heaviest(w) < 0);
}

/* 来水是来水了, 修好是修好了: what is granted before a "but". */
static bool grants(const struct reading *rd, const struct clause *c)
{
	const struct glyphs *g = &rd->normal.glyphs;
	int from = rd->normal.glyph_of[c->a], end = rd->normal.glyph_of[c->b];
	for (int i = from + 1; i + 1 < end; i++)
		for (int n = 1; n <= 2 && glyphs_at(g, i) == 0x662F /* 是 */ && i - n >= from && i + n < end;
		     n++)
			if (glyphs_at(g, i - n) == glyphs_at(g, i + 1) &&
			    glyphs_at(g, i - 1) == glyphs_at(g, i + n))
				return true;
	return false;
}

/* Is there something behind it in the same topic that is not read yet? */
static bool is_followed(const struct reading *rd, int i)
{
	return i + 1 < rd->clause_count && rd->clauses[i + 1].topic == rd->clauses[i].topic &&
	       rd->clauses[i + 1].state != CLAUSE_USED;
}

void complaints_find(struct reading *rd)
{
	struct group g = {.first = -1, .rule = -1};
	struct weights well = {0}; /* of the clause before, which said that something is well */
	int well_topic = -1;
	bool granted = false; /* the clause before: what comes now is the "but" */
	split_run_ons(rd);
	for (int i = 0; i < rd->clause_count; i++) {
		struct clause *c = &rd->clauses[i];
		if (c->state == CLAUSE_USED ||
		    ((rd->shadow[c->topic] || c->quiet) && c->state != CLAUSE_FORCED))
			continue;
		if (rd->ctx.asked == ASKED_TEXT) /* "what is the matter?" was asked: this is it */
			c->state = CLAUSE_FORCED;
		struct weights w;
		weigh(rd, c->a, c->b, &w);
		if (w.settled && c->state != CLAUSE_FORCED && !(grants(rd, c) && is_followed(rd, i))) {
			well = w;
			well.trouble = well.settled = well.remark = false;
			well_topic = c->topic;
			continue; /* it works again: no complaint, and nothing that belongs to one */
		}
		bool again = c->state == CLAUSE_FORCED && g.forced && g.rule != c->rule;
		if (g.open && (c->topic != g.topic || again || (!granted && new_matter(rd, c, &w, &g))))
			close_group(rd, &g);
		granted = w.settled && c->state != CLAUSE_FORCED;
		join(&g, c, &w);
		if (well_topic == c->topic && goes_on(rd, c, &w))
			add_up(&g.w, &well);
		well_topic = -1;
		c->state = CLAUSE_USED;
	}
	close_group(rd, &g);
}
