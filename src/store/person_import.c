/* Lists of people, line by line (person.h). */
#include "store/person.h"

#include "store/internal.h"
#include "store/person_sql.h"

#include <errno.h>
#include <string.h>

static const char *or_empty(const char *s)
{
	return s ? s : "";
}

/* Empty fields of a list leave what is known as it is. */
static const char *given(const char *s)
{
	return s && *s ? s : NULL;
}

/* The one whom a line means: same phone and same name (or one of the two is still nameless); without a phone the same
 * name at the same address. 1, 0: nobody. *ret_others: so many have one of the numbers. */
static int find_meant(struct store *s, const struct person_change *ch, struct person *ret, int *ret_others)
{
	const char *name = or_empty(ch->name);
	struct person list[PERSONS_PER_NUMBER];
	for (int i = 0; i < ch->number_count; i++) {
		int n = persons_of_number(s, ch->numbers[i], list);
		if (n < 0)
			return n;
		*ret_others = n > *ret_others ? n : *ret_others;
		for (int k = 0; k < n; k++)
			if (!strcmp(list[k].name, name) || !*list[k].name || !*name) {
				*ret = list[k];
				return 1;
			}
	}
	if (ch->number_count || !*name)
		return 0;
	int64_t id;
	int r = store_get(s, &id,
			  "SELECT p.id FROM person p JOIN household h ON h.id = p.household WHERE p.name = ? "
			  "AND coalesce(h.grid, '') = ?"
			  " AND h.building = ? AND h.unit = ? AND h.room = ? AND p.forgotten_utc IS NULL",
			  "ttttt", name, or_empty(ch->grid), or_empty(ch->building), or_empty(ch->unit),
			  or_empty(ch->room));
	if (r == -ENOENT)
		return 0;
	return r || (r = person_get(s, id, ret)) ? r : 1;
}

static int link_missing(struct store *s, int64_t id, const struct person_change *ch, unsigned *changed)
{
	for (int i = 0; i < ch->number_count; i++) {
		int64_t has, next;
		int r = store_get(s, &has, "SELECT count(*) FROM person_phone WHERE person = ? AND number = ?",
				  "It", id, ch->numbers[i]);
		if (!r && !has) {
			*changed |= PERSON_PHONES;
			r = store_get(
			    s, &next,
			    "SELECT coalesce(max(position) + 1, 0) FROM person_phone WHERE person = ?", "I",
			    id);
			if (!r)
				r = person_link(s, id, ch->numbers[i], (int)next);
		}
		if (r)
			return r;
	}
	return 0;
}

/* What a text of the line changes, and whether something else stood there. */
static const char *weigh(const char *wanted, const char *has, unsigned field, bool fill,
			 struct person_result *res)
{
	if (!given(wanted) || !strcmp(wanted, has))
		return NULL;
	if (fill && *has) {
		res->contrary |= field;
		return NULL;
	}
	res->changed |= field;
	return wanted;
}

static int weigh_expert(struct store *s, int64_t id, const struct person_change *ch, bool fill,
			struct person_change *edit, struct person_result *res)
{
	cleanup_query struct query q = {0};
	int r = query_open(s, &q, "SELECT expertise, verify FROM person WHERE id = ?", "I", id);
	if (r < 0 || (r = query_next(&q)) != 1)
		return r < 0 ? r : -ENOENT;
	if (weigh(ch->expertise, query_text(&q, 0), PERSON_EXPERTISE, fill, res))
		edit->expertise = ch->expertise;
	bool may = query_int(&q, 1) != 0;
	if (ch->verify && (ch->verify > 0) != may) {
		*(fill && may ? &res->contrary : &res->changed) |= PERSON_VERIFY;
		edit->verify = fill && may ? 0 : ch->verify;
	}
	return 0;
}

static void weigh_consent(const struct person_change *ch, const struct person *p, bool fill,
			  struct person_change *edit, struct person_result *res)
{
	bool withdraws = ch->consent_source && !*ch->consent_source;
	if (!ch->consent_source || withdraws == !p->consent)
		return;
	if (withdraws && fill) {
		res->contrary |= PERSON_CONSENT;
		return;
	}
	res->changed |= PERSON_CONSENT;
	res->consent = !withdraws;
	edit->consent_source = ch->consent_source;
	edit->consent_utc = ch->consent_utc;
}

static int update(struct store *s, const struct person_change *ch, bool fill, int64_t now_utc,
		  struct person_result *res)
{
	const struct person *p = &res->before;
	const char *language = p->has_language ? (p->language == LANG_EN ? "en" : "zh") : "";
	struct person_change edit = {
	    .name = weigh(ch->name, p->name, PERSON_NAME, fill, res),
	    .grid = weigh(ch->grid, p->grid, PERSON_GRID, fill, res),
	    .building = weigh(ch->building, p->building, PERSON_BUILDING, fill, res),
	    .unit = weigh(ch->unit, p->unit, PERSON_UNIT, fill, res),
	    .room = weigh(ch->room, p->room, PERSON_ROOM, fill, res),
	    .language = weigh(ch->language, language, PERSON_LANGUAGE, fill, res),
	    .confirmed = p->confirmed ? 0 : ch->confirmed,
	};
	if (edit.confirmed > 0)
		res->changed |= PERSON_CONFIRMED;
	if (ch->set_roles && ch->roles != p->roles) {
		*(fill && p->roles ? &res->contrary : &res->changed) |= PERSON_ROLES;
		edit.set_roles = !(fill && p->roles);
		edit.roles = ch->roles;
	}
	res->consent = p->consent;
	weigh_consent(ch, p, fill, &edit, res);
	int r = weigh_expert(s, p->id, ch, fill, &edit, res);
	if (!r)
		r = link_missing(s, p->id, ch, &res->changed);
	if (!r && res->changed)
		r = person_edit(s, p->id, &edit, now_utc);
	res->what = res->changed ? PERSON_UPDATED : PERSON_UNCHANGED;
	return r;
}

int person_import(struct store *s, const struct person_change *ch,
		  bool (*only_fill)(void *user, int64_t person), void *user, int64_t now_utc,
		  struct person_result *ret)
{
	struct person_result res = {.what = PERSON_CROWDED};
	int others = 0, r = find_meant(s, ch, &res.before, &others);
	if (r < 0)
		return r;
	if (r == 1) {
		res.id = res.before.id;
		r = update(s, ch, only_fill && only_fill(user, res.id), now_utc, &res);
	} else if (others < PERSONS_PER_NUMBER) {
		res.what = PERSON_ADDED;
		res.consent = given(ch->consent_source);
		res.before = (struct person){0};
		r = person_add(s, ch, now_utc, &res.id);
	} else
		res.before = (struct person){0};
	res.shared = others > (res.before.id != 0);
	if (!r)
		*ret = res;
	return r;
}
