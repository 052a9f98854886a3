#include "daemon/copier.h"
#include "daemon/alarm.h"
#include "daemon/daemon.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/room.h"
#include "store/backup.h"
#include "store/box_note.h"
#include "store/copies.h"
#include "store/copy.h"
#include "store/event.h"
#include "store/private.h"
#include "store/worklist.h"

#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define CHECK_S     (7 * DAY_S - 6 * HOUR_S) /* between two looks through the live database */
#define REST_MAX_MS 200
#define CHECKED     "database_checked"
#define APART       "backup_apart" /* 1: the last copy went to another disk than the database's */
#define SPARE_BYTES ((int64_t)1 << 20)

/* What the thread is told, and what it tells. Touched by one thread at a time. */
struct task {
	char *database, *folder, name[COPY_NAME]; /* folder NULL: no copy */
	void *words;                              /* the private file's bytes; NULL none */
	size_t words_size;
	int days, weeks;
	int64_t begun_utc;
	bool check_due, apart; /* apart: copies go to another disk */

	bool canceled, checked, private;
	enum backup_result result;
	int64_t bytes;
	char *detail; /* why not; owned */
	int findings; /* of the live database; −1: it could not be looked at */
	char *first;  /* of them; owned */
};

struct copier {
	struct daemon *d;
	uv_thread_t thread;
	uv_async_t *done; /* heap: outlives us by one turn of the loop */
	bool running;
	atomic_bool stop;
	struct task task;
};

/* ------------------------------------------------------------------------------------------------ the thread */

static void rest(void *ctx, int64_t worked_ms)
{
	(void)ctx;
	int64_t ms = worked_ms < 1 ? 1 : worked_ms > REST_MAX_MS ? REST_MAX_MS : worked_ms;
	nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL);
}

static bool stop(void *ctx)
{
	return atomic_load((atomic_bool *)ctx);
}

/* What the disk must have besides: the copy is not to bring the box into trouble. */
static int make_room(struct task *t, int64_t need)
{
	struct room room;
	int r = room_look(t->folder, &room);
	if (r)
		return r;
	bool shared = room_shared(t->folder, t->database);
	/* the stick that was mounted here is not */
	if (shared && t->apart)
		return -ENOENT;
	t->apart = !shared;
	int64_t spare = shared ? room_low(&room) : SPARE_BYTES;
	if (room.free_bytes - need >= spare)
		return 0;
	copies_thin(t->folder, t->days, t->weeks, 2);
	if ((r = room_look(t->folder, &room)))
		return r;
	if (room.free_bytes - need >= spare)
		return 0;
	t->detail = mem_printf("%" PRId64 " MB < %" PRId64 " MB", room.free_bytes >> 20, (need + spare) >> 20);
	return -ENOSPC;
}

static enum backup_result result_of(int r)
{
	return r == 0                         ? BACKUP_OK
	       : r == -ENOSPC || r == -EDQUOT ? BACKUP_NO_ROOM
	       : r == -EBADMSG                ? BACKUP_UNSOUND
	       : r == -ENOENT                 ? BACKUP_ABSENT
					      : BACKUP_WRONG;
}

static int copy_and_check(struct task *t, const char *part, const struct copy_pace *pace)
{
	int count = 0;
	int r = copy_database(t->database, part, 0660, pace, &t->detail);
	if (!r)
		r = copy_check(part, pace, &count, &t->detail);
	return !r && count ? -EBADMSG : r;
}

static int put_words(struct task *t)
{
	if (!t->words)
		return 0;
	cleanup_free char *file =
	    mem_printf("%s/%.*s.private.db", t->folder, (int)strlen(t->name) - 3, t->name);
	int r = copy_put_private(file, t->words, t->words_size);
	t->private = r == 0;
	/* a disk without modes: the words stay where they are */
	return r == -EPERM ? 0 : r;
}

static int make_copy(struct task *t, const struct copy_pace *pace)
{
	cleanup_free char *file = mem_printf("%s/%s", t->folder, t->name),
			  *part = mem_printf("%.*s.part", (int)strlen(file) - 3, file);
	struct stat st;
	if (stat(t->folder, &st) != 0)
		return errno == ENOTDIR ? -ENOENT : -errno;
	int r = copy_size(t->database, &t->bytes);
	if (!r)
		r = make_room(t, t->bytes + (int64_t)t->words_size);
	if (!r && !(r = copy_and_check(t, part, pace))) {
		r = rename(part, file) ? -errno : 0;
		if (!r)
			r = put_words(t);
		if (!r)
			r = copy_sync_folder(file);
	}
	if (r)
		unlink(part);
	else
		copies_thin(t->folder, t->days, t->weeks, COPIES_MAX);
	return r;
}

static void check_live(struct task *t, const struct copy_pace *pace)
{
	int r = copy_check(t->database, pace, &t->findings, &t->first);
	t->canceled |= r == -ECANCELED;
	t->checked = !t->canceled;
	if (r) {
		t->findings = r == -EBADMSG ? 1 : -1;
		free(t->first);
		t->first = mem_dup(err_system(-r));
	}
}

static void work(void *arg)
{
	struct copier *c = arg;
	struct task *t = &c->task;
	const struct copy_pace pace = {rest, stop, &c->stop};
	if (t->folder) {
		int r = make_copy(t, &pace);
		t->canceled = r == -ECANCELED;
		t->result = result_of(r);
		if (r && !t->detail)
			t->detail = mem_dup(r == -ENOENT ? t->folder : err_system(-r));
	}
	/* whose fault is it: the stick's, or the database's? */
	if (!t->canceled && (t->check_due || (t->folder && t->result == BACKUP_UNSOUND)))
		check_live(t, &pace);
	uv_async_send(c->done);
}

/* ------------------------------------------------------------------------------------------------ the loop */

static void task_done(struct task *t)
{
	free(t->database);
	free(t->folder);
	free(t->words);
	free(t->detail);
	free(t->first);
	*t = (struct task){0};
}

static void wrong(struct copier *c, int r)
{
	if (r < 0)
		log_error("what came of the copy is not written: %s (%s)", strerror(-r),
			  store_error(c->d->store));
}

static void note_copy(struct copier *c, int64_t now)
{
	struct task *t = &c->task;
	struct daemon *d = c->d;
	struct backup_summary sum;
	int64_t apart = 0;
	wrong(c, backup_add(d->store,
			    &(struct backup){.begun_utc = t->begun_utc,
					     .ended_utc = now,
					     .result = backup_result_name(t->result),
					     .file = t->result == BACKUP_OK ? t->name : "",
					     .bytes = t->result == BACKUP_OK ? t->bytes : 0,
					     .private = t->private,
					     .detail = t->detail ? t->detail : ""},
			    "daemon", now));
	if (t->result == BACKUP_OK) {
		log_notice(
		    "the database was copied to %s/%s, %" PRId64 " KB%s", t->folder, t->name, t->bytes >> 10,
		    t->words && !t->private ? "; the private words were not, that disk keeps no secrets" : "");
		alarm_clear(d, ALARM_BOX, ALARM_BACKUP_OLD);
		wrong(c, cursor_get(d->store, APART, &apart));
		if ((apart == 1) != t->apart)
			wrong(c, cursor_set(d->store, APART, t->apart));
		return;
	}
	log_warning("no copy of the database was made: %s: %s", backup_result_name(t->result), t->detail);
	int r = backup_sum(d->store, &sum);
	wrong(c, r);
	if (!r && now - (sum.good_utc ? sum.good_utc : sum.first_utc) >= BACKUP_OLD_S)
		alarm_raise(d, ALARM_BOX, ALARM_BACKUP_OLD, "%s", t->detail);
	else if (!r && !alarm_raised(d, ALARM_BOX, ALARM_BACKUP_OLD))
		wrong(c, box_note_add(d->store, "backup", "", t->detail, now));
}

static void note_check(struct copier *c, int64_t now)
{
	struct task *t = &c->task;
	struct daemon *d = c->d;
	int r = store_begin(d->store);
	if (!r)
		r = event_add(d->store, EVENT_DATABASE_CHECKED, "daemon",
			      json_pack("{si ss}", "findings", t->findings, "detail", t->first ? t->first : ""),
			      now);
	if (!r)
		r = cursor_set(d->store, CHECKED, now);
	if (!r)
		r = store_commit(d->store);
	store_rollback(d->store);
	wrong(c, r);
	if (t->findings > 0) {
		log_error("the database is damaged: %s", t->first ? t->first : "");
		alarm_raise(d, ALARM_BOX, ALARM_DATABASE_DAMAGED, "%s", t->first ? t->first : "");
	} else if (t->findings == 0)
		alarm_clear(d, ALARM_BOX, ALARM_DATABASE_DAMAGED);
}

static void on_done(uv_async_t *a)
{
	struct copier *c = a->data;
	if (!c || !c->running)
		return;
	uv_thread_join(&c->thread);
	c->running = false;
	int64_t now = daemon_now(c->d);
	if (c->task.folder && !c->task.canceled)
		note_copy(c, now);
	if (c->task.checked)
		note_check(c, now);
	task_done(&c->task);
	/* what the night took the day does not need */
	malloc_trim(0);
	uv_unref((uv_handle_t *)c->done);
}

struct copier *copier_new(struct daemon *d)
{
	struct copier *c = mem_alloc(sizeof *c);
	c->d = d;
	c->done = mem_alloc(sizeof *c->done);
	uv_async_init(d->loop, c->done, on_done);
	uv_unref((uv_handle_t *)c->done);
	c->done->data = c;
	return c;
}

static void free_async(uv_handle_t *h)
{
	free(h);
}

void copier_free(struct copier *c)
{
	if (!c)
		return;
	atomic_store(&c->stop, true);
	if (c->running)
		uv_thread_join(&c->thread);
	task_done(&c->task);
	c->done->data = NULL;
	uv_close((uv_handle_t *)c->done, free_async);
	free(c);
}

void copier_begin(struct copier *c)
{
	struct daemon *d = c->d;
	struct task *t = &c->task;
	int64_t now = daemon_now(d), checked = 0, apart = 0;
	if (c->running || d->stopping)
		return;
	if (!d->config->backup_dir)
		alarm_clear(d, ALARM_BOX, ALARM_BACKUP_OLD);
	bool due = cursor_get(d->store, CHECKED, &checked) == 0 && (checked > now || now - checked >= CHECK_S);
	if (!due && !d->config->backup_dir)
		return;
	wrong(c, cursor_get(d->store, APART, &apart));
	*t = (struct task){.database = mem_dup(d->config->database),
			   .folder = mem_dup(d->config->backup_dir),
			   .days = d->config->backup_days,
			   .weeks = d->config->backup_weeks,
			   .begun_utc = now,
			   .check_due = due,
			   .apart = apart == 1};
	copies_name(now, t->name);
	if (t->folder && private_image(d->store, &t->words, &t->words_size))
		log_warning("the private words cannot be copied");
	c->running = uv_thread_create(&c->thread, work, c) == 0;
	if (!c->running)
		task_done(t);
}
