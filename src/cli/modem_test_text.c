/* The acceptance test's texts: one of the line to itself, one to a phone. Each is given to the modem once and never
 * again, whatever becomes of it. The one to itself has the words by which the gateway knows such texts
 * (store/self_text.h), so that one which comes late is nobody's. From a store nothing is deleted but what was read a
 * moment ago and is a text or report of this test for certain. */
#include "cli/modem_test.h"

#include "at_commands/errors.h"
#include "base/mem.h"
#include "base/text.h"
#include "sms/compose.h"
#include "store/self_text.h"

#include <inttypes.h>
#include <string.h>
#include <sys/random.h>

#define LIST_MS   10000 /* announcements get lost: the store is looked through as often as that */
#define SLOW_S    60
#define VALID_MIN 60
#define REPORTS   (URC_BIT(URC_CDS) | URC_BIT(URC_CDSI))
#define TEXTS     (URC_BIT(URC_CMT) | URC_BIT(URC_CMTI))
#define WORDS_MAX 140

/* One text and what is heard of it. */
struct text {
	const char *number, *words;
	bool report; /* one was asked for */
	enum at_submitted outcome;
	int mr;       /* −1 not told */
	int64_t left; /* monotonic ms at which the modem was done with it */
	bool back, reported;
	int64_t back_ms, report_ms; /* since it left */
	int st;                     /* TP-Status of the report */
	const char *failed;         /* the finding, when it was refused */
};

/* ------------------------------------------------------------------------------------------------ away with it */

static const char *finding_of(enum at_class class)
{
	switch (class) {
	case AT_CLASS_LINE:
		return "send.credit";
	case AT_CLASS_SMSC:
		return "send.centre";
	case AT_CLASS_REGISTER:
	case AT_CLASS_REFUSED:
	case AT_CLASS_LATER:
	case AT_CLASS_WAIT:
		return "send.network";
	case AT_CLASS_PERMANENT:
		return "send.number";
	case AT_CLASS_PROGRAM:
	case AT_CLASS_FORMAT:
	case AT_CLASS_UNSUPPORTED:
		return "send.prompt";
	case AT_CLASS_UNKNOWN:
	case AT_CLASS_SENT:
	case AT_CLASS_ONCE:
	case AT_CLASS_NO_REPORT:
	case AT_CLASS_NO_VALIDITY:
	case AT_CLASS_REJECTED:
	case AT_CLASS_STORE_FULL:
	case AT_CLASS_EMPTY:
	case AT_CLASS_REINIT:
	case AT_CLASS_SIM:
	case AT_CLASS_PIN:
	case AT_CLASS_LOCKED:
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
		test_figure_text(t, "error", "%s", _("it did not ask for the text's words"));
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
	test_figure_text(t, "error", "+%s ERROR: %d, %s", cms ? "CMS" : "CME", r->code,
			 at_error_text(cms ? AT_CMS : AT_CME, r->code));
	test_figure(t, "code", json_integer(r->code));
}

/* An error behind Ctrl-Z that does not say what became of the text: the centre may have it. */
static bool says_little(const struct at_reply *r, enum at_class class)
{
	return r->payload_sent && (class == AT_CLASS_UNKNOWN || (r->final == AT_CMS_ERROR && r->code == 332) ||
				   (r->final == AT_CME_ERROR && r->code == 31));
}

static void submit(struct test *t, struct text *x)
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
	struct at_command c = at_cmd_submit(t->card.row, part.hex, part.length, false);
	if (c.timeout_ms > t->wait_ms)
		c.timeout_ms = t->wait_ms;
	t->sent = true;
	const struct at_reply *r = dialogue_ask(t->d, c);
	enum at_class class = r->final == AT_OK ? AT_CLASS_IGNORE : modem_row_reply_class(t->card.row, r);
	x->outcome = at_read_submit(r, &x->mr);
	x->failed = r->final == AT_TIMEOUT ? "send.unheard" : finding_of(class);
	if (x->outcome == SUBMIT_NOT_SENT)
		x->failed = "send.prompt";
	if (x->outcome == SUBMIT_REFUSED && class == AT_CLASS_SENT)
		x->outcome = SUBMITTED;
	if (x->outcome == SUBMIT_REFUSED && says_little(r, class))
		x->outcome = SUBMIT_UNKNOWN;
	tell_error(t, r);
	test_figure(t, "sent_s", json_integer((mono_ms() - x->left + 500) / 1000));
	x->left = mono_ms();
	if (dialogue_error(t->d)) {
		t->brown_out = true;
		x->failed = "send.brownout";
		x->outcome = SUBMIT_REFUSED;
	}
}

/* ------------------------------------------------------------------------------------------------ what comes back */

/* Ours? Then it is noted. */
static bool claim(struct test *t, struct text *x, const char *pdu, int length)
{
	struct tpdu p;
	if (!pdu || tpdu_decode_hex(pdu, true, TPDU_INCOMING, length, &p, NULL))
		return false;
	if (p.type == TPDU_STATUS_REPORT) {
		char number[E164_MAX];
		e164_parse(p.number, number);
		if (x->mr < 0 || p.mr != x->mr || strcmp(number, x->number) != 0)
			return false;
		if (tp_status_class(p.st) == TP_STATUS_TRYING)
			return true; /* another one follows */
		x->reported = true;
		x->report_ms = mono_ms() - x->left;
		x->st = p.st;
		return true;
	}
	cleanup_free char *text =
	    p.type == TPDU_DELIVER && p.parts <= 1 && p.alphabet != SMS_8BIT ? tpdu_text(&p) : NULL;
	if (!text || strcmp(text, x->words) != 0)
		return false;
	if (!x->back) {
		x->back = true;
		x->back_ms = mono_ms() - x->left;
	}
	if (p.scts.valid) {
		t->network_utc = p.scts.utc;
		t->network_seen_utc = cli_now(t->c) - x->back_ms / 1000;
	}
	return true;
}

static bool select_store(struct test *t, const char *memory)
{
	if (!*memory || !strcmp(memory, t->store))
		return true;
	if (dialogue_ask(t->d, at_cmd_store_read_from(memory))->final != AT_OK)
		return false;
	text_copy(t->store, sizeof t->store, memory);
	return true;
}

/* Read, and deleted when it is ours. */
static void look_at(struct test *t, struct text *x, int index)
{
	struct at_slot slot;
	if (index < 0 || at_read_slot(dialogue_ask(t->d, at_cmd_read(index)), &slot))
		return;
	if (slot.text_mode || slot.length_lies || !claim(t, x, slot.pdu, slot.length))
		t->foreign += slot.pdu != NULL;
	else
		dialogue_ask(t->d, at_cmd_delete(index));
	at_slot_done(&slot);
}

static void list(struct test *t, struct text *x)
{
	struct at_list l;
	int mine[AT_FIELDS_MAX], n = 0;
	if (!t->card.row->cmgl_max_ms || at_read_list(dialogue_ask(t->d, at_cmd_list(t->card.row)), &l))
		return;
	for (int i = 0; i < l.count && n < AT_FIELDS_MAX; i++)
		if (!l.slot[i].length_lies && claim(t, x, l.slot[i].pdu, l.slot[i].length))
			mine[n++] = t->card.row->cmgl_broken_index ? -1 : l.slot[i].index;
	at_list_done(&l);
	for (int i = 0; i < n; i++)
		look_at(t, x, mine[i]);
}

static void acknowledge(struct test *t)
{
	bool wanted;
	struct at_command c = at_cmd_acknowledge(t->card.row, &wanted);
	if (wanted)
		dialogue_ask(t->d, c);
}

static void heard(struct test *t, struct text *x, const struct at_urc *u)
{
	char home[sizeof t->store];
	if (u->kind == URC_CMT || u->kind == URC_CDS) {
		if (claim(t, x, u->pdu, u->length))
			acknowledge(t);
		else if (u->pdu) {
			t->foreign++;
			dialogue_hand_over(t->d, u);
		}
		return;
	}
	int index = u->index;
	text_copy(home, sizeof home, t->store);
	if (select_store(t, u->memory))
		look_at(t, x, index);
	select_store(t, home);
}

enum awaited { THE_TEXT, THE_REPORT };

static void await(struct test *t, struct text *x, enum awaited what, const char *words)
{
	int64_t until = mono_ms() + t->wait_ms, look = mono_ms() + LIST_MS;
	bool last = false;
	while (!(what == THE_TEXT ? x->back : x->reported) && !test_ended(t)) {
		int64_t now = mono_ms(), left = until - now;
		if (left <= 0 && last)
			return;
		if (left <= 0 || now >= look) {
			list(t, x);
			last = left <= 0;
			look = now + LIST_MS;
			continue;
		}
		test_waiting(t, words, left);
		int64_t slice = look - now < left ? look - now : left;
		const struct at_urc *u =
		    dialogue_wait(t->d, TEXTS | REPORTS, (int)(slice < 1000 ? slice : 1000));
		if (u)
			heard(t, x, u);
	}
}

/* ------------------------------------------------------------------------------------------------ to itself */

/* As it is configured, else as it stands on the SIM. "" not known. */
static void find_own_number(struct test *t)
{
	const char *n = t->line ? t->line->number : NULL;
	if (!n && t->cfg && t->cfg->modem_count <= 1)
		n = t->cfg->number;
	if (!n)
		n = t->card.number;
	if (!e164_can_text(e164_parse(n, t->own)))
		t->own[0] = 0;
}

static void judge_self(struct test *t, const struct text *x, bool reports)
{
	test_figure(t, "seconds", json_integer((x->back_ms + 500) / 1000));
	test_figure(t, "reported", json_boolean(x->reported));
	if (x->reported)
		test_figure(t, "report_s", json_integer((x->report_ms + 500) / 1000));
	if (x->outcome == SUBMIT_UNKNOWN)
		test_found(t, "self.unheard");
	else if (x->back_ms > (int64_t)SLOW_S * 1000)
		test_found(t, "self.slow");
	else
		test_found(t, reports && !x->reported ? "self.report" : "self.ok");
}

void test_self(struct test *t)
{
	uint32_t random = 0;
	char words[WORDS_MAX];
	find_own_number(t);
	if (!t->own[0]) {
		test_found(t, "self.number");
		return;
	}
	if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
		random = (uint32_t)cli_now(t->c);
	snprintf(words, sizeof words, SELF_TEXT_PREFIX "%08" PRIx32, random);
	bool reports = (!t->line || t->line->reports) && t->card.row->reports;
	struct text x = {.number = t->own, .words = words, .report = reports, .mr = -1};
	submit(t, &x);
	if (x.outcome == SUBMITTED || x.outcome == SUBMIT_UNKNOWN)
		await(t, &x, THE_TEXT, _("the text comes back"));
	if (x.back && reports)
		await(t, &x, THE_REPORT, _("its delivery report comes"));
	test_figure(t, "seconds", json_integer(t->wait_ms / 1000));
	if (x.back)
		judge_self(t, &x, reports);
	else if (!test_ended(t) || t->brown_out) {
		t->stuck = x.outcome != SUBMITTED;
		test_found(t, x.outcome == SUBMITTED ? "self.missing" : x.failed);
	}
}

/* ------------------------------------------------------------------------------------------------ to a phone */

static void judge_phone(struct test *t, const struct text *x)
{
	if (!x->report) {
		test_found(t, "phone.left");
		return;
	}
	if (!x->reported) {
		test_figure(t, "seconds", json_integer(t->wait_ms / 1000));
		test_found(t, "phone.unreported");
		return;
	}
	enum tp_status_class class = tp_status_class((uint8_t)x->st);
	test_figure(t, "seconds", json_integer((x->report_ms + 500) / 1000));
	test_figure_text(t, "status", "%s", tp_status_text((uint8_t)x->st));
	test_found(t,
		   class == TP_STATUS_DELIVERED || class == TP_STATUS_FORWARDED ? "phone.ok" : "phone.failed");
}

void test_phone(struct test *t)
{
	char number[24];
	cleanup_free char *words = NULL;
	if (!t->to) {
		test_found(t, "phone.none");
		return;
	}
	if (t->stuck) { /* it would cost the same time once more, and tell nothing new */
		test_figure_text(t, "because", "%s", "self");
		test_found(t, "needs");
		return;
	}
	words = mem_printf(_("Test of the line \"%.20s\" of yishi. Nothing needs to be answered."), t->name);
	bool reports = (!t->line || t->line->reports) && t->card.row->reports;
	struct text x = {.number = t->to, .words = words, .report = reports, .mr = -1};
	test_figure_text(t, "to", "%s", text_short_number(t->to, number));
	submit(t, &x);
	if (x.outcome == SUBMITTED && reports)
		await(t, &x, THE_REPORT, _("the delivery report comes"));
	test_figure(t, "seconds", json_integer(t->wait_ms / 1000));
	if (x.outcome == SUBMITTED)
		judge_phone(t, &x);
	else
		test_found(t, x.failed);
}
