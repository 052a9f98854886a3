#include "store/report.h"
#include "store/internal.h"
#include "store/outbox.h"
#include "base/e164.h"
#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TAIL_DIGITS  11
#define WHOLE_DIGITS 7  /* shorter ones are a service's */
#define FINAL        64 /* TP-ST from which on, or below TRYING, nothing more is to come */
#define TRYING       32
#define UNSURE_S     60 /* what was told by its reference goes before what is only near */

/* ------------------------------------------------------------------------------------------------ numbers */

/* Digits from the end, without signs and without the zeros that stand for a trunk or a country in front. */
static int digits_of(const char *number, char out[E164_MAX])
{
	int n = 0;
	for (const char *p = number; *p && n < E164_MAX - 1; p++)
		if (*p >= '0' && *p <= '9' && (n || *p != '0'))
			out[n++] = *p;
	out[n] = 0;
	return n;
}

bool report_same_number(const char *a, const char *b)
{
	char x[E164_MAX], y[E164_MAX];
	int nx = digits_of(a, x), ny = digits_of(b, y);
	int n = nx < ny ? nx : ny;
	if (n < WHOLE_DIGITS)
		return nx == ny && !strcmp(x, y);
	if (n > TAIL_DIGITS)
		n = TAIL_DIGITS;
	return !memcmp(x + nx - n, y + ny - n, (size_t)n);
}

/* ------------------------------------------------------------------------------------------------ whose */

enum fit { FIT_CLOSE, FIT_OPEN, FIT_NAMELESS, FIT_AGAIN, FIT_NONE }; /* the better the smaller */

struct candidate {
	int64_t message, part;
	int64_t at_utc;
	bool named, settled, errored;
};

struct search {
	const struct report *in;
	int64_t now;
	enum fit fit;
	int64_t distance;
	struct candidate best;
	bool doubtful; /* the best was told by its time alone, and another text is as near */
};

static int64_t distance_of(const struct search *s, const struct candidate *c)
{
	int64_t of = s->in->scts_utc ? s->in->scts_utc : s->now;
	return llabs(of - c->at_utc);
}

static enum fit fit_of(const struct search *s, const struct candidate *c)
{
	bool close = distance_of(s, c) <= REPORT_CLOSE_S;
	if (s->in->scts_utc && close)
		return FIT_CLOSE;
	/* an error is no submit: only time tells that it was one after all */
	if (c->errored)
		return close ? FIT_NAMELESS : FIT_NONE;
	if (!c->named)
		return FIT_NAMELESS;
	return c->settled ? FIT_AGAIN : FIT_OPEN;
}

static void weigh(struct search *s, const struct candidate *c)
{
	enum fit fit = fit_of(s, c);
	int64_t distance = distance_of(s, c) + (c->named ? 0 : UNSURE_S) + (c->errored ? UNSURE_S : 0);
	if (fit == FIT_NONE || fit > s->fit)
		return;
	bool other = s->fit == fit && !c->named && !s->best.named && c->message != s->best.message;
	if (fit < s->fit || distance < s->distance) {
		/* parts of one text are as good as each other; two texts within a minute are not */
		s->doubtful = other && (fit == FIT_NAMELESS || s->distance - distance < UNSURE_S);
		s->fit = fit;
		s->distance = distance;
		s->best = *c;
	} else if (other && (fit == FIT_NAMELESS || distance - s->distance < UNSURE_S))
		s->doubtful = true;
}

static int look(struct search *s, struct query *q)
{
	int r;
	while ((r = query_next(q)) == 1) {
		int64_t st = query_int(q, 4);
		struct candidate c = {.message = query_int(q, 0),
				      .part = query_int(q, 1),
				      .at_utc = query_int(q, 2),
				      .named = query_int(q, 3) != 0,
				      .settled = st >= 0 && (st < TRYING || st >= FINAL),
				      .errored = query_int(q, 5) != 0};
		if (report_same_number(query_text(q, 6), s->in->number))
			weigh(s, &c);
	}
	return r;
}

#define COLUMNS                                                                                                \
	"SELECT p.message, p.part, coalesce(p.sent_utc, p.started_utc), p.mr IS NOT NULL,"                     \
	" coalesce(p.report_st, -1), p.mr IS NULL AND p.state = 'failed', m.number"                            \
	" FROM part_out p JOIN message_out m ON m.id = p.message WHERE "
/* ?1 the SIM, ?2 the modem: one and the same while the SIM is not known yet, as at a start, where the report of what
 * a crash left behind may come first of all. Then it is taken for the SIM that was there last. */
#define OF_LINE                                                                                                \
	"p.line IN (?1, ?2, CASE WHEN ?1 = ?2 THEN (SELECT nullif(iccid, '') FROM line WHERE name = ?2) END)"

static int look_at_named(struct store *s, struct search *f)
{
	cleanup_query struct query q = {0};
	int r = query_open(s, &q, COLUMNS "p.mr = ?3 AND " OF_LINE " AND p.started_utc > ?4 ORDER BY p.part",
			   "ttiI", f->in->line, f->in->modem, f->in->mr, f->now - REPORT_WINDOW_S);
	return r ? r : look(f, &q);
}

/* Parts whose reference was never told: under way, uncertain, or ended by an error that may have lied. */
static int look_at_nameless(struct store *s, struct search *f)
{
	cleanup_query struct query q = {0};
	int r = query_open(s, &q,
			   COLUMNS
			   "p.mr IS NULL AND " OF_LINE
			   " AND p.started_utc > ?3 AND (p.state IN ('sending', 'uncertain')"
			   " OR (p.state = 'failed' AND m.state IN ('queued', 'sending', 'failed', 'expired')))"
			   " ORDER BY p.part",
			   "ttI", f->in->line, f->in->modem, f->now - REPORT_WINDOW_S);
	return r ? r : look(f, &q);
}

/* The SIM is in another stick and could not be read there: only what fits in everything else. */
static int look_at_other_lines(struct store *s, struct search *f)
{
	cleanup_query struct query q = {0};
	int r = query_open(s, &q, COLUMNS "p.mr = ? AND p.line NOT IN (?, ?) AND p.started_utc > ?", "ittI",
			   f->in->mr, f->in->line, f->in->modem, f->now - REPORT_WINDOW_S);
	if (r == 0)
		r = look(f, &q);
	if (r == 0 && f->fit > FIT_CLOSE)
		f->fit = FIT_NONE;
	return r;
}

static int find(struct store *s, const struct report *in, int64_t now_utc, struct candidate *ret)
{
	struct search f = {.in = in, .now = now_utc, .fit = FIT_NONE};
	int r = look_at_named(s, &f);
	if (r == 0)
		r = look_at_nameless(s, &f);
	if (r == 0 && f.fit == FIT_NONE)
		r = look_at_other_lines(s, &f);
	if (r)
		return r;
	*ret = f.best;
	return f.fit == FIT_NONE || f.doubtful ? -ENOENT : 0;
}

/* ------------------------------------------------------------------------------------------------ what */

static int mark_part(struct store *s, const struct report *in, const struct candidate *c, int64_t now_utc)
{
	/* what arrived has arrived, whatever comes later; what was given up may arrive all the same. One in
	 * mid-submit is settled by its sender. */
	return store_run(
	    s,
	    "UPDATE part_out SET report_st = ?1, report_utc = ?2, mr = coalesce(mr, ?3),"
	    " sent_utc = coalesce(sent_utc, ?2), state = CASE WHEN state = 'sending' THEN state ELSE"
	    " CASE ?4 WHEN 0 THEN 'delivered' WHEN 1 THEN 'sent' ELSE 'failed' END END"
	    " WHERE message = ?5 AND part = ?6 AND state <> 'delivered'"
	    " AND (?4 = 0 OR report_st IS NULL OR report_st < 64)",
	    "iIiiII", in->st, now_utc, in->mr, (int)in->says, c->message, c->part);
}

static int state_of(struct store *s, int64_t id, char ret[16])
{
	cleanup_query struct query q = {0};
	int r = query_find(s, &q, "SELECT state FROM message_out WHERE id = ?", "I", id);
	if (!r)
		text_copy(ret, 16, query_text(&q, 0));
	return r;
}

/* One that waits for another try, or was given up, is settled when no part of it is left. */
static int settle_text(struct store *s, const struct report *in, int64_t id, int64_t now_utc)
{
	int r = store_run(
	    s,
	    "UPDATE message_out SET state = 'delivered', done_utc = ?1, sent_utc = coalesce(sent_utc, ?1),"
	    " reason = NULL, report_missing = 0 WHERE id = ?2 AND state IN ('sent', 'uncertain', 'queued',"
	    " 'failed', 'expired') AND (SELECT count(*) FROM part_out WHERE message = ?2"
	    " AND state = 'delivered') = segments",
	    "II", now_utc, id);
	if (r == 0)
		r = store_run(
		    s,
		    "UPDATE message_out SET state = 'sent', sent_utc = coalesce(sent_utc, ?1), done_utc = NULL,"
		    " reason = NULL WHERE id = ?2 AND state IN ('uncertain', 'queued', 'failed', 'expired')"
		    " AND (SELECT count(*) FROM part_out WHERE message = ?2"
		    " AND state IN ('sent', 'delivered')) = segments",
		    "II", now_utc, id);
	if (r == 0 && in->says == REPORT_GAVE_UP)
		r = store_run(
		    s,
		    "UPDATE message_out SET state = 'failed', done_utc = ?1, reason = ?2, report_missing = 0"
		    " WHERE id = ?3 AND state IN ('sent', 'uncertain')",
		    "ItI", now_utc, in->reason, id);
	return r;
}

/* The event, where the report alone tells that a text left or failed. */
static int tell(struct store *s, int64_t id, const char *before, int64_t now_utc)
{
	char after[16];
	int r = state_of(s, id, after);
	if (r || !strcmp(before, after))
		return r;
	if (!strcmp(after, "failed"))
		return outbox_note(s, id, EVENT_MESSAGE_FAILED, now_utc);
	return strcmp(before, "sent") != 0 ? outbox_note(s, id, EVENT_MESSAGE_SENT, now_utc) : 0;
}

static int apply(struct store *s, const struct report *in, const struct candidate *c, int64_t now_utc)
{
	char before[16];
	int r = state_of(s, c->message, before);
	if (r == 0)
		r = mark_part(s, in, c, now_utc);
	if (r || !store_changes(s))
		return r;
	r = settle_text(s, in, c->message, now_utc);
	return r ? r : tell(s, c->message, before, now_utc);
}

static int keep_unmatched(struct store *s, const struct report *in, int64_t now_utc)
{
	if (!in->pdu)
		return 0;
	int r = store_run(s,
			  "INSERT INTO report_unmatched (pdu, line, number, mr, st, scts_utc, received_utc)"
			  " VALUES (?, ?, ?, ?, ?, ?, ?)",
			  "IttiiPI", in->pdu, in->line, in->number, in->mr, in->st, in->scts_utc, now_utc);
	if (r == 0)
		r = store_run(s,
			      "DELETE FROM report_unmatched WHERE pdu <= (SELECT pdu FROM report_unmatched"
			      " ORDER BY pdu DESC LIMIT 1 OFFSET ?)",
			      "i", REPORT_UNMATCHED);
	return r;
}

int report_take(struct store *s, const struct report *in, int64_t now_utc, int64_t *ret_message)
{
	struct candidate c = {0};
	int r = find(s, in, now_utc, &c);
	if (r == -ENOENT) {
		r = keep_unmatched(s, in, now_utc);
		if (r == 0)
			*ret_message = 0;
		return r;
	}
	if (r == 0)
		r = apply(s, in, &c, now_utc);
	if (r == 0)
		*ret_message = c.message;
	return r;
}

/* ------------------------------------------------------------------------------------------------ none */

#define WAITING "state = 'sent' AND report_missing = 0 AND report = 1"
#define OVERDUE WAITING " AND sent_utc <= ?1 AND coalesce(not_after_utc, sent_utc + ?2) + ?3 <= ?4"

int report_overdue(struct store *s, int64_t now_utc, int *ret_count)
{
	/* looked for before it is written: most times there is none, and a write wakes the disk */
	int64_t id, until = now_utc - REPORT_GRACE_S;
	int r = store_get(s, &id, "SELECT id FROM message_out WHERE " OVERDUE " LIMIT 1", "IiiI", until,
			  REPORT_PATIENCE_S, REPORT_GRACE_S, now_utc);
	*ret_count = 0;
	if (r)
		return r == -ENOENT ? 0 : r;
	r = store_run(s,
		      "UPDATE message_out SET report_missing = CASE WHEN EXISTS (SELECT 1 FROM part_out"
		      " WHERE message = message_out.id AND asked = 1) THEN 1 ELSE 2 END WHERE " OVERDUE,
		      "IiiI", until, REPORT_PATIENCE_S, REPORT_GRACE_S, now_utc);
	if (r == 0)
		*ret_count = store_changes(s);
	return r;
}
