#include "store/command.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/internal.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

static char *intent_json(const struct intent *in)
{
	json_t *j = json_pack("{s:s, s:I, s:i, s:i, s:s, s:s}", "intent", intent_name(in->kind), "has",
			      (json_int_t)in->has, "number", in->number, "other", in->other, "to", in->to,
			      "text", in->text);
	char *text = j ? json_dumps(j, JSON_COMPACT) : NULL;
	json_decref(j);
	return text ? text : mem_dup("{}");
}

static bool intent_read(const char *json, struct intent *ret)
{
	json_t *j = json_loads(json, 0, NULL);
	const char *kind = json_string_value(json_object_get(j, "intent"));
	const char *to = json_string_value(json_object_get(j, "to"));
	const char *text = json_string_value(json_object_get(j, "text"));
	int k = kind ? intent_find(kind) : -1;
	*ret = (struct intent){.kind = k < 0 ? INTENT_UNKNOWN : (enum intent_kind)k,
			       .has = (unsigned)json_integer_value(json_object_get(j, "has")),
			       .number = (int)json_integer_value(json_object_get(j, "number")),
			       .other = (int)json_integer_value(json_object_get(j, "other"))};
	text_copy(ret->to, sizeof ret->to, to ? to : "");
	text_copy(ret->text, sizeof ret->text, text ? text : "");
	json_decref(j);
	return k >= 0;
}

int command_add(struct store *s, const char *number, const char *code, const struct intent *in, int64_t now,
		int64_t expires_utc, int64_t *ret_id)
{
	cleanup_free char *json = intent_json(in);
	int r = store_run(s, "DELETE FROM command WHERE asked_utc <= ?", "I", now - APPROVAL_KEPT_S);
	if (r >= 0)
		r = store_run(s,
			      "INSERT INTO command (number, code, intent, asked_utc, expires_utc)"
			      " VALUES (?, ?, ?, ?, ?) ON CONFLICT (number, code) DO NOTHING",
			      "tttII", number, code, json, now, expires_utc);
	if (r < 0 || !store_changes(s))
		return r < 0 ? r : -EEXIST;
	*ret_id = store_last_id(s);
	return 0;
}

int command_texted(struct store *s, int64_t id, int64_t message)
{
	return store_run(s, "UPDATE command SET message = ? WHERE id = ?", "PI", message, id);
}

int command_get(struct store *s, const char *number, const char *code, int64_t now, struct command_fact *ret)
{
	cleanup_query struct query q = {0};
	*ret = (struct command_fact){0};
	/* the code that was texted, else the youngest that is still open */
	int r = query_open(s, &q,
			   "SELECT id, code = ?2, wrong, done_utc, expires_utc, intent FROM command"
			   " WHERE number = ?1 AND asked_utc > ?3 - ?4 AND (code = ?2 OR"
			   "  (done_utc IS NULL AND expires_utc > ?3 AND wrong < ?5))"
			   " ORDER BY code = ?2 DESC, id DESC LIMIT 1",
			   "ttIIi", number, code, now, (int64_t)APPROVAL_KEPT_S, APPROVAL_TRIES);
	if (r < 0 || (r = query_next(&q)) < 1)
		return r;
	ret->id = query_int(&q, 0);
	ret->right = query_int(&q, 1) != 0;
	ret->wrong = (int)query_int(&q, 2);
	if (!intent_read(query_text(&q, 5), &ret->intent))
		return 0;
	ret->state = !query_null(&q, 3)             ? COMMAND_DONE
		     : ret->wrong >= APPROVAL_TRIES ? COMMAND_VOID
		     : query_int(&q, 4) <= now      ? COMMAND_EXPIRED
						    : COMMAND_OPEN;
	return 0;
}

int command_expected(struct store *s, const char *number, int64_t now)
{
	int64_t n = 0;
	int r = store_get(
	    s, &n, "SELECT count(*) FROM command WHERE number = ? AND done_utc IS NULL AND asked_utc > ?", "tI",
	    number, now - APPROVAL_KEPT_S);
	return r < 0 ? r : n > 0;
}

int command_done(struct store *s, int64_t id, int64_t now)
{
	return store_run(s, "UPDATE command SET done_utc = ? WHERE id = ?", "II", now, id);
}

int command_missed(struct store *s, const char *number, int64_t now)
{
	return store_run(s,
			 "UPDATE command SET wrong = wrong + 1 WHERE number = ? AND done_utc IS NULL"
			 " AND expires_utc > ?",
			 "tI", number, now);
}
