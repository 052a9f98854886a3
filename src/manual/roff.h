/* Manual pages in the man(7) language. */
#pragma once

#include <stdio.h>

/* Text as it stands: nothing in it is taken for a request or an escape. Line ends stay. */
void roff_text(FILE *f, const char *text);
/* The same without breaks between Chinese signs: for the line of a page from which whatis(1) learns. */
void roff_plain(FILE *f, const char *text);
/* A line that is written in the language itself; only breaks between Chinese signs are added. */
void roff_raw(FILE *f, const char *line);
/* Text between quotes, for the argument of a request. */
void roff_argument(FILE *f, const char *text);
void roff_heading(FILE *f, const char *request, const char *text); /* .SH, .SS */
/* A tagged paragraph: `tag` bold, `value` (may be NULL) italic behind it, then what it means. */
void roff_item(FILE *f, const char *tag, const char *value, const char *text);
void roff_paragraph(FILE *f, const char *text);
/* Lines that are typed as they stand. */
void roff_example(FILE *f, const char *typed);
