/* Words of residents for strangers' eyes: what could tell who wrote them or whom they mean is left out. Pure. */
#pragma once

#include "base/buf.h"

#include <jansson.h>

#define REDACT_DIGITS                                                                                          \
	7 /* so many in a row, with blanks and hyphens between them, are a telephone or an identity card */

/* Appends `text` to `out` with numbers and names as "…". `names`: an object whose keys are names (the values do not matter);
 * Chinese names are found wherever they stand, others as whole words. Digits may be full-width or Chinese. */
void redact(const char *text, const json_t *names, struct buf *out);
