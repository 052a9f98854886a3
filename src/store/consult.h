/* Consultations: a question to a lawyer or a doctor, whose numbers stay hidden from each other. Each has a number of the common
 * sequence (a private matter of origin "consult", so that it is on no agenda and in no list of residents); the words stand
 * here alone. Writers need a transaction. */
#pragma once

#include "base/e164.h"
#include "civic/consult.h"
#include "store/journal.h"

#include "base/buf.h"

struct consult {
	int number;
	enum consult_topic topic;
	char from[E164_MAX];                                   /* who asks, "" when forgotten */
	int64_t person;                                        /* … if registered */
	int64_t expert;                                        /* whom it lies with; 0: the desk */
	int64_t opened_utc, due_utc, answered_utc, closed_utc; /* 0: not */
};
int consult_get(struct store *s, int number, struct consult *ret); /* -ENOENT */
/* The latest open one of a phone: of `topic` (−1: any), only one that was answered if so asked. -ENOENT */
int consult_open_of(struct store *s, const char *phone, int topic, bool answered, struct consult *ret);

/* Open ones that lie with an expert: the latest of a topic. The count (2: several), 0 none. */
int consult_of_expert(struct store *s, int64_t person, enum consult_topic topic, struct consult *ret);

/* The matter with that number is there already. */
int consult_add(struct store *s, int number, enum consult_topic topic, const char *phone, int64_t person,
		int64_t now);
enum consult_side { CONSULT_ASK, CONSULT_ANSWER };
int consult_say(struct store *s, int number, enum consult_side side, const char *actor, const char *text,
		int64_t now);
int consult_last_line(struct store *s, int number, int64_t *ret);
int consult_unsay(struct store *s, int number, int64_t line); /* 1: it is gone, 0: it was not there */
/* Texts of one side since then. */
int consult_count(struct store *s, int number, enum consult_side side, int64_t since_utc, int *ret);
/* All that was asked so far, "；" between. */
int consult_words(struct store *s, int number, struct buf *out);

/* Was it passed to this person, now or before? 1, 0, -errno. */
int consult_was_asked(struct store *s, int number, int64_t person);
/* Experts who might be asked about a topic: of the grid or one above it, who can be texted, not the phone `except`, and not
 * yet asked about `number` (0: about nothing). Those of the topic first (by the column expertise, else by the words of the
 * name), then those of no topic; the nearest grid; who has the fewest open. *ret_person the first, 0 for none. The count. */
int consult_experts(struct store *s, enum consult_topic topic, const char *grid, const char *except, int number,
		    int64_t *ret_person);
/* It lies with `person` from now on (0: the desk); who has to be told is in consult_untold(). */
int consult_lay_with(struct store *s, int number, int64_t person, int64_t now);
int consult_answered(struct store *s, int number, int64_t now);
int consult_close(struct store *s, int number, int64_t now); /* 0 also when it was closed */

/* ---- what is to be passed on */
struct consult_untold {
	int number;
	int64_t person; /* expert whom it was passed to */
};
int consult_untold(struct store *s, struct consult_untold *ret, int max);
/* The expert heard of it with all that was asked so far; unanswered by then it is passed on. */
int consult_expert_told(struct store *s, int number, int64_t person, int64_t due_utc, int64_t now);
struct consult_line {
	int64_t id;
	int number;
	enum consult_side side;
	char *text; /* owned by the caller */
};
int consult_lines_untold(struct store *s, struct consult_line *ret, int max);
int consult_line_told(struct store *s, int64_t id, int64_t now);
/* Answered ones of which nothing was heard since `before_utc`. */
int consult_idle(struct store *s, int64_t before_utc, int *ret, int max);
/* Open ones that nobody answered in time; *ret_next: the next such moment (INT64_MAX: none). */
int consult_overdue(struct store *s, int64_t now, int *ret, int max, int64_t *ret_next);

/* ---- for the secretary */
struct consult_row {
	int number, lines;
	const char *topic, *state, *from, *name, *grid, *expert_name,
	    *text; /* borrowed; state: open answered closed; text: the last words */
	int64_t person, expert, opened_utc, due_utc, answered_utc, closed_utc;
};
int consult_list(struct store *s, int number, bool all, int64_t since_utc, long limit,
		 int (*row)(void *ctx, const struct consult_row *c), void *ctx);
struct consult_said {
	int64_t utc, told_utc;
	const char *side, *actor, *text; /* borrowed */
};
int consult_said(struct store *s, int number, int (*row)(void *ctx, const struct consult_said *l), void *ctx);
