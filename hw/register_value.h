/* From raw words to what they mean. Pure. */
#pragma once

#include "base/config.h"
#include "hw/register_map.h"

struct map_value {
	bool
	    valid; /* false: the part itself says that it has no value (sensor broken, not connected), or it is no number */
	double value;      /* scaled; a state is its number */
	uint16_t words[4]; /* as they came */
	uint64_t raw;      /* behind order, mask and shift */
};

/* `words`: as many as the row's type has (map_type_registers), in the order of the registers. */
void register_decode(const struct map_row *row, const uint16_t *words, struct map_value *ret);

/* The state's name in this language, NULL when the row has none for it. */
const char *register_state(const struct map_row *row, double value, enum language l);
/* "23.5 °C", "open", "no data": for people. As many digits as the scale makes sense of. Returns buf. */
const char *register_value_text(const struct map_row *row, const struct map_value *v, enum language l,
				char *buf, size_t size);
/* The same of a bare number. */
const char *register_number_shown(const struct map_row *row, double value, enum language l, char *buf,
				  size_t size);
/* "温度", or the name where there is no label. */
const char *register_label(const struct map_row *row, enum language l);
