/* The inbox: raw PDUs as the modem gave them, parts that wait for each other, whole texts. A row of pdu_in is
 * committed before the modem may forget its copy. */
#pragma once

#include "store/store.h"

#include "base/e164.h"

#include <stddef.h>

#define INBOX_DUPLICATE_S (7 * 24 * 3600)

enum inbox_kind { INBOX_DELIVER, INBOX_STATUS_REPORT, INBOX_QUARANTINE };

struct inbox_pdu {
	int64_t id;
	const char *modem, *memory;
	const char *line; /* the SIM that was in the modem; NULL not known */
	int slot;         /* −1: came without a slot (+CMT) */
	int64_t received_utc;
	const char *pdu;  /* hex */
	const char *hash; /* the key under which a redelivery is recognised */
	enum inbox_kind kind;
	const char *sender;             /* canonical */
	int64_t scts_utc;               /* 0: unknown */
	int ref, ref_bits, part, parts; /* parts ≤ 1: one part */
	int64_t message;                /* 0: not yet part of a text */
	const char *reason;             /* quarantine: why */
};

/* Has this PDU been stored within the window? 1, 0 or -errno. */
int inbox_known(struct store *s, const char *hash, int64_t now_utc);
int inbox_add_pdu(struct store *s, const struct inbox_pdu *p, int64_t *ret_id);

/* Parts of `sender` with this reference that still wait, oldest first. A callback that returns non-zero ends
 * the walk. */
int inbox_waiting(struct store *s, const char *sender, int ref, int ref_bits, int parts,
		  int (*row)(void *ctx, const struct inbox_pdu *p), void *ctx);
/* Groups of waiting parts whose oldest part came before `before_utc`: one callback a group, with its oldest
 * part. */
int inbox_stale(struct store *s, int64_t before_utc, int (*row)(void *ctx, const struct inbox_pdu *p),
		void *ctx);
/* When the oldest waiting part came; INT64_MAX: none. */
int inbox_oldest_waiting(struct store *s, int64_t *ret_utc);

enum inbox_message_kind { INBOX_TEXT, INBOX_DATA, INBOX_CALL };

struct inbox_message {
	int64_t id;
	const char *number; /* canonical; "" when withheld */
	enum inbox_message_kind kind;
	const char *text; /* NULL for data */
	const char *data; /* hex; NULL for text */
	int class, port;  /* −1: none */
	int parts, missing;
	const char *modem;
	int64_t sent_utc; /* 0: unknown */
	int64_t received_utc;
	bool machine;
	const char *intents; /* JSON of the rules; NULL until they have read it */
};

/* Adds a whole text in state `stored`. */
int inbox_add_message(struct store *s, const struct inbox_message *m, int64_t *ret_id);
/* This raw PDU belongs to that text. */
int inbox_attach(struct store *s, int64_t pdu, int64_t message);

/* Strings are borrowed until the next call on this statement: the callback form keeps them valid. -ENOENT. */
int inbox_message_get(struct store *s, int64_t id, int (*row)(void *ctx, const struct inbox_message *m),
		      void *ctx);
/* Stored and not yet acted on, oldest first, at most `limit` ids. */
int inbox_stored(struct store *s, int64_t *ids, int limit, int *ret_count);
/* Acted on: `intents` as JSON (may be NULL). In the transaction of what was done. */
int inbox_done(struct store *s, int64_t id, const char *intents);

/* Texts of this number since then: the answer budget, the loop guard. */
int inbox_count_since(struct store *s, const char *number, int64_t since_utc, int64_t *ret_count);

int inbox_quarantined(struct store *s, int64_t *ret_count);
