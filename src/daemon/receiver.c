#include "daemon/receiver.h"
#include "daemon/joiner.h"
#include "at_commands/errors.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "sms/concat.h"
#include "store/broadcast.h"
#include "store/inbox.h"
#include "store/line.h"
#include "store/private.h"
#include "store/report.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define HASH_SIZE 33
#define ACT_MAX   64

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
	row->line = in->line;
	row->memory = in->memory;
	row->slot = in->slot;
	row->pdu = hex;
	int r = inbox_add_pdu(p->store, row, ret_id);
	row->pdu = in->hex;
	return r;
}

/* True: it came before. */
static int is_known(const struct participation *p, struct received *in, const char *hash, int64_t now)
{
	int r = inbox_known(p->store, hash, now);
	if (r > 0) {
		log_debug("%s: a text came a second time", in->modem);
		in->known = true;
	}
	return r;
}

static int quarantine(const struct participation *p, struct received *in, const char *sender,
		      const char *reason, int64_t now)
{
	char hash[HASH_SIZE];
	int64_t id;
	hash_of("", in->hex, 0, hash);
	int r = is_known(p, in, hash, now);
	if (r)
		return r < 0 ? r : 0;
	struct inbox_pdu row = {
	    .received_utc = now, .hash = hash, .kind = INBOX_QUARANTINE, .sender = "", .reason = reason};
	if ((r = store_raw(p, in, &row, &id)) || in->draft)
		return r;
	in->raw = true;
	log_warning("%s: unreadable bytes are kept in quarantine: %s", in->modem, reason);
	/* the bytes are safe; a case that could not be opened is no reason to keep them in the modem */
	int told = participation_quarantine(p, id, sender, reason, in->modem, now);
	if (told)
		log_error("%s: no case for row %" PRId64 " of the quarantine: %s", in->modem, id,
			  strerror(-told));
	return 0;
}

/* ------------------------------------------------------------------------------------------------ reports */

static enum report_says says(uint8_t st)
{
	switch (tp_status_class(st)) {
	case TP_STATUS_DELIVERED:
	case TP_STATUS_FORWARDED:
		return REPORT_ARRIVED;
	case TP_STATUS_TRYING:
		return REPORT_TRYING;
	case TP_STATUS_EXPIRED:
	case TP_STATUS_FAILED:
	case TP_STATUS_GAVE_UP:
	case TP_STATUS_RESERVED:
		break;
	}
	return REPORT_GAVE_UP;
}

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
	struct report report = {.line = in->line,
				.modem = in->modem,
				.number = number,
				.mr = t->mr,
				.st = t->st,
				.says = says(t->st),
				.reason = tp_status_text(t->st),
				.scts_utc = row.scts_utc};
	int64_t message = 0;
	int r = store_raw(p, in, &row, &report.pdu);
	if (r == 0)
		r = report_take(p->store, &report, now, &message);
	if (r == 0 && !message)
		log_info("%s: a report fits no text of ours (reference %d)", in->modem, t->mr);
	if (r == 0 && message) /* it may have been the last text that waited for another try */
		r = broadcast_finish(p->store, now);
	return r;
}

/* ------------------------------------------------------------------------------------------------ texts */

static int take_deliver(const struct participation *p, struct received *in, const struct tpdu *t,
			const char *sender, const char *hash, int64_t now)
{
	bool split = t->concat_ref >= 0 && t->parts > 1;
	in->scts_utc = t->scts.valid ? t->scts.utc : 0;
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
	int r = split ? 0 : joiner_alone(p, in->modem, t, now, &row.message);
	if (r == 0)
		r = store_raw(p, in, &row, &id);
	if (r == 0)
		r = line_add_received(p->store, in->modem, 1);
	if (r == 0 && split)
		r = joiner_join(p, &row, now);
	return r;
}

static int take_one(const struct participation *p, struct received *in, int64_t now)
{
	struct tpdu t;
	struct err e = {0};
	char sender[E164_MAX] = "", hash[HASH_SIZE];
	if (in->unread)
		return quarantine(p, in, "", in->unread, now);
	if (tpdu_decode_hex(in->hex, true, TPDU_INCOMING, in->length, &t, &e))
		return quarantine(p, in, "", e.text, now);
	e164_parse(t.number, sender);
	if (t.type == TPDU_SUBMIT)
		return quarantine(p, in, sender, "a text that was stored for sending", now);
	hash_of(sender, tpdu_behind_first(in->hex), t.first_octet, hash);
	int r = is_known(p, in, hash, now);
	if (r)
		return r < 0 ? r : 0;
	return t.type == TPDU_STATUS_REPORT ? take_report(p, in, &t, hash, now)
					    : take_deliver(p, in, &t, sender, hash, now);
}

/* One that fails must not take the others with it. */
static void take_alone(const struct participation *p, struct received *in, int64_t now)
{
	int r = store_mark(p->store);
	in->known = false;
	if (r == 0 && (r = take_one(p, in, now)) == 0)
		r = store_keep(p->store);
	if (r)
		store_undo(p->store);
	in->failed = r;
}

/* What cannot be acted on now stays `stored`; the daemon tries again. */
static void act_on_stored(const struct participation *p, int64_t now)
{
	int64_t id[ACT_MAX];
	int n = 0;
	if (inbox_stored(p->store, id, ACT_MAX, &n))
		return;
	for (int i = 0; i < n; i++) {
		int r = participation_take_within(p, id[i], now);
		if (r)
			log_error("text %" PRId64 " cannot be acted on yet: %s", id[i], strerror(-r));
	}
}

int receiver_take(const struct participation *p, struct received *in, int count, int64_t now)
{
	int r = store_begin(p->store);
	if (r)
		return r;
	for (int i = 0; i < count; i++)
		take_alone(p, &in[i], now);
	act_on_stored(p, now);
	r = store_commit(p->store);
	store_rollback(p->store);
	private_scrub(p->store);
	return r;
}

int receiver_call(const struct participation *p, const char *number, const char *modem, int64_t now)
{
	return participation_ring(p, number, modem, now);
}
