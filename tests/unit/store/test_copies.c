/* Copies of the database: made while somebody writes, checked, chosen, thinned, put back; and notes about the box. */
#include "unit/store/bed.h"

#include "base/clock.h"
#include "store/backup.h"
#include "store/box_note.h"
#include "store/copies.h"
#include "store/copy.h"
#include "store/event.h"
#include "store/private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define T INT64_C(1795312800) /* 2026-11-22 02:00 UTC */

static void touch(const char *folder, const char *name)
{
	cleanup_free char *path = mem_printf("%s/%s", folder, name);
	FILE *f = fopen(path, "we");
	assert_non_null(f);
	fclose(f);
}

static bool there(const char *folder, const char *name)
{
	cleanup_free char *path = mem_printf("%s/%s", folder, name);
	return access(path, F_OK) == 0;
}

static int rows_of(struct store *s, const char *path)
{
	struct store *copy;
	struct err e;
	int64_t n = -1;
	assert_int_equal(store_open(path, STORE_READ_ONLY, &copy, &e), 0);
	assert_int_equal(store_get(copy, &n, "SELECT count(*) FROM event", ""), 0);
	store_close(copy);
	(void)s;
	return (int)n;
}

/* ------------------------------------------------------------------------------------------------ which stay */

static void test_seven_days_and_four_weeks(void **state)
{
	(void)state;
	struct copy_file list[200];
	char keep[200];
	clock_set_zone("Asia/Shanghai");
	/* one a night for a hundred nights, on some days a second one */
	int n = 0;
	for (int day = 0; day < 100; day++)
		for (int k = day % 5 == 0 ? 2 : 1; k > 0; k--) {
			list[n] = (struct copy_file){.utc = T - day * DAY_S - (2 - k) * HOUR_S};
			copies_name(list[n].utc, list[n].name);
			n++;
		}
	copies_choose(list, n, 7, 4, keep);
	int kept = 0;
	int64_t oldest = 0;
	for (int i = 0; i < n; i++)
		if (keep[i]) {
			kept++;
			oldest = list[i].utc;
		}
	assert_int_equal(kept, 11);
	assert_true(keep[0] && !keep[1]); /* of the last day the youngest */
	assert_in_range(T - oldest, 28 * DAY_S, 35 * DAY_S);
	/* whatever is thinned each night stays the same in the end as when it is thinned once */
	copies_choose(list, n, 0, 0, keep);
	assert_true(keep[0]);
	copies_choose(list, 0, 7, 4, keep);
}

/* A box that thins every night must come to weekly copies, not to a week in which none is old enough. */
static void test_thinned_every_night(void **state)
{
	(void)state;
	struct copy_file list[32] = {0};
	int n = 0;
	for (int night = 0; night < 120; night++) {
		char keep[32];
		memmove(list + 1, list, sizeof *list * (size_t)n++);
		list[0] = (struct copy_file){.utc = T + night * DAY_S};
		copies_choose(list, n, 7, 4, keep);
		int k = 0;
		for (int i = 0; i < n; i++)
			if (keep[i])
				list[k++] = list[i];
		n = k;
		assert_in_range(n, 1, 11);
	}
	assert_int_equal(n, 11);
	assert_in_range(list[0].utc - list[10].utc, 28 * DAY_S, 35 * DAY_S);
}

static void test_folder(void **state)
{
	(void)state;
	char dir[] = "/tmp/yishi-copies-XXXXXX";
	assert_non_null(mkdtemp(dir));
	struct copy_file *list;
	static const char *const names[] = {
	    "yishi-20261122-023000.db",     "yishi-20261122-023000.private.db", "yishi-20261121-023000.db",
	    "yishi-20261120-023000.db",     "yishi-20261120-023000.private.db", "yishi-20261119-023000.part",
	    "yishi-20261119-023000.db.bad", "yishi-2026112x-023000.db",         "photo.jpg"};
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		touch(dir, names[i]);
	assert_int_equal(copies_list(dir, &list), 3);
	assert_string_equal(list[0].name, names[0]);
	assert_true(list[0].private && !list[1].private);
	free(list);
	assert_int_equal(copies_thin(dir, 2, 0, COPIES_MAX), 1);
	assert_true(there(dir, names[0]) && there(dir, names[1]) && there(dir, names[2]));
	assert_false(there(dir, names[3]) || there(dir, names[4]) || there(dir, names[5]));
	/* what is not ours is not touched */
	assert_true(there(dir, names[6]) && there(dir, names[7]) && there(dir, names[8]));
	assert_int_equal(copies_thin(dir, 2, 0, 1), 1);
	assert_true(there(dir, names[0]) && !there(dir, names[2]));
	assert_int_equal(copies_list("/tmp/yishi-nowhere", &list), -ENOENT);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		cleanup_free char *path = mem_printf("%s/%s", dir, names[i]);
		unlink(path);
	}
	assert_int_equal(rmdir(dir), 0);
}

/* ------------------------------------------------------------------------------------------------ copying */

struct meddler {
	struct store *s;
	int pieces;
	bool stop;
};

static void write_meanwhile(void *ctx, int64_t worked_ms)
{
	struct meddler *m = ctx;
	(void)worked_ms;
	m->pieces++;
	assert_int_equal(event_add(m->s, EVENT_MODEM_UP, "test", json_object(), T), 0);
}

static bool is_stopped(void *ctx)
{
	return ((struct meddler *)ctx)->stop;
}

static void test_copy_of_one_moment(void **state)
{
	struct store *s = *state;
	cleanup_free char *to = mem_printf("%s.copy", store_path(s)), *why = NULL, *first = NULL;
	struct meddler m = {.s = s};
	const struct copy_pace pace = {write_meanwhile, is_stopped, &m};
	int count = -1, version = 0;
	int64_t bytes = 0;
	for (int i = 0; i < 300; i++)
		assert_int_equal(event_add(s, EVENT_MODEM_UP, "test", json_object(), T), 0);
	assert_int_equal(copy_database(store_path(s), to, 0660, &pace, &why), 0);
	assert_true(m.pieces > 1);
	assert_int_equal(rows_of(s, to), 300); /* what was written meanwhile went past it */
	assert_int_equal(copy_check(to, &copy_hurry, &count, &first), 0);
	assert_int_equal(count, 0);
	assert_int_equal(copy_version(to, &version), 0);
	assert_int_equal(copy_size(to, &bytes), 0);
	struct stat st;
	assert_int_equal(stat(to, &st), 0);
	assert_int_equal(st.st_size, bytes);
	assert_int_equal(st.st_mode & 0777, 0660);
	cleanup_free char *wal = mem_printf("%s-wal", to);
	assert_int_not_equal(access(wal, F_OK), 0); /* a file alone */
	assert_int_equal(copy_database(store_path(s), to, 0660, &copy_hurry, NULL), -EEXIST);
	unlink(to);
	m.stop = true;
	assert_int_equal(copy_database(store_path(s), to, 0660, &pace, NULL), -ECANCELED);
	assert_int_not_equal(access(to, F_OK), 0);
}

/* Garbage over pages in the middle of a file. */
static void damage(const char *path)
{
	char junk[8192];
	memset(junk, 0x5A, sizeof junk);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	for (off_t at = 4096 * 20; at < 4096 * 120; at += 4096 * 10)
		assert_int_equal(pwrite(fd, junk, sizeof junk, at), sizeof junk);
	close(fd);
}

static void test_restore(void **state)
{
	struct store *s = *state, *again;
	struct err e;
	cleanup_free char *copy = mem_printf("%s.copy.db", store_path(s)),
			  *place = mem_printf("%s.place", store_path(s)), *kept = NULL, *why = NULL,
			  *first = NULL;
	int count = 0;
	assert_int_equal(event_add(s, EVENT_MODEM_UP, "test", json_object(), T), 0);
	assert_int_equal(copy_database(store_path(s), copy, 0660, &copy_hurry, NULL), 0);
	assert_int_equal(store_open(place, STORE_DAEMON, &again, &e), 0);
	store_close(again);
	assert_int_equal(chmod(place, 0640), 0);
	assert_int_equal(copy_restore(copy, place, "20261122-023000", T, &kept, &why), 0);
	struct stat st;
	assert_int_equal(stat(place, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640); /* as the one before */
	assert_int_equal(rows_of(s, place), 1);
	assert_int_equal(rows_of(s, kept), 0);
	/* the same second again: nothing that was set aside is lost */
	cleanup_free char *twice = NULL, *second = mem_printf("%s-2", kept);
	assert_int_equal(copy_restore(copy, place, "20261122-023000", T, &twice, &why), 0);
	assert_string_equal(twice, second);
	assert_int_equal(rows_of(s, kept), 0);
	assert_int_equal(rows_of(s, twice), 1);
	unlink(twice);
	/* one that is not sound changes nothing */
	damage(copy);
	cleanup_free char *none = NULL, *reason = NULL;
	assert_int_not_equal(copy_restore(copy, place, "20261122-023001", T, &none, &reason), 0);
	assert_null(none);
	assert_int_equal(rows_of(s, place), 1);
	assert_non_null(reason);
	assert_int_equal(copy_check(copy, &copy_hurry, &count, &first), 0);
	assert_true(count > 0);
	assert_non_null(first);
	touch("/tmp", "yishi-no-database");
	assert_int_equal(copy_version("/tmp/yishi-no-database", &count), -EBADMSG);
	assert_int_equal(copy_version("/tmp/yishi-nowhere.db", &count), -ENOENT);
	unlink("/tmp/yishi-no-database");
	unlink(copy);
	unlink(place);
	unlink(kept);
}

static void test_private_words(void **state)
{
	struct store *s = *state;
	void *bytes;
	size_t n;
	char *words;
	assert_int_equal(private_image(s, &bytes, &n), 0);
	assert_null(bytes); /* there is no such file, and none is made */
	assert_int_equal(private_keep(s, 7, "只有守护程序知道", T), 0);
	assert_int_equal(private_image(s, &bytes, &n), 0);
	cleanup_free char *copy = mem_printf("%s.copy.db", store_path(s)),
			  *beside = mem_printf("%s.copy.private.db", store_path(s)),
			  *ours = mem_printf("%s.private.db", store_path(s)),
			  *kept = mem_printf("%s.replaced-1", ours);
	assert_int_equal(private_restore(store_path(s), copy, "1"), 0);
	assert_int_equal(copy_put_private(beside, bytes, n), 0);
	assert_int_equal(copy_put_private(beside, bytes, n), -EEXIST);
	free(bytes);
	struct stat st;
	assert_int_equal(stat(beside, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(private_keep(s, 7, "后来的", T), 0);
	assert_int_equal(private_restore(store_path(s), copy, "1"), 1);
	assert_int_equal(stat(ours, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	store_close(s->private);
	s->private = NULL;
	assert_int_equal(private_words(s, 7, &words), 0);
	assert_string_equal(words, "只有守护程序知道");
	free(words);
	unlink(beside);
	unlink(ours);
	unlink(kept);
}

/* ------------------------------------------------------------------------------------------------ rows */

static int count_row(void *ctx, const struct backup *b)
{
	(void)b;
	++*(int *)ctx;
	return 0;
}

static void test_rows(void **state)
{
	struct store *s = *state;
	struct backup_summary sum;
	int n = 0;
	assert_int_equal(backup_sum(s, &sum), 0);
	assert_int_equal(sum.first_utc, 0);
	const struct backup good = {.begun_utc = T,
				    .ended_utc = T + 5,
				    .result = "ok",
				    .file = "a",
				    .detail = ""},
			    absent = {.begun_utc = T + DAY_S,
				      .ended_utc = T + DAY_S,
				      .result = "absent",
				      .file = "",
				      .detail = "/media"};
	assert_int_equal(backup_add(s, &good, "test", T), 0);
	for (int i = 0; i < BACKUP_MAX + 5; i++)
		assert_int_equal(backup_add(s, i < BACKUP_MAX - 5 ? &good : &absent, "test", T), 0);
	assert_int_equal(backup_sum(s, &sum), 0);
	assert_int_equal(sum.good_utc, T + 5);
	assert_false(sum.last_good);
	assert_int_equal(sum.last, BACKUP_ABSENT);
	assert_string_equal(sum.detail, "/media");
	assert_int_equal(backup_each(s, 1000, count_row, &n), 0);
	assert_int_equal(n, BACKUP_MAX);
}

struct seen {
	int n;
	int64_t last;
	char words[200];
};

static int see(void *ctx, const struct box_note *b)
{
	struct seen *x = ctx;
	size_t at = strlen(x->words);
	x->n++;
	x->last = b->id;
	snprintf(x->words + at, sizeof x->words - at, "%s/%s/%s ", b->kind, b->line, b->detail);
	return 0;
}

static void test_notes(void **state)
{
	struct store *s = *state;
	struct seen x = {0};
	const struct line_identity first = {"front", "350000001234000", "89860000000012345000", "1.0"},
				   sim = {"front", "", "89860000000012345001", ""},
				   modem = {"front", "350000001234018", "89860000000012345001", "2.0"},
				   firmware = {"front", "350000001234018", "", "3.0"};
	assert_int_equal(line_identity_meet(s, &first, T), 0);
	assert_int_equal(line_identity_meet(s, &first, T), 0);
	assert_int_equal(box_note_untold(s, see, &x), 0);
	assert_int_equal(x.n, 0); /* the first time is no news */
	assert_int_equal(line_identity_meet(s, &sim, T), 0);
	assert_int_equal(line_identity_meet(s, &modem, T), 0);
	assert_int_equal(box_note_untold(s, see, &x), 0);
	assert_string_equal(x.words, "sim/front/5001 modem/front/4018 "); /* its firmware came with it */
	/* a box that starts over and over is one note */
	for (int i = 0; i < 10; i++)
		assert_int_equal(box_note_add(s, "crash", "", "", T + i), 0);
	x = (struct seen){0};
	assert_int_equal(box_note_untold(s, see, &x), 0);
	assert_int_equal(x.n, 3);
	assert_int_equal(box_note_told(s, x.last, T), 0);
	assert_int_equal(line_identity_meet(s, &firmware, T), 0);
	x = (struct seen){0};
	assert_int_equal(box_note_untold(s, see, &x), 0);
	assert_string_equal(x.words, "firmware/front/3.0 ");
	int64_t n;
	assert_int_equal(store_get(s, &n, "SELECT count(*) FROM event WHERE kind = 'box.noted'", ""), 0);
	assert_int_equal(n, 4);
	for (int i = 0; i < BOX_NOTES_MAX + 50; i++) {
		char line[20];
		snprintf(line, sizeof line, "m%d", i);
		assert_int_equal(box_note_add(s, "sim", line, "", T), 0);
	}
	assert_int_equal(store_get(s, &n, "SELECT count(*) FROM box_note", ""), 0);
	assert_int_equal(n, BOX_NOTES_MAX);
}

/* Three of each sort stay, and what was made just now under a clock that is wrong; what is not ours is not touched. */
static void test_aside(void **state)
{
	(void)state;
	char dir[] = "/tmp/yishi-aside-XXXXXX";
	assert_non_null(mkdtemp(dir));
	static const struct {
		const char *name;
		bool stays;
	} files[] = {
	    {"y.db", true},
	    {"y.db.before-4", false},
	    {"y.db.before-5", true},
	    {"y.db.before-9", true},
	    {"y.db.before-10", true},
	    {"y.db.before-", true},
	    {"y.db.before-5.txt", true},
	    {"y.db.replaced-19700101-000001", true},
	    {"y.db.replaced-20261119-100000", false},
	    {"y.db.replaced-20261119-100000-wal", false},
	    {"y.db.replaced-20261120-100000", true},
	    {"y.db.replaced-20261120-100000-wal", true},
	    {"y.db.replaced-20261121-100000", true},
	    {"y.db.replaced-20261122-100000", true},
	    {"y.db.restoring", true},
	    {"z.db.before-1", true},
	};
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		touch(dir, files[i].name);
	cleanup_free char *file = mem_printf("%s/y.db", dir), *spare = mem_printf("%s/%s", dir, files[7].name);
	copies_thin_aside(file, spare);
	copies_thin_aside(file, spare);
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		cleanup_free char *path = mem_printf("%s/%s", dir, files[i].name);
		if (there(dir, files[i].name) != files[i].stays)
			fail_msg("%s", files[i].name);
		unlink(path);
	}
	assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_seven_days_and_four_weeks),
					   cmocka_unit_test(test_thinned_every_night),
					   cmocka_unit_test(test_folder),
					   cmocka_unit_test(test_aside),
					   WITH_STORE(test_copy_of_one_moment),
					   WITH_STORE(test_restore),
					   WITH_STORE(test_private_words),
					   WITH_STORE(test_rows),
					   WITH_STORE(test_notes)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
