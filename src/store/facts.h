/* Looks up what civic/decide.h needs to know. Reads only, except that an agenda is brought up to date before it
 * is quoted: call it inside the transaction of the decision. Every list is bounded by civic/facts.h. */
#pragma once

#include "civic/facts.h"
#include "store/store.h"

/* Who is behind this number. `own`: the box's own number (a machine); `language`: the box's. */
int facts_sender(struct store *s, const char *number, const char *own, enum language language,
		 struct sender *ret);

/* Coming meetings of the sender's grid and those above it (all, when the grid is unknown), into f->meetings. */
int facts_meetings(struct store *s, struct facts *f);
/* What they will talk about; each agenda is brought up to date first. */
int facts_items(struct store *s, struct facts *f);
/* facts_meeting.h: where a new proposal of the sender comes; what meetings do about f->named; whose code that is. */
int facts_agenda(struct store *s, struct facts *f);
int facts_item(struct store *s, struct facts *f);
int facts_attendance(struct store *s, const char *code, struct facts *f);
/* A matter by its number, as the sender stands to it; ret->number stays 0 when there is none. */
int facts_matter(struct store *s, const struct sender *who, int number, struct matter_fact *ret);
/* The sender's latest case that is (`resolved`: settled and not yet confirmed). */
int facts_latest(struct store *s, const struct sender *who, bool resolved, struct matter_fact *ret);
/* The case that this phone raised or supports and that was settled last, since then; 0: none. */
int facts_settled(struct store *s, const char *number, int64_t since_utc, int *ret_number, enum category *ret);
int facts_candidates(struct store *s, struct facts *f);
int facts_similar(struct store *s, enum category c, struct facts *f);
int facts_recent(struct store *s, int64_t window_s, struct facts *f);
int facts_recent_duty(struct store *s, struct facts *f);
int facts_flood(struct store *s, struct facts *f);
/* An open case of unreadable texts from this number, 0 none. */
int facts_quarantine(struct store *s, const char *number, int *ret);

/* The last text of ours to this phone that may be sent again: an answer, a question or a reminder, still of use. */
int facts_last_text(struct store *s, const char *number, int64_t now, struct resend_fact *ret);
/* Is this text stored and not yet acted on? 1, 0 or -errno (0 too when there is no such text). */
int facts_pending(struct store *s, int64_t message);

/* For the attention: answers to this number within the last hour, and how many of its last texts (this one
 * included) are the same words, each within `within_s` of an answer (0 … max). */
int facts_answers(struct store *s, const char *number, int64_t since_utc, int *ret);
int facts_identical(struct store *s, const char *number, int64_t message, const char *text, int within_s,
		    int max, int *ret);

/* The one grid in which people live in that building; -ENOENT when there is none or more than one. */
int facts_grid_of_building(struct store *s, const char *building, char ret[CIVIC_CODE_MAX]);

/* Calls of this number since then, and whether it has an invitation that it has not answered: the meeting, or
 * 0; *ret_declined: the next meeting to which it answered "no", or 0. */
int facts_ring(struct store *s, const char *number, int64_t since_utc, int64_t now, int *ret_rings,
	       int64_t *ret_meeting, int64_t *ret_declined);
