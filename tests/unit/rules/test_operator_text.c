/* Operators' texts as data: every sample of rules/operator.patterns, patterns of people, and texts that want to hurt. */
#include "base/mem.h"
#include "rules/operator_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static struct operator_texts *ours(void)
{
	struct operator_texts *t = NULL;
	struct err e = {0};
	char line[640];
	if (operator_texts_load(".", &t, &e))
		fail_msg("%s", err_line(&e, line, sizeof line));
	return t;
}

static void show(void *arg, int line, const char *sentence)
{
	(void)arg;
	print_message("operator.patterns:%d: %s\n", line, sentence);
}

static void our_samples(void **state)
{
	(void)state;
	struct operator_texts *t = ours();
	int samples;
	assert_int_equal(operator_texts_check(t, show, NULL, &samples), 0);
	assert_true(samples >= 25);
	assert_true(operator_texts_sender(t, "10086"));
	assert_true(operator_texts_sender(t, "10010"));
	assert_false(operator_texts_sender(t, "1008"));
	assert_false(operator_texts_sender(t, "+8613800138001"));
	operator_texts_free(t);
}

static void a_pattern_of_ones_own(void **state)
{
	(void)state;
	static const struct {
		const char *own, *text;
		int64_t cents; /* −1: none */
	} rows[] = {
	    {"剩余([0-9.]+)块", "您剩余12.5块，余额99元", 1250},
	    {"rest (?<amount>[0-9.]+)", "rest 7", 700},
	    {"(?:a|b)[(](x?[0-9]+)", "b(42", 4200},
	    {"nothing ([0-9]+)", "您的余额为3元", 300}, /* ours go on */
	    {"broken ([0-9", "您的余额为3元", 300},
	    {"([a-z]+)", "abc", -1}, /* no number */
	};
	struct operator_texts *t = ours();
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct operator_news n = {0};
		operator_text_read(t, rows[i].text, rows[i].own, &n);
		if (n.has_amount != (rows[i].cents >= 0) || (n.has_amount && n.amount_cents != rows[i].cents))
			fail_msg("%s on %s: %d %lld", rows[i].own, rows[i].text, n.has_amount,
				 (long long)n.amount_cents);
	}
	struct err e = {0};
	assert_int_equal(operator_pattern_check("余额([0-9.]+)元", &e), 0);
	assert_int_not_equal(operator_pattern_check("余额[0-9.]+元", &e), 0);
	assert_non_null(strstr(e.text, "group"));
	assert_int_not_equal(operator_pattern_check("余额([0-9.]+元", &e), 0);
	operator_texts_free(t);
}

/* Whatever comes, it is read in bounded time and an amount is never beyond its bound. */
static void hostile(void **state)
{
	(void)state;
	struct operator_texts *t = ours();
	static const char *const pieces[] = {
	    "余额", "为",   "可用",     "9",    "0",  ".",  ",",  "-",  "元", " ",        "\n",   "停机", "已",
	    "(",    "\xff", "有效期至", "2026", "年", "12", "月", "￥", "１", "balance ", "充值", "。",   "😀"};
	unsigned seed = (unsigned)time(NULL);
	print_message("seed %u\n", seed);
	srandom(seed);
	for (int round = 0; round < 3000; round++) {
		char text[4000] = "";
		size_t n = 0;
		int count = (int)(random() % 400);
		for (int i = 0; i < count && n + 32 < sizeof text; i++)
			n += (size_t)snprintf(text + n, sizeof text - n, "%s",
					      pieces[(size_t)random() % ARRAY_LEN(pieces)]);
		struct operator_news news = {0};
		operator_text_read(t, text, round % 3 ? NULL : "((?:[0-9]+,?)+)*x", &news);
		if (news.has_amount)
			assert_true(llabs(news.amount_cents) <= 100000000000);
		if (news.year)
			assert_true(news.year >= 2000 && news.year <= 2099 && news.month >= 1 &&
				    news.month <= 12);
	}
	operator_texts_free(t);
}

static void mistakes(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int line;
		const char *says;
	} rows[] = {
	    {"amount: 余额([0-9]+)元\n", 1, "(?<amount>"},
	    {"\nexpires: (?<year>20..)\n", 2, "(?<month>"},
	    {"out: (停机\n", 1, "pattern is wrong"},
	    {"stop: x\n", 1, "none of"},
	    {"sender: 10086 abc\n", 1, "no number"},
	    {"sample: 余额\n", 1, "=>"},
	    {"nonsense\n", 1, "key: value"},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct operator_texts *t = NULL;
		struct err e = {0};
		assert_int_not_equal(operator_texts_parse(rows[i].text, "p", &t, &e), 0);
		assert_null(t);
		assert_int_equal(e.line, rows[i].line);
		assert_non_null(strstr(e.text, rows[i].says));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(our_samples),
	    cmocka_unit_test(a_pattern_of_ones_own),
	    cmocka_unit_test(hostile),
	    cmocka_unit_test(mistakes),
	};
	return cmocka_run_group_tests_name("operator_text", tests, NULL, NULL);
}
