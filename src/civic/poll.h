/* Polls: which option somebody's words mean, when who is silent is reminded, and what a count says. Pure. */
#pragma once

#include "base/buf.h"
#include "base/clock.h"
#include "civic/facts_poll.h"

/* What an option's text stands for, whatever its position. */
enum poll_stance { STANCE_NONE, STANCE_FOR, STANCE_AGAINST, STANCE_ABSTAIN };

/* The option (1 …) that is meant: a digit by itself; one option's own text; or, where the options are for and
 * against, the stance that the rules read out of the words (`said`: 1 for, 2 against, 3 abstain; 0: nothing).
 * 0: none of them, or more than one. A digit beyond the options comes back as it is. */
int poll_option_meant(const struct poll_fact *p, int said, const char *words);

/* "2" as the whole of a text: its digit, else −1. Full-width digits and punctuation count. */
int poll_bare_digit(const char *words);

/* Who is silent is reminded once, `before_s` ahead of the close or after two thirds of a short poll, and never
 * in the quiet hours: the moment moves before them. 0: no reminder, it would come too soon after the question. */
int64_t poll_remind_utc(int64_t opens_utc, int64_t closes_utc, int64_t before_s,
			const struct day_window *quiet);

struct poll_count {
	int64_t asked; /* phones or households that may vote */
	int64_t votes[POLL_OPTIONS_MAX];
	int options;
	int quorum, quorum_percent; /* votes that it takes, or per cent of those asked (rounded up); 0: none */
};
struct poll_outcome {
	int64_t voted, needed;
	bool quorate;
	int winner; /* option with the most votes, 0: none, or several have as many, or not quorate */
};
struct poll_outcome poll_outcome_of(const struct poll_count *c);
/* Per cent of the votes, rounded; 0 when there are none. */
int poll_percent(int64_t votes, int64_t voted);

/* "1赞成 2反对 3弃权", "1 For 2 Against" appended. */
void poll_options_line(const char options[][POLL_OPTION_MAX], int count, struct buf *out);
