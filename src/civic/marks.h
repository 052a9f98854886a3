/* Marks in the text of a broadcast: what is in braces is filled in for each recipient. Pure.
 *
 *     {name|邻居}，{building}栋明天停水
 *
 * {name} {building} {unit} {room} {grid}, or {姓名} {楼栋} {单元} {房号} {网格}; behind the bar what stands there for somebody of
 * whom it is not known. {{ is a brace. Other words in braces are the writer's own, given once for all ({date}). */
#pragma once

#include "base/buf.h"
#include "base/err.h"

enum mark { MARK_NAME, MARK_BUILDING, MARK_UNIT, MARK_ROOM, MARK_GRID, MARK_COUNT };

struct mark_values {
	const char *of[MARK_COUNT]; /* NULL or "": not known */
};

/* A word of the writer's own and what it stands for. */
struct mark_word {
	const char *word, *value;
};

/* Fills in the writer's own words; marks of recipients and {{ stay as they are. -EINVAL with a sentence: a brace that is not
 * closed, or a word of which nobody says what it is. *ret: bits 1 << enum mark of those that remain. */
int marks_read(const char *text, const struct mark_word *words, int count, struct buf *out, unsigned *ret,
	       struct err *e);

/* The text as one recipient gets it, appended to `out`; bits of the marks that were not known and have nothing behind a bar.
 * Control characters in values are masked. `text` has passed marks_read. */
unsigned marks_fill(const char *text, const struct mark_values *v, struct buf *out);
