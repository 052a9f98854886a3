/* `yishi top`: a screen that follows what happens. What is shown is made as lines of text (top_page.c), drawn by whoever
 * has a terminal (top_screen.c), again whenever the database changed (top.c). */
#pragma once

#include "cli/cli.h"

enum top_style { TOP_PLAIN, TOP_HEAD, TOP_TITLE, TOP_ALARM, TOP_FAINT };

struct top_line {
	enum top_style style;
	char *text; /* owned; masked, no wider than the page */
};

struct top_page {
	struct top_line *lines; /* owned */
	int count, cap;
	int columns, rows;
};

/* What changes without the database: the daemon's word on its modems. Asked now and then, not at each change. */
struct top_daemon {
	bool up;
	int64_t uptime;
	json_t *modems, *alarms; /* owned */
	struct buf sensors;      /* a line on them; empty: no cabinet is configured */
	bool sensors_well;
};

/* 0, or the exit status after having printed why. */
int top_ask_daemon(struct cli *c, struct top_daemon *d);
void top_daemon_done(struct top_daemon *d);
/* Fills the page from the top; what has no room below is left out. `live`: the keys are told. 0 or -errno of the store. */
int top_fill(struct cli *c, const struct top_daemon *d, bool live, struct top_page *p);
void top_page_done(struct top_page *p);

/* ---- top_screen.c */
struct top_screen;
/* NULL: this terminal cannot be painted on. */
struct top_screen *top_screen_open(bool colour);
/* As it was before. Safe to call twice. */
void top_screen_close(struct top_screen *s);
/* The size as it is now. */
void top_screen_size(struct top_screen *s, int *ret_columns, int *ret_rows);
void top_screen_draw(struct top_screen *s, const struct top_page *p);
enum top_key { TOP_KEY_NONE, TOP_KEY_QUIT, TOP_KEY_AGAIN };
/* What was typed, TOP_KEY_NONE when nothing more waits. */
enum top_key top_screen_key(struct top_screen *s);
