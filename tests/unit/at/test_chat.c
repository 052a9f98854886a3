/* The chat: order, prompts, time-outs as results, late answers, grace, bounds. */
#include "unit/at/rig.h"

#include <errno.h>

#define PDU "0011000B813109831008F00008A7044F60597D"

static struct at_command submit_command(void)
{
	struct at_command c = rig_command("AT+CMGS=18", "+CMGS:", 0);
	c.payload = PDU;
	c.timeout_ms = 130000;
	c.grace_ms = 5000;
	c.tag = 7;
	return c;
}

static void one_after_the_other(void **state)
{
	(void)state;
	struct rig r;
	rig_init(&r, NULL);
	rig_submit(&r, rig_command("ATE0", "", 0));
	rig_submit(&r, rig_command("AT+CSQ", "", 0));
	rig_check(&r, "", "ATE0\r");
	rig_feed(&r, "ATE0\r\r\nOK\r\n");
	rig_check(&r, "done OK\n", "");
	assert_int_equal(at_chat_deadline(r.chat), r.now + 20); /* the gap */
	rig_pass(&r, 20);
	rig_check(&r, "", "AT+CSQ\r");
	rig_feed(&r, "\r\n+CSQ: 20,99\r\n\r\nOK\r\n");
	rig_check(&r, "done OK | +CSQ: 20,99\n", "");
	assert_true(at_chat_idle(r.chat));
	assert_true(at_chat_deadline(r.chat) == INT64_MAX);
	rig_end(&r);
}

static void urgent_goes_first(void **state)
{
	(void)state;
	struct rig r;
	rig_init(&r, NULL);
	rig_submit(&r, rig_command("AT+A", "", 0));
	rig_submit(&r, rig_command("AT+B", "", 0));
	rig_submit(&r, rig_command("AT+CNMA", "", AT_FIRST));
	rig_submit(&r, rig_command("AT+CNMA=1", "", AT_FIRST));
	for (int i = 0; i < 4; i++) {
		rig_feed(&r, "OK\r\n");
		rig_pass(&r, 30);
	}
	rig_check(&r, "done OK\ndone OK\ndone OK\ndone OK\n", "AT+A\rAT+CNMA\rAT+CNMA=1\rAT+B\r");
	rig_end(&r);
}

static void payload_waits_for_the_prompt(void **state)
{
	(void)state;
	static const char *const prompts[] = {"\r\n> ", ">", "\r\n>", "AT+CMGS=18\r\r\n> ", "\r\n\r\n>  "};
	for (size_t i = 0; i < ARRAY_LEN(prompts); i++) {
		struct rig r;
		rig_init(&r, NULL);
		rig_submit(&r, submit_command());
		rig_pass(&r, 3000);
		rig_check(&r, "", "AT+CMGS=18\r");
		rig_feed(&r, prompts[i]);
		rig_check(&r, "", PDU "\x1a");
		rig_feed(&r, PDU "\x1a\r\n\r\n+CMGS: 17\r\n\r\nOK\r\n"); /* the echo of the PDU too */
		rig_check(&r, "done OK sent | +CMGS: 17\n", "");
		rig_end(&r);
	}
}

static void error_in_the_place_of_the_prompt(void **state)
{
	(void)state;
	static const struct {
		const char *answer, *log;
	} cases[] = {
	    {"\r\nERROR\r\n", "done ERROR\n"},
	    {"\r\n+CMS ERROR: 331\r\n", "done CMS 331 (331)\n"},
	    {"\r\n+CMS ERROR: Network timeout\r\n", "done CMS 332 (Network timeout)\n"},
	    {"\r\n+CMS ERROR: something new\r\n", "done CMS -1 (something new)\n"},
	    {"\r\nOK\r\n", "done no prompt\n"},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct rig r;
		rig_init(&r, NULL);
		rig_submit(&r, submit_command());
		rig_feed(&r, cases[i].answer);
		rig_feed(&r, "> ");
		rig_check(&r, cases[i].log, NULL);
		rig_pass(&r, 60000);
		assert_null(strstr(buf_str(&r.written), PDU));
		rig_end(&r);
	}
}

static void delays_are_deadlines(void **state)
{
	(void)state;
	struct at_chat_options o = at_chat_defaults();
	o.pdu_delay_ms = 100;
	o.ctrlz_delay_ms = 500;
	struct rig r;
	rig_init(&r, &o);
	rig_submit(&r, submit_command());
	rig_check(&r, "", "AT+CMGS=18\r");
	rig_feed(&r, "\r\n> ");
	rig_check(&r, "", "");
	rig_pass(&r, 99);
	rig_check(&r, "", "");
	rig_pass(&r, 1);
	rig_check(&r, "", PDU);
	rig_pass(&r, 499);
	rig_check(&r, "", "");
	rig_pass(&r, 1);
	rig_check(&r, "", "\x1a");
	rig_feed(&r, "+CMGS: 1\r\nOK\r\n");
	rig_check(&r, "done OK sent | +CMGS: 1\n", "");
	rig_end(&r);
}

static void result_without_ok(void **state)
{
	(void)state;
	struct rig r;
	rig_init(&r, NULL);
	rig_submit(&r, submit_command());
	rig_feed(&r, "\r\n> ");
	rig_feed(&r, "\r\n+CMGS: 44\r\n");
	rig_check(&r, "", NULL);
	rig_pass(&r, 5000);
	rig_check(&r, "done OK sent no-final | +CMGS: 44\n", NULL);
	/* an error behind the result line changes nothing: the centre has it */
	rig_pass(&r, 120);
	rig_feed(&r, "\r\nOK\r\n\r\n+CMEE: 1\r\nOK\r\n");
	rig_submit(&r, submit_command());
	rig_pass(&r, 20);
	rig_feed(&r, "> ");
	rig_feed(&r, "+CMGS: 45\r\n+CMS ERROR: 500\r\n");
	rig_check(&r, "done OK sent no-final | +CMGS: 45\n", NULL);
	rig_end(&r);
}

static void silence_is_a_result(void **state)
{
	(void)state;
	struct rig r;
	rig_init(&r, NULL);
	rig_submit(&r, submit_command());
	rig_feed(&r, "> ");
	rig_pass(&r, 129999);
	rig_check(&r, "", "AT+CMGS=18\r" PDU "\x1a");
	rig_pass(&r, 1);
	rig_check(&r, "done timeout sent\n", NULL);
	/* the port dies in the middle of another one */
	rig_pass(&r, 120);
	rig_feed(&r, "\r\n+CMEE: 1\r\n\r\nOK\r\n");
	rig_submit(&r, submit_command());
	rig_pass(&r, 20);
	rig_feed(&r, "> ");
	at_chat_abort(r.chat, r.now);
	rig_check(&r, "done cancelled sent\n", NULL);
	rig_end(&r);
}

static void not_sent_while_ctrlz_is_unwritten(void **state)
{
	(void)state;
	struct rig r;
	const char *p;
	rig_init(&r, NULL);
	rig_submit(&r, submit_command());
	at_chat_feed(r.chat, r.now, "> ", 2);
	size_t n = at_chat_output(r.chat, &p);
	assert_int_equal(n, strlen(PDU) + 1);
	at_chat_wrote(r.chat, r.now, n - 1); /* all but Ctrl-Z */
	at_chat_abort(r.chat, r.now);
	rig_check(&r, "done cancelled\n", NULL);
	assert_int_equal(at_chat_output(r.chat, &p), 0);
	rig_end(&r);
}

static void no_prompt_then_late_prompt(void **state)
{
	(void)state;
	struct rig r;
	rig_init(&r, NULL);
	rig_submit(&r, submit_command());
	rig_check(&r, "", "AT+CMGS=18\r");
	rig_pass(&r, 10000);
	rig_check(&r, "done no prompt\n", "");
	rig_pass(&r, 20);
	rig_check(&r, "", "\x1b\r");
	rig_feed(&r, "\r\n> "); /* now it comes, for nobody */
	rig_check(&r, "", "\x1b\r");
	rig_pass(&r, 100);
	rig_check(&r, "", "AT+CMEE?\r");
	rig_feed(&r, "\r\nOK\r\n\r\n+CMEE: 1\r\n\r\nOK\r\n");
	rig_submit(&r, rig_command("AT+CSQ", "", 0));
	rig_pass(&r, 20);
	rig_feed(&r, "\r\n+CSQ: 9,99\r\nOK\r\n");
	rig_check(&r, "done OK | +CSQ: 9,99\n", "AT+CSQ\r");
	rig_end(&r);
}

/* An answer that comes after its time-out, in every form, is never the next command's. */
static void late_answer_is_not_the_next_ones(void **state)
{
	(void)state;
	static const char *const late[] = {
	    "",
	    "\r\nOK\r\n",
	    "\r\n+CREG: 0,1\r\n\r\nOK\r\n",
	    "\r\nERROR\r\n",
	    "\r\n+CME ERROR: 14\r\n",
	    "\r\n+CREG: 0,1\r\n",
	};
	for (size_t i = 0; i < ARRAY_LEN(late); i++) {
		struct rig r;
		rig_init(&r, NULL);
		struct at_command c = rig_command("AT+CREG?", "", 0);
		c.tag = 3;
		rig_submit(&r, c);
		rig_submit(&r, rig_command("AT+CMGD=1", "", 0));
		rig_pass(&r, 5000);
		rig_check(&r, "done timeout\n", "AT+CREG?\r");
		rig_pass(&r, 20);
		rig_check(&r, "", "AT+CMEE?\r");
		rig_feed(&r, late[i]);
		rig_feed(&r, "\r\n+CMEE: 1\r\n\r\nOK\r\n");
		rig_pass(&r, 20);
		rig_check(&r, strstr(late[i], "+CREG") ? "late 3 +CREG: 0,1\n" : "", "AT+CMGD=1\r");
		rig_feed(&r, "\r\n+CMS ERROR: 321\r\n");
		rig_check(&r, "done CMS 321 (321)\n", "");
		assert_int_equal(at_chat_stats(r.chat).timeouts, 1);
		assert_int_equal(at_chat_stats(r.chat).timeouts_in_row, 0);
		rig_end(&r);
	}
}

static void late_send_result_is_told(void **state)
{
	(void)state;
	struct rig r;
	rig_init(&r, NULL);
	rig_submit(&r, submit_command());
	rig_feed(&r, "> ");
	rig_pass(&r, 130000);
	rig_pass(&r, 120);
	rig_check(&r, "done timeout sent\n", "AT+CMGS=18\r" PDU "\x1a\x1b\rAT+CMEE?\r");
	rig_feed(&r, "\r\n+CMGS: 99\r\n\r\nOK\r\n\r\n+CMEE: 1\r\n\r\nOK\r\n");
	rig_check(&r, "late 7 +CMGS: 99\n", "");
	/* and even when it comes later than that: its OK is not the running command's */
	rig_submit(&r, rig_command("AT+CSQ", "", 0));
	rig_pass(&r, 20);
	rig_feed(&r, "\r\n+CMGS: 99\r\n\r\nOK\r\n\r\n+CSQ: 3,0\r\n\r\nOK\r\n");
	rig_check(&r, "late 7 +CMGS: 99\nlate 7 OK\ndone OK | +CSQ: 3,0\n", "AT+CSQ\r");
	rig_end(&r);
}

/* A modem that does not know the marker: silence decides. */
static void marker_unknown(void **state)
{
	(void)state;
	struct rig r;
	rig_init(&r, NULL);
	at_chat_resync(r.chat, r.now);
	rig_submit(&r, rig_command("AT+CSQ", "", 0));
	rig_write(&r);
	rig_pass(&r, 100);
	rig_check(&r, "", "\x1b\rAT+CMEE?\r");
	rig_feed(&r, "\r\nERROR\r\n");
	rig_pass(&r, 1019);
	rig_check(&r, "", "");
	rig_pass(&r, 1);
	rig_check(&r, "", "AT+CSQ\r");
	rig_feed(&r, "+CSQ: 1,1\r\nOK\r\n");
	rig_check(&r, "done OK | +CSQ: 1,1\n", "");
	rig_end(&r);
}

static void another_marker_when_the_lost_one_was_it(void **state)
{
	(void)state;
	struct rig r;
	rig_init(&r, NULL);
	rig_submit(&r, rig_command("AT+CMEE?", "", 0));
	rig_pass(&r, 5020);
	rig_check(&r, "done timeout\n", "AT+CMEE?\rAT+CMGF?\r");
	rig_feed(&r, "+CMEE: 1\r\nOK\r\n+CMGF: 0\r\nOK\r\n");
	rig_check(&r, "late 0 +CMEE: 1\n", "");
	rig_submit(&r, rig_command("AT", "", 0));
	rig_pass(&r, 20);
	rig_check(&r, "", "AT\r");
	rig_end(&r);
}

/* Two markers went out before the first was answered: both answers are waited for. */
static void slow_markers_are_counted(void **state)
{
	(void)state;
	struct rig r;
	rig_init(&r, NULL);
	at_chat_resync(r.chat, r.now);
	rig_submit(&r, rig_command("AT+CGMI", "", AT_TAKE_BARE));
	rig_write(&r);
	rig_pass(&r, 2300);
	rig_check(&r, "", "\x1b\rAT+CMEE?\r\x1b\rAT+CMEE?\r");
	rig_feed(&r, "+CMEE: 1\r\nOK\r\n");
	rig_pass(&r, 300);
	rig_check(&r, "", "");
	rig_feed(&r, "+CMEE: 1\r\nOK\r\n");
	rig_pass(&r, 20);
	rig_check(&r, "", "AT+CGMI\r");
	rig_feed(&r, "Quectel\r\nOK\r\n");
	rig_check(&r, "done OK | Quectel\n", "");
	rig_end(&r);
}

/* It knows markers, and answers everything 4 s late: silence behind a late OK is not believed. */
static void slow_modem_that_knows_markers(void **state)
{
	(void)state;
	struct rig r;
	rig_init(&r, NULL);
	at_chat_resync(r.chat, r.now);
	rig_write(&r);
	rig_pass(&r, 100);
	rig_feed(&r, "+CMEE: 1\r\nOK\r\n");
	rig_pass(&r, 20);
	struct at_command c = rig_command("AT+A", "", 0);
	c.timeout_ms = 2000;
	rig_submit(&r, c);
	rig_submit(&r, rig_command("AT+B?", "", 0));
	rig_check(&r, "", "\x1b\rAT+CMEE?\rAT+A\r");
	rig_pass(&r, 4000);
	rig_check(&r, "done timeout\n", "AT+CMEE?\r");
	rig_feed(&r, "OK\r\n"); /* of AT+A */
	rig_pass(&r, 2020);
	rig_check(&r, "", "");
	rig_feed(&r, "+CMEE: 1\r\nOK\r\n");
	rig_pass(&r, 20);
	rig_check(&r, "", "AT+B?\r");
	rig_feed(&r, "+B: 1\r\nOK\r\n");
	rig_check(&r, "done OK | +B: 1\n", "");
	rig_end(&r);
}

/* Markers that a dead modem did not answer are answered when it comes back, in the middle of other things. */
static void owed_markers_are_remembered(void **state)
{
	(void)state;
	struct rig r;
	rig_init(&r, NULL);
	at_chat_resync(r.chat, r.now);
	rig_submit(&r, rig_command("AT+A", "", 0));
	rig_write(&r);
	rig_pass(&r, 6300);
	rig_check(&r, "done dead\n", NULL);
	rig_submit(&r, rig_command("AT+B?", "", 0));
	rig_pass(&r, 120);
	rig_feed(&r, "+CMEE: 1\r\nOK\r\n+CMEE: 1\r\nOK\r\n+CMEE: 1\r\nOK\r\n");
	rig_check(&r, "", NULL);
	rig_pass(&r, 1020); /* the fourth keeps us waiting; silence decides */
	rig_check(&r, "", "AT+B?\r");
	rig_feed(&r, "+CMEE: 1\r\nOK\r\n+B: 2\r\nOK\r\n");
	rig_check(&r, "late 0 OK\ndone OK | +B: 2\n", "");
	rig_end(&r);
}

static void dead_modem(void **state)
{
	(void)state;
	struct rig r;
	rig_init(&r, NULL);
	rig_submit(&r, rig_command("AT", "", 0));
	rig_pass(&r, 5020);
	rig_check(&r, "done timeout\n", "AT\rAT+CMEE?\r");
	rig_submit(&r, rig_command("AT+A", "", 0));
	rig_submit(&r, rig_command("AT+B", "", 0));
	rig_pass(&r, 6300);
	rig_check(&r, "done dead\n", NULL);
	assert_int_equal(at_chat_waiting(r.chat), 1);
	rig_pass(&r, 10000);
	rig_check(&r, "done dead\n", NULL);
	/* nobody asks: no more noise, no wake-ups */
	assert_true(at_chat_deadline(r.chat) == INT64_MAX);
	rig_submit(&r, rig_command("AT+C", "", 0));
	rig_pass(&r, 120);
	rig_check(&r, "", "\x1b\rAT+CMEE?\r");
	rig_feed(&r, "+CMEE: 0\r\nOK\r\n");
	rig_pass(&r, 1020); /* the older markers may be answered yet */
	rig_feed(&r, "OK\r\n");
	rig_check(&r, "done OK\n", "AT+C\r");
	rig_end(&r);
}

static void bounds(void **state)
{
	(void)state;
	struct rig r;
	rig_init(&r, NULL);
	struct at_command c = rig_command("AT+CMGL=4", "+CMGL:", AT_TAKE_PDU);
	for (int i = 0; i < AT_QUEUE_MAX + 1; i++)
		assert_int_equal(at_chat_submit(r.chat, r.now, &c), 0);
	assert_int_equal(at_chat_submit(r.chat, r.now, &c), -EBUSY);
	rig_end(&r);

	rig_init(&r, NULL);
	rig_submit(&r, c);
	for (int i = 0; i < AT_REPLY_LINES + 50; i++)
		rig_feed(&r, "+CMGL: 1,1,,23\r\n");
	rig_feed(&r, "OK\r\n");
	assert_true(!strncmp(buf_str(&r.log), "done OK truncated |", 19));
	rig_end(&r);

	rig_init(&r, NULL);
	struct at_command bad = rig_command("AT\rATD112;", "", 0);
	assert_int_equal(at_chat_submit(r.chat, r.now, &bad), -EINVAL);
	bad = rig_command("AT+CMGS=4", "", 0);
	bad.payload = "00\x1a";
	assert_int_equal(at_chat_submit(r.chat, r.now, &bad), -EINVAL);
	bad = rig_command("", "", 0);
	assert_int_equal(at_chat_submit(r.chat, r.now, &bad), -EINVAL);
	rig_end(&r);
}

struct nested {
	struct rig *rig;
	int left;
};

static void submit_again(void *user, const struct at_reply *reply)
{
	struct nested *n = user;
	assert_int_equal(reply->final, AT_OK);
	if (n->left-- <= 0)
		return;
	struct at_command c = rig_command("AT", "", 0);
	c.done = submit_again;
	c.user = n;
	assert_int_equal(at_chat_submit(n->rig->chat, n->rig->now, &c), 0);
}

static void abort_in_done(void *user, const struct at_reply *reply)
{
	struct rig *r = user;
	rig_done(r, reply);
	at_chat_abort(r->chat, r->now);
}

static void callbacks_may_submit_and_abort(void **state)
{
	(void)state;
	struct rig r;
	rig_init(&r, NULL);
	struct nested n = {&r, 3};
	struct at_command c = rig_command("AT", "", 0);
	c.done = submit_again;
	c.user = &n;
	at_chat_submit(r.chat, r.now, &c);
	rig_write(&r);
	for (int i = 0; i < 4; i++) {
		rig_feed(&r, "OK\r\nOK\r\n"); /* the second is nobody's */
		rig_pass(&r, 25);
	}
	rig_check(&r, "", "AT\rAT\rAT\rAT\r");
	assert_int_equal(n.left, -1);

	c = rig_command("AT+A", "", 0);
	c.done = abort_in_done;
	c.user = &r;
	at_chat_submit(r.chat, r.now, &c);
	rig_submit(&r, rig_command("AT+B", "", 0));
	rig_feed(&r, "ERROR\r\n+CMTI: \"SM\",1\r\n");
	rig_check(&r, "done ERROR\ndone cancelled\n", NULL); /* bytes behind the abort are forgotten */
	rig_end(&r);
}

static void calls_have_finals_of_their_own(void **state)
{
	(void)state;
	struct rig r;
	rig_init(&r, NULL);
	rig_submit(&r, rig_command("AT+CSQ", "", 0));
	rig_feed(&r, "\r\nNO CARRIER\r\n+CSQ: 5,99\r\nOK\r\n");
	rig_check(&r, "urc call-end NO CARRIER\ndone OK | +CSQ: 5,99\n", NULL);
	rig_pass(&r, 20);
	rig_submit(&r, rig_command("ATD13800138000;", "", AT_CALL));
	rig_feed(&r, "\r\nNO CARRIER\r\n");
	rig_check(&r, "done ERROR\n", NULL);
	rig_end(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(one_after_the_other),
	    cmocka_unit_test(urgent_goes_first),
	    cmocka_unit_test(payload_waits_for_the_prompt),
	    cmocka_unit_test(error_in_the_place_of_the_prompt),
	    cmocka_unit_test(delays_are_deadlines),
	    cmocka_unit_test(result_without_ok),
	    cmocka_unit_test(silence_is_a_result),
	    cmocka_unit_test(not_sent_while_ctrlz_is_unwritten),
	    cmocka_unit_test(no_prompt_then_late_prompt),
	    cmocka_unit_test(late_answer_is_not_the_next_ones),
	    cmocka_unit_test(late_send_result_is_told),
	    cmocka_unit_test(marker_unknown),
	    cmocka_unit_test(another_marker_when_the_lost_one_was_it),
	    cmocka_unit_test(slow_markers_are_counted),
	    cmocka_unit_test(slow_modem_that_knows_markers),
	    cmocka_unit_test(owed_markers_are_remembered),
	    cmocka_unit_test(dead_modem),
	    cmocka_unit_test(bounds),
	    cmocka_unit_test(callbacks_may_submit_and_abort),
	    cmocka_unit_test(calls_have_finals_of_their_own),
	};
	return cmocka_run_group_tests_name("chat", tests, NULL, NULL);
}
