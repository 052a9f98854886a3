/* What the tests of this layer share: cmocka, and numbers at random from a seed that a failing run prints. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct random {
	uint64_t state;
};

/* $SEED repeats a run. */
static inline struct random random_start(const char *test)
{
	const char *given = getenv("SEED");
	struct random r = {given ? strtoull(given, NULL, 0) : 20261122};
	print_message("%s: SEED=%llu\n", test, (unsigned long long)r.state);
	return r;
}

static inline uint32_t random_below(struct random *r, uint32_t n)
{
	r->state = r->state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)((r->state >> 33) % n);
}
