/* Any text: its parts, read again and joined, are the text with what was no UTF-8 replaced. The first octet
 * holds the options. */
#include "base/mem.h"
#include "sms/compose.h"
#include "sms/concat.h"
#include "sms/utf16.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(x)                                                                                               \
	do {                                                                                                   \
		if (!(x))                                                                                      \
			abort();                                                                               \
	} while (0)

static char *there_and_back(const char *text, const struct compose_options *o, int parts)
{
	struct tpdu *all = mem_array((size_t)parts, sizeof *all);
	const struct tpdu **by_part = mem_array((size_t)parts, sizeof *by_part);
	for (int i = 1; i <= parts; i++) {
		struct compose_part p;
		struct err e;
		int n;
		CHECK(compose_part("+8613800138000", text, o, i, &p, &n) == 0 && n == parts);
		CHECK(tpdu_decode_hex(p.hex, true, TPDU_OUTGOING, p.length, &all[i - 1], &e) == 0);
		CHECK(parts == 1 || (all[i - 1].part == i && all[i - 1].parts == parts));
		by_part[i - 1] = &all[i - 1];
	}
	char *joined = concat_text(by_part, parts);
	free(by_part);
	free(all);
	return joined;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0 || size > 3000)
		return 0;
	uint8_t languages[] = {data[0] >> 4 & 7, 6, 1, 0};
	struct compose_options o = {.alphabet = (enum compose_alphabet)(data[0] % 3),
				    .ref16 = data[0] & 4,
				    .reference = 9,
				    .languages = data[0] & 8 ? languages : NULL};
	cleanup_free char *text = mem_alloc(size);
	memcpy(text, data + 1, size - 1);
	enum sms_alphabet alphabet;
	int parts = compose_count(text, &o, &alphabet);
	if (parts < 0)
		return 0;
	size_t count;
	cleanup_free uint16_t *units = sms_utf16(text, size, &count);
	CHECK(units);
	cleanup_free char *want = sms_utf8(units, count), *got = there_and_back(text, &o, parts);
	CHECK(strcmp(want, got) == 0);
	return 0;
}
