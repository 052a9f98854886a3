/* The acceptance test's texts on their way out: what the modem, the network and the operator say to them, and which
 * finding that is. */
#include "cli/modem_test.h"

#include "at_commands/errors.h"
#include "base/text.h"
#include "sms/compose.h"

#include <string.h>

#define VALID_MIN  60
#define READY_MS   30000 /* a modem that has just started refuses texts for so long */
#define MAKERS_OWN 512   /* +CMS ERROR numbers from here on, 3GPP TS 27.005 3.2.5 */

static const char *finding_of(enum at_class class)
{
	switch (class) {
	case AT_CLASS_LINE:
	case AT_CLASS_REJECTED:
	case AT_CLASS_REFUSED:
		return "send.credit";
	case AT_CLASS_SMSC:
		return "send.centre";
	case AT_CLASS_REGISTER:
	case AT_CLASS_LATER:
		return "send.network";
	case AT_CLASS_PERMANENT:
		return "send.number";
	case AT_CLASS_PROGRAM:
	case AT_CLASS_FORMAT:
	case AT_CLASS_UNSUPPORTED:
	case AT_CLASS_REINIT:
		return "send.prompt";
	case AT_CLASS_WAIT:
		return "send.busy";
	case AT_CLASS_NO_REPORT:
	case AT_CLASS_NO_VALIDITY:
		return "send.extras";
	case AT_CLASS_STORE_FULL:
		return "send.full";
	case AT_CLASS_SIM:
	case AT_CLASS_PIN:
	case AT_CLASS_LOCKED:
		return "send.sim";
	case AT_CLASS_UNKNOWN:
	case AT_CLASS_SENT:
	case AT_CLASS_ONCE:
	case AT_CLASS_EMPTY:
	case AT_CLASS_IGNORE:
	case AT_CLASS_COUNT:
		break;
	}
	return "send.refused";
}

static void tell_error(struct test *t, const struct at_reply *r)
{
	bool cms = r->final == AT_CMS_ERROR;
	if (r->final == AT_NO_PROMPT) {
		test_figure_text(t, "error", "%s", N_("it did not ask for the text's words"));
		return;
	}
	if (!cms && r->final != AT_CME_ERROR) {
		test_figure_text(t, "error", "%s", *r->text ? r->text : at_final_name(r->final));
		return;
	}
	if (r->code < 0) {
		test_figure_text(t, "error", "%s", r->text);
		return;
	}
	test_figure_text(t, "error", "+%s ERROR: %d", cms ? "CMS" : "CME", r->code);
	if (at_error_known(cms ? AT_CMS : AT_CME, r->code))
		test_figure_text(t, "said", "%s", at_error_text(cms ? AT_CMS : AT_CME, r->code));
	test_figure(t, "code", json_integer(r->code));
}

/* An error behind Ctrl-Z that does not say what became of the text: the centre may have it. */
static bool says_little(const struct at_reply *r, enum at_class class)
{
	return r->payload_sent && (class == AT_CLASS_UNKNOWN || (r->final == AT_CMS_ERROR && r->code == 332) ||
				   (r->final == AT_CME_ERROR && r->code == 31));
}

/* Not a word of it was typed, and what was said is what a modem says while it starts. */
static bool may_be_starting(const struct test *t, const struct at_reply *r)
{
	if (r->payload_sent)
		return false;
	enum at_class class = modem_row_reply_class(t->card.row, r);
	return r->final == AT_ERROR || class == AT_CLASS_WAIT || class == AT_CLASS_REINIT ||
	       (class == AT_CLASS_UNKNOWN && r->final == AT_CMS_ERROR && r->code >= MAKERS_OWN);
}

static const struct at_reply *send_when_ready(struct test *t, const struct at_command *c)
{
	int64_t until = mono_ms() + test_patience(t, READY_MS);
	const struct at_reply *r = dialogue_ask(t->d, *c);
	while (may_be_starting(t, r) && test_again(t, until, _("the modem gets ready")))
		r = dialogue_ask(t->d, *c);
	return r;
}

static void judge(struct test *t, struct test_text *x, const struct at_reply *r)
{
	enum at_class class = r->final == AT_OK ? AT_CLASS_IGNORE : modem_row_reply_class(t->card.row, r);
	x->outcome = at_read_submit(r, &x->mr);
	t->sent |= r->payload_sent;
	x->failed = r->final == AT_TIMEOUT ? "send.unheard" : finding_of(class);
	if (x->outcome == SUBMIT_NOT_SENT || (r->final == AT_ERROR && !r->payload_sent))
		x->failed = "send.prompt";
	if (x->outcome == SUBMIT_REFUSED && class == AT_CLASS_SENT)
		x->outcome = SUBMITTED;
	if (x->outcome == SUBMIT_REFUSED && says_little(r, class))
		x->outcome = SUBMIT_UNKNOWN;
	tell_error(t, r);
}

void test_submit(struct test *t, struct test_text *x)
{
	struct compose_part part;
	char number[24];
	int parts;
	bool own =
	    !strcmp(x->number, t->own); /* that of the gateway is nobody's secret, and is to be compared */
	test_figure_text(t, "number", "%s", own ? x->number : text_short_number(x->number, number));
	x->left = mono_ms();
	if (compose_part(x->number, x->words,
			 &(struct compose_options){.report = x->report, .validity_minutes = VALID_MIN}, 1,
			 &part, &parts)) {
		test_figure_text(t, "error", "%s", x->number);
		x->failed = "send.number";
		x->outcome = SUBMIT_REFUSED;
		return;
	}
	while (dialogue_wait(t->d, URC_BIT(URC_BOOT), 0)) /* a start of now is not one of later */
		;
	struct at_command c = at_cmd_submit(t->card.row, part.hex, part.length, false);
	if (c.timeout_ms > t->wait_ms)
		c.timeout_ms = t->wait_ms;
	judge(t, x, send_when_ready(t, &c));
	test_figure(t, "sent_s", json_integer((mono_ms() - x->left + 500) / 1000));
	x->left = mono_ms();
	if (dialogue_error(t->d)) {
		t->brown_out = true;
		x->failed = "send.brownout";
		x->outcome = SUBMIT_REFUSED;
	}
}
