/* Templates: what the Mustache specification says of variables, sections, partials and blanks; what is wrong in one, in a
 * sentence with its line; and the bounds that a template or a value cannot break. */
#include "page/template.h"

#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* `parts`: name, text, name, text …, NULL. The caller frees. */
static char *rendered(const char *text, const char *json, const char *const *parts, enum template_escape escape,
		      struct err *e)
{
	struct template_set *set = template_set_new();
	struct buf out = {0};
	json_t *data = json_loads(json, JSON_DECODE_ANY, NULL);
	assert_non_null(data);
	int r = template_add(set, "main", text, strlen(text), "main.html", 1, e);
	for (; parts && *parts && !r; parts += 2)
		r = template_add(set, parts[0], parts[1], strlen(parts[1]), parts[0], 1, e);
	if (!r)
		r = template_render(set, "main", data, escape, &out, e);
	json_decref(data);
	template_set_free(set);
	buf_adds(&out, "");
	if (r) {
		buf_done(&out);
		return NULL;
	}
	return buf_take(&out);
}

static void is(const char *text, const char *json, const char *want)
{
	struct err e = {0};
	cleanup_free char *got = rendered(text, json, NULL, TEMPLATE_HTML, &e);
	if (!got)
		fail_msg("%s: %s", text, e.text);
	assert_string_equal(got, want);
}

static void with(const char *text, const char *json, const char *part, const char *want)
{
	struct err e = {0};
	const char *const parts[] = {"part", part, NULL};
	cleanup_free char *got = rendered(text, json, parts, TEMPLATE_HTML, &e);
	if (!got)
		fail_msg("%s: %s", text, e.text);
	assert_string_equal(got, want);
}

static void variables(void **state)
{
	(void)state;
	is("{{a}}, {{ a }}!", "{\"a\":\"王\"}", "王, 王!");
	is("{{a}} {{{a}}} {{&a}}", "{\"a\":\"<b a='1'>\\\"&\"}",
	   "&lt;b a=&#x27;1&#x27;&gt;&quot;&amp; <b a='1'>\"& <b a='1'>\"&");
	is("{{n}} {{f}} {{t}} {{z}}|{{gone}}|{{nil}}|", "{\"n\":-12,\"f\":1.5,\"t\":true,\"z\":0,\"nil\":null}",
	   "-12 1.5 true 0|||");
	is("{{a.b.c}}|{{a.x.c}}|{{a.b}}", "{\"a\":{\"b\":{\"c\":7}},\"x\":{\"c\":8}}", "7||");
	is("{{#a}}{{b.c}}{{/a}}", "{\"a\":{\"b\":{}},\"b\":{\"c\":\"wrong\"}}", "");
}

static void control_characters_do_not_come_through(void **state)
{
	(void)state;
	struct err e = {0};
	is("{{a}}", "{\"a\":\"a\\u0001b\\u202ec\\u007fd\\u2028e\\tf\\n\"}",
	   "a\xEF\xBF\xBD"
	   "b\xEF\xBF\xBD"
	   "c\xEF\xBF\xBD"
	   "d\xE2\x80\xA8"
	   "e\tf\n");
	cleanup_free char *text = rendered("{{{a}}} {{a}}", "{\"a\":\"<\\u001b[2J\"}", NULL, TEMPLATE_TEXT, &e);
	assert_string_equal(text, "<\xEF\xBF\xBD[2J <\xEF\xBF\xBD[2J");
}

static void sections(void **state)
{
	(void)state;
	is("{{#l}}({{.}}){{/l}}{{^l}}none{{/l}}", "{\"l\":[1,\"<\"]}", "(1)(&lt;)");
	is("{{#l}}x{{/l}}{{^l}}none{{/l}}", "{\"l\":[]}", "none");
	is("{{#a}}yes{{/a}}{{#b}}no{{/b}}{{#c}}no{{/c}}{{#d}}no{{/d}}{{#e}}no{{/e}}",
	   "{\"a\":1,\"b\":0,\"c\":\"\",\"d\":false,\"e\":null}", "yes");
	is("{{#p}}{{name}} {{place}}{{/p}}", "{\"place\":\"3\",\"p\":{\"name\":\"a\"}}", "a 3");
	is("{{#l}}{{#.}}{{.}}{{/.}};{{/l}}", "{\"l\":[[1,2],[3]]}", "12;3;");
	is("{{#a}}{{#b}}{{c}}{{/b}}{{/a}}{{^x}}{{c}}{{/x}}", "{\"c\":1,\"a\":[{\"b\":[{\"c\":2},{}]}]}", "211");
}

static void a_tag_that_stands_alone_leaves_no_line(void **state)
{
	(void)state;
	is("a\n  {{#t}}\nb\n{{/t}}\nc\n", "{\"t\":true}", "a\nb\nc\n");
	is("a\r\n{{#t}}\r\n{{/t}}\r\nb", "{\"t\":true}", "a\r\nb");
	is("  {{! one\n two }}  \nx\n", "{}", "x\n");
	is("12 {{! three }}\n", "{}", "12 \n");
	is(" {{#t}}YES{{/t}}\n", "{\"t\":true}", " YES\n");
	is("#{{#t}}\n/\n  {{/t}}", "{\"t\":true}", "#\n/\n");
	is("{{v}}\n{{v}}{{!}}\n", "{\"v\":1}", "1\n1\n");
}

static void partials(void **state)
{
	(void)state;
	with("[{{>part}}]", "{\"a\":\"<\"}", "{{a}}", "[&lt;]");
	with("\\\n {{>part}}\n/\n", "{\"c\":\"<\\n->\"}", "|\n{{{c}}}\n\n|\n", "\\\n |\n <\n->\n\n |\n/\n");
	with("  {{v}}  {{> part}}\n", "{\"v\":\"|\"}", ">\n>", "  |  >\n>\n");
	with("{{>part}}", "{\"n\":\"X\",\"l\":[{\"n\":\"Y\",\"l\":[]}]}", "{{n}}<{{#l}}{{>part}}{{/l}}>",
	     "X<Y<>>");
}

static void delimiters(void **state)
{
	(void)state;
	is("{{=<% %>=}}(<%a%> {{a}})<%={{ }}=%>{{a}}", "{\"a\":1}", "(1 {{a}})1");
	with("[ {{>part}} ]\n{{= | | =}}\n[ |>part| ]", "{\"v\":1}", ".{{v}}.", "[ .1. ]\n[ .1. ]");
}

/* ---- what is wrong */

static void refused(const char *text, int line, const char *words)
{
	struct err e = {0};
	struct template_set *set = template_set_new();
	assert_int_equal(template_add(set, "x", text, strlen(text), "x.html", 1, &e), -EINVAL);
	template_set_free(set);
	assert_string_equal(e.file, "x.html");
	assert_int_equal(e.line, line);
	if (!strstr(e.text, words))
		fail_msg("%s: \"%s\" is not in \"%s\"", text, words, e.text);
}

static void mistakes_have_their_line_and_a_sentence(void **state)
{
	(void)state;
	refused("a\nb {{name", 2, "never closed with }}");
	refused("a\n{{{name}}\n", 2, "never closed with }}}");
	refused("{{#a}}\n{{#b}}\nx\n{{/a}}\n", 4, "{{/a}} stands where {{/b}} of line 2");
	refused("a\n\n{{#open}}\nx\n", 3, "{{#open}} is opened here and never closed");
	refused("x{{/a}}", 1, "never opened");
	refused("a\n{{}}", 2, "no name");
	refused("{{a b}}", 1, "no blanks");
	refused("{{! a\n b }}\n{{=x=}}", 3, "new delimiters are written {{=<% %>=}}");
	refused("\xff", 1, "UTF-8");
}

static void a_partial_that_is_not_there_is_said(void **state)
{
	(void)state;
	struct err e = {0};
	struct template_set *set = template_set_new();
	const char text[] = "a\n{{#never}}{{>titel}}{{/never}}";
	assert_int_equal(template_add(set, "x", text, strlen(text), "x.html", 1, &e), 0);
	assert_int_equal(template_check(set, &e), -EINVAL);
	assert_int_equal(e.line, 2);
	assert_non_null(strstr(e.text, "{{>titel}}"));
	template_set_free(set);
}

static void words(void **state)
{
	(void)state;
	struct err e = {0};
	struct buf out = {0};
	struct template_set *set = template_set_new();
	static const char ours[] = "# words\n\nhead = 签到表 \nname={{n}} = {{n}}\r\n", own[] = "head = 报到\n";
	static const char page[] = "{{>head}}|{{>name}}|";
	json_t *data = json_pack("{ss}", "n", "<");
	assert_int_equal(template_add_words(set, ours, strlen(ours), "words.zh", &e), 0);
	assert_int_equal(template_add(set, "p", page, strlen(page), "p", 1, &e), 0);
	assert_int_equal(template_render(set, "p", data, TEMPLATE_HTML, &out, &e), 0);
	assert_string_equal(buf_str(&out), "签到表|&lt; = &lt;|");
	/* the community's own word wins */
	assert_int_equal(template_add_words(set, own, strlen(own), "words.zh", &e), 0);
	buf_reset(&out);
	assert_int_equal(template_render(set, "p", data, TEMPLATE_TEXT, &out, &e), 0);
	assert_string_equal(buf_str(&out), "报到|< = <|");
	static const char *const wrong[] = {"x\n", "a\nb = {{c\n", "two words = x\n", " = x\n"};
	static const int lines[] = {1, 1, 1, 1};
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		assert_int_equal(template_add_words(set, wrong[i], strlen(wrong[i]), "w", &e), -EINVAL);
		assert_int_equal(e.line, lines[i]);
	}
	assert_int_equal(template_add_words(set, "# x\n\nb = {{c\n", 12, "w", &e), -EINVAL);
	assert_int_equal(e.line, 3);
	json_decref(data);
	buf_done(&out);
	template_set_free(set);
}

static void bounds(void **state)
{
	(void)state;
	struct err e = {0};
	static const char *const loop[] = {"part", "{{>part}}", NULL};
	assert_null(rendered("{{>part}}", "{}", loop, TEMPLATE_HTML, &e));
	assert_non_null(strstr(e.text, "does one ask for itself?"));
	/* a hundred thousand million times nothing */
	struct buf text = {0}, json = {0};
	for (int i = 0; i < 7; i++)
		buf_adds(&text, "{{#l}}");
	for (int i = 0; i < 7; i++)
		buf_adds(&text, "{{/l}}");
	buf_adds(&json, "{\"l\":[");
	for (int i = 0; i < 40; i++)
		buf_adds(&json, "1,");
	buf_adds(&json, "1]}");
	assert_null(rendered(buf_str(&text), buf_str(&json), NULL, TEMPLATE_HTML, &e));
	assert_non_null(strstr(e.text, "too big"));
	buf_reset(&text);
	for (int i = 0; i <= TEMPLATE_DEPTH; i++)
		buf_adds(&text, "{{#l}}");
	refused(buf_str(&text), 1, "within each other");
	buf_done(&text);
	buf_done(&json);
}

static void count_name(void *ctx, const char *name, const char *file, int line)
{
	struct buf *b = ctx;
	buf_addf(b, "%s@%s:%d ", name, file, line);
}

static void names(void **state)
{
	(void)state;
	struct err e = {0};
	struct buf b = {0};
	struct template_set *set = template_set_new();
	assert_int_equal(template_add(set, "a", "{{x}}\n{{#y}}{{>b}}{{/y}}", 24, "A", 1, &e), 0);
	assert_int_equal(template_add(set, "b", "{{{z}}}{{>a}}", 13, "B", 5, &e), 0);
	template_names(set, "a", count_name, &b);
	assert_string_equal(buf_str(&b), "x@A:1 y@A:2 z@B:5 ");
	buf_done(&b);
	template_set_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(variables),
	    cmocka_unit_test(control_characters_do_not_come_through),
	    cmocka_unit_test(sections),
	    cmocka_unit_test(a_tag_that_stands_alone_leaves_no_line),
	    cmocka_unit_test(partials),
	    cmocka_unit_test(delimiters),
	    cmocka_unit_test(mistakes_have_their_line_and_a_sentence),
	    cmocka_unit_test(a_partial_that_is_not_there_is_said),
	    cmocka_unit_test(words),
	    cmocka_unit_test(bounds),
	    cmocka_unit_test(names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
