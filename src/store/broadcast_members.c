/* Who of an audience gets a broadcast, and why the others do not: one row for each person, and for each number that nobody
 * of the registry has, in the order of the numbers. */
#include "store/broadcast.h"

#include "base/mem.h"
#include "store/internal.h"
#include "store/person_sql.h"

#include <string.h>

/* Index phone_special: the phones that are not written to are a short list; everybody else's is not looked up. */
#define PHONE_SPECIAL "(f.opted_out <> 'no' OR f.muted <> 0 OR f.unlinked_utc IS NOT NULL)"

/* Why somebody who has no phone that could be texted has none. */
#define WITHOUT_NUMBER                                                                                         \
	" CASE WHEN EXISTS (SELECT 1 FROM person_phone pp WHERE pp.person = a.person AND " NUMBER_TEXTABLE(    \
	    "pp.number") ") THEN 'unlinked'"                                                                   \
			 " WHEN EXISTS (SELECT 1 FROM person_phone pp WHERE pp.person = a.person) THEN "       \
			 "'landline'"                                                                          \
			 " ELSE 'no_phone' END"

/* In this order, so that of those who share a phone the first who may have it has it. MATERIALIZED, or the phone would be
 * looked for once for each column that it stands in; CROSS JOIN, since the audience may be small and the registry is not. */
static int choose(struct store *s)
{
	return store_run(
	    s,
	    "WITH named AS MATERIALIZED (SELECT a.id AS person, a.times, a.barred,"
	    "  a.asked OR p.consent_source IS NOT NULL AS consent, coalesce(a.number, " PERSON_NUMBER
	    ") AS number"
	    "  FROM audience_person a CROSS JOIN person p ON p.id = a.id WHERE a.times > 0"
	    " UNION ALL SELECT NULL, times, barred, 1, number FROM audience_number WHERE times > 0)"
	    " INSERT INTO audience (number, person, times, reason)"
	    " SELECT a.number, a.person, a.times, CASE WHEN a.barred OR n.barred THEN 'excluded'"
	    "  WHEN a.number IS NULL THEN" WITHOUT_NUMBER " WHEN NOT " NUMBER_TEXTABLE(
		"a.number") " THEN 'landline' WHEN f.unlinked_utc IS NOT NULL THEN 'unlinked' WHEN f.muted "
			    "THEN 'muted'"
			    "  WHEN f.number IS NOT NULL THEN 'opted_out' WHEN NOT a.consent THEN 'no_consent' "
			    "END AS reason"
			    " FROM named a LEFT JOIN audience_number n ON n.number = a.number AND n.barred"
			    " LEFT JOIN phone f INDEXED BY phone_special ON f.number = a.number "
			    "AND " PHONE_SPECIAL " ORDER BY a.number, reason IS NOT NULL, a.person",
	    "");
}

/* Who follows in the list on somebody that gets it on the same phone. */
static int share(struct store *s)
{
	return store_run(s,
			 "UPDATE audience AS a SET reason = 'duplicate' FROM audience b WHERE a.reason IS NULL"
			 " AND b.position = a.position - 1 AND b.number = a.number",
			 "");
}

int broadcast_audience_end(struct store *s, struct broadcast_audience *ret)
{
	struct broadcast_audience a = {0};
	const struct {
		const char *reason;
		int64_t *count;
	} counts[] = {{"", &a.recipients},         {"no_phone", &a.no_phone},     {"landline", &a.landlines},
		      {"opted_out", &a.opted_out}, {"muted", &a.muted},           {"unlinked", &a.unlinked},
		      {"excluded", &a.excluded},   {"no_consent", &a.no_consent}, {"duplicate", &a.duplicates}};
	cleanup_query struct query q = {0};
	int64_t repeated = 0;
	int r = choose(s);
	if (!r)
		r = share(s);
	if (!r)
		r = query_open(s, &q, "SELECT reason, count(*), sum(times - 1) FROM audience GROUP BY reason",
			       "");
	while (!r && (r = query_next(&q)) == 1) {
		for (size_t i = 0; i < ARRAY_LEN(counts); i++)
			if (!strcmp(query_text(&q, 0), counts[i].reason))
				*counts[i].count = query_int(&q, 1);
		repeated += query_int(&q, 2);
		r = 0;
	}
	if (r)
		return r;
	a.duplicates += repeated;
	*ret = a;
	return 0;
}

static int each_of(struct store *s, const char *reason, int (*row)(void *ctx, const struct broadcast_member *m),
		   void *ctx)
{
	cleanup_query struct query q = {0};
	int r = query_open(
	    s, &q,
	    "SELECT coalesce(a.number, (SELECT pp.number FROM person_phone pp WHERE pp.person = a.person"
	    "  ORDER BY pp.position, pp.number LIMIT 1), ''), coalesce(a.person, 0), p.name, h.grid, "
	    "h.building,"
	    " h.unit, h.room, g.name"
	    " FROM audience a LEFT JOIN person p ON p.id = a.person LEFT JOIN household h ON h.id = p.household"
	    " LEFT JOIN grid g ON g.code = h.grid WHERE a.reason IS ? ORDER BY a.position",
	    "T", reason);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		struct broadcast_member m = {.number = query_text(&q, 0),
					     .person = query_int(&q, 1),
					     .name = query_text(&q, 2),
					     .grid = query_text(&q, 3),
					     .building = query_text(&q, 4),
					     .unit = query_text(&q, 5),
					     .room = query_text(&q, 6),
					     .grid_name = query_text(&q, 7),
					     .reason = reason};
		int end = row(ctx, &m);
		if (end)
			return end;
	}
	return r;
}

void broadcast_values(const struct broadcast_member *m, struct mark_values *ret)
{
	*ret = (struct mark_values){{[MARK_NAME] = m->name,
				     [MARK_BUILDING] = m->building,
				     [MARK_UNIT] = m->unit,
				     [MARK_ROOM] = m->room,
				     [MARK_GRID] = *m->grid_name ? m->grid_name : m->grid}};
}

int broadcast_recipients_each(struct store *s, int (*row)(void *ctx, const struct broadcast_member *m),
			      void *ctx)
{
	return each_of(s, "", row, ctx);
}

int broadcast_audience_each(struct store *s, int (*row)(void *ctx, const struct broadcast_member *m), void *ctx)
{
	static const char *const reasons[] = {"opted_out",  "muted",     "unlinked", "landline", "no_phone",
					      "no_consent", "duplicate", "excluded", ""};
	int r = 0;
	for (size_t i = 0; i < ARRAY_LEN(reasons) && !r; i++)
		r = each_of(s, reasons[i], row, ctx);
	return r;
}
