/* What config.c and config_value.c share. */
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
	DEVICE,
	ICCID,
	GLOBS,
	CENTRE, /* of short messages */
	BALANCE /* how the credit is asked for */
};
enum section { GATEWAY, RULES, MODEM, CABINET, SENSOR, SECTION_COUNT };

struct key {
	enum section section;
	const char *name;
	enum type type;
	size_t offset;        /* in struct config, or in the section's own struct */
	const char *fallback; /* NULL: none, the value stays empty */
};

/* Writes `value` into its field of `base`; the returned sentence (untranslated) says what would have been
 * right, NULL when it was. `path`: of the configuration file, which relative paths start from. */
const char *config_assign(void *base, const struct key *k, const char *value, const char *path);
/* Its field holds a string of its own. */
bool config_is_string(const struct key *k);
