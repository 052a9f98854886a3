#include "hw/map_keys.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define M(field) offsetof(struct register_map, field), sizeof((struct register_map *)0)->field
#define R(field) offsetof(struct map_row, field), sizeof((struct map_row *)0)->field
#define H(field) offsetof(struct map_row, field)

static const struct map_key map_keys[] = {
    {"title", KEY_TEXT, M(title_en), 0, N_("what the part is, in English")},
    {"title_zh", KEY_TEXT, M(title_zh), 0, N_("the same in Chinese")},
    {"makers", KEY_LINES, M(makers), 0, N_("names by which it is sold, separated by commas")},
    {"serial", KEY_SERIAL, 0, 0, 0, N_("speed and frame with which it leaves the factory, such as 9600,8N1")},
    {"unit", KEY_COUNT, M(unit), 0, N_("the address with which it leaves the factory")},
    {"max_registers", KEY_COUNT, M(max_registers), 0, N_("registers in one request at most; 125")},
    {"max_bits", KEY_COUNT, M(max_bits), 0, N_("coils or inputs in one request at most; 2000")},
    {"max_gap", KEY_COUNT, M(max_gap), 0, N_("registers between two rows that one request may read over; 0")},
    {"pause", KEY_DURATION, M(pause_ms), 0, N_("how long to wait between two requests; 20ms")},
    {"evidence", KEY_LINES, M(evidence), 0,
     N_("where the facts are from: [M] the maker, [C] code that is in use, [F] a report from the field, [P] "
	"our own proposal")},
    {"identify", KEY_RULE, 0, 0, 0,
     N_("a row or register and what it must be for this map to fit: any, refused, 0..100, =5, or unit (its own "
	"address)")},
    {"request", KEY_REQUEST, 0, 0, 0, N_("a frame as it stands on the wire, with CRC; it begins a new pair")},
    {"answer", KEY_ANSWER, 0, 0, 0, N_("the answer to it")},
    {"means", KEY_MEANS, 0, 0, 0,
     N_("what that answer must be read as, such as temperature=30.5; x=none; exception=2")},
    {"seen", KEY_SEEN, 0, 0, 0, N_("where the pair was seen; or composed")},
};

static const struct map_key row_keys[] = {
    {"label", KEY_TEXT, R(label_en), 0, N_("what is measured, in English")},
    {"label_zh", KEY_TEXT, R(label_zh), 0, N_("the same in Chinese")},
    {"register", KEY_REGISTER, 0, 0, 0,
     N_("input:1 or holding:0, coil:3, discrete:0, counted from 0; or 30002, 40001, 10001, 00001, counted from "
	"1")},
    {"type", KEY_TYPE, 0, 0, 0,
     N_("bit, int16, uint16, int32, uint32, float32, int64, uint64 or float64; an order may follow")},
    {"order", KEY_ORDER, R(order), 0,
     N_("ABCD, or CDAB (low word first), BADC (bytes of each word swapped), DCBA (both)")},
    {"scale", KEY_NUMBER, R(scale), 0, N_("what the raw number is multiplied by")},
    {"offset", KEY_NUMBER, R(offset), 0, N_("what is added to that")},
    {"digits", KEY_COUNT, R(digits), 0, N_("behind the point; by default as the scale has them")},
    {"unit", KEY_TEXT, R(unit), 0, N_("the unit for people")},
    {"mask", KEY_BITS, R(mask), 0, N_("bits of the raw number that count, such as 0x00ff")},
    {"shift", KEY_COUNT, R(shift), 0, N_("how far it is moved to the right after that")},
    {"invalid", KEY_INVALID, 0, 0, 0, N_("raw numbers that mean: no data, such as 0x7fff")},
    {"words", KEY_WORDS, 0, 0, 0, N_("names of states, such as 0 closed/关闭, 1 open/打开")},
    {"high", KEY_NUMBER, R(high), H(has_high), N_("an alarm above, where [sensor] gives no limit")},
    {"low", KEY_NUMBER, R(low), H(has_low), N_("an alarm below, likewise")},
    {"clear", KEY_NUMBER, R(clear), H(has_clear), N_("where the alarm ends")},
    {"hold", KEY_DURATION, R(hold_ms), 0, N_("for how long the limit must be passed")},
    {"alarm", KEY_ALARM, 0, 0, 0, N_("states that are an alarm, such as open")},
    {"severity", KEY_SEVERITY, R(severity), 0, N_("notice, warning or urgent")},
    {"optional", KEY_YES, R(optional), 0,
     N_("yes: not every part of the family has it; it is read only where a [sensor] names it")},
};

const struct map_key *map_key_at(bool of_row, int i)
{
	const struct map_key *keys = of_row ? row_keys : map_keys;
	int count = of_row ? (int)ARRAY_LEN(row_keys) : (int)ARRAY_LEN(map_keys);
	return i < count ? &keys[i] : NULL;
}

const struct map_key *map_key_find(bool of_row, const char *name)
{
	const struct map_key *k;
	for (int i = 0; (k = map_key_at(of_row, i)); i++)
		if (!strcmp(k->name, name))
			return k;
	return NULL;
}

bool map_key_is_list(const struct map_key *k)
{
	switch (k->kind) {
	case KEY_LINES:
	case KEY_RULE:
	case KEY_REQUEST:
	case KEY_ANSWER:
	case KEY_MEANS:
	case KEY_SEEN:
	case KEY_INVALID:
	case KEY_WORDS:
		return true;
	case KEY_TEXT:
	case KEY_COUNT:
	case KEY_NUMBER:
	case KEY_DURATION:
	case KEY_YES:
	case KEY_REGISTER:
	case KEY_TYPE:
	case KEY_ORDER:
	case KEY_BITS:
	case KEY_SEVERITY:
	case KEY_SERIAL:
	case KEY_ALARM:
		break;
	}
	return false;
}

static const char *set_text(char *field, size_t size, const char *value, bool more)
{
	size_t n = more ? strlen(field) : 0;
	if (n + (n > 0) + strlen(value) >= size)
		return N_("is too long; shorten it");
	if (!text_valid(value, strlen(value)))
		return N_("is not UTF-8 text");
	if (n)
		field[n++] = ' ';
	text_copy(field + n, size - n, value);
	text_mask_controls(field);
	return NULL;
}

/* strtoull takes a minus sign and makes something of it */
static int parse_bits(const char *s, char **end, uint64_t *ret)
{
	errno = 0;
	if (*s < '0' || *s > '9')
		return -EINVAL;
	unsigned long long v = strtoull(s, end, strncasecmp(s, "0x", 2) ? 10 : 16);
	if (*end == s || errno)
		return -EINVAL;
	*ret = v;
	return 0;
}

static const char *add_invalid(struct map_row *row, const char *value)
{
	while (*value) {
		char *end;
		uint64_t v;
		if (parse_bits(value, &end, &v) || (*end && !strchr(" ,", *end)) ||
		    row->invalid_count == MAP_INVALID)
			return N_("wants raw values such as 0x7fff, at most 8");
		row->invalid[row->invalid_count++] = v;
		value = end + strspn(end, " ,");
	}
	return NULL;
}

/* "0 closed/关闭, 1 open/打开" */
static const char *add_words(struct map_row *row, const char *value)
{
	static const char *const sentence = N_("wants states such as 0 closed/关闭, 1 open/打开, at most 16");
	cleanup_free char *copy = mem_dup(value);
	char *save = NULL;
	for (char *w = strtok_r(copy, ",", &save); w; w = strtok_r(NULL, ",", &save)) {
		char *end, *zh = strchr(w, '/');
		long long v = strtoll(w, &end, 0);
		if (end == w || *end != ' ' || !zh || row->word_count == MAP_WORDS)
			return sentence;
		*zh++ = 0;
		end += strspn(end, " ");
		struct map_word *word = &row->words[row->word_count];
		if (!*end || !*zh || set_text(word->en, sizeof word->en, end, false) ||
		    set_text(word->zh, sizeof word->zh, zh, false))
			return sentence;
		word->value = v;
		row->word_count++;
	}
	return NULL;
}

static const char *set_number(double *ret, const char *value)
{
	char *end;
	double v = strtod(value, &end);
	if (end == value || *end || !isfinite(v) || fabs(v) > 1e15)
		return N_("wants a number");
	*ret = v;
	return NULL;
}

static const char *set_serial(struct register_map *map, const char *value)
{
	struct modbus_connection c = {0};
	if (modbus_frame_parse(value, &c))
		return N_("wants speed and frame such as 9600,8N1");
	map->baud = c.baud;
	map->parity = c.parity;
	map->stop_bits = c.stop_bits;
	return NULL;
}

const char *map_key_assign(const struct map_key *k, void *base, const char *value)
{
	void *field = (char *)base + k->offset;
	struct map_row *row = base;
	const char *why = NULL;
	char *end;
	uint64_t bits;
	switch (k->kind) {
	case KEY_TEXT:
	case KEY_LINES:
		return set_text(field, k->size, value, k->kind == KEY_LINES);
	case KEY_COUNT:
		if (parse_bits(value, &end, &bits) || *end || bits > UINT16_MAX)
			return N_("wants a whole number, 0 to 65535");
		*(int *)field = (int)bits;
		return NULL;
	case KEY_NUMBER:
		if (!(why = set_number(field, value)) && k->has)
			*(bool *)((char *)base + k->has) = true;
		return why;
	case KEY_DURATION:
		return duration_parse(value, field) ? N_("wants a duration such as 50ms, 90s or 5m") : NULL;
	case KEY_YES:
		if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
			return N_("wants yes or no");
		*(bool *)field = !strcmp(value, "yes");
		return NULL;
	case KEY_REGISTER:
		return register_number_parse(value, &row->table, &row->address)
			   ? N_("wants a register such as input:1, holding:0, 30002 or 40001")
			   : NULL;
	case KEY_TYPE:
		return map_type_parse(value, &row->type, &row->order)
			   ? N_("wants a type such as int16, uint32, float32 or float32 CDAB")
			   : NULL;
	case KEY_ORDER:
		for (enum map_order o = 0; o < ORDER_COUNT; o++)
			if (!strcasecmp(value, map_order_name(o))) {
				*(enum map_order *)field = o;
				return NULL;
			}
		return N_("wants ABCD, CDAB, BADC or DCBA");
	case KEY_BITS:
		if (parse_bits(value, &end, field) || *end)
			return N_("wants bits such as 0x00ff");
		return NULL;
	case KEY_INVALID:
		return add_invalid(row, value);
	case KEY_WORDS:
		return add_words(row, value);
	case KEY_SEVERITY:
		if (strcmp(value, "notice") != 0 && strcmp(value, "warning") != 0 &&
		    strcmp(value, "urgent") != 0)
			return N_("wants notice, warning or urgent");
		return set_text(field, k->size, value, false);
	case KEY_SERIAL:
		return set_serial(base, value);
	case KEY_ALARM:
	case KEY_RULE:
	case KEY_REQUEST:
	case KEY_ANSWER:
	case KEY_MEANS:
	case KEY_SEEN:
		break;
	}
	return N_("has a kind that is unknown");
}
