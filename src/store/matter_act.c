/* What changes a case: the steps of its life, supporters, words that join. */
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/event.h"
#include "store/internal.h"
#include "store/matter.h"

#include <errno.h>
#include <string.h>

/* What a step starts from. */
struct before {
	enum case_state state;
	int64_t assignee;
};

static int before_of(struct store *s, int number, struct before *ret)
{
	cleanup_query struct query q = {0};
	int r = query_find(
	    s, &q, "SELECT state, coalesce(assignee, 0) FROM matter WHERE number = ? AND kind <> 'task'", "i",
	    number);
	if (r < 0)
		return r;
	int st = case_state_find(query_text(&q, 0));
	*ret = (struct before){st < 0 ? CASE_RECEIVED : (enum case_state)st, query_int(&q, 1)};
	return 0;
}

/* The other case gets the reporter and the supporters of the merged one. */
static int merge_into(struct store *s, int number, int other, int64_t now)
{
	int64_t n = 0;
	int r = store_get(
	    s, &n, "SELECT count(*) FROM matter WHERE number = ? AND state <> 'merged' AND kind <> 'task'", "i",
	    other);
	if (r < 0)
		return r;
	if (!n || other == number)
		return -ENOENT;
	if ((r = store_run(
		 s,
		 "INSERT INTO supporter (matter, number, person, message, since_utc, via)"
		 " SELECT ?2, number_from, reporter, message, ?3, ?1 FROM matter WHERE number = ?1 AND "
		 "number_from <> ''"
		 " ON CONFLICT DO NOTHING",
		 "iiI", number, other, now)) < 0)
		return r;
	if ((r = store_run(s,
			   "INSERT INTO supporter (matter, number, person, message, since_utc, via)"
			   " SELECT ?2, number, person, message, since_utc, ?1 FROM supporter WHERE matter = ?1"
			   " ON CONFLICT DO NOTHING",
			   "ii", number, other)) < 0)
		return r;
	return store_run(s, "UPDATE matter SET merged_into = ? WHERE number = ?", "ii", other, number);
}

int matter_unmerge(struct store *s, int number)
{
	return store_run(s,
			 "DELETE FROM supporter WHERE via = ?1 AND matter ="
			 " (SELECT merged_into FROM matter WHERE number = ?1)",
			 "i", number);
}

static int give_to(struct store *s, int number, int64_t person)
{
	return store_run(s, "UPDATE matter SET assignee = coalesce(?, assignee) WHERE number = ?", "Pi", person,
			 number);
}

static int take_from(struct store *s, int number)
{
	return store_run(s, "UPDATE matter SET assignee = NULL WHERE number = ?", "i", number);
}

static int level_up(struct store *s, int number, const struct matter_step *step)
{
	return store_run(s,
			 "UPDATE matter SET level = min(level + 1, ?2), handed_to = coalesce(?3, handed_to),"
			 " handed_ref = coalesce(?4, handed_ref) WHERE number = ?1",
			 "iiTT", number, CASE_LEVELS, step->to ? step->to : "", step->ref ? step->ref : "");
}

/* What a step implies besides the state. */
static int consequences(struct store *s, int number, const struct matter_step *step, int64_t now)
{
	int r;
	switch (step->event) {
	case CASE_EV_ASSIGN:
	case CASE_EV_TRANSFER:
	case CASE_EV_TAKE:
		return give_to(s, number, step->person);
	case CASE_EV_RETURN:
		return take_from(s, number);
	case CASE_EV_ESCALATE:
		return (r = take_from(s, number)) < 0 ? r : level_up(s, number, step);
	case CASE_EV_SUMMON:
		return (r = give_to(s, number, step->person)) < 0 ? r : level_up(s, number, step);
	case CASE_EV_OVERDUE:
		return store_run(s, "UPDATE matter SET late = 1, urge_utc = ? WHERE number = ?", "Ii",
				 step->urge_utc, number);
	case CASE_EV_SUPERVISE: /* late 2: nobody is above; the weekly list goes on telling of it */
		return (r = store_run(s, "UPDATE matter SET late = 2 WHERE number = ?", "i", number)) < 0
			   ? r
			   : level_up(s, number, step);
	case CASE_EV_RESOLVE:
		return store_run(s, "UPDATE matter SET resolved_utc = ? WHERE number = ?", "Ii", now, number);
	case CASE_EV_REOPEN:
	case CASE_EV_RATE_BAD:
		return store_run(s,
				 "UPDATE matter SET reopened = reopened + 1, resolved_utc = NULL, extended = 0"
				 " WHERE number = ?",
				 "i", number);
	case CASE_EV_MERGE:
		return merge_into(s, number, step->other, now);
	case CASE_EV_EXTEND:
		return store_run(s,
				 "UPDATE matter SET due_utc = max(coalesce(due_utc, 0), ?) + ?, late = 0,"
				 " extended = extended + ? WHERE number = ?",
				 "IIii", now, step->days * DAY_S, step->days, number);
	case CASE_EV_DELIBERATE:
		return store_run(s,
				 "UPDATE matter SET deliberate = CASE WHEN state IN ('resolved', 'confirmed',"
				 " 'closed') THEN 2 ELSE 1 END WHERE number = ?",
				 "i", number);
	case CASE_EV_SPLIT:
		return (r = matter_unmerge(s, number)) < 0
			   ? r
			   : store_run(s, "UPDATE matter SET merged_into = NULL WHERE number = ?", "i", number);
	case CASE_EV_VERIFY:
	case CASE_EV_UNTRUE:
	case CASE_EV_REQUEST:
	case CASE_EV_REJECT:
	case CASE_EV_DECLINE:
	case CASE_EV_ASK:
	case CASE_EV_RATE_GOOD:
	case CASE_EV_RATE_FAIR:
	case CASE_EV_CLOSE:
	case CASE_EV_WORDS:
	case CASE_EV_WITHDRAW:
	case CASE_EV_UNDO:
	case CASE_EV_NOTE:
	case CASE_EVENT_COUNT:
		return 0;
	}
	return 0;
}

/* What any step may bring: another deadline, the next target of the route, the first person who cares. */
static int side_notes(struct store *s, int number, const struct matter_step *step, const struct actor *by,
		      int64_t now)
{
	int r = 0;
	if (step->due_utc)
		r = store_run(s, "UPDATE matter SET due_utc = ?, late = 0 WHERE number = ?", "Ii",
			      step->due_utc, number);
	if (r >= 0 && step->route_step)
		r = store_run(s, "UPDATE matter SET route_step = ? WHERE number = ?", "ii", step->route_step,
			      number);
	if (r >= 0 && case_by_hand(step->event) && by->channel != CHANNEL_TIMER)
		r = store_run(
		    s, "UPDATE matter SET first_human_utc = ? WHERE number = ? AND first_human_utc IS NULL",
		    "Ii", now, number);
	return r;
}

static int tell_changed(struct store *s, int number, const char *reason, const struct before *b,
			enum case_state to, const struct actor *by, int64_t now)
{
	struct before after = *b;
	int r = before_of(s, number, &after);
	if (r < 0)
		return r;
	return event_add(s, EVENT_CASE_CHANGED, by->id,
			 json_pack("{s:i, s:s, s:s, s:s, s:I, s:I}", "case", number, "from",
				   case_state_name(b->state), "to", case_state_name(to), "reason", reason,
				   "person", (json_int_t)after.assignee, "former", (json_int_t)b->assignee),
			 now);
}

int matter_act(struct store *s, int number, const struct matter_step *step, const struct actor *by, int64_t now,
	       enum case_state *ret_state)
{
	struct before b;
	int r = before_of(s, number, &b);
	if (r < 0)
		return r;
	int next = case_next(b.state, step->event);
	enum case_state to = next < 0 ? b.state : (enum case_state)next;
	if (ret_state)
		*ret_state = to;
	if (next == CASE_REFUSED)
		return -EPERM;
	if ((r = consequences(s, number, step, now)) < 0 || (r = side_notes(s, number, step, by, now)) < 0)
		return r;
	if ((r = store_run(s, "UPDATE matter SET state = ?, changed_utc = ? WHERE number = ?", "tIi",
			   case_state_name(to), now, number)) < 0 ||
	    (r = journal_add(s, number, case_event_entry(step->event), step->note, by, now)) < 0)
		return r;
	return to == b.state && !case_is_told(step->event)
		   ? 0
		   : tell_changed(s, number, case_event_entry(step->event), &b, to, by, now);
}

int matter_support(struct store *s, int number, const char *phone, int64_t person, const struct actor *by,
		   int64_t now)
{
	int r =
	    store_run(s,
		      "INSERT INTO supporter (matter, number, person, message, since_utc) VALUES (?,?,?,?,?)"
		      " ON CONFLICT DO NOTHING",
		      "itPPI", number, phone, person, by->message, now);
	if (r < 0 || store_changes(s) == 0)
		return r < 0 ? r : 0;
	if ((r = store_run(s, "UPDATE matter SET changed_utc = ? WHERE number = ?", "Ii", now, number)) < 0 ||
	    (r = journal_add(s, number, "supported", NULL, by, now)) < 0)
		return r;
	return 1;
}

int matter_unsupport(struct store *s, int number, const char *phone, const struct actor *by, int64_t now)
{
	int r = store_run(s, "DELETE FROM supporter WHERE matter = ? AND number = ?", "it", number, phone);
	if (r < 0 || store_changes(s) == 0)
		return r < 0 ? r : 0;
	r = journal_add(s, number, "support withdrawn", NULL, by, now);
	return r < 0 ? r : 1;
}

int matter_join(struct store *s, int number, const char *text, enum category category, const struct actor *by,
		int64_t now)
{
	/* The words are always in the journal; the case's own text grows up to its limit. A case whose category
	 * was not clear from the first words takes it from these. */
	int r = store_run(s,
			  "UPDATE matter SET changed_utc = ?, category = CASE WHEN category = 'other' THEN ? "
			  "ELSE category END,"
			  " text = CASE WHEN length(CAST(text AS BLOB)) + length(CAST(?3 AS BLOB)) < ? THEN "
			  "text || ' / ' || ?3"
			  " ELSE text END WHERE number = ?",
			  "Ittii", now, category_name(category), text, MATTER_TEXT_MAX, number);
	struct before b;
	if (r < 0 || (r = journal_add(s, number, case_event_entry(CASE_EV_WORDS), text, by, now)) < 0 ||
	    (r = before_of(s, number, &b)) < 0)
		return r;
	/* nobody who has it, nobody to tell */
	return b.assignee ? tell_changed(s, number, case_event_entry(CASE_EV_WORDS), &b, b.state, by, now) : 0;
}

int matter_unjoin(struct store *s, int number, const char *text, const char *category, const struct actor *by,
		  int64_t now)
{
	/* Others may have added words behind these. */
	int r =
	    store_run(s,
		      "UPDATE matter SET changed_utc = ?1, category = coalesce(?4, category),"
		      " text = CASE instr(text || ' / ', ' / ' || ?2 || ' / ') WHEN 0 THEN text"
		      " ELSE substr(text, 1, instr(text || ' / ', ' / ' || ?2 || ' / ') - 1)"
		      " || substr(text, instr(text || ' / ', ' / ' || ?2 || ' / ') + length(' / ' || ?2)) END"
		      " WHERE number = ?3",
		      "ItiT", now, text, number, category);
	return r < 0 ? r : journal_add(s, number, "words taken back", text, by, now);
}

struct origin {
	struct matter_new m;
	char grid[32], building[16], place[INTENT_SHORT_MAX];
	char *text;
};

static int copy_origin(void *ctx, const struct matter *m)
{
	struct origin *o = ctx;
	text_copy(o->grid, sizeof o->grid, m->grid);
	text_copy(o->building, sizeof o->building, m->building);
	text_copy(o->place, sizeof o->place, m->place);
	o->text = mem_dup(m->text);
	o->m = (struct matter_new){.kind = m->kind,
				   .category = m->category,
				   .urgent = m->urgent,
				   .private = m->private,
				   .origin = "split",
				   .due_utc = m->due_utc};
	return 0;
}

int matter_split(struct store *s, int number, const char *phone, const char *text, const struct actor *by,
		 int64_t now, int *ret_number)
{
	struct origin o = {0};
	int r = matter_get(s, number, copy_origin, &o);
	if (r < 0)
		return r;
	cleanup_free char *words = o.text;
	int64_t person = 0;
	r = store_get(s, &person, "SELECT coalesce(person, 0) FROM supporter WHERE matter = ? AND number = ?",
		      "it", number, phone);
	if (r < 0)
		return r;
	if ((r = matter_unsupport(s, number, phone, by, now)) < 0)
		return r;
	o.m.text = text && *text ? text : words;
	o.m.grid = o.grid;
	o.m.building = o.building;
	o.m.place = o.place;
	o.m.reporter = person;
	o.m.number_from = phone;
	int fresh = 0;
	if ((r = matter_add(s, &o.m, by, now, &fresh)) < 0)
		return r;
	cleanup_free char *note = mem_printf("split off as %d", fresh);
	if ((r = journal_add(s, number, "split", note, by, now)) < 0)
		return r;
	if (ret_number)
		*ret_number = fresh;
	return 0;
}
