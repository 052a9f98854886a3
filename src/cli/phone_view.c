#include "cli/phone_view.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/cli.h"

#include <string.h>

#define SCREEN 34 /* columns of text in a bubble: 17 Chinese characters, as on a button phone */
#define INDENT 24 /* of one's own texts */

/* The next row of `text` that fits the screen; advances *p. */
static void next_row(const char **p, struct buf *row)
{
	int width = 0;
	buf_reset(row);
	while (**p) {
		const char *q = *p;
		uint32_t c = text_next(&q);
		char bytes[5] = {0};
		if (c == '\n') {
			*p = q;
			return;
		}
		text_put(bytes, c);
		int w = text_width(bytes);
		if (width + w > SCREEN)
			return;
		width += w;
		buf_adds(row, bytes);
		*p = q;
	}
}

static void rule(const char *left, int columns, const char *right)
{
	fputs(left, stdout);
	for (int i = 0; i < columns; i++)
		fputs("─", stdout);
	puts(right);
}

static void bubble(const struct phone_view *v, int indent, const char *colour, const char *text,
		   const char *foot)
{
	struct buf row cleanup_buf = {0};
	cleanup_free char *safe = mem_dup(text);
	const char *p = safe, *on = v->colour ? colour : "", *off = v->colour ? "\033[0m" : "";
	text_mask_controls(safe);
	printf("%*s%s", indent, "", on);
	rule("╭", SCREEN + 2, "╮");
	do {
		next_row(&p, &row);
		printf("%*s│ %s%*s │\n", indent, "", buf_str(&row), SCREEN - text_width(buf_str(&row)), "");
	} while (*p);
	printf("%*s╰─ %s ", indent, "", foot);
	rule("", SCREEN - 1 - text_width(foot), "╯");
	fputs(off, stdout);
}

/* "1 条 · 45/70": parts, and how full they are. */
static char *size_of(int segments, int units, int limit)
{
	return mem_printf(ngettext("%d text · %d/%d", "%d texts · %d/%d", (unsigned long)segments), segments,
			  units, limit);
}

void phone_view_mine(const struct phone_view *v, const char *text, int segments)
{
	char time[32];
	struct civil now;
	struct wall_clock clock = {0};
	cleanup_free char *size =
	    mem_printf(ngettext("%d text", "%d texts", (unsigned long)segments), segments);
	if (!v->terminal) {
		printf("%s > %s  [%s]\n", v->own, text, size);
		return;
	}
	civil_from_utc(wall_clock_now(&clock), &now);
	snprintf(time, sizeof time, "%02d:%02d", now.hour, now.minute);
	cleanup_free char *foot = mem_printf("%s · %s", time, size);
	bubble(v, INDENT, "\033[36m", text, foot);
}

static int number(const json_t *o, const char *key)
{
	return (int)json_integer_value(json_object_get(o, key));
}

void phone_view_answer(const struct phone_view *v, const json_t *sent)
{
	const char *text = json_string_value(json_object_get(sent, "text"));
	cleanup_free char *size =
	    size_of(number(sent, "segments"), number(sent, "units"), number(sent, "limit"));
	if (v->terminal) {
		bubble(v, 0, "\033[32m", text ? text : "", size);
	} else {
		cleanup_free char *safe = mem_dup(text ? text : "");
		text_mask_controls(safe);
		printf("%s < %s  [%s]\n", v->own, safe, size);
	}
	fflush(stdout);
}

void phone_view_other(const struct phone_view *v, const json_t *sent)
{
	char masked[32];
	const char *to = json_string_value(json_object_get(sent, "number"));
	cleanup_free char *safe = mem_dup(json_string_value(json_object_get(sent, "text")));
	if (!to || !safe)
		return;
	text_mask_controls(safe);
	cleanup_free char *line = mem_printf(_("to %s: %s"), text_short_number(to, masked), safe);
	phone_view_note(v, line);
}

void phone_view_note(const struct phone_view *v, const char *text)
{
	printf(v->colour ? "\033[2m· %s\033[0m\n" : "· %s\n", text);
	fflush(stdout);
}
