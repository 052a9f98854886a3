/* The vocabulary: word lists that patterns refer to by {name}, words that tell a complaint's category, places,
 * and the words that are also understood by their sound or look. Read from *.words files; README.md in this
 * folder has the format. */
#pragma once

#include "base/err.h"
#include "rules/glyphs.h"

#include <stdbool.h>

enum word_kind { WORD_LIST, WORD_CATEGORY, WORD_DANGER, WORD_SOUND, WORD_NOT_SOUND, WORD_LOOK, WORD_DIALECT };

struct word {
	char *text;  /* UTF-8, blanks as blanks */
	uint32_t *c; /* code points */
	int n;
	enum word_kind kind;
	int list;    /* WORD_LIST: index of the list; WORD_CATEGORY: enum category */
	int weight;  /* WORD_CATEGORY, WORD_DANGER */
	bool free;   /* WORD_SOUND: needs no right character */
	char *meant; /* WORD_LOOK, WORD_DIALECT: what stands for it */
};

struct words {
	struct word *list; /* by first character, then longest first, once words_sort was called */
	int count, cap;
	char (*names)[32]; /* of the lists */
	int name_count;
	void *seen; /* <search.h>: each word in its section, against doubles; until words_sort */
};

int words_load(const char *path, struct words *w, struct err *e); /* adds; 0, -ENOENT, -EINVAL */
void words_sort(struct words *w);
void words_done(struct words *w);

int words_list_find(const struct words *w, const char *name); /* index or -1 */

/* The entries for the longest word that stands at `at` and passes `wanted`: *ret is the first, the count is
 * returned (a word may stand in several lists). Words of letters match whole English words, also in the plural.
 */
int words_longest(const struct words *w, const struct glyphs *g, int at,
		  bool (*wanted)(const struct word *, int arg), int arg, const struct word **ret);
bool word_of_list(const struct word *word, int list);
bool word_is_known(const struct word *word,
		   int unused); /* any list, category or sound word of two characters up */
bool word_of_kind(const struct word *word, int kind);
