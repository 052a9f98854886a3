/* Words of the closed vocabulary that were typed by ear (录灯 for 路灯), by look (求肋 for 求助) or in pinyin
 * (bu lai for 不来) become the words that were meant. Free text is left alone: only words of the [sounds] and
 * [looks] sections are put right, only where at least one character is the right one, and never inside a word
 * that exists. */
#pragma once

#include "rules/glyphs.h"
#include "rules/tables.h"
#include "rules/words.h"

/* Words of a region (么样, 冇得, 听日) and of chat (pls, tmrw) become those of the standard language. */
void sounds_put_standard(const struct words *w, struct glyphs *g);
void sounds_correct(const struct tables *t, const struct words *w, struct glyphs *g);
/* A text that is pinyin throughout, with at least one word of the vocabulary of two syllables or more. */
void sounds_read_pinyin(const struct tables *t, const struct words *w, struct glyphs *g);
