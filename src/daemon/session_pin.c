/* The SIM's PIN, given at most once: the attempt is recorded before it is made, the tries that are left are
 * read first, and what was refused is never tried again, whatever restarts. MODEM-FACTS 4.4's order. */
#include "daemon/session_internal.h"
#include "base/log.h"
#include "base/text.h"
#include "store/line.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define PIN_WAIT_MS 60000 /* a SIM that is busy becomes ready within this */
#define MARK_MAX    64

static void query(struct session *s);

static void refuse(struct session *s, const char *why)
{
	log_error("%s: SIM: %s", s->config->name, why);
	text_copy(s->blocked_reason, sizeof s->blocked_reason, why);
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

/* Names SIM and PIN without telling the PIN to who reads the database at a glance. */
static void mark_of(const struct session *s, const char *pin, char mark[MARK_MAX])
{
	uint64_t h = 14695981039346656037u;
	for (const char *p = s->iccid; *p; p++)
		h = (h ^ (uint8_t)*p) * 1099511628211u;
	for (const char *p = pin; *p; p++)
		h = (h ^ (uint8_t)*p) * 1099511628211u;
	snprintf(mark, MARK_MAX, "%s:%016" PRIx64, s->iccid[0] ? s->iccid : "?", h);
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
		int e = line_set_pin_tried(s->d->store, s->config->name, NULL);
		if (e)
			log_error("%s: line not written: %s", s->config->name, strerror(-e));
		session_due_in(s, 500, query_again);
		return;
	}
	refuse(s, r->final == AT_TIMEOUT
		      ? "no answer to the PIN; it will not be given again"
		      : "the PIN was refused; it will not be given again until the configuration changes");
}

static void enter(struct session *s, int tries_left)
{
	char pin[16], mark[MARK_MAX], before[MARK_MAX];
	if (read_pin(s, pin)) {
		refuse(s, s->config->pin_file ? "wants a PIN, and pin_file holds none"
					      : "wants a PIN, and there is no pin_file");
		return;
	}
	mark_of(s, pin, mark);
	if (tries_left >= 0 && tries_left < 2) {
		refuse(s, "only one try of the PIN is left; enter it by hand in a phone");
		return;
	}
	if (line_pin_tried(s->d->store, s->config->name, before, sizeof before) || !strcmp(before, mark)) {
		refuse(s, "this PIN was tried before; it will not be given again");
		return;
	}
	/* a crash between here and the answer counts as a try */
	if (line_set_pin_tried(s->d->store, s->config->name, mark)) {
		refuse(s, "the attempt could not be recorded, so it is not made");
		return;
	}
	struct at_command c = at_cmd_pin_enter(pin);
	port_submit(s, &c, on_entered);
}

/* The first plain small number: +CPINR: SIM PIN,3,3; +QPINC: "SC",3,10; +SPIC: 3,10,0,10. */
static int read_tries(const struct at_reply *r)
{
	for (size_t i = 0; i < r->count; i++) {
		struct at_fields f;
		at_fields_parse(&f, r->lines[i]);
		for (int k = 0; k < f.count; k++) {
			int v = at_fields_int(&f, k, -1);
			if (v >= 0 && v <= 10)
				return v;
		}
	}
	return -1;
}

static void on_tries(void *user, const struct at_reply *r)
{
	struct session *s = user;
	if (!port_over(s, r))
		enter(s, r->final == AT_OK ? read_tries(r) : -1);
}

static void on_iccid_first(void *user, const struct at_reply *r)
{
	struct session *s = user;
	if (port_over(s, r))
		return;
	at_read_iccid(r, s->iccid);
	struct at_command c = at_cmd(s->row->pin_counter[0] ? s->row->pin_counter : "AT+CPINR", 5000);
	c.flags |= AT_TAKE_ALL;
	port_submit(s, &c, on_tries);
}

static void wanted(struct session *s)
{
	/* the mark names the SIM */
	struct at_command c = at_cmd_iccid(s->row->iccid.count ? s->row->iccid.word[0] : "AT+CCID");
	port_submit(s, &c, on_iccid_first);
}

static void on_state(void *user, const struct at_reply *r)
{
	struct session *s = user;
	if (port_over(s, r))
		return;
	enum pin_state state = at_read_pin(r);
	switch (state) {
	case PIN_READY:
	case PIN_PIN2: /* services that no text needs */
	case PIN_PUK2:
		s->blocked_reason[0] = 0;
		if (s->state == SESSION_PIN) {
			s->step++;
			session_event(s, EV_SIM_READY);
		} else
			init_step_done(s, true);
		break;
	case PIN_PIN:
		if (s->state == SESSION_PIN)
			session_due_in(s, 60000, query_again);
		else
			wanted(s);
		break;
	case PIN_PUK:
		refuse(s, "wants its PUK; put it into a phone");
		break;
	case PIN_LOCKED:
		refuse(s, "the modem is locked to another operator");
		break;
	case PIN_NOT_READY:
	case PIN_UNKNOWN:
	case PIN_ABSENT:
	case PIN_FAILED:
		if (mono_ms() < s->pin_until_ms)
			session_due_in(s, 1000, query_again);
		else if (state == PIN_ABSENT)
			refuse(s, "there is none");
		else
			refuse(s, "does not become ready");
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
	s->pin_until_ms = mono_ms() + (s->row->boot_max_ms > PIN_WAIT_MS ? s->row->boot_max_ms : PIN_WAIT_MS);
	session_due_in(s, PIN_WAIT_MS + 30000, NULL);
	query(s);
}

void init_pin_watch(struct session *s)
{
	s->pin_until_ms = 0;
	query(s);
}
