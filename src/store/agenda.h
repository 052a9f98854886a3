/* The agenda of a meeting: which cases and proposals, in which order, under which words; and what the secretary changes in it.
 * Writers need the caller's transaction; each leaves an entry in the journal of the case and an event meeting.agenda. */
#pragma once

#include "civic/agenda.h"
#include "store/matter.h"

struct agenda_row {
	int position;           /* 1 …; 0: it is shown under the item `under` */
	int under;              /* the alike item above it, 0 none */
	const char *title;      /* the first words, masked; "" for a dispute: print its category alone */
	const char *text;       /* the words, masked; "" for a dispute */
	int matter, supporters; /* the reporter counts as one; an item counts those under it, each phone once */
	enum category category;
	enum matter_kind kind;
	enum case_state state;
	const char *grid, *building;
	int verdict;     /* enum verdict, VERDICT_NONE: not decided */
	int64_t person;  /* who sees to it, 0 none */
	const char *who; /* "" none */
	int64_t until_utc, poll, decided_utc;
	const char *note;
};
/* The agenda as it stands, in the order of civic/agenda.h: items, each followed by the alike ones under it. */
int meeting_agenda(struct store *s, int64_t id, int (*row)(void *ctx, const struct agenda_row *a), void *ctx);
/* Puts open proposals and cases sent to deliberation of the meeting's subtree on it, unless it is fixed or held, up to AGENDA_MAX by
 * rank; takes off what was settled since. What the secretary placed stays. */
int meeting_agenda_build(struct store *s, int64_t id);

/* -ENOENT: not on this agenda. The others make room. */
int agenda_move(struct store *s, int64_t meeting, int matter, int position, const struct actor *by,
		int64_t now);
/* Also what was dropped, and when the agenda is fixed. -ENOENT: no such open case; -EPERM: private. */
int agenda_add(struct store *s, int64_t meeting, int matter, const struct actor *by, int64_t now);
/* Off this agenda, and it does not come back by itself; the case goes on. Who raised it is told by the daemon. */
int agenda_drop(struct store *s, int64_t meeting, int matter, const char *reason, const struct actor *by,
		int64_t now);
/* It is not the same as the items alike. */
int agenda_apart(struct store *s, int64_t meeting, int matter, const struct actor *by, int64_t now);
/* Fixes the agenda as it is now, or opens it again. -EALREADY. */
int agenda_fix(struct store *s, int64_t meeting, bool fixed, const struct actor *by, int64_t now);
/* What was dropped from it, with the reasons (agenda_row.note). */
int agenda_dropped(struct store *s, int64_t id, int (*row)(void *ctx, const struct agenda_row *a), void *ctx);

/* Coming meetings whose agendas are to be fixed by themselves; the count or -errno. */
int agenda_open(struct store *s, int64_t now, int64_t *ret, int max);
/* A cancelled meeting's agenda, as the secretary arranged it, becomes that of `next`, unless that is fixed. */
int agenda_hand_over(struct store *s, int64_t meeting, int64_t next);
/* A poll on items is closed: with its result they come back on the next agenda. */
int agenda_voted(struct store *s, int64_t poll, const struct actor *by, int64_t now);
