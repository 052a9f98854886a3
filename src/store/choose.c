/* Which text of the outbox leaves next (choose.h). */
#include "store/choose.h"
#include "store/internal.h"
#include "store/private.h"
#include "base/mem.h"

#include <errno.h>
#include <string.h>

#define COLUMNS                                                                                                \
	"id, number, text, priority, alphabet = 'ucs2', report, repeated, segments, attempts, "          \
	"coalesce(ref, -1),"                                                                                   \
	" not_after_utc, created_utc, broadcast, matter, state, private, dedupe"

static int load_done(struct store *s, struct outbox_message *m)
{
	cleanup_query struct query q = {0};
	int r = query_open(s, &q, "SELECT part, state FROM part_out WHERE message = ?", "I", m->id);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		int64_t part = query_int(&q, 0);
		const char *state = query_text(&q, 1);
		/* `sending` is found here only when an outcome could not be written: not to be begun again, see
		 * outbox_settle */
		if (part >= 1 && part <= OUTBOX_PARTS_MAX)
			m->done[part] = !strcmp(state, "sent") || !strcmp(state, "delivered") ||
					!strcmp(state, "sending") ||
					(!strcmp(state, "uncertain") && !(m->repeated && outbox_personal(m->class)));
	}
	return r;
}

static int load(struct store *s, struct query *q, struct outbox_message *ret)
{
	int r = query_next(q);
	if (r != 1)
		return r ? r : -ENOENT;
	struct outbox_message m = {.id = query_int(q, 0),
				   .text = mem_dup(query_text(q, 2)),
				   .class = (enum outbox_class)query_int(q, 3),
				   .ucs2 = query_int(q, 4) != 0,
				   .report = query_int(q, 5) != 0,
				   .repeated = query_int(q, 6) != 0 || !strcmp(query_text(q, 14), "uncertain"),
				   .segments = (int)query_int(q, 7),
				   .attempts = (int)query_int(q, 8),
				   .ref = (int)query_int(q, 9),
				   .not_after_utc = query_int(q, 10),
				   .created_utc = query_int(q, 11),
				   .broadcast = query_int(q, 12),
				   .matter = query_int(q, 13)};
	strncpy(m.number, query_text(q, 1), sizeof m.number - 1);
	r = load_done(s, &m);
	if (r)
		outbox_message_done(&m);
	else
		*ret = m;
	return r;
}

int choose_load(struct store *s, int64_t id, struct outbox_message *ret)
{
	cleanup_query struct query q = {0};
	int r = query_open(s, &q, "SELECT " COLUMNS " FROM message_out WHERE id = ?", "I", id);
	return r ? r : load(s, &q, ret);
}

/* The words themselves in place of what stands for them. */
static int load_private(struct store *s, const char *occasion, struct outbox_message *m, int64_t now_utc)
{
	char *words = NULL;
	int r = private_out(s, occasion, &words);
	if (r == -EBUSY || r == -ENOSPC || r == -EIO)
		return r;
	if (words) {
		free(m->text);
		m->text = words;
		return 0;
	}
	/* the file is gone or is not ours: no other text has to wait for this one */
	r = store_run(
	    s,
	    "UPDATE message_out SET state = 'failed', done_utc = ?, reason = 'its words are not in the "
	    "private file' WHERE id = ?",
	    "II", now_utc, m->id);
	return r < 0 ? r : -ENOENT;
}

static int load_whole(struct store *s, struct query *q, int64_t now_utc, struct outbox_message *ret)
{
	int r = load(s, q, ret);
	if (r || !query_int(q, 15))
		return r;
	if ((r = load_private(s, query_text(q, 16), ret, now_utc)))
		outbox_message_done(ret);
	return r;
}

int outbox_claim(struct store *s, const char *modem, const struct outbox_gate *g, int64_t now_utc,
		 struct outbox_message *ret)
{
	/* parts of one text stay together: what was begun here goes on before anything else is begun */
	cleanup_query struct query q = {0};
	int r =
	    query_open(s, &q,
		       "SELECT " COLUMNS " FROM message_out WHERE state IN ('queued', 'sending', 'uncertain')"
		       " AND state = 'sending' AND modem = ? AND next_try_utc <= ? ORDER BY priority, "
		       "next_try_utc, id LIMIT 1",
		       "tI", modem, now_utc);
	if (r == 0)
		r = load_whole(s, &q, now_utc, ret);
	for (int c = 0; c < OUTBOX_CLASSES && r == -ENOENT; c++) {
		if (!g->class_open[c])
			continue;
		r = query_open(s, &q,
			       "SELECT " COLUMNS
			       " FROM message_out WHERE state IN ('queued', 'sending', 'uncertain')"
			       " AND priority = ?1 AND next_try_utc <= ?2 AND state <> 'sending' AND (modem IS "
			       "NULL OR modem = ?3)"
			       " AND (quiet = 0 OR NOT ?4) AND (not_after_utc IS NULL OR not_after_utc > ?2)"
			       " AND (broadcast IS NULL OR (SELECT state FROM broadcast WHERE id = "
			       "message_out.broadcast) IN ('queued', 'done'))"
			       " ORDER BY next_try_utc, id LIMIT 1",
			       "iItb", c, now_utc, modem, g->quiet_hours);
		if (r == 0)
			r = load_whole(s, &q, now_utc, ret);
	}
	return r;
}

int outbox_next_utc(struct store *s, int64_t now_utc, int64_t *ret_utc)
{
	return store_get(s, ret_utc,
			 "SELECT coalesce(min(next_try_utc), 9223372036854775807) FROM message_out"
			 " WHERE state IN ('queued', 'sending', 'uncertain') AND next_try_utc > ?",
			 "I", now_utc);
}
