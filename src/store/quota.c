#include "store/quota.h"
#include "base/order.h"

#include <string.h>

int64_t quota_sum(const int64_t used[OUTBOX_CLASSES])
{
	int64_t all = 0;
	for (int c = 0; c < OUTBOX_CLASSES; c++)
		all += used[c];
	return all;
}

static int32_t *slot(struct quota_window *w, int64_t minute)
{
	return w->minute[minute % QUOTA_DAY];
}

void quota_move(struct quota_window *w, int64_t now_utc)
{
	int64_t to = now_utc / 60;
	if (to - w->newest >= QUOTA_DAY) {
		memset(w, 0, sizeof *w);
		w->newest = to;
	}
	while (w->newest < to) {
		w->newest++;
		const int32_t *past_hour = slot(w, w->newest - QUOTA_HOUR + QUOTA_DAY);
		int32_t *past_day = slot(w, w->newest);
		for (int c = 0; c < OUTBOX_CLASSES; c++) {
			w->hour[c] -= past_hour[c];
			w->day[c] -= past_day[c];
			past_day[c] = 0;
		}
	}
}

void quota_add(struct quota_window *w, enum outbox_class c, int segments, int64_t utc)
{
	quota_move(w, utc);
	slot(w, w->newest)[c] += segments;
	w->hour[c] += segments;
	w->day[c] += segments;
}

/* Of one window. */
static int64_t left(int64_t quota, const int64_t used[OUTBOX_CLASSES], enum outbox_class c)
{
	int64_t kept = (quota + 4) / 5, all = quota - quota_sum(used), most = 0;
	if (!quota)
		return INT64_MAX;
	switch (c) {
	case OUTBOX_ALARM:
		return INT64_MAX;
	case OUTBOX_REPLY:
		most = quota - quota / 10 - used[OUTBOX_REPLY];
		break;
	case OUTBOX_REMINDER:
	case OUTBOX_BROADCAST:
		most = quota - kept - used[OUTBOX_REMINDER] - used[OUTBOX_BROADCAST];
		break;
	case OUTBOX_CLASSES:
		break;
	}
	most = lesser(most, all);
	return most > 0 ? most : 0;
}

int64_t quota_left(const struct quota *q, const struct quota_window *w, enum outbox_class c)
{
	return lesser(left(q->hourly, w->hour, c), left(q->daily, w->day, c));
}

static int64_t room(int64_t quota, const int64_t used[OUTBOX_CLASSES], const int64_t in_hand[OUTBOX_CLASSES],
		    enum outbox_class c)
{
	int64_t with[OUTBOX_CLASSES];
	for (int i = 0; i < OUTBOX_CLASSES; i++)
		with[i] = used[i] + in_hand[i];
	return quota_sum(with) ? left(quota, with, c) : INT64_MAX;
}

int64_t quota_room(const struct quota *q, const struct quota_window *w, const int64_t in_hand[OUTBOX_CLASSES],
		   enum outbox_class c)
{
	return lesser(room(q->hourly, w->hour, in_hand, c), room(q->daily, w->day, in_hand, c));
}

int64_t quota_opens_utc(const struct quota *q, const struct quota_window *w, enum outbox_class c,
			int64_t segments)
{
	static const int64_t nothing[OUTBOX_CLASSES];
	int64_t most = lesser(left(q->hourly, nothing, c), left(q->daily, nothing, c));
	int64_t want = lesser(segments, most ? most : 1);
	struct quota_window then = *w;
	while (quota_room(q, &then, nothing, c) < want)
		quota_move(&then, (then.newest + 1) * 60);
	return then.newest * 60;
}
