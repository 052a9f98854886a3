/* What a missed call means (PARTICIPATION section 4, "A ring"). Pure. */
#pragma once

#include "civic/facts.h"

enum ring_meaning {
	RING_RECORD,   /* a machine, a landline, a withheld or unknown number: recorded, never texted */
	RING_ATTEND,   /* "I am coming" to the open invitation */
	RING_ASK,      /* said no before: ask instead of flipping it */
	RING_CALLBACK, /* the secretary rings back; one text */
};

struct ring_facts {
	const struct sender *sender;
	bool known;    /* registered, or texted us before */
	bool invited;  /* an invitation is open and not answered */
	bool declined; /* answered "no" to the coming meeting */
	int rings;     /* others within RING_TWICE_S before this one */
};

enum ring_meaning ring_decide(const struct ring_facts *f);
