#include "civic/marks.h"

#include "base/mem.h"
#include "base/text.h"

#include <libintl.h>
#include <stdbool.h>
#include <string.h>

static const char *const names[MARK_COUNT][2] = {[MARK_NAME] = {"name", "姓名"},
						 [MARK_BUILDING] = {"building", "楼栋"},
						 [MARK_UNIT] = {"unit", "单元"},
						 [MARK_ROOM] = {"room", "房号"},
						 [MARK_GRID] = {"grid", "网格"}};

/* The inside of a pair of braces: the word, and what stands behind the bar. */
struct inside {
	const char *word, *otherwise;
	size_t word_length, otherwise_length;
	bool has_otherwise;
};

/* `p` stands behind the opening brace; returns what stands behind the closing one, NULL when there is none. */
static const char *take(const char *p, struct inside *ret)
{
	size_t n = strcspn(p, "{}\n");
	if (p[n] != '}')
		return NULL;
	const char *bar = memchr(p, '|', n);
	*ret = (struct inside){.word = p, .word_length = bar ? (size_t)(bar - p) : n, .has_otherwise = bar};
	if (bar) {
		ret->otherwise = bar + 1;
		ret->otherwise_length = n - ret->word_length - 1;
	}
	return p + n + 1;
}

static bool is(const struct inside *i, const char *word)
{
	return strlen(word) == i->word_length && !memcmp(word, i->word, i->word_length);
}

static int mark_of(const struct inside *i)
{
	for (int m = 0; m < MARK_COUNT; m++)
		for (size_t k = 0; k < ARRAY_LEN(names[m]); k++)
			if (is(i, names[m][k]))
				return m;
	return -1;
}

static void add_value(struct buf *out, const char *value)
{
	cleanup_free char *copy = mem_dup(value);
	text_mask_controls(copy);
	buf_adds(out, copy);
}

/* What the writer's word stands for is no text with marks. */
static void add_word(struct buf *out, const char *value)
{
	for (; *value; value++) {
		buf_addc(out, *value);
		if (*value == '{')
			buf_addc(out, '{');
	}
}

int marks_read(const char *text, const struct mark_word *words, int count, struct buf *out, unsigned *ret,
	       struct err *e)
{
	unsigned found = 0;
	for (const char *p = text; *p;) {
		struct inside in;
		size_t plain = strcspn(p, "{");
		buf_add(out, p, plain);
		p += plain;
		if (!*p)
			break;
		if (p[1] == '{') {
			buf_adds(out, "{{");
			p += 2;
			continue;
		}
		const char *end = take(p + 1, &in);
		if (!end)
			return err_set(e, NULL, 0,
				       gettext("a brace { is not closed; for a brace itself write {{"));
		int m = mark_of(&in), w = 0;
		while (w < count && !is(&in, words[w].word))
			w++;
		if (w < count)
			add_word(out, words[w].value);
		else if (m < 0)
			return err_set(
			    e, NULL, 0,
			    gettext("{%.*s}: there are {name}, {building}, {unit}, {room} and {grid}; your own "
				    "words are given by --with %.*s=…, a brace itself is {{"),
			    (int)in.word_length, in.word, (int)in.word_length, in.word);
		else {
			buf_add(out, p, (size_t)(end - p));
			found |= 1u << m;
		}
		p = end;
	}
	*ret = found;
	return 0;
}

unsigned marks_fill(const char *text, const struct mark_values *v, struct buf *out)
{
	unsigned unknown = 0;
	for (const char *p = text; *p;) {
		struct inside in;
		size_t plain = strcspn(p, "{");
		buf_add(out, p, plain);
		p += plain;
		if (!*p)
			break;
		const char *end = p[1] == '{' ? NULL : take(p + 1, &in);
		int m = end ? mark_of(&in) : -1;
		if (m < 0) { /* a brace itself */
			buf_addc(out, '{');
			p += p[1] == '{' ? 2 : 1;
			continue;
		}
		if (v->of[m] && *v->of[m])
			add_value(out, v->of[m]);
		else if (in.has_otherwise)
			buf_add(out, in.otherwise, in.otherwise_length);
		else
			unknown |= 1u << m;
		p = end;
	}
	return unknown;
}
