/* What config.c, config_keys.c and config_value.c share, and the maker of the manual. */
#pragma once

#include "base/config.h"

#include <stddef.h>

enum type {
	STRING,
	PATH,
	INT,
	BOOL,
	DURATION,
	WINDOW,
	LANGUAGE,
	ZONE,
	PHONE,
	ROLES,
	NUMBER,
	DATE,
	DEVICE,
	ICCID,
	GLOBS,
	CENTRE,  /* of short messages */
	ADDRESS, /* of a service */
	WEEKLY,  /* a moment of the week: a window that ends with its day */
	BALANCE  /* how the credit is asked for */
};
enum section { GATEWAY, RULES, HOOKS, MODEM, CABINET, SENSOR, SECTION_COUNT };

struct key {
	enum section section;
	const char *name;
	enum type type;
	size_t offset;        /* in struct config, or in the section's own struct */
	const char *fallback; /* NULL: none, the value stays empty */
	const char *what;     /* N_(): for the manual; one sentence without a full stop */
};

extern const struct key config_keys[]; /* config_keys.c; those of a section stand together */
extern const int config_key_count;
extern const char *const config_sections[SECTION_COUNT]; /* "gateway" … */

/* Writes `value` into its field of `base`; the returned sentence (untranslated) says what would have been
 * right, NULL when it was. `path`: of the configuration file, which relative paths start from. */
const char *config_assign(void *base, const struct key *k, const char *value, const char *path);
/* Its field holds a string of its own. */
bool config_is_string(const struct key *k);
