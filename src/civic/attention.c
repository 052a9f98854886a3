#include "civic/attention.h"

struct attention attention_decide(const struct attention_facts *f)
{
	const struct sender *s = f->sender;
	struct attention none = {0}, answer = {.answer = true};
	if (s->machine || !e164_can_text(s->kind) || !e164_is_person(s->kind))
		return none;
	if (f->help)
		return answer;
	if (s->muted)
		return none;
	if (s->opted_out == OPT_ALL && !f->leave)
		return none;
	if (s->roles & ROLES_STAFF || f->budget == 0)
		return answer;
	if (!f->command) {
		if (s->loop_muted_utc && f->now - s->loop_muted_utc < LOOP_MUTE_S)
			return none;
		if (f->identical >= LOOP_TEXTS)
			return (struct attention){.loop = true};
	}
	if (f->answers < f->budget)
		return answer;
	return (struct attention){.notice = !f->notice_utc || f->now - f->notice_utc >= HOUR_S};
}
