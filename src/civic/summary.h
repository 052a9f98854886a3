/* What a report is made of: the figures of a period as a whole, by its parts, by category and by grid; meetings and what
 * became of their decisions; texts; calls for help. Private matters count in the whole and stand in a row of their own in
 * each breakdown; nothing of them but their number is told. The store fills it (store/summary.h). Pure. */
#pragma once

#include "civic/figures.h"
#include "civic/period.h"

#include <stdbool.h>

#define SUMMARY_GRIDS 1000 /* rows of the breakdown by grid; what is beyond counts in the whole alone */

struct summary_scope {
	const char *grid; /* a subtree; NULL: all */
	const char *
	    category; /* its name; NULL: all. Meetings, texts and calls for help have none and are left out then */
};

struct summary_grid {
	char code[32]; /* "": of no grid */
	char name[96];
	bool own; /* of the scope's top grid itself, without those below it */
	struct figures f;
};

struct summary_meetings {
	int64_t held, cancelled, planned; /* of the period; planned: still to come in it */
	int64_t asked, answered, yes; /* phones that were invited; of them with an answer; all that said yes */
	int64_t rolls;                /* held ones at which somebody was counted */
	int64_t heads;                /* people there: with companions, with those who left no name */
	int64_t yes_rolls, came;      /* phones that said yes to one with a roll; of them checked in */
	int64_t items, decided;       /* on their agendas; of them with a decision other than "postponed" */
	int64_t to_do, done,
	    late; /* adopted or assigned; of them settled; of them past their date and not settled */
	int64_t adopted, adopted_done;
};
struct summary_texts {
	int64_t in, phones, calls; /* of people, not of machines; different phones they came from */
	int64_t out, failed;       /* that left or were to leave; failed or expired */
};
struct summary_help {
	int64_t calls, acknowledged;
	struct spread seconds; /* until somebody took it */
};

/* Sensors of the cabinets that were asked in the period; so long they had data, of the time in which they existed. */
struct summary_sensors {
	int64_t sensors, data_s, of_s;
};

#define SUMMARY_LATE 8
struct summary_late { /* open past its deadline now, whenever raised; private ones are counted alone */
	int number;
	enum category category;
	char grid[32], who[64]; /* "": nobody has it */
	int64_t due_utc;
};

struct summary {
	struct period period;
	int64_t to_utc;               /* until when it is counted: the period's end, or now */
	bool complete;                /* the period is over */
	struct figures whole, before; /* before: the period before, as long as this one has lasted so far */
	struct figures parts[PERIOD_PARTS_MAX];
	struct period_part part[PERIOD_PARTS_MAX];
	int part_count;
	struct figures category[CATEGORY_COUNT], private; /* private: of any category */
	struct summary_grid *grids; /* owned; the children of the scope, each with what is below it */
	int grid_count;
	struct summary_meetings meetings;
	struct summary_texts texts;
	struct summary_help help;
	struct summary_sensors sensors;
	struct summary_late late[SUMMARY_LATE]; /* the longest overdue */
	int late_count;
	int64_t late_total; /* private ones, too */
};

void summary_free(struct summary *s); /* NULL is fine */
