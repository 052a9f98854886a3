#include "daemon/caller.h"
#include "base/order.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

static int64_t gap(const struct callers_rules *r)
{
	return r->gap_ms ? r->gap_ms : CALLER_GAP_MS;
}

/* ------------------------------------------------------------------------------------------------ one call */

static void over(struct callers *c, struct caller *call, int64_t now_ms)
{
	if (!call->on)
		return;
	if (c->ended_count < CALLER_ENDED)
		text_copy(c->ended[c->ended_count++], sizeof c->ended[0], call->number);
	text_copy(c->last, sizeof c->last, call->number);
	*call = (struct caller){0};
	if (call == &c->ringing) {
		c->ask_ms = c->reject_ms = INT64_MAX;
		c->tries = 0;
		c->over_ms = now_ms;
	}
}

static void ring(struct callers *c, const struct callers_rules *r, int64_t now_ms)
{
	struct caller *call = &c->ringing;
	if (!call->on) {
		*call = (struct caller){.on = true, .since_ms = now_ms};
		c->ask_ms = r->ask_ms ? now_ms + r->ask_ms : INT64_MAX;
		c->reject_ms = r->reject_ms && r->ways ? now_ms + r->reject_ms : INT64_MAX;
		c->tries = 0;
	}
	call->last_ms = now_ms;
}

/* Type 145 is international, whether or not the sign is there, 3GPP TS 24.008 10.5.4.7. */
static void write_number(char out[AT_NUMBER_MAX + 1], const char *number, int type)
{
	bool plus = type == 145 && number[0] && number[0] != '+';
	snprintf(out, AT_NUMBER_MAX + 1, "%s%s", plus ? "+" : "", number);
}

static void know(struct callers *c, const char *number, int type)
{
	struct caller *call = &c->ringing;
	/* a first line may come empty, and the number with the next ring */
	if (!call->on || call->number[0])
		return;
	write_number(call->number, number, type);
	call->known = true;
	c->ask_ms = INT64_MAX;
}

/* Another number than the one that rang: that one is over, and nobody said so. */
static void caller_line(struct callers *c, const struct callers_rules *r, const char *number, int type,
			int64_t now_ms)
{
	char now[AT_NUMBER_MAX + 1];
	write_number(now, number, type);
	struct caller *w = &c->waiting;
	if (c->ringing.on && c->ringing.number[0] && now[0] && strcmp(now, c->ringing.number) != 0)
		over(c, &c->ringing, now_ms);
	if (w->on && now[0] && !strcmp(now, w->number))
		*w = (struct caller){0}; /* it waits no longer, and is the same call */
	ring(c, r, now_ms);
	know(c, number, type);
}

static void waits(struct callers *c, const char *number, int type, int64_t now_ms)
{
	char now[AT_NUMBER_MAX + 1];
	write_number(now, number, type);
	if (c->waiting.on && strcmp(now, c->waiting.number) != 0)
		over(c, &c->waiting, now_ms);
	if (!c->waiting.on)
		c->waiting = (struct caller){.on = true, .known = true, .since_ms = now_ms};
	text_copy(c->waiting.number, sizeof c->waiting.number, now);
	c->waiting.last_ms = now_ms;
}

/* Something picked up, and not on our behalf: every second would cost the caller. */
static void answered(struct callers *c, const struct callers_rules *r, int64_t now_ms)
{
	ring(c, r, now_ms);
	c->reject_ms = r->ways ? now_ms : INT64_MAX;
	c->ringing.known = true;
	if (c->tries && c->tries < r->ways)
		c->ringing.rings++;
}

/* The number may stand in what is said behind the end. */
static void ended(struct callers *c, const struct callers_rules *r, int64_t now_ms)
{
	if (c->ringing.on && !c->ringing.number[0]) {
		c->ringing.last_ms = now_ms + CALLER_LINGER_MS - gap(r);
		c->ask_ms = c->reject_ms = INT64_MAX;
	} else
		over(c, &c->ringing, now_ms);
}

/* ------------------------------------------------------------------------------------------------ codes */

static void call_state(struct callers *c, const struct callers_rules *r, const struct at_call *call,
		       int64_t now_ms)
{
	if (!call->incoming)
		return;
	switch (call->state) {
	case CALL_INCOMING:
		caller_line(c, r, call->number, call->number_type, now_ms);
		break;
	case CALL_WAITING:
		waits(c, call->number, call->number_type, now_ms);
		break;
	case CALL_ACTIVE:
	case CALL_HELD:
		caller_line(c, r, call->number, call->number_type, now_ms);
		answered(c, r, now_ms);
		break;
	case CALL_ENDED:
		know(c, call->number, call->number_type);
		ended(c, r, now_ms);
		break;
	case CALL_DIALING:
	case CALL_ALERTING:
		break;
	}
}

/* The modem's own count: of the call that has just ended, or of one that never rang here. */
static void missed(struct callers *c, const struct callers_rules *r, const struct at_urc *u, int64_t now_ms)
{
	if (c->ringing.on) {
		know(c, u->number, u->number_type);
		over(c, &c->ringing, now_ms);
	} else if (!c->over_ms || now_ms - c->over_ms > CALLER_TELLS_MS ||
		   (u->number[0] && c->last[0] && !strstr(c->last, u->number))) {
		ring(c, r, now_ms);
		know(c, u->number, u->number_type);
		over(c, &c->ringing, now_ms);
	}
}

void callers_urc(struct callers *c, const struct callers_rules *r, const struct at_urc *u, int64_t now_ms)
{
	if (u->kind == URC_RING) {
		ring(c, r, now_ms);
		c->ringing.rings++;
	} else if (u->kind == URC_CLIP)
		caller_line(c, r, u->validity == CLIP_VALID ? u->number : "", u->number_type, now_ms);
	else if (u->kind == URC_CCWA)
		waits(c, u->number, u->number_type, now_ms);
	else if (u->kind == URC_CALL)
		call_state(c, r, &u->call, now_ms);
	else if (u->kind == URC_CALL_BEGIN && c->ringing.on)
		answered(c, r, now_ms);
	else if (u->kind == URC_CALL_END)
		ended(c, r, now_ms);
	else if (u->kind == URC_MISSED_CALL)
		missed(c, r, u, now_ms);
}

void callers_listed(struct callers *c, const struct at_call *call, int count)
{
	for (int i = 0; i < count; i++)
		if (call[i].incoming && call[i].state == CALL_INCOMING)
			know(c, call[i].number, call[i].number_type);
}

void callers_gone(struct callers *c, const struct at_call *call, int count, int64_t now_ms)
{
	for (int i = 0; i < count; i++)
		if (call[i].incoming && call[i].state != CALL_ENDED)
			return;
	over(c, &c->ringing, now_ms);
}

/* ------------------------------------------------------------------------------------------------ time */

/* The first try when it has rung long enough; another way when it rings on. */
static bool reject_now(struct callers *c, const struct callers_rules *r, int64_t now_ms)
{
	if (!c->ringing.known || now_ms < c->reject_ms || c->tries >= r->ways)
		return false;
	return c->tries == 0 || c->ringing.rings > 0;
}

enum callers_want callers_tick(struct callers *c, const struct callers_rules *r, int64_t now_ms)
{
	if (c->ringing.on && now_ms - c->ringing.last_ms >= gap(r))
		over(c, &c->ringing, now_ms);
	if (c->waiting.on && now_ms - c->waiting.last_ms >= gap(r))
		over(c, &c->waiting, now_ms);
	if (!c->ringing.on)
		return CALLERS_NOTHING;
	if (now_ms >= c->ask_ms) {
		c->ask_ms = INT64_MAX;
		if (!c->ringing.known)
			return CALLERS_ASK;
	}
	if (!reject_now(c, r, now_ms))
		return CALLERS_NOTHING;
	c->tries++;
	c->ringing.rings = 0;
	return CALLERS_REJECT;
}

int64_t callers_due_ms(const struct callers *c, const struct callers_rules *r)
{
	int64_t due = INT64_MAX;
	if (c->waiting.on)
		due = c->waiting.last_ms + gap(r);
	if (!c->ringing.on)
		return due;
	due = lesser(due, lesser(c->ringing.last_ms + gap(r), c->ask_ms));
	/* another way to reject it is tried with its next ring, which wakes by itself */
	if (c->ringing.known && c->tries == 0)
		due = lesser(due, c->reject_ms);
	return due;
}

bool callers_next(struct callers *c, char number[AT_NUMBER_MAX + 1])
{
	if (!c->ended_count)
		return false;
	text_copy(number, AT_NUMBER_MAX + 1, c->ended[0]);
	c->ended_count--;
	memmove(c->ended, c->ended + 1, (size_t)c->ended_count * sizeof *c->ended);
	return true;
}
