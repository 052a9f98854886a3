/* Dates, times and numbers on a page and through a loudspeaker. */
#include "page/say.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct say *says[2];

static int open_both(void **state)
{
	(void)state;
	says[LANG_ZH] = say_new(LANG_ZH);
	says[LANG_EN] = say_new(LANG_EN);
	return says[0] && says[1] ? 0 : -1;
}

static int close_both(void **state)
{
	(void)state;
	say_free(says[0]);
	say_free(says[1]);
	return 0;
}

typedef void moment(struct say *s, struct buf *out, const struct civil *t);

static void at(moment *write, int day, int hour, int minute, const char *zh, const char *en)
{
	const struct civil t = {.year = 2026, .month = 11, .day = day, .hour = hour, .minute = minute};
	const char *const want[] = {[LANG_ZH] = zh, [LANG_EN] = en};
	for (int l = 0; l < 2; l++) {
		cleanup_buf struct buf out = {0};
		write(says[l], &out, &t);
		assert_string_equal(buf_str(&out), want[l]);
	}
}

static void written(void **state)
{
	(void)state;
	at(write_date, 20, 15, 0, "2026年11月20日 星期五", "Friday, 20 November 2026");
	at(write_day, 1, 0, 0, "11月1日", "1 November");
	at(write_weekday, 22, 23, 59, "星期日", "Sunday");
	at(write_time, 20, 15, 5, "下午3:05", "3:05 pm");
	at(write_time, 20, 9, 30, "上午9:30", "9:30 am");
	at(write_time, 20, 12, 0, "中午12:00", "12:00 pm");
}

static void spoken(void **state)
{
	(void)state;
	at(speak_date, 20, 15, 0, "十一月二十日，星期五", "Friday, November the twentieth");
	at(speak_time, 20, 15, 0, "下午三点", "three o'clock in the afternoon");
	at(speak_time, 20, 14, 30, "下午两点半", "half past two in the afternoon");
	at(speak_time, 20, 9, 5, "上午九点零五分", "nine oh five in the morning");
	at(speak_time, 20, 19, 45, "晚上七点四十五分", "a quarter to eight in the evening");
	at(speak_time, 20, 12, 0, "中午十二点", "twelve o'clock noon");
	at(speak_time, 20, 12, 45, "中午十二点四十五分", "a quarter to one in the afternoon");
}

static void numbers(void **state)
{
	(void)state;
	cleanup_buf struct buf b = {0};
	speak_number(says[LANG_ZH], &b, 105);
	buf_addc(&b, '|');
	speak_ordinal(says[LANG_ZH], &b, 2);
	buf_addc(&b, '|');
	speak_number(says[LANG_EN], &b, 25);
	buf_addc(&b, '|');
	speak_ordinal(says[LANG_EN], &b, 21);
	buf_addc(&b, '|');
	speak_count(says[LANG_ZH], &b, 2);
	speak_count(says[LANG_ZH], &b, 12);
	assert_string_equal(buf_str(&b), "一百零五|第二|twenty-five|twenty-first|两十二");
}

static void telephones(void **state)
{
	(void)state;
	static const struct {
		const char *e164, *written, *zh;
	} rows[] = {
	    {"+8613800001111", "138 0000 1111", "幺三八，零零零零，幺幺幺幺"},
	    {"+8651257001234", "0512 5700 1234", "零五幺二，五七零零，幺二三四"},
	    {"+861065001234", "010 6500 1234", "零幺零，六五零零，幺二三四"},
	    {"+4915112345678", "+4915112345678", "四九幺五幺幺二三四五六七八"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		cleanup_buf struct buf w = {0}, s = {0};
		write_number(&w, rows[i].e164);
		speak_dialled(says[LANG_ZH], &s, rows[i].e164);
		assert_string_equal(buf_str(&w), rows[i].written);
		assert_string_equal(buf_str(&s), rows[i].zh);
	}
	cleanup_buf struct buf en = {0};
	speak_dialled(says[LANG_EN], &en, "+8613800001111");
	assert_string_equal(buf_str(&en), "one three eight, zero zero zero zero, one one one one");
}

static void texts(void **state)
{
	(void)state;
	cleanup_buf struct buf b = {0};
	speak_text(says[LANG_ZH], &b, "3栋12号501室3.5米\x1b[31m\n完");
	assert_string_equal(buf_str(&b), "三栋十二号五零一室三点五米\xEF\xBF\xBD[三十一m 完");
	buf_reset(&b);
	speak_text(says[LANG_EN], &b, "block 3, room 501");
	assert_string_equal(buf_str(&b), "block three, room five zero one");
	buf_reset(&b);
	speak_text(says[LANG_EN], &b, "3栋");
	assert_string_equal(buf_str(&b), "3栋");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(written),    cmocka_unit_test(spoken), cmocka_unit_test(numbers),
	    cmocka_unit_test(telephones), cmocka_unit_test(texts),
	};
	return cmocka_run_group_tests(tests, open_both, close_both);
}
