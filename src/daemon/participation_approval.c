/* The second person's yes to a large broadcast: codes out to the secretaries' phones, and what a code that
 * comes back does. A code is drawn by the daemon and stands in the database and in that one text alone; lists
 * show stars instead. */
#include "base/mem.h"
#include "base/text.h"
#include "daemon/participation_internal.h"
#include "store/approval.h"
#include "store/chore.h"
#include "store/person.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#define PHONES_MAX 16 /* secretaries who are asked */
#define DUE_MAX    16
#define DRAWS_MAX  8 /* one phone has a few codes at most */

struct asking {
	int64_t id, recipients, at_utc, not_after_utc;
	bool urgent; /* into the quiet hours */
	char audience[48], by[ACTOR_MAX];
	char *text; /* owned */
};

static int copy(void *ctx, const struct broadcast *b)
{
	struct asking *a = ctx;
	*a = (struct asking){.id = b->id,
			     .recipients = b->recipients,
			     .at_utc = b->at_utc,
			     .not_after_utc = b->not_after_utc,
			     .urgent = b->override_quiet,
			     .text = mem_dup(b->text)};
	text_copy(a->audience, sizeof a->audience, b->audience);
	text_copy(a->by, sizeof a->by, b->created_by);
	return 0;
}

int code_draw(char ret[APPROVAL_DIGITS + 1])
{
	uint32_t n = UINT32_MAX;
	do { /* the rest above the last whole million would favour low codes */
		ssize_t got = getrandom(&n, sizeof n, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got != (ssize_t)sizeof n)
			return got < 0 ? -errno : -EIO;
	} while (n >= UINT32_MAX - UINT32_MAX % 1000000);
	snprintf(ret, APPROVAL_DIGITS + 1, "%06" PRIu32, n % 1000000);
	return 0;
}

/* As many of the broadcast's words as one segment holds, but some in any case. */
static void compose(const struct participation *p, enum language lang, const struct asking *a, const char *code,
		    int64_t now, struct buf *out)
{
	static const int lengths[] = {60, 40, 24, 16, 10};
	for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
		const struct reply_arg args[] = {
		    {.name = "site", .type = REPLY_TEXT, .text = p->config->signature, .max = 8},
		    {.name = "number", .type = REPLY_INT, .n = a->id},
		    {.name = "to", .type = REPLY_TEXT, .text = a->audience, .max = 20},
		    {.name = "count", .type = REPLY_INT, .n = a->recipients},
		    {.name = "when", .type = REPLY_WHEN, .n = a->at_utc > now ? a->at_utc : now},
		    {.name = "text", .type = REPLY_TEXT, .text = a->text, .max = lengths[i]},
		    {.name = "code", .type = REPLY_TEXT, .text = code},
		    {0},
		};
		buf_reset(out);
		say(p, lang, "approval.ask", args, out);
		if (say_segments(buf_str(out)) <= 1)
			return;
	}
}

/* A fresh code to one phone. `answers`: the text that it answers, 0 none. */
static int ask_phone(const struct participation *p, const struct asking *a, const char *number, int64_t person,
		     enum language lang, int64_t answers, bool quiet, int64_t now)
{
	char code[APPROVAL_DIGITS + 1];
	int64_t until = now + APPROVAL_CODE_S, message = 0;
	int r = -EEXIST;
	if (a->not_after_utc && a->not_after_utc < until)
		until = a->not_after_utc;
	for (int i = 0; i < DRAWS_MAX && r == -EEXIST; i++)
		if ((r = code_draw(code)) == 0)
			r = approval_open(p->store, a->id, number, code, now, until);
	if (r < 0)
		return r;
	cleanup_buf struct buf text = {0};
	compose(p, lang, a, code, now, &text);
	r = say_send(p, number, buf_str(&text),
		     &(struct say_options){.class = OUTBOX_REPLY,
					   .quiet = quiet,
					   .not_after_utc = until,
					   .answers = answers,
					   .person = person,
					   .secret = code},
		     now, &message);
	return r < 0 ? r : approval_texted(p->store, a->id, number, message);
}

static int ask_secretaries(const struct participation *p, const struct asking *a, int64_t now)
{
	cleanup_free struct person *people = mem_array(PHONES_MAX, sizeof *people);
	int asked = 0, r = 0, n = persons_with_role(p->store, ROLE(SECRETARY), NULL, people, PHONES_MAX);
	for (int i = 0; i < n && r >= 0; i++) {
		char who[ACTOR_MAX];
		bool known = false;
		snprintf(who, sizeof who, "person:%" PRId64, people[i].id);
		for (int k = 0; k < i && !known; k++)
			known = !strcmp(people[k].number, people[i].number);
		if (known || !strcmp(who, a->by))
			continue; /* a shared phone, or the very person who asked for it */
		enum language lang = people[i].has_language ? people[i].language : p->config->language;
		r = ask_phone(p, a, people[i].number, people[i].id, lang, 0, !a->urgent, now);
		asked++;
	}
	if (n < 0 || r < 0)
		return n < 0 ? n : r;
	/* nobody to ask: the next look finds it again, there may be a secretary with a phone by then */
	return asked ? approval_asked(p->store, a->id, now) : 0;
}

/* Quiet hours bind a code as everything that nobody waits for with the phone in hand, unless the broadcast
 * itself was let into them; so its ten minutes begin in the morning. */
int approval_send(const struct participation *p, int64_t now, int64_t *ret_next)
{
	int64_t due[DUE_MAX], opens = day_window_end(&p->config->quiet_hours, now);
	bool quiet = opens > now;
	int n = approval_due(p->store, now, quiet, due, DUE_MAX), r = n;
	for (int i = 0; i < n && r >= 0; i++) {
		struct asking a = {0};
		if ((r = broadcast_get(p->store, due[i], copy, &a)) >= 0)
			r = ask_secretaries(p, &a, now);
		free(a.text);
	}
	if (r >= 0 && quiet) {
		if ((r = approval_due(p->store, now, false, due, 1)) > 0 && opens < *ret_next)
			*ret_next = opens;
	}
	return r < 0 ? r : 0;
}

/* Somebody guesses at the codes of this phone: its owner hears it in the answer, the desk by its list. */
static int miscode(const struct turn *t, const struct effect *e)
{
	char note[48];
	int r = approval_missed(t->p->store, t->sender.number, t->now);
	if (r < 0 || e->answer > 0)
		return r;
	snprintf(note, sizeof note, "broadcast %" PRId64, e->subject);
	return chore_add(t->p->store, "approval", t->sender.number, t->sender.person, note, &t->by, t->now,
			 NULL, NULL);
}

static int recode(const struct turn *t, const struct effect *e)
{
	struct asking a = {0};
	int r = broadcast_get(t->p->store, e->subject, copy, &a);
	if (r >= 0)
		r = ask_phone(t->p, &a, t->sender.number, t->sender.person, t->language, t->message,
			      t->now - t->heard_utc > APPROVAL_CODE_S, t->now);
	free(a.text);
	return r;
}

int approval_apply(const struct turn *t, const struct effect *e)
{
	if (e->kind == EFFECT_APPROVE)
		return broadcast_approve(t->p->store, e->subject, &t->by, t->now);
	return e->kind == EFFECT_MISCODE ? miscode(t, e) : recode(t, e);
}
