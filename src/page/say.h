/* Numbers, dates and times as a page writes them and as a loudspeaker reads them out, in Chinese and English. Pure:
 * local civil time comes in. Words are ICU's (CLDR), which a helper need not correct. */
#pragma once

#include "base/buf.h"
#include "base/clock.h"
#include "base/config.h"

struct say;

/* NULL when ICU has no data for the language: an installation without libicu-data. */
struct say *say_new(enum language lang);
void say_free(struct say *s); /* NULL is fine */

/* ---- written: what an elder reads at a glance */
void write_date(struct say *s, struct buf *out,
		const struct civil *t); /* 2026年11月20日 星期五 / Friday, 20 November 2026 */
void write_day(struct say *s, struct buf *out, const struct civil *t);     /* 11月20日 / 20 November */
void write_weekday(struct say *s, struct buf *out, const struct civil *t); /* 星期五 / Friday */
void write_time(struct say *s, struct buf *out, const struct civil *t);    /* 下午3:00 / 3:00 pm */
/* As it is dialled inside the country, in groups: +8613800000000 → "138 0000 0000". */
void write_number(struct buf *out, const char *e164);

/* ---- spoken */
void speak_number(struct say *s, struct buf *out, int64_t n);  /* 二十五 / twenty-five */
void speak_count(struct say *s, struct buf *out, int64_t n);   /* 两 件 / two matters */
void speak_ordinal(struct say *s, struct buf *out, int64_t n); /* 第一 / first */
void speak_date(struct say *s, struct buf *out,
		const struct civil *t); /* 十一月二十日，星期五 / Friday, November the twentieth */
void speak_time(struct say *s, struct buf *out,
		const struct civil *t); /* 下午三点半 / half past three in the afternoon */
/* Digit by digit in groups: 幺三八，零零零零，零零零零 / one three eight, zero zero zero zero, … */
void speak_dialled(struct say *s, struct buf *out, const char *e164);
/* What a person wrote, with its numbers in words: "3栋501" → 三栋五零一; Chinese words in an
 * English script stay as they are. Control characters do not come through. */
void speak_text(struct say *s, struct buf *out, const char *text);
