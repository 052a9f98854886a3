/* The rules: data files that turn a text into intents. Loading compiles every pattern (PCRE2, JIT where it is
 * allowed, match and heap limits); a loaded set never changes, so a reload is a new set that replaces the old
 * one only when it is right. Pure: no clock, no log. */
#pragma once

#include "base/err.h"
#include "rules/intent.h"

struct rules;

/* Reads DATA/rules/{*.rules, vocabulary …} and then the files named in `extra` (blank-separated, may be NULL).
 * On failure -EINVAL / -ENOENT with file, line and sentence in `e`, and *ret untouched. */
int rules_load(const char *data_dir, const char *extra, struct rules **ret, struct err *e);
void rules_free(struct rules *r);
bool rules_have_jit(const struct rules *r);

struct rules_context {
	enum asked asked;
	unsigned roles; /* ROLE() bits; 0 is an unknown sender, treated as a resident */
	bool machine;   /* the sender is a machine: only INTENT_UNKNOWN comes out */
};

/* Reads a text. Always fills *ret with at least one intent. `text` is UTF-8 as it came, of any content and
 * length (what is beyond 4,000 characters is ignored). A match limit that is hit counts as no match of that
 * rule. */
void rules_read(const struct rules *r, const char *text, const struct rules_context *ctx, struct intents *ret);

/* The normalised copy that is matched, for `rules explain`. Caller frees. */
char *rules_normalize(const struct rules *r, const char *text);

/* Reads every `sample:` and `not:` line of the rule files; `report` (may be NULL) hears of each that is wrong.
 * Returns how many are. */
typedef void rules_report(void *arg, const char *file, int line, const char *text);
int rules_check(const struct rules *r, rules_report *report, void *arg, int *ret_samples);

/* For `rules list`: rules in the order in which they are tried. The strings are borrowed from the set. */
struct rule_info {
	const char *name, *intent, *file;
	int line, priority, patterns, samples;
};
int rules_count(const struct rules *r);
void rules_describe(const struct rules *r, int i, struct rule_info *ret);
