/* Any bytes through the framer: the frames must not depend on how the bytes were cut. First byte: prompt wanted
 * (bit 0) and the size of the pieces. */
#include "at_commands/framer.h"
#include "base/buf.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void drain(struct at_framer *f, const char *bytes, size_t n, struct buf *out)
{
	enum at_frame frame;
	while ((frame = at_framer_next(f, &bytes, &n)) != AT_FRAME_NONE) {
		if (frame == AT_FRAME_PROMPT) {
			buf_adds(out, "\n>\n");
			continue;
		}
		if (!f->line[0] || strlen(f->line) > AT_LINE_MAX || strpbrk(f->line, "\r\n"))
			abort();
		buf_addf(out, "%s\n", f->line);
	}
	if (n)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	const char *bytes = (const char *)data + 1;
	size_t n = size - 1, step = 1 + (data[0] >> 1) % 16;
	struct at_framer whole = {.want_prompt = data[0] & 1}, cut = {.want_prompt = data[0] & 1};
	struct buf a = {0}, b = {0};
	drain(&whole, bytes, n, &a);
	for (size_t at = 0; at < n; at += step)
		drain(&cut, bytes + at, step < n - at ? step : n - at, &b);
	if (strcmp(buf_str(&a), buf_str(&b)) != 0 || whole.dropped != cut.dropped ||
	    whole.overlong != cut.overlong)
		abort();
	buf_done(&a);
	buf_done(&b);
	return 0;
}
