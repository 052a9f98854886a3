#include "store/self_text.h"
#include "store/internal.h"
#include "store/outbox.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int self_text_get(struct store *s, const char *line, struct self_text *ret)
{
	cleanup_query struct query q = {0};
	int r = query_find(s, &q,
			   "SELECT t.queued_utc, m.sent_utc, t.back_utc,"
			   " coalesce(m.state IN ('failed', 'expired', 'cancelled'), 1), t.missed"
			   " FROM self_text t LEFT JOIN message_out m ON m.id = t.message WHERE t.line = ?",
			   "t", line);
	if (r < 0)
		return r;
	*ret = (struct self_text){.queued_utc = query_int(&q, 0),
				  .sent_utc = query_int(&q, 1),
				  .back_utc = query_int(&q, 2),
				  .given_up = query_int(&q, 3),
				  .missed = (int)query_int(&q, 4)};
	return 0;
}

int self_text_add(struct store *s, const char *line, const char *bound, const char *number, const char *code,
		  int64_t now_utc, int64_t not_after_utc)
{
	char text[64], dedupe[128];
	int64_t id = 0;
	snprintf(text, sizeof text, SELF_TEXT_PREFIX "%.20s", code);
	snprintf(dedupe, sizeof dedupe, "self:%.60s:%.20s", line, code);
	int r = outbox_add(s,
			   &(struct outbox_new){.number = number,
						.text = text,
						.class = OUTBOX_REPLY,
						.segments = 1,
						.not_after_utc = not_after_utc,
						.dedupe = dedupe},
			   now_utc, &id);
	if (r == 0)
		r = store_run(s, "UPDATE message_out SET bound = ? WHERE id = ?", "tI", bound, id);
	if (r == 0)
		r = store_run(s,
			      "INSERT INTO self_text (line, code, message, queued_utc) VALUES (?1, ?2, ?3, ?4)"
			      " ON CONFLICT (line) DO UPDATE SET code = ?2, message = ?3, queued_utc = ?4, "
			      "back_utc = NULL",
			      "ttII", line, code, id, now_utc);
	return r;
}

int self_text_missed(struct store *s, const char *line, int missed)
{
	return store_run(s, "UPDATE self_text SET missed = ?2 WHERE line = ?1", "ti", line, missed);
}

int self_text_back(struct store *s, const char *text, int64_t now_utc)
{
	size_t n = strlen(SELF_TEXT_PREFIX);
	if (!text || strncmp(text, SELF_TEXT_PREFIX, n) != 0)
		return 0;
	int r =
	    store_run(s, "UPDATE self_text SET back_utc = ?2, missed = 0 WHERE code = ?1 AND back_utc IS NULL",
		      "tI", text + n, now_utc);
	return r ? r : 1;
}
