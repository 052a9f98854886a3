/* Any bytes as a text: the copy is UTF-8, its offsets are in order and inside, and reading it ends. */
#include "base/mem.h"
#include "base/text.h"
#include "rules/normalize.h"
#include "rules/rules.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Loaded once; a fuzz target has no other place to keep it. */
static struct rules *rules(void)
{
	static struct rules *r;
	struct err e;
	char line[640];
	if (!r && rules_load(".", NULL, &r, &e) < 0) {
		fprintf(stderr, "%s\n", err_line(&e, line, sizeof line));
		abort();
	}
	return r;
}

static void expect_sound(const struct tables *t, const struct words *w, const char *text, size_t size)
{
	struct normal n;
	uint32_t last = 0;
	normalize(t, w, text, &n);
	if (strlen(n.text) != n.len || (n.len && !text_valid(n.text, n.len)))
		abort();
	for (int i = 0; i < n.glyphs.count; i++) {
		const struct glyph *g = &n.glyphs.list[i];
		if (g->from < last || g->from > g->to || g->to > size)
			abort();
		last = g->from;
	}
	normal_done(&n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct tables tables;
	static struct words words;
	struct err e;
	if (!words.count) {
		if (tables_load("rules", &tables, &e) < 0 || words_load("rules/zh.words", &words, &e) < 0)
			abort();
		words_sort(&words);
	}
	cleanup_free char *text = mem_alloc(size + 1);
	if (size)
		memcpy(text, data, size);
	expect_sound(&tables, &words, text, strlen(text));
	struct rules_context ctx = {.asked = (enum asked)(size % ASKED_COUNT),
				    .roles = size % 3 ? 0 : ROLE(SECRETARY)};
	struct intents in;
	rules_read(rules(), text, &ctx, &in);
	if (in.count < 1 || in.count > INTENTS_PER_TEXT)
		abort();
	return 0;
}
