/* The acceptance test's call: the installer rings, nobody answers, the number is seen. Residents who ring meanwhile are
 * handed to the gateway, once each, as it would have heard them. */
#include "cli/modem_test.h"

#include "base/mem.h"
#include "base/text.h"

#include <string.h>

#define CLIP_MS    3500  /* comes with the second ring at the latest; then the modem is asked who rings */
#define RING_MS    60000 /* the installer stands beside it */
#define RING_KINDS (URC_BIT(URC_RING) | URC_BIT(URC_CLIP) | URC_BIT(URC_CALL) | URC_BIT(URC_MISSED_CALL))

/* Somebody who is not the tester. */
static void resident(struct test *t, const struct at_urc *u)
{
	char number[E164_MAX];
	if (!e164_is_person(e164_parse(u->number, number)) || (t->to && !strcmp(number, t->to)))
		return;
	for (int i = 0; i < t->rung_count; i++)
		if (!strcmp(t->rung[i], number))
			return;
	if (t->rung_count == (int)ARRAY_LEN(t->rung) || dialogue_hand_over(t->d, u))
		return;
	text_copy(t->rung[t->rung_count++], E164_MAX, number);
}

void test_pass_on(struct test *t)
{
	/* a ring of now is not to be taken for the installer's later on */
	const unsigned kinds = RING_KINDS | URC_BIT(URC_CMT) | URC_BIT(URC_CDS) | URC_BIT(URC_POWER);
	const struct at_urc *u;
	while (t->d && (u = dialogue_wait(t->d, kinds, 0))) {
		if (u->kind == URC_POWER) {
			t->under_voltage = true;
			text_copy(t->power_words, sizeof t->power_words, u->line);
		} else if (u->kind == URC_CLIP || u->kind == URC_MISSED_CALL)
			resident(t, u);
		else if (u->pdu) {
			t->foreign++;
			dialogue_hand_over(t->d, u);
		}
	}
}

static void hang_up(struct test *t)
{
	const struct modem_words *ways = &t->card.row->hangup;
	for (int i = 0; i < ways->count; i++)
		if (dialogue_ask(t->d, at_cmd(ways->word[i], 0))->final == AT_OK)
			return;
}

/* The number of whoever rings, "" not shown. */
static void who_rings(struct test *t, const struct at_urc *u, char number[AT_NUMBER_MAX])
{
	struct at_call call[AT_CALLS_MAX];
	if (u->kind == URC_RING)
		u = dialogue_wait(t->d, RING_KINDS & ~URC_BIT(URC_RING), CLIP_MS);
	text_copy(number, AT_NUMBER_MAX, !u ? "" : u->kind == URC_CALL ? u->call.number : u->number);
	if (number[0])
		return;
	int n = at_read_calls(dialogue_ask(t->d, at_cmd_calls()), call, AT_CALLS_MAX);
	for (int i = 0; i < n && !number[0]; i++)
		text_copy(number, AT_NUMBER_MAX, call[i].number);
}

static void rung(struct test *t, const struct at_urc *u)
{
	char number[AT_NUMBER_MAX], canonical[E164_MAX], shown[24];
	who_rings(t, u, number);
	hang_up(t);
	dialogue_wait(t->d, URC_BIT(URC_CALL_END), CLIP_MS < t->wait_ms ? CLIP_MS : t->wait_ms);
	if (!number[0]) {
		test_found(t, "call.withheld");
		return;
	}
	e164_parse(number, canonical);
	test_figure_text(t, "caller", "%s", text_short_number(canonical, shown));
	test_found(t, "call.ok");
	struct at_urc who = {.kind = URC_CLIP, .line = ""};
	text_copy(who.number, sizeof who.number, number);
	resident(t, &who);
}

void test_call(struct test *t)
{
	if (t->card.row->voice == VOICE_NONE) {
		test_found(t, "call.voiceless");
		return;
	}
	const struct at_reply *r = dialogue_ask(t->d, at_cmd("AT+CLIP=1", 0));
	if (r->final != AT_OK) {
		if (!test_ended(t))
			test_found(t, "call.clip");
		return;
	}
	cleanup_free char *words = t->own[0] ? mem_printf(_("ring %s now, let it ring twice, hang up"), t->own)
					     : mem_dup(_("ring this line now, let it ring twice, hang up"));
	int limit = RING_MS < t->wait_ms ? RING_MS : t->wait_ms;
	int64_t until = mono_ms() + limit, left = limit;
	const struct at_urc *u = NULL;
	while (!u && left > 0 && !test_ended(t)) {
		test_waiting(t, words, left);
		u = dialogue_wait(t->d, RING_KINDS, (int)(left < 1000 ? left : 1000));
		left = until - mono_ms();
	}
	test_figure(t, "seconds", json_integer(limit / 1000));
	if (u)
		rung(t, u);
	else if (!test_ended(t))
		test_found(t, "call.nobody");
}
