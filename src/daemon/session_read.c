/* Reading: what +CMTI announces, and what a sweep finds in any memory. Every text is committed before its slot
 * is freed; a slot that makes trouble is left alone and read again later, in rounds (trouble.h), before its bytes
 * go into quarantine. */
#include "daemon/session_internal.h"
#include "daemon/alarm.h"
#include "daemon/clock_setter.h"
#include "daemon/receiver.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "sms/tpdu.h"

#include <errno.h>
#include <string.h>

#define BATCH      10 /* slots read one by one before the outbox has its turn */
#define LIST_ABOVE 2  /* so many announced in one memory: one listing is cheaper */
#define LATELY_MS  5000
#define RETRY_MS   2000 /* the database was busy: the texts are still in the modem */
#define CUT_OFF    2    /* direct texts in a row that are waited for once more */
#define TOGETHER   64   /* texts in one transaction */

void read_forget(struct session *s)
{
	at_list_done(&s->list);
	s->list = (struct at_list){0};
	s->list_at = s->delete_at = 0;
	s->pending_count = 0;
	s->list_due = s->look_due = 0;
	s->reread = s->deleting = s->check_due = false;
	s->selected[0] = 0;
}

bool read_wanted(const struct session *s)
{
	return (s->config->roles & MODEM_RECEIVE) &&
	       (s->pending_count || s->list_due || s->look_due || s->check_due || s->list.count);
}

int read_memory_index(const struct session *s, const char *name)
{
	for (int i = 0; i < s->memory_count; i++)
		if (!strcmp(s->memory[i], name))
			return i;
	return -1;
}

void read_all_due(struct session *s)
{
	read_trouble_load(s);
	s->look_due = s->memory_count ? (1u << s->memory_count) - 1 : 1;
	if (s->state == SESSION_READY || s->state == SESSION_REGISTERING)
		session_event(s, EV_READ);
}

bool read_pend(struct session *s, const char *memory, int index)
{
	for (int i = 0; i < s->pending_count; i++)
		if (s->pending[i].index == index && !strcmp(s->pending[i].memory, memory))
			return true;
	if (s->pending_count == SESSION_SLOTS)
		return false;
	struct session_slot *p = &s->pending[s->pending_count++];
	*p = (struct session_slot){.index = index};
	text_copy(p->memory, sizeof p->memory, memory);
	return true;
}

void read_announced(struct session *s, const char *memory, int index)
{
	if (!memory[0])
		memory = s->chosen;
	s->announced++;
	/* one that was not known yet is read too from now on */
	if (read_memory_index(s, memory) < 0 && s->memory_count && s->memory_count < SESSION_MEMORIES)
		text_copy(s->memory[s->memory_count++], sizeof s->memory[0], memory);
	int m = read_memory_index(s, memory);
	if (index < 0 || !read_pend(s, memory, index))
		s->list_due |= m >= 0 ? 1u << m : 1;
	if (s->state == SESSION_READY || s->state == SESSION_REGISTERING)
		session_event(s, EV_READ);
}

/* --------------------------------------------------------------------------------------- into the inbox */

static void look_again(struct session *s)
{
	int64_t at = mono_ms() + RETRY_MS;
	s->next_round_ms = 0;
	s->format_known_ms = 0;
	if (s->next_check_ms > at)
		s->next_check_ms = at;
}

void read_look_at(struct session *s, int64_t ms)
{
	if (s->next_check_ms > ms)
		s->next_check_ms = ms;
}

/* What becomes of a slot of the list: bytes as they are, or a reason why they are only kept. False: not now. */
static bool receive(struct session *s, const struct at_slot *slot, struct received *ret)
{
	*ret = (struct received){.modem = s->config->name,
				 .line = session_line_key(s),
				 .memory = s->list_memory,
				 .slot = slot->index,
				 .hex = slot->pdu ? slot->pdu : "",
				 .length = slot->length};
	if ((!slot->pdu || slot->length_lies) && !read_trouble_bad(s, s->list_memory, slot))
		return false;
	if (!slot->pdu)
		ret->unread = "the slot cannot be read";
	else if (slot->stat == 2 || slot->stat == 3) {
		ret->unread = "a text that was stored for sending";
		ret->draft = true;
	}
	return true;
}

static void not_taken(struct session *s, struct at_slot *slot)
{
	slot->index = -1; /* not to be freed */
	look_again(s);
}

/* Some at once: one commit for all of them. Those that are safe then may be freed. */
static void take_some(struct session *s, struct received *in, int *where, int n)
{
	int r = n ? receiver_take(&s->d->people, in, n, session_now(s)) : 0;
	if (r) /* a full disk, mostly: tried every two seconds, so once for all */
		log_error("%s: %d texts stay in %s: %s", s->config->name, n, s->list_memory, strerror(-r));
	for (int i = 0; i < n; i++) {
		struct at_slot *slot = &s->list.slot[where[i]];
		if (r || in[i].failed) {
			if (!r)
				log_error("%s: a text stays in %s %d: %s", s->config->name, s->list_memory,
					  slot->index, strerror(-in[i].failed));
			not_taken(s, slot);
			continue;
		}
		trouble_good_read(&s->trouble, s->list_memory, slot->index);
		clock_setter_stamp(s->d->clock_setter, in[i].scts_utc);
		if (in[i].raw)
			alarm_raise(s->d, s->config->name, ALARM_QUARANTINE, "%s %d", s->list_memory,
				    slot->index);
		/* the network may have sent it again, into the same slot: that costs some time, and no text */
		if (free_was_said(s, slot->index) && in[i].known) {
			s->bulk.off = true;
			session_remark(s, "%s %d is not free, though it was said to be", s->list_memory,
				       slot->index);
		}
	}
	if (!n || r)
		return;
	s->last_read_ms = mono_ms();
	daemon_act_soon(s->d, 0);
}

static void take_list(struct session *s)
{
	struct received in[TOGETHER];
	int where[TOGETHER], n = 0;
	for (int i = 0; i < s->list.count; i++) {
		struct at_slot *slot = &s->list.slot[i];
		if (receive(s, slot, &in[n]))
			where[n++] = i;
		else
			slot->index = -1;
		if (n == TOGETHER) {
			take_some(s, in, where, n);
			n = 0;
		}
	}
	take_some(s, in, where, n);
	read_trouble_keep(s);
}

/* Soon: something speaks against them. */
static void read_check_settings(struct session *s)
{
	s->check_due = true;
	s->format_known_ms = 0;
	if (s->state == SESSION_READY)
		session_event(s, EV_READ);
}

/* No acknowledgement is better than a late one: the network has the text sent again either way, and some modems
 * turn reception off when one was due and did not come (MODEM-FACTS 0.2). So the settings are looked at. */
static void on_acknowledged(void *user, const struct at_reply *r)
{
	struct session *s = user;
	bool late = r->final == AT_CANCELLED && s->poll && *r->text;
	if (!late && port_over(s, r))
		return;
	if (r->final == AT_OK)
		return;
	session_remark(s, "not acknowledged in time: %s", late ? "it was busy" : r->text);
	read_check_settings(s);
}

static void acknowledge(struct session *s, int64_t came_ms)
{
	bool wanted;
	struct at_command c = at_cmd_acknowledge(s->row, &wanted);
	if (!wanted)
		return;
	c.expires_ms = came_ms + s->row->cnma_deadline_ms;
	port_submit(s, &c, on_acknowledged);
}

void read_direct(struct session *s, const struct at_urc *u)
{
	if (!u->pdu || !at_is_hex(u->pdu)) {
		/* in text mode it looks so: our settings are gone, and without an answer the network sends it
		 * again */
		session_remark(s, "no PDU behind %s", u->line);
		read_check_settings(s);
		return;
	}
	if (u->kind == URC_CMT && u->length_lies && s->row->cnma != CNMA_NONE && s->cut_off++ < CUT_OFF) {
		/* no slot to read once more; what is not acknowledged is sent again */
		session_remark(s, "cut off: %s", u->line);
		read_check_settings(s);
		return;
	}
	s->cut_off = 0;
	struct received in = {.modem = s->config->name,
			      .line = session_line_key(s),
			      .memory = "",
			      .slot = -1,
			      .hex = u->pdu,
			      .length = u->length};
	int64_t came_ms = mono_ms();
	/* a report may come in one breath with the answer that says its reference */
	if (s->past.m)
		send_commit(s);
	int r = receiver_take(&s->d->people, &in, 1, session_now(s));
	if (r == 0)
		r = in.failed;
	if (r) {
		log_error("%s: a text is not acknowledged: %s", s->config->name, strerror(-r));
		return;
	}
	send_reported(s);
	clock_setter_stamp(s->d->clock_setter, in.scts_utc);
	if (in.raw)
		alarm_raise(s->d, s->config->name, ALARM_QUARANTINE, "%s", "");
	daemon_act_soon(s->d, 0);
	acknowledge(s, came_ms);
}

/* ------------------------------------------------------------------------------------------------ a list */

/* It has fallen back to text mode: nothing that is read now is a PDU, and all of it is still there. */
static bool in_words(struct session *s, const struct at_slot *slot, int count)
{
	for (int i = 0; i < count; i++)
		if (slot[i].text_mode) {
			log_notice("%s: is in text mode, it has reset itself", s->config->name);
			return true;
		}
	return false;
}

static void on_reread(void *user, const struct at_reply *r)
{
	struct session *s = user;
	struct at_slot again;
	if (port_over(s, r))
		return;
	struct at_slot *slot = &s->list.slot[s->list_at];
	if (at_read_slot(r, &again) == 0) {
		if (in_words(s, &again, 1)) {
			at_slot_done(&again);
			session_event(s, EV_CONFUSED);
			return;
		}
		int index = slot->index;
		at_slot_done(slot);
		*slot = again;
		slot->index = index;
	}
	read_go_on(s);
}

/* True when a slot of the list has been asked for again. */
static bool read_again(struct session *s)
{
	for (; s->list_at < s->list.count; s->list_at++, s->reread = false) {
		struct at_slot *slot = &s->list.slot[s->list_at];
		if (!slot->length_lies || slot->index < 0 || s->row->cmgl_broken_index || s->reread)
			continue;
		s->reread = true;
		struct at_command c = at_cmd_read(slot->index);
		port_submit(s, &c, on_reread);
		return true;
	}
	return false;
}

static int64_t stamp(const struct at_slot *slot)
{
	struct tpdu t;
	if (!slot->pdu || tpdu_decode_hex(slot->pdu, true, TPDU_INCOMING, -1, &t, NULL) || !t.scts.valid)
		return INT64_MAX;
	return t.scts.utc;
}

/* Freed slots are used again from below, so a listing is not in the order in which people wrote. */
static void in_order(struct at_list *l)
{
	int64_t *at = mem_array((size_t)(l->count ? l->count : 1), sizeof *at);
	for (int i = 0; i < l->count; i++) {
		struct at_slot slot = l->slot[i];
		int64_t t = stamp(&slot);
		int k = i;
		for (; k > 0 && at[k - 1] > t; k--) {
			at[k] = at[k - 1];
			l->slot[k] = l->slot[k - 1];
		}
		at[k] = t;
		l->slot[k] = slot;
	}
	free(at);
}

/* Index by index, for a modem that does not list. */
static void read_each(struct session *s, const char *memory)
{
	int n = s->size > 0 && s->size < SESSION_SLOTS ? s->size : 50;
	for (int i = 0; i < n; i++)
		read_pend(s, memory, s->row->index_base + i);
}

static void on_list(void *user, const struct at_reply *r)
{
	struct session *s = user;
	if (port_over(s, r))
		return;
	if (at_read_list(r, &s->list) != 0) {
		if (r->final != AT_TIMEOUT)
			read_each(s, s->list_memory);
		else
			look_again(s);
		s->list = (struct at_list){0};
		read_go_on(s);
		return;
	}
	if (in_words(s, s->list.slot, s->list.count)) {
		session_event(s, EV_CONFUSED);
		return;
	}
	read_trouble_absent(s);
	read_trouble_keep(s);
	in_order(&s->list);
	s->list_at = 0;
	s->reread = false;
	read_go_on(s);
}

static void list(struct session *s)
{
	text_copy(s->list_memory, sizeof s->list_memory, s->selected);
	/* the listing shows what was announced as well */
	int kept = 0;
	for (int i = 0; i < s->pending_count; i++)
		if (strcmp(s->pending[i].memory, s->selected) != 0)
			s->pending[kept++] = s->pending[i];
	s->pending_count = kept;
	if (!s->row->cmgl_max_ms) {
		read_each(s, s->selected);
		read_go_on(s);
		return;
	}
	struct at_command c = at_cmd_list(s->row);
	port_submit(s, &c, on_list);
}

/* ------------------------------------------------------------------------------------------------ one slot */

static void on_slot(void *user, const struct at_reply *r)
{
	struct session *s = user;
	struct at_slot slot;
	if (port_over(s, r))
		return;
	struct session_slot wanted = s->pending[0];
	int e = at_read_slot(r, &slot);
	if (e == 0 && in_words(s, &slot, 1)) {
		at_slot_done(&slot);
		session_event(s, EV_CONFUSED);
		return;
	}
	if (e == 0 && slot.length_lies && !s->reread) {
		at_slot_done(&slot);
		s->reread = true;
		struct at_command c = at_cmd_read(wanted.index);
		port_submit(s, &c, on_slot);
		return;
	}
	if (e)
		s->reread = false;
	s->pending_count--;
	memmove(s->pending, s->pending + 1, (size_t)s->pending_count * sizeof *s->pending);
	if (e == -ENOENT) {
		trouble_over(&s->trouble, wanted.memory, wanted.index);
		/* a listing was faster than its announcement; or it lies somewhere else */
		if (mono_ms() - s->last_read_ms > LATELY_MS)
			s->look_due = s->memory_count ? (1u << s->memory_count) - 1 : 1;
	} else if (e)
		look_again(s);
	else {
		slot.index = wanted.index;
		text_copy(s->list_memory, sizeof s->list_memory, wanted.memory);
		s->list = (struct at_list){.slot = mem_alloc(sizeof slot), .count = 1};
		s->list.slot[0] = slot;
		s->list_at = 0;
	}
	read_go_on(s);
}

/* ------------------------------------------------------------------------------------- the right memory */

static void on_selected(void *user, const struct at_reply *r)
{
	struct session *s = user;
	struct at_stores st;
	if (port_over(s, r))
		return;
	int m = read_memory_index(s, s->list_memory);
	if (r->final != AT_OK) {
		/* not to be had: forget what was wanted of it */
		unsigned bit = m >= 0 ? 1u << m : 0;
		s->list_due &= ~bit;
		s->look_due &= ~bit;
		int kept = 0;
		for (int i = 0; i < s->pending_count; i++)
			if (strcmp(s->pending[i].memory, s->list_memory) != 0)
				s->pending[kept++] = s->pending[i];
		s->pending_count = kept;
		session_remark(s, "memory %s cannot be selected", s->list_memory);
		read_go_on(s);
		return;
	}
	text_copy(s->selected, sizeof s->selected, s->list_memory);
	int used = -1;
	if (at_read_stores(r, &st) == 0 && st.count > 0) {
		used = st.used[0];
		if (!strcmp(s->selected, s->chosen)) {
			s->used = st.used[0];
			s->size = st.total[0];
		}
	}
	if (m >= 0 && (s->look_due & 1u << m)) {
		s->look_due &= ~(1u << m);
		if (used != 0)
			s->list_due |= 1u << m;
	}
	read_go_on(s);
}

static void select_memory(struct session *s, const char *name)
{
	text_copy(s->list_memory, sizeof s->list_memory, name);
	struct at_command c = at_cmd_store_read_from(name);
	port_submit(s, &c, on_selected);
}

static int first_bit(unsigned bits)
{
	for (int i = 0; i < SESSION_MEMORIES; i++)
		if (bits & 1u << i)
			return i;
	return -1;
}

static void read_pending(struct session *s)
{
	const struct session_slot *p = &s->pending[0];
	int same = 0;
	for (int i = 0; i < s->pending_count; i++)
		same += !strcmp(s->pending[i].memory, p->memory);
	if (strcmp(s->selected, p->memory) != 0)
		select_memory(s, p->memory);
	else if (same > LIST_ABOVE && s->row->cmgl_max_ms && s->batch == 0) {
		s->batch++;
		list(s);
	} else {
		s->batch++;
		struct at_command c = at_cmd_read(p->index);
		port_submit(s, &c, on_slot);
	}
}

/* What to do next, most urgent first; one thing at a time. */
void read_go_on(struct session *s)
{
	int m;
	if (!session_reading(s))
		return;
	if (s->list.count) {
		if (s->deleting)
			free_next(s);
		else if (!read_again(s)) {
			take_list(s);
			free_slots(s);
		}
	} else if (s->check_due)
		read_check(s);
	else if (s->pending_count && s->batch < BATCH)
		read_pending(s);
	else if (s->pending_count)
		session_event(s, EV_REST);
	else if ((m = first_bit(s->list_due)) >= 0) {
		if (m < s->memory_count && strcmp(s->selected, s->memory[m]) != 0)
			select_memory(s, s->memory[m]);
		else {
			s->list_due &= ~(1u << m);
			list(s);
		}
	} else if ((m = first_bit(s->look_due)) >= 0 && m < s->memory_count)
		select_memory(s, s->memory[m]);
	else if (s->memory_count && strcmp(s->selected, s->chosen) != 0)
		select_memory(s, s->chosen);
	else {
		s->look_due = 0;
		session_event(s, EV_REST);
	}
}

void read_begin(struct session *s)
{
	s->batch = 0;
	read_go_on(s);
}
