/* What is wrong with a modem by its card, and what an installer does about it. */
#pragma once

#include "cli/modem_card.h"

#define CARD_TROUBLES 24

struct card_trouble {
	const char *code;   /* for JSON: "sim-absent" */
	const char *text;   /* N_(): one sentence */
	const char *remedy; /* N_(): what to do */
};

/* The most serious first. Returns the count; the rows are constant. */
int card_troubles(const struct modem_card *k, const struct card_trouble *ret[CARD_TROUBLES]);
