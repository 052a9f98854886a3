/* Facts about who settles a case (civic/facts.h): where a new one goes, and what a command of staff may mean. */
#pragma once

#include "civic/case_life.h"
#include "civic/route.h"

#include <stdint.h>

#define FACTS_MINE  3 /* of several open cases so many are named */
#define FACTS_FOUND 4 /* people or departments that a word may mean */

struct staff_fact {
	int64_t person; /* 0: nobody */
	char name[INTENT_SHORT_MAX];
};

/* A code that this phone was sent for a command of its own. */
enum command_state { COMMAND_NONE, COMMAND_OPEN, COMMAND_EXPIRED, COMMAND_VOID, COMMAND_DONE };
struct command_fact {
	enum command_state state; /* NONE: nothing was asked of this phone */
	int64_t id;
	bool right; /* the texted code is the one; else `id` is the youngest that is open */
	int wrong;  /* wrong ones before this */
	struct intent intent;
};

/* Whom a broadcast by text goes to. */
struct audience_fact {
	char terms[64],
	    name[INTENT_SHORT_MAX]; /* as store/broadcast.h reads them; "" when the words mean nobody */
	int64_t recipients;
	int segments; /* of one */
};

struct case_facts {
	/* a new matter */
	const struct route *route; /* borrowed; NULL unless it was asked for */
	int64_t due_utc;
	/* a command */
	struct {
		int number;
		enum category category;
	} mine[FACTS_MINE]; /* the sender's open cases, when the text names no number */
	int mine_count;     /* of all of them */
	struct {
		int count, late; /* of all of them; past their deadline */
		char items[400]; /* "23照明3栋 31用水", the most urgent first */
	} list; /* what waits for the sender; of a secretary also what waits to be given to somebody */
	struct {
		int number; /* 0: no such */
		bool private, near;
		enum case_state state;
	} other;                              /* the one to merge into */
	struct staff_fact found[FACTS_FOUND]; /* whom the word behind 转 may mean */
	int found_count;
	char departments[160];  /* the names that there are, when it means nobody */
	struct staff_fact next; /* to whom the route sends it when it is given back, or the level above */
	int next_step;
	int64_t longer_utc; /* the deadline that so many days more give */
	int64_t again_utc;  /* the deadline when it begins anew, at the level above */
	struct command_fact command;
	struct audience_fact audience;
	bool confirmed; /* the code for this very command came back */
};
