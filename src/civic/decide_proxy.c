/* "代 13912345678 …": somebody speaks for a registered person of the same grid, who is told in fixed words and may undo it.
 * Whatever stands in the way, the words are kept as the sender's own. */
#include "civic/decide_internal.h"

#include <string.h>

#define PROXIES_A_DAY 2

/* Who the case is opened for, and what is said; the first row that applies. */
enum in_name { OWN_NAME, THEIR_NAME, THEIR_NAME_TOLD };
struct proxy_row {
	bool (*applies)(const struct proxy_fact *p);
	enum in_name name;
	const char *key;
};

static bool own(const struct proxy_fact *p)
{
	return p->own;
}

/* Nobody learns here who is registered elsewhere. */
static bool stranger(const struct proxy_fact *p)
{
	return !p->textable || !p->known;
}

static bool too_often(const struct proxy_fact *p)
{
	return p->today >= PROXIES_A_DAY;
}

static bool silent(const struct proxy_fact *p)
{
	return p->silent;
}

static bool otherwise(const struct proxy_fact *p)
{
	(void)p;
	return true;
}

static const struct proxy_row rows[] = {
    {own, OWN_NAME, "proxy.own"},          {stranger, OWN_NAME, "proxy.unknown"},
    {too_often, OWN_NAME, "proxy.often"},  {silent, THEIR_NAME, "proxy.silent"},
    {otherwise, THEIR_NAME_TOLD, "proxy"},
};

void decide_proxy(const struct facts *f, const struct intent *in, struct decision *d)
{
	const struct proxy_fact *p = &f->duty.proxy;
	const struct intent *said = &p->said;
	const struct proxy_row *row = rows;
	if (!in->text[0]) {
		decision_say(d, f, "proxy.how");
		return;
	}
	while (!row->applies(p))
		row++;
	struct effect *e = open_case(f, said, d);
	e->origin = intent_name(INTENT_PROXY);
	e->text = in->text;
	e->category = said->kind == INTENT_COMPLAINT ? said->category : CATEGORY_OTHER;
	e->routed = said->kind == INTENT_COMPLAINT;
	if (said->kind == INTENT_PROPOSAL)
		e->proposal = e->deliberate = true;
	if (row->name != OWN_NAME) {
		/* their home, unless the words name another place */
		e->kind = EFFECT_PROXY;
		e->building = said->building;
		e->unit = said->unit;
		e->room = said->room;
		e->name = p->number;
		e->answer = row->name == THEIR_NAME_TOLD;
	}
	decision_key(d, "category", category_key(e->category));
	decision_text(d, "phone", p->number + (strlen(p->number) > 4 ? strlen(p->number) - 4 : 0), 0);
	d->key = row->key;
}
