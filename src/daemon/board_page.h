/* The board as a page, in both languages, made of the store and the templates board.html and board_main.html. */
#pragma once

#include "base/buf.h"
#include "base/config.h"
#include "base/err.h"

struct daemon;
struct board_page;

/* Reads the templates. -errno with a sentence in `e`. */
int board_page_new(const struct daemon *d, struct board_page **ret, struct err *e);
void board_page_free(struct board_page *p); /* NULL is fine */

struct board_text {
	struct buf page, part, json; /* the whole page; what of it changes; the same for scripts */
};
void board_text_done(struct board_text *t);

/* Reads the store and writes all three. -errno with a sentence in `e`. */
int board_page_write(struct board_page *p, const struct daemon *d, enum language lang, struct board_text *ret,
		     struct err *e);
/* The script of the page. */
int board_page_script(struct board_page *p, struct buf *out, struct err *e);
