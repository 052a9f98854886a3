/* Words for the mediator alone lie in the private file, and nowhere in the database. */
#include "play.h"
#include "store/choose.h"
#include "store/private.h"

#include <fcntl.h>
#include <sys/stat.h>

static struct rules *rules;
static struct replies *replies;

#define LI       "+8613900000001"
#define MEDIATOR "+8613900000024"
#define SAID     "调解 和儿媳妇天天吵架过不下去了"

static int setup(void **state)
{
	struct site *s = mem_alloc(sizeof *s);
	site_open(s, rules, replies);
	grid(s, "KS", "");
	person(s, LI, "李大爷", "KS", "3", ROLE(RESIDENT));
	*state = s;
	return 0;
}

static char *private_path(struct site *s)
{
	return mem_printf("%s/y.private.db", s->folder);
}

static int teardown(void **state)
{
	struct site *s = *state;
	cleanup_free char *path = private_path(s);
	unlink(path);
	site_close(s);
	free(s);
	return 0;
}

/* Is it anywhere among the bytes of a file? */
static bool lies_in(const char *path, const char *words)
{
	FILE *f = fopen(path, "rb");
	if (!f)
		return false;
	static char bytes[8 << 20];
	size_t n = fread(bytes, 1, sizeof bytes, f);
	fclose(f);
	return memmem(bytes, n, words, strlen(words)) != NULL;
}

static bool in_database(struct site *s, const char *words)
{
	cleanup_free char *wal = mem_printf("%s-wal", s->path);
	return lies_in(s->path, words) || lies_in(wal, words);
}

/* What goes to the mediator next; the caller frees. */
static char *claimed(struct site *s)
{
	struct outbox_message m;
	char *text = NULL;
	while (!text) {
		const struct outbox_gate gate = {.modem = "front",
						 .line = "front",
						 .room = {INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX},
						 .now_utc = s->now};
		int r = outbox_choose(s->store, &gate, &(struct outbox_turns){0}, &m);
		if (r == -ENOENT)
			return NULL;
		assert_int_equal(r, 0);
		if (!strcmp(m.number, MEDIATOR))
			text = mem_dup(m.text);
		else
			assert_int_equal(outbox_cancel(s->store, m.id, s->now), 0);
		outbox_message_done(&m);
	}
	return text;
}

static void words_lie_in_their_own_file(void **state)
{
	struct site *s = *state;
	person(s, MEDIATOR, "钱老师", "KS", "1", ROLE(MEDIATOR));
	int64_t id = store_text(s, LI, SAID, false);
	assert_int_equal(store_begin(s->store), 0);
	assert_true(
	    store_run(s->store,
		      "INSERT INTO pdu_in (modem, received_utc, pdu, hash, kind, message) VALUES ('front', 1, "
		      "'ABCDEF0123456789', 'h', 'deliver', ?)",
		      "I", id) >= 0);
	assert_int_equal(store_commit(s->store), 0);
	assert_true(in_database(s, "儿媳妇"));
	assert_int_equal(participation_take(&s->p, id, s->now), 0);
	assert_false(in_database(s, "儿媳妇"));
	assert_false(in_database(s, "ABCDEF0123456789"));
	assert_int_equal(count(s, "pdu_in WHERE hash = 'h' AND pdu = ''"), 1);
	assert_int_equal(count(s, "matter WHERE private = 1 AND text = ''"), 1);

	cleanup_free char *path = private_path(s), *words = NULL;
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_true(lies_in(path, "儿媳妇"));
	assert_int_equal(private_words(s->store, id, &words), 0);
	assert_string_equal(words, SAID);

	assert_int_equal(count(s, "message_out WHERE private = 1 AND text LIKE '%******%'"), 1);
	cleanup_free char *out = claimed(s);
	assert_non_null(out);
	assert_non_null(strstr(out, "儿媳妇"));
	assert_false(in_database(s, "儿媳妇"));
}

/* The words were kept, and the process died before the commit. */
static void a_crash_in_between_loses_nothing(void **state)
{
	struct site *s = *state;
	person(s, MEDIATOR, "钱老师", "KS", "1", ROLE(MEDIATOR));
	int64_t id = store_text(s, LI, SAID, false);
	assert_int_equal(store_begin(s->store), 0);
	assert_int_equal(private_keep(s->store, id, SAID, s->now), 0);
	assert_int_equal(private_hide(s->store, id), 0);
	store_rollback(s->store);
	assert_int_equal(count(s, "message_in WHERE state = 'stored' AND text IS NOT NULL"), 1);
	assert_int_equal(participation_take(&s->p, id, s->now), 0);
	cleanup_free char *words = NULL, *out = claimed(s);
	assert_int_equal(private_words(s->store, id, &words), 0);
	assert_string_equal(words, SAID);
	assert_non_null(strstr(out, "儿媳妇"));
	assert_false(in_database(s, "儿媳妇"));
}

/* Others' files in the group's folder are not trusted; the call is heard all the same. */
static void a_file_that_others_can_read_is_not_used(void **state)
{
	struct site *s = *state;
	person(s, MEDIATOR, "钱老师", "KS", "1", ROLE(MEDIATOR));
	cleanup_free char *path = private_path(s);
	int fd = open(path, O_CREAT | O_WRONLY, 0600);
	assert_true(fd >= 0);
	assert_int_equal(fchmod(fd, 0644), 0);
	close(fd);
	assert_int_equal(private_keep(s->store, 2, "x", s->now), -EPERM);
	assert_has(play(s, LI, SAID), "12356");
	assert_false(lies_in(path, "儿媳妇"));
	cleanup_free char *out = claimed(s);
	assert_non_null(strstr(out, "儿媳妇"));
	assert_int_equal(count(s, "message_out WHERE number = '" MEDIATOR "' AND instr(text, secret) = 1"), 1);
}

static void a_lost_file_stops_nothing_else(void **state)
{
	struct site *s = *state;
	person(s, MEDIATOR, "钱老师", "KS", "1", ROLE(MEDIATOR));
	play(s, LI, SAID);
	assert_int_equal(store_begin(s->store), 0);
	assert_true(store_run(s->store, "UPDATE message_out SET dedupe = 'lost' WHERE private = 1", "") >= 0);
	assert_int_equal(store_commit(s->store), 0);
	assert_null(claimed(s));
	assert_int_equal(count(s, "message_out WHERE private = 1 AND state = 'failed' AND reason <> ''"), 1);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	if (!play_load(&rules, &replies))
		return 1;
	const struct CMUnitTest tests[] = {
	    T(words_lie_in_their_own_file),
	    T(a_crash_in_between_loses_nothing),
	    T(a_file_that_others_can_read_is_not_used),
	    T(a_lost_file_stops_nothing_else),
	};
	int failed = cmocka_run_group_tests_name("private", tests, NULL, NULL);
	rules_free(rules);
	replies_free(replies);
	return failed;
}
