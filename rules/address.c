#include "rules/reading.h"

#include <ctype.h>
#include <string.h>

static void copy_group(const struct reading *rd, const struct pattern *p, const char *name, int base,
		       char out[16])
{
	struct span s = pattern_group(p, rd->rules->matcher, name);
	if (s.a < 0 || s.b - s.a > 15)
		return;
	int n = 0;
	for (int i = s.a; i < s.b; i++)
		out[n++] = (char)toupper((unsigned char)rd->normal.text[base + i]);
	out[n] = 0;
}

static bool overlaps(const struct reading *rd, int a, int b)
{
	for (int i = 0; i < rd->mention_count; i++)
		if (a < rd->mentions[i].b && b > rd->mentions[i].a)
			return true;
	return false;
}

static void find_with(struct reading *rd, const struct rule *rule, const struct pattern *p)
{
	struct span s;
	for (int from = 0; rd->mention_count<MENTIONS_MAX; from = s.b> s.a ? s.b : s.a + 1) {
		if (from > (int)rd->normal.len ||
		    !pattern_match(p, rd->rules->matcher, rd->normal.text, (int)rd->normal.len, from, &s))
			return;
		if (s.b <= s.a)
			return;
		if (overlaps(rd, s.a, s.b))
			continue;
		struct mention *m = &rd->mentions[rd->mention_count++];
		*m = (struct mention){.a = s.a, .b = s.b};
		copy_group(rd, p, "building", 0, m->building);
		copy_group(rd, p, "unit", 0, m->unit);
		copy_group(rd, p, "room", 0, m->room);
		rd->fired[rule - rd->rules->list] = true;
	}
}

void address_find(struct reading *rd)
{
	for (int i = 0; i < rd->rules->count; i++) {
		const struct rule *rule = &rd->rules->list[i];
		if (rule->kind != RULE_ADDRESS)
			continue;
		for (int k = 0; k < rule->patterns; k++)
			find_with(rd, rule, rule->pattern[k]);
	}
}

static const struct mention *belonging(const struct reading *rd, int a, int b)
{
	const struct mention *inside = NULL, *before = NULL, *after = NULL;
	for (int i = 0; i < rd->mention_count; i++) {
		const struct mention *m = &rd->mentions[i];
		if (m->b > a && m->a < b) {
			if (!inside || m->a < inside->a)
				inside = m;
		} else if (m->b <= a) {
			if (!before || m->a > before->a)
				before = m;
		} else if (!after || m->a < after->a) {
			after = m;
		}
	}
	return inside ? inside : before ? before : after;
}

void address_give(const struct reading *rd, int a, int b, struct intent *in)
{
	if (in->has & (ARG_BUILDING | ARG_UNIT | ARG_ROOM))
		return;
	const struct mention *m = belonging(rd, a, b);
	if (!m)
		return;
	memcpy(in->building, m->building, sizeof in->building);
	memcpy(in->unit, m->unit, sizeof in->unit);
	memcpy(in->room, m->room, sizeof in->room);
	in->has |= (*m->building ? ARG_BUILDING : 0u) | (*m->unit ? ARG_UNIT : 0u) | (*m->room ? ARG_ROOM : 0u);
}

bool address_only(const struct reading *rd, int a, int b)
{
	const struct glyphs *g = &rd->normal.glyphs;
	bool any = false;
	for (int i = rd->normal.glyph_of[a], end = rd->normal.glyph_of[b]; i < end;) {
		const struct word *word;
		const struct mention *in = NULL;
		for (int k = 0; k < rd->mention_count; k++)
			if (rd->normal.byte_of[i] >= rd->mentions[k].a &&
			    rd->normal.byte_of[i] < rd->mentions[k].b)
				in = &rd->mentions[k];
		any |= in != NULL;
		if (in)
			i = rd->normal.glyph_of[in->b];
		else if (words_longest(&rd->rules->words, g, i, word_of_list, rd->rules->fillers, &word))
			i += word->n;
		else if (g->list[i].c == ' ')
			i++;
		else
			return false;
	}
	return any;
}
