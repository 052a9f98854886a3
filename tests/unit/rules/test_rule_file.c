/* What people write wrong in rule and word files: each mistake is one sentence with the right line. */
#include "base/mem.h"
#include "rules/rule_file.h"
#include "rules/rules.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct rules *new_set(void)
{
	struct rules *r = mem_alloc(sizeof *r);
	r->list = mem_array(RULES_MAX, sizeof *r->list);
	r->matcher = matcher_new();
	r->jit = true;
	return r;
}

static int read_text(const char *text, struct err *e)
{
	struct rules *r = new_set();
	char *copy = mem_dup(text);
	int ret = rule_file_read(copy, "x.rules", r, e);
	free(copy);
	rules_free(r);
	return ret;
}

#define RULE "[a]\nintent: attend\npattern: x\n"

static void mistakes(void **state)
{
	static const struct {
		const char *text;
		int line;
		const char *says;
	} rows[] = {
	    {"intent: attend\n", 1, "before the first"},
	    {"[a\n", 1, "in brackets"},
	    {"[]\n", 1, "in brackets"},
	    {"[a] b\n", 1, "in brackets"},
	    {"[a]\nintent attend\n", 2, "key: value"},
	    {"[a]\nintent: dance\n", 2, "no intent 'dance'"},
	    {"[a]\npattern: x\n", 1, "has no intent"},
	    {"[a]\nintent: attend\n\n[b]\n", 1, "has no pattern"},
	    {"[a]\nintent: attend\npattern: (x\n", 3, "the pattern is wrong"},
	    {"[a]\nintent: attend\npattern: (?<number>x)\n", 3, "<number> is no argument"},
	    {"[a]\nintent: attend\npattern: (?<nonsense>x)\n", 3, "<nonsense> is no argument"},
	    {"[a]\nintent: attend\npattern: {nowhere}\n", 3, "neither a word list nor a define"},
	    {"[a]\nintent: attend\npattern: \\C\n", 3, "the pattern is wrong"},
	    {"[a]\nintent: attend\npattern: x\npattern: x\n", 4, "stands in line 3"},
	    {"[a]\nintent: attend\npattern:\n", 3, "needs a value"},
	    {"[a]\npriority: high\n", 2, "a number from 0 to 1000"},
	    {"[a]\npriority: 1001\n", 2, "a number from 0 to 1000"},
	    {"[a]\nscope: word\n", 2, "not one of text, clause"},
	    {"[a]\nmatch: some\n", 2, "not one of whole, start, find"},
	    {"[a]\nconsume: all\n", 2, "not one of"},
	    {"[a]\nmany: maybe\n", 2, "not one of no, yes"},
	    {"[a]\nasked: weather\n", 2, "no question 'weather'"},
	    {"[a]\nroles: king\n", 2, "no role 'king'"},
	    {"[a]\nset: people=many\n", 2, "no list of arguments"},
	    {"[a]\nset: people\n", 2, "no list of arguments"},
	    {"[a]\nintent: attend\nset: days=2\npattern: x\n", 1, "sets an argument"},
	    {"[a]\nsample[asked=weather]: x\n", 2, "neither asked=QUESTION nor role=ROLE"},
	    {"[a]\nsample: x => number=three\n", 2, "no list of arguments"},
	    {"[a]\nnot: x => number=3\n", 2, "no list of arguments"},
	    {"[a]\ncolour: red\n", 2, "unknown key 'colour'"},
	    {RULE "[a]\nintent: decline\n", 4, "stands in x.rules:1"},
	    {"define x\n", 1, "define NAME"},
	    {"define x: y\ndefine x: z\n", 2, "defined already"},
	    {"[a]\nintent: attend\npattern: \xff\n", 3, "not UTF-8"},
	    {"[this-name-is-far-longer-than-any-rule-should-ever-be-called]\n", 1, "longer than"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = {0};
		int r = read_text(rows[i].text, &e);
		if (r != -EINVAL || e.line != rows[i].line || !strstr(e.text, rows[i].says))
			print_message("%s→ %d, line %d: %s\n", rows[i].text, r, e.line, e.text);
		assert_int_equal(r, -EINVAL);
		assert_int_equal(e.line, rows[i].line);
		assert_string_equal(e.file, "x.rules");
		assert_non_null(strstr(e.text, rows[i].says));
	}
}

static void right_ones(void **state)
{
	struct err e;
	(void)state;
	assert_int_equal(read_text("", &e), 0);
	assert_int_equal(read_text("# only a comment\r\n\r\n", &e), 0);
	assert_int_equal(read_text(RULE, &e), 0);
	assert_int_equal(read_text("define yes: (?:y|yes)\n[a]\nintent: attend\npattern: {yes}{2,3}\n", &e), 0);
	assert_int_equal(
	    read_text("[a]\nintent: nothing\npattern: x\n[b]\nintent: address\npattern: (?<building>x)\n", &e),
	    0);
}

static int load_words(const char *text, struct err *e)
{
	char path[] = "/tmp/yishi-words-XXXXXX";
	int fd = mkstemp(path);
	struct words w = {0};
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	int r = words_load(path, &w, e);
	words_sort(&w);
	words_done(&w);
	unlink(path);
	return r;
}

static void word_files(void **state)
{
	static const struct {
		const char *text;
		int line;
		const char *says;
	} rows[] = {
	    {"灯\n", 1, "before the first"},
	    {"[list\n", 1, "ends with ]"},
	    {"[]\n", 1, "needs a name"},
	    {"[list]\n", 1, "unknown section"},
	    {"[colours]\n", 1, "unknown section"},
	    {"[category weather]\n", 1, "no category 'weather'"},
	    {"[category road]\n坑\n", 2, "begins with its weight"},
	    {"[category road]\n0: 坑\n", 2, "begins with its weight"},
	    {"[list a]\nx y x\n", 2, "stands in this section already"},
	    {"[looks]\n求肋\n", 2, "typed=meant"},
	    {"[sounds]\n!\n", 2, "empty word"},
	    {"[list a]\n\xff\n", 2, "no UTF-8"},
	    {"[sounds]\n一二三四五六七八九\n", 2, "too long"},
	};
	struct err e;
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		e = (struct err){0};
		assert_int_equal(load_words(rows[i].text, &e), -EINVAL);
		if (e.line != rows[i].line || !strstr(e.text, rows[i].says))
			print_message("%s→ line %d: %s\n", rows[i].text, e.line, e.text);
		assert_int_equal(e.line, rows[i].line);
		assert_non_null(strstr(e.text, rows[i].says));
	}
	assert_int_equal(
	    load_words("# none\n[list a]\nx at_home # a remark\n[category road]\n5: 坑\n[looks]\na=b\n", &e),
	    0);
	assert_int_equal(words_load("/nonexistent/x.words", &(struct words){0}, &e), -ENOENT);
}

static void missing_files(void **state)
{
	struct rules *r = NULL;
	struct err e = {0};
	(void)state;
	assert_int_equal(rules_load("/nonexistent", NULL, &r, &e), -ENOENT);
	assert_null(r);
	assert_string_not_equal(e.text, "");
	assert_int_equal(rules_load(".", "/nonexistent/mine.rules", &r, &e), -ENOENT);
	assert_null(r);
	assert_string_equal(e.file, "/nonexistent/mine.rules");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(mistakes),
	    cmocka_unit_test(right_ones),
	    cmocka_unit_test(word_files),
	    cmocka_unit_test(missing_files),
	};
	return cmocka_run_group_tests_name("rule_file", tests, NULL, NULL);
}
