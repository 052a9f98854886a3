/* Charts: what is drawn stays inside the picture, is well formed whatever the labels are, and says its figures. */
#include "page/chart.h"
#include "page/chart_internal.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const labels[] = {"照明", "Noise at night & <b>",
				     "很长很长很长很长很长很长很长很长很长很长很长很长很长的名字"};
static const double values[] = {120, 0, 7.5}, others[] = {NAN, 3, 1e18};

/* Every tag closes in its turn, and nothing lies right of or below the view box. */
static void is_well_formed(const char *svg)
{
	char open[32][24];
	int depth = 0;
	double wide = 0, high = 0;
	const char *box = strstr(svg, "viewBox=\"0 0 ");
	assert_non_null(box);
	assert_int_equal(sscanf(box, "viewBox=\"0 0 %lf %lf\"", &wide, &high), 2);
	assert_null(strstr(svg, "nan"));
	assert_null(strstr(svg, "inf"));
	for (const char *p = svg; (p = strchr(p, '<')); p++) {
		const char *end = strchr(p, '>');
		char name[24] = "";
		assert_non_null(end);
		assert_null(memchr(p + 1, '<', (size_t)(end - p - 1)));
		sscanf(p + (p[1] == '/' ? 2 : 1), "%23[a-z]", name);
		if (p[1] == '/') {
			assert_true(depth > 0);
			assert_string_equal(open[--depth], name);
		} else if (end[-1] != '/') {
			assert_true(depth < 32);
			strcpy(open[depth++], name);
		}
		double x, y, w, h;
		if (sscanf(p, "<rect x=\"%lf\" y=\"%lf\" width=\"%lf\" height=\"%lf\"", &x, &y, &w, &h) == 4) {
			assert_true(x >= -0.1 && x + w <= wide + 0.1);
			assert_true(y >= -0.1 && y + h <= high + 0.1);
		} else if (sscanf(p, "<text x=\"%lf\" y=\"%lf\"", &x, &y) == 2) {
			assert_true(x >= -0.1 && x <= wide + 0.1);
			assert_true(y > 0 && y <= high + 0.1);
		}
	}
	assert_int_equal(depth, 0);
}

static void has(const struct buf *b, const char *words)
{
	if (!strstr(buf_str(b), words))
		fail_msg("no %s in %s", words, buf_str(b));
}

static void bars(void **state)
{
	(void)state;
	cleanup_buf struct buf b = {0};
	static const char *const notes[] = {"12 / 120", NULL, "<x>"};
	const struct chart_series s[] = {{"受理", values}, {"办结", others}};
	chart_bars(
	    &b,
	    &(struct chart){.id = "a1", .title = "按<类别>", .desc = "照明 120", .unit = " 件", .decimals = 1},
	    labels, notes, 3, s, 2);
	is_well_formed(buf_str(&b));
	has(&b, "<title id=\"a1-t\">按&lt;类别&gt;</title>");
	has(&b, "<desc id=\"a1-d\">照明 120</desc>");
	has(&b, "role=\"img\"");
	has(&b, ">120.0 件  12 / 120<");
	has(&b, ">7.5 件  &lt;x&gt;<");
	has(&b, "&amp; &lt;b&gt;");
	has(&b, ">–<"); /* not known is no zero */
	assert_null(strstr(buf_str(&b), "<b>"));
}

static void stacks_and_shares(void **state)
{
	(void)state;
	cleanup_buf struct buf b = {0}, share = {0};
	const double one[] = {3, 0, 5}, two[] = {1, 0, NAN};
	const struct chart_series s[] = {{"办结", one}, {"在办", two}};
	chart_stack(&b, &(struct chart){.id = "s", .title = "各网格"}, labels, 3, s, 2);
	is_well_formed(buf_str(&b));
	has(&b, ">4<");
	has(&b, ">0<");
	chart_share(&share, &(struct chart){.id = "x", .title = "表决"}, labels, one, 3);
	is_well_formed(buf_str(&share));
	has(&share, ">3  (38%)<");
	has(&share, ">5  (63%)<");
}

static void lines(void **state)
{
	(void)state;
	cleanup_buf struct buf b = {0};
	const char *months[24];
	double v[24], w[24];
	for (int i = 0; i < 24; i++) {
		months[i] = "2026-11";
		v[i] = i == 5 ? (double)NAN : i * 100.0;
		w[i] = i * 100.0 - 1;
	}
	const struct chart_series s[] = {{"受理", v}, {"办结", w}};
	chart_lines(&b, &(struct chart){.id = "l", .title = "每月"}, months, 24, s, 2);
	is_well_formed(buf_str(&b));
	has(&b, ">2,300<");
	has(&b, ">2,299<");
	has(&b, ">2,500<"); /* the scale ends at a round number */
	has(&b, "stroke-dasharray=\"8 4\"");
}

static void nothing_to_draw(void **state)
{
	(void)state;
	cleanup_buf struct buf b = {0};
	const double none[] = {0, 0, 0};
	const struct chart_series s[] = {{"x", none}};
	const struct chart c = {.id = "bad id\"", .title = NULL};
	chart_bars(&b, &c, labels, NULL, 0, s, 1);
	chart_bars(&b, &c, labels, NULL, 3, s, 1);
	chart_stack(&b, &c, labels, 3, s, 0);
	chart_share(&b, &c, labels, none, 3);
	chart_share(&b, &c, labels, none, 0);
	chart_lines(&b, &c, labels, 0, s, 1);
	chart_lines(&b, &c, labels, 1, s, 1);
	for (const char *p = buf_str(&b); (p = strstr(p, "<svg"));) {
		const char *end = strstr(p, "</svg>");
		char *one = strndup(p, (size_t)(end + 6 - p));
		is_well_formed(one);
		free(one);
		p = end;
	}
	assert_null(strstr(buf_str(&b), "bad id"));
}

static void scales(void **state)
{
	(void)state;
	static const double most[] = {0, 0.3, 1, 3, 7, 12, 99, 100, 101, 1234, 1e9, NAN, INFINITY};
	for (size_t i = 0; i < sizeof most / sizeof *most; i++) {
		double step = 0, top = chart_scale(most[i], 1, &step);
		assert_true(isfinite(top) && top >= 1 && step >= 1 && top / step <= 6.001);
		assert_true(!(most[i] <= 1e15) || top >= most[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(bars),   cmocka_unit_test(stacks_and_shares),
	    cmocka_unit_test(lines),  cmocka_unit_test(nothing_to_draw),
	    cmocka_unit_test(scales),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
