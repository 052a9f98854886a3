/* UTF-16 inside this layer. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline bool utf16_is_high(uint16_t u)
{
	return (u & 0xFC00) == 0xD800;
}

static inline bool utf16_is_low(uint16_t u)
{
	return (u & 0xFC00) == 0xDC00;
}

/* UTF-8 → UTF-16; NULL when it takes more than `max` units. The caller frees. */
uint16_t *sms_utf16(const char *text, size_t max, size_t *ret_count);
