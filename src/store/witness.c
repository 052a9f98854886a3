#include "store/witness.h"
#include "base/text.h"
#include "store/internal.h"
#include "store/person_sql.h"

#include <errno.h>

static void read_witness(const struct query *q, struct witness *w)
{
	*w = (struct witness){.matter = (int)query_int(q, 0), .person = query_int(q, 1)};
	text_copy(w->number, sizeof w->number, query_text(q, 2));
}

int witness_choose(struct store *s, int matter, int64_t now, struct witness *ret, int max)
{
	cleanup_query struct query q = {0};
	int n = 0;
	int r = query_open(
	    s, &q,
	    "SELECT m.number, p.id, " PERSON_NUMBER " AS number,"
	    " (SELECT max(chosen_utc) FROM witness w WHERE w.number = " PERSON_NUMBER ") AS last"
	    " FROM matter m JOIN household h ON h.building = m.building AND h.grid IS m.grid"
	    " JOIN person p ON p.household = h.id AND p.verify = 1 JOIN phone f ON f.number = " PERSON_NUMBER
	    " WHERE m.number = ?1 AND m.building <> '' AND p.forgotten_utc IS NULL"
	    " AND f.opted_out = 'no' AND f.muted = 0 AND f.loop_muted_utc IS NULL AND f.number <> m.number_from"
	    " AND p.household IS NOT (SELECT household FROM person WHERE id = m.reporter)"
	    " AND NOT EXISTS (SELECT 1 FROM supporter su WHERE su.matter = m.number AND su.number = f.number)"
	    " AND coalesce(last, 0) <= ?2 - 86400 GROUP BY f.number ORDER BY coalesce(last, 0), p.id LIMIT ?3",
	    "iIi", matter, now, max);
	while (r >= 0 && n < max && (r = query_next(&q)) == 1)
		read_witness(&q, &ret[n++]);
	return r < 0 ? r : n;
}

int witness_add(struct store *s, const struct witness *w, int64_t until_utc, int64_t now)
{
	return store_run(
	    s,
	    "INSERT OR IGNORE INTO witness (matter, number, person, chosen_utc, until_utc) VALUES (?,?,?,?,?)",
	    "itPII", w->matter, w->number, w->person, now, until_utc);
}

int witness_waiting(struct store *s, const char *number, int64_t now, struct witness_waiting *ret, int max)
{
	cleanup_query struct query q = {0};
	int n = 0;
	int r = query_open(
	    s, &q,
	    "SELECT matter, coalesce(person, 0), number, until_utc FROM witness WHERE asked_utc IS NULL"
	    " AND until_utc > ?1 AND (?2 IS NULL OR number = ?2) ORDER BY until_utc LIMIT ?3",
	    "ITi", now, number, max);
	while (r >= 0 && n < max && (r = query_next(&q)) == 1) {
		read_witness(&q, &ret[n].w);
		ret[n++].until_utc = query_int(&q, 3);
	}
	return r < 0 ? r : n;
}

int witness_asked(struct store *s, const struct witness *w, int64_t now)
{
	return store_run(s, "UPDATE witness SET asked_utc = ? WHERE matter = ? AND number = ?", "Iit", now,
			 w->matter, w->number);
}

int witness_answer(struct store *s, int matter, const char *number, const char *answer)
{
	int r = store_run(
	    s,
	    "UPDATE witness SET answer = ?3 WHERE matter = ?1 AND number = ?2 AND asked_utc IS NOT NULL"
	    " AND (answer IS NULL OR ?3 IS NULL)",
	    "itT", matter, number, answer);
	return r < 0 ? r : store_changes(s);
}

int witness_count(struct store *s, int matter, struct witness_fact *ret)
{
	cleanup_query struct query q = {0};
	*ret = (struct witness_fact){.number = matter};
	int r = query_open(s, &q,
			   "SELECT count(*), coalesce(sum(answer = 'yes'), 0), coalesce(sum(answer = 'no'), 0)"
			   " FROM witness WHERE matter = ?",
			   "i", matter);
	if (r < 0 || (r = query_next(&q)) < 0)
		return r;
	ret->asked = (int)query_int(&q, 0);
	ret->yes = (int)query_int(&q, 1);
	ret->no = (int)query_int(&q, 2);
	return 0;
}
