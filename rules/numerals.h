/* Chinese numerals where they count or name something become digits: 三栋 → 3栋, 附议二十三号 → 附议23号,
 * 五零一 → 501, 来仨 → 来3个. Where they are part of a word (一直, 十分, 七嘴八舌, 三四个) they stay. */
#pragma once

#include "rules/glyphs.h"

void numerals_to_digits(struct glyphs *g);
