#include "store/agenda.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "civic/verdict.h"
#include "store/event.h"
#include "store/internal.h"
#include "store/meeting.h"

#include <errno.h>
#include <string.h>

#define TITLE_CHARS 14
#define OPEN_STATES "('received', 'verified', 'assigned', 'in_progress')"
/* in the words of the index matter_deliberate */
#define DELIBERATED "deliberate = 1 AND private = 0 AND state IN " OPEN_STATES
/* deliberate = 2: the secretary brings it before a meeting though it is settled: it shall not come to that again */
#define ALIVE "NOT IN ('merged', 'rejected')"

/* What the daemon may take off an agenda, or leave for another that has more supporters. */
#define BY_ITSELF "position IS NULL AND apart = 0 AND dropped IS NULL AND decision IS NULL"

/* ?1: the meeting. Those which belong on it by themselves, the heaviest first. */
#define TOP                                                                                                    \
	"WITH RECURSIVE sub(code) AS (SELECT grid FROM meeting WHERE id = ?1 UNION"                            \
	" SELECT g.code FROM grid g JOIN sub ON g.parent = sub.code),"                                         \
	" top(number) AS MATERIALIZED (SELECT c.number FROM matter c"                                          \
	" WHERE c.number IN (SELECT number FROM matter WHERE " DELIBERATED " AND grid IN sub UNION ALL"        \
	" SELECT number FROM matter WHERE " DELIBERATED " AND grid IS NULL UNION ALL"                          \
	" SELECT number FROM matter WHERE deliberate = 2 AND private = 0 AND state " ALIVE                     \
	" AND (grid IS NULL OR grid IN sub))"                                                                  \
	" AND NOT EXISTS (SELECT 1 FROM agenda_item a WHERE a.meeting = ?1 AND a.matter = c.number AND NOT "   \
	"(" BY_ITSELF "))"                                                                                     \
	" ORDER BY (SELECT count(*) FROM supporter su WHERE su.matter = c.number) DESC, c.urgent DESC,"        \
	" c.opened_utc, c.number LIMIT max(0, ?2 - (SELECT count(*) FROM agenda_item WHERE meeting = ?1"       \
	" AND dropped IS NULL AND NOT (" BY_ITSELF "))))"

int meeting_agenda_build(struct store *s, int64_t id)
{
	int64_t open = 0;
	/* A meeting of some roles alone talks about what the secretary puts on its agenda. */
	int r = store_get(s, &open,
			  "SELECT count(*) FROM meeting WHERE id = ? AND frozen_utc IS NULL AND audience = ''"
			  " AND state IN ('planned', 'invited')",
			  "I", id);
	if (r < 0 || !open)
		return r;
	if ((r = store_run(
		 s, TOP "DELETE FROM agenda_item WHERE meeting = ?1 AND " BY_ITSELF " AND matter NOT IN top",
		 "Ii", id, AGENDA_MAX)) < 0)
		return r;
	return store_run(s,
			 TOP "INSERT INTO agenda_item (meeting, matter) SELECT ?1, number FROM top WHERE true"
			     " ON CONFLICT DO NOTHING",
			 "Ii", id, AGENDA_MAX);
}

/* The first words, up to a comma or so. */
static void title_of(char *out, size_t size, const char *text)
{
	size_t len = 0;
	int chars = 0;
	const char *p = text;
	for (uint32_t c; chars < TITLE_CHARS && (c = text_next(&p)); chars++) {
		if (c == 0xFF0C || c == 0x3002 || c == ',' || c == '\n' || c == 0xFF1B ||
		    (c == '/' && chars > 4))
			break;
		char utf8[4];
		size_t n = text_put(utf8, c);
		if (len + n >= size)
			break;
		memcpy(out + len, utf8, n);
		len += n;
	}
	while (len && out[len - 1] == ' ')
		len--;
	out[len] = 0;
	if (chars == TITLE_CHARS && *p)
		out[text_cut(text, len)] = 0;
	text_mask_controls(out);
}

/* ---- reading */

struct item { /* an agenda_row that owns its strings */
	struct agenda_row row;
	char title[TITLE_CHARS * 4 + 1], grid[32], who[INTENT_SHORT_MAX], note[400];
	char *text; /* owned */
};

#define ITEM_COLUMNS                                                                                           \
	"c.number, c.category, c.kind, c.text, coalesce(c.grid, ''), c.building, c.urgent, c.opened_utc,"      \
	" 1 + (SELECT count(*) FROM supporter su WHERE su.matter = c.number AND su.number <> c.number_from),"  \
	" coalesce(a.position, 0), a.apart, coalesce(a.decision, ''), coalesce(a.person, 0), a.who,"           \
	" coalesce(a.until_utc, 0), coalesce(a.dropped, a.note), coalesce(a.poll, 0),"                         \
	" coalesce(a.decided_utc, 0), c.state"

static void read_item(const struct query *q, struct item *it, struct agenda_entry *e)
{
	int category = category_find(query_text(q, 1)), state = case_state_find(query_text(q, 18));
	*it = (struct item){.text = mem_dup(query_text(q, 3))};
	if (category == CATEGORY_DISPUTE)
		it->text[0] = 0; /* neither names nor addresses of neighbours */
	text_mask_controls(it->text);
	title_of(it->title, sizeof it->title, it->text);
	text_copy(it->grid, sizeof it->grid, query_text(q, 4));
	text_copy(it->who, sizeof it->who, query_text(q, 13));
	text_copy(it->note, sizeof it->note, query_text(q, 15));
	it->row =
	    (struct agenda_row){.matter = (int)query_int(q, 0),
				.category = category < 0 ? CATEGORY_OTHER : (enum category)category,
				.kind = strcmp(query_text(q, 2), "proposal") ? MATTER_CASE : MATTER_PROPOSAL,
				.state = state < 0 ? CASE_RECEIVED : (enum case_state)state,
				.supporters = (int)query_int(q, 8),
				.verdict = verdict_find(query_text(q, 11)),
				.person = query_int(q, 12),
				.until_utc = query_int(q, 14),
				.poll = query_int(q, 16),
				.decided_utc = query_int(q, 17)};
	*e = (struct agenda_entry){.matter = it->row.matter,
				   .position = (int)query_int(q, 9),
				   .supporters = it->row.supporters,
				   .urgent = query_int(q, 6) != 0,
				   .proposal = it->row.kind == MATTER_PROPOSAL,
				   .apart = query_int(q, 10) != 0,
				   .opened_utc = query_int(q, 7),
				   .category = it->row.category,
				   .text = it->text,
				   .user = it};
	text_copy(e->building, sizeof e->building, query_text(q, 5));
}

/* Phones behind an item and those under it, each once. */
static int count_phones(struct store *s, const struct agenda_entry *list, int count, int head, int *ret)
{
	cleanup_buf struct buf numbers = {0};
	int64_t n = 0;
	buf_addf(&numbers, "[%d", list[head].matter);
	for (int i = head + 1; i < count && list[i].under; i++)
		buf_addf(&numbers, ",%d", list[i].matter);
	buf_addc(&numbers, ']');
	int r =
	    store_get(s, &n,
		      "SELECT count(*) FROM (SELECT number FROM supporter WHERE matter IN"
		      " (SELECT value FROM json_each(?1)) UNION SELECT CASE number_from WHEN '' THEN number"
		      " ELSE number_from END FROM matter WHERE number IN (SELECT value FROM json_each(?1)))",
		      "t", buf_str(&numbers));
	*ret = (int)n;
	return r;
}

static int walk(struct store *s, struct agenda_entry *list, int count,
		int (*row)(void *ctx, const struct agenda_row *a), void *ctx)
{
	int r = 0, position = 0;
	for (int i = 0; i < count && r >= 0; i++) {
		struct item *it = list[i].user;
		it->row.under = list[i].under;
		it->row.position = list[i].under ? 0 : ++position;
		it->row.title = it->title;
		it->row.text = it->text;
		it->row.grid = it->grid;
		it->row.building = list[i].building;
		it->row.who = it->who;
		it->row.note = it->note;
		if (list[i].weight != list[i].supporters &&
		    (r = count_phones(s, list, count, i, &it->row.supporters)) < 0)
			break;
		int end = row(ctx, &it->row);
		if (end)
			return end;
	}
	return r < 0 ? r : 0;
}

static int list_items(struct store *s, int64_t id, const char *sql, bool arrange,
		      int (*row)(void *ctx, const struct agenda_row *a), void *ctx)
{
	cleanup_free struct item *items = mem_array(AGENDA_MAX, sizeof *items);
	cleanup_free struct agenda_entry *list = mem_array(AGENDA_MAX, sizeof *list);
	cleanup_query struct query q = {0};
	int n = 0, r = query_open(s, &q, sql, "Ii", id, AGENDA_MAX);
	for (; r >= 0 && n < AGENDA_MAX && (r = query_next(&q)) == 1; n++)
		read_item(&q, &items[n], &list[n]);
	query_close(&q);
	if (r >= 0) {
		if (arrange)
			agenda_arrange(list, n);
		r = walk(s, list, n, row, ctx);
	}
	for (int i = 0; i < n; i++)
		free(items[i].text);
	return r;
}

int meeting_agenda(struct store *s, int64_t id, int (*row)(void *ctx, const struct agenda_row *a), void *ctx)
{
	return list_items(s, id,
			  "SELECT " ITEM_COLUMNS " FROM agenda_item a JOIN matter c ON c.number = a.matter"
			  " WHERE a.meeting = ? AND a.dropped IS NULL AND c.private = 0"
			  " AND (a.decision IS NOT NULL OR c.state NOT IN ('merged', 'rejected', 'closed')"
			  " OR (c.deliberate = 2 AND c.state = 'closed'))"
			  " ORDER BY a.position IS NULL, a.decision IS NULL, 9 DESC, c.opened_utc LIMIT ?",
			  true, row, ctx);
}

int agenda_dropped(struct store *s, int64_t id, int (*row)(void *ctx, const struct agenda_row *a), void *ctx)
{
	return list_items(s, id,
			  "SELECT " ITEM_COLUMNS " FROM agenda_item a JOIN matter c ON c.number = a.matter"
			  " WHERE a.meeting = ? AND a.dropped IS NOT NULL AND c.private = 0"
			  " ORDER BY c.number LIMIT ?",
			  false, row, ctx);
}

/* ---- changing */

static int note_change(struct store *s, int64_t meeting, int matter, const char *change, const char *note,
		       const struct actor *by, int64_t now)
{
	cleanup_free char *entry = mem_printf("agenda: %s", change);
	int r = matter ? journal_add(s, matter, entry, note, by, now) : 0;
	return r < 0 ? r
		     : event_add(s, EVENT_MEETING_AGENDA, by->id,
				 json_pack("{s:I, s:i, s:s, s:s}", "meeting", (json_int_t)meeting, "case",
					   matter, "change", change, "note", note ? note : ""),
				 now);
}

int agenda_move(struct store *s, int64_t meeting, int matter, int position, const struct actor *by, int64_t now)
{
	int r = store_run(
	    s, "UPDATE agenda_item SET position = ? WHERE meeting = ? AND matter = ? AND dropped IS NULL",
	    "iIi", position, meeting, matter);
	if (r < 0)
		return r;
	if (!store_changes(s))
		return -ENOENT;
	/* Who had that place, and who stood behind him without a gap, goes one further. */
	if ((r = store_run(s,
			   "WITH RECURSIVE taken(place) AS (SELECT ?2 WHERE EXISTS (SELECT 1 FROM agenda_item"
			   "  WHERE meeting = ?1 AND position = ?2 AND matter <> ?3) UNION"
			   " SELECT place + 1 FROM taken WHERE EXISTS (SELECT 1 FROM agenda_item"
			   "  WHERE meeting = ?1 AND position = place + 1))"
			   "UPDATE agenda_item SET position = position + 1 WHERE meeting = ?1 AND matter <> ?3"
			   " AND position IN taken",
			   "Iii", meeting, position, matter)) < 0)
		return r;
	return note_change(s, meeting, matter, "moved", NULL, by, now);
}

int agenda_add(struct store *s, int64_t meeting, int matter, const struct actor *by, int64_t now)
{
	int64_t private = 0, places = 0;
	enum case_state state;
	int r = store_get(s, &private,
			  "SELECT private FROM matter WHERE number = ? AND kind <> 'task' AND state " ALIVE,
			  "i", matter);
	if (r < 0)
		return r;
	if (private)
		return -EPERM;
	if ((r = store_get(s, &places,
			   "SELECT 1 + coalesce(max(position), count(*)) FROM agenda_item WHERE meeting = ?"
			   " AND dropped IS NULL",
			   "I", meeting)) < 0 ||
	    (r = store_run(
		 s,
		 "INSERT INTO agenda_item (meeting, matter, position) VALUES (?1, ?2, ?3)"
		 " ON CONFLICT DO UPDATE SET position = CASE WHEN dropped IS NULL THEN position ELSE ?3 END,"
		 " dropped = NULL",
		 "IiI", meeting, matter, places)) < 0 ||
	    (r = matter_act(s, matter, &(struct matter_step){.event = CASE_EV_DELIBERATE}, by, now, &state)) <
		0)
		return r;
	return note_change(s, meeting, matter, "added", NULL, by, now);
}

int agenda_drop(struct store *s, int64_t meeting, int matter, const char *reason, const struct actor *by,
		int64_t now)
{
	int r = store_run(s,
			  "UPDATE agenda_item SET dropped = ?, position = NULL WHERE meeting = ? AND matter = ?"
			  " AND dropped IS NULL AND decision IS NULL",
			  "tIi", reason, meeting, matter);
	if (r < 0)
		return r;
	if (!store_changes(s))
		return -ENOENT;
	if ((r = store_run(s, "UPDATE matter SET deliberate = 0 WHERE number = ?", "i", matter)) < 0)
		return r;
	return note_change(s, meeting, matter, "dropped", reason, by, now);
}

int agenda_apart(struct store *s, int64_t meeting, int matter, const struct actor *by, int64_t now)
{
	int r = store_run(
	    s, "UPDATE agenda_item SET apart = 1 WHERE meeting = ? AND matter = ? AND dropped IS NULL", "Ii",
	    meeting, matter);
	if (r < 0)
		return r;
	return store_changes(s) ? note_change(s, meeting, matter, "apart", NULL, by, now) : -ENOENT;
}

int agenda_fix(struct store *s, int64_t meeting, bool fixed, const struct actor *by, int64_t now)
{
	int r = fixed ? meeting_agenda_build(s, meeting) : 0;
	if (r < 0)
		return r;
	r = fixed ? store_run(s,
			      "UPDATE meeting SET frozen_utc = ?, thawed_utc = NULL WHERE id = ? AND "
			      "frozen_utc IS NULL",
			      "II", now, meeting)
		  : store_run(s,
			      "UPDATE meeting SET frozen_utc = NULL, thawed_utc = ? WHERE id = ? AND "
			      "frozen_utc IS NOT NULL",
			      "II", now, meeting);
	if (r < 0)
		return r;
	return store_changes(s) ? note_change(s, meeting, 0, fixed ? "frozen" : "thawed", NULL, by, now)
				: -EALREADY;
}

int agenda_open(struct store *s, int64_t now, int64_t *ret, int max)
{
	cleanup_query struct query q = {0};
	int n = 0;
	int r = query_open(s, &q,
			   "SELECT id FROM meeting WHERE starts_utc > ? AND state IN ('planned', 'invited')"
			   " AND frozen_utc IS NULL AND thawed_utc IS NULL AND invited_utc IS NOT NULL"
			   " ORDER BY starts_utc, id LIMIT ?",
			   "Ii", now, max);
	while (r >= 0 && n < max && (r = query_next(&q)) == 1)
		ret[n++] = query_int(&q, 0);
	return r < 0 ? r : n;
}

int agenda_hand_over(struct store *s, int64_t meeting, int64_t next)
{
	return store_run(s,
			 "INSERT INTO agenda_item (meeting, matter, position, apart) SELECT ?2, a.matter, "
			 "a.position, a.apart"
			 " FROM agenda_item a JOIN matter c ON c.number = a.matter WHERE a.meeting = ?1 AND "
			 "a.dropped IS NULL"
			 " AND a.decision IS NULL AND c.state IN " OPEN_STATES
			 " AND EXISTS (SELECT 1 FROM meeting WHERE id = ?2 AND frozen_utc IS NULL)"
			 " ON CONFLICT DO UPDATE SET position = coalesce(position, excluded.position),"
			 " apart = max(apart, excluded.apart)",
			 "II", meeting, next);
}

int agenda_voted(struct store *s, int64_t poll, const struct actor *by, int64_t now)
{
	int numbers[AGENDA_MAX], n = 0;
	cleanup_query struct query q = {0};
	int r = query_open(
	    s, &q,
	    "SELECT c.number FROM poll p JOIN agenda_item a ON a.meeting = p.meeting AND a.poll = p.id"
	    " AND a.decision = 'vote' JOIN matter c ON c.number = a.matter WHERE p.id = ?"
	    " AND c.state IN " OPEN_STATES " LIMIT ?",
	    "Ii", poll, (int)AGENDA_MAX);
	while (r >= 0 && n < AGENDA_MAX && (r = query_next(&q)) == 1)
		numbers[n++] = (int)query_int(&q, 0);
	query_close(&q);
	for (int i = 0; i < n && r >= 0; i++)
		if ((r = store_run(s, "UPDATE matter SET deliberate = 1 WHERE number = ?", "i", numbers[i])) >=
		    0)
			r = journal_add(s, numbers[i], "agenda: voted on", NULL, by, now);
	return r < 0 ? r : 0;
}
