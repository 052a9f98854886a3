#include "daemon/sender.h"
#include "base/mem.h"

#include <errno.h>

enum sender_reaction sender_reaction(enum at_class class)
{
	static const enum sender_reaction table[AT_CLASS_COUNT] = {
	    [AT_CLASS_UNKNOWN] = REACT_REGISTER,
	    [AT_CLASS_SENT] = REACT_SENT,
	    [AT_CLASS_PERMANENT] = REACT_FAIL,
	    [AT_CLASS_PROGRAM] = REACT_FAIL,
	    [AT_CLASS_FORMAT] = REACT_DOUBT,
	    [AT_CLASS_UNSUPPORTED] = REACT_FAIL,
	    [AT_CLASS_ONCE] = REACT_ONCE,
	    [AT_CLASS_NO_REPORT] = REACT_NO_REPORT,
	    [AT_CLASS_NO_VALIDITY] = REACT_NO_VALIDITY,
	    [AT_CLASS_WAIT] = REACT_WAIT,
	    [AT_CLASS_LATER] = REACT_LATER,
	    [AT_CLASS_REJECTED] = REACT_REJECTED,
	    [AT_CLASS_LINE] = REACT_LINE,
	    [AT_CLASS_REGISTER] = REACT_REGISTER,
	    [AT_CLASS_REFUSED] = REACT_LINE,
	    [AT_CLASS_STORE_FULL] = REACT_STORE_FULL,
	    [AT_CLASS_EMPTY] = REACT_LATER,
	    [AT_CLASS_REINIT] = REACT_REINIT,
	    [AT_CLASS_SIM] = REACT_REINIT,
	    [AT_CLASS_PIN] = REACT_REINIT,
	    [AT_CLASS_LOCKED] = REACT_LINE,
	    [AT_CLASS_SMSC] = REACT_LATER,
	    [AT_CLASS_IGNORE] = REACT_LATER,
	};
	return table[class];
}

bool sender_next_try(enum sender_reaction reaction, enum outbox_class class, int attempts, int64_t now_utc,
		     int64_t *ret_utc)
{
	static const int personal[] = {5, 20, 60, 300, 900};
	static const int bulk[] = {60, 300, 900, 3600};
	bool mine = class == OUTBOX_ALARM || class == OUTBOX_REPLY;
	int steps = mine ? (int)ARRAY_LEN(personal) : (int)ARRAY_LEN(bulk);
	int step = attempts < steps ? mine ? personal[attempts] : bulk[attempts] : -1;
	switch (reaction) {
	case REACT_FAIL:
	case REACT_SENT:
		return false;
	case REACT_ONCE:
	case REACT_REJECTED:
		if (attempts >= 1)
			return false;
		*ret_utc = now_utc + (reaction == REACT_REJECTED ? 900 : 5);
		return true;
	case REACT_NO_REPORT:
	case REACT_NO_VALIDITY:
		if (attempts >= 3)
			return false;
		*ret_utc = now_utc;
		return true;
	case REACT_LINE:
		*ret_utc = now_utc;
		return true;
	case REACT_WAIT:
	case REACT_REINIT:
	case REACT_DOUBT:
		*ret_utc = now_utc + (reaction == REACT_WAIT ? 2 : 5);
		return true;
	case REACT_LATER:
	case REACT_REGISTER:
	case REACT_STORE_FULL:
		if (step < 0)
			return false;
		*ret_utc = now_utc + step;
		return true;
	}
	return false;
}

int sender_compose(struct outbox_message *m, int part, bool report, bool validity, int64_t now_utc,
		   struct compose_part *ret, const char **ret_wrong)
{
	int parts;
	if (m->ref < 0)
		m->ref = (int)(m->id & 0xFF);
	struct compose_options o = {.alphabet = m->ucs2 ? COMPOSE_UCS2 : COMPOSE_AUTO,
				    .reference = m->ref,
				    .report = report && m->report};
	m->asked = o.report;
	if (m->not_after_utc && validity)
		o.validity_minutes = m->not_after_utc > now_utc + 60 ? (m->not_after_utc - now_utc) / 60 : 1;
	int r = compose_part(m->number, m->text, &o, part, ret, &parts);
	if (r) {
		*ret_wrong = r == -E2BIG ? "too long for a text" : "number or text cannot be put into a PDU";
		return r;
	}
	m->segments = parts;
	return 0;
}
