/* Who is meant by a broadcast. The terms fill temporary tables of this connection, in which somebody stands once however
 * often they are named; broadcast_members.c then says who of them gets it. */
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

/* `times`: terms that name them, 0: they are only taken out. `number`: the phone that a term named them by. */
static const char *const tables[] = {
    "CREATE TEMP TABLE IF NOT EXISTS audience_person (id INTEGER PRIMARY KEY, times INTEGER NOT NULL,"
    " barred INTEGER NOT NULL, asked INTEGER NOT NULL DEFAULT 0, number TEXT)",
    "CREATE TEMP TABLE IF NOT EXISTS audience_number (number TEXT PRIMARY KEY, times INTEGER NOT NULL,"
    " barred INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TEMP TABLE IF NOT EXISTS audience_named (number TEXT NOT NULL, person INTEGER)",
    "CREATE TEMP TABLE IF NOT EXISTS audience_list (list INTEGER NOT NULL, number TEXT NOT NULL)",
    "CREATE TEMP TABLE IF NOT EXISTS audience (position INTEGER PRIMARY KEY, number TEXT, person INTEGER,"
    " times INTEGER NOT NULL, reason TEXT)",
};

static int make_tables(struct store *s)
{
	static const char *const empty[] = {"DELETE FROM audience_person", "DELETE FROM audience_number",
					    "DELETE FROM audience"};
	int r = 0;
	for (size_t i = 0; i < ARRAY_LEN(tables) && !r; i++)
		r = store_run(s, tables[i], "");
	for (size_t i = 0; i < ARRAY_LEN(empty) && !r; i++)
		r = store_run(s, empty[i], "");
	return r;
}

struct term {
	bool barred; /* takes out instead of naming; ?1 of every statement below */
	bool asked;  /* being named so is the consent */
};

#define ADD_PEOPLE(where)                                                                                      \
	"INSERT INTO audience_person (id, times, barred) SELECT p.id, NOT ?1, ?1 FROM person p"                \
	" WHERE p.forgotten_utc IS NULL AND " where                                                            \
	" ON CONFLICT DO UPDATE SET times = times + excluded.times, barred = barred | excluded.barred"

/* Numbers with the person who is known to have used them, or NULL: then a number that somebody of the registry has is that
 * person, of several the one who agreed. */
#define NAME(select)                                                                                           \
	"INSERT INTO audience_named (number, person) SELECT n.number, coalesce((SELECT x.id FROM person x"     \
	" WHERE x.id = n.person AND x.forgotten_utc IS NULL), (SELECT pp.person FROM person_phone pp"          \
	" JOIN person x ON x.id = pp.person WHERE pp.number = n.number"                                        \
	" ORDER BY x.consent_source IS NULL, x.id LIMIT 1)) FROM (" select ") n"

/* People who were named by a number get it there; of several numbers at the first of theirs, and on another phone of
 * theirs when that one cannot be texted or was unlinked. */
static int add_named(struct store *s, const struct term *t)
{
	int r = store_run(
	    s,
	    "INSERT INTO audience_person (id, times, barred, asked, number) SELECT a.person, NOT ?1, ?1, ?2,"
	    " (SELECT tp.number FROM person_phone tp WHERE NOT ?1 AND tp.person = a.person AND tp.number = "
	    "a.number"
	    "  AND " NUMBER_TEXTABLE(
		"tp.number") " AND NOT EXISTS (SELECT 1 FROM phone f WHERE f.number = tp.number"
			     "  AND f.unlinked_utc IS NOT NULL)) FROM audience_named a WHERE a.person IS NOT "
			     "NULL"
			     " ON CONFLICT DO UPDATE SET times = times + excluded.times, barred = barred | "
			     "excluded.barred,"
			     " asked = asked | excluded.asked, number = CASE WHEN number IS NULL THEN "
			     "excluded.number"
			     "  WHEN excluded.number IS NULL THEN number ELSE (SELECT tp.number FROM "
			     "person_phone tp"
			     "  WHERE tp.person = excluded.id AND tp.number IN (audience_person.number, "
			     "excluded.number)"
			     "  ORDER BY tp.position, tp.number LIMIT 1) END",
	    "bb", t->barred, t->asked);
	/* the number of somebody in the registry is not named, but it may be taken out: for who shares it, too */
	if (!r)
		r = store_run(s,
			      "INSERT INTO audience_number (number, times, barred) SELECT number, NOT ?1, ?1"
			      " FROM audience_named WHERE (person IS NULL OR ?1) AND number GLOB '+*'"
			      " ON CONFLICT DO UPDATE SET times = times + excluded.times,"
			      " barred = barred | excluded.barred",
			      "b", t->barred);
	return r ? r : store_run(s, "DELETE FROM audience_named", "");
}

static int known_grid(struct store *s, const char *code, struct err *e)
{
	int r = grid_known(s, code);
	return r == -EINVAL ? err_set(e, NULL, 0, gettext("there is no grid %s"), code) : r;
}

static int term_grid(struct store *s, const struct term *t, const char *kind, const char *arg, struct err *e)
{
	char code[GRID_CODE_MAX + 32];
	const char *slash = strchr(arg, '/');
	snprintf(code, sizeof code, "%.*s", (int)(slash ? slash - arg : (int)strlen(arg)), arg);
	int r = known_grid(s, code, e);
	if (r == -EINVAL && !slash && !strcmp(kind, "building"))
		return err_set(e, NULL, 0,
			       gettext("building:%s does not say of which grid: building:GRID/%s, such as "
				       "building:KS-03/3"),
			       arg, arg);
	if (r)
		return r;
	return slash ? store_run(s,
				 ADD_PEOPLE("p.household IN (SELECT id FROM household"
					    " WHERE grid IN " GRID_SUBTREE("?2") " AND building = ?3)"),
				 "btt", t->barred, code, slash + 1)
		     : store_run(s,
				 ADD_PEOPLE("p.household IN (SELECT id FROM household"
					    " WHERE grid IN " GRID_SUBTREE("?2") ")"),
				 "bt", t->barred, code);
}

/* "volunteer", or "volunteer@KS-03": those of a grid and below. */
static int term_role(struct store *s, const struct term *t, const char *arg, struct err *e)
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
				 ADD_PEOPLE("p.id IN (SELECT person FROM person_role WHERE role = ?2)"
					    " AND p.household IN (SELECT id FROM household"
					    " WHERE grid IN " GRID_SUBTREE("?3") ")"),
				 "btt", t->barred, role_name(role), at + 1);
	r = store_run(s, ADD_PEOPLE("p.id IN (SELECT person FROM person_role WHERE role = ?2)"), "bt",
		      t->barred, role_name(role));
	/* who has no role at all is a resident */
	return r || strcmp(role_name(role), "resident") != 0
		   ? r
		   : store_run(s, ADD_PEOPLE("NOT EXISTS (SELECT 1 FROM person_role WHERE person = p.id)"), "b",
			       t->barred);
}

static int term_group(struct store *s, const struct term *t, const char *arg, struct err *e)
{
	int64_t any;
	int r = store_get(s, &any, "SELECT 1 FROM person_group WHERE name = ? LIMIT 1", "t", arg);
	if (r == -ENOENT)
		return err_set(e, NULL, 0, gettext("there is no group %s; `yishi group list` shows them"), arg);
	return r ? r
		 : store_run(s, ADD_PEOPLE("p.id IN (SELECT person FROM person_group WHERE name = ?2)"), "bt",
			     t->barred, arg);
}

/* Who asked for the job board's news; asking is the consent. */
static int term_jobs(struct store *s, const struct term *t)
{
	int r = store_run(s, NAME("SELECT number, NULL AS person FROM subscription WHERE topic = 'jobs'"), "");
	return r ? r : add_named(s, &(struct term){.barred = t->barred, .asked = true});
}

static int number_of(const char *arg, int64_t *ret)
{
	char *end;
	errno = 0;
	*ret = strtoll(arg, &end, 10);
	return errno || end == arg || *end || *ret < 1 ? -EINVAL : 0;
}

/* The number in `arg`, when the statement counts one. */
static int one_of(struct store *s, const char *sql, const char *arg, int64_t *ret, bool *ret_known)
{
	int64_t known = 0;
	int r = number_of(arg, ret) ? 0 : store_get(s, &known, sql, "I", *ret);
	*ret_known = known;
	return r;
}

static int term_person(struct store *s, const struct term *t, const char *arg, struct err *e)
{
	int64_t id;
	bool known;
	int r =
	    one_of(s, "SELECT count(*) FROM person WHERE id = ? AND forgotten_utc IS NULL", arg, &id, &known);
	if (r)
		return r;
	return known ? store_run(s, ADD_PEOPLE("p.id = ?2"), "bI", t->barred, id)
		     : err_set(e, NULL, 0,
			       gettext("there is no person %s; `yishi person list` shows who is there"), arg);
}

/* ---- terms that name numbers */

static int term_meeting(struct store *s, const struct term *t, const char *answer, const char *arg,
			struct err *e)
{
	int64_t id;
	bool known;
	int r = one_of(s, "SELECT count(*) FROM meeting WHERE id = ?", arg, &id, &known);
	if (r)
		return r;
	if (!known)
		return err_set(e, NULL, 0, gettext("there is no meeting %s"), arg);
	if (!strcmp(answer, "invited"))
		r = store_run(s, NAME("SELECT number, person FROM invitation WHERE meeting = ?1"), "I", id);
	else if (!strcmp(answer, "none")) /* who answered from another phone is not silent */
		r = store_run(s,
			      NAME("SELECT number, person FROM invitation i WHERE meeting = ?1 AND NOT EXISTS"
				   " (SELECT 1 FROM rsvp WHERE meeting = ?1 AND number = i.number)"
				   " AND (i.person IS NULL OR i.person NOT IN (SELECT person FROM rsvp"
				   " WHERE meeting = ?1 AND person IS NOT NULL))"),
			      "I", id);
	else if (!strcmp(answer, "came"))
		r = store_run(
		    s, NAME("SELECT number, person FROM rsvp WHERE meeting = ?1 AND attended_utc IS NOT NULL"),
		    "I", id);
	else
		r = store_run(s, NAME("SELECT number, person FROM rsvp WHERE meeting = ?1 AND answer = ?2"),
			      "It", id, answer);
	return r ? r : add_named(s, t);
}

static int term_case(struct store *s, const struct term *t, const char *arg, struct err *e)
{
	int64_t id;
	bool known;
	int r = one_of(s, "SELECT count(*) FROM matter WHERE number = ? AND private = 0", arg, &id, &known);
	if (r)
		return r;
	if (!known)
		return err_set(e, NULL, 0, gettext("there is no case %s"), arg);
	r = store_run(
	    s,
	    NAME("SELECT number, person FROM supporter WHERE matter = ?1 UNION SELECT number_from, reporter"
		 " FROM matter WHERE number = ?1 AND (number_from <> '' OR reporter IS NOT NULL)"),
	    "I", id);
	return r ? r : add_named(s, t);
}

/* Who has a place in a task or an activity. */
static int term_task(struct store *s, const struct term *t, const char *arg, struct err *e)
{
	int64_t id;
	bool known;
	int r = one_of(s, "SELECT count(*) FROM offer WHERE number = ?", arg, &id, &known);
	if (r)
		return r;
	if (!known)
		return err_set(e, NULL, 0, gettext("there is no task %s"), arg);
	r = store_run(
	    s,
	    NAME("SELECT number, person FROM claim WHERE offer = ?1 AND state IN ('taken', 'there', 'done',"
		 " 'confirmed')"),
	    "I", id);
	return r ? r : add_named(s, t);
}

static int term_list(struct store *s, const struct term *t, const char *arg, struct err *e)
{
	int64_t list, some = 0;
	if (number_of(arg, &list))
		return err_set(e, NULL, 0, gettext("file:%s: only a broadcast or a group is made from a list"),
			       arg);
	int r = store_get(s, &some, "SELECT count(*) FROM audience_list WHERE list = ?", "I", list);
	if (r)
		return r;
	if (!some)
		return err_set(e, NULL, 0, "%s", gettext("the file has no telephone number"));
	r = store_run(s, NAME("SELECT number, NULL AS person FROM audience_list WHERE list = ?1"), "I", list);
	return r ? r : add_named(s, t);
}

static int term_number(struct store *s, const struct term *t, const char *arg, struct err *e)
{
	char number[E164_MAX];
	if (!e164_is_person(e164_parse(arg, number)))
		return err_set(e, NULL, 0, gettext("%s is no telephone number of a person"), arg);
	int r = store_run(s, NAME("SELECT ?1 AS number, NULL AS person"), "t", number);
	return r ? r : add_named(s, t);
}

/* ---- reading terms */

/* Without the sign in front of it. */
static const char *term_sign(const char *word, struct term *ret)
{
	const char *name = *word == '-' ? word + 1 : !strncmp(word, "not:", 4) ? word + 4 : word;
	*ret = (struct term){.barred = name != word};
	return name;
}

static int term(struct store *s, const char *word, struct term *t, struct err *e)
{
	const char *name = term_sign(word, t), *colon = strchr(name, ':'), *arg = colon ? colon + 1 : "";
	char kind[16];
	if (!strcmp(name, "all"))
		return store_run(s, ADD_PEOPLE("true"), "b", t->barred);
	if (!strcmp(name, "jobs"))
		return term_jobs(s, t);
	snprintf(kind, sizeof kind, "%.*s", colon ? (int)(colon - name) : 0, name);
	if (!strcmp(kind, "grid") || !strcmp(kind, "building"))
		return term_grid(s, t, kind, arg, e);
	if (!strcmp(kind, "role"))
		return term_role(s, t, arg, e);
	if (!strcmp(kind, "group"))
		return term_group(s, t, arg, e);
	if (!strcmp(kind, "yes") || !strcmp(kind, "no") || !strcmp(kind, "none") || !strcmp(kind, "invited") ||
	    !strcmp(kind, "came"))
		return term_meeting(s, t, kind, arg, e);
	if (!strcmp(kind, "case"))
		return term_case(s, t, arg, e);
	if (!strcmp(kind, "task"))
		return term_task(s, t, arg, e);
	if (!strcmp(kind, "file"))
		return term_list(s, t, arg, e);
	if (!strcmp(kind, "person"))
		return term_person(s, t, arg, e);
	if (!strcmp(kind, "number"))
		return term_number(s, t, arg, e);
	return err_set(e, NULL, 0, gettext("%s is no audience; `yishi broadcast new --help` lists what is"),
		       word);
}

int broadcast_list_clear(struct store *s)
{
	int r = make_tables(s);
	return r ? r : store_run(s, "DELETE FROM audience_list", "");
}

int broadcast_list_add(struct store *s, int list, const char *number)
{
	return store_run(s, "INSERT INTO audience_list (list, number) VALUES (?, ?)", "it", list, number);
}

int broadcast_audience_begin(struct store *s, const char *terms, struct err *e)
{
	cleanup_free char *copy = mem_dup(terms);
	char *save = NULL;
	bool named = false, barred = false;
	int r = make_tables(s);
	for (char *w = strtok_r(copy, " ,", &save); w && !r; w = strtok_r(NULL, " ,", &save)) {
		struct term t;
		r = term(s, w, &t, e);
		*(t.barred ? &barred : &named) = true;
	}
	return !r && barred && !named
		   ? err_set(e, NULL, 0, "%s",
			     gettext("this only says who does not get it; say who does, too: all -grid:KS-04"))
		   : r;
}
