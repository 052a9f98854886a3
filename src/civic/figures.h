/* The figures of a report, and what each of them is a part of. They are gathered case by case: the cases and proposals
 * that were raised in a period, as they stand now. Nothing is said without its denominator: a share knows what it is of,
 * a time how many it was measured on; of nothing there is no percentage, of few neither. Pure.
 *
 *     received = merged + rejected + open + settled          (a merged one lives on in another)
 *     distinct = received − merged                           confirmed ≤ settled
 *
 * Private matters count in sums, and in a row of their own where a sum is broken down. */
#pragma once

#include "civic/case_life.h"

#include <stddef.h>
#include <stdint.h>

#define FIGURES_FEW 10 /* a percentage of fewer, or a 90th percentile of fewer, would say more than is known */

struct share {
	int64_t n, of; /* of 0: there is nothing to tell of */
};
#define SHARE_NONE  (-1) /* no data */
#define SHARE_FEWER (-2) /* too few for a percentage */
int share_percent(
    struct share s); /* 0 … 100 and never 0 or 100 when it is not all or nothing; or one of these */

/* Seconds, one for each case that was measured. Owns `values`: spread_done. */
struct spread {
	int64_t *values;
	size_t count, cap;
	bool sorted;
};
void spread_add(struct spread *s, int64_t seconds); /* below 0 counts as 0 */
/* The value that so many percent of them do not exceed (nearest rank); −1: none, or for more than 50 % too few. */
int64_t spread_at(struct spread *s, int percent);
void spread_done(struct spread *s);

#define RATING_NONE  (-1)
#define RATING_COUNT (RATING_BAD + 1)

/* One case as the store tells it. Times are UTC seconds, 0 none. */
struct case_figures {
	int number;
	enum case_state state;
	enum category category;
	char grid[32];
	bool proposal, urgent, private;
	bool asked;       /* "is it settled?" went out */
	bool was_overdue; /* a deadline of it has passed, or it passed its last one */
	int rating;       /* enum rating of the last one, or RATING_NONE */
	int reopened;
	int64_t opened_utc, due_utc, resolved_utc, first_human_utc;
};

struct figures {
	int64_t received, proposals, urgent, private, merged, rejected, open, settled, confirmed;
	int64_t asked, rated[RATING_COUNT];
	int64_t timed, overdue;         /* have a deadline; missed one */
	int64_t ever_settled, reopened; /* cases, however often */
	int64_t settled_within; /* settled in the period, whenever raised: filled by whoever counts them */
	struct spread first_human, settling;
};
void figures_add(struct figures *f, const struct case_figures *c, int64_t now_utc);
void figures_done(struct figures *f);

/* What is told of them: one table for tables, JSON, CSV and pages. X(identifier, "key", N_("title"), form) */
#define FIGURES_MEASURES(X)                                                                                    \
	X(RECEIVED, "received", N_("received"), COUNT)                                                         \
	X(PROPOSALS, "proposals", N_("of them proposals"), SHARE)                                              \
	X(URGENT, "urgent", N_("of them urgent"), SHARE)                                                       \
	X(PRIVATE, "private", N_("of them private"), SHARE)                                                    \
	X(MERGED, "merged", N_("the same as another"), SHARE)                                                  \
	X(SETTLED, "settled", N_("settled"), SHARE)                                                            \
	X(OPEN, "open", N_("still open"), SHARE)                                                               \
	X(REJECTED, "rejected", N_("rejected, with a reason"), SHARE)                                          \
	X(CONFIRMED, "confirmed", N_("confirmed by who raised it"), SHARE)                                     \
	X(ANSWERED, "answered", N_("answered \"is it settled?\""), SHARE)                                      \
	X(SATISFIED, "satisfied", N_("satisfied"), SHARE)                                                      \
	X(DISSATISFIED, "dissatisfied", N_("not satisfied"), SHARE)                                            \
	X(FIRST_HUMAN, "first_human", N_("time to the first human"), TIME)                                     \
	X(SETTLING, "settling", N_("time to settled"), TIME)                                                   \
	X(OVERDUE, "overdue", N_("missed a deadline"), SHARE)                                                  \
	X(REOPENED, "reopened", N_("were reopened"), SHARE)                                                    \
	X(SETTLED_WITHIN, "settled_within", N_("settled now, whenever raised"), COUNT)

enum measure {
#define X(id, key, title, form) MEASURE_##id,
	FIGURES_MEASURES(X)
#undef X
	    MEASURE_COUNT
};
enum measure_form { MEASURE_IS_COUNT, MEASURE_IS_SHARE, MEASURE_IS_TIME };
struct measure_info {
	const char *key, *title; /* key: of JSON and CSV; title: for gettext */
	enum measure_form form;
};
extern const struct measure_info measures[MEASURE_COUNT];

struct measured {
	struct share share;       /* n is the count; of TIME: so many were measured, of so many */
	int64_t median_s, most_s; /* TIME: median and 90th percentile, −1 none */
};
void figures_measure(struct figures *f, enum measure m, struct measured *ret);
/* Is it worth a line? What a case seldom is (urgent, private, the same as another …) is told where there was one. */
bool measure_is_told(enum measure m, const struct measured *now, const struct measured *before);
