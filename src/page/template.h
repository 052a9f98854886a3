/* Templates of pages: Mustache (the specification's core: variables, sections, inverted sections, comments, partials,
 * delimiters, its rules for lines that hold a tag alone) over JSON values. Pure: bytes and values in, bytes out.
 *
 * A set holds templates under their names; a partial {{>name}} is another template of the set. Small texts in the
 * reader's language are templates of one line, read from a file of words (template_add_words), so that a page's layout is
 * written once for all languages and a helper can edit either with a text editor.
 *
 * As in most implementations false, null, 0, "" and an empty list are no; everything else is yes. A missing variable
 * is nothing; a partial that is not in the set is an error, since a mistyped one would drop half a page in silence.
 *
 * What strangers wrote cannot break a page: values are escaped (& < > " '), control characters that no page may hold
 * become U+FFFD, depth, steps and size are bounded. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

#include <jansson.h>
#include <stdbool.h>

#define TEMPLATE_DEPTH      64                 /* sections and partials within each other */
#define TEMPLATE_TAGS       10000              /* in one template */
#define TEMPLATE_SIZE       (512 * 1024)       /* bytes of one template */
#define TEMPLATE_COUNT      1000               /* in a set */
#define TEMPLATE_STEPS      4000000            /* tags and pieces of text in one rendering */
#define TEMPLATE_OUTPUT_MAX (32 * 1024 * 1024) /* bytes of one page */
#define TEMPLATE_NAME_MAX   64                 /* bytes of a name with its NUL */

struct template_set;

struct template_set *template_set_new(void);
void template_set_free(struct template_set *t); /* NULL is fine */

/* Adds a template; one of the same name is replaced, so that what lies in the helper's own folder is added last. `file`
 * and `line` (of its first line) are for errors; everything is copied. -EINVAL with file, line and a sentence in `e`: a tag
 * or a section that is not closed, one that closes nothing, too big, not UTF-8. */
int template_add(struct template_set *t, const char *name, const char *text, size_t len, const char *file,
		 int line, struct err *e);
/* Adds each line `name = text` as a template; lines that are empty or begin with # are skipped. */
int template_add_words(struct template_set *t, const char *text, size_t len, const char *file, struct err *e);
/* All partials that are asked for are there. -EINVAL with a sentence. */
int template_check(const struct template_set *t, struct err *e);
/* Walks the names of the variables and sections that a template and its partials ask for ("." and parts of dotted names
 * as written), in no order, some twice; for checking them against what a page offers. */
void template_names(const struct template_set *t, const char *name,
		    void (*each)(void *ctx, const char *name, const char *file, int line), void *ctx);

enum template_escape {
	TEMPLATE_HTML, /* for HTML and SVG */
	TEMPLATE_TEXT, /* values as they are, without control characters */
};
/* Appends the page to `out`. -EINVAL with a sentence in `e`; `out` then holds a part. */
int template_render(const struct template_set *t, const char *name, const json_t *data,
		    enum template_escape escape, struct buf *out, struct err *e);

/* One value as {{…}} writes it. */
void template_escape(struct buf *out, const char *text, enum template_escape escape);
