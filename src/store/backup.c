#include "store/backup.h"

#include "base/mem.h"
#include "base/text.h"
#include "store/event.h"
#include "store/internal.h"

#include <string.h>

static const char *const names[BACKUP_RESULTS] = {[BACKUP_OK] = "ok",
						  [BACKUP_ABSENT] = "absent",
						  [BACKUP_NO_ROOM] = "no-room",
						  [BACKUP_UNSOUND] = "unsound",
						  [BACKUP_WRONG] = "failed"};

const char *backup_result_name(enum backup_result r)
{
	return names[r];
}

static int add(struct store *s, const struct backup *b, const char *actor, int64_t now)
{
	bool good = !strcmp(b->result, names[BACKUP_OK]);
	int r = store_run(s,
			  "INSERT INTO backup (begun_utc, ended_utc, result, file, bytes, private, detail)"
			  " VALUES (?, ?, ?, ?, ?, ?, ?)",
			  "IIttIbt", b->begun_utc, b->ended_utc, b->result, b->file, b->bytes, b->private,
			  b->detail);
	if (!r)
		r = store_run(
		    s,
		    "DELETE FROM backup WHERE id <= (SELECT id FROM backup ORDER BY id DESC LIMIT 1 OFFSET ?)",
		    "i", BACKUP_MAX);
	if (r)
		return r;
	return event_add(s, good ? EVENT_BACKUP_DONE : EVENT_BACKUP_FAILED, actor,
			 good ? json_pack("{ss sI sb}", "file", b->file, "bytes", (json_int_t)b->bytes,
					  "private", b->private)
			      : json_pack("{ss ss}", "result", b->result, "detail", b->detail),
			 now);
}

int backup_add(struct store *s, const struct backup *b, const char *actor, int64_t now)
{
	int r = store_begin(s);
	if (!r && !(r = add(s, b, actor, now)))
		r = store_commit(s);
	store_rollback(s);
	return r;
}

int backup_each(struct store *s, int limit, int (*row)(void *ctx, const struct backup *b), void *ctx)
{
	cleanup_query struct query q = {0};
	int r = query_open(s, &q,
			   "SELECT id, begun_utc, ended_utc, bytes, result, file, detail, private FROM backup"
			   " ORDER BY id DESC LIMIT ?",
			   "i", limit);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		struct backup b = {.id = query_int(&q, 0),
				   .begun_utc = query_int(&q, 1),
				   .ended_utc = query_int(&q, 2),
				   .bytes = query_int(&q, 3),
				   .result = query_text(&q, 4),
				   .file = query_text(&q, 5),
				   .detail = query_text(&q, 6),
				   .private = query_int(&q, 7) != 0};
		int stop = row(ctx, &b);
		if (stop)
			return stop;
	}
	return r;
}

static int take(void *ctx, const struct backup *b)
{
	struct backup_summary *sum = ctx;
	bool good = !strcmp(b->result, names[BACKUP_OK]);
	if (!sum->first_utc) {
		int last = text_index(names, BACKUP_RESULTS, b->result);
		sum->last_good = good;
		sum->last = last < 0 ? BACKUP_WRONG : (enum backup_result)last;
		text_copy(sum->detail, sizeof sum->detail, b->detail);
	}
	if (good && !sum->good_utc)
		sum->good_utc = b->ended_utc;
	sum->first_utc = b->begun_utc;
	return 0;
}

int backup_sum(struct store *s, struct backup_summary *ret)
{
	*ret = (struct backup_summary){0};
	return backup_each(s, BACKUP_MAX, take, ret);
}
