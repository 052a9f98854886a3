#include "daemon/receiver.h"
#include "daemon/joiner.h"
#include "at_commands/errors.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "sms/concat.h"
#include "store/broadcast.h"
#include "store/event.h"
#include "store/inbox.h"
#include "store/line.h"
#include "store/outbox.h"
#include "store/report.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define HASH_SIZE 33

/* The key under which a redelivery is known: sender and TPDU, without the service centre (which may be another
 * one the second time) and without the bit that says whether more is waiting, TS 23.040 9.2.3.2. */
static void hash_of(const char *sender, const char *tpdu, unsigned first_octet, char out[HASH_SIZE])
{
	uint64_t h[2] = {14695981039346656037u, 1099511628211u * 31};
	char head[48];
	int n = snprintf(head, sizeof head, "%s|%02X", sender, first_octet & ~4u);
	for (int k = 0; k < 2; k++) {
		for (int i = 0; i < n; i++)
			h[k] = (h[k] ^ (uint8_t)head[i]) * 1099511628211u;
		for (const char *p = tpdu; *p; p++)
			h[k] = (h[k] ^ (uint8_t)toupper((unsigned char)*p)) * 1099511628211u;
	}
	snprintf(out, HASH_SIZE, "%016" PRIx64 "%016" PRIx64, h[0], h[1] ^ h[0] >> 7);
}

/* What follows SMSC part and first octet. */
static const char *tpdu_behind_first(const char *hex)
{
	unsigned smsc = 0;
	size_t n = strlen(hex);
	if (sscanf(hex, "%2x", &smsc) != 1 || 2 * (size_t)(smsc + 2) > n)
		return hex;
	return hex + 2 * (smsc + 2);
}

static int store_raw(const struct participation *p, const struct received *in, struct inbox_pdu *row,
		     int64_t *ret_id)
{
	cleanup_free char *hex = mem_dup(in->hex);
	for (char *c = hex; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	row->modem = in->modem;
	row->memory = in->memory;
	row->slot = in->slot;
	row->pdu = hex;
	int r = inbox_add_pdu(p->store, row, ret_id);
	row->pdu = in->hex;
	return r;
}

static int end(const struct participation *p, int r)
{
	if (r == 0)
		r = store_commit(p->store);
	if (r)
		store_rollback(p->store);
	return r;
}

static int quarantine(const struct participation *p, const struct received *in, const char *hash,
		      const char *reason, int64_t now, int64_t *ret_id)
{
	struct inbox_pdu row = {
	    .received_utc = now, .hash = hash, .kind = INBOX_QUARANTINE, .sender = "", .reason = reason};
	int r = store_begin(p->store);
	if (r)
		return r;
	return end(p, store_raw(p, in, &row, ret_id));
}

int receiver_quarantine(const struct participation *p, const struct received *in, const char *reason,
			bool stored_for_sending, int64_t now)
{
	char hash[HASH_SIZE];
	int64_t id;
	hash_of("", in->hex, 0, hash);
	int known = inbox_known(p->store, hash, now);
	if (known)
		return known < 0 ? known : 0;
	int r = quarantine(p, in, hash, reason, now, &id);
	if (r == 0 && !stored_for_sending)
		r = participation_quarantine(p, id, "", reason, in->modem, now);
	return r;
}

/* ------------------------------------------------------------------------------------------------ reports */

static int take_report(const struct participation *p, const struct received *in, const struct tpdu *t,
		       const char *hash, int64_t now)
{
	char number[E164_MAX];
	e164_parse(t->number, number);
	struct inbox_pdu row = {.received_utc = now,
				.hash = hash,
				.kind = INBOX_STATUS_REPORT,
				.sender = number,
				.scts_utc = t->scts.valid ? t->scts.utc : 0};
	int64_t id, message = 0;
	int r = store_begin(p->store);
	if (r)
		return r;
	r = store_raw(p, in, &row, &id);
	if (r == 0) {
		r = outbox_report(p->store, in->modem, t->mr, number, t->st, now, &message);
		/* one that fits nothing stays in the table for whoever wonders */
		if (r == -ENOENT)
			r = 0;
	}
	if (r == 0 && message) /* it may have been the last text that waited for another try */
		r = broadcast_finish(p->store, now);
	if (r == 0 && message && t->st >= 64)
		r = event_add(p->store, EVENT_MESSAGE_FAILED, "daemon",
			      json_pack("{s:I, s:s, s:s}", "message", (json_int_t)message, "number", number,
					"reason", tp_status_text(t->st)),
			      now);
	return end(p, r);
}

/* ------------------------------------------------------------------------------------------------ texts */

static int take_deliver(const struct participation *p, const struct received *in, const struct tpdu *t,
			const char *sender, const char *hash, int64_t now)
{
	bool split = t->concat_ref >= 0 && t->parts > 1;
	struct inbox_pdu row = {.received_utc = now,
				.hash = hash,
				.kind = INBOX_DELIVER,
				.sender = sender,
				.scts_utc = t->scts.valid ? t->scts.utc : 0,
				.ref = split ? t->concat_ref : 0,
				.ref_bits = split ? t->concat_bits : 0,
				.part = split ? t->part : 1,
				.parts = split ? t->parts : 1};
	int64_t id;
	int r = store_begin(p->store);
	if (r)
		return r;
	r = store_raw(p, in, &row, &id);
	if (r == 0)
		r = line_add_received(p->store, in->modem, 1);
	if (r == 0)
		r = split ? joiner_join(p, &row, now) : joiner_alone(p, id, in->modem, t, now);
	return end(p, r);
}

int receiver_take(const struct participation *p, const struct received *in, int64_t now,
		  int64_t *ret_quarantine)
{
	struct tpdu t;
	struct err e = {0};
	char sender[E164_MAX] = "", hash[HASH_SIZE];
	int bad = tpdu_decode_hex(in->hex, true, TPDU_INCOMING, in->length, &t, &e);
	if (!bad && t.type == TPDU_SUBMIT)
		bad = err_set(&e, "", 0, "a text that was stored for sending");
	if (ret_quarantine)
		*ret_quarantine = 0;
	if (bad)
		hash_of("", in->hex, 0, hash);
	else {
		e164_parse(t.number, sender);
		hash_of(sender, tpdu_behind_first(in->hex), t.first_octet, hash);
	}
	int known = inbox_known(p->store, hash, now);
	if (known < 0)
		return known;
	if (known) {
		log_debug("%s: a text came a second time", in->modem);
		return 0;
	}
	if (!bad)
		return t.type == TPDU_STATUS_REPORT ? take_report(p, in, &t, hash, now)
						    : take_deliver(p, in, &t, sender, hash, now);
	int64_t id;
	int r = quarantine(p, in, hash, e.text, now, &id);
	if (r)
		return r;
	log_warning("%s: unreadable bytes are kept in quarantine: %s", in->modem, e.text);
	if (ret_quarantine)
		*ret_quarantine = id;
	/* the bytes are safe; a case that could not be opened is no reason to keep them in the modem */
	r = participation_quarantine(p, id, sender, e.text, in->modem, now);
	if (r)
		log_error("%s: no case for row %" PRId64 " of the quarantine: %s", in->modem, id, strerror(-r));
	return 0;
}

int receiver_call(const struct participation *p, const char *number, const char *modem, int64_t now)
{
	return participation_ring(p, number, modem, now);
}
