#include "store/journal.h"
#include "store/internal.h"

const char *journal_channel_name(enum journal_channel c)
{
	static const char *const names[] = {[CHANNEL_TEXT] = "text",
					    [CHANNEL_CALL] = "call",
					    [CHANNEL_SHELL] = "shell",
					    [CHANNEL_TIMER] = "timer"};
	return names[c];
}

int journal_add(struct store *s, int matter, const char *entry, const char *note, const struct actor *by,
		int64_t now)
{
	return store_run(
	    s, "INSERT INTO journal (matter, utc, actor, channel, entry, note, message) VALUES (?,?,?,?,?,?,?)",
	    "PIttttP", (int64_t)matter, now, by->id, journal_channel_name(by->channel), entry, note ? note : "",
	    by->message);
}

int journal_last_id(struct store *s, int64_t *ret)
{
	return store_get(s, ret, "SELECT coalesce(max(id), 0) FROM journal", "");
}

int journal_list(struct store *s, int matter, int (*row)(void *ctx, const struct journal_row *j), void *ctx)
{
	cleanup_query struct query q = {0};
	int r = query_open(
	    s, &q, "SELECT id, utc, actor, channel, entry, note FROM journal WHERE matter = ? ORDER BY id", "i",
	    matter);
	while (r >= 0 && (r = query_next(&q)) == 1) {
		struct journal_row j = {.id = query_int(&q, 0),
					.utc = query_int(&q, 1),
					.actor = query_text(&q, 2),
					.channel = query_text(&q, 3),
					.entry = query_text(&q, 4),
					.note = query_text(&q, 5)};
		int end = row(ctx, &j);
		if (end)
			return end;
	}
	return r;
}

int journal_touched(struct store *s, int matter, const char *number, int64_t message)
{
	int64_t n = 0;
	int r = store_get(
	    s, &n,
	    "SELECT count(*) FROM journal j WHERE j.matter = ?1 AND j.actor <> 'daemon'"
	    " AND j.id > coalesce((SELECT max(k.id) FROM journal k WHERE k.matter = ?1 AND k.message = ?2), 0)"
	    " AND NOT EXISTS (SELECT 1 FROM message_in m WHERE m.id = j.message AND m.number = ?3)",
	    "iIt", matter, message, number);
	return r < 0 ? r : n > 0;
}
