/* The lesser and the greater of two numbers, and how they stand to each other. */
#pragma once

#include <stdint.h>

static inline int64_t lesser(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static inline int64_t greater(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static inline int order(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* The same of an array of int64_t, for qsort. */
static inline int order_at(const void *a, const void *b)
{
	return order(*(const int64_t *)a, *(const int64_t *)b);
}
