/* Commands of staff that are wide or final: a code goes to the phone they came from, and what its return does. A
 * sender's number can be forged; whoever forges it does not get the text. */
#include "base/mem.h"
#include "base/text.h"
#include "daemon/participation_internal.h"
#include "sms/compose.h"
#include "store/broadcast.h"
#include "store/chore.h"
#include "store/command.h"
#include "store/grid.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define DRAWS_MAX 8 /* one phone has a few codes at most */

int command_gather(const struct turn *t, const struct intent *in, struct facts *f)
{
	if (!(t->sender.roles & ROLES_STAFF))
		return 0;
	int r = command_get(t->p->store, t->sender.number, in->code, t->now, &f->cases.command);
	if (r < 0 || f->cases.command.state != COMMAND_OPEN || !f->cases.command.right)
		return r;
	f->cases.confirmed = true;
	return gather_needs(t, &f->cases.command.intent, decide_needs(f->cases.command.intent.kind), f);
}

/* ------------------------------------------------------------------------------------------------ audience */

/* Words that mean everybody of the sender's own grid, or of the whole box where the sender has none. */
static bool means_all(const char *to)
{
	static const char *const words[] = {"全体", "所有", "大家",     "全社区",    "全小区", "全部",
					    "居民", "业主", "大伙",     "群众",      "各家",   "每家",
					    "各楼", "全楼", "everyone", "everybody", "all"};
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (!strncasecmp(to, words[i], strlen(words[i])))
			return true;
	return !*to;
}

/* 党员 and the like are no roles here. */
static int role_of(const char *to)
{
	char word[INTENT_SHORT_MAX];
	int role = role_find(to);
	text_copy(word, sizeof word, to);
	char *plural = strstr(word, "们");
	if (role < 0 && plural) {
		*plural = 0;
		role = role_find(word);
	}
	return role;
}

struct named_grid {
	const char *want;
	char code[CIVIC_CODE_MAX], name[INTENT_SHORT_MAX];
};

static int match_grid(void *ctx, const struct grid *g)
{
	struct named_grid *n = ctx;
	const char *want = strncasecmp(n->want, "grid:", 5) ? n->want : n->want + 5;
	if (strcasecmp(g->code, want) != 0 && strcmp(g->name, want) != 0)
		return 0;
	text_copy(n->code, sizeof n->code, g->code);
	text_copy(n->name, sizeof n->name, *g->name ? g->name : g->code);
	return 1;
}

static int audience_terms(const struct turn *t, const char *to, struct audience_fact *a)
{
	struct named_grid grid = {.want = to};
	char building[16];
	int role = *to ? role_of(to) : -1;
	size_t digits = strspn(to, "0123456789");
	if (means_all(to)) {
		text_copy(a->name, sizeof a->name, *to ? to : "全体居民");
		snprintf(a->terms, sizeof a->terms, "%s%s", t->sender.grid[0] ? "grid:" : "all",
			 t->sender.grid);
		return 0;
	}
	text_copy(a->name, sizeof a->name, to);
	if (role >= 0) {
		snprintf(a->terms, sizeof a->terms, "role:%s", role_name(role));
		return 0;
	}
	int r = grid_list(t->p->store, NULL, match_grid, &grid);
	if (r < 0)
		return r;
	if (grid.code[0]) {
		snprintf(a->terms, sizeof a->terms, "grid:%s", grid.code);
		text_copy(a->name, sizeof a->name, grid.name);
	} else if (digits && digits < sizeof building && t->sender.grid[0]) {
		text_copy(building, digits + 1, to);
		snprintf(a->terms, sizeof a->terms, "building:%s/%s", t->sender.grid, building);
	}
	return 0;
}

/* Exactly what goes out: signed, unless the words are. */
static void broadcast_text(const struct turn *t, const char *words, struct buf *out)
{
	if (strncmp(words, "【", strlen("【")) != 0)
		buf_addf(out, "【%s】", t->p->config->signature);
	buf_adds(out, words);
}

int audience_gather(const struct turn *t, const struct intent *in, struct facts *f)
{
	struct audience_fact *a = &f->cases.audience;
	struct broadcast_audience who;
	struct err e;
	cleanup_buf struct buf text = {0};
	if (!(t->sender.roles & ROLE(SECRETARY)))
		return 0;
	int r = audience_terms(t, in->to, a);
	if (r < 0 || !a->terms[0])
		return r;
	if ((r = broadcast_audience_begin(t->p->store, a->terms, &e)) < 0)
		return r == -EINVAL ? 0 : r;
	if ((r = broadcast_audience_end(t->p->store, &who)) < 0)
		return r;
	broadcast_text(t, in->text, &text);
	a->recipients = who.recipients;
	a->segments = say_segments(buf_str(&text));
	return 0;
}

/* ------------------------------------------------------------------------------------------------ the code */

/* The command as it was understood; long words are cut until one segment holds it. */
static void compose(const struct turn *t, const struct facts *f, const struct effect *e, const char *code,
		    struct buf *out)
{
	static const int lengths[] = {60, 40, 24, 16, 10};
	const struct audience_fact *a = &f->cases.audience;
	for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
		const struct reply_arg args[] = {
		    {.name = "number", .type = REPLY_INT, .n = e->number},
		    {.name = "category", .type = REPLY_KEY, .text = category_key(e->category)},
		    {.name = "to", .type = REPLY_TEXT, .text = a->name, .max = 12},
		    {.name = "count", .type = REPLY_INT, .n = a->recipients},
		    {.name = "segments", .type = REPLY_INT, .n = a->segments},
		    {.name = "text", .type = REPLY_TEXT, .text = e->intent->text, .max = lengths[i]},
		    {.name = "code", .type = REPLY_TEXT, .text = code},
		    {0},
		};
		buf_reset(out);
		say(t->p, t->language,
		    e->intent->kind == INTENT_STAFF_BROADCAST ? "command.broadcast" : "command.reject", args,
		    out);
		if (say_segments(buf_str(out)) <= 1)
			return;
	}
}

int command_confirm(const struct turn *t, const struct facts *f, const struct effect *e)
{
	char code[APPROVAL_DIGITS + 1];
	int64_t id = 0, message = 0, until = t->now + APPROVAL_CODE_S;
	int r = -EEXIST;
	for (int i = 0; i < DRAWS_MAX && r == -EEXIST; i++)
		if ((r = code_draw(code)) == 0)
			r = command_add(t->p->store, t->sender.number, code, e->intent, t->now, until, &id);
	if (r < 0)
		return r;
	cleanup_buf struct buf text = {0};
	compose(t, f, e, code, &text);
	r = say_send(t->p, t->sender.number, buf_str(&text),
		     &(struct say_options){.class = OUTBOX_REPLY,
					   .quiet = t->now - t->heard_utc > APPROVAL_CODE_S,
					   .not_after_utc = until,
					   .answers = t->message,
					   .matter = e->number,
					   .person = t->sender.person,
					   .secret = code},
		     t->now, &message);
	return r < 0 ? r : command_texted(t->p->store, id, message);
}

int command_close(const struct turn *t, const struct facts *f, const struct effect *e)
{
	(void)f;
	return command_done(t->p->store, e->subject, t->now);
}

/* Somebody guesses at the codes of this phone: its owner hears it in the answer, the desk by its list. */
int command_wrong(const struct turn *t, const struct facts *f, const struct effect *e)
{
	(void)f;
	int r = command_missed(t->p->store, t->sender.number, t->now);
	return r < 0 || e->answer > 0 ? r
				      : chore_add(t->p->store, "approval", t->sender.number, t->sender.person,
						  "command", &t->by, t->now, NULL, NULL);
}

/* A large one still waits for a second person's yes. */
int command_broadcast(const struct turn *t, const struct facts *f, const struct effect *e)
{
	struct broadcast_audience who;
	struct err err;
	int64_t id = 0;
	cleanup_buf struct buf text = {0};
	enum sms_alphabet alphabet = SMS_UCS2;
	int above = t->p->config->approval_above;
	broadcast_text(t, e->text, &text);
	int segments = compose_count(buf_str(&text), &(struct compose_options){0}, &alphabet);
	int r = broadcast_audience_begin(t->p->store, e->origin, &err);
	if (r < 0 || (r = broadcast_audience_end(t->p->store, &who)) < 0)
		return r;
	(void)f;
	r = broadcast_add(t->p->store,
			  &(struct broadcast_new){.audience = e->origin,
						  .text = buf_str(&text),
						  .ucs2 = alphabet == SMS_UCS2,
						  .segments = segments,
						  .recipients = who.recipients,
						  .at_utc = t->now,
						  .waiting = above && who.recipients > above,
						  .by = t->by.id},
			  t->now, &id);
	return r < 0 ? r : note_action(t, e, id, NULL);
}
