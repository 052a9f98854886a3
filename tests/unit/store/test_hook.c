/* How far hooks have come: none of their events is lost or passed over, whatever ends when; failures are bounded and tell
 * nobody about themselves. */
#include "store/hook.h"
#include "unit/store/bed.h"

#include <errno.h>
#include <string.h>

#define NOW ((int64_t)1795300000)

static int64_t happen(struct store *s, enum event_kind kind)
{
	int64_t id = 0;
	assert_true(event_add(s, kind, "test", json_pack("{si}", "case", 1), NOW) >= 0);
	assert_int_equal(event_last_id(s, &id), 0);
	return id;
}

static int64_t next(struct store *s, int64_t hook, int64_t after)
{
	int64_t event = 0, seen = 0;
	assert_int_equal(hook_find(s, hook, "case.opened", after, 100, &event, &seen), 0);
	return event;
}

static int64_t count(struct store *s, const char *sql)
{
	int64_t n = -1;
	assert_int_equal(store_get(s, &n, sql, ""), 0);
	return n;
}

static void begins_now_and_goes_on_where_it_was(void **state)
{
	struct store *s = *state;
	struct hook_state h, again;
	int64_t seen, event;
	happen(s, EVENT_CASE_OPENED);
	assert_int_equal(hook_adopt(s, "case.opened", "/x", NOW, &h), 0);
	assert_int_equal(next(s, h.id, h.cursor), 0); /* what was before is none of its business */
	int64_t first = happen(s, EVENT_CASE_OPENED);
	for (int i = 0; i < 150; i++)
		happen(s, EVENT_CASE_CHANGED);
	int64_t second = happen(s, EVENT_CASE_OPENED);
	assert_int_equal(next(s, h.id, h.cursor), first);
	/* a look is bounded, and says how far it came */
	assert_int_equal(hook_find(s, h.id, "case.opened", first, 100, &event, &seen), 0);
	assert_int_equal(event, 0);
	assert_int_equal(seen, first + 100);
	assert_int_equal(hook_find(s, h.id, "case.opened", seen, 100, &event, &seen), 0);
	assert_int_equal(event, second);

	/* begun and not done: the next start finds it, with its tries */
	assert_int_equal(hook_begin(s, h.id, first), 0);
	assert_int_equal(hook_begin(s, h.id, first), 0);
	assert_int_equal(hook_adopt(s, "case.opened", "/x", NOW, &again), 0);
	assert_true(again.id == h.id && again.event == first && again.tries == 2);
	/* a stop of ours is no try; a cursor is not moved past what is at hand */
	assert_int_equal(hook_back(s, h.id), 0);
	assert_int_equal(hook_pass(s, h.id, second + 1), 0);
	assert_int_equal(hook_adopt(s, "case.opened", "/x", NOW, &again), 0);
	assert_true(again.tries == 1 && again.cursor == h.cursor);
	assert_int_equal(hook_done(s, h.id, first), 0);
	assert_int_equal(hook_adopt(s, "case.opened", "/x", NOW, &again), 0);
	assert_true(again.event == 0 && again.cursor == first && again.tries == 0);
	/* another event begins with its own tries */
	assert_int_equal(hook_begin(s, h.id, second), 0);
	assert_int_equal(hook_adopt(s, "case.opened", "/x", NOW, &again), 0);
	assert_int_equal(again.tries, 1);

	/* another program of the kind is another hook; one that is dropped takes everything along */
	assert_int_equal(hook_adopt(s, "case.opened", "/y", NOW, &again), 0);
	assert_true(again.id != h.id && again.cursor == second);
	assert_int_equal(hook_drop(s, h.id), 0);
	assert_int_equal(hook_adopt(s, "case.opened", "/x", NOW, &again), 0);
	assert_true(again.cursor == second && again.event == 0);
}

static void failures(void **state)
{
	struct store *s = *state;
	struct hook_state h, watcher;
	int n = 0;
	char words[600];
	memset(words, 'x', sizeof words - 1);
	words[sizeof words - 1] = 0;
	words[3] = '\033';
	assert_int_equal(hook_adopt(s, "case.opened", "/x", NOW, &h), 0);
	assert_int_equal(hook_adopt(s, "hook.failed", "/w", NOW, &watcher), 0);
	int64_t first = happen(s, EVENT_CASE_OPENED);
	assert_int_equal(hook_begin(s, h.id, first), 0);
	assert_int_equal(hook_fail(s, h.id, first, words, NOW), 0);
	assert_int_equal(count(s, "SELECT count(*) FROM hook_failure WHERE length(reason) < 240 AND"
				  " instr(reason, char(27)) = 0"),
			 1);
	assert_int_equal(count(s, "SELECT count(*) FROM event WHERE kind = 'hook.failed'"), 1);
	/* the hook that is told fails too: nobody is told */
	int64_t told = 0;
	assert_int_equal(event_last_id(s, &told), 0);
	assert_int_equal(hook_begin(s, watcher.id, told), 0);
	assert_int_equal(hook_fail(s, watcher.id, told, "no", NOW), 0);
	assert_int_equal(count(s, "SELECT count(*) FROM event WHERE kind = 'hook.failed'"), 1);

	/* once more by hand: it comes before what is new, and does not move the cursor back */
	int64_t second = happen(s, EVENT_CASE_OPENED);
	assert_int_equal(hook_begin(s, h.id, second), 0);
	assert_int_equal(hook_done(s, h.id, second), 0);
	assert_int_equal(next(s, h.id, second), 0);
	assert_int_equal(hook_again(s, 12345, &n), 0);
	assert_int_equal(n, 0);
	assert_int_equal(hook_again(s, first, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(next(s, h.id, second), first);
	assert_int_equal(hook_begin(s, h.id, first), 0);
	assert_int_equal(hook_done(s, h.id, first), 0);
	assert_int_equal(count(s, "SELECT cursor FROM hook WHERE program = '/x'"), second);
	assert_int_equal(next(s, h.id, second), 0);
	assert_int_equal(hook_clear(s, 0, &n), 0);
	assert_int_equal(n, 1);

	/* a program that fails always fills a list of known length */
	assert_int_equal(store_begin(s), 0);
	for (int i = 0; i < HOOK_FAILURES_MAX + 20; i++)
		happen(s, EVENT_CASE_OPENED);
	assert_int_equal(store_commit(s), 0);
	for (int64_t e = second + 1; (e = next(s, h.id, e - 1)); e++) {
		assert_int_equal(hook_begin(s, h.id, e), 0);
		assert_int_equal(hook_fail(s, h.id, e, "no", NOW), 0);
	}
	assert_int_equal(count(s, "SELECT count(*) FROM hook_failure"), HOOK_FAILURES_MAX);
	assert_true(count(s, "SELECT min(event) FROM hook_failure") > second + 15);
}

static int check(void *ctx, const struct event_row *e)
{
	json_t *j = event_json(e);
	cleanup_free char *text = json_dumps(j, JSON_COMPACT);
	json_decref(j);
	(void)ctx;
	const char *tail = strstr(text, "\"kind\"");
	assert_non_null(tail);
	assert_string_equal(
	    tail, "\"kind\":\"case.opened\",\"actor\":\"phone:?[2J\",\"body\":{\"text\":\"\\u001B\"}}");
	return 1;
}

static void what_a_stranger_wrote_is_harmless(void **state)
{
	struct store *s = *state;
	assert_true(event_add(s, EVENT_CASE_OPENED, "phone:\033[2J", json_pack("{ss}", "text", "\033"), NOW) >=
		    0);
	assert_int_equal(event_list(s, 0, 0, check, NULL), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_STORE(begins_now_and_goes_on_where_it_was),
	    WITH_STORE(failures),
	    WITH_STORE(what_a_stranger_wrote_is_harmless),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
