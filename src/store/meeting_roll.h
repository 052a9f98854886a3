/* Who comes and who came: answers, attendance, the list for the knock at the door. Writers need the caller's transaction. */
#pragma once

#include "store/journal.h"

#define ROLL_PERSON "person:" /* stands with the id in place of the number of who has no telephone */

/* An answer: replaces the former one. `people` ≥ 1 counts the sender; 0 leaves 1. */
enum rsvp_answer { RSVP_NONE, RSVP_YES, RSVP_NO };
int meeting_rsvp(struct store *s, int64_t id, const char *number, int64_t person, enum rsvp_answer answer,
		 int people, const struct actor *by, int64_t now);
/* Came to the meeting (desk or code), with or without an invitation: 1, 0 for who was there already. Event meeting.attended. */
int meeting_attend(struct store *s, int64_t id, const char *number, int64_t person, const struct actor *by,
		   int64_t now);
/* … was not there after all; the answer to the invitation stays. Event meeting.left. */
int meeting_unattend(struct store *s, int64_t id, const char *number, int64_t person, const struct actor *by,
		     int64_t now);

struct rsvp_row {
	const char *number, *name, *building, *unit, *room;
	enum rsvp_answer answer; /* NONE: invited and silent */
	int people;
	bool attended, invited;
	int64_t person;
};
/* Who was asked or answered, by building and unit, for `meeting show` and the knock at the door. */
int meeting_answers(struct store *s, int64_t id, int (*row)(void *ctx, const struct rsvp_row *r), void *ctx);
/* People who came and left no name. */
int meeting_guests(struct store *s, int64_t id, int guests);
