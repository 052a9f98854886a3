/* Asking for the credit: by USSD at the end of a look, or by a text that leaves by this line alone. */
#include "daemon/session_operator.h"
#include "daemon/alarm.h"
#include "daemon/balance.h"
#include "base/log.h"
#include "sms/compose.h"
#include "sms/ussd.h"
#include "store/balance.h"
#include "store/worklist.h"

#include <inttypes.h>
#include <string.h>

#define USSD_MS    120000 /* TS 24.080: the network's own timers are shorter */
#define UNREAD_MAX 3
#define SOON_S     DAY_S /* after a failure, or while the credit is low */

static void cursor_key(const struct session *s, char *out, size_t size)
{
	snprintf(out, size, "balance:%s", s->config->name);
}

static int newest(void *ctx, const struct balance *b)
{
	*(int64_t *)ctx = b->utc;
	return 1;
}

/* The question before this one has brought nothing, or it has. */
static void count_unread(struct session *s, bool answered)
{
	struct operator_side *o = operator_of(s);
	o->unread = answered ? 0 : o->unread + 1;
	if (o->unread >= UNREAD_MAX)
		alarm_raise(s->d, s->config->name, ALARM_BALANCE_UNREAD, "%s", s->config->balance);
	else
		alarm_clear(s->d, s->config->name, ALARM_BALANCE_UNREAD);
}

/* Every [modem] balance_every; sooner after a question without an answer, and while the credit is low. */
static bool due(struct session *s)
{
	char key[80];
	int64_t asked = -1, told = 0, now = session_now(s), every = s->config->balance_every_ms / 1000;
	if (!s->config->balance || !every) {
		alarm_clear(s->d, s->config->name, ALARM_BALANCE_UNREAD); /* nobody asks any more */
		return false;
	}
	if (!s->registered)
		return false;
	cursor_key(s, key, sizeof key);
	if (cursor_get(s->d->store, key, &asked) < 0)
		return false;
	if (asked < 0 || asked > now)
		return true;
	int64_t soon = every < SOON_S ? every : SOON_S;
	if (now - asked < soon || balance_each(s->d->store, s->config->name, 1, newest, &told) < 0)
		return false;
	bool low = alarm_raised(s->d, s->config->name, ALARM_CREDIT_LOW) ||
		   alarm_raised(s->d, s->config->name, ALARM_CREDIT_OUT);
	if (told >= asked && !low && now - asked < every)
		return false;
	count_unread(s, told >= asked);
	return true;
}

/* ------------------------------------------------------------------------------------------------ by USSD */

static void ussd_over(struct session *s, bool told)
{
	struct operator_side *o = operator_of(s);
	o->ussd_until_ms = 0;
	if (told) {
		o->unread = 0;
		alarm_clear(s->d, s->config->name, ALARM_BALANCE_UNREAD);
	}
}

void balance_ussd(struct session *s, const struct at_urc *u)
{
	static const char *const ends[] = {[2] = "ended by the network",
					   [3] = "answered elsewhere",
					   [4] = "not supported",
					   [5] = "network time-out"};
	struct operator_side *o = operator_of(s);
	char text[USSD_TEXT_MAX];
	struct at_fields f;
	at_fields_parse(&f, u->line);
	int m = at_fields_int(&f, 0, 0);
	/* a choice that is offered is not taken */
	if (m == 1) {
		o->ussd_cancel = true;
		read_look_at(s, mono_ms());
	}
	if (!o->ussd_until_ms) {
		session_remark(s, "unasked: %s", u->line);
		return;
	}
	ussd_decode(at_fields_str(&f, 1), at_fields_int(&f, 2, -1), (enum ussd_form)s->row->ussd, text,
		    sizeof text);
	bool told = *text && balance_told(s->d, s->config, s->iccid, text);
	if (!told)
		log_warning("%s: %s told no credit: %s", s->config->name, s->config->balance,
			    *text              ? text
			    : m >= 2 && m <= 5 ? ends[m]
					       : u->line);
	ussd_over(s, told);
}

static void on_ussd(void *user, const struct at_reply *r)
{
	struct session *s = user;
	struct operator_side *o = operator_of(s);
	if (port_over(s, r))
		return;
	if (r->final != AT_OK && r->final != AT_TIMEOUT) {
		log_warning("%s: %s was refused: %s", s->config->name, s->config->balance,
			    *r->text ? r->text : at_final_name(r->final));
		ussd_over(s, false);
	}
	o->then(s);
}

static void on_cancelled(void *user, const struct at_reply *r)
{
	struct session *s = user;
	if (!port_over(s, r))
		operator_of(s)->then(s);
}

static bool ask_by_ussd(struct session *s, void (*done)(struct session *s))
{
	struct operator_side *o = operator_of(s);
	char code[128];
	struct at_command c = at_cmd("", 30000);
	if (ussd_encode(s->config->balance + 5, (enum ussd_form)s->row->ussd, code, sizeof code))
		return false;
	snprintf(c.line, sizeof c.line, "AT+CUSD=1,\"%s\",15", code);
	/* the answer is a code whether it comes behind the OK or, with some, before it */
	snprintf(c.prefixes, sizeof c.prefixes, "-");
	o->ussd_until_ms = mono_ms() + USSD_MS;
	o->then = done;
	read_look_at(s, o->ussd_until_ms);
	port_submit(s, &c, on_ussd);
	return true;
}

/* ------------------------------------------------------------------------------------------------ by text */

/* "sms:10086:YE" */
static int ask_by_text(struct session *s, int64_t now)
{
	char number[24], dedupe[96];
	const char *from = s->config->balance + 4, *text = strchr(from, ':');
	enum sms_alphabet alphabet = SMS_UCS2;
	snprintf(number, sizeof number, "%.*s", (int)(text - from), from);
	text++;
	snprintf(dedupe, sizeof dedupe, "balance:%.40s:%" PRId64, s->config->name, now);
	if (compose_count(text, &(struct compose_options){0}, &alphabet) != 1)
		return 0;
	return balance_ask(s->d->store, number, text, alphabet != SMS_GSM7, session_line_key(s), dedupe, now,
			   now + HOUR_S);
}

static bool ask(struct session *s, void (*done)(struct session *s))
{
	char key[80];
	int64_t now = session_now(s);
	bool ussd = !strncmp(s->config->balance, "ussd:", 5);
	cursor_key(s, key, sizeof key);
	int r = store_begin(s->d->store);
	if (r == 0)
		r = cursor_set(s->d->store, key, now);
	if (r == 0 && !ussd)
		r = ask_by_text(s, now);
	if (r == 0)
		r = store_commit(s->d->store);
	store_rollback(s->d->store);
	if (r) {
		log_error("%s: credit not asked for: %s", s->config->name, strerror(-r));
		return false;
	}
	if (!ussd)
		daemon_act_soon(s->d, 0);
	return ussd && ask_by_ussd(s, done);
}

bool balance_errand(struct session *s, void (*done)(struct session *s))
{
	struct operator_side *o = operator_of(s);
	bool late = o->ussd_until_ms && mono_ms() >= o->ussd_until_ms;
	if (late)
		log_warning("%s: no answer to %s", s->config->name,
			    s->config->balance ? s->config->balance : "USSD");
	if (late)
		ussd_over(s, false);
	if (o->ussd_cancel || late) {
		struct at_command c = at_cmd("AT+CUSD=2", 0);
		o->ussd_cancel = false;
		o->then = done;
		port_submit(s, &c, on_cancelled);
		return true;
	}
	return !o->ussd_until_ms && due(s) && ask(s, done);
}
