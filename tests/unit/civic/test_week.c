/* The page of the last week: once, on the first working morning, whatever crashes; a file and a text. */
#include "play.h"

#include "base/buf.h"

#include <fcntl.h>
#include <sys/stat.h>

static struct rules *rules;
static struct replies *replies;

#define LI   "+8613900000001"
#define BOSS "+8613900000009"

struct bed {
	struct site s; /* first: handed to helpers that want a site */
	char reports[96], page[160];
};

static int setup(void **state)
{
	struct bed *b = mem_alloc(sizeof *b);
	struct site *s = &b->s;
	site_open(s, rules, replies);
	snprintf(b->reports, sizeof b->reports, "%s/reports", s->folder);
	snprintf(b->page, sizeof b->page, "%s/2026-W47.html", b->reports);
	s->config.weekly_page = true;
	s->config.report_dir = b->reports;
	grid(s, "KS", "");
	person(s, LI, "李", "KS", "3", ROLE(RESIDENT));
	person(s, BOSS, "赵书记", "KS", "1", ROLE(SECRETARY));
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct bed *b = *state;
	unlink(b->page);
	rmdir(b->reports);
	site_close(&b->s);
	free(b);
	return 0;
}

static int64_t texts(struct site *s)
{
	return count(s, "message_out WHERE dedupe LIKE 'week:%'");
}

static const char *read_page(struct bed *b, struct buf *out)
{
	char chunk[4096];
	ssize_t n;
	int fd = open(b->page, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	while ((n = read(fd, chunk, sizeof chunk)) > 0)
		buf_add(out, chunk, (size_t)n);
	close(fd);
	return buf_str(out);
}

static void monday_morning(void **state)
{
	struct bed *b = *state;
	struct site *s = &b->s;
	cleanup_buf struct buf first = {0}, second = {0};
	play(s, LI, "3 楼道灯坏了");
	live(s, at("2026-11-23T08:29:59+08:00"));
	assert_int_equal(texts(s), 0);
	assert_null(read_page(b, &first));
	int64_t before = last_out(s);
	live(s, at("2026-11-23T08:30:00+08:00"));
	assert_int_equal(texts(s), 1);
	assert_non_null(strstr(queued(s, BOSS, before), "上周收到1件，其中0件已办好"));
	assert_non_null(strstr(queued(s, BOSS, before), "2026-W47.html"));
	assert_int_equal(count(s, "message_out WHERE dedupe LIKE 'week:%' AND segments > 1"), 0);
	assert_non_null(read_page(b, &first));
	assert_non_null(strstr(buf_str(&first), "矿山社区"));
	assert_null(strstr(buf_str(&first), "13900000001"));
	struct stat st;
	assert_int_equal(stat(b->page, &st), 0);
	assert_int_equal(st.st_mode & 07, 0);

	/* the power goes before the week is marked, or before the file's folder is safe: the same again, no second text */
	assert_int_equal(store_run(s->store, "DELETE FROM meta WHERE key = 'week_page'", ""), 0);
	unlink(b->page);
	tick(s);
	assert_int_equal(texts(s), 1);
	assert_non_null(read_page(b, &second));
	assert_string_equal(buf_str(&first), buf_str(&second));

	live(s, at("2026-11-29T23:00:00+08:00"));
	assert_int_equal(texts(s), 1);
}

static void late_is_too_late(void **state)
{
	struct bed *b = *state;
	struct site *s = &b->s;
	play(s, LI, "3 楼道灯坏了");
	s->now = at("2026-11-25T09:00:00+08:00"); /* off until Wednesday */
	tick(s);
	assert_int_equal(texts(s), 0);
	s->now = at("2026-11-26T09:00:00+08:00");
	tick(s);
	assert_int_equal(texts(s), 0);
}

static void a_silent_box_is_silent(void **state)
{
	struct bed *b = *state;
	struct site *s = &b->s;
	live(s, at("2026-12-08T12:00:00+08:00"));
	assert_int_equal(texts(s), 0);
	s->config.weekly_page = false;
	play(s, LI, "3 楼道灯坏了");
	live(s, at("2026-12-15T12:00:00+08:00"));
	assert_int_equal(texts(s), 0);
}

static void without_a_file_the_figures_come(void **state)
{
	struct bed *b = *state;
	struct site *s = &b->s;
	s->config.report_dir = (char *)"/proc/nowhere";
	play(s, LI, "3 楼道灯坏了");
	live(s, at("2026-11-23T08:30:00+08:00"));
	assert_int_equal(texts(s), 1);
	assert_int_equal(count(s, "message_out WHERE dedupe LIKE 'week:%' AND text LIKE '%html%'"), 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	if (!play_load(&rules, &replies))
		return 1;
	const struct CMUnitTest tests[] = {
	    T(monday_morning),
	    T(late_is_too_late),
	    T(a_silent_box_is_silent),
	    T(without_a_file_the_figures_come),
	};
	int failed = cmocka_run_group_tests_name("week", tests, NULL, NULL);
	rules_free(rules);
	replies_free(replies);
	return failed;
}
