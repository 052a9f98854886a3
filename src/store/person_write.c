#include "store/person.h"

#include "base/buf.h"
#include "base/mem.h"
#include "store/grid.h"
#include "store/internal.h"
#include "store/person_sql.h"

#include <errno.h>
#include <string.h>

/* One address, one household. -EINVAL: no such grid. */
static int household(struct store *s, const char *grid, const char *building, const char *unit,
		     const char *room, int64_t *ret)
{
	int r = *grid ? grid_known(s, grid) : 0;
	if (r)
		return r;
	r = store_run(s, "INSERT OR IGNORE INTO household (grid, building, unit, room) VALUES (?, ?, ?, ?)",
		      "Tttt", grid, building, unit, room);
	return r ? r
		 : store_get(s, ret,
			     "SELECT id FROM household WHERE coalesce(grid, '') = ? AND building = ? AND unit "
			     "= ? AND room = ?",
			     "tttt", grid, building, unit, room);
}

static int write_roles(struct store *s, int64_t id, unsigned roles)
{
	int r = store_run(s, "DELETE FROM person_role WHERE person = ?", "I", id);
	for (int i = 0; i < ROLE_COUNT && !r; i++)
		if (roles & 1u << i)
			r = store_run(s, "INSERT INTO person_role (person, role) VALUES (?, ?)", "It", id,
				      role_name(i));
	return r;
}

int person_link(struct store *s, int64_t id, const char *number, int position)
{
	int r = store_run(s, "INSERT OR IGNORE INTO phone (number) VALUES (?)", "t", number);
	return r ? r
		 : store_run(s,
			     "INSERT INTO person_phone (person, number, position) VALUES (?, ?, ?)"
			     " ON CONFLICT DO UPDATE SET position = excluded.position",
			     "Iti", id, number, position);
}

static int write_numbers(struct store *s, int64_t id, const struct person_change *ch)
{
	int r = store_run(s, "DELETE FROM person_phone WHERE person = ?", "I", id);
	for (int i = 0; i < ch->number_count && !r; i++)
		r = person_link(s, id, ch->numbers[i], i);
	return r;
}

static int write_expertise(struct store *s, int64_t id, const struct person_change *ch)
{
	return ch->expertise
		   ? store_run(s, "UPDATE person SET expertise = ? WHERE id = ?", "tI", ch->expertise, id)
		   : 0;
}

static int write_verify(struct store *s, int64_t id, int verify)
{
	return verify ? store_run(s, "UPDATE person SET verify = ? WHERE id = ?", "bI", verify > 0, id) : 0;
}

static const char *or_else(const char *given, const char *otherwise)
{
	return given ? given : otherwise;
}

/* 0: none given. */
static int64_t consent_utc(const struct person_change *ch, int64_t now_utc)
{
	if (!ch->consent_source || !*ch->consent_source)
		return 0;
	return ch->consent_utc > 0 && ch->consent_utc <= now_utc ? ch->consent_utc : now_utc;
}

int person_add(struct store *s, const struct person_change *ch, int64_t now_utc, int64_t *ret_id)
{
	int64_t home;
	int r = household(s, or_else(ch->grid, ""), or_else(ch->building, ""), or_else(ch->unit, ""),
			  or_else(ch->room, ""), &home);
	if (r)
		return r;
	r = store_run(s,
		      "INSERT INTO person (name, household, language, consent_source, consent_utc, confirmed, "
		      "created_utc, changed_utc)"
		      " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		      "tITTPiII", or_else(ch->name, ""), home, ch->language, ch->consent_source,
		      consent_utc(ch, now_utc), ch->confirmed >= 0, now_utc, now_utc);
	if (r)
		return r;
	int64_t id = store_last_id(s);
	r = write_verify(s, id, ch->verify);
	if (!r && ch->set_roles)
		r = write_roles(s, id, ch->roles);
	if (!r)
		r = write_numbers(s, id, ch);
	if (!r)
		r = write_expertise(s, id, ch);
	if (!r)
		*ret_id = id;
	return r;
}

static int move_home(struct store *s, const struct person *p, const struct person_change *ch, int64_t *ret)
{
	int r = household(s, or_else(ch->grid, p->grid), or_else(ch->building, p->building),
			  or_else(ch->unit, p->unit), or_else(ch->room, p->room), ret);
	return r;
}

/* An address that nobody lives at any more is no household. */
static int leave_home(struct store *s, int64_t home)
{
	return store_run(
	    s, "DELETE FROM household WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM person WHERE household = ?1)",
	    "I", home);
}

int person_edit(struct store *s, int64_t id, const struct person_change *ch, int64_t now_utc)
{
	struct person p;
	int64_t home;
	int r = person_get(s, id, &p);
	if (r || (r = move_home(s, &p, ch, &home)))
		return r;
	const char *language = ch->language            ? ch->language
			       : !p.has_language       ? ""
			       : p.language == LANG_EN ? "en"
						       : "zh";
	r = store_run(s,
		      "UPDATE person SET name = ?2, household = ?3, language = ?4, confirmed = ?5, changed_utc "
		      "= ?6 WHERE id = ?1",
		      "ItITiI", id, or_else(ch->name, p.name), home, language,
		      ch->confirmed ? ch->confirmed > 0 : (int)p.confirmed, now_utc);
	if (!r && ch->consent_source)
		r = store_run(s, "UPDATE person SET consent_source = ?2, consent_utc = ?3 WHERE id = ?1", "ITP",
			      id, ch->consent_source, consent_utc(ch, now_utc));
	if (!r && ch->set_roles)
		r = write_roles(s, id, ch->roles);
	if (!r && ch->number_count)
		r = write_numbers(s, id, ch);
	if (!r)
		r = write_expertise(s, id, ch);
	if (!r)
		r = write_verify(s, id, ch->verify);
	if (!r && home != p.household)
		r = leave_home(s, p.household);
	return r;
}

int person_forget(struct store *s, int64_t id, int64_t now_utc)
{
	struct person p;
	int64_t nowhere;
	int r = person_get(s, id, &p);
	if (!r)
		r = household(s, "", "", "", "", &nowhere);
	if (!r)
		r = store_run(s,
			      "UPDATE person SET name = '', household = ?2, language = NULL, consent_source = "
			      "NULL, consent_utc = NULL, verify = 0, expertise = '',"
			      " changed_utc = ?3, forgotten_utc = ?3 WHERE id = ?1",
			      "III", id, nowhere, now_utc);
	if (!r)
		r = store_run(s, "DELETE FROM person_phone WHERE person = ?", "I", id);
	if (!r)
		r = store_run(s, "DELETE FROM person_role WHERE person = ?", "I", id);
	if (!r)
		r = store_run(s, "DELETE FROM duty WHERE person = ?", "I", id);
	if (!r)
		r = store_run(s, "UPDATE checkin SET ended_utc = ?2 WHERE person = ?1 AND ended_utc IS NULL",
			      "II", id, now_utc);
	return r ? r : leave_home(s, p.household);
}
