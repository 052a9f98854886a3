#include "store/box_note.h"

#include "base/mem.h"
#include "base/text.h"
#include "store/event.h"
#include "store/internal.h"

#include <string.h>

int box_note_add(struct store *s, const char *kind, const char *line, const char *detail, int64_t now)
{
	int r =
	    store_run(s,
		      "INSERT INTO box_note (utc, kind, line, detail) SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS"
		      " (SELECT 1 FROM box_note WHERE told_utc IS NULL AND kind = ?2 AND line = ?3)",
		      "Ittt", now, kind, line, detail);
	if (r || !store_changes(s))
		return r;
	r = store_run(
	    s, "DELETE FROM box_note WHERE id <= (SELECT id FROM box_note ORDER BY id DESC LIMIT 1 OFFSET ?)",
	    "i", BOX_NOTES_MAX);
	return r ? r
		 : event_add(s, EVENT_BOX_NOTED, "daemon",
			     json_pack("{ss ss ss}", "note", kind, "modem", line, "detail", detail), now);
}

int box_note_untold(struct store *s, int (*row)(void *ctx, const struct box_note *n), void *ctx)
{
	cleanup_query struct query q = {0};
	int r = query_open(
	    s, &q, "SELECT id, utc, kind, line, detail FROM box_note WHERE told_utc IS NULL ORDER BY id", "");
	while (r >= 0 && (r = query_next(&q)) == 1) {
		struct box_note n = {query_int(&q, 0), query_int(&q, 1), query_text(&q, 2), query_text(&q, 3),
				     query_text(&q, 4)};
		int stop = row(ctx, &n);
		if (stop)
			return stop;
	}
	return r;
}

int box_note_told(struct store *s, int64_t upto_id, int64_t now)
{
	return store_run(s, "UPDATE box_note SET told_utc = ?2 WHERE told_utc IS NULL AND id <= ?1", "II",
			 upto_id, now);
}

/* ------------------------------------------------------------------------------------------------ identity */

struct known {
	char imei[24], iccid[24], firmware[64];
};

static int read_known(struct store *s, const char *line, struct known *k)
{
	cleanup_query struct query q = {0};
	int r = query_open(s, &q, "SELECT imei, iccid, firmware FROM line_identity WHERE line = ?", "t", line);
	if (r < 0 || (r = query_next(&q)) < 1)
		return r;
	text_copy(k->imei, sizeof k->imei, query_text(&q, 0));
	text_copy(k->iccid, sizeof k->iccid, query_text(&q, 1));
	text_copy(k->firmware, sizeof k->firmware, query_text(&q, 2));
	return 1;
}

static bool differs(const char *was, const char *is)
{
	return *was && *is && strcmp(was, is) != 0;
}

/* A serial number is told by its end. */
static const char *tail(const char *s)
{
	size_t n = strlen(s);
	return n > 4 ? s + n - 4 : s;
}

static int write_notes(struct store *s, const struct line_identity *is, const struct known *was, int64_t now)
{
	int r = 0;
	if (differs(was->imei, is->imei))
		r = box_note_add(s, "modem", is->line, tail(is->imei), now);
	else if (differs(was->firmware, is->firmware))
		r = box_note_add(s, "firmware", is->line, is->firmware, now);
	if (!r && differs(was->iccid, is->iccid))
		r = box_note_add(s, "sim", is->line, tail(is->iccid), now);
	return r ? r
		 : store_run(s,
			     "INSERT INTO line_identity (line, imei, iccid, firmware) VALUES (?1, ?2, ?3, ?4)"
			     " ON CONFLICT (line) DO UPDATE SET imei = iif(?2 = '', imei, ?2),"
			     " iccid = iif(?3 = '', iccid, ?3), firmware = iif(?4 = '', firmware, ?4)",
			     "tttt", is->line, is->imei, is->iccid, is->firmware);
}

static bool news(const char *was, const char *is)
{
	return *is && strcmp(was, is) != 0;
}

int line_identity_meet(struct store *s, const struct line_identity *is, int64_t now)
{
	struct known was = {0};
	int r = read_known(s, is->line, &was);
	if (r < 0 || (r == 1 && !news(was.imei, is->imei) && !news(was.iccid, is->iccid) &&
		      !news(was.firmware, is->firmware)))
		return r < 0 ? r : 0;
	r = store_begin(s);
	if (!r && !(r = write_notes(s, is, &was, now)))
		r = store_commit(s);
	store_rollback(s);
	return r;
}
