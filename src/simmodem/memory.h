/* A modem's message store: a row of slots of which each holds one PDU as it came, SMSC part included. Pure. */
#pragma once

#include "sms/tpdu.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum slot_state { SLOT_UNREAD, SLOT_READ, SLOT_UNSENT, SLOT_SENT, SLOT_FREE };

struct pdu {
	uint8_t octets[TPDU_MAX];
	size_t len;
	bool report; /* a STATUS-REPORT */
};

struct slot {
	enum slot_state state;
	struct pdu pdu;
};

struct memory {
	char name[3]; /* SM ME MT SR */
	struct slot *slots;
	int size;
};

void memory_init(struct memory *m, const char *name, int size);
void memory_done(struct memory *m);
void memory_clear(struct memory *m);
int memory_used(const struct memory *m);
int memory_free_slot(const struct memory *m); /* lowest free index (from 0), −1 when full */
/* What lies behind the (free) slot moves up by one. */
void memory_shift(struct memory *m, int index);
/* The slot or NULL when index is out of range or free. */
struct slot *memory_slot(struct memory *m, int index);

/* Octets of the TPDU without the SMSC part, and octets of the SMSC part. */
size_t pdu_smsc_len(const struct pdu *p);
int pdu_from_hex(struct pdu *p, const char *hex); /* 0, −EINVAL */
void pdu_to_hex(const struct pdu *p, char *hex);  /* hex ≥ 2 * TPDU_MAX + 1 */
/* Message class 0 … 3 of a DELIVER, −1 none. */
int pdu_class(const struct pdu *p);
