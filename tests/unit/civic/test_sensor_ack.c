/* What texts of the staff mean to alarms of sensors: with the letter, without it, without a number; and what they must not take. */
#include "base/mem.h"
#include "civic/decide.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

struct play {
	struct facts *f;
	struct intent in;
	struct decision d;
};

static void play(struct play *p, enum intent_kind kind, int number, bool letter)
{
	p->in =
	    (struct intent){.kind = kind, .number = number, .has = number ? ARG_NUMBER : 0, .alarm = letter};
	p->in.has |= letter ? ARG_ALARM : 0;
	decide(p->f, &p->in, &p->d);
}

/* "alarm 3" */
static void play_word(struct play *p, int number)
{
	p->in = (struct intent){.kind = INTENT_ACKNOWLEDGE, .number = number, .has = ARG_NUMBER | ARG_ALARM};
	decide(p->f, &p->in, &p->d);
}

static bool took(const struct play *p)
{
	for (int i = 0; i < p->d.effect_count; i++)
		if (p->d.effects[i].kind == EFFECT_ALARM && p->d.effects[i].number == p->f->duty.alarm.number)
			return true;
	return false;
}

static int open_play(void **state)
{
	struct play *p = mem_alloc(sizeof *p);
	p->f = mem_alloc(sizeof *p->f);
	p->f->sender.roles = ROLE(DUTY_OFFICER);
	p->f->duty.alarm = (struct alarm_fact){
	    .number = 3, .told = true, .waiting = true, .choices = 1, .numbers = {3}, .any = 3, .others = 2};
	*state = p;
	return 0;
}

static int close_play(void **state)
{
	struct play *p = *state;
	free(p->f);
	free(p);
	return 0;
}

static void taking(void **state)
{
	struct play *p = *state;
	play(p, INTENT_ACKNOWLEDGE, 3, true);
	assert_true(took(p));
	assert_string_equal(p->d.key, "sensor.yours");
	play(p, INTENT_ACKNOWLEDGE, 3, false); /* the letter forgotten */
	assert_true(took(p));
	play(p, INTENT_ACKNOWLEDGE, 0, false); /* "got it" */
	assert_true(took(p));
	play(p, INTENT_THANKS, 0, false);
	assert_true(took(p));
	/* an open question of another kind comes first */
	p->f->question.kind = ASKED_RATING;
	play(p, INTENT_THANKS, 0, false);
	assert_false(took(p));
}

static void not_taking(void **state)
{
	struct play *p = *state;
	struct alarm_fact *a = &p->f->duty.alarm;
	/* the number is that of the sender's own case */
	p->f->named = (struct matter_fact){.number = 3, .state = CASE_ASSIGNED, .assigned = true};
	play(p, INTENT_ACKNOWLEDGE, 3, false);
	assert_false(took(p));
	play(p, INTENT_ACKNOWLEDGE, 3, true); /* with the letter there is no doubt */
	assert_true(took(p));
	p->f->named = (struct matter_fact){0};
	/* a call for help waits: words without the letter are meant for it */
	p->f->duty.call =
	    (struct call_fact){.number = 9, .waiting = true, .told = true, .choices = 1, .numbers = {9}};
	play(p, INTENT_ACKNOWLEDGE, 0, false);
	assert_false(took(p));
	p->f->duty.call = (struct call_fact){0};
	/* several wait, none is named */
	a->number = 0;
	a->choices = 2;
	a->numbers[1] = 4;
	play(p, INTENT_ACKNOWLEDGE, 0, false);
	assert_false(took(p));
	assert_string_equal(p->d.key, "sensor.which");
	/* there is none of that number, but another waits */
	play(p, INTENT_ACKNOWLEDGE, 9, true);
	assert_string_equal(p->d.key, "sensor.unknown");
	play(p, INTENT_ACKNOWLEDGE, 9, false);
	assert_string_equal(p->d.key, "sensor.unknown");
	*a = (struct alarm_fact){.number = 3, .told = true, .ended_utc = 1};
	play(p, INTENT_ACKNOWLEDGE, 3, true);
	assert_string_equal(p->d.key, "sensor.ended");
	*a = (struct alarm_fact){.number = 3, .told = true, .mine = true};
	play(p, INTENT_ACKNOWLEDGE, 3, true);
	assert_string_equal(p->d.key, "sensor.mine");
	*a = (struct alarm_fact){.number = 3, .by = "李四"};
	play(p, INTENT_ACKNOWLEDGE, 3, true);
	assert_string_equal(p->d.key, "sensor.other");
	assert_false(took(p));
	/* nobody of the staff */
	p->f->sender.roles = ROLE(RESIDENT);
	*a = (struct alarm_fact){.number = 3, .waiting = true};
	play(p, INTENT_ACKNOWLEDGE, 3, true);
	assert_false(took(p));
	assert_string_equal(p->d.key, "staff.only");
}

/* The word without the letter: the alarm, never a case; a call for help only when no alarm waits. */
static void the_word(void **state)
{
	struct play *p = *state;
	struct alarm_fact *a = &p->f->duty.alarm;
	p->f->named = (struct matter_fact){.number = 3, .state = CASE_ASSIGNED, .assigned = true};
	play_word(p, 3);
	assert_true(took(p));
	*a = (struct alarm_fact){.any = 8};
	play_word(p, 3);
	assert_int_equal(p->d.effect_count, 0);
	assert_string_equal(p->d.key, "sensor.unknown");
	*a = (struct alarm_fact){.number = 3, .told = true, .ended_utc = 1};
	play_word(p, 3);
	assert_string_equal(p->d.key, "sensor.ended");
	p->f->duty.call =
	    (struct call_fact){.number = 3, .state = CASE_RECEIVED, .waiting = true, .told = true};
	play_word(p, 3);
	assert_string_equal(p->d.key, "duty.yours");
	play(p, INTENT_ACKNOWLEDGE, 3, true); /* with the letter there is no doubt */
	assert_string_equal(p->d.key, "sensor.ended");
	*a = (struct alarm_fact){.number = 3, .told = true, .waiting = true};
	play_word(p, 3);
	assert_true(took(p));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(taking, open_play, close_play),
	    cmocka_unit_test_setup_teardown(not_taking, open_play, close_play),
	    cmocka_unit_test_setup_teardown(the_word, open_play, close_play),
	};
	return cmocka_run_group_tests_name("acknowledging alarms", tests, NULL, NULL);
}
