#include "daemon/sensor_live.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static int take(void *ctx, const struct sensor *x)
{
	struct live *l = lives_get(ctx, x->name);
	l->id = x->id;
	l->before = x->fault;
	l->code = x->code;
	l->first_utc = x->first_utc;
	l->since_utc = x->since_utc;
	l->seen_utc = x->seen_utc;
	l->has_value = x->has_value;
	l->value = x->value;
	return 0;
}

int lives_load(struct lives *t, struct store *s, int64_t now_ms)
{
	*t = (struct lives){.store = s, .budget = LIVE_BUDGET, .written_ms = now_ms, .refilled_ms = now_ms};
	return sensor_each(s, take, t);
}

void lives_done(struct lives *t)
{
	for (int i = 0; i < t->count; i++)
		free(t->list[i]);
	free(t->list);
	*t = (struct lives){0};
}

struct live *lives_get(struct lives *t, const char *name)
{
	for (int i = 0; i < t->count; i++)
		if (!strcmp(t->list[i]->name, name))
			return t->list[i];
	if (t->count == t->cap)
		t->list = mem_resize(t->list, (size_t)(t->cap = t->cap ? t->cap * 2 : 16), sizeof *t->list);
	struct live *l = mem_alloc(sizeof *l);
	*l = (struct live){.fault = SENSOR_UNREAD, .before = SENSOR_UNREAD};
	text_copy(l->name, sizeof l->name, name);
	return t->list[t->count++] = l;
}

void lives_settle(struct lives *t)
{
	for (int i = 0; i < t->count; i++) {
		struct live *l = t->list[i];
		if (l->wanted || (l->fault == SENSOR_UNREAD && l->before == SENSOR_UNREAD))
			continue;
		l->fault = l->before = SENSOR_UNREAD;
		l->counted_ms = 0;
		l->dirty = t->changed = true;
	}
}

static int64_t begins(const struct live *l, enum sensor_fault was, bool has_value, int64_t now_utc)
{
	bool gap = l->fault == SENSOR_UNREAD && now_utc - l->seen_utc > LIVE_GAP_S;
	bool known = l->since_utc && l->since_utc <= now_utc && was != SENSOR_UNREAD;
	if (has_value)
		return known && was == SENSOR_OK && !gap ? l->since_utc : now_utc;
	if (known && was != SENSOR_OK)
		return l->since_utc;
	return l->seen_utc && l->seen_utc <= now_utc ? l->seen_utc : now_utc; /* the last that came */
}

void live_read(struct lives *t, struct live *l, enum sensor_fault fault, int code, double value,
	       int64_t now_utc, int64_t now_ms)
{
	enum sensor_fault was = l->fault == SENSOR_UNREAD ? l->before : l->fault;
	int64_t seconds = l->counted_ms ? (now_ms - l->counted_ms) / 1000 : 0;
	l->counted_ms = l->counted_ms ? l->counted_ms + seconds * 1000 : now_ms;
	l->since_utc = begins(l, was, fault == SENSOR_OK, now_utc);
	/* of another time altogether: the clock was set, and what is written down looks old, or yet to come */
	bool leapt = l->has_value && llabs(now_utc - l->seen_utc) > LIVE_EVERY_MS / 1000;
	if (fault != l->fault || (fault == SENSOR_OK && leapt))
		t->changed = true;
	l->fault = fault;
	l->code = code;
	l->dirty = true;
	if (fault == SENSOR_OK) {
		l->has_value = true;
		l->value = value;
		l->seen_utc = now_utc;
	}
	if (fault != SENSOR_LENT) /* nobody asked */
		minutes_add(&l->minutes, now_utc, fault == SENSOR_OK, value, (int)seconds);
}

bool lives_due(struct lives *t, bool round, int64_t now_utc, int64_t now_ms)
{
	int64_t since = now_ms - t->written_ms;
	if (t->failed_ms && now_ms - t->failed_ms < LIVE_AGAIN_MS)
		return false;
	if (since >= LIVE_EVERY_MS || t->more || (t->hour && now_utc / READING_HOUR != t->hour))
		return true;
	if (t->watchers && (round || since >= LIVE_ROUND_MS))
		return true;
	if (!t->changed || !(round || since >= LIVE_ROUND_MS))
		return false;
	int64_t earned = (now_ms - t->refilled_ms) / LIVE_REFILL_MS;
	t->budget = earned + t->budget > LIVE_BUDGET ? LIVE_BUDGET : t->budget + (int)earned;
	t->refilled_ms += earned * LIVE_REFILL_MS;
	if (!t->budget)
		return false;
	t->budget--;
	return true;
}

static int write_one(struct lives *t, struct live *l, bool clock_ok, int64_t now_utc)
{
	struct sensor x = {.name = l->name,
			   .fault = l->fault,
			   .code = l->code,
			   .since_utc = l->since_utc,
			   .has_value = l->has_value,
			   .value = l->value,
			   .seen_utc = l->seen_utc};
	int r = sensor_put(t->store, &x, l->first_utc ? l->first_utc : now_utc, &l->id);
	for (int i = 0; r >= 0 && clock_ok && i < l->minutes.count; i++)
		r = reading_put(t->store, l->id, &l->minutes.row[i]);
	return r;
}

int lives_write(struct lives *t, bool clock_ok, int64_t now_utc, int64_t now_ms)
{
	bool more = false, roll = clock_ok && (t->more || now_utc / READING_HOUR != t->hour);
	int r = store_begin(t->store);
	for (int i = 0; r >= 0 && i < t->count; i++)
		if (t->list[i]->dirty)
			r = write_one(t, t->list[i], clock_ok, now_utc);
	if (r >= 0 && roll)
		r = reading_roll(t->store, now_utc, &more);
	if (r >= 0)
		r = store_commit(t->store);
	store_rollback(t->store);
	t->failed_ms = r < 0 ? now_ms : 0;
	if (r < 0)
		return r;
	for (int i = 0; i < t->count; i++)
		if (t->list[i]->dirty) {
			struct live *l = t->list[i];
			l->dirty = false;
			l->first_utc = l->first_utc ? l->first_utc : now_utc;
			minutes_written(&l->minutes);
		}
	t->more = more;
	if (roll)
		t->hour = now_utc / READING_HOUR;
	t->changed = false;
	t->written_ms = now_ms;
	return 0;
}
