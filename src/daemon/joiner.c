#include "daemon/joiner.h"
#include "daemon/receiver.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "sms/concat.h"
#include "store/event.h"
#include "store/self_text.h"

#include <errno.h>
#include <string.h>

#define PID_SILENT 0x40 /* short message type 0, TS 23.040 9.2.3.9 */
#define PID_SIM    0x7F /* (U)SIM data download */

static bool is_blank(const struct tpdu *t)
{
	for (size_t i = 0; i < t->unit_count; i++)
		if (t->units[i] > ' ')
			return false;
	return true;
}

/* "You have a message waiting", TS 23.038 clause 4. Group 1100 is to be discarded, whatever it carries; the
 * groups that are to be stored are a text when somebody wrote one. */
static bool is_indication(const struct tpdu *t, bool machine)
{
	return t->waiting >= 0 && (!t->waiting_store || machine || is_blank(t));
}

/* What no person wrote: recorded, never read as a text. */
static bool is_data(const struct tpdu *t, bool machine)
{
	return t->alphabet == SMS_8BIT || t->port_dest >= 0 || t->compressed || t->pid == PID_SILENT ||
	       t->pid == PID_SIM || is_indication(t, machine);
}

/* Machines get no automatic answer; a box that answers itself would never stop. */
static bool is_machine(const struct participation *p, const char *number, enum e164_kind kind)
{
	char own[E164_MAX];
	if (!e164_is_person(kind))
		return true;
	return p->config->number && (e164_parse(p->config->number, own), !strcmp(own, number));
}

static void add_hex(struct buf *b, const struct tpdu *t)
{
	if (t->alphabet == SMS_8BIT || t->compressed)
		for (size_t i = 0; i < t->data_len; i++)
			buf_addf(b, "%02X", t->data[i]);
	else
		for (size_t i = 0; i < t->unit_count; i++)
			buf_addf(b, "%04X", t->units[i]);
}

/* `part[i]` is NULL for one that never came; at least one is there. */
static int add_message(const struct participation *p, const struct tpdu *const *part, int parts,
		       const char *modem, int64_t received_utc, int64_t *ret_id)
{
	const struct tpdu *first = NULL;
	int missing = 0;
	cleanup_buf struct buf hex = {0};
	for (int i = 0; i < parts; i++) {
		if (!part[i]) {
			missing++;
			continue;
		}
		if (!first)
			first = part[i];
		add_hex(&hex, part[i]);
	}
	char number[E164_MAX];
	enum e164_kind kind = e164_parse(first->number, number);
	bool machine = is_machine(p, number, kind), data = is_data(first, machine);
	cleanup_free char *text = data ? NULL : concat_text(part, parts);
	/* a line's text to itself is nobody's: kept as data, and no event */
	int self = data ? 0 : self_text_back(p->store, text, received_utc);
	if (self < 0)
		return self;
	if (self)
		data = true;
	struct inbox_message m = {.number = number,
				  .kind = data ? INBOX_DATA : INBOX_TEXT,
				  .text = text,
				  .data = data ? buf_str(&hex) : NULL,
				  .class = first->message_class,
				  .port = first->port_dest,
				  .parts = parts,
				  .missing = missing,
				  .modem = modem,
				  .sent_utc = first->scts.valid ? first->scts.utc : 0,
				  .received_utc = received_utc,
				  .machine = machine};
	int r = inbox_add_message(p->store, &m, ret_id);
	if (r == 0 && !self)
		r = event_add(p->store, EVENT_MESSAGE_RECEIVED, "daemon",
			      json_pack("{s:I, s:s, s:s, s:i}", "message", (json_int_t)*ret_id, "number",
					number, "modem", modem, "parts", parts),
			      received_utc);
	return r;
}

int joiner_alone(const struct participation *p, const char *modem, const struct tpdu *t, int64_t now,
		 int64_t *ret)
{
	return add_message(p, &t, 1, modem, now, ret);
}

/* ------------------------------------------------------------------------------------------- many parts */

struct waiting {
	struct concat_row *row;
	char **pdu, **hash;
	size_t count, room;
	char modem[64];
};

static int gather(void *ctx, const struct inbox_pdu *p)
{
	struct waiting *w = ctx;
	if (w->count == w->room) {
		w->room = w->room ? 2 * w->room : 16;
		w->row = mem_resize(w->row, w->room, sizeof *w->row);
		w->pdu = mem_resize(w->pdu, w->room, sizeof *w->pdu);
		w->hash = mem_resize(w->hash, w->room, sizeof *w->hash);
	}
	w->pdu[w->count] = mem_dup(p->pdu);
	w->hash[w->count] = mem_dup(p->hash);
	text_copy(w->modem, sizeof w->modem, p->modem);
	w->row[w->count] = (struct concat_row){.id = p->id,
					       .sender = "",
					       .ref = p->ref,
					       .bits = p->ref_bits,
					       .part = p->part,
					       .parts = p->parts,
					       .scts_utc = p->scts_utc ? p->scts_utc : CONCAT_NO_SCTS,
					       .arrived_utc = p->received_utc,
					       .hash = w->hash[w->count]};
	w->count++;
	return 0;
}

static void waiting_done(struct waiting *w)
{
	for (size_t i = 0; i < w->count; i++) {
		free(w->pdu[i]);
		free(w->hash[i]);
	}
	free(w->row);
	free(w->pdu);
	free(w->hash);
}

static int deliver_group(const struct participation *p, const struct waiting *w, int group, int parts,
			 int64_t now)
{
	struct tpdu *tpdu = mem_array((size_t)parts, sizeof *tpdu);
	const struct tpdu **part = mem_array((size_t)parts, sizeof *part);
	int r = 0;
	for (size_t i = 0; i < w->count; i++) {
		const struct concat_row *row = &w->row[i];
		int k = row->part - 1;
		if (row->group == group && !row->duplicate && k >= 0 && k < parts &&
		    tpdu_decode_hex(w->pdu[i], true, TPDU_INCOMING, -1, &tpdu[k], NULL) == 0)
			part[k] = &tpdu[k];
	}
	int64_t message;
	r = add_message(p, part, parts, w->modem, now, &message);
	for (size_t i = 0; i < w->count && r == 0; i++)
		if (w->row[i].group == group)
			r = inbox_attach(p->store, w->row[i].id, message);
	free(tpdu);
	free(part);
	return r;
}

int joiner_join(const struct participation *p, const struct inbox_pdu *key, int64_t now)
{
	struct waiting w = {0};
	int r = inbox_waiting(p->store, key->sender, key->ref, key->ref_bits, key->parts, gather, &w);
	struct concat_group *groups = mem_array(w.count ? w.count : 1, sizeof *groups);
	int n = r || !w.count ? 0 : concat_sort(w.row, w.count, now, groups);
	for (int g = 0; g < n && r == 0; g++)
		if (groups[g].state != CONCAT_WAITING)
			r = deliver_group(p, &w, g, groups[g].parts, now);
	free(groups);
	waiting_done(&w);
	return r;
}

/* ------------------------------------------------------------------------------------------------ patience */

#define STALE_MAX 64

struct stale {
	struct {
		char sender[E164_MAX];
		struct inbox_pdu key;
	} item[STALE_MAX];
	int count;
};

static int note_stale(void *ctx, const struct inbox_pdu *p)
{
	struct stale *s = ctx;
	if (s->count == STALE_MAX)
		return 1;
	text_copy(s->item[s->count].sender, E164_MAX, p->sender);
	s->item[s->count].key = (struct inbox_pdu){.ref = p->ref, .ref_bits = p->ref_bits, .parts = p->parts};
	s->item[s->count].key.sender = s->item[s->count].sender;
	s->count++;
	return 0;
}

int receiver_expire(const struct participation *p, int64_t now, int64_t *ret_next)
{
	struct stale s = {0};
	int r = inbox_stale(p->store, now - CONCAT_PATIENCE_S + 1, note_stale, &s);
	if (r < 0)
		return r;
	if (s.count && (r = store_begin(p->store)))
		return r;
	for (int i = 0; i < s.count && r >= 0; i++)
		r = joiner_join(p, &s.item[i].key, now);
	if (s.count)
		r = r < 0 ? r : store_commit(p->store);
	if (r) {
		store_rollback(p->store);
		return r;
	}
	int64_t oldest;
	r = inbox_oldest_waiting(p->store, &oldest);
	if (r == 0)
		*ret_next = oldest == INT64_MAX ? INT64_MAX : oldest + CONCAT_PATIENCE_S;
	return r;
}
