#include "simmodem/journal.h"

#include <inttypes.h>

void journal_done(struct journal *j)
{
	buf_done(&j->lines);
}

void journal_add(struct journal *j, int64_t us, enum journal_kind kind, const char *bytes, size_t n)
{
	char words[JOURNAL_WORDS + 1];
	size_t len = 0, at = 0;
	if (!j->on || kind == JOURNAL_NONE || j->lines.len > JOURNAL_MAX)
		return;
	while (at < n && (unsigned char)bytes[at] <= ' ')
		at++;
	for (; at < n && len < JOURNAL_WORDS; at++)
		words[len++] = (char)(bytes[at] >= ' ' && bytes[at] < 0x7f ? bytes[at] : ' ');
	words[len] = 0;
	buf_addf(&j->lines, "%" PRId64 " %c %s\n", us, (char)kind, words);
}
