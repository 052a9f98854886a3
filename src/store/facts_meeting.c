/* The meetings that a sender may mean. */
#include "base/buf.h"
#include "base/text.h"
#include "store/facts.h"
#include "store/internal.h"
#include "store/meeting.h"

#include <stdio.h>
#include <string.h>

#define ITEMS_SHOWN 4
#define ITEM_CHARS  8

static int add_item(void *ctx, const struct agenda_row *a)
{
	struct meeting_fact *m = ctx;
	if (a->under || a->verdict != VERDICT_NONE)
		return 0;
	m->item_count++;
	if (m->item_count > ITEMS_SHOWN)
		return 0;
	char title[ITEM_CHARS * 4 + 1] = "";
	const char *p = a->title;
	size_t len = 0;
	for (int i = 0; i < ITEM_CHARS; i++) {
		uint32_t c = text_next(&p);
		if (!c)
			break;
		len += text_put(title + len, c);
	}
	title[len] = 0;
	size_t used = strlen(m->items);
	snprintf(m->items + used, sizeof m->items - used, "%s%d%s%s", used ? " " : "", a->matter,
		 a->title[0] >= '0' && a->title[0] <= '9' ? " " : "", title);
	return 0;
}

int facts_meetings(struct store *s, struct facts *f)
{
	/* The next meeting of each series, those under way, and the one that was asked about. */
	static const char sql[] =
	    "WITH RECURSIVE up(code, distance) AS (VALUES (?1, 0) UNION"
	    " SELECT g.parent, up.distance + 1 FROM grid g JOIN up ON g.code = up.code WHERE g.parent IS NOT "
	    "NULL)"
	    "SELECT m.id, coalesce(m.series, -m.id), m.starts_utc, m.grid, m.place, m.code,"
	    " coalesce((SELECT distance FROM up WHERE code = m.grid), 0),"
	    " coalesce((SELECT CASE answer WHEN 'yes' THEN 1 ELSE 2 END FROM rsvp r WHERE r.meeting = m.id AND "
	    "r.number = ?2), 0),"
	    " coalesce((SELECT people FROM rsvp r WHERE r.meeting = m.id AND r.number = ?2), 0),"
	    " EXISTS (SELECT 1 FROM invitation i WHERE i.meeting = m.id AND i.number = ?2), m.title, m.ends_utc"
	    " FROM meeting m WHERE m.state <> 'cancelled' AND m.ends_utc > ?3 AND m.starts_utc <= ?3 + 35 * "
	    "86400"
	    /* a meeting of some roles alone is nothing to others, unless they were asked */
	    " AND (m.audience = '' OR m.id = ?4"
	    "  OR EXISTS (SELECT 1 FROM invitation i WHERE i.meeting = m.id AND i.number = ?2)"
	    "  OR EXISTS (SELECT 1 FROM rsvp r WHERE r.meeting = m.id AND r.number = ?2)"
	    "  OR EXISTS (SELECT 1 FROM person_phone pp JOIN person_role pr ON pr.person = pp.person"
	    "   WHERE pp.number = ?2 AND instr(' ' || m.audience || ' ', ' ' || pr.role || ' ')))"
	    " AND (m.id = ?4 OR ((?1 IS NULL OR m.grid IN (SELECT code FROM up)) AND (m.starts_utc <= ?3 OR "
	    "m.series IS NULL"
	    " OR m.starts_utc = (SELECT min(n.starts_utc) FROM meeting n WHERE n.series = m.series AND "
	    "n.starts_utc > ?3"
	    " AND n.state <> 'cancelled'))))"
	    " ORDER BY 7, m.starts_utc, m.id LIMIT ?5";
	cleanup_query struct query q = {0};
	int n = 0;
	int64_t asked = f->question.kind == ASKED_INVITATION ? f->question.subject : 0;
	f->meeting_grid = f->sender.grid[0] != 0;
	int r =
	    query_open(s, &q, sql, "TtIIi", f->sender.grid, f->sender.number, f->now, asked, FACTS_MEETINGS);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		struct meeting_fact *m = &f->meetings[n++];
		*m = (struct meeting_fact){.id = query_int(&q, 0),
					   .series = query_int(&q, 1),
					   .starts_utc = query_int(&q, 2),
					   .distance = (int)query_int(&q, 6),
					   .answer = (int)query_int(&q, 7),
					   .people = (int)query_int(&q, 8),
					   .invited = query_int(&q, 9) != 0,
					   .ends_utc = query_int(&q, 11)};
		text_copy(m->grid, sizeof m->grid, query_text(&q, 3));
		text_copy(m->place, sizeof m->place, query_text(&q, 4));
		text_copy(m->code, sizeof m->code, query_text(&q, 5));
		text_copy(m->title, sizeof m->title, query_text(&q, 10));
	}
	f->meeting_count = n;
	return r < 0 ? r : 0;
}

int facts_items(struct store *s, struct facts *f)
{
	int r = 0;
	for (int i = 0; i < f->meeting_count && r >= 0; i++)
		if ((r = meeting_agenda_build(s, f->meetings[i].id)) >= 0)
			r = meeting_agenda(s, f->meetings[i].id, add_item, &f->meetings[i]);
	return r < 0 ? r : 0;
}

/* Coming meetings whose agendas hold what comes from a grid, the nearest grid's first, and whether they are fixed or full. */
#define MEETINGS_OF_GRID                                                                                       \
	"WITH RECURSIVE up(code, distance) AS (VALUES (?1, 0) UNION"                                           \
	" SELECT g.parent, up.distance + 1 FROM grid g JOIN up ON g.code = up.code WHERE g.parent IS NOT "     \
	"NULL) "                                                                                               \
	"SELECT m.starts_utc, m.frozen_utc IS NOT NULL OR ?3 <= (SELECT count(*) FROM agenda_item a"           \
	"  WHERE a.meeting = m.id AND a.dropped IS NULL), up.distance"                                         \
	" FROM meeting m JOIN up ON up.code = "                                                                \
	"m.grid"                                                                                               \
	" WHERE m.starts_utc > ?2 AND m.state IN ('planned', 'invited') AND m.audience = ''"                   \
	" ORDER BY up.distance, m.starts_utc LIMIT 8"

static int next_open(struct store *s, const char *grid, int64_t now, struct agenda_fact *ret)
{
	cleanup_query struct query q = {0};
	int r = query_open(s, &q, MEETINGS_OF_GRID, "tIi", grid, now, AGENDA_MAX);
	int64_t distance = -1;
	*ret = (struct agenda_fact){0};
	while (r >= 0 && !ret->starts_utc && (r = query_next(&q)) == 1) {
		if (distance >= 0 && query_int(&q, 2) != distance)
			break;
		distance = query_int(&q, 2);
		if (query_int(&q, 1))
			ret->later = true;
		else
			ret->starts_utc = query_int(&q, 0);
	}
	return r < 0 ? r : 0;
}

int facts_agenda(struct store *s, struct facts *f)
{
	return f->sender.grid[0] ? next_open(s, f->sender.grid, f->now, &f->meeting.agenda) : 0;
}

int facts_item(struct store *s, struct facts *f)
{
	struct item_fact *it = &f->meeting.item;
	const struct matter_fact *m = &f->named;
	cleanup_query struct query q = {0};
	*it = (struct item_fact){.verdict = VERDICT_NONE};
	if (!m->number || m->private)
		return 0;
	int r = query_open(
	    s, &q,
	    "SELECT a.decision, coalesce(a.until_utc, 0) FROM agenda_item a JOIN meeting m ON m.id = a.meeting"
	    " WHERE a.matter = ? AND a.decision IS NOT NULL AND m.minutes_utc IS NOT NULL"
	    " ORDER BY m.starts_utc DESC LIMIT 1",
	    "i", m->number);
	if (r >= 0 && (r = query_next(&q)) == 1) {
		it->verdict = verdict_find(query_text(&q, 0));
		it->until_utc = query_int(&q, 1);
	}
	if (r < 0 || !case_open(m->state))
		return r < 0 ? r : 0;
	r = query_open(
	    s, &q,
	    "SELECT m.starts_utc FROM agenda_item a JOIN meeting m ON m.id = a.meeting WHERE a.matter = ?"
	    " AND a.dropped IS NULL AND a.decision IS NULL AND m.starts_utc > ?"
	    " AND m.state IN ('planned', 'invited') ORDER BY m.starts_utc LIMIT 1",
	    "iI", m->number, f->now);
	if (r >= 0 && (r = query_next(&q)) == 1)
		it->starts_utc = query_int(&q, 0);
	if (r < 0 || it->starts_utc)
		return r < 0 ? r : 0;
	/* No agenda was made since it came in. */
	struct agenda_fact next = {0};
	int64_t deliberate = 0;
	r = store_get(s, &deliberate, "SELECT deliberate FROM matter WHERE number = ?", "i", m->number);
	if (r >= 0 && deliberate && m->grid[0])
		r = next_open(s, m->grid, f->now, &next);
	it->starts_utc = next.starts_utc;
	return r < 0 ? r : 0;
}

int facts_attendance(struct store *s, const char *code, struct facts *f)
{
	struct attendance_fact *a = &f->meeting.attendance;
	cleanup_query struct query q = {0};
	/* Several meetings may have the same four digits: the one that is on, the one that the sender has to do with. */
	int r = query_open(
	    s, &q,
	    "SELECT m.id, m.starts_utc, m.ends_utc, m.state = 'cancelled', m.place FROM meeting m WHERE m.code "
	    "= ?1"
	    " AND m.starts_utc > ?2 - ?4 AND m.starts_utc < ?2 + 35 * 86400"
	    " AND NOT EXISTS (SELECT 1 FROM meeting n WHERE n.moved_from = m.id)"
	    " ORDER BY m.state = 'cancelled', m.starts_utc - ?5 <= ?2 AND ?2 <= m.ends_utc + ?6 DESC,"
	    " EXISTS (SELECT 1 FROM rsvp r WHERE r.meeting = m.id AND r.number = ?3) DESC,"
	    " EXISTS (SELECT 1 FROM invitation i WHERE i.meeting = m.id AND i.number = ?3) DESC,"
	    " abs(m.starts_utc - ?2) LIMIT 1",
	    "tItIII", code, f->now, f->sender.number, (int64_t)ATTENDANCE_SEEN_S, (int64_t)ATTENDANCE_EARLY_S,
	    (int64_t)ATTENDANCE_LATE_S);
	if (r >= 0 && (r = query_next(&q)) == 1) {
		*a = (struct attendance_fact){.meeting = query_int(&q, 0),
					      .starts_utc = query_int(&q, 1),
					      .ends_utc = query_int(&q, 2),
					      .cancelled = query_int(&q, 3) != 0};
		text_copy(a->place, sizeof a->place, query_text(&q, 4));
	}
	return r < 0 ? r : 0;
}
