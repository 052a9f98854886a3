/* Who gets a broadcast. The audience lives in two temporary tables of this connection: people that the terms
 * name, and numbers with the reason why they are left out. */
#include "store/broadcast.h"

#include "base/e164.h"
#include "base/mem.h"
#include "rules/intent.h"
#include "store/grid.h"
#include "store/internal.h"
#include "store/person_sql.h"

#include <errno.h>
#include <libintl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const tables[] = {
    "CREATE TEMP TABLE IF NOT EXISTS audience_person (id INTEGER PRIMARY KEY, times INTEGER NOT NULL DEFAULT 1,"
    " number TEXT)",
    "CREATE TEMP TABLE IF NOT EXISTS audience (number TEXT PRIMARY KEY, person INTEGER, times INTEGER NOT NULL "
    "DEFAULT 1,"
    " consent INTEGER NOT NULL DEFAULT 1, reason TEXT) WITHOUT ROWID",
    "CREATE TEMP TABLE IF NOT EXISTS audience_lost (id INTEGER PRIMARY KEY, reason TEXT NOT NULL)",
};

#define PHONE_SPECIAL "(opted_out <> 'no' OR muted <> 0 OR unlinked_utc IS NOT NULL)"

static int make_tables(struct store *s)
{
	int r = 0;
	for (size_t i = 0; i < ARRAY_LEN(tables) && !r; i++)
		r = store_run(s, tables[i], "");
	if (!r)
		r = store_run(s, "DELETE FROM audience_person", "");
	if (!r)
		r = store_run(s, "DELETE FROM audience", "");
	return r ? r : store_run(s, "DELETE FROM audience_lost", "");
}

#define ADD_PEOPLE(where)                                                                                      \
	"INSERT INTO audience_person (id) SELECT p.id FROM person p JOIN household h ON h.id = p.household"    \
	" WHERE p.forgotten_utc IS NULL AND " where " ON CONFLICT DO UPDATE SET times = times + 1"

/* A number that somebody of the registry has counts as that person: the consent is the person's. */
#define ADD_NUMBERS(select)                                                                                    \
	"INSERT INTO audience (number, person, consent) SELECT n.number, p.id,"                                \
	" p.id IS NULL OR p.consent_source IS NOT NULL FROM (" select ") n LEFT JOIN person p ON p.id ="       \
	" (SELECT pp.person FROM person_phone pp JOIN person x ON x.id = pp.person WHERE pp.number = n.number" \
	"  ORDER BY x.consent_source IS NULL, x.id LIMIT 1) WHERE true ON CONFLICT DO UPDATE SET times = "     \
	"times + 1"

static int known_grid(struct store *s, const char *code, struct err *e)
{
	int r = grid_known(s, code);
	return r == -EINVAL ? err_set(e, NULL, 0, gettext("there is no grid %s"), code) : r;
}

static int term_grid(struct store *s, const char *arg, struct err *e)
{
	char code[GRID_CODE_MAX + 32];
	const char *slash = strchr(arg, '/');
	snprintf(code, sizeof code, "%.*s", (int)(slash ? slash - arg : (int)strlen(arg)), arg);
	int r = known_grid(s, code, e);
	if (r)
		return r;
	return slash ? store_run(s, ADD_PEOPLE("h.grid IN " GRID_SUBTREE("?1") " AND h.building = ?2"), "tt",
				 code, slash + 1)
		     : store_run(s, ADD_PEOPLE("h.grid IN " GRID_SUBTREE("?1")), "t", code);
}

/* "volunteer", or "volunteer@KS-03": those of a grid and below. */
static int term_role(struct store *s, const char *arg, struct err *e)
{
	const char *at = strchr(arg, '@');
	char name[64];
	snprintf(name, sizeof name, "%.*s", at ? (int)(at - arg) : (int)strlen(arg), arg);
	int role = role_find(name);
	if (role < 0)
		return err_set(e, NULL, 0, gettext("%s is no role"), name);
	int r = at ? known_grid(s, at + 1, e) : 0;
	if (r)
		return r;
	if (at)
		return store_run(s,
				 ADD_PEOPLE("p.id IN (SELECT person FROM person_role WHERE role = ?1)"
					    " AND h.grid IN " GRID_SUBTREE("?2")),
				 "tt", role_name(role), at + 1);
	r = store_run(s, ADD_PEOPLE("p.id IN (SELECT person FROM person_role WHERE role = ?1)"), "t",
		      role_name(role));
	/* who has no role at all is a resident */
	return r || strcmp(role_name(role), "resident") != 0
		   ? r
		   : store_run(s, ADD_PEOPLE("NOT EXISTS (SELECT 1 FROM person_role WHERE person = p.id)"), "");
}

/* Who asked for the job board's news; asking is the consent. */
static int term_jobs(struct store *s)
{
	return store_run(s,
			 "INSERT INTO audience (number, person, consent) SELECT u.number, (SELECT min(person) "
			 "FROM person_phone pp"
			 " WHERE pp.number = u.number), 1 FROM subscription u WHERE u.topic = 'jobs'"
			 " ON CONFLICT DO UPDATE SET times = times + 1, consent = 1",
			 "");
}

static int number_of(const char *arg, int64_t *ret)
{
	char *end;
	errno = 0;
	*ret = strtoll(arg, &end, 10);
	return errno || end == arg || *end || *ret < 1 ? -EINVAL : 0;
}

static int term_meeting(struct store *s, const char *answer, const char *arg, struct err *e)
{
	int64_t id, known = 0;
	int r = number_of(arg, &id)
		    ? 0
		    : store_get(s, &known, "SELECT count(*) FROM meeting WHERE id = ?", "I", id);
	if (r)
		return r;
	if (!known)
		return err_set(e, NULL, 0, gettext("there is no meeting %s"), arg);
	if (!strcmp(answer, "invited"))
		return store_run(s, ADD_NUMBERS("SELECT number FROM invitation WHERE meeting = ?1"), "I", id);
	if (!strcmp(answer, "none"))
		return store_run(s,
				 ADD_NUMBERS("SELECT number FROM invitation i WHERE meeting = ?1 AND NOT EXISTS"
					     " (SELECT 1 FROM rsvp WHERE meeting = ?1 AND number = i.number)"),
				 "I", id);
	return store_run(s, ADD_NUMBERS("SELECT number FROM rsvp WHERE meeting = ?1 AND answer = ?2"), "It", id,
			 answer);
}

static int term_case(struct store *s, const char *arg, struct err *e)
{
	int64_t id, known = 0;
	int r =
	    number_of(arg, &id)
		? 0
		: store_get(s, &known, "SELECT count(*) FROM matter WHERE number = ? AND private = 0", "I", id);
	if (r)
		return r;
	if (!known)
		return err_set(e, NULL, 0, gettext("there is no case %s"), arg);
	return store_run(
	    s,
	    ADD_NUMBERS("SELECT number FROM supporter WHERE matter = ?1"
			" UNION SELECT number_from FROM matter WHERE number = ?1 AND number_from <> ''"),
	    "I", id);
}

/* Who has a place in a task or an activity. */
static int term_task(struct store *s, const char *arg, struct err *e)
{
	int64_t id, known = 0;
	int r = number_of(arg, &id)
		    ? 0
		    : store_get(s, &known, "SELECT count(*) FROM offer WHERE number = ?", "I", id);
	if (r)
		return r;
	if (!known)
		return err_set(e, NULL, 0, gettext("there is no task %s"), arg);
	return store_run(
	    s,
	    ADD_NUMBERS("SELECT number FROM claim WHERE offer = ?1 AND state IN ('taken', 'there', 'done',"
			" 'confirmed')"),
	    "I", id);
}

int broadcast_audience_add(struct store *s, const char *number)
{
	return store_run(s, ADD_NUMBERS("SELECT ?1 AS number"), "t", number);
}

static int term(struct store *s, const char *word, struct err *e)
{
	const char *colon = strchr(word, ':');
	char kind[16], number[E164_MAX];
	if (!strcmp(word, "all"))
		return store_run(s, ADD_PEOPLE("true"), "");
	if (!strcmp(word, "jobs"))
		return term_jobs(s);
	snprintf(kind, sizeof kind, "%.*s", colon ? (int)(colon - word) : 0, word);
	if (!strcmp(kind, "grid") || !strcmp(kind, "building"))
		return term_grid(s, colon + 1, e);
	if (!strcmp(kind, "role"))
		return term_role(s, colon + 1, e);
	if (!strcmp(kind, "yes") || !strcmp(kind, "no") || !strcmp(kind, "none") || !strcmp(kind, "invited"))
		return term_meeting(s, kind, colon + 1, e);
	if (!strcmp(kind, "case"))
		return term_case(s, colon + 1, e);
	if (!strcmp(kind, "task"))
		return term_task(s, colon + 1, e);
	if (!strcmp(kind, "number")) {
		if (!e164_is_person(e164_parse(colon + 1, number)))
			return err_set(e, NULL, 0, gettext("%s is no telephone number of a person"), colon + 1);
		return broadcast_audience_add(s, number);
	}
	return err_set(
	    e, NULL, 0,
	    gettext("%s is no audience; all, grid:CODE, building:CODE/3, role:ROLE, role:ROLE@GRID, jobs, "
		    "yes:MEETING, "
		    "no:MEETING, none:MEETING, invited:MEETING, case:NUMBER, task:NUMBER, file:LIST.csv, "
		    "number:NUMBER are"),
	    word);
}

int broadcast_audience_begin(struct store *s, const char *terms, struct err *e)
{
	cleanup_free char *copy = mem_dup(terms);
	char *save = NULL;
	int r = make_tables(s);
	for (char *w = strtok_r(copy, " ,", &save); w && !r; w = strtok_r(NULL, " ,", &save))
		r = term(s, w, e);
	return r;
}

/* The people's phones join the numbers; people without one that can be texted are lost, each with the reason.
 */
static int people_to_numbers(struct store *s)
{
	int r = store_run(s, "UPDATE audience_person AS p SET number = " PERSON_NUMBER, "");
	if (r)
		return r;
	/* CROSS JOIN: in this order, since the audience may be small and the registry is not */
	r = store_run(s,
		      "INSERT INTO audience (number, person, consent, times)"
		      " SELECT a.number, p.id, p.consent_source IS NOT NULL AS consent, a.times"
		      " FROM audience_person a CROSS JOIN person p ON p.id = a.id"
		      " WHERE a.number IS NOT NULL ORDER BY consent DESC, p.id"
		      " ON CONFLICT DO UPDATE SET times = times + excluded.times, consent = max(consent, "
		      "excluded.consent)",
		      "");
	if (r)
		return r;
	return store_run(
	    s,
	    "INSERT INTO audience_lost (id, reason) SELECT a.id, CASE"
	    " WHEN EXISTS (SELECT 1 FROM person_phone pp JOIN phone f USING (number) WHERE pp.person = a.id"
	    "  AND " NUMBER_TEXTABLE("number") ") THEN 'unlinked'"
					       " WHEN EXISTS (SELECT 1 FROM person_phone pp WHERE pp.person = "
					       "a.id) THEN 'landline' ELSE "
					       "'no_phone' END"
					       " FROM audience_person a WHERE a.number IS NULL",
	    "");
}

/* Why nothing is sent to some. The phones that want nothing are a short list (index phone_special); everybody else is not
 * looked up. */
static int leave_out(struct store *s)
{
	int r =
	    store_run(s, "UPDATE audience SET reason = 'landline' WHERE NOT " NUMBER_TEXTABLE("number"), "");
	if (!r)
		r = store_run(
		    s,
		    "UPDATE audience SET reason = CASE WHEN f.unlinked_utc IS NOT NULL THEN 'unlinked'"
		    " WHEN f.muted THEN 'muted' ELSE 'opted_out' END"
		    " FROM (SELECT number, unlinked_utc, muted FROM phone WHERE " PHONE_SPECIAL ") f"
		    " WHERE f.number = audience.number AND reason IS NULL",
		    "");
	return r ? r
		 : store_run(
		       s, "UPDATE audience SET reason = 'no_consent' WHERE reason IS NULL AND NOT consent", "");
}

static int count_lost(struct store *s, const char *reason, int64_t *ret)
{
	return store_get(s, ret,
			 "SELECT (SELECT count(*) FROM audience WHERE reason = ?1) + (SELECT count(*) FROM "
			 "audience_lost WHERE reason = ?1)",
			 "t", reason);
}

int broadcast_audience_end(struct store *s, struct broadcast_audience *ret)
{
	struct broadcast_audience a = {0};
	int64_t repeated, people;
	int r = people_to_numbers(s);
	if (!r)
		r = leave_out(s);
	if (!r)
		r = store_get(s, &a.numbers, "SELECT count(*) FROM audience", "");
	if (!r)
		r = store_get(s, &a.recipients, "SELECT count(*) FROM audience WHERE reason IS NULL", "");
	if (!r)
		r = store_get(s, &repeated, "SELECT coalesce(sum(times - 1), 0) FROM audience", "");
	if (!r)
		r = store_get(s, &people, "SELECT count(*) FROM audience_person", "");
	static const char *const reasons[] = {"no_phone", "landline", "opted_out",
					      "muted",    "unlinked", "no_consent"};
	int64_t *const counts[] = {&a.no_phone, &a.landlines, &a.opted_out,
				   &a.muted,    &a.unlinked,  &a.no_consent};
	for (size_t i = 0; i < ARRAY_LEN(reasons) && !r; i++)
		r = count_lost(s, reasons[i], counts[i]);
	if (r)
		return r;
	a.duplicates = repeated;
	a.people = people;
	*ret = a;
	return 0;
}
