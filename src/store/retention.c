/* The engine of retention.h: goes through the steps in pieces. */
#include "store/retention.h"

#include "base/clock.h"
#include "store/event.h"
#include "store/internal.h"
#include "store/retention_steps.h"
#include "store/worklist.h"

#include <errno.h>
#include <string.h>

static const struct {
	const char *name, *count; /* the count of an unfinished run in `meta` */
	int64_t least_s;
} kinds[RETENTION_KINDS] = {
    [RETENTION_PDU] = {"pdu", "retention_pdu", RETENTION_LEAST_PDU},
    [RETENTION_PRIVATE] = {"private", "retention_private", RETENTION_LEAST_PRIVATE},
    [RETENTION_TEXT] = {"text", "retention_text", RETENTION_LEAST_TEXT},
    [RETENTION_READINGS] = {"readings", "retention_readings", RETENTION_LEAST_READINGS},
};
#define DONE       "retention_done"
#define LOOK_STEPS 200 /* of SQLite's machine between two looks at the time */

const char *retention_kind_name(enum retention_kind k)
{
	return kinds[k].name;
}

void retention_begin(struct retention *r, const struct config *cfg, int64_t now_utc)
{
	const int64_t kept_ms[RETENTION_KINDS] = {[RETENTION_PDU] = cfg->retention_pdu_ms,
						  [RETENTION_PRIVATE] = cfg->retention_private_ms,
						  [RETENTION_TEXT] = cfg->retention_text_ms,
						  [RETENTION_READINGS] = cfg->retention_readings_ms};
	*r = (struct retention){.now_utc = now_utc};
	for (int k = 0; k < RETENTION_KINDS; k++) {
		int64_t kept = kept_ms[k] / 1000 < kinds[k].least_s ? kinds[k].least_s : kept_ms[k] / 1000;
		r->before_utc[k] = kept_ms[k] && kept < now_utc ? now_utc - kept : 0;
	}
}

/* The last id of what is old. Ids grow with time, but for days on which the clock was wrong: their rows are met some
 * days later. */
static int last_old(struct store *s, const struct retention_sweep *over, int64_t first, int64_t last,
		    int64_t before_utc, int64_t *ret)
{
	int64_t low = first - 1, high = last;
	while (low < high && over->time_at) {
		int64_t middle = low + (high - low + 1) / 2, utc;
		int r = store_get(s, &utc, over->time_at, "I", middle);
		if (r < 0 && r != -ENOENT)
			return r;
		if (r == 0 && utc < before_utc)
			low = middle;
		else
			high = middle - 1;
	}
	*ret = high;
	return 0;
}

static int begin_step(struct retention *r, struct store *s, const struct retention_step *step)
{
	int64_t first = 1, last = 1;
	int err = 0;
	if (step->over && (err = store_get(s, &first, step->over->first, "")) >= 0 &&
	    (err = store_get(s, &last, step->over->last, "")) >= 0)
		err = last_old(s, step->over, first, last, r->before_utc[step->kind], &last);
	if (err < 0)
		return err;
	r->begun = true;
	r->at = first - 1;
	r->upto = r->before_utc[step->kind] ? last : r->at;
	return 0;
}

static int add_to_count(struct store *s, enum retention_kind kind, int rows)
{
	int64_t so_far;
	int r = cursor_get(s, kinds[kind].count, &so_far);
	return r < 0 ? r : cursor_set(s, kinds[kind].count, (so_far < 0 ? 0 : so_far) + rows);
}

static int too_long(void *until_ms)
{
	return mono_ms() > *(int64_t *)until_ms;
}

static int act(struct store *s, const struct retention *r, const struct retention_step *step, int64_t to,
	       int rows, int most_ms, int *ret_rows)
{
	int64_t until_ms = mono_ms() + most_ms;
	int err = store_begin(s);
	if (err < 0)
		return err;
	if (most_ms)
		sqlite3_progress_handler(s->db, LOOK_STEPS, too_long, &until_ms);
	err = store_run(s, step->act, "IIIiI", r->at, to, r->before_utc[step->kind], rows, r->now_utc);
	sqlite3_progress_handler(s->db, 0, NULL, NULL);
	int n = store_changes(s);
	if (err >= 0 && n > 0 && (err = add_to_count(s, step->kind, n)) >= 0)
		err = store_commit(s);
	store_rollback(s);
	if (err >= 0)
		*ret_rows = n;
	return err;
}

int retention_piece(struct retention *r, struct store *s, int rows, int most_ms, int *ret_rows)
{
	int err = 0, n = 0;
	*ret_rows = 0;
	for (;; r->step++, r->begun = false) {
		if (r->step == retention_step_count)
			return 0;
		if (!r->begun && (err = begin_step(r, s, &retention_steps[r->step])) < 0)
			return err;
		if (r->at < r->upto)
			break;
	}
	int64_t to = r->upto - r->at < rows ? r->upto : r->at + rows;
	if ((err = act(s, r, &retention_steps[r->step], to, rows, most_ms, &n)) < 0)
		return err;
	/* as many as are taken at once: there may be more in the same range */
	if (n < rows)
		r->at = to;
	r->rows[r->step] += n;
	*ret_rows = n;
	return 1;
}

int retention_end(struct retention *r, struct store *s, const char *actor, int64_t now_utc)
{
	int64_t n[RETENTION_KINDS];
	int err = store_begin(s);
	for (int k = 0; k < RETENTION_KINDS && err >= 0; k++) {
		err = cursor_get(s, kinds[k].count, &n[k]);
		n[k] = n[k] < 0 ? 0 : n[k];
		if (err >= 0)
			err = cursor_set(s, kinds[k].count, 0);
	}
	if (err >= 0)
		err =
		    event_add(s, EVENT_RETENTION_DONE, actor,
			      json_pack("{sI sI sI sI}", "pdu", (json_int_t)n[RETENTION_PDU], "private",
					(json_int_t)n[RETENTION_PRIVATE], "text", (json_int_t)n[RETENTION_TEXT],
					"readings", (json_int_t)n[RETENTION_READINGS]),
			      now_utc);
	if (err >= 0 && (err = cursor_set(s, DONE, now_utc)) >= 0)
		err = store_commit(s);
	store_rollback(s);
	if (err >= 0)
		s->scrub = true; /* what was overwritten still stands in the write-ahead log */
	r->begun = false;
	return err < 0 ? err : 0;
}

int retention_last(struct store *s, int64_t *ret_utc)
{
	int r = cursor_get(s, DONE, ret_utc);
	if (r >= 0 && *ret_utc < 0)
		*ret_utc = 0;
	return r < 0 ? r : 0;
}

int retention_none_so_far(struct store *s, int64_t now_utc)
{
	return cursor_set(s, DONE, now_utc);
}

int retention_preview(struct retention *r, struct store *s,
		      int (*each)(void *ctx, const struct retention_sort *t), void *ctx)
{
	int err = 0;
	for (r->step = 0; r->step < retention_step_count && !err; r->step++) {
		const struct retention_step *step = &retention_steps[r->step];
		if ((err = begin_step(r, s, step)) < 0)
			return err;
		if (r->at < r->upto &&
		    (err = store_get(s, &r->rows[r->step], step->count, "IIIiI", r->at, r->upto,
				     r->before_utc[step->kind], RETENTION_ROWS, r->now_utc)) < 0)
			return err;
	}
	return retention_done(r, each, ctx);
}

int retention_done(const struct retention *r, int (*each)(void *ctx, const struct retention_sort *t), void *ctx)
{
	int end = 0;
	for (int i = 0; i < retention_step_count && !end;) {
		const struct retention_step *step = &retention_steps[i];
		struct retention_sort t = {step->kind, step->what, r->before_utc[step->kind], 0};
		/* what has one name is one line */
		for (; i < retention_step_count && !strcmp(retention_steps[i].what, step->what); i++)
			t.rows += r->rows[i];
		end = each(ctx, &t);
	}
	return end;
}
