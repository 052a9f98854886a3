/* Any text as a template, as words and as the values on a page: refused with a line and a sentence, or a page in which no value has
 * become markup; any label as a chart. */
#include "base/mem.h"
#include "base/text.h"
#include "page/chart.h"
#include "page/template.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What a template writes of a text must be text again, without markup. */
static void escape(const char *text)
{
	struct buf out = {0};
	template_escape(&out, text, TEMPLATE_HTML);
	if (strpbrk(buf_str(&out), "<>\"'\x1b\x7f") || !text_valid(buf_str(&out), out.len))
		abort();
	buf_done(&out);
}

static void chart(const char *text)
{
	struct buf out = {0};
	const char *labels[] = {text, "x"};
	const double values[] = {(double)strlen(text), 1e300};
	const struct chart_series s[] = {{text, values}, {"b", values}};
	const struct chart c = {.id = "f", .title = text, .desc = text, .unit = "%"};
	chart_bars(&out, &c, labels, labels, 2, s, 2);
	chart_stack(&out, &c, labels, 2, s, 2);
	chart_share(&out, &c, labels, values, 2);
	chart_lines(&out, &c, labels, 2, s, 2);
	if (!text_valid(buf_str(&out), out.len))
		abort();
	buf_done(&out);
}

/* The template's own text reads its variables out of itself: names are what fuzzing finds. */
static void page(const char *text, size_t size)
{
	struct err e = {0};
	struct buf out = {0};
	struct template_set *set = template_set_new();
	json_t *v = json_pack("{s:s% s:[i{s:s}b] s:{s:{s:i}} s:n}", "a", text,
			      text_valid(text, size) ? size : 0, "l", 1, "a", "<", 1, "o", "p", "q", 7, "n");
	int r = template_add(set, "main", text, size, "main", 1, &e);
	if (!r)
		r = template_render(set, "main", v, TEMPLATE_HTML, &out, &e);
	if (!r)
		r = template_render(set, "main", v, TEMPLATE_TEXT, &out, &e);
	if (r && (!e.text[0] || e.line < 1))
		abort();
	json_decref(v);
	buf_done(&out);
	e = (struct err){0};
	if (template_add_words(set, text, size, "words", &e) && (!e.text[0] || e.line < 1))
		abort();
	template_check(set, &e);
	template_set_free(set);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_alloc(size + 1);
	for (size_t i = 0; i < size; i++)
		text[i] = data[i] ? (char)data[i] : ' ';
	page(text, size);
	escape(text);
	chart(text);
	free(text);
	return 0;
}
