/* The data coding scheme octet, 3GPP TS 23.038 clause 4: every coding group, reserved ones read as the default
 * alphabet. */
#pragma once

#include "sms/tpdu.h"

struct dcs {
	enum sms_alphabet alphabet;
	bool compressed;
	bool auto_delete;    /* marked for automatic deletion, group 01xx */
	int message_class;   /* 0 … 3, −1: none */
	int waiting;         /* indication type 0 voice, 1 fax, 2 mail, 3 other; −1: none */
	bool waiting_active; /* the indication is to be set, not cleared */
	bool waiting_store;  /* groups 1101 and 1110: the text is to be kept as well */
};

void dcs_decode(uint8_t octet, struct dcs *ret);
/* The plainest octet for an alphabet and a class (−1: none). */
uint8_t dcs_encode(enum sms_alphabet alphabet, int message_class);
