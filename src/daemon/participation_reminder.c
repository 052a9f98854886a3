/* Reminders that recur: each date becomes a broadcast of its own, for who is of the audience then. */
#include "base/buf.h"
#include "civic/marks.h"
#include "daemon/participation_internal.h"
#include "sms/compose.h"
#include "store/broadcast.h"
#include "store/chore.h"
#include "store/reminder.h"

#include <errno.h>

#define DATES_AT_ONCE 16

static const struct actor calendar = {"daemon", CHANNEL_TIMER, 0};

struct filling {
	const char *text;
	struct buf out;
	int most;
	int64_t total;
};

static int compose(const char *text, bool *ret_ucs2, int *ret_segments)
{
	enum sms_alphabet alphabet = SMS_GSM7;
	int n = *text ? compose_count(text, &(struct compose_options){0}, &alphabet) : -EINVAL;
	*ret_ucs2 = alphabet == SMS_UCS2;
	*ret_segments = n;
	return n < 0 ? n : 0;
}

static int fill(void *ctx, const struct broadcast_member *m, struct buf *out, bool *ret_ucs2, int *ret_segments)
{
	const struct filling *f = ctx;
	struct mark_values v;
	broadcast_values(m, &v);
	marks_fill(f->text, &v, out);
	return compose(buf_str(out), ret_ucs2, ret_segments);
}

static int measure(void *ctx, const struct broadcast_member *m)
{
	struct filling *f = ctx;
	bool ucs2;
	int segments;
	buf_reset(&f->out);
	int r = fill(f, m, &f->out, &ucs2, &segments);
	if (r)
		return r;
	f->most = segments > f->most ? segments : f->most;
	f->total += segments;
	return 0;
}

/* Somebody has to look: its grid is gone, or for somebody nothing is left of the text. */
static int wrong(const struct participation *p, const struct reminder_date *d, const char *why, int64_t now)
{
	cleanup_buf struct buf note = {0};
	buf_addf(&note, "reminder %lld: %s", (long long)d->id, why);
	return chore_add(p->store, "reminder", "", 0, buf_str(&note), &calendar, now, NULL, NULL);
}

static int queue(const struct participation *p, const struct reminder_date *d, int64_t now, int64_t *ret_id)
{
	struct broadcast_audience who;
	struct err e = {0};
	cleanup_buf struct buf words = {0}, same = {0};
	unsigned marks = 0;
	int r = broadcast_audience_begin(p->store, d->audience, &e);
	if (!r)
		r = marks_read(d->text, NULL, 0, &words, &marks, &e);
	if (r == -EINVAL && e.text[0])
		return wrong(p, d, e.text, now);
	if (r || (r = broadcast_audience_end(p->store, &who)) || !who.recipients)
		return r;
	struct filling f = {.text = buf_str(&words)};
	struct broadcast_new n = {.audience = d->audience,
				  .recipients = who.recipients,
				  .at_utc = d->at_utc,
				  .not_after_utc = d->until_utc,
				  .waiting =
				      p->config->approval_above && who.recipients > p->config->approval_above,
				  .by = d->by};
	if (marks) {
		n.text = buf_str(&words);
		n.fill = fill;
		n.ctx = &f;
		r = broadcast_recipients_each(p->store, measure, &f);
		n.segments = f.most;
		n.segments_total = f.total;
	} else {
		marks_fill(buf_str(&words), &(struct mark_values){{NULL}}, &same);
		n.text = buf_str(&same);
		r = compose(n.text, &n.ucs2, &n.segments);
	}
	buf_done(&f.out);
	if (r == -EINVAL || r == -E2BIG)
		return wrong(p, d, "its text is empty or too long for somebody", now);
	return r ? r : broadcast_add(p->store, &n, now, ret_id);
}

int reminders_tick(const struct participation *p, int64_t now, int64_t *ret_next)
{
	int r = 0;
	for (int i = 0; i < DATES_AT_ONCE; i++) {
		struct reminder_date d;
		int64_t id = 0;
		if ((r = reminder_due(p->store, now, &d, ret_next)) <= 0)
			return r;
		r = queue(p, &d, now, &id);
		if (!r)
			r = reminder_mark(p->store, &d, id);
		reminder_date_done(&d);
		if (r)
			return r;
	}
	*ret_next = now;
	return 0;
}
