/* The loop closes: who raised or supports a case hears when it is taken up, settled, refused or merged, and is
 * asked whether it is settled. The stream of events is read with a cursor, so that a step by text, by shell or
 * by a script counts alike and nothing is told twice. */
#include "base/mem.h"
#include "base/text.h"
#include "daemon/participation_internal.h"
#include "store/event.h"
#include "store/facts.h"
#include "store/matter.h"
#include "store/phone.h"
#include "store/question.h"
#include "store/worklist.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PHONES_MAX  64 /* told of one case; the rest sees it on the notice board */
#define RATING_DAYS 30 /* a case settled longer ago is not asked about any more */
#define ASK_MAX     64

struct change {
	int64_t event;
	int number; /* of a case */
	const char *to, *reason;
};

struct news {
	enum category category;
	enum case_state state;
	bool private;
	char from[E164_MAX], assignee[INTENT_SHORT_MAX], note[200];
	int other;
};

static int copy_news(void *ctx, const struct matter *m)
{
	struct news *n = ctx;
	n->category = m->category;
	n->state = m->state;
	n->private = m->private;
	n->other = m->merged_into;
	text_copy(n->from, sizeof n->from, m->number_from);
	text_copy(n->assignee, sizeof n->assignee, m->assignee_name);
	return 0;
}

int may_tell(const struct participation *p, const char *number, enum language *ret_lang)
{
	struct sender w;
	int r = facts_sender(p->store, number, p->config->number, p->config->language, &w);
	if (r < 0)
		return r;
	*ret_lang = w.language;
	return !w.machine && e164_can_text(w.kind) && !w.muted && !w.unlinked && w.opted_out != OPT_ALL;
}

static int tell_one(const struct participation *p, const char *number, const char *key, int matter,
		    const struct news *n, int64_t event, int64_t not_after, int64_t now)
{
	enum language lang;
	int r = may_tell(p, number, &lang);
	if (r <= 0)
		return r;
	const struct reply_arg args[] = {
	    {.name = "site", .type = REPLY_TEXT, .text = p->config->signature, .max = 12},
	    {.name = "number", .type = REPLY_INT, .n = matter},
	    {.name = "category", .type = REPLY_KEY, .text = category_key(n->category)},
	    {.name = "note", .type = REPLY_TEXT, .text = n->note, .max = 20},
	    {.name = "name", .type = REPLY_TEXT, .text = n->assignee, .max = 8},
	    {.name = "other", .type = REPLY_INT, .n = n->other},
	    {0},
	};
	cleanup_buf struct buf text = {0};
	char dedupe[80];
	say(p, lang, key, args, &text);
	snprintf(dedupe, sizeof dedupe, "news:%" PRId64 ":%.23s", event, number);
	return say_send(p, number, buf_str(&text),
			&(struct say_options){.class = OUTBOX_REMINDER,
					      .quiet = true,
					      .matter = matter,
					      .not_after_utc = not_after,
					      .dedupe = dedupe},
			now, NULL);
}

/* "修好了回1, 没修好回2", when no other question is open to that phone. */
static int ask_rating(const struct participation *p, int matter, int64_t now)
{
	struct news n = {0};
	struct question_fact q;
	struct actor by = {"daemon", CHANNEL_TIMER, 0};
	int r = matter_get(p->store, matter, copy_news, &n);
	if (r < 0 || (r = question_get(p->store, n.from, now, &q)) < 0)
		return r;
	if (q.kind != ASKED_NONE)
		return 0;
	enum language lang;
	if ((r = may_tell(p, n.from, &lang)) < 0)
		return r;
	if (r == 0) /* never asked: it stays "resolved, not confirmed" */
		return journal_add(p->store, matter, "asked", "not asked: wants no texts", &by, now);
	if ((r = journal_note(p->store, matter, "resolved", n.note, sizeof n.note)) < 0 ||
	    (r = journal_add(p->store, matter, "asked", NULL, &by, now)) < 0)
		return r;
	int64_t unique = now * 1000 + matter % 1000;
	if ((r = tell_one(p, n.from, "rating.ask", matter, &n, unique, now + QUESTION_RATING_S, now)) < 0)
		return r;
	return question_ask(p->store, n.from, ASKED_RATING, matter, NULL, now, now + QUESTION_RATING_S);
}

static int tell_all(const struct participation *p, const struct change *ch, const char *key, const char *entry,
		    bool reporter, int64_t now)
{
	struct news n = {0};
	cleanup_free char(*phones)[E164_MAX] = mem_array(PHONES_MAX, E164_MAX);
	int r = matter_get(p->store, ch->number, copy_news, &n);
	if (r < 0 || n.private || strcmp(case_state_name(n.state), ch->to) != 0)
		return r < 0 ? r : 0; /* it has moved on since */
	if ((r = journal_note(p->store, ch->number, entry, n.note, sizeof n.note)) < 0)
		return r;
	int count = matter_phones(p->store, ch->number, phones, PHONES_MAX);
	r = count;
	for (int i = 0; i < count && r >= 0; i++)
		if (reporter || strcmp(phones[i], n.from) != 0)
			r = tell_one(p, phones[i], key, ch->number, &n, ch->event, now + 2 * DAY_S, now);
	return r < 0 ? r : 0;
}

static int tell_case(const struct participation *p, const struct stream_event *e, int64_t now)
{
	const struct change ch = {.event = e->id,
				  .number = (int)stream_int(e, "case"),
				  .to = stream_text(e, "to"),
				  .reason = stream_text(e, "reason")};
	static const struct {
		enum case_event event;
		const char *key;
		bool reporter; /* is told as well; else is asked */
	} news[] = {
	    {CASE_EV_TAKE, "news.taken", true},
	    {CASE_EV_RESOLVE, "news.resolved", false},
	    {CASE_EV_REJECT, "news.rejected", true},
	    {CASE_EV_MERGE, "news.merged", true},
	};
	for (size_t i = 0; i < ARRAY_LEN(news); i++)
		if (!strcmp(ch.reason, case_event_entry(news[i].event)))
			return tell_all(p, &ch, news[i].key, ch.reason, news[i].reporter, now);
	return 0;
}

int news_send(const struct participation *p, int64_t now, int64_t *next)
{
	(void)next;
	return stream_follow(p, "news", 1ull << EVENT_CASE_CHANGED, tell_case, now);
}

int news_ask_rating(const struct participation *p, const char *number, int64_t now)
{
	int numbers[ASK_MAX];
	int n = matter_unasked(p->store, number, now - RATING_DAYS * DAY_S, numbers, ASK_MAX), r = n;
	for (int i = 0; i < n && r >= 0; i++)
		r = ask_rating(p, numbers[i], now);
	return r < 0 ? r : 0;
}
