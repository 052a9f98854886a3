/* What texts do to offers: claims, errands and jobs that are asked for by text, and taking all that back. */
#include "base/mem.h"
#include "daemon/participation_internal.h"
#include "store/chore.h"
#include "store/offer.h"

#include <errno.h>
#include <stdio.h>

#define ERRAND_DAYS    7
#define JOB_DAYS       14
#define CLAIMS_AT_ONCE 64

static int put_claim(const struct turn *t, int offer, enum claim_state state, int people, int64_t position)
{
	return claim_put(t->p->store,
			 &(struct claim_change){.offer = offer,
						.number = t->sender.number,
						.person = t->sender.person,
						.people = people,
						.state = state,
						.position = position},
			 &t->by, t->now);
}

int apply_claim(const struct turn *t, const struct facts *f, const struct effect *e)
{
	(void)f;
	struct claim was;
	int r = claim_get(t->p->store, e->number, t->sender.number, &was);
	if (r < 0 || (r = put_claim(t, e->number, (enum claim_state)e->answer, e->people, 0)) < 0)
		return r;
	return note_action(t, e, e->number,
			   json_pack("{s:s, s:i, s:I}", "state", claim_state_name(was.state), "people",
				     was.people ? was.people : 1, "position", (json_int_t)was.position));
}

int undo_claim(const struct turn *t, const struct former *f)
{
	const char *name = json_string_value(json_object_get(f->before, "state"));
	int state = name ? claim_state_find(name) : -1;
	return put_claim(t, (int)f->subject, state < 0 ? CLAIM_NONE : (enum claim_state)state,
			 (int)json_integer_value(json_object_get(f->before, "people")),
			 json_integer_value(json_object_get(f->before, "position")));
}

int apply_offer(const struct turn *t, const struct facts *f, const struct effect *e)
{
	(void)f;
	enum flavour flavour = (enum flavour)e->answer;
	const struct sender *w = &t->sender;
	bool draft = flavour_row(flavour)->moderated;
	int number;
	struct offer_new n = {.flavour = flavour,
			      .text = e->text,
			      .grid = w->grid,
			      .building = w->building,
			      .unit = w->unit,
			      .room = w->room,
			      .wanted = flavour == FLAVOUR_JOB ? 0 : 1,
			      .ends_utc = t->now + (flavour == FLAVOUR_JOB ? JOB_DAYS : ERRAND_DAYS) * DAY_S,
			      .asker = w->person,
			      .phone = w->number,
			      .draft = draft,
			      .announce = true};
	int r = offer_add(t->p->store, &n, &t->by, t->now, &number);
	if (r >= 0 && draft) {
		char note[256];
		snprintf(note, sizeof note, "%s %d: %.200s", flavour_name(flavour), number, e->text);
		r = chore_add(t->p->store, flavour_name(flavour), w->number, w->person, note, &t->by, t->now,
			      NULL, NULL);
	}
	return r < 0 ? r : note_action(t, e, number, NULL);
}

static int withdraw(const struct turn *t, int number)
{
	int r = offer_cancel(t->p->store, number, NULL, &t->by, t->now);
	return r == -EPERM ? 0 : r;
}

int apply_withdraw(const struct turn *t, const struct facts *f, const struct effect *e)
{
	(void)f;
	return withdraw(t, e->number);
}

int undo_offer(const struct turn *t, const struct former *f)
{
	return withdraw(t, (int)f->subject);
}

int apply_settled(const struct turn *t, const struct facts *f, const struct effect *e)
{
	(void)f;
	struct store *s = t->p->store;
	bool good = e->answer == CLAIM_EV_CONFIRM;
	cleanup_free struct claim *claims = mem_array(CLAIMS_AT_ONCE, sizeof *claims);
	int n = claim_list(s, e->number, 1u << CLAIM_DONE, claims, CLAIMS_AT_ONCE), r = n;
	for (int i = 0; i < n && r >= 0; i++)
		r = claim_put(s,
			      &(struct claim_change){.offer = e->number,
						     .number = claims[i].number,
						     .state = good ? CLAIM_CONFIRMED : CLAIM_TAKEN,
						     .reason = good ? NULL : "denied"},
			      &t->by, t->now);
	if (r < 0 || good)
		return r < 0 ? r : 0;
	char note[256];
	snprintf(note, sizeof note, "errand %d: %.200s", e->number, e->note ? e->note : t->words);
	if ((r = offer_mark(s, e->number, OFFER_MARK_ASKED, 0, t->now)) < 0)
		return r;
	return chore_add(s, "errand", t->sender.number, t->sender.person, note, &t->by, t->now, NULL, NULL);
}

int apply_subscribe(const struct turn *t, const struct facts *f, const struct effect *e)
{
	(void)f;
	int r = subscribe(t->p->store, t->sender.number, e->origin, t->now);
	return r < 0 ? r : note_action(t, e, 0, NULL);
}

int undo_subscribe(const struct turn *t, const struct former *f)
{
	(void)f;
	return unsubscribe(t->p->store, t->sender.number, "jobs");
}
