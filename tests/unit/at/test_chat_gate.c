/* The gate behind the prompt, silence behind Ctrl-Z, and what a modem that is not itself any more gives away. */
#include "unit/at/rig.h"

#include <errno.h>

#define PDU  "0011000B813109831008F00008A7044F60597D"
#define LINE "AT+CMGS=18\r"

static struct at_command submit_command(unsigned flags)
{
	struct at_command c = rig_command("AT+CMGS=18", "+CMGS:", flags);
	c.payload = PDU;
	c.timeout_ms = 130000;
	c.grace_ms = 5000;
	c.silence_ms = 20000;
	c.tag = 7;
	return c;
}

static int release(struct rig *r)
{
	int ret = at_chat_release(r->chat, r->now);
	rig_write(r);
	return ret;
}

static int withhold(struct rig *r)
{
	int ret = at_chat_withhold(r->chat, r->now);
	rig_write(r);
	return ret;
}

static void let_go_before_and_behind_the_prompt(void **state)
{
	(void)state;
	for (int early = 0; early < 2; early++) {
		struct rig r;
		rig_init(&r, NULL);
		assert_int_equal(release(&r), -ENOENT);
		rig_submit(&r, submit_command(AT_GATED));
		rig_check(&r, "", LINE);
		if (early)
			assert_int_equal(release(&r), 0);
		rig_feed(&r, "\r\n> ");
		rig_check(&r, "", early ? PDU "\x1a" : "");
		if (!early) {
			rig_pass(&r, 3000);
			rig_check(&r, "", "");
			assert_int_equal(release(&r), 0);
			rig_check(&r, "", PDU "\x1a");
		}
		assert_int_equal(release(&r), -ENOENT);
		assert_int_equal(withhold(&r), -ENOENT);
		rig_feed(&r, "\r\n+CMGS: 5\r\n\r\nOK\r\n");
		rig_check(&r, "done OK sent | +CMGS: 5\n", "");
		rig_end(&r);
	}
}

static void kept_back_before_and_behind_the_prompt(void **state)
{
	(void)state;
	static const char *const answers[] = {"\r\nOK\r\n", "\r\nERROR\r\n", "\r\n+CMS ERROR: 512\r\n"};
	for (int early = 0; early < 2; early++)
		for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
			struct rig r;
			rig_init(&r, NULL);
			rig_submit(&r, submit_command(AT_GATED));
			if (early)
				assert_int_equal(withhold(&r), 0);
			rig_check(&r, "", LINE);
			rig_feed(&r, "\r\n> ");
			if (!early)
				assert_int_equal(withhold(&r), 0);
			rig_check(&r, "", "\x1b");
			assert_int_equal(release(&r), -ENOENT);
			rig_submit(&r, rig_command("AT+CSQ", "", 0));
			rig_check(&r, "", "");
			rig_feed(&r, answers[i]);
			rig_pass(&r, 20);
			rig_check(&r, "done withheld\n", "AT+CSQ\r");
			rig_end(&r);
		}
}

static void a_modem_without_a_word_for_escape(void **state)
{
	(void)state;
	struct rig r;
	rig_init(&r, NULL);
	rig_submit(&r, submit_command(AT_GATED));
	rig_feed(&r, "\r\n> ");
	withhold(&r);
	rig_pass(&r, 2000);
	rig_check(&r, "done withheld no-final\n", LINE "\x1b");
	rig_submit(&r, rig_command("AT+CSQ", "", 0));
	rig_pass(&r, 200);
	rig_check(&r, "", "\x1b\rAT+CMEE?\r");
	rig_feed(&r, "\r\nOK\r\n\r\n+CMEE: 1\r\n\r\nOK\r\n");
	rig_pass(&r, 1100);
	rig_check(&r, "", "AT+CSQ\r");
	rig_end(&r);
}

static void nobody_decides(void **state)
{
	(void)state;
	struct rig r;
	rig_init(&r, NULL);
	rig_submit(&r, submit_command(AT_GATED));
	rig_feed(&r, "\r\n> ");
	rig_pass(&r, 9999);
	rig_check(&r, "", LINE);
	rig_pass(&r, 1);
	rig_check(&r, "", "\x1b");
	rig_feed(&r, "\r\nOK\r\n");
	rig_check(&r, "done withheld\n", "");
	rig_end(&r);
}

static void the_modem_ends_it_first(void **state)
{
	(void)state;
	static const char *const ends[] = {"\r\n+CMS ERROR: 331\r\n", "\r\nOK\r\n"};
	static const char *const logs[] = {"done CMS 331 (331)\n", "done no prompt\n"};
	for (int gate = 0; gate < 2; gate++)
		for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
			struct rig r;
			rig_init(&r, NULL);
			rig_submit(&r, submit_command(AT_GATED));
			if (gate)
				rig_feed(&r, "\r\n> ");
			rig_feed(&r, ends[i]);
			rig_check(&r, logs[i], NULL);
			assert_int_equal(release(&r), -ENOENT);
			rig_pass(&r, 500);
			assert_null(strstr(buf_str(&r.written), PDU));
			rig_end(&r);
		}
}

static void kept_back_while_it_waits_for_its_turn(void **state)
{
	(void)state;
	struct rig r;
	rig_init(&r, NULL);
	rig_submit(&r, rig_command("AT+CSQ", "", 0));
	rig_submit(&r, submit_command(AT_GATED));
	rig_submit(&r, rig_command("AT+CREG?", "", 0));
	assert_int_equal(withhold(&r), 0);
	rig_check(&r, "done withheld\n", "AT+CSQ\r");
	assert_int_equal(at_chat_waiting(r.chat), 2);
	rig_feed(&r, "OK\r\n");
	rig_pass(&r, 20);
	rig_check(&r, "done OK\n", "AT+CREG?\r");
	rig_submit(&r, submit_command(AT_GATED));
	assert_int_equal(release(&r), 0);
	rig_feed(&r, "OK\r\n");
	rig_pass(&r, 20);
	rig_feed(&r, "> ");
	rig_check(&r, "done OK\n", LINE PDU "\x1a");
	rig_end(&r);
}

static void again(void *user, const struct at_reply *p)
{
	struct rig *r = user;
	rig_done(user, p);
	if (r->done < 5) {
		struct at_command c = submit_command(AT_GATED);
		c.done = again;
		c.user = r;
		at_chat_submit(r->chat, r->now, &c);
	}
}

/* What is submitted because one was kept back is not kept back with it. */
static void kept_back_and_replaced(void **state)
{
	(void)state;
	struct rig r;
	rig_init(&r, NULL);
	rig_submit(&r, rig_command("AT+CSQ", "", 0));
	struct at_command c = submit_command(AT_GATED);
	c.done = again;
	c.user = &r;
	at_chat_submit(r.chat, r.now, &c);
	assert_int_equal(withhold(&r), 0);
	rig_check(&r, "done withheld\n", "AT+CSQ\r");
	assert_int_equal(at_chat_waiting(r.chat), 2);
	rig_end(&r);
}

/* Two commands with an echo, then two without: it is off. */
static void quiet_down(struct rig *r)
{
	rig_submit(r, rig_command("ATE0", "", 0));
	rig_feed(r, "ATE0\r\r\nOK\r\n");
	for (int i = 0; i < 2; i++) {
		rig_pass(r, 20);
		rig_submit(r, rig_command("AT+CSQ", "", 0));
		rig_feed(r, "\r\nOK\r\n");
	}
	rig_pass(r, 20);
	rig_check(r, NULL, NULL);
}

static void an_echo_gives_a_reset_away(void **state)
{
	(void)state;
	struct rig r;
	rig_init(&r, NULL);
	quiet_down(&r);
	rig_submit(&r, submit_command(AT_GATED));
	release(&r);
	rig_feed(&r, "AT+CMGS=18\r\r\n> ");
	rig_check(&r, "", LINE "\x1b");
	rig_feed(&r, "\r\nOK\r\n");
	rig_check(&r, "done withheld\n", "");
	rig_end(&r);
	/* one that echoes these lines alone, whatever it is told, is believed at last */
	rig_init(&r, NULL);
	quiet_down(&r);
	for (int i = 0; i < 3; i++) {
		rig_submit(&r, submit_command(0));
		rig_feed(&r, "AT+CMGS=18\r\r\n> ");
		rig_check(&r, "", i < 2 ? LINE "\x1b" : LINE PDU "\x1a");
		rig_feed(&r, "\r\nOK\r\n");
		rig_pass(&r, 20);
		quiet_down(&r);
	}
	rig_end(&r);
	/* one that cannot do without is believed */
	rig_init(&r, NULL);
	rig_submit(&r, submit_command(AT_GATED));
	release(&r);
	rig_feed(&r, "AT+CMGS=18\r\r\n> ");
	rig_check(&r, "", LINE PDU "\x1a");
	rig_end(&r);
}

static void asked_for_its_format_in_the_same_line(void **state)
{
	(void)state;
	static const struct {
		const char *before;
		bool sent;
	} cases[] = {{"\r\n+CMGF: 0\r\n\r\n> ", true},
		     {"+CMGF:0\r\n\r\n> ", true},
		     {"\r\n+CMGF: 1\r\n\r\n> ", false},
		     {"\r\n> ", false}};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct rig r;
		struct at_command c = submit_command(AT_GATED);
		strcpy(c.line, "AT+CMGF?;+CMGS=18");
		strcpy(c.prefixes, "+CMGS: +CMGF:");
		strcpy(c.before, "+CMGF: 0");
		rig_init(&r, NULL);
		rig_submit(&r, c);
		release(&r);
		rig_check(&r, "", "AT+CMGF?;+CMGS=18\r");
		rig_feed(&r, cases[i].before);
		rig_check(&r, "", cases[i].sent ? PDU "\x1a" : "\x1b");
		rig_feed(&r, cases[i].sent ? "+CMGS: 9\r\nOK\r\n" : "\r\nOK\r\n");
		assert_int_equal(strncmp(buf_str(&r.log), cases[i].sent ? "done OK sent" : "done withheld", 12),
				 0);
		rig_end(&r);
	}
}

static void silence_behind_ctrl_z(void **state)
{
	(void)state;
	struct rig r;
	rig_init(&r, NULL);
	rig_submit(&r, submit_command(0));
	rig_feed(&r, "> ");
	rig_pass(&r, 19000);
	rig_feed(&r, "\r\n^RSSI:19\r\n"); /* somebody is there */
	rig_pass(&r, 19999);
	rig_check(&r, "urc signal ^RSSI:19\n", LINE PDU "\x1a");
	rig_pass(&r, 1);
	rig_check(&r, "done timeout sent\n", NULL);
	/* it does not say a word until its time is over, and is not called dead before */
	rig_submit(&r, rig_command("AT+CMGF?", "", 0));
	rig_pass(&r, 90000 - 100);
	assert_string_equal(buf_str(&r.log), "");
	assert_non_null(strstr(buf_str(&r.written), "AT+CMEE?\r"));
	assert_null(strstr(buf_str(&r.written), "AT+CMGF?"));
	rig_pass(&r, 30000);
	rig_check(&r, "done dead\n", NULL);
	rig_end(&r);
}

static void the_late_answer_settles_it(void **state)
{
	(void)state;
	struct rig r;
	rig_init(&r, NULL);
	rig_submit(&r, submit_command(0));
	rig_feed(&r, "> ");
	rig_pass(&r, 20000);
	rig_check(&r, "done timeout sent\n", NULL);
	rig_submit(&r, rig_command("AT+CMGF?", "", 0));
	rig_pass(&r, 30000);
	size_t markers = 0;
	for (const char *p = buf_str(&r.written); (p = strstr(p, "AT+CMEE?\r")); p++)
		markers++;
	assert_in_range(markers, 10, 20);
	rig_check(&r, "", NULL);
	rig_feed(&r, "\r\n+CMGS: 5\r\n\r\nOK\r\n");
	for (size_t i = 0; i < markers; i++)
		rig_feed(&r, "\r\n+CMEE: 1\r\n\r\nOK\r\n");
	rig_pass(&r, 1100);
	rig_check(&r, "late 7 +CMGS: 5\n", "AT+CMEE?\rAT+CMGF?\r"); /* asked at once: the others may be lost */
	rig_feed(&r, "\r\n+CMGF: 0\r\n\r\nOK\r\n");
	rig_check(&r, "done OK | +CMGF: 0\n", "");
	rig_end(&r);
}

/* It answers markers while the first text is in the air, and its answer comes between the next line and prompt. */
static void the_late_answer_is_not_the_next_ones(void **state)
{
	(void)state;
	struct rig r;
	rig_init(&r, NULL);
	rig_submit(&r, submit_command(0));
	rig_feed(&r, "> ");
	rig_pass(&r, 20020);
	rig_feed(&r, "\r\n+CMEE: 1\r\n\r\nOK\r\n");
	rig_pass(&r, 20);
	rig_check(&r, "done timeout sent\n",
		  LINE PDU "\x1a"
			   "AT+CMEE?\r");
	struct at_command next = submit_command(0);
	next.tag = 8;
	rig_submit(&r, next);
	rig_feed(&r, "\r\n+CMGS: 5\r\n\r\nOK\r\n");
	rig_check(&r, "late 7 +CMGS: 5\nlate 7 OK\n", LINE);
	rig_feed(&r, "> ");
	rig_feed(&r, "\r\n+CMGS: 6\r\n\r\nOK\r\n");
	rig_check(&r, "done OK sent | +CMGS: 6\n", PDU "\x1a");
	rig_end(&r);
}

/* The modem has answered a marker once, and answers without echo. */
static void acquainted(struct rig *r)
{
	rig_init(r, NULL);
	at_chat_resync(r->chat, r->now);
	rig_pass(r, 200);
	rig_feed(r, "AT+CMEE?\r\r\n+CMEE: 1\r\n\r\nOK\r\n");
	rig_pass(r, 1100);
	quiet_down(r);
	rig_submit(r, submit_command(0));
	rig_feed(r, "> ");
	rig_check(r, "", LINE PDU "\x1a");
	rig_pass(r, 9999);
	rig_check(r, "", "");
	rig_pass(r, 1);
	rig_check(r, "", "AT+CMEE?\r"); /* unusually long: is anybody there? */
}

static void asked_before_silence_is_given_up(void **state)
{
	(void)state;
	struct rig r;
	/* it has started anew, and echoes */
	acquainted(&r);
	rig_pass(&r, 2000);
	rig_check(&r, "", "AT+CMEE?\rAT+CMEE?\r");
	rig_feed(&r, "AT+CMEE?\r\r\n+CMEE: 1\r\n\r\nOK\r\n");
	rig_check(&r, "done timeout sent\n", NULL);
	rig_submit(&r, rig_command("AT+CMGF?", "", 0));
	rig_pass(&r, 20);
	rig_feed(&r, "AT+CMEE?\r\r\n+CMEE: 1\r\n\r\nOK\r\n");
	rig_pass(&r, 20); /* those that fell on deaf ears are not waited for */
	assert_non_null(strstr(buf_str(&r.written), "AT+CMGF?\r"));
	rig_end(&r);
	/* it was busy: its answers come in their order */
	acquainted(&r);
	rig_feed(&r, "\r\n+CMGS: 5\r\n\r\nOK\r\n\r\n+CMEE: 1\r\n\r\nOK\r\n");
	rig_check(&r, "done OK sent | +CMGS: 5\n", "");
	rig_end(&r);
	/* it can do two things at a time */
	acquainted(&r);
	rig_feed(&r, "\r\n+CMEE: 1\r\n\r\nOK\r\n");
	rig_check(&r, "late 0 OK\n", "");
	rig_feed(&r, "\r\n+CMGS: 5\r\n\r\nOK\r\n");
	rig_check(&r, "done OK sent | +CMGS: 5\n", "");
	rig_end(&r);
	/* and one that answers markers alone is not waited for any longer */
	acquainted(&r);
	for (int i = 0; i < 10; i++) {
		rig_feed(&r, "\r\n+CMEE: 1\r\n\r\nOK\r\n");
		rig_pass(&r, i < 9 ? 1000 : 999);
	}
	assert_null(strstr(buf_str(&r.log), "done"));
	rig_pass(&r, 1);
	assert_non_null(strstr(buf_str(&r.log), "done timeout sent\n"));
	rig_end(&r);
}

static void hurried_when_something_else_proves_it(void **state)
{
	(void)state;
	struct rig r;
	rig_init(&r, NULL);
	rig_submit(&r, submit_command(0));
	at_chat_hurry(r.chat, r.now, 2000); /* nothing in the air yet */
	rig_feed(&r, "> ");
	rig_pass(&r, 3000);
	at_chat_hurry(r.chat, r.now, 2000);
	rig_pass(&r, 1000);
	rig_feed(&r, "\r\n^RSSI:19\r\n");
	rig_pass(&r, 999);
	rig_check(&r, "urc signal ^RSSI:19\n", NULL);
	rig_pass(&r, 1);
	rig_check(&r, "done timeout sent\n", NULL);
	rig_end(&r);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(let_go_before_and_behind_the_prompt),
	    cmocka_unit_test(kept_back_before_and_behind_the_prompt),
	    cmocka_unit_test(a_modem_without_a_word_for_escape),
	    cmocka_unit_test(nobody_decides),
	    cmocka_unit_test(the_modem_ends_it_first),
	    cmocka_unit_test(kept_back_while_it_waits_for_its_turn),
	    cmocka_unit_test(kept_back_and_replaced),
	    cmocka_unit_test(an_echo_gives_a_reset_away),
	    cmocka_unit_test(asked_for_its_format_in_the_same_line),
	    cmocka_unit_test(silence_behind_ctrl_z),
	    cmocka_unit_test(the_late_answer_settles_it),
	    cmocka_unit_test(the_late_answer_is_not_the_next_ones),
	    cmocka_unit_test(asked_before_silence_is_given_up),
	    cmocka_unit_test(hurried_when_something_else_proves_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
