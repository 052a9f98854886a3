#include "cli/phone_line.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

bool phone_line_begin(struct phone_line *l, const char *prompt)
{
	*l = (struct phone_line){.prompt = prompt};
	if (tcgetattr(STDIN_FILENO, &l->before))
		return false;
	struct termios t = l->before;
	t.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG); /* Ctrl-C must not leave the terminal like this */
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	tcsetattr(STDIN_FILENO, TCSADRAIN, &t);
	phone_line_show(l);
	return true;
}

void phone_line_end(struct phone_line *l)
{
	tcsetattr(STDIN_FILENO, TCSADRAIN, &l->before);
	buf_done(&l->text);
}

static int columns(void)
{
	struct winsize w;
	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 10 ? w.ws_col : 80;
}

void phone_line_hide(const struct phone_line *l)
{
	(void)l;
	fputs("\r\033[K", stdout);
}

void phone_line_show(const struct phone_line *l)
{
	/* what does not fit beside the prompt scrolls out on the left */
	const char *text = buf_str(&l->text);
	int room = columns() - text_width(l->prompt) - 1;
	while (*text && text_width(text) > room)
		text_next(&text);
	printf("\r\033[K%s%s", l->prompt, text);
	fflush(stdout);
}

static void drop_last(struct buf *b)
{
	while (b->len && ((unsigned char)b->data[b->len - 1] & 0xc0) == 0x80)
		b->data[--b->len] = 0;
	if (b->len)
		b->data[--b->len] = 0;
}

static void drop_word(struct buf *b)
{
	while (b->len && b->data[b->len - 1] == ' ')
		drop_last(b);
	while (b->len && b->data[b->len - 1] != ' ')
		drop_last(b);
}

/* One byte of typing; control sequences of cursor keys are passed over by their caller. */
static enum phone_key key(struct phone_line *l, char c, char **ret_line)
{
	if (c == '\n' || c == '\r') {
		*ret_line = l->text.data ? buf_take(&l->text) : mem_dup("");
		return PHONE_ENTER;
	}
	if (c == 3)
		return PHONE_OVER;
	if (c == 4)
		return l->text.len ? PHONE_MORE : PHONE_OVER;
	if (c == 8 || c == 127)
		drop_last(&l->text);
	else if (c == 21)
		buf_reset(&l->text);
	else if (c == 23)
		drop_word(&l->text);
	else if ((unsigned char)c >= 0x20 && l->text.len < 16384)
		buf_addc(&l->text, c);
	return PHONE_MORE;
}

enum phone_key phone_line_read(struct phone_line *l, char **ret_line)
{
	char c;
	if (read(STDIN_FILENO, &c, 1) != 1)
		return PHONE_OVER;
	if (c == 27) { /* ESC [ … letter: a cursor key */
		while (read(STDIN_FILENO, &c, 1) == 1 &&
		       (c == '[' || c == 'O' || c == ';' || (c >= '0' && c <= '9')))
			;
		return PHONE_MORE;
	}
	enum phone_key k = key(l, c, ret_line);
	if (k == PHONE_MORE &&
	    text_valid(buf_str(&l->text), l->text.len)) /* else a character's other bytes follow */
		phone_line_show(l);
	return k;
}
