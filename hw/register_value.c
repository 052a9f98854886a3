#include "hw/register_value.h"
#include "base/i18n.h"
#include "base/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static bool is_real(enum map_type t)
{
	return t == MAP_FLOAT32 || t == MAP_FLOAT64;
}

static bool is_signed(enum map_type t)
{
	return t == MAP_INT16 || t == MAP_INT32 || t == MAP_INT64;
}

static uint64_t assemble(const struct map_row *row, const uint16_t *words)
{
	int n = map_type_registers(row->type);
	bool low_first = row->order == ORDER_CDAB || row->order == ORDER_DCBA;
	bool swapped = row->order == ORDER_BADC || row->order == ORDER_DCBA;
	uint64_t raw = 0;
	for (int i = 0; i < n; i++) {
		uint16_t w = words[low_first ? n - 1 - i : i];
		raw = raw << 16 | (uint64_t)(swapped ? __builtin_bswap16(w) : w);
	}
	return raw;
}

/* The highest bit that the mask lets through is the sign. */
static int64_t with_sign(uint64_t v, int bits)
{
	if (bits < 64 && v >> (bits - 1) & 1)
		v |= ~(uint64_t)0 << bits;
	return (int64_t)v;
}

static int width(const struct map_row *row)
{
	uint64_t mask = row->mask >> row->shift;
	int bits = 0;
	if (!row->mask)
		return 16 * map_type_registers(row->type) - row->shift;
	for (; mask; mask >>= 1)
		bits++;
	return bits;
}

static double real_of(const struct map_row *row, uint64_t raw)
{
	uint32_t low = (uint32_t)raw;
	float f;
	double d;
	if (row->type == MAP_FLOAT32) {
		memcpy(&f, &low, sizeof f);
		return (double)f;
	}
	memcpy(&d, &raw, sizeof d);
	return d;
}

void register_decode(const struct map_row *row, const uint16_t *words, struct map_value *ret)
{
	uint64_t raw = assemble(row, words);
	bool broken = false;
	double v;
	for (int i = 0; i < row->invalid_count; i++)
		broken |= row->invalid[i] == raw;
	if (row->type == MAP_BIT) {
		raw = raw >> row->shift & 1;
		v = (double)raw;
	} else if (is_real(row->type))
		v = real_of(row, raw);
	else {
		raw = (row->mask ? raw & row->mask : raw) >> row->shift;
		int bits = width(row);
		v = is_signed(row->type) && bits > 0 ? (double)with_sign(raw, bits) : (double)raw;
	}
	v = v * row->scale + row->offset;
	broken |= !isfinite(v);
	*ret = (struct map_value){.valid = !broken, .value = broken ? 0 : v, .raw = raw};
	memcpy(ret->words, words, (size_t)map_type_registers(row->type) * sizeof *words);
}

const char *register_state(const struct map_row *row, double value, enum language l)
{
	for (int i = 0; i < row->word_count; i++)
		if ((double)row->words[i].value == value)
			return l == LANG_ZH ? row->words[i].zh : row->words[i].en;
	return NULL;
}

static int digits_of(const struct map_row *row, double value)
{
	if (row->digits >= 0)
		return row->digits < 6 ? row->digits : 6;
	if (is_real(row->type))
		return fabs(value) < 1 ? 3 : 2;
	int digits = 0;
	double steps[] = {row->scale, row->offset};
	for (int i = 0; i < 2; i++)
		for (double s = fabs(steps[i]);
		     digits < 6 && fabs(s * pow(10, digits) - round(s * pow(10, digits))) > 1e-6;)
			digits++;
	return digits;
}

const char *register_number_shown(const struct map_row *row, double value, enum language l, char *buf,
				  size_t size)
{
	const char *state = register_state(row, value, l);
	if (state)
		snprintf(buf, size, "%s", state);
	else if (fabs(value) >= 1e9)
		snprintf(buf, size, "%.6g%s%s", value, row->unit[0] ? " " : "", row->unit);
	else {
		int digits = digits_of(row, value);
		double least = 0.5 * pow(10, -digits);
		snprintf(buf, size, "%.*f%s%s", digits, fabs(value) < least ? 0.0 : value,
			 row->unit[0] ? " " : "", row->unit);
	}
	return buf;
}

const char *register_value_text(const struct map_row *row, const struct map_value *v, enum language l,
				char *buf, size_t size)
{
	if (!v->valid)
		return text_copy(buf, size, l == LANG_ZH ? "无数据" : "no data");
	return register_number_shown(row, v->value, l, buf, size);
}

const char *register_label(const struct map_row *row, enum language l)
{
	const char *label = l == LANG_ZH && row->label_zh[0] ? row->label_zh : row->label_en;
	return label[0] ? label : row->name;
}
