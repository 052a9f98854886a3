/* Slots that make trouble, as a session sees them: when they are read again, and what a restart must not forget. */
#include "daemon/session_internal.h"
#include "daemon/alarm.h"
#include "base/log.h"
#include "base/text.h"
#include "store/bad_slot.h"

#include <string.h>

#define SOON_MS 2000

/* One by one and in a listing by turns, since some modems get only one of the two right. */
void read_trouble_due(struct session *s)
{
	int64_t now = mono_ms(), next = trouble_next_ms(&s->trouble);
	for (int i = 0; i < s->trouble.count; i++) {
		const struct trouble_slot *t = &s->trouble.slot[i];
		int m = read_memory_index(s, t->memory);
		if (now < t->next_ms)
			continue;
		if ((t->rounds + t->deletes) % 2 == 0 || !read_pend(s, t->memory, t->index))
			s->list_due |= m >= 0 ? 1u << m : 1;
	}
	if (next != INT64_MAX)
		read_look_at(s, next > now + SOON_MS ? next : now + SOON_MS);
}

/* What was read is not what lies there. True: it will not become better. */
bool read_trouble_bad(struct session *s, const char *memory, const struct at_slot *slot)
{
	if (trouble_bad_read(&s->trouble, memory, slot->index, slot->pdu, mono_ms(), s->row->poll_ms))
		return true;
	session_remark(s, "%s %d was not read whole; once more later", memory, slot->index);
	read_look_at(s, mono_ms() + TROUBLE_FIRST_MS);
	return false;
}

/* What the listing does not show has gone some other way. */
void read_trouble_absent(struct session *s)
{
	for (int i = s->trouble.count - 1; i >= 0; i--) {
		const struct trouble_slot *t = &s->trouble.slot[i];
		bool there = strcmp(t->memory, s->list_memory) != 0;
		for (int k = 0; k < s->list.count && !there; k++)
			there = s->list.slot[k].index == t->index;
		if (!there)
			trouble_over(&s->trouble, t->memory, t->index);
	}
}

/* ------------------------------------------------------------------------------- over a restart */

static int restore(void *ctx, const struct bad_slot *b)
{
	struct session *s = ctx;
	trouble_restore(&s->trouble, b->memory, b->slot, b->rounds, b->same, b->bytes);
	return 0;
}

/* Another SIM has another store. */
void read_trouble_load(struct session *s)
{
	const char *line = session_line_key(s);
	if (!strcmp(s->trouble_line, line))
		return;
	s->trouble = (struct trouble){.count = 0};
	text_copy(s->trouble_line, sizeof s->trouble_line, line);
	int r = bad_slot_each(s->d->store, line, restore, s);
	if (r < 0)
		log_error("%s: bad slots of earlier are not known: %s", s->config->name, strerror(-r));
}

void read_trouble_keep(struct session *s)
{
	struct bad_slot bad[TROUBLE_MAX];
	int n = 0;
	if (!s->trouble.changed)
		return;
	for (int i = 0; i < s->trouble.count; i++) {
		const struct trouble_slot *t = &s->trouble.slot[i];
		if (t->rounds)
			bad[n++] = (struct bad_slot){.memory = t->memory,
						     .slot = t->index,
						     .rounds = t->rounds,
						     .same = t->same,
						     .bytes = t->bytes};
	}
	int r = bad_slot_put(s->d->store, s->trouble_line, bad, n);
	if (r)
		log_error("%s: bad slots are not kept: %s", s->config->name, strerror(-r));
	s->trouble.changed = r != 0;
}

/* ------------------------------------------------------------------------------------------------ room */

void read_note_room(struct session *s)
{
	const char *name = s->config->name;
	if (s->size <= 0 || s->used < 0)
		return;
	if (s->used >= s->size)
		alarm_raise(s->d, name, ALARM_STORE_FULL, "%d/%d", s->used, s->size);
	else
		alarm_clear(s->d, name, ALARM_STORE_FULL);
	if (s->used * 5 >= s->size * 4 && s->used < s->size)
		alarm_raise(s->d, name, ALARM_STORE_80, "%d/%d", s->used, s->size);
	else
		alarm_clear(s->d, name, ALARM_STORE_80);
}

void read_store_full(struct session *s)
{
	log_warning("%s: its store is full", s->config->name);
	alarm_raise(s->d, s->config->name, ALARM_STORE_FULL, "%s", "");
	read_all_due(s);
}
