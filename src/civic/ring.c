#include "civic/ring.h"

enum ring_meaning ring_decide(const struct ring_facts *f)
{
	const struct sender *s = f->sender;
	if (s->machine || s->kind != E164_MOBILE || !f->known || s->muted || s->unlinked)
		return RING_RECORD;
	if (f->rings > 0)
		return RING_CALLBACK;
	if (f->invited)
		return RING_ATTEND;
	if (f->declined)
		return RING_ASK;
	return RING_CALLBACK;
}
