/* What a template is once it was read; shared by template.c (reading) and template_render.c (writing). */
#pragma once

#include "page/template.h"

enum piece_kind {
	PIECE_TEXT,
	PIECE_VALUE,
	PIECE_RAW,
	PIECE_SECTION,
	PIECE_INVERTED,
	PIECE_PARTIAL,
};

struct piece {
	enum piece_kind kind;
	const char *text; /* what is written, or the tag's name; borrowed from the source */
	size_t len;
	int line;
	int end;          /* of a section: the piece behind its last */
	bool starts_line; /* first of its line: a partial's indentation comes before it */
	const char *indent;
	size_t indent_len; /* of a partial that stands alone */
};

struct template
{
	char name[TEMPLATE_NAME_MAX];
	char *source, *file; /* owned */
	int line;
	struct piece *pieces; /* owned */
	size_t count, cap;
};

struct template_set {
	struct template *list;
	size_t count;
};

/* NULL: not there. */
struct template *template_find(const struct template_set *set, const char *name, size_t len);
int template_no_partial(const struct template *t, const struct piece *x, struct err *e);
