/* Reply texts: filling in, optional parts, and what a helper may write wrong. */
#include "base/mem.h"
#include "rules/replies.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct folder {
	char dir[64], rules[80], zh[96], en[96];
};

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void folder_open(struct folder *d, const char *zh, const char *en)
{
	snprintf(d->dir, sizeof d->dir, "/tmp/yishi-replies-XXXXXX");
	assert_non_null(mkdtemp(d->dir));
	snprintf(d->rules, sizeof d->rules, "%s/rules", d->dir);
	snprintf(d->zh, sizeof d->zh, "%s/replies.zh", d->rules);
	snprintf(d->en, sizeof d->en, "%s/replies.en", d->rules);
	assert_int_equal(mkdir(d->rules, 0700), 0);
	write_file(d->zh, zh);
	write_file(d->en, en);
}

static void folder_close(struct folder *d)
{
	unlink(d->zh);
	unlink(d->en);
	rmdir(d->rules);
	rmdir(d->dir);
}

static void filling_in(void **state)
{
	struct folder d;
	struct replies *r;
	struct err e;
	(void)state;
	folder_open(&d, "# 注释\na = 收到{n}号[[，{place}]]。\nb = 好\n",
		    "b = ok\na = got {n}[[ at {place}]].\n");
	assert_int_equal(replies_load(d.dir, &r, &e), 0);
	assert_int_equal(replies_count(r), 2);
	assert_string_equal(replies_key(r, 0), "a");
	static const struct {
		enum language lang;
		struct reply_value values[3];
		const char *want;
	} rows[] = {
	    {LANG_ZH, {{"n", "23", 0}, {"place", "东门", 0}, {0}}, "收到23号，东门。"},
	    {LANG_ZH, {{"n", "23", 0}, {"place", "", 0}, {0}}, "收到23号。"},
	    {LANG_EN, {{"n", "23", 0}, {0}, {0}}, "got 23."},
	    {LANG_EN, {{"n", "1\x1b[2J2", 0}, {0}, {0}}, "got 1?[2J2."},
	    {LANG_ZH, {{"n", "一二三四五", 3}, {0}, {0}}, "收到一二…号。"},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf out = {0};
		replies_add(r, rows[i].lang, "a", rows[i].values, &out);
		assert_string_equal(buf_str(&out), rows[i].want);
		buf_done(&out);
	}
	replies_free(r);
	folder_close(&d);
}

static void mistakes(void **state)
{
	static const struct {
		const char *zh, *en;
		int line;
		const char *says;
	} rows[] = {
	    {"a = x\nb\n", "a = x\n", 2, "key = text"},
	    {"a = x\nA b = x\n", "a = x\n", 2, "is no key"},
	    {"a =\n", "a = x\n", 1, "has no text"},
	    {"a = x\n\na = y\n", "a = x\n", 3, "stands twice"},
	    {"a = {n\n", "a = x\n", 1, "{ or }"},
	    {"a = [[{n}\n", "a = {n}\n", 1, "[[ without ]]"},
	    {"a = [[x]]\n", "a = x\n", 1, "without a {placeholder}"},
	    {"a = \xff\n", "a = x\n", 1, "UTF-8"},
	    {"a = x\nb = y\n", "a = x\n", 0, "b"},
	    {"a = {n}\n", "a = x\n", 1, "lacks {n}"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct folder d;
		struct replies *r = NULL;
		struct err e = {0};
		folder_open(&d, rows[i].zh, rows[i].en);
		assert_int_equal(replies_load(d.dir, &r, &e), -EINVAL);
		if (e.line != rows[i].line || !strstr(e.text, rows[i].says))
			print_message("%zu: line %d: %s\n", i, e.line, e.text);
		assert_null(r);
		assert_int_equal(e.line, rows[i].line);
		assert_non_null(strstr(e.text, rows[i].says));
		folder_close(&d);
	}
	struct replies *r = NULL;
	struct err e = {0};
	assert_int_equal(replies_load("/nonexistent", &r, &e), -ENOENT);
}

static void our_own_are_right(void **state)
{
	struct replies *r;
	struct err e = {0};
	char line[640];
	(void)state;
	if (replies_load(".", &r, &e) < 0)
		fail_msg("%s", err_line(&e, line, sizeof line));
	assert_true(replies_count(r) > 50);
	replies_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(filling_in),
	    cmocka_unit_test(mistakes),
	    cmocka_unit_test(our_own_are_right),
	};
	return cmocka_run_group_tests_name("replies", tests, NULL, NULL);
}
