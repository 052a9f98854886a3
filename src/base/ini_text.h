/* A text in memory as inih reads it, with the first thing that is wrong with it, and where:
 *
 *	struct ini_text in = {.file = "a.map", .text = text, .e = e};
 *	ini_text_read(&in, on_value, ctx, N_("is neither a key = value, nor a # comment"));
 */
#pragma once

#include "base/err.h"

#include <ini.h>
#include <stdbool.h>

struct ini_text {
	const char *file, *text; /* borrowed; `text` is what is still to be read */
	struct err *e;
	int line; /* that was read last */
	bool failed;
};

/* Reads to the end, or to the first failure. `neither`: what is said of a line that is no INI. */
void ini_text_read(struct ini_text *in, ini_handler on_value, void *ctx, const char *neither);
/* Fills in.e, in the reader's language; only the first counts. Returns 0, which for inih is an error. */
int ini_text_fail(struct ini_text *in, int line, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
