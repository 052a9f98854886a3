#include "civic/verdict.h"

#include <string.h>

static const struct verdict_info table[VERDICT_COUNT] = {
    [VERDICT_ADOPTED] = {.word = "adopted",
			 .at_once = CASE_EV_VERIFY,
			 .with_person = CASE_EV_ASSIGN,
			 .at_closing = VERDICT_NONE,
			 .project = true,
			 .result = "result.adopted",
			 .status = "decided.adopted"},
    [VERDICT_ASSIGNED] = {.word = "assigned",
			  .at_once = VERDICT_NONE,
			  .with_person = CASE_EV_ASSIGN,
			  .at_closing = VERDICT_NONE,
			  .wants_person = true,
			  .result = "result.assigned",
			  .status = "decided.assigned"},
    [VERDICT_VOTE] = {.word = "vote",
		      .at_once = VERDICT_NONE,
		      .with_person = VERDICT_NONE,
		      .at_closing = VERDICT_NONE,
		      .result = "result.vote",
		      .status = "decided.vote"},
    [VERDICT_POSTPONED] = {.word = "postponed",
			   .at_once = VERDICT_NONE,
			   .with_person = VERDICT_NONE,
			   .at_closing = VERDICT_NONE,
			   .stays = true,
			   .result = "result.postponed",
			   .status = "decided.postponed"},
    [VERDICT_DECLINED] = {.word = "declined",
			  .at_once = VERDICT_NONE,
			  .with_person = VERDICT_NONE,
			  .at_closing = CASE_EV_DECLINE,
			  .wants_reason = true,
			  .result = "result.declined",
			  .status = "decided.declined"},
};

const struct verdict_info *verdict_info(enum verdict v)
{
	return &table[v];
}

int verdict_find(const char *word)
{
	for (int i = 0; i < VERDICT_COUNT; i++)
		if (!strcmp(table[i].word, word))
			return i;
	return VERDICT_NONE;
}

const char *project_state_name(enum project_state s)
{
	static const char *const names[PROJECT_STATE_COUNT] = {[PROJECT_IN_HAND] = "in_hand",
							       [PROJECT_LATE] = "late",
							       [PROJECT_DONE] = "done",
							       [PROJECT_GIVEN_UP] = "given_up"};
	return names[s];
}

enum project_state project_state(enum case_state s, int64_t until_utc, int64_t now)
{
	if (s == CASE_REJECTED || s == CASE_MERGED)
		return PROJECT_GIVEN_UP;
	if (!case_open(s))
		return PROJECT_DONE;
	return until_utc && until_utc < now ? PROJECT_LATE : PROJECT_IN_HAND;
}
