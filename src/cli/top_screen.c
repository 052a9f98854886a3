/* The only file that paints: ncurses sends what differs from the screen before, so that nothing flickers on a slow line. */
#include "cli/top.h"

#include "base/mem.h"

#include <ncurses.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct top_screen {
	SCREEN *term;
	FILE *in, *out;
	bool colour;
};

struct top_screen *top_screen_open(bool colour)
{
	const char *term = getenv("TERM");
	SCREEN *t;
	if (!term || !*term || !isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return NULL;
	set_escdelay(25);
	if (!(t = newterm(term, stdout, stdin)))
		return NULL;
	/* a terminal that cannot move its cursor shows a page as well as any paper does */
	if (!tigetstr("cup") || tigetstr("cup") == (char *)-1) {
		endwin();
		delscreen(t);
		return NULL;
	}
	struct top_screen *s = mem_alloc(sizeof *s);
	*s = (struct top_screen){.term = t, .in = stdin, .out = stdout};
	cbreak();
	noecho();
	nodelay(stdscr, TRUE);
	keypad(stdscr, TRUE);
	curs_set(0);
	s->colour = colour && has_colors() && start_color() == OK && use_default_colors() == OK &&
		    init_pair(1, COLOR_RED, -1) == OK;
	return s;
}

void top_screen_close(struct top_screen *s)
{
	if (!s)
		return;
	curs_set(1);
	endwin();
	delscreen(s->term);
	free(s);
}

void top_screen_size(struct top_screen *s, int *ret_columns, int *ret_rows)
{
	struct winsize size;
	(void)s;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row && size.ws_col &&
	    (size.ws_row != LINES || size.ws_col != COLS))
		resizeterm(size.ws_row, size.ws_col);
	*ret_columns = COLS;
	*ret_rows = LINES;
}

static attr_t attribute(const struct top_screen *s, enum top_style style)
{
	switch (style) {
	case TOP_HEAD:
		return A_REVERSE;
	case TOP_TITLE:
		return A_BOLD;
	case TOP_ALARM:
		return s->colour ? COLOR_PAIR(1) | A_BOLD : A_BOLD;
	case TOP_FAINT:
		return A_DIM;
	case TOP_PLAIN:
		break;
	}
	return A_NORMAL;
}

void top_screen_draw(struct top_screen *s, const struct top_page *p)
{
	erase();
	for (int i = 0; i < p->count && i < LINES; i++) {
		attrset((int)attribute(s, p->lines[i].style));
		mvaddstr(i, 0, p->lines[i].text);
	}
	attrset(A_NORMAL);
	refresh();
}

enum top_key top_screen_key(struct top_screen *s)
{
	(void)s;
	for (int key; (key = getch()) != ERR;) {
		if (key == 'q' || key == 'Q' || key == 3)
			return TOP_KEY_QUIT;
		if (key == 'r' || key == 12 || key == ' ') {
			clearok(curscr, TRUE);
			return TOP_KEY_AGAIN;
		}
	}
	return TOP_KEY_NONE;
}
