/* Who settles a case and by when: what a decision about it stands on, and the steps that it leads to. */
#include "base/mem.h"
#include "base/text.h"
#include "civic/deadline.h"
#include "daemon/participation_internal.h"
#include "store/facts.h"
#include "store/matter.h"
#include "store/matter_route.h"
#include "store/staff.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define DEPARTMENTS_TOLD 6
#define LISTED_MAX       12 /* of what waits for somebody; one segment holds fewer */

void case_calendar(const struct participation *p, struct holidays *days, struct calendar *ret)
{
	holidays_load(p->config->holidays, days);
	*ret = (struct calendar){p->config->working_hours, days};
}

int64_t working_after(const struct participation *p, int64_t from, int64_t seconds)
{
	struct holidays days;
	struct calendar c;
	case_calendar(p, &days, &c);
	return deadline_after(&c, from, seconds);
}

int64_t case_due(const struct participation *p, const struct route *route, int level, bool urgent, int64_t from)
{
	return working_after(p, from, route_hours(route, level, urgent) * HOUR_S);
}

/* ------------------------------------------------------------------------------------------------ facts */

/* Where a stranger's matter is: the grid of the building that the words name, if only one has such a building. */
static int place_stranger(const struct turn *t, const struct intent *in, struct facts *f)
{
	if (f->sender.grid[0] || !(in->has & ARG_BUILDING))
		return 0;
	int r = facts_grid_of_building(t->p->store, in->building, f->sender.grid);
	return r == -ENOENT ? 0 : r;
}

int case_get_route(const struct turn *t, const struct intent *in, struct facts *f)
{
	enum category c = in->kind == INTENT_COMPLAINT ? in->category : CATEGORY_OTHER;
	int r = matter_route(t->p->store, t->p->routes, c, f->sender.grid, &f->cases.route);
	if (r >= 0)
		f->cases.due_utc = case_due(t->p, f->cases.route, 1, false, t->now);
	return r;
}

int case_get_place(const struct turn *t, const struct intent *in, struct facts *f)
{
	return place_stranger(t, in, f);
}

/* A command without a number speaks of the only case that the sender has; 接 of the only one not yet taken, 办结 of
 * the only one that was. */
int case_get_mine(const struct turn *t, const struct intent *in, struct facts *f)
{
	int numbers[FACTS_MINE], count = 0;
	if (in->has & ARG_NUMBER)
		return 0;
	f->named = (struct matter_fact){0};
	if (!t->sender.person)
		return 0;
	const char *department = t->sender.roles & ROLE(DEPARTMENT) ? t->sender.name : NULL;
	/* what is done, or takes longer, is what was taken up, if that is one */
	enum staff_which which = in->kind == INTENT_STAFF_TAKE ? STAFF_UNTAKEN
				 : in->kind == INTENT_STAFF_RESOLVE || in->kind == INTENT_STAFF_EXTEND
				     ? STAFF_TAKEN
				     : STAFF_ALL;
	int n = staff_cases(t->p->store, t->sender.person, department, which, numbers, FACTS_MINE, &count);
	if (n >= 0 && which == STAFF_TAKEN && count != 1)
		n = staff_cases(t->p->store, t->sender.person, department, STAFF_ALL, numbers, FACTS_MINE,
				&count);
	int r = n;
	for (int i = 0; i < n && r >= 0; i++) {
		struct matter_fact m;
		if ((r = facts_matter(t->p->store, &t->sender, numbers[i], &m)) < 0)
			break;
		f->cases.mine[i].number = m.number;
		f->cases.mine[i].category = m.category;
		if (count == 1)
			f->named = m;
	}
	f->cases.mine_count = count;
	return r;
}

/* "23照明3栋", as the sender's list shows it. */
static void list_item(const struct turn *t, const struct matter_fact *m, struct buf *out)
{
	const char *kind = m->consult   ? "staff.list.consult"
			   : m->private ? "private.word"
					: category_key(m->category);
	const struct reply_arg args[] = {
	    {.name = "number", .type = REPLY_INT, .n = m->number},
	    {.name = "category", .type = REPLY_KEY, .text = kind},
	    {.name = "building", .type = REPLY_TEXT, .text = m->building, .max = 6},
	    {0}};
	if (out->len)
		buf_addc(out, ' ');
	say(t->p, t->language, "staff.list.item", args, out);
}

int case_get_list(const struct turn *t, const struct intent *in, struct facts *f)
{
	int numbers[LISTED_MAX];
	cleanup_buf struct buf items = {0};
	const struct sender *w = &t->sender;
	(void)in;
	if (!w->person || !(w->roles & (ROLES_STAFF | ROLE(EXPERT))))
		return 0;
	const struct staff_asking who = {.person = w->person,
					 .department = w->roles & ROLE(DEPARTMENT) ? w->name : NULL,
					 .desk = w->roles & ROLE(SECRETARY) ? w->grid : NULL,
					 .mediator = w->roles & ROLE(MEDIATOR)};
	int n = staff_waiting(t->p->store, &who, t->now, numbers, LISTED_MAX, &f->cases.list.count,
			      &f->cases.list.late);
	int r = n;
	for (int i = 0; i < n && r >= 0; i++) {
		struct matter_fact m;
		if ((r = facts_matter(t->p->store, w, numbers[i], &m)) >= 0)
			list_item(t, &m, &items);
	}
	text_copy(f->cases.list.items, sizeof f->cases.list.items, buf_str(&items));
	return r < 0 ? r : 0;
}

int case_get_other(const struct turn *t, const struct intent *in, struct facts *f)
{
	struct matter_fact m;
	int r = facts_matter(t->p->store, &t->sender, in->other, &m);
	if (r < 0 || m.task || m.proposal != f->named.proposal)
		return r;
	f->cases.other.number = m.number;
	f->cases.other.private = m.private;
	f->cases.other.near = m.near || m.assigned || m.given || !m.grid[0];
	f->cases.other.state = m.state;
	return 0;
}

static void keep_found(struct facts *f, const struct person *people, int n, const char *word)
{
	for (int i = 0; i < n && f->cases.found_count < FACTS_FOUND; i++) {
		struct staff_fact *to = &f->cases.found[f->cases.found_count];
		bool known = false; /* of the members of one department the nearest stands for it */
		for (int k = 0; k < f->cases.found_count && !known; k++)
			known = !strcmp(f->cases.found[k].name, people[i].name);
		if (known)
			continue;
		to->person = people[i].id;
		text_copy(to->name, sizeof to->name, people[i].name);
		f->cases.found_count++;
		if (!strcmp(people[i].name, word)) /* the very name comes first and is meant */
			return;
	}
}

static int list_departments(const struct turn *t, struct facts *f)
{
	cleanup_free struct person *people = mem_array(DEPARTMENTS_TOLD * 4, sizeof *people);
	cleanup_buf struct buf names = {0};
	int n = persons_with_role(t->p->store, ROLE(DEPARTMENT), NULL, people, DEPARTMENTS_TOLD * 4);
	for (int i = 0, told = 0; i < n && told < DEPARTMENTS_TOLD; i++)
		if (people[i].name[0] && !strstr(buf_str(&names), people[i].name)) {
			buf_addf(&names, "%s%s", names.len ? "、" : "", people[i].name);
			told++;
		}
	text_copy(f->cases.departments, sizeof f->cases.departments, buf_str(&names));
	return n < 0 ? n : 0;
}

/* The word behind 转 or 吹哨: a name, or a role, of which the nearest to the case is meant. */
int case_get_found(const struct turn *t, const struct intent *in, struct facts *f)
{
	cleanup_free struct person *people = mem_array(FACTS_FOUND * 4, sizeof *people);
	if (!in->to[0])
		return in->kind == INTENT_STAFF_TRANSFER ? list_departments(t, f) : 0;
	int role = role_find(in->to);
	if (!strcmp(in->to, "书记"))
		role = ROLE_INDEX_SECRETARY;
	int n = role >= 0 && ROLE(DEPARTMENT) != 1u << role
		    ? persons_with_role(t->p->store, 1u << role,
					role == ROLE_INDEX_SECRETARY ? NULL : f->named.grid, people, 1)
		    : staff_named(t->p->store, ROLES_SETTLE, in->to, f->named.grid, people, FACTS_FOUND * 4);
	if (n < 0)
		return n;
	keep_found(f, people, n, in->to);
	return f->cases.found_count ? 0 : list_departments(t, f);
}

/* To whom it goes when it is given back: the next of its route; when it is too big: to whoever stands above. */
int case_get_next(const struct turn *t, const struct intent *in, struct facts *f)
{
	const struct matter_fact *m = &f->named;
	const struct route *route;
	struct person who = {0};
	if (!m->number)
		return 0;
	int r = matter_route(t->p->store, t->p->routes, m->category, m->grid, &route);
	if (r < 0)
		return r;
	if (in->kind == INTENT_STAFF_RETURN)
		r = staff_of_route(t->p->store, route, m->route_step, m->grid, t->sender.person, t->now, &who,
				   &f->cases.next_step);
	else {
		r = staff_above(t->p->store, m->grid, &who, 1);
		if (r > 0 && who.id == t->sender.person)
			who.id = 0;
	}
	f->cases.next.person = who.id;
	text_copy(f->cases.next.name, sizeof f->cases.next.name, who.name);
	f->cases.again_utc = case_due(t->p, route, m->level + 1, m->urgent, t->now);
	return r < 0 ? r : 0;
}

int case_get_longer(const struct turn *t, const struct intent *in, struct facts *f)
{
	struct holidays days;
	struct calendar c;
	int64_t from = f->named.due_utc > t->now ? f->named.due_utc : t->now;
	case_calendar(t->p, &days, &c);
	f->cases.longer_utc = deadline_days(&c, from, in->days < 1 ? 1 : in->days > 30 ? 30 : in->days);
	return 0;
}

/* ------------------------------------------------------------------------------------------------ effects */

struct again {
	enum category category;
	char grid[CIVIC_CODE_MAX];
	int level;
	bool urgent;
};

static int copy_again(void *ctx, const struct matter *m)
{
	struct again *a = ctx;
	*a = (struct again){.category = m->category, .level = m->level, .urgent = m->urgent};
	text_copy(a->grid, sizeof a->grid, m->grid);
	return 0;
}

int case_due_again(const struct participation *p, int number, int level_up, int64_t now, int64_t *ret)
{
	struct again a = {0};
	const struct route *route;
	int r = matter_get(p->store, number, copy_again, &a);
	if (r < 0 || (r = matter_route(p->store, p->routes, a.category, a.grid, &route)) < 0)
		return r;
	*ret = case_due(p, route, a.level + level_up, a.urgent, now);
	return 0;
}

int case_step(const struct turn *t, const struct facts *f, const struct effect *e)
{
	(void)f;
	char days[16] = "";
	cleanup_free char *before = matter_remember(t->p->store, e->number);
	struct matter_step step = {.event = e->event,
				   .note = e->note,
				   .person = e->subject ? e->subject : t->sender.person,
				   .other = e->answer,
				   .days = e->days,
				   .due_utc = e->expires_utc,
				   .route_step = e->people,
				   .to = e->name,
				   .ref = e->name ? e->origin : NULL};
	if (e->days && (!e->note || !*e->note)) {
		snprintf(days, sizeof days, "%d", e->days);
		step.note = days;
	}
	int r = 0;
	if (e->event == CASE_EV_RATE_BAD)
		r = case_due_again(t->p, e->number, 0, t->now, &step.due_utc);
	if (r < 0 || (r = matter_act(t->p->store, e->number, &step, &t->by, t->now, NULL)) < 0)
		return r;
	return note_action(t, e, e->number, json_loads(before, 0, NULL));
}
