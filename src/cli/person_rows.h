/* What a person types or a list holds, read into a change of the registry. */
#pragma once

#include "base/err.h"
#include "store/person.h"

struct csv_row;

/* Fields as they were written, NULL or "" when not given. */
struct person_fields {
	const char *phones, *name, *grid, *building, *unit, *room, *roles, *language, *consent, *consent_date,
	    *expertise;
};

/* A change with the storage of its strings inside. */
struct person_input {
	struct person_change change;
	char numbers[PERSON_NUMBERS][E164_MAX];
	char grid[GRID_CODE_MAX], building[16], unit[16], room[16], name[INTENT_SHORT_MAX], expertise[32];
	int fixed_lines; /* of the numbers: kept, and no text can go there */
};

/* 0, or -EINVAL with one sentence that says what is wrong and what would be right. "3栋" becomes building "3".
 * A name
 * without the blanks that only make a column look even. Without a consent_date the first date in the words of the consent is it ("上门登记 2026-11-01").
 * Strings of `f` stay borrowed. */
int person_read_fields(const struct person_fields *f, struct person_input *ret, struct err *e);

/* "2026-11-01", "2026/11/1", "2026年11月1日", RFC 3339: the day's beginning, or the moment. -EINVAL otherwise. */
int person_read_date(const char *text, int64_t *ret_utc, struct err *e);

/* "resident volunteer", "网格员、楼栋长" → ROLE() bits. -EINVAL with the word that is no role. */
int person_read_roles(const char *words, unsigned *ret, struct err *e);
