/* Reply texts: data, one file a language (replies.zh, replies.en), `key = text with {placeholders}`. The
 * secretary's helper edits them; `yishi rules check` counts the segments of each with typical values. */
#pragma once

#include "base/buf.h"
#include "base/config.h"
#include "base/err.h"

struct replies;

/* A value for a placeholder. Texts of people are masked of control characters and cut to `max_chars` (0 =
 * whole). */
struct reply_value {
	const char *name;
	const char *value;
	int max_chars;
};

/* Both languages must have the same keys with the same placeholders. */
int replies_load(const char *data_dir, struct replies **ret, struct err *e);
void replies_free(struct replies *r);

/* Appends the text of `key`; an unknown key is our own bug and aborts. `values` ends with a NULL name. A
 * placeholder without value becomes nothing. `[[…{x}…]]` in a text is left out when all its placeholders are
 * empty. */
void replies_add(const struct replies *r, enum language lang, const char *key, const struct reply_value *values,
		 struct buf *out);

/* For checks and `rules list`: walks all keys. */
int replies_count(const struct replies *r);
const char *replies_key(const struct replies *r, int i);
const char *replies_text(const struct replies *r, int i, enum language lang);
