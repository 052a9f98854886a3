/* Taking back a step in the life of a case. */
#include "base/mem.h"
#include "store/event.h"
#include "store/matter.h"
#include "store/internal.h"

#include <errno.h>

static int remember(void *ctx, const struct matter *m)
{
	json_t **ret = ctx;
	*ret = json_pack("{s:s, s:I, s:I, s:i, s:I, s:i, s:i, s:i, s:i, s:s, s:s, s:I}", "state",
			 case_state_name(m->state), "assignee", (json_int_t)m->assignee, "resolved",
			 (json_int_t)m->resolved_utc, "reopened", m->reopened, "due", (json_int_t)m->due_utc,
			 "level", m->level, "route_step", m->route_step, "extended", m->extended, "late",
			 m->late, "handed_to", m->handed_to, "handed_ref", m->handed_ref, "first_human",
			 (json_int_t)m->first_human_utc);
	return 0;
}

char *matter_remember(struct store *s, int number)
{
	json_t *j = NULL;
	if (matter_get(s, number, remember, &j) < 0 || !j)
		return mem_dup("{}");
	char *text = json_dumps(j, JSON_COMPACT);
	json_decref(j);
	return text ? text : mem_dup("{}");
}

static int64_t field(const json_t *j, const char *key)
{
	return (int64_t)json_integer_value(json_object_get(j, key));
}

static const char *word(const json_t *j, const char *key)
{
	const char *t = json_string_value(json_object_get(j, key));
	return t ? t : "";
}

static int put_back(struct store *s, int number, const json_t *j, int64_t now)
{
	int64_t level = field(j, "level");
	int r = matter_unmerge(s, number);
	if (r < 0)
		return r;
	return store_run(
	    s,
	    "UPDATE matter SET state = ?, assignee = ?, resolved_utc = ?, reopened = ?, due_utc = ?,"
	    " level = ?, route_step = ?, extended = ?, late = ?, handed_to = ?, handed_ref = ?,"
	    " first_human_utc = ?, merged_into = NULL, changed_utc = ? WHERE number = ?",
	    "tPPIPIIIIttPIi", word(j, "state"), field(j, "assignee"), field(j, "resolved"),
	    field(j, "reopened"), field(j, "due"), level ? level : (int64_t)1, field(j, "route_step"),
	    field(j, "extended"), field(j, "late"), word(j, "handed_to"), word(j, "handed_ref"),
	    field(j, "first_human"), now, number);
}

static int assignee_of(struct store *s, int number, int64_t *ret)
{
	return store_get(s, ret, "SELECT coalesce(assignee, 0) FROM matter WHERE number = ?", "i", number);
}

int matter_restore(struct store *s, int number, const char *json, const struct actor *by, int64_t now)
{
	json_t *j = json_loads(json, 0, NULL);
	const char *state = word(j, "state");
	int64_t former = 0;
	int r = case_state_find(state) < 0 ? -EINVAL : assignee_of(s, number, &former);
	if (r >= 0 && (r = put_back(s, number, j, now)) >= 0 &&
	    (r = journal_add(s, number, case_event_entry(CASE_EV_UNDO), state, by, now)) >= 0)
		r = event_add(s, EVENT_CASE_CHANGED, by->id,
			      json_pack("{s:i, s:s, s:s, s:s, s:I, s:I}", "case", number, "from", "", "to",
					state, "reason", case_event_entry(CASE_EV_UNDO), "person",
					(json_int_t)field(j, "assignee"), "former", (json_int_t)former),
			      now);
	json_decref(j);
	return r;
}
