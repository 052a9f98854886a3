#include "civic/redact.h"

#include "base/text.h"

#include <string.h>

#define NAME_CHARS 4  /* of a Chinese name at most; from 2 */
#define NAME_BYTES 64 /* of another one */

static const char hidden[] = "…";

static bool is_digit(uint32_t c)
{
	static const uint32_t han[] = {0x3007, 0x96F6, 0x4E00, 0x4E8C, 0x4E09, 0x56DB, 0x4E94,
				       0x516D, 0x4E03, 0x516B, 0x4E5D, 0x5E7A}; /* 〇零一二三四五六七八九幺 */
	for (size_t i = 0; i < sizeof han / sizeof *han; i++)
		if (c == han[i])
			return true;
	return (c >= '0' && c <= '9') || (c >= 0xFF10 && c <= 0xFF19);
}

static bool is_gap(uint32_t c)
{
	return c == ' ' || c == '-' || c == 0x3000 || c == 0xFF0D || c == 0x2013 || c == 0xB7;
}

/* Where a number that begins here ends; `p` itself when it is too short for one. */
static const char *number_end(const char *p)
{
	const char *end = p, *at = p;
	int digits = 0;
	for (uint32_t c; (c = text_next(&at));) {
		if (is_digit(c)) {
			digits++;
			end = at;
		} else if (!digits || !is_gap(c))
			break;
	}
	if (digits < REDACT_DIGITS)
		return p;
	return *end == 'X' || *end == 'x' ? end + 1 : end;
}

static bool is_han(uint32_t c)
{
	return c >= 0x3400 && c <= 0x9FFF;
}

static bool is_word(uint32_t c)
{
	return c == '\'' || c == '-' || (c >= '0' && c <= '9') || (c | 32) >= 'a';
}

static bool has(const json_t *names, const char *from, const char *end)
{
	char name[NAME_BYTES];
	size_t n = (size_t)(end - from);
	if (n >= sizeof name)
		return false;
	memcpy(name, from, n);
	name[n] = 0;
	return json_object_get(names, name) != NULL;
}

/* The longest name that begins here. */
static const char *name_end(const char *p, bool begins_word, const json_t *names)
{
	const char *end = p, *at = p;
	uint32_t first = text_next(&at), c;
	if (is_han(first)) {
		for (int i = 1; i < NAME_CHARS && is_han(text_next(&at)); i++)
			if (has(names, p, at))
				end = at;
		return end;
	}
	if (!begins_word || !is_word(first))
		return p;
	/* at each end of a word: a name has several */
	for (const char *before = at; at - p < NAME_BYTES; before = at) {
		c = text_next(&at);
		if (!is_word(c) && has(names, p, before))
			end = before;
		if (!c)
			break;
	}
	return end;
}

void redact(const char *text, const json_t *names, struct buf *out)
{
	bool begins_word = true;
	for (const char *p = text; *p;) {
		const char *next = p, *end = number_end(p);
		if (end == p && json_object_size(names))
			end = name_end(p, begins_word, names);
		uint32_t c = text_next(&next);
		if (end > p) {
			buf_adds(out, hidden);
			p = end;
		} else {
			buf_add(out, p, (size_t)(next - p));
			p = next;
		}
		begins_word = !is_word(c);
	}
}
