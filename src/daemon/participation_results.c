/* Afterwards: what a meeting decided goes to those who raised or supported an item, one text to each phone however many of the
 * items are its own, and if wished to everybody who was invited. In batches; how far it got is stored with each. */
#include "base/mem.h"
#include "base/text.h"
#include "civic/verdict.h"
#include "daemon/participation_internal.h"
#include "store/minutes.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define BATCH        200
#define MEETINGS_MAX 8
#define KEPT_S       (3 * DAY_S)
#define SEGMENTS     2

struct result {
	int matter, under; /* under: decided with that one, which it is alike */
	enum verdict verdict;
	enum category category;
	bool proposal;
	char title[64], who[INTENT_SHORT_MAX], note[200];
	int64_t until_utc;
};

struct results {
	int64_t meeting, starts_utc;
	char grid[CIVIC_CODE_MAX], title[INTENT_SHORT_MAX];
	struct result list[AGENDA_MAX];
	int count;
};

static int copy_meeting(void *ctx, const struct meeting *m)
{
	struct results *x = ctx;
	x->meeting = m->id;
	x->starts_utc = m->starts_utc;
	text_copy(x->title, sizeof x->title, m->title);
	return 0;
}

static int copy_item(void *ctx, const struct agenda_row *a)
{
	struct results *x = ctx;
	if (a->verdict == VERDICT_NONE || x->count == AGENDA_MAX)
		return 0;
	struct result *r = &x->list[x->count++];
	*r = (struct result){.matter = a->matter,
			     .under = a->under,
			     .verdict = (enum verdict)a->verdict,
			     .category = a->category,
			     .proposal = a->kind == MATTER_PROPOSAL,
			     .until_utc = a->until_utc};
	text_copy(r->title, sizeof r->title, a->title);
	text_copy(r->who, sizeof r->who, a->who);
	text_copy(r->note, sizeof r->note, a->note);
	return 0;
}

static void add_item(const struct participation *p, enum language lang, const struct result *x, struct buf *out)
{
	const struct reply_arg args[] = {
	    {.name = "number", .type = REPLY_INT, .n = x->matter},
	    /* what a resident proposed in his words, a trouble by its kind */
	    {.name = "what",
	     .type = x->proposal && *x->title ? REPLY_TEXT : REPLY_KEY,
	     .text = x->proposal && *x->title ? x->title : category_key(x->category),
	     .max = 8},
	    {.name = "who", .type = REPLY_TEXT, .text = x->who, .max = 8},
	    {.name = "note", .type = REPLY_TEXT, .text = x->note, .max = 20},
	    {.name = x->until_utc ? "until" : NULL, .type = REPLY_DATE, .n = x->until_utc},
	    {0},
	};
	say(p, lang, verdict_info(x->verdict)->result, args, out);
}

static bool is_own(const int *own, int count, int matter)
{
	for (int i = 0; i < count; i++)
		if (own[i] == matter)
			return true;
	return false;
}

/* One's own items first, then (`all`) the others, as many as the segments hold; what is left out is counted. */
static void compose(const struct participation *p, enum language lang, const struct results *x, const int *own,
		    int own_count, bool all, struct buf *out)
{
	const struct result *order[AGENDA_MAX];
	int n = 0;
	for (int mine = 1; mine >= (all ? 0 : 1); mine--)
		for (int i = 0; i < x->count; i++) {
			const struct result *it = &x->list[i];
			bool told = it->under &&
				    (!mine || is_own(own, own_count, it->under)); /* with the one above it */
			if (!told && is_own(own, own_count, it->matter) == (mine == 1))
				order[n++] = it;
		}
	for (int shown = n; shown >= 0; shown--) {
		cleanup_buf struct buf items = {0};
		for (int i = 0; i < shown; i++) {
			if (i)
				say(p, lang, "result.join", NULL, &items);
			add_item(p, lang, order[i], &items);
		}
		const struct reply_arg args[] = {
		    {.name = "site", .type = REPLY_TEXT, .text = p->config->signature, .max = 12},
		    {.name = "date", .type = REPLY_DATE, .n = x->starts_utc},
		    {.name = "title",
		     .type = *x->title ? REPLY_TEXT : REPLY_KEY,
		     .text = *x->title ? x->title : "meeting.word",
		     .max = 8},
		    {.name = "items", .type = REPLY_TEXT, .text = buf_str(&items)},
		    {.name = shown < n ? "more" : NULL, .type = REPLY_INT, .n = n - shown},
		    {0},
		};
		buf_reset(out);
		say(p, lang, "result", args, out);
		if (say_segments(buf_str(out)) <= SEGMENTS)
			return;
	}
}

static int tell_one(const struct participation *p, const struct results *x, const struct audience_row *to,
		    int64_t now)
{
	int own[AGENDA_MAX];
	enum language lang;
	int r = may_tell(p, to->number, &lang);
	if (r <= 0)
		return r;
	int count = results_own(p->store, x->meeting, to->number, own, AGENDA_MAX);
	if (count < 0)
		return count;
	if (to->has_language)
		lang = to->english ? LANG_EN : LANG_ZH;
	cleanup_buf struct buf text = {0};
	char dedupe[80];
	/* who has nothing of his own on it is only asked for when everybody is told */
	compose(p, lang, x, own, count, !count, &text);
	snprintf(dedupe, sizeof dedupe, "meeting:%" PRId64 ":result:%.23s", x->meeting, to->number);
	return say_send(p, to->number, buf_str(&text),
			&(struct say_options){.class = OUTBOX_REMINDER,
					      .quiet = true,
					      .not_after_utc = now + KEPT_S,
					      .matter = count ? own[0] : 0,
					      .person = to->person,
					      .dedupe = dedupe},
			now, NULL);
}

/* One batch of one meeting; 1 when there is more. */
static int tell_batch(const struct participation *p, int64_t meeting, int64_t now)
{
	cleanup_free struct results *x = mem_alloc(sizeof *x);
	cleanup_free struct audience_row *rows = mem_array(BATCH, sizeof *rows);
	int r = meeting_get(p->store, meeting, copy_meeting, x);
	if (r < 0 || (r = meeting_agenda(p->store, meeting, copy_item, x)) < 0)
		return r;
	int n = x->count ? results_audience(p->store, meeting, rows, BATCH) : 0;
	r = n;
	for (int i = 0; i < n && r >= 0; i++)
		r = tell_one(p, x, &rows[i], now);
	if (r < 0)
		return r;
	r = results_told(p->store, meeting, n == BATCH ? rows[n - 1].number : NULL, now);
	return r < 0 ? r : n == BATCH;
}

int results_send(const struct participation *p, int64_t now, int64_t *next)
{
	int64_t ids[MEETINGS_MAX];
	int r = minutes_close_late(p->store, now, next);
	int n = r < 0 ? r : results_pending(p->store, ids, MEETINGS_MAX);
	r = n;
	for (int i = 0; i < n && r >= 0; i++)
		if ((r = tell_batch(p, ids[i], now)) == 1)
			*next = now;
	return r < 0 ? r : 0;
}
