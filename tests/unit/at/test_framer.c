/* The framer: every ugly line end, and the same result however the bytes are cut. */
#include "at_commands/framer.h"
#include "base/buf.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

static void drain(struct at_framer *f, const char *bytes, size_t n, struct buf *out)
{
	enum at_frame frame;
	while ((frame = at_framer_next(f, &bytes, &n)) != AT_FRAME_NONE) {
		if (frame == AT_FRAME_PROMPT)
			buf_adds(out, "<prompt>");
		else
			buf_addf(out, "[%s]", f->line);
	}
}

struct ugly {
	const char *bytes;
	size_t len;
	bool want_prompt;
	const char *frames;
};
#define U(bytes, prompt, frames)                                                                               \
	{                                                                                                      \
		bytes, sizeof bytes - 1, prompt, frames                                                        \
	}

static const struct ugly table[] = {
    U("\r\nOK\r\n", false, "[OK]"),
    U("OK\n", false, "[OK]"),
    U("OK\r", false, "[OK]"),
    U("\r\r\nOK\r\r\n", false, "[OK]"),
    U("OK\r\n\r\n\r\n\r\n", false, "[OK]"),
    U("AT\r\r\nOK\r\n", false, "[AT][OK]"),
    U("  +CSQ: 1,2 \t \r\n", false, "[+CSQ: 1,2]"),
    U("ERROR+CNUM: ,\"1\",129\r\n", false, "[ERROR][+CNUM: ,\"1\",129]"),
    U("OK^RSSI:19\r\n", false, "[OK][^RSSI:19]"),
    U("OKOK\r\n", false, "[OKOK]"),
    U("ERROR+1\r\n", false, "[ERROR+1]"),
    U("OK+CMTI: \"SM\",1\r\nRING\r\n", false, "[OK][+CMTI: \"SM\",1][RING]"),
    U("\r\n> ", true, "<prompt>"),
    U("\r\n>", true, "<prompt>"),
    U("\r\n>  07911\r\n", true, "<prompt>[07911]"),
    U("\r\n> \r\nOK\r\n", false, "[OK]"),
    U("> +CMTI: \"SM\",1\r\n", false, "[+CMTI: \"SM\",1]"),
    U("a>b\r\n", true, "[a>b]"),
    U("O\0K\0\r\n", false, "[OK]"),
    U("00110\x1a\r\n\x1b\r\nOK\r\n", false, "[00110][OK]"),
    U("~\xff}#\xc0!}!}!} }4}\"}&} } } } }%}&\x01\x02~\r\nOK\r\n", false, "[OK]"),
    U("~half a frame\r\nOK\r\n", false, "[OK]"),
    U("a~b\r\n", false, "[a~b]"),
    U("\x80\xff\xfe\r\nOK\r\n", false, "[\x80\xff\xfe][OK]"),
    U("$GPGGA,1*4F\r\n", false, "[$GPGGA,1*4F]"),
    U("\r\n\r\n\n\n\r\r   \r\n", false, ""),
    U("+CMT: ,23\r\n0791683108\r\n", false, "[+CMT: ,23][0791683108]"),
    U("half a line", false, ""),
};

static void whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct at_framer f = {.want_prompt = table[i].want_prompt};
		struct buf out = {0};
		drain(&f, table[i].bytes, table[i].len, &out);
		if (strcmp(buf_str(&out), table[i].frames) != 0)
			fail_msg("case %zu: %s, not %s", i, buf_str(&out), table[i].frames);
		buf_done(&out);
	}
}

static void split_at_every_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		for (size_t cut = 0; cut <= table[i].len; cut++) {
			struct at_framer f = {.want_prompt = table[i].want_prompt};
			struct buf out = {0};
			drain(&f, table[i].bytes, cut, &out);
			drain(&f, table[i].bytes + cut, table[i].len - cut, &out);
			if (strcmp(buf_str(&out), table[i].frames) != 0)
				fail_msg("case %zu cut at %zu: %s", i, cut, buf_str(&out));
			buf_done(&out);
		}
	}
}

static void byte_by_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct at_framer f = {.want_prompt = table[i].want_prompt};
		struct buf out = {0};
		for (size_t k = 0; k < table[i].len; k++)
			drain(&f, table[i].bytes + k, 1, &out);
		if (strcmp(buf_str(&out), table[i].frames) != 0)
			fail_msg("case %zu: %s", i, buf_str(&out));
		buf_done(&out);
	}
}

static void over_long_lines_are_dropped_whole(void **state)
{
	(void)state;
	struct at_framer f = {0};
	struct buf in = {0}, out = {0};
	for (int i = 0; i < AT_LINE_MAX; i++)
		buf_addc(&in, 'a');
	buf_adds(&in, "\r\n");
	drain(&f, in.data, in.len, &out);
	assert_int_equal(out.len, AT_LINE_MAX + 2);
	assert_int_equal(f.overlong, 0);
	buf_reset(&out);
	for (int i = 0; i < 5 * AT_LINE_MAX; i++)
		drain(&f, "x", 1, &out);
	drain(&f, "\r\nOK\r\n", 6, &out);
	assert_string_equal(buf_str(&out), "[OK]");
	assert_int_equal(f.overlong, 1);
	assert_int_equal(f.dropped, 5 * AT_LINE_MAX);
	/* a glued line of the greatest length has room for its cut */
	buf_reset(&in);
	buf_reset(&out);
	buf_adds(&in, "OK+C");
	while (in.len < AT_LINE_MAX)
		buf_addc(&in, 'b');
	buf_adds(&in, "\n");
	drain(&f, in.data, in.len, &out);
	assert_int_equal(out.len, AT_LINE_MAX + 4);
	buf_done(&in);
	buf_done(&out);
}

static unsigned next(unsigned *s)
{
	*s = *s * 1103515245u + 12345u;
	return *s >> 16;
}

/* Any bytes, any cuts: the same frames. */
static void random_bytes_random_cuts(void **state)
{
	(void)state;
	unsigned seed = (unsigned)time(NULL), s = seed;
	static const char alphabet[] = "\r\n\r\n >OKERROR+^~\0\x1a\xff\" ,09AF";
	for (int round = 0; round < 300; round++) {
		char bytes[400];
		size_t n = next(&s) % sizeof bytes;
		for (size_t i = 0; i < n; i++)
			bytes[i] = alphabet[next(&s) % (sizeof alphabet - 1)];
		struct at_framer one = {.want_prompt = round & 1}, many = {.want_prompt = round & 1};
		struct buf a = {0}, b = {0};
		drain(&one, bytes, n, &a);
		for (size_t at = 0; at < n;) {
			size_t part = 1 + next(&s) % 7;
			if (part > n - at)
				part = n - at;
			drain(&many, bytes + at, part, &b);
			at += part;
		}
		if (strcmp(buf_str(&a), buf_str(&b)) != 0)
			fail_msg("seed %u round %d: %s against %s", seed, round, buf_str(&a), buf_str(&b));
		assert_int_equal(one.dropped, many.dropped);
		buf_done(&a);
		buf_done(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(whole),
	    cmocka_unit_test(split_at_every_byte),
	    cmocka_unit_test(byte_by_byte),
	    cmocka_unit_test(over_long_lines_are_dropped_whole),
	    cmocka_unit_test(random_bytes_random_cuts),
	};
	return cmocka_run_group_tests_name("framer", tests, NULL, NULL);
}
