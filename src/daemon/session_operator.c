#include "daemon/session_operator.h"
#include "daemon/alarm.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"

#include <string.h>

#define CELL_MS     1800000
#define OPERATOR_MS 30000
#define PATIENCE_MS 1800000

static const char *const registration_names[REGISTRATIONS] = {
    [REG_UNKNOWN] = "",      [REG_NONE] = "none", [REG_SEARCHING] = "searching",
    [REG_DENIED] = "denied", [REG_HOME] = "home", [REG_ROAMING] = "roaming"};
/* How often a change is written at most: what flickers is not history. */
static const int64_t every_ms[LINE_WHATS] = {
    [LINE_OPERATOR] = 600000, [LINE_TECHNOLOGY] = 600000, [LINE_CELL] = 1800000, [LINE_SIGNAL] = 3600000};

struct operator_side *operator_of(struct session *s)
{
	if (!s->operator_side) {
		struct operator_side *o = mem_alloc(sizeof *o);
		for (int i = 0; i < OPERATOR_DOMAINS; i++)
			o->stat[i] = -1;
		o->reject = o->lac = o->cell = -1;
		s->operator_side = o;
	}
	return s->operator_side;
}

void operator_free(struct session *s)
{
	free(s->operator_side);
	s->operator_side = NULL;
}

static void wrong(struct session *s, int r)
{
	if (r < 0)
		log_error("%s: history not written: %s (%s)", s->config->name, strerror(-r),
			  store_error(s->d->store));
}

/* ------------------------------------------------------------------------------------------ history, thrifty */

static void know_history(struct session *s, struct operator_side *o)
{
	if (o->history_known)
		return;
	o->history_known = true;
	for (int w = 0; w < LINE_WHATS; w++)
		wrong(s, line_history_last(s->d->store, s->config->name, (enum line_what)w, o->value[w],
					   sizeof o->value[w]));
}

/* Worth a row, and not sooner than it may be. */
static bool changed(struct session *s, enum line_what what, const char *value)
{
	struct operator_side *o = operator_of(s);
	know_history(s, o);
	return *value && strcmp(o->value[what], value) != 0 &&
	       (!o->put_ms[what] || mono_ms() - o->put_ms[what] >= every_ms[what]);
}

static void put_change(struct session *s, enum line_what what, const char *value)
{
	struct operator_side *o = operator_of(s);
	if (!changed(s, what, value) || (what == LINE_REGISTRATION && !session_may_flap(&o->flap_ms)))
		return;
	text_copy(o->value[what], sizeof o->value[what], value);
	o->put_ms[what] = mono_ms();
	wrong(s, line_history_add(s->d->store, s->config->name, s->iccid, what, value, session_now(s)));
}

/* What one look found is one transaction, and mostly none. */
static void write_history(struct session *s)
{
	struct operator_side *o = operator_of(s);
	char cell[48] = "";
	if (o->lac >= 0 && o->cell >= 0)
		snprintf(cell, sizeof cell, "%X/%X", (unsigned)o->lac, (unsigned)o->cell);
	const char *const now[LINE_WHATS] = {[LINE_REGISTRATION] = registration_names[o->registration],
					     [LINE_OPERATOR] = s->operator_name,
					     [LINE_TECHNOLOGY] = at_technology(s->act),
					     [LINE_CELL] = cell,
					     [LINE_SIGNAL] = at_signal_word(s->signal)};
	bool any = o->dirty && !s->put_late;
	for (int w = 0; w < LINE_WHATS; w++)
		any |= changed(s, (enum line_what)w, now[w]);
	if (!any)
		return;
	int r = store_begin(s->d->store);
	wrong(s, r);
	if (r)
		return;
	for (int w = 0; w < LINE_WHATS; w++)
		put_change(s, (enum line_what)w, now[w]);
	if (o->dirty && !s->put_late)
		operator_put_line(s);
	r = store_commit(s->d->store);
	store_rollback(s->d->store);
	wrong(s, r);
	if (r) {
		o->history_known = false; /* as the database has it */
		o->dirty = true;
	}
}

void operator_put_line(struct session *s)
{
	struct operator_side *o = operator_of(s);
	o->dirty = false;
	wrong(s, line_put_operator(s->d->store, s->config->name,
				   &(struct line_operator){.smsc = o->smsc,
							   .registration = registration_names[o->registration],
							   .cause = o->cause,
							   .registration_utc = o->registration_utc,
							   .network_utc = o->time_known ? o->time_utc : 0,
							   .network_ahead = o->time_ahead_s}));
}

/* ------------------------------------------------------------------------------------------ registration */

/* By its prefix: a modem that answers +CEREG? with +CGREG: keeps one domain, whatever it is called. */
static int domain_of(const char *line)
{
	static const char *const prefixes[OPERATOR_DOMAINS] = {
	    [REG_CS] = "+CREG:", [REG_PS] = "+CGREG:", [REG_EPS] = "+CEREG:", [REG_5GS] = "+C5GREG:"};
	for (int i = 0; i < OPERATOR_DOMAINS; i++)
		if (at_has_prefix(line, prefixes[i]))
			return i;
	return -1;
}

/* One domain at home is home; a domain that is refused while another one works is nothing to tell. */
static enum registration overall(const struct session *s, const struct operator_side *o)
{
	enum registration r = REG_UNKNOWN;
	for (int i = 0; i < OPERATOR_DOMAINS; i++) {
		int st = o->stat[i];
		enum registration one = st < 0                                              ? REG_UNKNOWN
					: at_reg_usable(s->row, st) && (st == 5 || st == 7) ? REG_ROAMING
					: at_reg_usable(s->row, st)                         ? REG_HOME
					: st == 3                                           ? REG_DENIED
					: st == 2                                           ? REG_SEARCHING
											    : REG_NONE;
		/* roaming < home when both are there: the order of the enum but for that */
		if (one == REG_HOME || (one > r && r != REG_HOME))
			r = one;
	}
	return r;
}

static void mind_roaming(struct session *s, struct operator_side *o)
{
	if (o->registration != REG_ROAMING) {
		if (o->registration == REG_HOME)
			alarm_clear(s->d, s->config->name, ALARM_ROAMING);
		return;
	}
	/* a SIM that is always abroad roams as expected */
	bool home = false;
	if (s->config->roaming && s->iccid[0])
		wrong(s, line_history_had(s->d->store, s->iccid, LINE_REGISTRATION,
					  registration_names[REG_HOME], &home));
	if (home || !s->config->roaming)
		alarm_raise(s->d, s->config->name, ALARM_ROAMING, "%s", s->operator_name);
}

/* Words for people; the operator's own where nobody knows the number. */
static void raise_denied(struct session *s, struct operator_side *o)
{
	struct buf words cleanup_buf = {0};
	char key[32];
	snprintf(key, sizeof key, "cause.%d", o->reject);
	for (int i = 0; o->reject >= 0 && i < replies_count(s->d->replies); i++)
		if (!strcmp(replies_key(s->d->replies, i), key))
			buf_adds(&words, replies_text(s->d->replies, i, s->d->config->language));
	alarm_raise(s->d, s->config->name, ALARM_DENIED, "%s", words.len ? buf_str(&words) : o->cause);
}

void operator_begin(struct session *s)
{
	struct operator_side *o = operator_of(s);
	for (int i = 0; i < OPERATOR_DOMAINS; i++)
		o->stat[i] = -1;
	o->registration = REG_UNKNOWN;
	o->time_due_ms = o->cell_due_ms = 0;
	o->idle_ms = mono_ms();
	o->ussd_until_ms = 0;
	o->ussd_cancel = false;
}

void operator_registration(struct session *s, const char *line, bool query)
{
	struct operator_side *o = operator_of(s);
	struct at_registration reg;
	int domain = domain_of(line);
	if (domain < 0 || at_parse_reg(line, query, &reg))
		return;
	o->stat[domain] = reg.stat;
	if (reg.lac >= 0 && reg.cell >= 0) {
		o->lac = reg.lac;
		o->cell = reg.cell;
	}
	enum registration now = overall(s, o);
	if (now == o->registration)
		return;
	/* asked by the initialising already when it is the first word */
	o->operator_due = o->registration != REG_UNKNOWN && (now == REG_HOME || now == REG_ROAMING);
	o->registration = now;
	o->registration_utc = session_now(s);
	o->dirty = true;
	o->cause_due = now == REG_DENIED;
	if (now == REG_HOME || now == REG_ROAMING) {
		o->cause[0] = 0;
		o->reject = -1;
		alarm_clear(s->d, s->config->name, ALARM_DENIED);
	}
	if (now == REG_DENIED)
		raise_denied(s, o);
	put_change(s, LINE_REGISTRATION, registration_names[now]);
	mind_roaming(s, o);
}

static void on_cause(void *user, const struct at_reply *r)
{
	struct session *s = user;
	struct operator_side *o = operator_of(s);
	if (port_over(s, r))
		return;
	if (at_read_cause(r, o->cause, sizeof o->cause, &o->reject) == 0) {
		o->dirty = true;
		log_notice("%s: registration denied: %s", s->config->name, o->cause);
		raise_denied(s, o);
	}
	operator_put_line(s);
	if (s->state == SESSION_REGISTERING)
		session_due_in(s, 0, NULL);
}

bool operator_cause(struct session *s)
{
	struct operator_side *o = operator_of(s);
	if (!o->cause_due || !s->row->ceer)
		return false;
	o->cause_due = false;
	struct at_command c = at_cmd_cause();
	port_submit(s, &c, on_cause);
	return true;
}

/* ------------------------------------------------------------------------------------------ service centre */

static void judge_smsc(struct session *s, struct operator_side *o)
{
	if (o->smsc[0])
		alarm_clear(s->d, s->config->name, ALARM_SMSC_MISSING);
	else
		alarm_raise(s->d, s->config->name, ALARM_SMSC_MISSING, "%s",
			    o->smsc_failed ? "AT+CSCA: ERROR" : "");
}

static void smsc_settled(struct session *s)
{
	struct operator_side *o = operator_of(s);
	void (*then)(struct session *) = o->then;
	judge_smsc(s, o);
	o->dirty = true;
	then(s);
}

static void on_smsc_set(void *user, const struct at_reply *r)
{
	struct session *s = user;
	struct operator_side *o = operator_of(s);
	if (port_over(s, r))
		return;
	o->smsc_failed = r->final != AT_OK;
	if (o->smsc_failed)
		log_warning("%s: the service centre %s was not taken", s->config->name, s->config->smsc);
	else
		text_copy(o->smsc, sizeof o->smsc, s->config->smsc);
	smsc_settled(s);
}

void operator_smsc(struct session *s, const struct at_reply *r, void (*done)(struct session *s))
{
	struct operator_side *o = operator_of(s);
	int type, read = at_read_smsc(r, o->smsc, &type);
	o->then = done;
	o->smsc_due = false;
	if (read == -EBADMSG)
		o->smsc[0] = 0;
	else if (read) {
		done(s); /* it does not say */
		return;
	}
	if (!s->config->smsc || at_smsc_is(o->smsc, s->config->smsc)) {
		smsc_settled(s);
		return;
	}
	log_notice("%s: service centre %s instead of %s", s->config->name, s->config->smsc,
		   o->smsc[0] ? o->smsc : "none");
	struct at_command c = at_cmd_smsc_set(s->config->smsc);
	port_submit(s, &c, on_smsc_set);
}

void operator_smsc_doubt(struct session *s)
{
	operator_of(s)->smsc_due = true;
	read_look_at(s, mono_ms());
}

/* ------------------------------------------------------------------------------------------ what comes unasked */

void operator_urc(struct session *s, const struct at_urc *u)
{
	if (u->kind == URC_TIME)
		time_take(s, u->line, false);
	else if (u->kind == URC_USSD)
		balance_ussd(s, u);
	else if (u->kind == URC_POWER)
		alarm_raise(s->d, s->config->name, ALARM_POWER, "%s", u->line);
	else if (u->kind == URC_SIGNAL && at_has_prefix(u->line, "+CSQ:"))
		s->signal = at_signal_dbm(u->line);
	else
		session_remark(s, "unasked: %s", u->line);
}

/* ------------------------------------------------------------------------------------------ errands of a look */

static void next_errand(struct session *s);

static void on_asked_smsc(void *user, const struct at_reply *r)
{
	struct session *s = user;
	if (!port_over(s, r))
		operator_smsc(s, r, next_errand);
}

static void on_asked_operator(void *user, const struct at_reply *r)
{
	struct session *s = user;
	int act;
	if (port_over(s, r))
		return;
	if (at_read_operator(r, s->operator_name, sizeof s->operator_name, &act) == 0 && act >= 0)
		s->act = act;
	mind_roaming(s, operator_of(s));
	session_put_line(s);
	next_errand(s);
}

/* The cell is told by the long form alone, which is not left on: each change of cell would wake the machine. */
static void on_cell(void *user, const struct at_reply *r)
{
	struct session *s = user;
	struct at_registration reg;
	if (port_over(s, r))
		return;
	for (size_t i = 0; i < r->count; i++)
		if (at_parse_reg(r->lines[i], true, &reg) == 0 && reg.lac >= 0 && reg.cell >= 0) {
			operator_of(s)->lac = reg.lac;
			operator_of(s)->cell = reg.cell;
			if (reg.act >= 0)
				s->act = reg.act;
		}
	next_errand(s);
}

static void ask_cell(struct session *s)
{
	int i = 0;
	while (i + 1 < s->row->reg_commands.count && !(s->reg_answers & 1u << i))
		i++;
	/* the last one that is understood: an LTE modem's +CEREG tells more than its +CREG */
	for (int k = i; k < s->row->reg_commands.count; k++)
		i = s->reg_answers & 1u << k ? k : i;
	const char *word = s->row->reg_commands.word[i];
	struct at_command c = at_cmd_reg_query(s->row, word);
	snprintf(c.line, sizeof c.line, "AT+%s=2;+%s?;+%s=1", word, word, word);
	port_submit_unhurried(s, &c, on_cell);
}

/* While there is something to send the air belongs to it: errands and history wait, but not for ever. */
static bool busy(struct session *s, const struct operator_side *o)
{
	return mono_ms() - o->idle_ms < PATIENCE_MS && send_wanted(s);
}

static void next_errand(struct session *s)
{
	struct operator_side *o = operator_of(s);
	struct at_command c;
	if (!o->smsc_due && busy(s, o)) {
		read_begin(s);
		return;
	}
	if (o->smsc_due) {
		c = at_cmd_smsc_query();
		port_submit(s, &c, on_asked_smsc);
	} else if (o->operator_due && s->registered) {
		o->operator_due = false;
		c = at_cmd_operator();
		c.timeout_ms = OPERATOR_MS;
		port_submit(s, &c, on_asked_operator);
	} else if (mono_ms() >= o->time_due_ms && s->registered)
		time_ask(s, next_errand);
	else if (mono_ms() >= o->cell_due_ms && s->registered && s->reg_answers && !s->one_by_one) {
		o->cell_due_ms = mono_ms() + CELL_MS;
		ask_cell(s);
	} else if (!balance_errand(s, next_errand)) {
		o->idle_ms = mono_ms();
		write_history(s);
		read_begin(s);
	}
}

void operator_look(struct session *s)
{
	operator_of(s)->answered_utc = session_now(s);
	next_errand(s);
}

/* ------------------------------------------------------------------------------------------ what others ask */

unsigned session_closed(const struct session *s)
{
	unsigned closed = 0;
	if (alarm_raised(s->d, s->config->name, ALARM_CREDIT_OUT))
		closed |= 1u << OUTBOX_REMINDER | 1u << OUTBOX_BROADCAST;
	if (!s->config->roaming && s->operator_side && s->operator_side->registration == REG_ROAMING)
		closed |= 1u << OUTBOX_REPLY | 1u << OUTBOX_REMINDER | 1u << OUTBOX_BROADCAST;
	return closed;
}

static json_t *time_json(int64_t utc)
{
	return utc ? json_integer(utc) : json_null();
}

void operator_status(const struct session *s, json_t *j)
{
	const struct operator_side *o = s->operator_side;
	unsigned closed = session_closed(s);
	json_object_set_new(j, "maker", json_string(s->id.maker));
	json_object_set_new(j, "revision", json_string(s->id.revision));
	json_object_set_new(j, "evidence", json_string(s->row->evidence));
	json_object_set_new(j, "bulk_stopped", json_boolean(closed & 1u << OUTBOX_BROADCAST));
	if (!o)
		return;
	json_object_set_new(j, "registration", json_string(registration_names[o->registration]));
	json_object_set_new(j, "registration_since", time_json(o->registration_utc));
	json_object_set_new(j, "answered", time_json(o->answered_utc));
	json_object_set_new(j, "cause", json_string(o->cause));
	json_object_set_new(j, "smsc", json_string(o->smsc));
	json_object_set_new(
	    j, "cell", o->cell >= 0 ? json_sprintf("%X/%X", (unsigned)o->lac, (unsigned)o->cell) : json_null());
	json_object_set_new(j, "network_ahead", o->time_known ? json_integer(o->time_ahead_s) : json_null());
}
