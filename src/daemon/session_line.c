/* What others see of a session: its row in table line, written thriftily, and what it tells of its radio. */
#include "daemon/session_internal.h"
#include "base/log.h"
#include "store/line.h"

#include <string.h>

#define FLAPS         12
#define FLAP_EVERY_MS 300000

bool session_may_flap(int64_t *at_ms)
{
	int64_t now = mono_ms(), least = now - FLAPS * FLAP_EVERY_MS;
	int64_t at = (*at_ms > least ? *at_ms : least) + FLAP_EVERY_MS;
	if (at > now)
		return false;
	*at_ms = at;
	return true;
}

static bool flaps(enum session_state a, enum session_state b)
{
	return (a == SESSION_READY && b == SESSION_REGISTERING) ||
	       (a == SESSION_REGISTERING && b == SESSION_READY);
}

void session_put_line(struct session *s)
{
	enum session_state state = s->state;
	/* passing states would only be writes */
	if (session_reading(s) || s->state == SESSION_SENDING || s->state == SESSION_RINGING)
		state = s->registered ? SESSION_READY : SESSION_REGISTERING;
	s->put_late = flaps(s->put_state, state) && !session_may_flap(&s->flap_ms);
	if (s->put_late)
		return;
	s->put_state = state;
	struct line l = {.name = s->config->name,
			 .imei = s->imei,
			 .iccid = s->iccid,
			 .model = s->id.model,
			 .operator_name = s->operator_name,
			 .technology = at_technology(s->act),
			 .state = session_state_names[state],
			 .signal_dbm = s->signal,
			 .storage_used = s->used,
			 .storage_size = s->size,
			 .seen_utc = session_now(s)};
	int r = line_put(s->d->store, &l, l.seen_utc);
	if (r)
		log_error("%s: line not written: %s", s->config->name, strerror(-r));
	operator_put_line(s);
}

bool session_registered(const struct session *s)
{
	return s->registered && s->poll;
}

int session_signal_dbm(const struct session *s)
{
	return session_up(s) ? s->signal : 0;
}

int session_stored(const struct session *s)
{
	return session_up(s) ? s->used : -1;
}
