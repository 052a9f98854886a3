/* From a text to the parts that go out: alphabet chosen, cut where no escape pair or surrogate pair is split,
 * 3GPP TS 23.040 9.2.3.24.1. Bytes that are no UTF-8 become U+FFFD. A zeroed struct compose_options is a sound
 * one. Pure. */
#pragma once

#include "sms/tpdu.h"

#define COMPOSE_PARTS_MAX 255

/* 0 is none, so that options which were only zeroed do not flash on screens. */
enum compose_class { CLASS_NONE, CLASS_0_FLASH, CLASS_1_PHONE, CLASS_2_SIM, CLASS_3_TERMINAL };

enum compose_alphabet { COMPOSE_AUTO, COMPOSE_GSM7, COMPOSE_UCS2 };

struct compose_options {
	enum compose_alphabet alphabet; /* GSM7 with a character it lacks is −EINVAL */
	/* National language identifiers (alphabet.h) that may be used, ended by 0; NULL: none. They are where
	 * they save a part, or make GSM7 possible when it is asked for: few phones outside their countries read
	 * them. */
	const uint8_t *languages;
	int reference; /* of the concatenation, 0 … 255 (or 65535 with ref16) */
	bool ref16;
	bool report;
	bool reject_duplicates;
	int64_t validity_minutes; /* 0: none; rounded down to what TP-VP relative can say, at least 5 minutes */
	enum compose_class message_class;
};

/* Parts needed and the alphabet that is taken, without composing: for previews and quotas. −EINVAL, −E2BIG (>
 * 255). */
int compose_count(const char *text, const struct compose_options *o, enum sms_alphabet *ret_alphabet);

struct compose_part {
	char hex[2 * TPDU_MAX + 1]; /* with SMSC length octet 00 in front */
	int length;                 /* for AT+CMGS */
};

/* Composes part `part` (1 …) of `text` for `number` (E.164 → type 91h; a service's digits → 81h). */
int compose_part(const char *number, const char *text, const struct compose_options *o, int part,
		 struct compose_part *ret, int *ret_parts);

/* All of them; their number, and *ret is the caller's to free. */
int compose_all(const char *number, const char *text, const struct compose_options *o,
		struct compose_part **ret);
