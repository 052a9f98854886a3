/* Reading a text in the light of the question that was asked: "3栋" after "which building?", bare words after
 * "what is the matter?". And what of several intents is one thing said twice. Pure. */
#pragma once

#include "civic/facts.h"

/* Changes `in` where the open question explains it. `building` (≥ 16 bytes) is set when the text tells the
 * building that was asked for, else "". True: the question is answered by this text. */
bool context_apply(const struct question_fact *q, const char *words, struct intents *in, char building[16]);

/* No question is open: do the words answer `q`, that one expired unanswered? A bare digit does for two days, and longer when no
 * meeting is coming that it may mean (`meeting`); two or three characters do for what they can only answer. */
bool context_late(const struct question_fact *q, const char *words, bool meeting, int64_t now);
/* Nothing was asked, but a case that this phone raised or supports was settled some days ago: do the words say that its
 * trouble is still there? `as_rating` is what they read as if it had been asked, `plain` what they read otherwise. */
bool context_still_there(const struct intents *as_rating, const struct intents *plain, enum category settled);
/* Free words that are one option's own text are a vote for it. */
void context_option(const struct poll_fact *p, const char *words, struct intents *in);

/* Makes a bare 3 or 4 textless, drops what a call for help already says (complaints beside it), and thanks
 * beside anything else. */
void context_reduce(struct intents *in);

/* Reads "3", "3栋", "三号楼" (digits only as the rules leave them), "building 3" as a building. */
bool context_building(const char *words, char building[16]);
