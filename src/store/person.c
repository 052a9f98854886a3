/* Reading the registry; what changes it is in person_write.c. */
#include "store/person.h"

#include "base/mem.h"
#include "base/text.h"
#include "store/internal.h"
#include "store/person_sql.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

static unsigned read_roles(const char *words)
{
	unsigned roles = 0;
	char one[32];
	while (*words) {
		size_t n = strcspn(words, " ");
		if (n < sizeof one) {
			memcpy(one, words, n);
			one[n] = 0;
			int i = role_find(one);
			roles |= i >= 0 ? 1u << i : 0;
		}
		words += n + (words[n] == ' ');
	}
	return roles;
}

/* The columns of PERSON_COLUMNS, from `at` on. */
static void read_person(const struct query *q, struct person *p)
{
	*p = (struct person){.id = query_int(q, 0), .household = query_int(q, 1)};
	text_copy(p->name, sizeof p->name, query_text(q, 2));
	text_copy(p->grid, sizeof p->grid, query_text(q, 3));
	text_copy(p->building, sizeof p->building, query_text(q, 4));
	text_copy(p->unit, sizeof p->unit, query_text(q, 5));
	text_copy(p->room, sizeof p->room, query_text(q, 6));
	p->has_language = !query_null(q, 7);
	p->language = !strcmp(query_text(q, 7), "en") ? LANG_EN : LANG_ZH;
	p->consent = !query_null(q, 8);
	p->confirmed = query_int(q, 9) != 0;
	p->created_utc = query_int(q, 10);
	p->changed_utc = query_int(q, 11);
	p->roles = read_roles(query_text(q, 12));
	text_copy(p->number, sizeof p->number, query_text(q, 13));
}

int persons_of_number(struct store *s, const char *number, struct person ret[PERSONS_PER_NUMBER])
{
	cleanup_query struct query q = {0};
	int n = 0;
	int r =
	    query_open(s, &q,
		       "SELECT " PERSON_COLUMNS " FROM person_phone pp JOIN person p ON p.id = pp.person"
		       " JOIN household h ON h.id = p.household WHERE pp.number = ? AND p.forgotten_utc IS NULL"
		       " ORDER BY p.id LIMIT 4",
		       "t", number);
	while (r >= 0 && (r = query_next(&q)) == 1 && n < PERSONS_PER_NUMBER)
		read_person(&q, &ret[n++]);
	return r < 0 ? r : n;
}

int person_get(struct store *s, int64_t id, struct person *ret)
{
	cleanup_query struct query q = {0};
	int r = query_find(s, &q,
			   "SELECT " PERSON_COLUMNS " FROM person p JOIN household h ON h.id = p.household"
			   " WHERE p.id = ? AND p.forgotten_utc IS NULL",
			   "I", id);
	if (r < 0)
		return r;
	read_person(&q, ret);
	return 0;
}

void person_roles_json(unsigned roles, struct buf *b)
{
	buf_addc(b, '[');
	for (int i = 0; i < ROLE_COUNT; i++)
		if (roles & 1u << i)
			buf_addf(b, "%s\"%s\"", b->len > 1 ? "," : "", role_name(i));
	buf_addc(b, ']');
}

int persons_with_role(struct store *s, unsigned roles, const char *grid, struct person *ret, int max)
{
	cleanup_query struct query q = {0};
	cleanup_buf struct buf words = {0};
	int n = 0;
	person_roles_json(roles, &words);
	int r = query_open(
	    s, &q,
	    "WITH RECURSIVE up (code, d) AS (SELECT ?1, 0 WHERE ?1 IS NOT NULL"
	    " UNION SELECT g.parent, d + 1 FROM grid g JOIN up ON g.code = up.code"
	    " WHERE g.parent IS NOT NULL AND d < 16)"
	    "SELECT " PERSON_COLUMNS ", coalesce((SELECT d FROM up WHERE code = h.grid), 99) AS distance"
	    " FROM person p JOIN household h ON h.id = p.household"
	    " WHERE p.id IN (SELECT person FROM person_role WHERE role IN (SELECT value FROM json_each(?2)))"
	    " AND p.forgotten_utc IS NULL AND (?1 IS NULL OR h.grid IN (SELECT code FROM up))"
	    " AND " PERSON_NUMBER " IS NOT NULL ORDER BY distance, p.id",
	    "Tt", grid, buf_str(&words));
	while (r >= 0 && n < max && (r = query_next(&q)) == 1)
		read_person(&q, &ret[n++]);
	return r < 0 ? r : n;
}

/* "a b c" cut in place. */
static int split(char *words, const char *ret[PERSON_NUMBERS])
{
	int n = 0;
	char *save = NULL;
	for (char *w = strtok_r(words, " ", &save); w && n < PERSON_NUMBERS; w = strtok_r(NULL, " ", &save))
		ret[n++] = w;
	return n;
}

int person_list(struct store *s, const struct person_filter *f,
		int (*each)(void *user, const struct person_view *v), void *user)
{
	cleanup_query struct query q = {0};
	cleanup_buf struct buf roles = {0};
	person_roles_json(f->roles, &roles);
	int r =
	    query_open(s, &q,
		       "SELECT " PERSON_COLUMNS ","
		       " (SELECT group_concat(number, ' ') FROM (SELECT number FROM person_phone WHERE "
		       "person = p.id ORDER BY position, number)),"
		       " (SELECT max(CASE opted_out WHEN 'all' THEN 2 WHEN 'broadcasts' THEN 1 ELSE 0 END)"
		       "  FROM person_phone JOIN phone USING (number) WHERE person = p.id),"
		       " (SELECT max(muted) FROM person_phone JOIN phone USING (number) WHERE person = "
		       "p.id), p.consent_utc,"
		       " (SELECT group_concat(number, ' ') FROM person_phone JOIN phone USING (number)"
		       "  WHERE person = p.id AND unlinked_utc IS NOT NULL),"
		       " (SELECT max(unlinked_utc) FROM person_phone JOIN phone USING (number) WHERE person "
		       "= p.id), p.expertise, p.verify"
		       " FROM person p JOIN household h ON h.id = p.household WHERE p.forgotten_utc IS NULL"
		       " AND (?1 IS NULL OR h.grid IN " GRID_SUBTREE(
			   "?1") ")"
				 " AND (?2 = '[]' OR EXISTS (SELECT 1 FROM person_role WHERE person = p.id "
				 "AND role IN (SELECT value FROM json_each(?2))))"
				 " AND (?3 IS NULL OR instr(p.name, ?3) OR EXISTS (SELECT 1 FROM "
				 "person_phone WHERE person = p.id AND instr(number, ?3)))"
				 " AND (?4 = 0 OR (?4 > 0) = (p.consent_source IS NOT NULL)) AND "
				 "p.changed_utc >= ?5 AND (?6 = 0 OR p.id = ?6)"
				 " ORDER BY p.id LIMIT ?7",
		       "TtTiIII", f->grid, buf_str(&roles), f->text, f->consent, f->since_utc, f->id,
		       f->limit == LONG_MAX ? (int64_t)-1 : (int64_t)f->limit);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		static const char *const words[] = {"no", "broadcasts", "all"};
		struct person_view v = {.opted_out = words[query_int(&q, 15)],
					.muted = query_int(&q, 16) != 0,
					.consent_source = query_text0(&q, 8),
					.consent_utc = query_int(&q, 17),
					.unlinked_utc = query_int(&q, 19),
					.verify = query_int(&q, 21) != 0};
		cleanup_free char *numbers = mem_dup(query_text(&q, 14));
		cleanup_free char *unlinked = mem_dup(query_text(&q, 18));
		cleanup_free char *expertise = mem_dup(query_text(&q, 20));
		v.expertise = expertise;
		v.number_count = split(numbers, v.numbers);
		v.unlinked_count = split(unlinked, v.unlinked);
		read_person(&q, &v.p);
		int stop = each(user, &v);
		if (stop)
			return stop;
	}
	return r;
}
