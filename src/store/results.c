/* Who hears what a meeting decided, and what became of the projects. */
#include "base/mem.h"
#include "base/text.h"
#include "store/internal.h"
#include "store/minutes.h"

#include <string.h>

int results_pending(struct store *s, int64_t *ret, int max)
{
	cleanup_query struct query q = {0};
	int n = 0;
	int r = query_open(
	    s, &q,
	    "SELECT id FROM meeting WHERE minutes_utc IS NOT NULL AND told_utc IS NULL ORDER BY id LIMIT ?",
	    "i", max);
	while (r >= 0 && n < max && (r = query_next(&q)) == 1)
		ret[n++] = query_int(&q, 0);
	return r < 0 ? r : n;
}

/* A matter of one's own is heard of as long as texts are wanted at all; other people's only by who wants broadcasts. */
int results_audience(struct store *s, int64_t meeting, struct audience_row *ret, int max)
{
	cleanup_query struct query q = {0};
	int n = 0;
	int r = query_open(
	    s, &q,
	    "WITH item(matter) AS MATERIALIZED (SELECT a.matter FROM agenda_item a JOIN matter c ON c.number = "
	    "a.matter"
	    "  WHERE a.meeting = ?1 AND a.decision IS NOT NULL AND c.private = 0)"
	    "SELECT x.number, max(x.person), coalesce(p.language, ph.language) FROM ("
	    " SELECT c.number_from AS number, coalesce(c.reporter, 0) AS person, 1 AS own FROM item"
	    "  JOIN matter c ON c.number = item.matter WHERE c.number_from <> ''"
	    " UNION ALL SELECT su.number, coalesce(su.person, 0), 1 FROM item JOIN supporter su ON su.matter = "
	    "item.matter"
	    " UNION ALL SELECT i.number, coalesce(i.person, 0), 0 FROM invitation i JOIN meeting m ON m.id = "
	    "i.meeting"
	    "  WHERE i.meeting = ?1 AND m.tell = 'all'"
	    " UNION ALL SELECT v.number, coalesce(v.person, 0), 0 FROM rsvp v JOIN meeting m ON m.id = "
	    "v.meeting"
	    "  WHERE v.meeting = ?1 AND m.tell = 'all') x"
	    " JOIN phone ph ON ph.number = x.number LEFT JOIN person p ON p.id = x.person"
	    " WHERE x.number > (SELECT told_to FROM meeting WHERE id = ?1) AND ph.muted = 0"
	    " AND ph.unlinked_utc IS NULL AND ph.opted_out <> 'all' AND (x.own = 1 OR ph.opted_out = 'no')"
	    " GROUP BY x.number ORDER BY x.number LIMIT ?2",
	    "Ii", meeting, max);
	while (r >= 0 && n < max && (r = query_next(&q)) == 1) {
		ret[n] = (struct audience_row){.person = query_int(&q, 1),
					       .has_language = !query_null(&q, 2),
					       .english = !strcmp(query_text(&q, 2), "en")};
		text_copy(ret[n++].number, E164_MAX, query_text(&q, 0));
	}
	return r < 0 ? r : n;
}

int results_told(struct store *s, int64_t meeting, const char *number, int64_t now)
{
	return number ? store_run(s, "UPDATE meeting SET told_to = ? WHERE id = ?", "tI", number, meeting)
		      : store_run(s, "UPDATE meeting SET told_utc = ? WHERE id = ?", "II", now, meeting);
}

int results_own(struct store *s, int64_t meeting, const char *number, int *ret, int max)
{
	cleanup_query struct query q = {0};
	int n = 0;
	int r = query_open(
	    s, &q,
	    "SELECT a.matter FROM agenda_item a JOIN matter c ON c.number = a.matter WHERE a.meeting = ?1"
	    " AND a.decision IS NOT NULL AND (c.number_from = ?2 OR EXISTS (SELECT 1 FROM supporter su"
	    "  WHERE su.matter = a.matter AND su.number = ?2)) ORDER BY a.matter LIMIT ?3",
	    "Iti", meeting, number, max);
	while (r >= 0 && n < max && (r = query_next(&q)) == 1)
		ret[n++] = (int)query_int(&q, 0);
	return r < 0 ? r : n;
}

/* ---- projects */

#define PROJECT_COLUMNS                                                                                        \
	"SELECT a.meeting, a.matter, coalesce(a.decided_utc, 0), coalesce(a.until_utc, 0),"                    \
	" coalesce(a.person, 0), a.who, coalesce(c.grid, ''), c.text, c.category, c.state,"                    \
	" coalesce(c.resolved_utc, 0), a.note"                                                                 \
	" FROM agenda_item a JOIN meeting p ON p.id = a.meeting JOIN matter c ON c.number = a.matter"          \
	" WHERE a.decision = 'adopted' AND c.private = 0"

struct walk {
	int64_t now, since_utc; /* since_utc: only what was done since, or is late; INT64_MIN: all */
	int (*row)(void *ctx, const struct project *p);
	void *ctx;
};

static int each(struct query *q, const struct walk *w)
{
	int r;
	while ((r = query_next(q)) == 1) {
		cleanup_free char *title = mem_dup(query_text(q, 7));
		int category = category_find(query_text(q, 8)), state = case_state_find(query_text(q, 9));
		struct project p = {.meeting = query_int(q, 0),
				    .matter = (int)query_int(q, 1),
				    .adopted_utc = query_int(q, 2),
				    .until_utc = query_int(q, 3),
				    .person = query_int(q, 4),
				    .who = query_text(q, 5),
				    .grid = query_text(q, 6),
				    .note = query_text(q, 11),
				    .category = category < 0 ? CATEGORY_OTHER : (enum category)category,
				    .done_utc = query_int(q, 10)};
		p.state =
		    project_state(state < 0 ? CASE_RECEIVED : (enum case_state)state, p.until_utc, w->now);
		if (w->since_utc != INT64_MIN && p.state != PROJECT_LATE &&
		    !(p.state == PROJECT_DONE && p.done_utc >= w->since_utc))
			continue;
		if (p.category == CATEGORY_DISPUTE)
			title[0] = 0;
		text_mask_controls(title);
		p.title = title;
		int end = w->row(w->ctx, &p);
		if (end)
			return end;
	}
	return r;
}

int project_list(struct store *s, const char *grid, int64_t now, int (*row)(void *ctx, const struct project *p),
		 void *ctx)
{
	cleanup_query struct query q = {0};
	int r = query_open(s, &q,
			   "WITH RECURSIVE sub(code) AS (SELECT code FROM grid WHERE code = ?1 UNION"
			   " SELECT g.code FROM grid g JOIN sub ON g.parent = sub.code) " PROJECT_COLUMNS
			   " AND (?1 IS NULL OR p.grid IN sub) ORDER BY p.starts_utc, a.matter",
			   "T", grid ? grid : "");
	return r < 0 ? r : each(&q, &(struct walk){now, INT64_MIN, row, ctx});
}

int project_review(struct store *s, int64_t meeting, int64_t now,
		   int (*row)(void *ctx, const struct project *p), void *ctx)
{
	int64_t since = 0;
	cleanup_query struct query q = {0};
	int r =
	    store_get(s, &since,
		      "SELECT coalesce(max(p.starts_utc), 0) FROM meeting m JOIN meeting p ON p.grid = m.grid"
		      " AND p.audience = m.audience AND p.starts_utc < m.starts_utc AND p.state <> 'cancelled'"
		      " WHERE m.id = ?",
		      "I", meeting);
	if (r < 0)
		return r;
	r = query_open(s, &q,
		       PROJECT_COLUMNS " AND p.grid = (SELECT grid FROM meeting WHERE id = ?1)"
				       " AND p.starts_utc < (SELECT starts_utc FROM meeting WHERE id = ?1)"
				       " ORDER BY p.starts_utc, a.matter",
		       "I", meeting);
	return r < 0 ? r : each(&q, &(struct walk){now, since, row, ctx});
}
