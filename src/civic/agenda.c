#include "civic/agenda.h"
#include "civic/alike.h"
#include "base/order.h"

#include <stdlib.h>
#include <string.h>

/* The heavier first; of equals the urgent one, then the one that waits longer. */
static int by_rank(const void *x, const void *y)
{
	const struct agenda_entry *a = x, *b = y;
	int c = order(b->weight, a->weight);
	if (!c)
		c = order(b->urgent, a->urgent);
	if (!c)
		c = order(a->opened_utc, b->opened_utc);
	return c ? c : order(a->matter, b->matter);
}

static bool alike(const struct agenda_entry *a, const struct agenda_entry *b)
{
	if (a->apart || b->apart || a->proposal != b->proposal || a->category != b->category ||
	    a->category == CATEGORY_DISPUTE)
		return false;
	/* Two buildings' lamps are two lamps; what two buildings wish for is one wish. */
	if (!a->proposal && a->building[0] && b->building[0] && strcmp(a->building, b->building) != 0)
		return false;
	return alike_words(a->text, b->text) >= AGENDA_ALIKE;
}

/* Every item joins the first one before it that it is alike; `list` is in the order of ranks. */
static void group(struct agenda_entry *list, int count)
{
	for (int i = 0; i < count; i++) {
		list[i].under = 0;
		for (int head = 0; head < i && !list[i].under && !list[i].position; head++)
			if (!list[head].under && alike(&list[head], &list[i])) {
				list[i].under = list[head].matter;
				list[head].weight += list[i].supporters;
			}
	}
}

static struct agenda_entry *head_at(struct agenda_entry *list, int count, int position)
{
	for (int i = 0; i < count; i++)
		if (list[i].matter && !list[i].under && list[i].position == position)
			return &list[i];
	return NULL;
}

static struct agenda_entry *next_ranked(struct agenda_entry *list, int count)
{
	for (int i = 0; i < count; i++)
		if (list[i].matter && !list[i].under && !list[i].position)
			return &list[i];
	return NULL;
}

/* The lowest of the secretary's places that is left: a place past the end of the list. */
static struct agenda_entry *next_placed(struct agenda_entry *list, int count)
{
	struct agenda_entry *best = NULL;
	for (int i = 0; i < count; i++)
		if (list[i].matter && !list[i].under && list[i].position &&
		    (!best || list[i].position < best->position))
			best = &list[i];
	return best;
}

static int take(struct agenda_entry *out, int n, struct agenda_entry *list, int count,
		struct agenda_entry *head)
{
	int matter = head->matter;
	out[n++] = *head;
	head->matter = 0;
	for (int i = 0; i < count; i++)
		if (list[i].matter && list[i].under == matter) {
			out[n++] = list[i];
			list[i].matter = 0;
		}
	return n;
}

void agenda_arrange(struct agenda_entry *list, int count)
{
	struct agenda_entry out[AGENDA_MAX];
	count = count > AGENDA_MAX ? AGENDA_MAX : count;
	for (int i = 0; i < count; i++)
		list[i].weight = list[i].supporters;
	qsort(list, (size_t)count, sizeof *list, by_rank);
	group(list, count);
	qsort(list, (size_t)count, sizeof *list, by_rank); /* a group weighs what its items weigh together */
	int n = 0;
	for (int position = 1; n < count; position++) {
		struct agenda_entry *head = head_at(list, count, position);
		if (!head)
			head = next_ranked(list, count);
		if (!head)
			head = next_placed(list, count);
		n = take(out, n, list, count, head);
	}
	memcpy(list, out, (size_t)count * sizeof *list);
}

int64_t agenda_freeze_time(const struct round_state *m, const struct round_config *c)
{
	int64_t t =
	    c->before_s[ROUND_REMIND] ? round_time(m, c, ROUND_REMIND) : m->starts_utc - AGENDA_FREEZE_S;
	bool late = m->done_utc[ROUND_INVITE] >= t;
	return late ? m->starts_utc - AGENDA_LAST_S : t;
}
