/* What the words of a case say by themselves, read with the rules as a resident's text is. */
#pragma once

#include "cli/cli.h"
#include "store/person.h"

struct case_words {
	enum category category;
	char building[16], unit[16], room[16], place[INTENT_SHORT_MAX]; /* "" when nothing tells */
};

/* Fills what the options --category, --building, --unit, --room and --place leave open: from the words, then from
 * the address of who raised it (NULL: unknown), unless the words name another building. Without usable rules
 * only the options and the address count, and a note says so. */
void case_words_read(struct cli *c, const char *text, const struct person *reporter, struct case_words *ret);
