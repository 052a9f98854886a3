/* Taking back a step in the life of a case. */
#include "base/mem.h"
#include "store/event.h"
#include "store/matter.h"
#include "store/internal.h"

#include <errno.h>

static int remember(void *ctx, const struct matter *m)
{
	json_t **ret = ctx;
	*ret = json_pack("{s:s, s:I, s:I, s:i, s:I}", "state", case_state_name(m->state), "assignee",
			 (json_int_t)m->assignee, "resolved", (json_int_t)m->resolved_utc, "reopened",
			 m->reopened, "due", (json_int_t)m->due_utc);
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

int matter_restore(struct store *s, int number, const char *json, const struct actor *by, int64_t now)
{
	json_t *j = json_loads(json, 0, NULL);
	const char *state = json_string_value(json_object_get(j, "state"));
	if (!state || case_state_find(state) < 0) {
		json_decref(j);
		return -EINVAL;
	}
	int r = store_run(s,
			  "UPDATE matter SET state = ?, assignee = ?, resolved_utc = ?, reopened = ?, due_utc "
			  "= ?, changed_utc = ?"
			  " WHERE number = ?",
			  "tPPIPIi", state, field(j, "assignee"), field(j, "resolved"), field(j, "reopened"),
			  field(j, "due"), now, number);
	if (r >= 0 && (r = journal_add(s, number, "undone", state, by, now)) >= 0)
		r = event_add(s, EVENT_CASE_CHANGED, by->id,
			      json_pack("{s:i, s:s, s:s, s:s}", "case", number, "from", "", "to", state,
					"reason", "undone"),
			      now);
	json_decref(j);
	return r;
}
