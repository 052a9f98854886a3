#include "rules/reading.h"

#include "base/mem.h"
#include "base/text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

void reading_quote(const struct reading *rd, int a, int b, char *out, size_t size)
{
	size_t from, to;
	normal_span(&rd->normal, (size_t)a, (size_t)b, &from, &to);
	cleanup_free char *copy = mem_alloc(to - from + 1);
	memcpy(copy, rd->verbatim + from, to - from);
	text_copy(out, size, copy);
}

struct found *reading_add(struct reading *rd, enum intent_kind kind, const char *rule, int a, int b, int topic)
{
	if (rd->found_count == FOUND_MAX)
		return NULL;
	struct found *f = &rd->found[rd->found_count++];
	*f = (struct found){.in = {.kind = kind}, .a = a, .b = b, .topic = topic};
	text_copy(f->in.rule, sizeof f->in.rule, rule);
	return f;
}

struct match {
	const struct rule *rule;
	const struct pattern *pattern;
	int base; /* byte where the subject begins */
	int a, b; /* bytes of the match */
	int topic;
};

static bool group(const struct reading *rd, const struct match *m, const char *name, int *a, int *b)
{
	struct span s = pattern_group(m->pattern, rd->rules->matcher, name);
	if (s.a < 0 || s.b <= s.a)
		return false;
	*a = m->base + s.a;
	*b = m->base + s.b;
	return true;
}

static int number_at(const char *s, int a, int b)
{
	int n = 0;
	for (int i = a; i < b && n < 100000; i++)
		if (isdigit((unsigned char)s[i]))
			n = n * 10 + (s[i] - '0');
	return n;
}

static void take_number(const struct reading *rd, const struct match *m, const char *name, int add, int *out,
			enum intent_arg arg, struct intent *in)
{
	int a, b;
	if (!group(rd, m, name, &a, &b))
		return;
	*out = number_at(rd->normal.text, a, b) + add;
	in->has |= (unsigned)arg;
}

static void take_plain(const struct reading *rd, const struct match *m, const char *name, char *out,
		       size_t size, bool digits, enum intent_arg arg, struct intent *in)
{
	int a, b;
	size_t n = 0;
	if (!group(rd, m, name, &a, &b))
		return;
	for (int i = a; i < b && n + 1 < size; i++) {
		unsigned char c = (unsigned char)rd->normal.text[i];
		if (digits ? isdigit(c) : isalnum(c))
			out[n++] = (char)toupper(c);
	}
	out[n] = 0;
	if (n)
		in->has |= (unsigned)arg;
}

static void take_quote(const struct reading *rd, const struct match *m, const char *name, char *out,
		       size_t size, enum intent_arg arg, struct intent *in)
{
	int a, b;
	if (!group(rd, m, name, &a, &b))
		return;
	clauses_trim(rd, &a, &b);
	if (a >= b)
		return;
	reading_quote(rd, a, b, out, size);
	in->has |= (unsigned)arg;
}

static void take_args(struct reading *rd, const struct match *m, struct intent *in)
{
	take_number(rd, m, "people", 0, &in->people, ARG_PEOPLE, in);
	take_number(rd, m, "companions", 1, &in->people, ARG_PEOPLE, in);
	take_number(rd, m, "number", 0, &in->number, ARG_NUMBER, in);
	take_number(rd, m, "option", 0, &in->option, ARG_OPTION, in);
	take_number(rd, m, "days", 0, &in->days, ARG_DAYS, in);
	take_number(rd, m, "other", 0, &in->other, ARG_OTHER, in);
	take_plain(rd, m, "building", in->building, sizeof in->building, false, ARG_BUILDING, in);
	take_plain(rd, m, "unit", in->unit, sizeof in->unit, false, ARG_UNIT, in);
	take_plain(rd, m, "room", in->room, sizeof in->room, false, ARG_ROOM, in);
	take_plain(rd, m, "code", in->code, sizeof in->code, true, ARG_CODE, in);
	take_quote(rd, m, "name", in->name, sizeof in->name, ARG_NAME, in);
	take_quote(rd, m, "topic", in->topic, sizeof in->topic, ARG_TOPIC, in);
	take_quote(rd, m, "to", in->to, sizeof in->to, ARG_TO, in);
	take_quote(rd, m, "place", in->place, sizeof in->place, ARG_PLACE, in);
	take_quote(rd, m, "text", in->text, sizeof in->text, ARG_TEXT, in);
	char digits[E164_MAX] = "";
	take_plain(rd, m, "for", digits, sizeof digits, true, ARG_FOR, in);
	if (*digits && e164_parse(digits, in->for_number) == E164_NONE)
		in->has &= ~(unsigned)ARG_FOR;
}

static void set_args(const struct rule *rule, struct intent *in)
{
	enum intent_kind kind = in->kind;
	char name[sizeof in->rule];
	memcpy(name, in->rule, sizeof name);
	*in = rule->set ? *rule->set : (struct intent){0};
	in->kind = kind;
	memcpy(in->rule, name, sizeof name);
}

/* 23、24都办结了: one intent for each number. */
static void each_number(struct reading *rd, const struct match *m, struct found *first)
{
	int a, b, count = 0;
	if (!group(rd, m, "numbers", &a, &b))
		return;
	struct found copy = *first;
	const char *s = rd->normal.text;
	for (int i = a; i < b; i++) {
		int n = 0;
		if (!isdigit((unsigned char)s[i]))
			continue;
		for (; i < b && isdigit((unsigned char)s[i]); i++)
			n = n < 100000 ? n * 10 + (s[i] - '0') : n;
		struct found *f =
		    count++ ? reading_add(rd, copy.in.kind, copy.in.rule, copy.a, copy.b, copy.topic) : first;
		if (!f)
			return;
		f->in = copy.in;
		f->in.number = n;
		f->in.has |= ARG_NUMBER;
	}
}

static void emit(struct reading *rd, const struct match *m)
{
	const struct rule *rule = m->rule;
	rd->fired[rule - rd->rules->list] = true;
	if (rule->shadow && rule->kind != RULE_CALM)
		rd->shadow[m->topic] = true;
	if (rule->kind >= INTENT_COUNT || rule->forced)
		return;
	struct found *f = reading_add(rd, (enum intent_kind)rule->kind, rule->name, m->a, m->b, m->topic);
	if (!f)
		return;
	unsigned may = intent_args(f->in.kind);
	set_args(rule, &f->in);
	take_args(rd, m, &f->in);
	if (may & ARG_BUILDING)
		address_give(rd, m->a, m->b, &f->in);
	if (f->in.kind == INTENT_COMPLAINT)
		complaints_describe(rd, m->a, m->b, &f->in);
	each_number(rd, m, f);
}

/* 谢谢邀请，车库的灯全灭了: thanks takes no clause behind its own that tells of a trouble, unless all is well again. 同意。
 * 可三单元灯都不亮: nor do a vote and a sign of life, behind a full stop. */
static bool answer_leaves(const struct reading *rd, const struct match *m, int i)
{
	const struct clause *c = &rd->clauses[i];
	bool thanks = m->rule->kind == (int)INTENT_THANKS, behind = false;
	if (!thanks && m->rule->kind != (int)INTENT_VOTE && m->rule->kind != (int)INTENT_CHECKIN)
		return false;
	for (int k = 0; k <= i; k++)
		behind |= rd->clauses[k].fresh && rd->clauses[k].a > m->a;
	if (c->a <= m->a || !(thanks || behind) || !complaints_trouble(rd, c->a, c->b))
		return false;
	for (int k = i + 1; k < rd->clause_count; k++)
		if (complaints_settled(rd, rd->clauses[k].a, rd->clauses[k].b))
			return false;
	return true;
}

/* What the rule takes away from the clauses from `first` to `last`. */
static void consume(struct reading *rd, const struct match *m, int first, int last)
{
	int rule = (int)(m->rule - rd->rules->list);
	bool everything = m->rule->consume == CONSUME_TEXT, topic = m->rule->consume == CONSUME_TOPIC;
	struct found *f = rd->found_count && !m->rule->forced && m->rule->kind < INTENT_COUNT
			      ? &rd->found[rd->found_count - 1]
			      : NULL;
	for (int i = 0; i < rd->clause_count; i++) {
		struct clause *c = &rd->clauses[i];
		bool inside = i >= first && i <= last && c->a < m->b && c->b > m->a;
		/* 建议装摄像头，3栋门禁坏了: a trouble at an address of its own is not part of the proposal */
		if (topic && m->rule->kind == INTENT_PROPOSAL && c->a > m->a &&
		    complaints_own_matter(rd, c->a, c->b))
			continue;
		if (c->state == CLAUSE_FREE && answer_leaves(rd, m, i))
			continue;
		if (c->state == CLAUSE_USED || m->rule->consume == CONSUME_NONE ||
		    !(everything || inside || (topic && c->topic == m->topic && c->a >= m->a)))
			continue;
		if (m->rule->consume == CONSUME_MATCH) {
			int before = rd->clause_count;
			clauses_take(rd, i, m->a, m->b, rule);
			i += rd->clause_count - before;
			last += rd->clause_count - before;
			continue;
		}
		c->state = CLAUSE_USED;
		c->rule = rule;
		if (f && c->b > f->b && (topic || everything))
			f->b = c->b;
		if (f && c->a < f->a && everything)
			f->a = c->a;
	}
	if (f && (intent_args(f->in.kind) & ARG_TEXT) && !(f->in.has & ARG_TEXT) && !m->rule->quotes) {
		int a = f->a, b = f->b;
		if (m->rule->consume == CONSUME_CLAUSE) {
			a = rd->clauses[first].a < a ? rd->clauses[first].a : a;
			b = rd->clauses[last].b > b ? rd->clauses[last].b : b;
		}
		reading_quote(rd, a, b, f->in.text, sizeof f->in.text);
		f->in.has |= ARG_TEXT;
	}
}

/* The words behind a complaint's verb: the rest of its clause, else the next one of its topic. None: it asks.
 */
static void force(struct reading *rd, const struct match *m)
{
	int rule = (int)(m->rule - rd->rules->list);
	for (int i = 0; i < rd->clause_count; i++) {
		struct clause *c = &rd->clauses[i];
		if (c->state != CLAUSE_FREE || c->a < m->b || c->topic != m->topic)
			continue;
		c->state = CLAUSE_FORCED;
		c->rule = rule;
		for (int k = i + 1; k < rd->clause_count && rd->clauses[k].topic == m->topic; k++)
			if (rd->clauses[k].state == CLAUSE_FREE)
				rd->clauses[k].rule = -1;
		return;
	}
	for (int i = rd->clause_count - 1; i >= 0; i--) { /* 秤不准，我要反映: they stand before it */
		struct clause *c = &rd->clauses[i];
		if (c->state == CLAUSE_FREE && c->b <= m->a && c->topic == m->topic) {
			c->state = CLAUSE_FORCED;
			c->rule = rule;
			return;
		}
	}
	struct found *f = reading_add(rd, INTENT_COMPLAINT, m->rule->name, m->a, m->b, m->topic);
	if (f)
		set_args(m->rule, &f->in);
}

static bool applies(const struct reading *rd, const struct rule *rule)
{
	unsigned roles = rd->ctx.roles ? rd->ctx.roles : ROLE(RESIDENT);
	if (rd->report ? rule->report == REPORT_NO : rule->report == REPORT_ONLY)
		return false;
	if (rule->kind == RULE_ADDRESS || !(rule->asked & 1u << rd->ctx.asked) || roles & rule->not_roles)
		return false;
	return !rule->roles || roles & rule->roles;
}

/* Words of the list `negations` in [a, b): 不是不来 has two. Those of `unnegations` (不见不散, 没问题) count none. */
static int count_negations(const struct reading *rd, int a, int b)
{
	const struct rules *r = rd->rules;
	const struct glyphs *g = &rd->normal.glyphs;
	const struct word *word;
	int n = 0;
	for (int i = rd->normal.glyph_of[a], end = rd->normal.glyph_of[b]; i < end;) {
		if (words_longest(&r->words, g, i, word_of_list, r->unnegations, &word)) {
			i += word->n;
		} else if (words_longest(&r->words, g, i, word_of_list, r->negations, &word)) {
			n++;
			i += word->n;
		} else {
			i++;
		}
	}
	return n;
}

/* What speaks against the rule is looked for in the clauses that the match touches. */
static bool refuted(const struct reading *rd, const struct rule *rule, int first, int last, int a, int b)
{
	struct span dummy;
	while (first < last && rd->clauses[first].b <= a)
		first++;
	while (last > first && rd->clauses[last].a >= b)
		last--;
	a = rd->clauses[first].a < a ? rd->clauses[first].a : a;
	b = rd->clauses[last].b > b ? rd->clauses[last].b : b;
	if (rule->negations != NEGATIONS_ANY &&
	    count_negations(rd, a, b) % 2 != (rule->negations == NEGATIONS_ODD ? 1 : 0))
		return true;
	for (int k = 0; k < rule->unlesses; k++)
		if (pattern_match(rule->unless[k], rd->rules->matcher, rd->normal.text + a, b - a, 0, &dummy))
			return true;
	return false;
}

/* An order's match counts only where its report is understood. */
static bool understood(struct reading *rd, const struct rule *rule, const struct pattern *p, int first,
		       int base, struct span *match)
{
	const struct span none = {-1, -1};
	struct span part[3];
	const char *const names[] = {"before", "numbers", "after"};
	if (rule->kind != RULE_ORDER)
		return true;
	for (int i = 0; i < 3; i++) {
		struct span s = pattern_group(p, rd->rules->matcher, names[i]);
		part[i] = s.a < 0 ? none : (struct span){base + s.a, base + s.b};
	}
	while (first + 1 < rd->clause_count && rd->clauses[first].b <= part[1].a)
		first++;
	bool ends_with_report = part[2].b == base + match->b;
	if (!orders_read(rd, part[0], part[1], &part[2], rd->clauses[first].topic))
		return false;
	if (ends_with_report)
		match->b = part[2].b - base;
	return true;
}

/* The first match of one pattern that nothing speaks against; where a match may begin anywhere, the next is
 * tried. */
static bool try_pattern(struct reading *rd, const struct rule *rule, const struct pattern *p, int first,
			int last, struct span *ret)
{
	int a = rd->clauses[first].a, length = rd->clauses[last].b - a;
	const char *s = rd->normal.text + a;
	struct span span;
	for (int from = 0, tries = 0; from < length && tries < 6; tries++) {
		if (!pattern_match(p, rd->rules->matcher, s, length, from, &span) || span.b <= span.a)
			return false;
		if (!refuted(rd, rule, first, last, a + span.a, a + span.b)) {
			/* the groups of this match again, since the others used the same memory */
			if (rule->unlesses && !pattern_match(p, rd->rules->matcher, s, length, from, &span))
				return false;
			if (understood(rd, rule, p, first, a, &span)) {
				*ret = span;
				return true;
			}
		}
		if (rule->match != MATCH_FIND)
			return false;
		from = span.b;
	}
	return false;
}

static bool try(struct reading *rd, const struct rule *rule, int first, int last, struct match *m)
{
	int a = rd->clauses[first].a, k = first;
	struct span span;
	for (int i = 0; i < rule->patterns; i++) {
		if (!try_pattern(rd, rule, rule->pattern[i], first, last, &span))
			continue;
		*m = (struct match){rule, rule->pattern[i], a, a + span.a, a + span.b, 0};
		while (k < last && rd->clauses[k].b <= m->a)
			k++;
		m->topic = rd->clauses[k].topic;
		return true;
	}
	return false;
}

/* What is marked as not here and now: the clauses that the match touches, or the topic or text they are in. */
static void calm_down(struct reading *rd, const struct match *m)
{
	for (int i = 0; i < rd->clause_count; i++) {
		struct clause *c = &rd->clauses[i];
		if ((c->a < m->b && c->b > m->a) || m->rule->consume == CONSUME_TEXT ||
		    (m->rule->consume == CONSUME_TOPIC && c->topic == m->topic))
			c->calm = true, c->quiet |= m->rule->shadow;
	}
}

static void act(struct reading *rd, const struct match *m, int first, int last)
{
	emit(rd, m);
	if (m->rule->kind == RULE_CALM) {
		calm_down(rd, m);
		return;
	}
	consume(rd, m, first, last);
	if (m->rule->forced)
		force(rd, m);
}

/* Nothing has taken clause i, and what it tells of is no reason for this rule to be silent. */
static bool is_open(const struct reading *rd, const struct rule *rule, int i)
{
	const struct clause *c = &rd->clauses[i];
	return c->state == CLAUSE_FREE && !(c->calm && rule->kind == (int)INTENT_DUTY) &&
	       !(c->quiet && rule->kind == (int)INTENT_COMPLAINT && !rule->forced);
}

static bool placed(const struct rule *rule, const struct clause *c)
{
	return (!rule->first || c->first) && (!rule->lead || c->topic == 0);
}

static void run_on_clauses(struct reading *rd, const struct rule *rule)
{
	struct match m;
	for (int i = 0; i < rd->clause_count; i++) {
		if (!is_open(rd, rule, i) || !placed(rule, &rd->clauses[i]))
			continue;
		if (try(rd, rule, i, i, &m)) {
			act(rd, &m, i, i);
			if (rule->many && rule->consume == CONSUME_MATCH && rd->found_count < FOUND_MAX)
				i--; /* what is left of it */
		}
	}
}

/* The last clause of the run of free ones that begins at `first`; of its topic, where the rule takes no more. */
static int run_end(const struct reading *rd, const struct rule *rule, int first)
{
	int last = first;
	while (last + 1 < rd->clause_count && is_open(rd, rule, last + 1) &&
	       (rule->consume != CONSUME_TOPIC || rd->clauses[last + 1].topic == rd->clauses[first].topic))
		last++;
	return last;
}

/* Each run of free clauses; a pattern that is anchored is tried at each topic in it too. */
static void run_on_text(struct reading *rd, const struct rule *rule)
{
	struct match m;
	for (int first = 0; first < rd->clause_count; first++) {
		if (!is_open(rd, rule, first))
			continue;
		int last = run_end(rd, rule, first);
		if (placed(rule, &rd->clauses[first]) && try(rd, rule, first, last, &m)) {
			act(rd, &m, first, last);
			if (rule->kind == RULE_CALM)
				continue;
			if (!rule->many || rd->found_count == FOUND_MAX)
				return;
			first--;
		} else if (rule->match == MATCH_FIND) {
			first = last;
		} else {
			while (first < last && !rd->clauses[first + 1].first)
				first++;
		}
	}
}

static bool all_taken(const struct reading *rd)
{
	for (int i = 0; i < rd->clause_count; i++)
		if (rd->clauses[i].state != CLAUSE_USED)
			return false;
	return true;
}

void reading_open(struct reading *rd, const struct rules *r, const char *text, const struct rules_context *ctx)
{
	memset(rd, 0, sizeof *rd);
	rd->rules = r;
	rd->verbatim = text;
	rd->ctx = *ctx;
	normalize(&r->tables, &r->words, text, &rd->normal);
}

void reading_close(struct reading *rd)
{
	normal_done(&rd->normal);
}

/* The rules in their order; those of the lowest priorities are for what no word has told either. */
static void run_rules(struct reading *rd, bool unread)
{
	bool weighed = unread;
	for (int i = 0; i < rd->rules->count && !all_taken(rd); i++) {
		const struct rule *rule = &rd->rules->list[i];
		if (!weighed && !rd->report && rule->priority < PRIORITY_DANGER) {
			danger_find(rd);
			weighed = true;
		}
		if ((rule->priority < PRIORITY_UNREAD) != unread || !applies(rd, rule))
			continue;
		if (rule->scope == SCOPE_TEXT)
			run_on_text(rd, rule);
		else
			run_on_clauses(rd, rule);
	}
}

void reading_run(struct reading *rd)
{
	if (rd->ctx.machine)
		return;
	clauses_cut(rd);
	if (rd->report) {
		run_rules(rd, false);
		return;
	}
	address_find(rd);
	if (rd->clause_count == 0 && rd->normal.len) { /* signs alone, such as "?" */
		rd->clauses[0] = (struct clause){.b = (int)rd->normal.len, .first = true, .rule = -1};
		rd->clause_count = 1;
	}
	run_rules(rd, false);
	heads_find(rd);
	for (int i = 0; i < rd->clause_count; i++)
		if (rd->clauses[i].state == CLAUSE_FREE && address_only(rd, rd->clauses[i].a, rd->clauses[i].b))
			rd->clauses[i].state = CLAUSE_USED;
	complaints_find(rd);
	if (rd->found_count)
		return;
	for (int i = 0; i < rd->clause_count; i++) /* weighed and found to be no complaint */
		if (rd->clauses[i].state == CLAUSE_USED && rd->clauses[i].rule < 0)
			rd->clauses[i].state = CLAUSE_FREE;
	run_rules(rd, true);
}
