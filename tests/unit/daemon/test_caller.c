/* Calls as modems tell of them: whatever comes in whatever order, one call is one call. */
#include "daemon/caller.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct callers_rules rules = {.gap_ms = 10000, .ask_ms = 3000, .reject_ms = 9000, .ways = 2};
static const struct callers_rules ring_on = {.gap_ms = 10000, .ask_ms = 3000};

struct step {
	int64_t ms;
	const char *line; /* NULL: only time */
	enum callers_want want;
};

/* Plays the lines, then an hour of silence; `ret` gets the numbers of the calls, each with a blank behind it. */
static void play(const struct callers_rules *r, const struct step *step, int count, char *ret, size_t size)
{
	struct callers c = {0};
	char number[AT_NUMBER_MAX + 1];
	ret[0] = 0;
	for (int i = 0; i <= count; i++) {
		struct at_urc u;
		int64_t now = i < count ? step[i].ms : 3600000;
		if (i < count && step[i].line) {
			urc_parse(step[i].line, NULL, &u);
			callers_urc(&c, r, &u, now);
		}
		enum callers_want want = callers_tick(&c, r, now);
		assert_int_equal(want, i < count ? step[i].want : CALLERS_NOTHING);
		assert_int_equal(callers_tick(&c, r, now), CALLERS_NOTHING);
		assert_true(callers_due_ms(&c, r) > now);
		while (callers_next(&c, number))
			snprintf(ret + strlen(ret), size - strlen(ret), "%s ", number[0] ? number : "?");
	}
	assert_int_equal(callers_due_ms(&c, r), INT64_MAX);
}

#define N CALLERS_NOTHING
#define PLAY(r, want, ...)                                                                                     \
	do {                                                                                                   \
		static const struct step steps[] = {__VA_ARGS__};                                              \
		char got[256];                                                                                 \
		play(r, steps, (int)ARRAY_LEN(steps), got, sizeof got);                                        \
		assert_string_equal(got, want);                                                                \
	} while (0)

static void one_call(void **state)
{
	(void)state;
	PLAY(&ring_on, "13800138001 ", {0, "RING", N}, {100, "+CLIP: \"13800138001\",129", N},
	     {5000, "RING", N}, {5100, "+CLIP: \"13800138001\",129", N}, {8000, "NO CARRIER", N});
	/* nobody says that it ends */
	PLAY(&ring_on, "+8613800138001 ", {0, "+CRING: VOICE", N},
	     {100, "+CLIP: \"8613800138001\",145,,,,0", N}, {5000, "+CRING: VOICE", N});
	/* every end at once, as SIMCom and Huawei have it */
	PLAY(&ring_on, "13800138001 ", {0, "RING", N}, {100, "+CLIP: \"13800138001\",129", N},
	     {4000, "VOICE CALL: END: 000000", N}, {4010, "MISSED_CALL: 03:15PM 13800138001", N},
	     {4020, "NO CARRIER", N});
	PLAY(&ring_on, "13800138001 ", {0, "RING", N}, {100, "+CLIP: \"13800138001\",129", N},
	     {4000, "^CEND:1,0,104,16", N}, {4001, "NO CARRIER", N});
	PLAY(&ring_on, "13800138001 ", {0, "^DSCI: 2,1,4,0,13800138001,129", N},
	     {6000, "^DSCI: 2,1,6,0,13800138001,129", N});
	PLAY(&ring_on, "13800138001 ", {0, "+CLCC: 1,1,4,0,0,\"13800138001\",129", N}, {3000, "RING", N},
	     {6000, "+CLCC: 1,1,6,0,0,\"13800138001\",129", N});
}

static void the_number_comes_late(void **state)
{
	(void)state;
	/* behind its end */
	PLAY(&ring_on, "13800138001 ", {0, "RING", N}, {1000, "VOICE CALL: END: 000000", N},
	     {1010, "MISSED_CALL: 03:15PM 13800138001", N}, {1020, "NO CARRIER", N});
	/* a call that never rang here */
	PLAY(&ring_on, "13800138001 ", {0, "MISSED_CALL: 03:15PM 13800138001", N});
	/* nor did the second */
	PLAY(&ring_on, "13800138001 13800138002 ", {0, "RING", N}, {10, "+CLIP: \"13800138001\",129", N},
	     {4000, "NO CARRIER", N}, {4010, "MISSED_CALL: 03:15PM 13800138001", N},
	     {4020, "MISSED_CALL: 03:15PM 13800138002", N});
	/* the first line is empty */
	PLAY(&ring_on, "13800138001 ", {0, "RING", N}, {10, "+CLIP: \"\",128", N}, {5000, "RING", N},
	     {5010, "+CLIP: \"13800138001\",129", N}, {6000, "NO CARRIER", N});
	/* none at all: one question */
	PLAY(&ring_on, "? ", {0, "RING", N}, {2999, NULL, N}, {3000, NULL, CALLERS_ASK}, {5000, "RING", N},
	     {9000, NULL, N});
}

static void withheld(void **state)
{
	(void)state;
	PLAY(&rules, "? ", {0, "RING", N}, {10, "+CLIP: \"\",128,,,,1", N}, {3000, NULL, N}, {5000, "RING", N},
	     {9000, NULL, CALLERS_REJECT}, {9100, "NO CARRIER", N});
}

static void two_callers(void **state)
{
	(void)state;
	/* one after the other, and the first one's end was not said */
	PLAY(&ring_on, "13800138001 13800138002 ", {0, "RING", N}, {10, "+CLIP: \"13800138001\",129", N},
	     {6000, "RING", N}, {6010, "+CLIP: \"13800138002\",129", N}, {7000, "NO CARRIER", N});
	/* the second waits while the first rings, and is told of again and again */
	PLAY(&ring_on, "13800138001 13800138002 ", {0, "RING", N}, {10, "+CLIP: \"13800138001\",129", N},
	     {1000, "+CCWA: \"13800138002\",129,1", N}, {4000, "+CCWA: \"13800138002\",129,1", N},
	     {5000, "NO CARRIER", N});
	/* and then rings itself: still one call */
	PLAY(&ring_on, "13800138001 13800138002 ", {0, "RING", N}, {10, "+CLIP: \"13800138001\",129", N},
	     {1000, "+CCWA: \"13800138002\",129,1", N}, {5000, "NO CARRIER", N}, {6000, "RING", N},
	     {6010, "+CLIP: \"13800138002\",129", N}, {9000, "NO CARRIER", N});
	/* the same one twice, with an end between */
	PLAY(&ring_on, "13800138001 13800138001 ", {0, "RING", N}, {10, "+CLIP: \"13800138001\",129", N},
	     {3000, "NO CARRIER", N}, {8000, "RING", N}, {8010, "+CLIP: \"13800138001\",129", N},
	     {9000, "NO CARRIER", N});
}

static void rejected_when_it_rang_long_enough_and_the_number_is_known(void **state)
{
	(void)state;
	PLAY(&rules, "13800138001 ", {0, "RING", N}, {100, "+CLIP: \"13800138001\",129", N}, {5000, "RING", N},
	     {8999, NULL, N}, {9000, NULL, CALLERS_REJECT}, {9100, "NO CARRIER", N});
	/* the other way when it rings on, and then it may */
	PLAY(&rules, "13800138001 ", {0, "RING", N}, {100, "+CLIP: \"13800138001\",129", N}, {5000, "RING", N},
	     {9000, NULL, CALLERS_REJECT}, {10000, "RING", CALLERS_REJECT}, {15000, "RING", N},
	     {20000, "RING", N}, {24000, "NO CARRIER", N});
	/* not while nobody knows who it is */
	PLAY(&rules, "13800138001 ", {0, "RING", N}, {3000, NULL, CALLERS_ASK}, {9000, "RING", N},
	     {12000, "RING", N}, {12010, "+CLIP: \"13800138001\",129", CALLERS_REJECT});
	/* the next caller has the whole time again */
	PLAY(&rules, "13800138001 13800138002 ", {0, "RING", N}, {100, "+CLIP: \"13800138001\",129", N},
	     {9000, NULL, CALLERS_REJECT}, {10000, "RING", CALLERS_REJECT},
	     {10010, "+CLIP: \"13800138002\",129", N}, {15000, "RING", N}, {19010, NULL, CALLERS_REJECT},
	     {19100, "NO CARRIER", N});
}

static void what_picks_up_by_itself_is_ended_at_once(void **state)
{
	(void)state;
	PLAY(&rules, "13800138001 ", {0, "RING", N}, {100, "+CLIP: \"13800138001\",129", N},
	     {2000, "VOICE CALL: BEGIN", CALLERS_REJECT}, {2100, "VOICE CALL: END: 000001", N});
	PLAY(&ring_on, "13800138001 ", {0, "RING", N}, {100, "+CLIP: \"13800138001\",129", N},
	     {2000, "^DSCI: 2,1,0,0,13800138001,129", N}, {2100, "NO CARRIER", N});
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(one_call),
	    cmocka_unit_test(the_number_comes_late),
	    cmocka_unit_test(withheld),
	    cmocka_unit_test(two_callers),
	    cmocka_unit_test(rejected_when_it_rang_long_enough_and_the_number_is_known),
	    cmocka_unit_test(what_picks_up_by_itself_is_ended_at_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
