#include "store/inbox.h"
#include "store/internal.h"

#include <errno.h>

static const char *const kind_names[] = {
    [INBOX_DELIVER] = "deliver", [INBOX_STATUS_REPORT] = "status-report", [INBOX_QUARANTINE] = "quarantine"};
static const char *const message_kinds[] = {
    [INBOX_TEXT] = "text", [INBOX_DATA] = "data", [INBOX_CALL] = "call"};

int inbox_known(struct store *s, const char *hash, int64_t now_utc)
{
	int64_t id;
	int r = store_get(s, &id, "SELECT id FROM pdu_in WHERE hash = ? AND received_utc >= ? LIMIT 1", "tI",
			  hash, now_utc - INBOX_DUPLICATE_S);
	return r == -ENOENT ? 0 : r ? r : 1;
}

int inbox_add_pdu(struct store *s, const struct inbox_pdu *p, int64_t *ret_id)
{
	bool alone = p->parts <= 1;
	/* a reference of 0 is a reference: only −1 is none */
	int r = store_run(
	    s,
	    "INSERT INTO pdu_in (modem, memory, slot, received_utc, pdu, hash, kind, sender, scts_utc, ref,"
	    " ref_bits, part, parts, message, reason, line) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, -1), "
	    "?,"
	    " ?, ?, ?, ?, ?)",
	    "ttiIttttPiPPPPtT", p->modem, p->memory, p->slot, p->received_utc, p->pdu, p->hash,
	    kind_names[p->kind], p->sender, p->scts_utc, alone ? -1 : p->ref,
	    (int64_t)(alone ? 0 : p->ref_bits), (int64_t)(alone ? 0 : p->part), (int64_t)(alone ? 0 : p->parts),
	    p->message, p->reason, p->line);
	if (r == 0)
		*ret_id = store_last_id(s);
	return r;
}

static void read_pdu(const struct query *q, struct inbox_pdu *p)
{
	*p = (struct inbox_pdu){.id = query_int(q, 0),
				.modem = query_text(q, 1),
				.memory = query_text(q, 2),
				.slot = (int)query_int(q, 3),
				.received_utc = query_int(q, 4),
				.pdu = query_text(q, 5),
				.hash = query_text(q, 6),
				.kind = INBOX_DELIVER,
				.sender = query_text(q, 7),
				.scts_utc = query_int(q, 8),
				.ref = (int)query_int(q, 9),
				.ref_bits = (int)query_int(q, 10),
				.part = (int)query_int(q, 11),
				.parts = (int)query_int(q, 12)};
}

static int walk(struct query *q, int r, int (*row)(void *ctx, const struct inbox_pdu *p), void *ctx)
{
	while (r >= 0 && (r = query_next(q)) == 1) {
		struct inbox_pdu p;
		read_pdu(q, &p);
		int stop = row(ctx, &p);
		if (stop)
			return stop;
	}
	return r;
}

int inbox_waiting(struct store *s, const char *sender, int ref, int ref_bits, int parts,
		  int (*row)(void *ctx, const struct inbox_pdu *p), void *ctx)
{
	cleanup_query struct query q = {0};
	int r = query_open(
	    s, &q,
	    "SELECT id, modem, memory, slot, received_utc, pdu, hash, sender, scts_utc, ref, ref_bits, part,"
	    " parts FROM pdu_in INDEXED BY pdu_in_waiting"
	    " WHERE message IS NULL AND kind = 'deliver' AND sender = ? AND ref = ?"
	    " AND ref_bits = ? AND parts = ? ORDER BY id",
	    "tiii", sender, ref, ref_bits, parts);
	return walk(&q, r, row, ctx);
}

/* INDEXED BY: reports have no message either, and there are thousands of them. */
int inbox_stale(struct store *s, int64_t before_utc, int (*row)(void *ctx, const struct inbox_pdu *p),
		void *ctx)
{
	cleanup_query struct query q = {0};
	int r = query_open(s, &q,
			   "SELECT min(id), modem, memory, slot, min(received_utc), pdu, hash, sender, "
			   "scts_utc, ref, ref_bits,"
			   " part, parts FROM pdu_in INDEXED BY pdu_in_waiting"
			   " WHERE message IS NULL AND kind = 'deliver'"
			   " GROUP BY sender, ref, ref_bits, parts HAVING min(received_utc) < ?",
			   "I", before_utc);
	return walk(&q, r, row, ctx);
}

int inbox_oldest_waiting(struct store *s, int64_t *ret_utc)
{
	int64_t v;
	int r = store_get(
	    s, &v,
	    "SELECT coalesce(min(received_utc), 9223372036854775807) FROM pdu_in INDEXED BY pdu_in_waiting"
	    " WHERE message IS NULL AND kind = 'deliver'",
	    "");
	if (r == 0)
		*ret_utc = v;
	return r;
}

int inbox_add_message(struct store *s, const struct inbox_message *m, int64_t *ret_id)
{
	int r = store_run(s,
			  "INSERT INTO message_in (id, number, kind, text, data, class, port, parts, missing, "
			  "modem, sent_utc,"
			  " received_utc, machine) VALUES ((SELECT (coalesce(max(id), 0) + 1 & ~1) + 2 FROM "
			  "message_in)," /* even */
			  " ?, ?, ?, ?, nullif(?, -1), nullif(?, -1), ?, ?, ?, ?, ?, ?)",
			  "ttttiiiitPIb", m->number, message_kinds[m->kind], m->text, m->data, m->class,
			  m->port, m->parts, m->missing, m->modem, m->sent_utc, m->received_utc, m->machine);
	if (r == 0)
		*ret_id = store_last_id(s);
	return r;
}

int inbox_attach(struct store *s, int64_t pdu, int64_t message)
{
	return store_run(s, "UPDATE pdu_in SET message = ? WHERE id = ?", "II", message, pdu);
}

static enum inbox_message_kind message_kind(const char *name)
{
	return name[0] == 't' ? INBOX_TEXT : name[0] == 'd' ? INBOX_DATA : INBOX_CALL;
}

int inbox_message_get(struct store *s, int64_t id, int (*row)(void *ctx, const struct inbox_message *m),
		      void *ctx)
{
	cleanup_query struct query q = {0};
	int r = query_find(
	    s, &q,
	    "SELECT number, kind, text, data, coalesce(class, -1), coalesce(port, -1), parts, missing, modem,"
	    " sent_utc, received_utc, machine, intents FROM message_in WHERE id = ?",
	    "I", id);
	if (r < 0)
		return r;
	struct inbox_message m = {.id = id,
				  .number = query_text(&q, 0),
				  .kind = message_kind(query_text(&q, 1)),
				  .text = query_text0(&q, 2),
				  .data = query_text0(&q, 3),
				  .class = (int)query_int(&q, 4),
				  .port = (int)query_int(&q, 5),
				  .parts = (int)query_int(&q, 6),
				  .missing = (int)query_int(&q, 7),
				  .modem = query_text(&q, 8),
				  .sent_utc = query_int(&q, 9),
				  .received_utc = query_int(&q, 10),
				  .machine = query_int(&q, 11) != 0,
				  .intents = query_text0(&q, 12)};
	return row(ctx, &m);
}

int inbox_stored(struct store *s, int64_t *ids, int limit, int *ret_count)
{
	cleanup_query struct query q = {0};
	int n = 0, r = query_open(s, &q, "SELECT id FROM message_in WHERE state = 'stored' ORDER BY id LIMIT ?",
				  "i", limit);
	while (r >= 0 && (r = query_next(&q)) == 1)
		ids[n++] = query_int(&q, 0);
	if (r == 0)
		*ret_count = n;
	return r;
}

int inbox_done(struct store *s, int64_t id, const char *intents)
{
	return store_run(s, "UPDATE message_in SET state = 'done', intents = ? WHERE id = ?", "tI", intents,
			 id);
}

int inbox_count_since(struct store *s, const char *number, int64_t since_utc, int64_t *ret_count)
{
	return store_get(s, ret_count, "SELECT count(*) FROM message_in WHERE number = ? AND received_utc >= ?",
			 "tI", number, since_utc);
}

int inbox_quarantined(struct store *s, int64_t *ret_count)
{
	return store_get(s, ret_count, "SELECT count(*) FROM pdu_in WHERE kind = 'quarantine'", "");
}
