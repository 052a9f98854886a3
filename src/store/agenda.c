/* The agenda of a meeting: which cases and proposals, in which order, under which words. */
#include "base/mem.h"
#include "base/text.h"
#include "store/internal.h"
#include "store/meeting.h"

#include <string.h>

#define TITLE_CHARS 14

/* Proposals and cases for deliberation of the meeting's subtree, or of no known grid. A case stays off once it
 * is settled; one that an earlier meeting of the series has decided does not come back by itself. */
int meeting_agenda_build(struct store *s, int64_t id)
{
	int r = store_run(
	    s,
	    "WITH RECURSIVE sub(code) AS (SELECT grid FROM meeting WHERE id = ?1 UNION"
	    " SELECT g.code FROM grid g JOIN sub ON g.parent = sub.code)"
	    "INSERT INTO agenda_item (meeting, matter) SELECT ?1, c.number FROM matter c"
	    " WHERE c.deliberate = 1 AND c.private = 0 AND (c.grid IS NULL OR c.grid IN sub)"
	    " AND c.state IN ('received', 'verified', 'assigned', 'in_progress')"
	    " AND EXISTS (SELECT 1 FROM meeting WHERE id = ?1 AND frozen_utc IS NULL)"
	    " AND NOT EXISTS (SELECT 1 FROM agenda_item a WHERE a.matter = c.number AND a.decision IS NOT NULL)"
	    " ON CONFLICT DO NOTHING",
	    "I", id);
	if (r < 0)
		return r;
	/* What was settled, merged, withdrawn or made private since leaves, unless the secretary put it there.
	 */
	return store_run(
	    s,
	    "DELETE FROM agenda_item WHERE meeting = ?1 AND position IS NULL AND dropped IS NULL AND decision "
	    "IS NULL"
	    " AND EXISTS (SELECT 1 FROM meeting WHERE id = ?1 AND frozen_utc IS NULL AND state <> 'held')"
	    " AND EXISTS (SELECT 1 FROM matter c WHERE c.number = agenda_item.matter AND (c.private = 1"
	    " OR c.deliberate = 0 OR c.state NOT IN ('received', 'verified', 'assigned', 'in_progress')))",
	    "I", id);
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
	text_mask_controls(out);
}

int meeting_agenda(struct store *s, int64_t id, int (*row)(void *ctx, const struct agenda_row *a), void *ctx)
{
	cleanup_query struct query q = {0};
	int r = query_open(
	    s, &q,
	    "SELECT c.number, c.category, c.kind, c.text, coalesce(c.grid, ''),"
	    " 1 + (SELECT count(*) FROM supporter su WHERE su.matter = c.number AND su.number <> "
	    "c.number_from) AS n"
	    " FROM agenda_item a JOIN matter c ON c.number = a.matter WHERE a.meeting = ? AND a.dropped IS NULL"
	    " AND c.private = 0 AND c.state NOT IN ('merged', 'rejected')"
	    " ORDER BY a.position IS NULL, a.position, n DESC, c.urgent DESC, c.opened_utc, c.number",
	    "I", id);
	for (int position = 1; r >= 0 && (r = query_next(&q)) == 1; position++) {
		char title[TITLE_CHARS * 4 + 1];
		int category = category_find(query_text(&q, 1));
		cleanup_free char *text = mem_dup(query_text(&q, 3));
		if (category == CATEGORY_DISPUTE)
			text[0] = 0;
		text_mask_controls(text);
		title_of(title, sizeof title, text);
		struct agenda_row a = {.position = position,
				       .title = title,
				       .text = text,
				       .matter = (int)query_int(&q, 0),
				       .supporters = (int)query_int(&q, 5),
				       .category = category < 0 ? CATEGORY_OTHER : (enum category)category,
				       .kind = strcmp(query_text(&q, 2), "proposal") ? MATTER_CASE
										     : MATTER_PROPOSAL,
				       .grid = query_text(&q, 4)};
		int end = row(ctx, &a);
		if (end)
			return end;
	}
	return r;
}
