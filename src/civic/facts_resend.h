/* What was texted to this phone last, for "send it again". A member of struct facts. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define RESEND_MAX     1024 /* bytes of a text that is sent again */
#define RESEND_EVERY_S (10 * 60)
#define RESEND_AGE_S   (7 * 24 * 3600)

struct resend_fact {
	char text[RESEND_MAX]; /* "" none, or it holds a code or private words */
	int64_t resent_utc;    /* when it was last asked for, 0 never */
};
