/* Who gets an answer at all, whatever the answer is: machines never, muted phones and those who said "stop
 * everything" only to a call for help, everybody else within the budget of answers an hour; and the loop guard
 * against another machine that answers our answers. What a text does (cases, RSVPs, opt-out) is not decided
 * here and happens anyway. Pure. */
#pragma once

#include "civic/facts.h"

#define LOOP_TEXTS    3  /* identical texts, … */
#define LOOP_WITHIN_S 60 /* … each so soon after our answer */
#define LOOP_MUTE_S   DAY_S

struct attention_facts {
	int64_t now;
	const struct sender *sender;
	bool help;    /* a call for help is in the text */
	bool command; /* a code or a command word, no free text */
	bool leave;   /* STOP, START, UNDO, wrong number: what they say about texts is confirmed in any case */
	int budget;   /* answers an hour; 0 = no limit, and no loop guard */
	int answers;  /* given in the last hour */
	int64_t notice_utc; /* when the budget's notice went out, 0 never */
	int identical; /* texts, this one included, that are the same, each within LOOP_WITHIN_S of our answer
			*/
};

struct attention {
	bool answer; /* send the reply */
	bool notice; /* send the budget's notice in its place */
	bool loop;   /* mute the answers and tell the secretary */
};

struct attention attention_decide(const struct attention_facts *f);
