#include "daemon/sensor_minutes.h"

#include <stddef.h>

static void join(struct reading *a, const struct reading *b)
{
	if (a->count && b->count) {
		a->low = a->low < b->low ? a->low : b->low;
		a->high = a->high > b->high ? a->high : b->high;
		a->mean = (a->mean * a->count + b->mean * b->count) / (a->count + b->count);
	} else if (b->count) {
		a->low = b->low;
		a->mean = b->mean;
		a->high = b->high;
	}
	a->count += b->count;
	a->data_s += b->data_s;
	a->dark_s += b->dark_s;
}

/* Nothing changed from one to the other, or within. */
static bool alike(const struct reading *a, const struct reading *b)
{
	if (!a->count != !b->count || (a->count && (a->dark_s || b->dark_s)))
		return false;
	return !a->count || (a->low >= a->high && b->low >= b->high && a->low >= b->low && a->low <= b->low);
}

/* The last two become one when nothing is lost by it, or there is no room. */
static void tidy(struct minutes *m, bool must)
{
	if (m->count < 2)
		return;
	int i = m->count - 2;
	struct reading *a = &m->row[i], *b = &m->row[i + 1];
	bool next = m->end_utc[i] == b->utc && a->utc / READING_HOUR == b->utc / READING_HOUR;
	if (!must && !(next && alike(a, b)))
		return;
	join(a, b);
	m->end_utc[i] = m->end_utc[i + 1];
	m->count--;
}

void minutes_add(struct minutes *m, int64_t utc, bool has_value, double value, int seconds)
{
	struct reading one = {.utc = utc - utc % READING_MINUTE,
			      .count = has_value,
			      .low = value,
			      .mean = value,
			      .high = value,
			      .data_s = has_value ? seconds : 0,
			      .dark_s = has_value ? 0 : seconds};
	struct reading *last = m->count ? &m->row[m->count - 1] : NULL;
	if (last && m->end_utc[m->count - 1] == one.utc + READING_MINUTE) {
		join(last, &one);
		return;
	}
	tidy(m, m->count == MINUTES_KEPT);
	m->end_utc[m->count] = one.utc + READING_MINUTE;
	m->row[m->count++] = one;
}

void minutes_written(struct minutes *m)
{
	m->count = 0;
}
