/* What an operator's text or USSD answer says about the credit of a SIM: read as data, by the patterns of
 * rules/operator.patterns. Such texts are never answered. Bounded as all patterns are (pattern.h).
 *
 *     sender: 10086 …     numbers that operators text from
 *     amount: PATTERN     with a group (?<amount>…): the credit; the first line that matches tells
 *     debt: PATTERN       the same, owed
 *     out: PATTERN        the line is stopped, or its credit used up
 *     low: PATTERN        the operator warns
 *     paid: PATTERN       somebody topped up, or the line works again
 *     identity: PATTERN   its holder is to be identified (anew), or the line is under suspicion: it will be stopped
 *     data: PATTERN       the data of its plan are used up, or nearly
 *     plan: PATTERN       its plan or contract ends
 *     expires: PATTERN    with groups (?<year>…) (?<month>…) and, if it is told, (?<day>…)
 *     sample: TEXT => amount=35.60 expires=2026-12-31 out low paid identity data plan     what a text must tell ("nothing": nothing)
 *
 * Before matching full-width letters and digits become plain ones, line ends and runs of blanks one blank. */
#pragma once

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

#define OPERATOR_TEXT_MAX 1600 /* bytes of a text that are looked at */

struct operator_texts;

struct operator_news {
	bool has_amount;
	int64_t amount_cents;
	bool out, low, paid, identity, data, plan;
	int year, month, day; /* validity; year 0: not told */
};

/* `data_dir`/rules/operator.patterns. −ENOENT, −EINVAL; both with `e`. */
int operator_texts_load(const char *data_dir, struct operator_texts **ret, struct err *e);
/* The same from memory. */
int operator_texts_parse(const char *text, const char *path, struct operator_texts **ret, struct err *e);
void operator_texts_free(struct operator_texts *t);

bool operator_texts_sender(const struct operator_texts *t, const char *number);

/* `own`: the pattern of [modem] balance_pattern, tried before all others, its first group is the amount; NULL none.
 * True when the text told something. An `own` that cannot be compiled is passed over. */
bool operator_text_read(const struct operator_texts *t, const char *text, const char *own,
			struct operator_news *ret);

/* Whether `own` is a pattern with a group. 0, or −EINVAL with the sentence in `e`. */
int operator_pattern_check(const char *own, struct err *e);

/* Runs the samples; calls back for each that is wrong. The count of wrong ones; *ret_samples: of all. */
int operator_texts_check(const struct operator_texts *t,
			 void (*wrong)(void *arg, int line, const char *sentence), void *arg, int *ret_samples);
