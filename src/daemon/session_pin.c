/* The SIM's PIN, given at most once: the attempt is recorded before it is made, the tries that are left are
 * read first, and what was refused is never tried again, whatever restarts. MODEM-FACTS 4.4's order. */
#include "daemon/session_internal.h"
#include "daemon/alarm.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/sim_pin.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define PIN_WAIT_MS    60000 /* a SIM that is busy becomes ready within this */
#define PIN_SOON_MS    5000  /* mostly within this */
#define PIN_ASK_MS     300
#define PIN_SETTLES_MS 10000 /* after it was taken */
#define PIN_LATER_MS   1000
#define MARK_MAX       24
#define BLIND_MAX      2 /* PINs for a SIM of which nobody says how many tries are left: one of its three stays */

static void query(struct session *s);

/* One sentence, said when it begins, and the alarm. Those of earlier sentences end. */
static void refuse(struct session *s, enum alarm_kind kind, const char *why)
{
	static const enum alarm_kind kinds[] = {ALARM_SIM_MISSING, ALARM_SIM_FAILED, ALARM_PIN_NEEDED,
						ALARM_PIN_REFUSED, ALARM_PIN_LAST,   ALARM_PUK,
						ALARM_LOCKED};
	if (strcmp(s->blocked_reason, why) != 0)
		log_error("%s: SIM: %s", s->config->name, why);
	text_copy(s->blocked_reason, sizeof s->blocked_reason, why);
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (kinds[i] != kind)
			alarm_clear(s->d, s->config->name, kinds[i]);
	alarm_raise(s->d, s->config->name, kind, "%s", "");
	session_event(s, EV_PIN_REFUSED);
}

static int read_pin(const struct session *s, char pin[16])
{
	FILE *f = s->config->pin_file ? fopen(s->config->pin_file, "re") : NULL;
	if (!f)
		return -ENOENT;
	size_t n = 0;
	int c;
	while ((c = fgetc(f)) != EOF && n < 15 && isdigit(c))
		pin[n++] = (char)c;
	pin[n] = 0;
	fclose(f);
	return n >= 4 && n <= 8 ? 0 : -EINVAL;
}

/* Tells PINs of a SIM apart without telling them to who reads the database at a glance. */
static void mark_of(const struct session *s, const char *pin, char mark[MARK_MAX])
{
	uint64_t h = 14695981039346656037u;
	for (const char *p = s->iccid; *p; p++)
		h = (h ^ (uint8_t)*p) * 1099511628211u;
	for (const char *p = pin; *p; p++)
		h = (h ^ (uint8_t)*p) * 1099511628211u;
	snprintf(mark, MARK_MAX, "%016" PRIx64, h);
}

static void query_again(struct session *s)
{
	query(s);
}

static void on_entered(void *user, const struct at_reply *r)
{
	struct session *s = user;
	if (port_over(s, r))
		return;
	if (r->final == AT_OK) {
		log_notice("%s: PIN accepted", s->config->name);
		int e = sim_pin_accepted(s->d->store, session_line_key(s));
		if (e)
			log_error("%s: that the PIN is right cannot be written down: %s", s->config->name,
				  strerror(-e));
		s->pin_accepted_ms = mono_ms();
		session_due_in(s, PIN_ASK_MS, query_again);
		return;
	}
	refuse(s, ALARM_PIN_REFUSED,
	       r->final == AT_TIMEOUT
		   ? N_("no answer to the PIN, which counts as a try; it will not be given again")
		   : N_("the PIN was refused; it will not be given again until another one is in pin_file"));
}

/* May this PIN be given at all? False: it was said why not. */
static bool may_try(struct session *s, char pin[16], char mark[MARK_MAX], int *ret_count)
{
	bool tried = false;
	if (read_pin(s, pin)) {
		refuse(s, ALARM_PIN_NEEDED,
		       s->config->pin_file ? N_("wants a PIN, and pin_file holds none of 4 to 8 digits")
					   : N_("wants a PIN, and there is no pin_file"));
		return false;
	}
	mark_of(s, pin, mark);
	int r = sim_pin_tried(s->d->store, session_line_key(s), mark, &tried, ret_count);
	if (r || tried)
		refuse(
		    s, ALARM_PIN_REFUSED,
		    r ? N_("whether the PIN was tried before cannot be read, so it is not given")
		      : N_("the PIN of pin_file was tried before and not taken; it will not be given again"));
	return r == 0 && !tried;
}

static void enter(struct session *s, int left)
{
	char pin[16], mark[MARK_MAX];
	int tried = 0;
	if (!may_try(s, pin, mark, &tried))
		return;
	if (left >= 0 && left < 2) {
		refuse(s, ALARM_PIN_LAST,
		       left ? N_("only one try of the PIN is left; put the SIM into a phone and enter it there")
			    : N_("no try of the PIN is left; put the SIM into a phone"));
		return;
	}
	if (left < 0 && tried >= BLIND_MAX) {
		refuse(s, ALARM_PIN_LAST,
		       N_("two PINs were refused, and how many tries are left is not known; put the SIM into a "
			  "phone"));
		return;
	}
	/* a crash between here and the answer counts as a try */
	if (sim_pin_note(s->d->store, session_line_key(s), mark, session_now(s))) {
		refuse(s, ALARM_PIN_NEEDED, N_("the attempt cannot be written down, so it is not made"));
		return;
	}
	struct at_command c = at_cmd_pin_enter(pin);
	port_submit(s, &c, on_entered);
}

static void on_tries(void *user, const struct at_reply *r)
{
	struct session *s = user;
	if (!port_over(s, r))
		enter(s, at_read_pin_tries(s->row, r));
}

static void ask_tries(struct session *s)
{
	struct at_command c = at_cmd_pin_tries(s->row);
	port_submit(s, &c, on_tries);
}

static void wanted(struct session *s)
{
	char pin[16], mark[MARK_MAX];
	int count;
	/* while it waits for another PIN, the modem is not asked what is known */
	if (s->state == SESSION_PIN && !may_try(s, pin, mark, &count))
		return;
	/* what was tried is known by the SIM; the one that was here before may have been another */
	s->iccid[0] = 0;
	init_iccid(s, ask_tries);
}

static void opened(struct session *s)
{
	s->blocked_reason[0] = 0;
	if (s->state == SESSION_PIN) {
		s->step++;
		session_event(s, EV_SIM_READY);
	} else
		init_step_done(s, true);
}

static void on_state(void *user, const struct at_reply *r)
{
	struct session *s = user;
	if (port_over(s, r))
		return;
	enum pin_state state = at_read_pin(r);
	int64_t now = mono_ms();
	switch (state) {
	case PIN_READY:
	case PIN_PIN2: /* services that no text needs */
	case PIN_PUK2:
		opened(s);
		break;
	case PIN_PIN:
		/* MBM says so for a while behind the right one */
		if (s->pin_accepted_ms && now < s->pin_accepted_ms + PIN_SETTLES_MS)
			session_due_in(s, PIN_ASK_MS, query_again);
		else
			wanted(s);
		break;
	case PIN_PUK:
		refuse(s, ALARM_PUK, N_("wants its PUK, which is never given here; put the SIM into a phone"));
		break;
	case PIN_LOCKED:
		refuse(s, ALARM_LOCKED, N_("the modem is locked to another operator"));
		break;
	case PIN_NOT_READY:
	case PIN_UNKNOWN:
	case PIN_ABSENT:
	case PIN_FAILED:
		if (now < s->pin_until_ms)
			session_due_in(s, now < s->pin_begun_ms + PIN_SOON_MS ? PIN_ASK_MS : PIN_LATER_MS,
				       query_again);
		else if (state == PIN_ABSENT)
			refuse(s, ALARM_SIM_MISSING, N_("there is none"));
		else
			refuse(s, ALARM_SIM_FAILED, N_("does not become ready"));
		break;
	}
}

static void query(struct session *s)
{
	struct at_command c = at_cmd_pin_query(s->row);
	port_submit(s, &c, on_state);
}

void init_pin(struct session *s)
{
	s->pin_begun_ms = mono_ms();
	s->pin_accepted_ms = 0;
	s->pin_until_ms =
	    s->pin_begun_ms + (s->row->boot_max_ms > PIN_WAIT_MS ? s->row->boot_max_ms : PIN_WAIT_MS);
	session_due_in(s, PIN_WAIT_MS + 30000, NULL);
	query(s);
}

void init_pin_watch(struct session *s)
{
	s->pin_until_ms = 0;
	query(s);
}
