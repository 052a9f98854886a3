/* Any octets as a PDU: the first says which way it went, whether a service centre's part stands in front and
 * whether its length is stated. What can be read can be written, and reads the same again. */
#include "base/mem.h"
#include "sms/tpdu.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(x)                                                                                               \
	do {                                                                                                   \
		if (!(x))                                                                                      \
			abort();                                                                               \
	} while (0)

static void same(const struct tpdu *a, const struct tpdu *b)
{
	size_t n = strlen(a->number);
	if (a->alphanumeric && n > 0 && a->number[n - 1] == '@')
		n--; /* an eighth character @ cannot be told from padding */
	CHECK(a->type == b->type && strncmp(a->number, b->number, n) == 0 && strlen(b->number) >= n);
	CHECK(a->mr == b->mr && a->st == b->st && a->pid == b->pid && a->dcs == b->dcs);
	CHECK(a->vp == b->vp && a->validity_minutes == b->validity_minutes);
	CHECK(memcmp(a->scts.octets, b->scts.octets, 7) == 0 && memcmp(a->done.octets, b->done.octets, 7) == 0);
	CHECK(a->has_user_data == b->has_user_data);
	CHECK(a->udh_len == b->udh_len && memcmp(a->udh, b->udh, a->udh_len) == 0);
	CHECK(a->concat_ref == b->concat_ref && a->part == b->part && a->parts == b->parts);
	CHECK(a->unit_count == b->unit_count && memcmp(a->units, b->units, 2 * a->unit_count) == 0);
	CHECK(a->data_len == b->data_len && memcmp(a->data, b->data, a->data_len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tpdu t, again;
	struct err e = {.text = ""};
	char hex[2 * TPDU_MAX + 1];
	int len;
	if (size == 0)
		return 0;
	enum tpdu_direction way = data[0] & 1 ? TPDU_OUTGOING : TPDU_INCOMING;
	int stated = data[0] & 4 ? (int)size - 2 : -1;
	if (tpdu_decode(data + 1, size - 1, data[0] & 2, way, stated, &t, &e) < 0) {
		CHECK(*e.text);
		return 0;
	}
	cleanup_free char *text = tpdu_text(&t);
	CHECK(strlen(text) <= 3 * TPDU_UNITS_MAX);
	CHECK(t.unit_count <= TPDU_UNITS_MAX && t.data_len <= TPDU_UD_MAX && t.udh_len < TPDU_UD_MAX);
	CHECK(t.concat_ref < 0 || (t.part >= 1 && t.part <= t.parts && t.parts <= 255));
	*t.smsc = 0; /* one that is a name is read, and never written */
	CHECK(tpdu_encode_hex(&t, hex, &len) == 0);
	CHECK(tpdu_decode_hex(hex, true, way, len, &again, &e) == 0);
	same(&t, &again);
	return 0;
}
