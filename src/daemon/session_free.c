/* Slots are freed, once what they held is committed: many in one command line where the modem takes that, the
 * highest first, since in some modems those above move down. */
#include "daemon/session_internal.h"
#include "base/log.h"
#include "base/order.h"

#include <string.h>

#define NOT_FREED 3 /* so many in a row: the memory, not a slot, is at fault */
#define REFUSED   2 /* so many lines of several deletes were refused and each of them alone was not */

static void mark_freed(struct session *s, int index)
{
	s->not_freed = s->delete_pauses = 0;
	trouble_over(&s->trouble, s->list_memory, index);
	if (s->used > 0 && !strcmp(s->list_memory, s->chosen))
		s->used--;
}

/* Stored it is: a later round meets it again, knows it, and tries again to delete it. */
static void not_freed(struct session *s, int index, const char *why)
{
	int64_t now = mono_ms();
	int n = trouble_not_freed(&s->trouble, s->list_memory, index, now, s->row->poll_ms);
	if (n == 3)
		log_error("%s: %s %d cannot be deleted: %s", s->config->name, s->list_memory, index, why);
	s->bulk.refused = 0;
	read_look_at(s, now + TROUBLE_FIRST_MS);
	if (++s->not_freed >= NOT_FREED)
		s->delete_ms = now + trouble_pause_ms(++s->delete_pauses, s->row->poll_ms);
}

/* No slot is deleted on an old listing: what was freed since may hold a new text. */
static void list_again(struct session *s)
{
	int m = read_memory_index(s, s->list_memory);
	s->list_due |= m >= 0 ? 1u << m : 1;
	s->delete_at = -1;
}

static bool wanted(const struct session *s, int at, int64_t now)
{
	int index = s->list.slot[at].index;
	return index >= 0 && now >= s->delete_ms && trouble_ripe(&s->trouble, s->list_memory, index, now);
}

/* ------------------------------------------------------------------------------------------- one by one */

static void on_freed(void *user, const struct at_reply *r)
{
	struct session *s = user;
	if (port_over(s, r))
		return;
	int index = s->list.slot[s->delete_at].index;
	bool freed = at_read_delete(r) == 0;
	if (freed)
		mark_freed(s, index);
	else
		not_freed(s, index, r->text);
	s->delete_at--;
	if (freed && s->row->index_shifts) {
		trouble_forget(&s->trouble, s->list_memory);
		if (s->delete_at >= 0)
			list_again(s);
	}
	read_go_on(s);
}

static void free_one(struct session *s)
{
	struct at_command c = at_cmd_delete(s->list.slot[s->delete_at].index);
	port_submit(s, &c, on_freed);
}

/* -------------------------------------------------------------------------------------- many in a line */

static void remember(struct session *s, int index)
{
	if (strcmp(s->bulk.memory, s->list_memory) != 0)
		memset(s->bulk.freed, 0, sizeof s->bulk.freed);
	memcpy(s->bulk.memory, s->list_memory, sizeof s->bulk.memory);
	if (index < SESSION_SLOTS)
		s->bulk.freed[index / 8] |= (uint8_t)(1u << index % 8);
}

bool free_was_said(struct session *s, int index)
{
	if (index < 0 || index >= SESSION_SLOTS || strcmp(s->bulk.memory, s->list_memory) != 0 ||
	    !(s->bulk.freed[index / 8] & 1u << index % 8))
		return false;
	s->bulk.freed[index / 8] &= (uint8_t) ~(1u << index % 8);
	return true;
}

static void on_many_freed(void *user, const struct at_reply *r)
{
	struct session *s = user;
	if (port_over(s, r))
		return;
	if (at_read_delete(r) != 0) {
		/* Which of them is not said: once more, each for itself, but of what is there now. Into a slot that
		 * this line did free, the next text may have come already. */
		s->bulk.failed = true;
		if (r->final != AT_TIMEOUT && ++s->bulk.refused >= REFUSED)
			s->bulk.off = true;
		list_again(s);
		read_go_on(s);
		return;
	}
	s->bulk.refused = 0;
	for (int i = s->bulk.from; i > s->delete_at; i--)
		if (wanted(s, i, s->bulk.ms)) {
			mark_freed(s, s->list.slot[i].index);
			remember(s, s->list.slot[i].index);
		}
	read_go_on(s);
}

static void free_many(struct session *s, int64_t now)
{
	int index[SESSION_SLOTS], at[SESSION_SLOTS], n = 0, taken;
	for (int i = s->delete_at; i >= 0 && n < s->row->cmgd_line; i--)
		if (wanted(s, i, now)) {
			index[n] = s->list.slot[i].index;
			at[n++] = i;
		}
	if (n == 1) {
		free_one(s);
		return;
	}
	struct at_command c = at_cmd_delete_many(index, n, &taken);
	s->bulk.from = s->delete_at;
	s->bulk.ms = now;
	s->delete_at = at[taken - 1] - 1;
	port_submit(s, &c, on_many_freed);
}

/* ------------------------------------------------------------------------------------------------ a list */

void free_next(struct session *s)
{
	int64_t now = mono_ms();
	while (s->delete_at >= 0 && !wanted(s, s->delete_at, now))
		s->delete_at--;
	if (s->delete_at < 0) {
		s->deleting = false;
		read_note_room(s);
		at_list_done(&s->list);
		s->list = (struct at_list){0};
		s->list_at = 0;
		/* a whole batch: the outbox has its turn */
		session_event(s, EV_REST);
		return;
	}
	if (s->row->cmgd_line > 1 && !s->row->index_shifts && !s->bulk.off && !s->bulk.singly) {
		free_many(s, now);
		return;
	}
	free_one(s);
}

static int by_index(const void *a, const void *b)
{
	const struct at_slot *x = a, *y = b;
	return order(x->index, y->index);
}

void free_slots(struct session *s)
{
	if (s->list.count > 1)
		qsort(s->list.slot, (size_t)s->list.count, sizeof *s->list.slot, by_index);
	s->delete_at = s->list.count - 1;
	s->deleting = true;
	s->not_freed = 0;
	s->bulk.singly = s->bulk.failed;
	s->bulk.failed = false;
	free_next(s);
}
