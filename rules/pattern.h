/* Patterns: PCRE2 with the words of lists in place of {name}. Bounded: match limit, depth limit, heap limit. */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "rules/words.h"

#include <stdbool.h>

#define PATTERN_MATCH_LIMIT 20000
#define PATTERN_DEPTH_LIMIT 2000
#define PATTERN_HEAP_KIB    2000
#define PATTERN_GROUPS      24

enum pattern_match { MATCH_WHOLE, MATCH_START, MATCH_FIND };

/* A named piece of a pattern: `define who: (?:我|我们)`. */
struct define {
	char name[32];
	char *text; /* owned, already expanded */
};

struct pattern;
struct matcher; /* working memory, shared by the patterns of a set; one thread at a time */

struct matcher *matcher_new(void);
void matcher_free(struct matcher *m);

/* Puts lists and defines in place of {name}. A name that is neither is an error. */
int pattern_expand(const char *text, const struct words *w, const struct define *d, int defines,
		   struct buf *out, const char *file, int line, struct err *e);
int pattern_compile(const char *expanded, enum pattern_match how, struct pattern **ret, const char *file,
		    int line, struct err *e);
/* Gives it machine code, ten times as large as the pattern: for those that every text is held against. False: this
 * machine or its service manager forbids it, and the pattern goes on being interpreted. */
bool pattern_quicken(struct pattern *p);
void pattern_free(struct pattern *p);
/* Machine code of patterns that were freed goes back to the kernel; by itself PCRE2 keeps half of it for later ones. */
void pattern_release(void);

struct span {
	int a, b; /* bytes; a < 0: did not take part */
};

/* Looks into text[0, len) from byte `from` on. True and m[0] = the match, then named groups through
 * pattern_group. A limit that is hit is no match. */
bool pattern_match(const struct pattern *p, struct matcher *m, const char *text, int len, int from,
		   struct span *ret);
/* After a match: span of a named group; a < 0 when it is not in the pattern or took no part. A name may be used
 * in several alternatives. */
struct span pattern_group(const struct pattern *p, const struct matcher *m, const char *name);
/* Names of its groups, for checks. */
int pattern_names(const struct pattern *p, const char *names[], int max);
