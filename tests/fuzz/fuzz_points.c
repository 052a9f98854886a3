/* Any text as a points table: refused with a line and a sentence, or one that never gives more than it may. The same text as
 * words that are passed on: one line, bounded, without what our own words are told apart by. */
#include "base/mem.h"
#include "base/text.h"
#include "civic/consult.h"
#include "civic/faq.h"
#include "civic/points.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void give(const struct point_rules *t)
{
	static const int64_t given[] = {0, 1, 9, 1000, INT32_MAX};
	for (int r = 0; r < POINT_REASON_COUNT; r++)
		for (size_t i = 0; i < ARRAY_LEN(given); i++) {
			int n = points_due(t, (enum point_reason)r,
					   &(struct point_sums){given[i], given[i], given[i], given[i]});
			if (n < 0 || n > POINTS_MAX)
				abort();
		}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_alloc(size + 1), out[CONSULT_RELAY_MAX * 4 + 8], small[24];
	for (size_t i = 0; i < size; i++)
		text[i] = data[i] ? (char)data[i] : ' ';
	struct point_rules t;
	struct err e = {0};
	if (point_rules_parse(text, "x", &t, &e) == 0)
		give(&t);
	else if (!e.text[0] || e.line < 1)
		abort();
	consult_relay(text, out, sizeof out);
	if (strpbrk(out, "\n\r\"[]") || strstr(out, "【") || strstr(out, "”") || !text_valid(out, strlen(out)))
		abort();
	consult_relay(text, small, sizeof small);
	consult_topics(text);
	if (faq_score(text, text, text) < 0)
		abort();
	free(text);
	return 0;
}
