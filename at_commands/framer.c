#include "at_commands/framer.h"

#include <ctype.h>
#include <string.h>

static const char *const glued_heads[] = {"OK", "ERROR"};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Where a second code begins in `ERROR+CNUM: …`; 0 when the line is one. */
static size_t find_glue(const char *line)
{
	for (size_t i = 0; i < sizeof glued_heads / sizeof glued_heads[0]; i++) {
		size_t n = strlen(glued_heads[i]);
		if (!strncmp(line, glued_heads[i], n) && line[n] && strchr("+^*#$%", line[n]) &&
		    isalpha((unsigned char)line[n + 1]))
			return n;
	}
	return 0;
}

/* A whole line is in f->line: hand it out, cut when it is glued. */
static enum at_frame finish(struct at_framer *f)
{
	f->done = true;
	f->glued = 0;
	size_t cut = find_glue(f->line);
	if (cut) {
		memmove(f->line + cut + 1, f->line + cut, f->len - cut + 1);
		f->line[cut] = 0;
		f->glued = cut + 1;
		f->len = cut;
	}
	return AT_FRAME_LINE;
}

/* At a line end: true when there is something to hand out. */
static bool close_line(struct at_framer *f)
{
	f->ppp = false;
	if (f->too_long) {
		f->too_long = false;
		f->overlong++;
		f->dropped += f->len;
		f->len = 0;
		return false;
	}
	while (f->len && is_blank(f->line[f->len - 1]))
		f->len--;
	f->line[f->len] = 0;
	return f->len > 0;
}

static void add(struct at_framer *f, char c)
{
	unsigned char u = (unsigned char)c;
	if (f->ppp || c == '~') {
		if (c == '~' && (f->ppp || !f->len)) {
			f->ppp = !f->ppp;
			f->dropped++;
			return;
		}
		if (f->ppp) {
			f->dropped++;
			return;
		}
	}
	if ((u < 0x20 && c != '\t') || u == 0x7F) {
		f->dropped++;
		return;
	}
	if (!f->len && !f->too_long && (is_blank(c) || c == '>'))
		return;
	if (f->too_long || f->len == AT_LINE_MAX) {
		f->too_long = true;
		f->dropped++;
		return;
	}
	f->line[f->len++] = c;
}

void at_framer_reset(struct at_framer *f)
{
	f->len = f->glued = 0;
	f->done = f->too_long = f->ppp = f->want_prompt = false;
}

enum at_frame at_framer_next(struct at_framer *f, const char **bytes, size_t *n)
{
	if (f->done && f->glued) {
		f->len = strlen(f->line + f->glued);
		memmove(f->line, f->line + f->glued, f->len + 1);
		return finish(f);
	}
	if (f->done) {
		f->done = false;
		f->len = 0;
	}
	while (*n) {
		char c = *(*bytes)++;
		(*n)--;
		if (c == '\r' || c == '\n') {
			if (close_line(f))
				return finish(f);
		} else if (c == '>' && f->want_prompt && !f->len && !f->ppp && !f->too_long) {
			return AT_FRAME_PROMPT;
		} else {
			add(f, c);
		}
	}
	return AT_FRAME_NONE;
}
