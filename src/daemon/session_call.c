/* Rings that nobody answers: however many RINGs and caller lines a call has, and whichever of its ends the
 * modem tells of, it is one call. Without any end, silence is one (MODEM-FACTS 5). */
#include "daemon/session_internal.h"
#include "daemon/receiver.h"
#include "base/log.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

#define GAP_MS 10000

static void ended(struct session *s)
{
	if (!s->ringing)
		return;
	s->ringing = false;
	s->clcc_ms = INT64_MAX;
	char number[AT_NUMBER_MAX + 1];
	text_copy(number, sizeof number, s->caller);
	int r = receiver_call(&s->d->people, number, s->config->name, session_now(s));
	if (r)
		log_error("%s: a call was not recorded: %s", s->config->name, strerror(-r));
	s->caller[0] = 0;
	s->caller_known = false;
	daemon_act_soon(s->d, 0);
}

static void know_caller(struct session *s, const char *number, int type)
{
	if (s->caller_known)
		return;
	s->caller_known = true;
	s->clcc_ms = INT64_MAX;
	/* type 145 is international, whether or not the sign is there, 3GPP TS 24.008 10.5.4.7 */
	bool plus = type == 145 && number[0] && number[0] != '+';
	snprintf(s->caller, sizeof s->caller, "%s%.*s", plus ? "+" : "", (int)sizeof s->caller - 2, number);
}

static void ring(struct session *s)
{
	if (!s->ringing) {
		s->ringing = true;
		s->caller_known = false;
		s->caller[0] = 0;
		/* some never send +CLIP: then one question, and not at once, since the list is not ready */
		s->clcc_ms = s->row->clcc_fallback_ms ? mono_ms() + s->row->clcc_fallback_ms : INT64_MAX;
	}
	s->ring_ms = mono_ms();
	session_arm(s);
}

static void one_more(struct session *s, const char *number)
{
	int r = receiver_call(&s->d->people, number, s->config->name, session_now(s));
	if (r)
		log_error("%s: a call was not recorded: %s", s->config->name, strerror(-r));
	daemon_act_soon(s->d, 0);
}

void call_urc(struct session *s, const struct at_urc *u)
{
	if (u->kind == URC_RING)
		ring(s);
	else if (u->kind == URC_CLIP) {
		ring(s);
		know_caller(s, u->validity == CLIP_VALID ? u->number : "", u->number_type);
	} else if (u->kind == URC_CCWA)
		one_more(s, u->number);
	else if (u->kind == URC_CALL && u->call.incoming && u->call.state == CALL_INCOMING) {
		ring(s);
		know_caller(s, u->call.number, u->call.number_type);
	} else if (u->kind == URC_CALL_END ||
		   (u->kind == URC_CALL && u->call.incoming && u->call.state == CALL_ENDED))
		ended(s);
	else if (u->kind == URC_MISSED_CALL && !s->ringing && mono_ms() - s->ring_ms > GAP_MS)
		one_more(s, u->number);
	else if (u->kind == URC_MISSED_CALL)
		ended(s);
}

static void on_calls(void *user, const struct at_reply *r)
{
	struct session *s = user;
	struct at_call call[AT_CALLS_MAX];
	if (port_over(s, r))
		return;
	int n = at_read_calls(r, call, AT_CALLS_MAX);
	for (int i = 0; i < n && s->ringing; i++)
		if (call[i].incoming && call[i].state == CALL_INCOMING)
			know_caller(s, call[i].number, call[i].number_type);
}

static int64_t silence_ms(const struct session *s)
{
	return s->ring_ms + (s->row->ring_gap_ms ? s->row->ring_gap_ms : GAP_MS);
}

int64_t call_due_ms(const struct session *s)
{
	if (!s->ringing)
		return INT64_MAX;
	return s->clcc_ms < silence_ms(s) ? s->clcc_ms : silence_ms(s);
}

void call_tick(struct session *s)
{
	int64_t now = mono_ms();
	if (s->clcc_ms <= now) {
		s->clcc_ms = INT64_MAX;
		if (!s->caller_known && s->poll) {
			struct at_command c = at_cmd_calls();
			port_submit(s, &c, on_calls);
		}
	}
	if (s->ringing && silence_ms(s) <= now)
		ended(s);
}
