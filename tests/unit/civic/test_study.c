/* Nobody can be found in what is given away: cells of k, blank shares, words without numbers and names. */
#include "civic/redact.h"
#include "civic/study.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define CASES 3000

struct seen {
	size_t cases, rows;
	int least;
	int64_t last; /* rows come in order, each cell once */
};

static int see(void *ctx, struct study_row *r)
{
	struct seen *s = ctx;
	int64_t key = ((int64_t)(r->month + 1) * 1000 + r->grid + 1) * 1000 + r->category + 1;
	assert_true(key > s->last);
	s->last = key;
	s->rows++;
	s->cases += (size_t)r->f.received;
	if (r->f.received < s->least)
		s->least = (int)r->f.received;
	assert_true(r->grid == STUDY_ANY ||
		    r->category != STUDY_ANY); /* a category is given up at the top alone */
	return 0;
}

static void every_row_has_k(void **state)
{
	(void)state;
	static const int parents[] = {STUDY_ANY, 0, 0, 1, 1, 2, 2, 2, 5};
	static struct study_case cases[CASES];
	unsigned seed = 7;
	for (size_t count = 0; count <= CASES; count += 150) {
		for (size_t i = 0; i < count; i++) {
			seed = seed * 1103515245u + 12345u;
			unsigned x = seed >> 8;
			cases[i] =
			    (struct study_case){.month = (int)(x % 12),
						.grid = (int)(x / 12 % 10) - 1,
						.category = (int)(x / 120 % 17) * (int)(x / 120 % 17) / 17,
						.figures = {.number = (int)i + 1, .rating = RATING_NONE}};
		}
		struct seen s = {.least = 1000000, .last = -1};
		size_t left = 0;
		assert_int_equal(study_rows(cases, count, parents, 9, STUDY_K, 0, see, &s, &left), 0);
		assert_int_equal(s.cases + left, count);
		assert_true(s.least >= STUDY_K);
		assert_true(left < STUDY_K); /* what is left over is one cell: any month of any grid */
	}
}

static void small_parts_of_a_row_are_blank(void **state)
{
	(void)state;
	assert_true(study_share_is_safe((struct share){0, 6}, 5));
	assert_true(study_share_is_safe((struct share){6, 6}, 5));
	assert_true(study_share_is_safe((struct share){5, 10}, 5));
	assert_false(study_share_is_safe((struct share){1, 6}, 5));
	assert_false(study_share_is_safe((struct share){5, 6}, 5));
	assert_false(study_share_is_safe((struct share){0, 0}, 5));
}

static void words_lose_numbers_and_names(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
	    {"3栋2单元501漏水，电话13800138001找我", "3栋2单元501漏水，电话…找我"},
	    {"138 0013 8001 王秀英", "… …"},
	    {"１３８００１３８００１", "…"},
	    {"我是王秀英，李建国家的狗", "我是…，…家的狗"},
	    {"打幺三八零零一三八零零一", "打…"},
	    {"身份证32010119470101123X", "身份证…"},
	    {"2026年11月20日下午3点", "2026年11月20日下午3点"},
	    {"Ask John Smith, not Johnson.", "Ask …, not Johnson."},
	    {"", ""},
	    {"12345", "12345"},
	};
	json_t *names = json_pack("{s:b, s:b, s:b, s:b}", "王秀英", 1, "李建国", 1, "John Smith", 1, "John", 1);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		cleanup_buf struct buf b = {0};
		redact(cases[i][0], names, &b);
		assert_string_equal(buf_str(&b), cases[i][1]);
	}
	json_decref(names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_row_has_k),
	    cmocka_unit_test(small_parts_of_a_row_are_blank),
	    cmocka_unit_test(words_lose_numbers_and_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
