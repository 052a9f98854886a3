/* One question at a time to a phone: a bare digit must have one meaning. What else is to be asked waits until the open one
 * is answered or expires. */
#include "base/mem.h"
#include "daemon/participation_duty.h"
#include "store/question.h"
#include "store/worklist.h"

#define PHONES_MAX 64

/* What a phone may be asked, the most urgent first. Each asks what waits of `number`, or (NULL) of every phone; a phone that
 * has an open question is left alone. */
static int (*const askers[])(const struct participation *p, const char *number, int64_t now) = {
    news_ask_rating,
    offers_ask_settled,
    rounds_ask_held,
    verify_ask,
};

int ask_next(const struct participation *p, const char *number, int64_t now)
{
	struct question_fact q = {0};
	int r = 0;
	for (size_t i = 0; i < ARRAY_LEN(askers) && r >= 0 && q.kind == ASKED_NONE; i++)
		if ((r = askers[i](p, number, now)) >= 0)
			r = question_get(p->store, number, now, &q);
	return r < 0 ? r : 0;
}

int ask_tick(const struct participation *p, int64_t now, int64_t *ret_next)
{
	cleanup_free char(*phones)[E164_MAX] = mem_array(PHONES_MAX, E164_MAX);
	int64_t next = INT64_MAX;
	int n = question_expired(p->store, now, phones, PHONES_MAX), r = n;
	for (int i = 0; i < n && r >= 0; i++)
		if ((r = question_clear(p->store, phones[i])) >= 0)
			r = ask_next(p, phones[i], now);
	for (size_t i = 0; i < ARRAY_LEN(askers) && r >= 0; i++)
		r = askers[i](p, NULL, now);
	if (r >= 0)
		r = question_expire(p->store, now, &next);
	if (n == PHONES_MAX)
		next = now;
	if (next < *ret_next)
		*ret_next = next;
	return r < 0 ? r : 0;
}
