#include "simmodem/stamps.h"

#include <inttypes.h>

void stamps_done(struct stamps *j)
{
	buf_done(&j->lines);
}

void stamps_add(struct stamps *j, int64_t us, enum stamp_kind kind, const char *bytes, size_t n)
{
	char words[STAMP_WORDS + 1];
	size_t len = 0, at = 0;
	if (!j->on || kind == STAMP_NONE || j->lines.len > STAMP_MAX)
		return;
	while (at < n && (unsigned char)bytes[at] <= ' ')
		at++;
	for (; at < n && len < STAMP_WORDS; at++)
		words[len++] = (char)(bytes[at] >= ' ' && bytes[at] < 0x7f ? bytes[at] : ' ');
	words[len] = 0;
	buf_addf(&j->lines, "%" PRId64 " %c %s\n", us, (char)kind, words);
}
