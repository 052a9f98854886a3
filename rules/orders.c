/* Orders: what staff and volunteers say of cases and tasks that they name by number. A rule with `intent: order` says
 * where the numbers stand (办结 23, 23办结, 把23退回); the rest of its words, the report, is read by itself with the
 * rules that have `report: yes` or `only`, as if it were about the one case in hand, and what it says counts for each
 * of the numbers. So no verb needs patterns for numbers before, behind and inside it. */
#include "base/buf.h"
#include "base/mem.h"
#include "rules/reading.h"

#include <ctype.h>
#include <string.h>

#define NUMBERS_MAX 12
#define NUMBER_MAX  99999

static int numbers_in(const struct reading *rd, struct span s, int *out)
{
	const char *text = rd->normal.text;
	int count = 0;
	for (int i = s.a; i < s.b && count < NUMBERS_MAX; i++) {
		if (!isdigit((unsigned char)text[i]))
			continue;
		int n = 0;
		for (; i < s.b && isdigit((unsigned char)text[i]); i++)
			n = n <= NUMBER_MAX ? n * 10 + (text[i] - '0') : n;
		out[count++] = n;
	}
	return count;
}

static size_t quoted(const struct reading *rd, struct span s)
{
	char words[INTENT_TEXT_MAX];
	reading_quote(rd, s.a, s.b, words, sizeof words);
	return strlen(words);
}

/* The words around the numbers, as they were sent; a blank where the numbers stood. */
static void report_of(const struct reading *rd, struct span before, struct span after, struct buf *out)
{
	char words[INTENT_TEXT_MAX];
	const struct span parts[] = {before, after};
	for (int i = 0; i < 2; i++) {
		if (parts[i].a < 0 || parts[i].a >= parts[i].b)
			continue;
		reading_quote(rd, parts[i].a, parts[i].b, words, sizeof words);
		buf_addf(out, "%s%s", out->len ? " " : "", words);
	}
}

/* Where the words begin that no rule for reports took, at the end of the report; its length when there are none. */
static size_t taken_of(const struct reading *report, size_t length)
{
	int i = report->clause_count;
	size_t from, to;
	while (i > 0 && report->clauses[i - 1].state == CLAUSE_FREE)
		i--;
	if (i == 0 || i == report->clause_count)
		return length;
	normal_span(&report->normal, (size_t)report->clauses[i].a, (size_t)report->clauses[i].b, &from, &to);
	return from;
}

/* The byte of the normalised text that `far` bytes of the verbatim one behind byte `a` have led to. */
static int behind(const struct reading *rd, int a, size_t far)
{
	const struct glyphs *g = &rd->normal.glyphs;
	int i = rd->normal.glyph_of[a];
	size_t start = g->list[i].from;
	while (i < g->count && g->list[i].from < start + far)
		i++;
	return rd->normal.byte_of[i];
}

bool orders_read(struct reading *rd, struct span before, struct span numbers, struct span *after, int topic)
{
	struct rules_context ctx = rd->ctx;
	struct buf text = {0};
	int number[NUMBERS_MAX], count = numbers_in(rd, numbers, number);
	report_of(rd, before, *after, &text);
	const size_t prefix = before.a >= 0 && before.a < before.b ? quoted(rd, before) + 1 : 0;
	if (!count || !text.len) {
		buf_done(&text);
		return false;
	}
	struct reading *report = mem_alloc(sizeof *report);
	ctx.asked = ASKED_NONE;
	reading_open(report, rd->rules, buf_str(&text), &ctx);
	report->report = true;
	reading_run(report);
	int place = before.a >= 0 && before.a < numbers.a ? before.a : numbers.a;
	for (int n = 0; n < count; n++)
		for (int i = 0; i < report->found_count; i++) {
			const struct intent *in = &report->found[i].in;
			struct found *f = reading_add(rd, in->kind, in->rule, place, place + n + 1, topic);
			if (!f)
				break;
			f->in = *in;
			if (intent_args(in->kind) & ARG_NUMBER) {
				f->in.number = number[n];
				f->in.has |= ARG_NUMBER;
			}
		}
	for (int i = 0; i < rd->rules->count; i++)
		rd->fired[i] |= report->fired[i];
	bool read = report->found_count > 0;
	size_t taken = taken_of(report, text.len);
	if (read && taken < text.len && taken > prefix && after->a >= 0)
		after->b = behind(rd, after->a, taken - prefix);
	reading_close(report);
	free(report);
	buf_done(&text);
	return read;
}
