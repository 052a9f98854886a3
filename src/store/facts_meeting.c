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
	    " EXISTS (SELECT 1 FROM invitation i WHERE i.meeting = m.id AND i.number = ?2)"
	    " FROM meeting m WHERE m.state <> 'cancelled' AND m.ends_utc > ?3 AND m.starts_utc <= ?3 + 35 * "
	    "86400"
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
					   .invited = query_int(&q, 9) != 0};
		text_copy(m->grid, sizeof m->grid, query_text(&q, 3));
		text_copy(m->place, sizeof m->place, query_text(&q, 4));
		text_copy(m->code, sizeof m->code, query_text(&q, 5));
	}
	query_close(&q);
	f->meeting_count = n;
	for (int i = 0; r >= 0 && i < n; i++)
		if ((r = meeting_agenda_build(s, f->meetings[i].id)) >= 0)
			r = meeting_agenda(s, f->meetings[i].id, add_item, &f->meetings[i]);
	return r < 0 ? r : 0;
}
