/* Cases, proposals (and later tasks): one table `matter` with one sequence of numbers. Every change goes
 * through matter_act, which asks the table of civic/case_life.h and writes journal and event with it. All
 * functions work inside the caller's transaction (the ones that write need one). */
#pragma once

#include "base/e164.h"
#include "civic/case_life.h"
#include "rules/intent.h"
#include "store/journal.h"

#define MATTER_TEXT_MAX (INTENT_TEXT_MAX * 2) /* words that joined later are added, up to here */

enum matter_kind { MATTER_CASE, MATTER_PROPOSAL, MATTER_TASK };
const char *matter_kind_name(enum matter_kind k);

struct matter_new {
	enum matter_kind kind;
	enum category category;
	const char *text;                           /* masking is for whoever prints */
	const char *grid;                           /* NULL or "": unknown */
	const char *building, *unit, *room, *place; /* NULL: "" */
	bool urgent, anonymous, private;
	const char *origin;      /* the intent that opened it, "quarantine", "shell" */
	int64_t reporter;        /* person or 0 */
	const char *number_from; /* phone or NULL */
	bool deliberate;
	int64_t due_utc; /* 0: none */
};
/* Writes row, journal `received` and event case.opened. -EINVAL: the grid is unknown. */
int matter_add(struct store *s, const struct matter_new *m, const struct actor *by, int64_t now,
	       int *ret_number);
/* The number that matter_add would give now. */
int matter_next_number(struct store *s, int *ret);

struct matter {
	int number;
	enum matter_kind kind;
	enum case_state state;
	enum category category;
	const char *text, *grid, *building, *unit, *room, *place, *origin,
	    *number_from; /* borrowed, "" for none */
	bool urgent, anonymous, private, deliberate;
	int64_t reporter, assignee, message;
	const char *reporter_name, *assignee_name;
	int supporters; /* without the reporter */
	int merged_into, reopened, level, route_step, extended, late;
	const char *handed_to, *handed_ref; /* outside the registry, "" nobody */
	int64_t opened_utc, changed_utc, due_utc, resolved_utc, first_human_utc; /* 0 none */
};

/* -ENOENT no such number. Strings are valid during the callback, whose result is returned. */
int matter_get(struct store *s, int number, int (*row)(void *ctx, const struct matter *m), void *ctx);

struct matter_filter {
	const char *state;    /* a state's name, "open" or NULL */
	const char *category; /* name or NULL */
	const char *grid;     /* subtree or NULL */
	int assignee;         /* person, 0 all */
	int64_t since_utc;    /* changed since; INT64_MIN all */
	long limit;           /* 0 all; the newest are kept, the order is by number */
	bool overdue;         /* open and past their deadline at now_utc */
	int64_t now_utc;
};
/* Private matters come with text, place and address emptied. A callback's non-zero ends the walk and is
 * returned. */
int matter_list(struct store *s, const struct matter_filter *f, int (*row)(void *ctx, const struct matter *m),
		void *ctx);
/* Open matters; of them past their deadline at `now`; of them calls for help. */
int matter_count(struct store *s, int64_t now, int64_t *ret_open, int64_t *ret_overdue, int64_t *ret_help);

/* One step in the life of a case. Refused by the table: -EPERM (*ret_state tells the state it is in).
 * -ENOENT no such case. Also done here: the entry in the journal, event case.changed (also when the state stays, if
 * anybody is to be told of the step), and what the step implies: who has it, the level above, a reopening counted,
 * supporters that go along. Asking "修好了回1, 没修好回2" and telling people is the daemon's, at its next tick. */
struct matter_step {
	enum case_event event;
	const char *note; /* NULL: none */
	int64_t person;   /* ASSIGN, TRANSFER, SUMMON, TAKE: who has it now */
	int other;        /* MERGE: into which */
	int days;         /* EXTEND: by how much staff moved the deadline */
	int64_t due_utc;  /* the new deadline, 0: as it was */
	int64_t urge_utc; /* OVERDUE: when the level above is told */
	int route_step;   /* so many targets of its route have had it, 0: as it was */
	const char *to;   /* ESCALATE: outside the registry, such as 12345; NULL: nobody */
	const char *ref;  /* … and the number it has there */
};
int matter_act(struct store *s, int number, const struct matter_step *step, const struct actor *by, int64_t now,
	       enum case_state *ret_state);

/* The supporters that a merged case brought along leave the other one again. */
int matter_unmerge(struct store *s, int number);

/* A supporter becomes a case of his own (UNDO of "likely the same", `case split`); *ret_number is the new one.
 * -ENOENT: that phone does not support it. */
int matter_split(struct store *s, int number, const char *phone, const char *text, const struct actor *by,
		 int64_t now, int *ret_number);

/* 1 added, 0 was there already. */
int matter_support(struct store *s, int number, const char *phone, int64_t person, const struct actor *by,
		   int64_t now);
/* 1 removed, 0 was not there. */
int matter_unsupport(struct store *s, int number, const char *phone, const struct actor *by, int64_t now);
/* Further words of the same sender: added to the text, with an entry in the journal. */
int matter_join(struct store *s, int number, const char *text, enum category category, const struct actor *by,
		int64_t now);

/* Takes such words out again, with an entry in the journal. `category`: the one before they joined, "" or NULL
 * leaves it. */
int matter_unjoin(struct store *s, int number, const char *text, const char *category, const struct actor *by,
		  int64_t now);

/* Phones to tell about a case: the reporter's (first) and the supporters'. At most `max`; the count or -errno.
 */
int matter_phones(struct store *s, int number, char (*ret)[E164_MAX], int max);

/* A state to come back to (UNDO of a step), as JSON of matter_remember; nothing else may have been done since.
 * The caller frees. */
char *matter_remember(struct store *s, int number);
int matter_restore(struct store *s, int number, const char *json, const struct actor *by, int64_t now);
