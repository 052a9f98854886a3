/* Two closed tables about Chinese characters, read from data files: traditional → simplified, and the toneless
 * syllable of each everyday character. ICU knows both too, but opening its transliterators costs 70 ms. */
#pragma once

#include "base/err.h"

#include <stdint.h>

#define HAN_FIRST 0x4E00
#define HAN_LAST  0x9FFF
#define SYLLABLES 512

struct tables {
	uint16_t simplified[HAN_LAST - HAN_FIRST + 1]; /* 0: stays as it is */
	uint16_t syllable[HAN_LAST - HAN_FIRST + 1];   /* 0: unknown, else 1 … syllable_count */
	char spelling[SYLLABLES][8];                   /* as it is typed: "zhuang" */
	uint16_t sound[SYLLABLES]; /* the same for syllables that speakers mix up (zh = z, ing = in) */
	int syllable_count;
};

/* Reads DIR/traditional.table and DIR/pinyin.table. 0, -ENOENT or -EINVAL with `e` filled. */
int tables_load(const char *dir, struct tables *t, struct err *e);

uint32_t tables_simplify(const struct tables *t, uint32_t c);
uint16_t tables_syllable(const struct tables *t, uint32_t c); /* 0: none */
uint16_t tables_sound(const struct tables *t, uint32_t c);    /* 0: none */
