/* Somebody speaks for a registered person of the same grid. */
#include "daemon/participation_duty.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/action.h"
#include "store/facts.h"
#include "store/matter.h"
#include "store/proxy.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define TOLD_FOR_S (2 * DAY_S) /* later the text would only puzzle */

/* The words by themselves: what they are about, and where. */
static void read_words(const struct turn *t, const struct intent *in, struct intent *ret)
{
	cleanup_free struct intents *said = mem_alloc(sizeof *said);
	rules_read(t->p->rules, in->text, &(struct rules_context){.roles = ROLE(RESIDENT)}, said);
	*ret = (struct intent){.kind = INTENT_UNKNOWN};
	for (int i = said->count - 1; i >= 0; i--)
		if (said->list[i].kind == INTENT_COMPLAINT || said->list[i].kind == INTENT_PROPOSAL)
			*ret = said->list[i];
	text_copy(ret->text, sizeof ret->text, in->text);
}

int proxy_facts(const struct turn *t, const struct intent *in, struct facts *f)
{
	struct proxy_fact *p = &f->duty.proxy;
	cleanup_free struct sender *w = mem_alloc(sizeof *w);
	int r = facts_sender(t->p->store, in->for_number, t->p->config->number, t->p->config->language, w);
	if (r < 0 || (r = proxy_count(t->p->store, t->sender.number, t->now - DAY_S, &p->today)) < 0)
		return r;
	text_copy(p->number, sizeof p->number, w->number);
	p->own = !strcmp(w->number, t->sender.number) || (w->person && w->person == t->sender.person);
	p->textable = !w->machine && e164_is_person(w->kind) && e164_can_text(w->kind);
	p->known = w->person && w->grid[0] && !strcmp(w->grid, t->sender.grid) && !w->unlinked;
	p->silent = w->opted_out == OPT_ALL || w->muted;
	read_words(t, in, &p->said);
	return 0;
}

static int tell(const struct turn *t, const struct sender *who, int number, int64_t *ret_id)
{
	cleanup_buf struct buf text = {0};
	char dedupe[48];
	size_t n = strlen(t->sender.number);
	/* never the sender's words, nor a name that the sender may have chosen */
	const struct reply_arg args[] = {
	    {.name = "site", .type = REPLY_TEXT, .text = t->p->config->signature, .max = 12},
	    {.name = "number", .type = REPLY_INT, .n = number},
	    {.name = "phone", .type = REPLY_TEXT, .text = t->sender.number + (n > 4 ? n - 4 : 0)},
	    {0},
	};
	say(t->p, who->language, "proxy.told", args, &text);
	snprintf(dedupe, sizeof dedupe, "proxy:%d", number);
	return say_send(t->p, who->number, buf_str(&text),
			&(struct say_options){.class = OUTBOX_REMINDER,
					      .quiet = true,
					      .matter = number,
					      .person = who->person,
					      .not_after_utc = t->now + TOLD_FOR_S,
					      .dedupe = dedupe},
			t->now, ret_id);
}

int proxy_open(const struct turn *t, const struct facts *f, const struct effect *e)
{
	cleanup_free struct decision *d = mem_alloc(sizeof *d);
	struct turn theirs = *t;
	int64_t told = 0;
	int number, r = facts_sender(t->p->store, e->name, t->p->config->number, t->p->config->language,
				     &theirs.sender);
	if (r < 0 || (r = matter_next_number(t->p->store, &number)) < 0)
		return r;
	*d = (struct decision){.effects = {*e}, .effect_count = 1, .open_number = number};
	struct effect *open = &d->effects[0];
	open->kind = EFFECT_OPEN;
	open->undo = -1;
	if (!*open->building || !strcmp(open->building, theirs.sender.building)) {
		open->building = theirs.sender.building;
		open->unit = open->unit && *open->unit ? open->unit : theirs.sender.unit;
		open->room = open->room && *open->room ? open->room : theirs.sender.room;
	}
	if ((r = apply(&theirs, f, d)) < 0 || (r = note_action(t, e, number, NULL)) < 0 ||
	    (r = journal_add(t->p->store, number, "by proxy", t->by.id, &t->by, t->now)) < 0)
		return r;
	if (e->answer && (r = tell(t, &theirs.sender, number, &told)) < 0)
		return r;
	if ((r = proxy_add(t->p->store, number, t->sender.number, theirs.sender.number, told, t->now)) < 0 ||
	    !told)
		return r;
	return action_add(t->p->store, theirs.sender.number, ACTION_PROXY, number, NULL, &t->by, t->now);
}

int proxy_undo(const struct turn *t, const struct former *f)
{
	enum case_state st;
	char sender[E164_MAX], dedupe[48];
	struct sender w;
	cleanup_buf struct buf text = {0};
	int number = (int)f->subject;
	int r = matter_act(t->p->store, number, &(struct matter_step){.event = CASE_EV_WITHDRAW}, &t->by,
			   t->now, &st);
	if (r < 0)
		return r == -EPERM ? 0 : r;
	if ((r = proxy_sender(t->p->store, number, sender)) < 0 ||
	    (r = facts_sender(t->p->store, sender, t->p->config->number, t->p->config->language, &w)) < 0)
		return r;
	if (w.muted || w.unlinked || w.opted_out == OPT_ALL)
		return 0;
	const struct reply_arg args[] = {{.name = "number", .type = REPLY_INT, .n = number}, {0}};
	say(t->p, w.language, "proxy.refused", args, &text);
	snprintf(dedupe, sizeof dedupe, "proxy:refused:%d", number);
	return say_send(
	    t->p, sender, buf_str(&text),
	    &(struct say_options){.class = OUTBOX_REMINDER, .quiet = true, .matter = number, .dedupe = dedupe},
	    t->now, NULL);
}
