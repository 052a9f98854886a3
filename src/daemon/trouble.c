#include "daemon/trouble.h"
#include "base/text.h"

#include <string.h>

static struct trouble_slot *find(const struct trouble *t, const char *memory, int index)
{
	for (int i = 0; i < t->count; i++)
		if (t->slot[i].index == index && !strcmp(t->slot[i].memory, memory))
			return (struct trouble_slot *)&t->slot[i];
	return NULL;
}

static struct trouble_slot *find_or_add(struct trouble *t, const char *memory, int index)
{
	struct trouble_slot *s = find(t, memory, index);
	if (s)
		return s;
	/* more than fit: the one that waits longest gives way, and begins anew when it is met again */
	s = &t->slot[0];
	for (int i = 1; t->count == TROUBLE_MAX && i < t->count; i++)
		if (t->slot[i].next_ms > s->next_ms)
			s = &t->slot[i];
	if (t->count < TROUBLE_MAX)
		s = &t->slot[t->count++];
	*s = (struct trouble_slot){.index = index};
	text_copy(s->memory, sizeof s->memory, memory);
	return s;
}

int64_t trouble_pause_ms(int tries, int64_t most_ms)
{
	int64_t ms = TROUBLE_FIRST_MS;
	for (int i = 1; i < tries && ms < most_ms; i++)
		ms *= 2;
	return ms < most_ms ? ms : most_ms;
}

static uint64_t fingerprint(const char *hex)
{
	uint64_t h = 14695981039346656037u;
	for (; hex && *hex; hex++)
		h = (h ^ (uint8_t)*hex) * 1099511628211u;
	return h;
}

bool trouble_ripe(const struct trouble *t, const char *memory, int index, int64_t now_ms)
{
	const struct trouble_slot *s = find(t, memory, index);
	return !s || now_ms >= s->next_ms;
}

bool trouble_bad_read(struct trouble *t, const char *memory, int index, const char *hex, int64_t now_ms,
		      int64_t most_ms)
{
	struct trouble_slot *s = find_or_add(t, memory, index);
	uint64_t bytes = fingerprint(hex);
	if (now_ms < s->next_ms)
		return false;
	s->same = s->rounds && s->bytes == bytes ? s->same + 1 : 1;
	s->bytes = bytes;
	s->rounds++;
	t->changed = true;
	s->next_ms = now_ms + trouble_pause_ms(s->rounds, most_ms);
	return s->rounds >= TROUBLE_ROUNDS || s->same >= TROUBLE_SAME;
}

void trouble_restore(struct trouble *t, const char *memory, int index, int rounds, int same, uint64_t bytes)
{
	struct trouble_slot *s = find_or_add(t, memory, index);
	s->rounds = rounds;
	s->same = same;
	s->bytes = bytes;
}

void trouble_good_read(struct trouble *t, const char *memory, int index)
{
	struct trouble_slot *s = find(t, memory, index);
	if (!s || !s->rounds)
		return;
	t->changed = true;
	if (!s->deletes)
		trouble_over(t, memory, index);
	else
		s->rounds = s->same = 0;
}

int trouble_not_freed(struct trouble *t, const char *memory, int index, int64_t now_ms, int64_t most_ms)
{
	struct trouble_slot *s = find_or_add(t, memory, index);
	s->deletes++;
	s->next_ms = now_ms + trouble_pause_ms(s->deletes, most_ms);
	return s->deletes;
}

void trouble_over(struct trouble *t, const char *memory, int index)
{
	struct trouble_slot *s = find(t, memory, index);
	if (!s)
		return;
	t->changed |= s->rounds > 0;
	*s = t->slot[--t->count];
}

void trouble_forget(struct trouble *t, const char *memory)
{
	for (int i = t->count - 1; i >= 0; i--)
		if (!strcmp(t->slot[i].memory, memory)) {
			t->changed |= t->slot[i].rounds > 0;
			t->slot[i] = t->slot[--t->count];
		}
}

int trouble_in(const struct trouble *t, const char *memory)
{
	int n = 0;
	for (int i = 0; i < t->count; i++)
		n += !strcmp(t->slot[i].memory, memory);
	return n;
}

int64_t trouble_next_ms(const struct trouble *t)
{
	int64_t next = INT64_MAX;
	for (int i = 0; i < t->count; i++)
		if (t->slot[i].next_ms < next)
			next = t->slot[i].next_ms;
	return next;
}
