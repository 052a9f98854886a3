/* Facts about calls for help, check-ins, witnesses and those for whom somebody else speaks (civic/facts.h). */
#pragma once

#include "civic/case_life.h"
#include "rules/intent.h"

#include <stdint.h>

/* The call for help that an officer's text may mean: the one with the intent's number, else the only one that this phone
 * heard of and nobody has taken. */
struct call_fact {
	int number;                /* 0: none */
	enum case_state state;     /* of the case */
	bool waiting;              /* nobody has taken it */
	bool told;                 /* this phone heard of it */
	bool near;                 /* staff: it lies in the sender's grid or below, or nobody knows where */
	bool mine;                 /* the sender has it */
	char by[INTENT_SHORT_MAX]; /* who has it, "" nobody */
	int choices;               /* calls that wait for this phone, when the text names none */
	int numbers[3];
	char phone[E164_MAX]; /* who called, "" nobody in particular */
};

/* The alarm of a sensor (C3) that a text may mean: the one with the intent's number, else the only one that this phone heard of and
 * nobody looks after. */
struct alarm_fact {
	int number;                /* 0: none */
	bool told;                 /* this phone heard of it */
	int others;                /* other phones that did */
	bool waiting;              /* it stands, and nobody looks after it */
	bool mine;                 /* the sender does */
	int64_t ended_utc;         /* 0: it stands */
	char by[INTENT_SHORT_MAX]; /* who looks after it, "" nobody */
	char label[2][INTENT_SHORT_MAX];
	int choices; /* that wait for this phone, when the text names none that is */
	int numbers[3];
	int any; /* of all that wait, one: for a helpful answer; 0: none */
};

/* The check-in that a text answers: the sender's own of today, or that of somebody whose buddy the sender is. */
struct checkin_fact {
	int64_t round; /* 0: none */
	bool buddy;
	bool open;          /* it waits for an answer */
	bool only_received; /* the words are nothing but "got it" */
	int choices;        /* people whose buddy the sender is and who were silent */
	int64_t person, plan;
	char name[INTENT_SHORT_MAX], number[E164_MAX];
	char building[16], unit[16], room[16];
};

/* In whose name a text speaks. */
struct proxy_fact {
	char number[E164_MAX];
	bool own;           /* the sender's */
	bool textable;      /* a person's mobile */
	bool known;         /* registered in the sender's grid */
	bool silent;        /* wants no texts, or says it is the wrong number */
	int today;          /* how often this sender has spoken for others within a day */
	struct intent said; /* the words, read by themselves */
};

/* What the neighbours said of the case that this phone was asked about. */
struct witness_fact {
	int number; /* 0: none */
	int asked, yes, no;
};

struct duty_facts {
	struct call_fact call;
	struct alarm_fact alarm;
	struct checkin_fact checkin;
	struct proxy_fact proxy;
	struct witness_fact witness;
};
