/* What changes a case: the steps of its life, supporters, words that join. */
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/event.h"
#include "store/internal.h"
#include "store/matter.h"

#include <errno.h>
#include <string.h>

static int state_of(struct store *s, int number, enum case_state *ret)
{
	cleanup_query struct query q = {0};
	int r = query_open(s, &q, "SELECT state FROM matter WHERE number = ? AND kind <> 'task'", "i", number);
	if (r < 0 || (r = query_next(&q)) < 0)
		return r;
	if (r == 0)
		return -ENOENT;
	int st = case_state_find(query_text(&q, 0));
	*ret = st < 0 ? CASE_RECEIVED : (enum case_state)st;
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
	if ((r = store_run(s,
			   "INSERT INTO supporter (matter, number, person, message, since_utc)"
			   " SELECT ?2, number_from, reporter, message, ?3 FROM matter WHERE number = ?1 AND "
			   "number_from <> ''"
			   " ON CONFLICT DO NOTHING",
			   "iiI", number, other, now)) < 0)
		return r;
	if ((r = store_run(s,
			   "INSERT INTO supporter (matter, number, person, message, since_utc)"
			   " SELECT ?2, number, person, message, since_utc FROM supporter WHERE matter = ?1"
			   " ON CONFLICT DO NOTHING",
			   "ii", number, other)) < 0)
		return r;
	return store_run(s, "UPDATE matter SET merged_into = ? WHERE number = ?", "ii", other, number);
}

/* What a step implies besides the state. */
static int consequences(struct store *s, int number, const struct matter_step *step, int64_t now)
{
	switch (step->event) {
	case CASE_EV_ASSIGN:
	case CASE_EV_TAKE:
		return store_run(s, "UPDATE matter SET assignee = coalesce(?, assignee) WHERE number = ?", "Pi",
				 step->person, number);
	case CASE_EV_RETURN:
	case CASE_EV_ESCALATE:
		return store_run(s, "UPDATE matter SET assignee = NULL WHERE number = ?", "i", number);
	case CASE_EV_RESOLVE:
		return store_run(s, "UPDATE matter SET resolved_utc = ? WHERE number = ?", "Ii", now, number);
	case CASE_EV_REOPEN:
	case CASE_EV_RATE_BAD:
		return store_run(
		    s, "UPDATE matter SET reopened = reopened + 1, resolved_utc = NULL WHERE number = ?", "i",
		    number);
	case CASE_EV_MERGE:
		return merge_into(s, number, step->other, now);
	case CASE_EV_EXTEND:
		return store_run(
		    s, "UPDATE matter SET due_utc = max(coalesce(due_utc, 0), ?) + ? WHERE number = ?", "IIi",
		    now, step->days * DAY_S, number);
	case CASE_EV_DELIBERATE:
		return store_run(s, "UPDATE matter SET deliberate = 1 WHERE number = ?", "i", number);
	case CASE_EV_SPLIT:
		return store_run(s, "UPDATE matter SET merged_into = NULL WHERE number = ?", "i", number);
	case CASE_EV_VERIFY:
	case CASE_EV_REJECT:
	case CASE_EV_RATE_GOOD:
	case CASE_EV_RATE_FAIR:
	case CASE_EV_CLOSE:
	case CASE_EV_WITHDRAW:
	case CASE_EV_NOTE:
	case CASE_EVENT_COUNT:
		return 0;
	}
	return 0;
}

int matter_act(struct store *s, int number, const struct matter_step *step, const struct actor *by, int64_t now,
	       enum case_state *ret_state)
{
	enum case_state from;
	int r = state_of(s, number, &from);
	if (r < 0)
		return r;
	int next = case_next(from, step->event);
	enum case_state to = next < 0 ? from : (enum case_state)next;
	if (ret_state)
		*ret_state = to;
	if (next == CASE_REFUSED)
		return -EPERM;
	if ((r = consequences(s, number, step, now)) < 0)
		return r;
	if ((r = store_run(s, "UPDATE matter SET state = ?, changed_utc = ? WHERE number = ?", "tIi",
			   case_state_name(to), now, number)) < 0 ||
	    (r = journal_add(s, number, case_event_entry(step->event), step->note, by, now)) < 0)
		return r;
	if (to == from)
		return 0;
	return event_add(s, EVENT_CASE_CHANGED, by->id,
			 json_pack("{s:i, s:s, s:s, s:s}", "case", number, "from", case_state_name(from), "to",
				   case_state_name(to), "reason",
				   step->reason ? step->reason : case_event_entry(step->event)),
			 now);
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
	return r < 0 ? r : journal_add(s, number, "more words", text, by, now);
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
