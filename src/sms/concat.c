#include "sms/concat.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* What the rows of one message have in common, and what came so far; beside the caller's ret_groups. */
struct pile {
	const struct concat_row *first; /* names sender, reference, width and count */
	int64_t scts_low, scts_high;    /* of the parts that have one; low > high: none has */
	const struct concat_row *part[256];
};

static bool same_message(const struct concat_row *a, const struct concat_row *b)
{
	return a->ref == b->ref && a->bits == b->bits && a->parts == b->parts &&
	       strcmp(a->sender, b->sender) == 0;
}

/* Seconds by which a row's time stamp lies outside the pile's; 0 when one of them has none. */
static int64_t apart(const struct pile *p, const struct concat_row *r)
{
	if (r->scts_utc == CONCAT_NO_SCTS || p->scts_low > p->scts_high)
		return 0;
	if (r->scts_utc < p->scts_low)
		return p->scts_high - r->scts_utc;
	return r->scts_utc > p->scts_high ? r->scts_utc - p->scts_low : 0;
}

static void stack(struct pile *p, struct concat_row *r)
{
	p->part[r->part] = r;
	if (r->scts_utc == CONCAT_NO_SCTS)
		return;
	if (p->scts_low > p->scts_high)
		p->scts_low = p->scts_high = r->scts_utc;
	if (r->scts_utc < p->scts_low)
		p->scts_low = r->scts_utc;
	if (r->scts_utc > p->scts_high)
		p->scts_high = r->scts_utc;
}

/* A pile may take a row when it lacks the part, time stamps are near and it was not given up before the row
 * came. */
static bool may_take(const struct pile *p, const struct concat_row *r)
{
	return !p->part[r->part] && apart(p, r) <= CONCAT_SCTS_APART_S &&
	       r->arrived_utc - p->first->arrived_utc < CONCAT_PATIENCE_S;
}

/* The pile for a row: that of its duplicate, else the nearest that lacks it (the later one among equals, since
 * an old gap is rarely filled after the reference was used again), else −1. */
static int find_pile(struct pile *const *piles, int count, struct concat_row *r)
{
	int best = -1;
	for (int i = 0; i < count; i++) {
		const struct pile *p = piles[i];
		if (!same_message(p->first, r))
			continue;
		if (p->part[r->part] && strcmp(p->part[r->part]->hash, r->hash) == 0) {
			r->duplicate = true;
			return i;
		}
		if (may_take(p, r) && (best < 0 || apart(p, r) <= apart(piles[best], r)))
			best = i;
	}
	return best;
}

static void judge(const struct pile *p, int64_t now_utc, struct concat_group *g)
{
	g->parts = p->first->parts;
	g->have = 0;
	for (int i = 1; i <= g->parts; i++)
		g->have += p->part[i] != NULL;
	g->first_arrived_utc = p->first->arrived_utc;
	g->deadline_utc = g->first_arrived_utc + CONCAT_PATIENCE_S;
	if (g->have == g->parts)
		g->state = CONCAT_COMPLETE;
	else
		g->state = now_utc >= g->deadline_utc ? CONCAT_EXPIRED : CONCAT_WAITING;
}

int concat_sort(struct concat_row *rows, size_t n, int64_t now_utc, struct concat_group *ret_groups)
{
	struct pile **piles = mem_array(n + 1, sizeof(struct pile *));
	int count = 0;
	for (size_t i = 0; i < n; i++) {
		struct concat_row *r = &rows[i];
		r->duplicate = false;
		r->group = find_pile(piles, count, r);
		if (r->group < 0) {
			struct pile *p = mem_alloc(sizeof *p);
			p->first = r;
			p->scts_low = 1;
			piles[r->group = count++] = p;
		}
		if (!r->duplicate)
			stack(piles[r->group], r);
	}
	for (int i = 0; i < count; i++) {
		judge(piles[i], now_utc, &ret_groups[i]);
		free(piles[i]);
	}
	free(piles);
	return count;
}

char *concat_text(const struct tpdu *const *by_part, int parts)
{
	static const uint16_t gap[] = {'[', 0x2026, ']'}; /* CONCAT_GAP */
	uint16_t *units = mem_array((size_t)parts * TPDU_UNITS_MAX + 1, sizeof *units);
	size_t n = 0;
	for (int i = 0; i < parts; i++) {
		const struct tpdu *t = by_part[i];
		memcpy(units + n, t ? t->units : gap, (t ? t->unit_count : 3) * sizeof *units);
		n += t ? t->unit_count : 3;
	}
	char *s = sms_utf8(units, n);
	free(units);
	return s;
}
