#include "daemon/ladder.h"

const struct ladder_step_info ladder_steps[STEP_COUNT] = {
#define X(id, key, patience, words) [STEP_##id] = {key, words, patience, STEP_##id >= STEP_RADIO},
    LADDER_STEPS(X)
#undef X
};

const char *const ladder_causes[CAUSE_COUNT] = {
#define X(id, words, steps) [CAUSE_##id] = words,
    LADDER_CAUSES(X)
#undef X
};

static bool allows(enum ladder_cause cause, enum ladder_step step)
{
	static const unsigned allowed[CAUSE_COUNT] = {
#define S(step)             (1u << STEP_##step)
#define X(id, words, steps) [CAUSE_##id] = steps,
	    LADDER_CAUSES(X)
#undef X
#undef S
	};
	return allowed[cause] & 1u << step;
}

static bool possible(const struct ladder *l, enum ladder_step step, const struct ladder_can *can,
		     int64_t now_ms)
{
	if (ladder_steps[step].hard && (can->on_air || can->left_today <= 0 ||
					(l->rounds > 0 && l->hard && now_ms - l->hard_ms < LADDER_HARD_MS)))
		return false;
	switch (step) {
	case STEP_SETTINGS:
	case STEP_REOPEN:
	case STEP_REGISTER:
		return true;
	case STEP_RADIO:
		return can->radio;
	case STEP_RESTART:
		return l->restarts < can->restarts;
	case STEP_REBIND:
		return can->usb && !can->no_rebind;
	case STEP_POWER:
		return can->usb && !can->no_power;
	case STEP_COUNT:
		break;
	}
	return false;
}

/* The first step from `from` on that the cause allows and the modem has. */
static enum ladder_step find(const struct ladder *l, int from, enum ladder_cause cause,
			     const struct ladder_can *can, int64_t now_ms)
{
	for (int s = from; s < STEP_COUNT; s++)
		if (allows(cause, (enum ladder_step)s) && possible(l, (enum ladder_step)s, can, now_ms))
			return (enum ladder_step)s;
	return STEP_NONE;
}

enum ladder_step ladder_next(struct ladder *l, enum ladder_cause cause, const struct ladder_can *can,
			     int64_t now_ms)
{
	/* a row may have several resets: each of them is a step */
	int from = l->taken == STEP_RESTART + 1 ? STEP_RESTART : l->taken;
	enum ladder_step step = find(l, from, cause, can, now_ms);
	if (step == STEP_NONE && l->taken) {
		/* not yet at the top when it is only the air that forbids the hard steps */
		if (!can->on_air) {
			l->rounds++;
			l->restarts = 0;
		}
		step = find(l, 0, cause, can, now_ms);
	}
	if (step == STEP_NONE)
		return step;
	if (!can->on_air || (int)step >= l->taken)
		l->taken = (int)step + 1;
	if (step == STEP_RESTART)
		l->restarts++;
	if (ladder_steps[step].hard) {
		l->hard = true;
		l->hard_ms = now_ms;
	}
	return step;
}

int ladder_restart(const struct ladder *l, const struct ladder_can *can)
{
	return can->restarts ? (l->restarts + can->restarts - 1) % can->restarts : 0;
}
