#include "sms/compose.h"

#include "base/mem.h"
#include "sms/alphabet.h"
#include "sms/dcs.h"
#include "sms/udh.h"
#include "sms/utf16.h"

#include <errno.h>
#include <string.h>

#define LANGUAGES_MAX GSM_LANGUAGES

/* How a text is written: one of these is chosen before anything is cut. */
struct coding {
	enum sms_alphabet alphabet;
	uint8_t locking, single;
};

struct text {
	uint16_t *units;
	size_t count;
	uint8_t *cost; /* septets that each unit takes under the coding in hand; not used for UCS-2 */
	size_t total;  /* and their sum */
};

/* Octets of the user data header, TP-UDHL included; 0: none. */
static size_t header_octets(const struct coding *k, bool many, bool ref16)
{
	size_t n = (many ? (ref16 ? 6U : 5U) : 0) + (k->locking ? 3U : 0) + (k->single ? 3U : 0);
	return n ? n + 1 : 0;
}

/* Septets or UTF-16 units that one part holds. */
static size_t capacity(const struct coding *k, bool many, bool ref16)
{
	size_t header = header_octets(k, many, ref16);
	if (k->alphabet == SMS_UCS2)
		return (TPDU_UD_MAX - header) / 2;
	return TPDU_UNITS_MAX - (header * 8 + 6) / 7;
}

/* Fills cost and total; false when the coding lacks a character. */
static bool weigh(struct text *t, const struct coding *k)
{
	t->total = t->count;
	if (k->alphabet == SMS_UCS2)
		return true;
	t->total = 0;
	for (size_t i = 0; i < t->count; i++) {
		uint8_t septets[2];
		t->cost[i] = (uint8_t)gsm_encode_unit(t->units[i], k->locking, k->single, septets);
		if (t->cost[i] == 0)
			return false;
		t->total += t->cost[i];
	}
	return true;
}

/* Where the part that begins at `from` ends: never inside an escape pair or a surrogate pair. */
static size_t cut(const struct text *t, const struct coding *k, size_t from, size_t room)
{
	size_t to = from;
	if (k->alphabet == SMS_UCS2) {
		to = t->count - from > room ? from + room : t->count;
		if (to < t->count && utf16_is_low(t->units[to]) && utf16_is_high(t->units[to - 1]))
			to--;
		return to;
	}
	for (size_t used = 0; to < t->count && used + t->cost[to] <= room; to++)
		used += t->cost[to];
	return to;
}

/* Parts under a coding that was weighed; the bounds of part `want` (1 …) when ret_from is given. */
static int count_parts(const struct text *t, const struct coding *k, bool ref16, int want, size_t *ret_from,
		       size_t *ret_to)
{
	bool many = t->total > capacity(k, false, ref16);
	size_t room = capacity(k, many, ref16), from = 0;
	int parts = 0;
	do {
		size_t to = many ? cut(t, k, from, room) : t->count;
		if (++parts == want && ret_from) {
			*ret_from = from;
			*ret_to = to;
		}
		from = to;
	} while (from < t->count && parts <= COMPOSE_PARTS_MAX);
	return from < t->count || parts > COMPOSE_PARTS_MAX ? COMPOSE_PARTS_MAX + 1 : parts;
}

struct choice {
	struct coding coding;
	int parts; /* 0: none yet */
	size_t total;
};

static void consider(struct text *t, const struct coding *k, bool ref16, struct choice *best)
{
	if (!weigh(t, k))
		return;
	int parts = count_parts(t, k, ref16, 0, NULL, NULL);
	if (best->parts && (parts > best->parts || (parts == best->parts && t->total >= best->total)))
		return;
	*best = (struct choice){*k, parts, t->total};
}

/* No table makes a text shorter than a septet a character, behind the shortest header: could that save a part?
 */
static bool could_save(const struct text *t, const struct compose_options *o, const struct choice *plain)
{
	static const struct coding one = {SMS_GSM7, 0, 1};
	if (t->count <= capacity(&one, false, o->ref16))
		return plain->parts != 1;
	size_t room = capacity(&one, true, o->ref16);
	return !plain->parts || (t->count + room - 1) / room < (size_t)plain->parts;
}

/* All pairs of the allowed tables. Among equal counts of parts the fewest septets, so the plainest, win. */
static void consider_languages(struct text *t, const struct compose_options *o, struct choice *best)
{
	uint8_t allowed[LANGUAGES_MAX] = {0};
	size_t n = 1;
	for (const uint8_t *l = o->languages; l && *l && n < LANGUAGES_MAX; l++)
		if (gsm_single_table(*l))
			allowed[n++] = *l;
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++) {
			struct coding k = {SMS_GSM7, allowed[i], allowed[j]};
			if (i + j > 0 && gsm_locking_table(k.locking))
				consider(t, &k, o->ref16, best);
		}
}

/* The plain default alphabet wins over UCS-2, and both win over national tables that save no part. */
static int choose(struct text *t, const struct compose_options *o, struct coding *ret)
{
	static const struct coding plain = {SMS_GSM7, 0, 0}, ucs2 = {SMS_UCS2, 0, 0};
	struct choice best = {.parts = 0}, national = {.parts = 0}, wide = {.parts = 0};
	if (o->alphabet != COMPOSE_UCS2) {
		consider(t, &plain, o->ref16, &best);
		if (could_save(t, o, &best))
			consider_languages(t, o, &national);
	}
	if (o->alphabet != COMPOSE_GSM7)
		consider(t, &ucs2, o->ref16, &wide);
	if (wide.parts && (!best.parts || wide.parts < best.parts))
		best = wide;
	if (national.parts && (!best.parts || national.parts < best.parts))
		best = national;
	if (!best.parts)
		return -EINVAL;
	if (best.parts > COMPOSE_PARTS_MAX)
		return -E2BIG;
	*ret = best.coding;
	weigh(t, ret);
	return best.parts;
}

static int text_open(struct text *t, const char *utf8)
{
	*t = (struct text){0};
	t->units = sms_utf16(utf8, (size_t)COMPOSE_PARTS_MAX * TPDU_UNITS_MAX, &t->count);
	if (!t->units)
		return -E2BIG;
	t->cost = mem_alloc(t->count + 1);
	return 0;
}

static void text_close(struct text *t)
{
	free(t->units);
	free(t->cost);
}

#define cleanup_text __attribute__((cleanup(text_close)))

int compose_count(const char *text, const struct compose_options *o, enum sms_alphabet *ret_alphabet)
{
	cleanup_text struct text t;
	struct coding k;
	int r = text_open(&t, text);
	if (r < 0)
		return r;
	r = choose(&t, o, &k);
	if (r > 0)
		*ret_alphabet = k.alphabet;
	return r;
}

static void fill(struct tpdu *p, const struct compose_options *o, const struct coding *k)
{
	tpdu_init(p, TPDU_SUBMIT);
	p->report_requested = o->report;
	p->reject_duplicates = o->reject_duplicates;
	p->alphabet = k->alphabet;
	p->dcs = dcs_encode(k->alphabet, (int)o->message_class - 1);
	p->lang_locking = k->locking;
	p->lang_single = k->single;
	if (o->validity_minutes > 0) {
		p->vp = VP_RELATIVE;
		p->validity_minutes = o->validity_minutes;
	}
}

/* Digits, with or without a + in front: nothing can be sent to a name. */
static bool dialable(const char *number)
{
	const char *d = number + (*number == '+');
	return *d && strlen(d) <= 20 && d[strspn(d, "0123456789*#")] == 0;
}

/* Part `part` of `parts` of a text that was planned. */
static int build(const struct text *t, const struct coding *k, const char *number,
		 const struct compose_options *o, int part, int parts, struct compose_part *ret)
{
	struct tpdu p;
	size_t from = 0, to = 0;
	count_parts(t, k, o->ref16, part, &from, &to);
	fill(&p, o, k);
	strcpy(p.number, number);
	if (parts > 1) {
		p.concat_bits = o->ref16 ? 16 : 8;
		p.concat_ref = o->reference & (o->ref16 ? 0xFFFF : 0xFF);
		p.parts = parts;
		p.part = part;
	}
	p.unit_count = to - from;
	memcpy(p.units, t->units + from, p.unit_count * sizeof *p.units);
	int r = udh_encode(&p);
	return r ? r : tpdu_encode_hex(&p, ret->hex, &ret->length);
}

int compose_part(const char *number, const char *text, const struct compose_options *o, int part,
		 struct compose_part *ret, int *ret_parts)
{
	cleanup_text struct text t;
	struct coding k;
	int parts = text_open(&t, text);
	if (parts == 0)
		parts = choose(&t, o, &k);
	if (parts < 0)
		return parts;
	if (part < 1 || part > parts || !dialable(number))
		return -EINVAL;
	int r = build(&t, &k, number, o, part, parts, ret);
	if (r == 0)
		*ret_parts = parts;
	return r;
}

int compose_all(const char *number, const char *text, const struct compose_options *o,
		struct compose_part **ret)
{
	cleanup_text struct text t;
	struct coding k;
	int parts = text_open(&t, text);
	if (parts == 0)
		parts = dialable(number) ? choose(&t, o, &k) : -EINVAL;
	if (parts < 0)
		return parts;
	struct compose_part *all = mem_array((size_t)parts, sizeof *all);
	for (int i = 1; i <= parts; i++) {
		int r = build(&t, &k, number, o, i, parts, &all[i - 1]);
		if (r < 0) {
			free(all);
			return r;
		}
	}
	*ret = all;
	return parts;
}
