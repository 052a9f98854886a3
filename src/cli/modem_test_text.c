/* The acceptance test's texts: one of the line to itself, one to a phone. Each is given to the modem once and never
 * again, whatever becomes of it (modem_test_send.c). The one to itself has the words by which the gateway knows such texts
 * (store/self_text.h), so that one which comes late is nobody's. From a store nothing is deleted but what was read a
 * moment ago and is a text or report of this test for certain. */
#include "cli/modem_test.h"

#include "at_commands/errors.h"
#include "base/mem.h"
#include "base/text.h"
#include "sms/tpdu.h"
#include "store/self_text.h"

#include <inttypes.h>
#include <string.h>
#include <sys/random.h>

#define LIST_MS   10000 /* announcements get lost: the store is looked through as often as that */
#define SLOW_S    60
#define REPORTS   (URC_BIT(URC_CDS) | URC_BIT(URC_CDSI))
#define TEXTS     (URC_BIT(URC_CMT) | URC_BIT(URC_CMTI))
#define WORDS_MAX 140
#define DELETES   2
#define LATE_MS   1000

/* ------------------------------------------------------------------------------------------------ what comes back */

/* Ours? Then it is noted. */
static bool claim(struct test *t, struct test_text *x, const char *pdu, int length)
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

/* Some say OK and keep it. */
static bool still_there(struct test *t, int index, const char *pdu)
{
	struct at_slot slot;
	if (at_read_slot(dialogue_ask(t->d, at_cmd_read(index)), &slot))
		return false;
	bool same = slot.pdu && !strcmp(slot.pdu, pdu);
	at_slot_done(&slot);
	return same;
}

static void delete (struct test *t, struct test_text *x, int index, const char *pdu)
{
	bool there = true;
	for (int i = 0; there && i < DELETES; i++) {
		dialogue_ask(t->d, at_cmd_delete(index));
		there = still_there(t, index, pdu);
	}
	x->kept |= there;
}

/* Read, and deleted when it is ours. */
static void look_at(struct test *t, struct test_text *x, int index)
{
	struct at_slot slot;
	if (index < 0 || at_read_slot(dialogue_ask(t->d, at_cmd_read(index)), &slot))
		return;
	if (slot.text_mode || slot.length_lies || !claim(t, x, slot.pdu, slot.length))
		t->foreign += slot.pdu != NULL;
	else
		delete (t, x, index, slot.pdu);
	at_slot_done(&slot);
}

static void list(struct test *t, struct test_text *x)
{
	struct at_list l;
	int mine[AT_FIELDS_MAX], n = 0;
	struct at_command c = at_cmd_list(t->card.row);
	c.timeout_ms = test_patience(t, c.timeout_ms); /* some never end it */
	if (!t->card.row->cmgl_max_ms || at_read_list(dialogue_ask(t->d, c), &l))
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

static void heard(struct test *t, struct test_text *x, const struct at_urc *u)
{
	char home[sizeof t->store];
	x->announced |= URC_BIT(u->kind) & TEXTS;
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

/* What was found by looking may have been announced in the same moment. */
static void hear_late(struct test *t, struct test_text *x)
{
	const struct at_urc *u =
	    x->back && !x->announced ? dialogue_wait(t->d, TEXTS, test_patience(t, LATE_MS)) : NULL;
	if (u)
		heard(t, x, u);
}

static void await(struct test *t, struct test_text *x, enum awaited what, const char *words)
{
	int64_t until = mono_ms() + t->wait_ms, look = mono_ms() + LIST_MS;
	bool last = false;
	while (!(what == THE_TEXT ? x->back : x->reported) && !test_ended(t)) {
		int64_t now = mono_ms(), left = until - now;
		if (left <= 0 && last)
			return;
		if (left <= 0 || now >= look) {
			list(t, x);
			hear_late(t, x);
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

static bool arrived(const struct test_text *x)
{
	enum tp_status_class class = tp_status_class((uint8_t)x->st);
	return class == TP_STATUS_DELIVERED || class == TP_STATUS_FORWARDED;
}

static void tell_status(struct test *t, const struct test_text *x)
{
	test_figure(t, "st", json_integer(x->st));
	test_figure_text(t, "status", "%s", tp_status_text((uint8_t)x->st));
}

static void judge_self(struct test *t, const struct test_text *x, bool reports)
{
	test_figure(t, "seconds", json_integer((x->back_ms + 500) / 1000));
	test_figure(t, "reported", json_boolean(x->reported));
	if (x->reported)
		tell_status(t, x);
	if (x->reported)
		test_figure(t, "report_s", json_integer((x->report_ms + 500) / 1000));
	if (x->outcome == SUBMIT_UNKNOWN)
		test_found(t, "self.unheard");
	else if (x->back_ms > (int64_t)SLOW_S * 1000)
		test_found(t, "self.slow");
	else if (reports && !x->reported)
		test_found(t, "self.report");
	else if (x->reported && !arrived(x))
		test_found(t, "self.misreported");
	if (!x->announced && !t->quiet)
		test_found(t, "self.unannounced");
	if (x->kept)
		test_found(t, "self.kept");
	if (!t->said)
		test_found(t, "self.ok");
}

/* What is missing is missing because the modem started anew: it has said so, or has fallen back to text mode without a
 * word. */
static bool started_anew(struct test *t, const struct test_text *x)
{
	int mode;
	if (x->outcome == SUBMIT_REFUSED || t->brown_out || test_ended(t))
		return false;
	bool anew = dialogue_wait(t->d, URC_BIT(URC_BOOT), 0) ||
		    (at_read_format(dialogue_ask(t->d, at_cmd_format_query()), &mode) == 0 && mode != 0);
	t->brown_out |= anew;
	return anew;
}

/* It did not come back. */
static const char *astray(struct test *t, const struct test_text *x)
{
	if (started_anew(t, x))
		return "send.restart";
	if (x->outcome != SUBMITTED)
		return x->failed;
	if (!x->reported)
		return "self.missing";
	tell_status(t, x);
	return arrived(x) ? "self.elsewhere" : "self.failed";
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
	struct test_text x = {.number = t->own, .words = words, .report = reports, .mr = -1};
	test_submit(t, &x);
	if (x.outcome == SUBMITTED || x.outcome == SUBMIT_UNKNOWN)
		await(t, &x, THE_TEXT, _("the text comes back"));
	if (x.back && reports)
		await(t, &x, THE_REPORT, _("its delivery report comes"));
	test_figure(t, "seconds", json_integer(t->wait_ms / 1000));
	if (x.back)
		judge_self(t, &x, reports);
	else if (!test_ended(t) || t->brown_out) {
		test_found(t, astray(t, &x));
		t->stuck = x.outcome != SUBMITTED || t->brown_out;
	}
}

/* ------------------------------------------------------------------------------------------------ to a phone */

static void judge_phone(struct test *t, const struct test_text *x)
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
	tell_status(t, x);
	test_figure(t, "seconds", json_integer((x->report_ms + 500) / 1000));
	bool unsure = tp_status_class((uint8_t)x->st) == TP_STATUS_FORWARDED;
	test_found(t, unsure ? "phone.forwarded" : arrived(x) ? "phone.ok" : "phone.failed");
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
	struct test_text x = {.number = t->to, .words = words, .report = reports, .mr = -1};
	test_figure_text(t, "to", "%s", text_short_number(t->to, number));
	test_submit(t, &x);
	if (x.outcome == SUBMITTED && reports)
		await(t, &x, THE_REPORT, _("the delivery report comes"));
	test_figure(t, "seconds", json_integer(t->wait_ms / 1000));
	if (reports && !x.reported && started_anew(t, &x))
		test_found(t, "send.restart");
	else if (x.outcome == SUBMITTED)
		judge_phone(t, &x);
	else
		test_found(t, x.failed);
}
