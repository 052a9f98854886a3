/* Any text as a rule file: refused with a line and a sentence, or a set that reads texts without harm. */
#include "base/mem.h"
#include "rules/rule_file.h"
#include "rules/rules.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_with(struct rules *r)
{
	static const char *const texts[] = {"3栋路灯坏了，我不来", "1 3", "stop",
					    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct rules_context ctx = {.asked = (enum asked)i, .roles = 1u << i};
		struct intents in;
		rules_read(r, texts[i], &ctx, &in);
		if (in.count < 1 || in.count > INTENTS_PER_TEXT)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_alloc(size + 1);
	for (size_t i = 0; i < size; i++)
		text[i] = data[i] ? (char)data[i] : ' ';
	struct rules *r = mem_alloc(sizeof *r);
	r->list = mem_array(RULES_MAX, sizeof *r->list);
	r->matcher = matcher_new();
	r->jit = true;
	struct err e = {0};
	if (rule_file_read(text, "x.rules", r, &e) < 0) {
		if (!e.text[0] || e.line < 1)
			abort();
	} else {
		int samples;
		read_with(r);
		rules_check(r, NULL, NULL, &samples);
	}
	rules_free(r);
	free(text);
	return 0;
}
