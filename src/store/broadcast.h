/* Broadcasts: one text to many. Who is in the audience, who is left out and why, the queueing of all in one
 * transaction, and what became of them. When it can be finished is broadcast_plan.h's. */
#pragma once

#include "base/buf.h"
#include "base/config.h"
#include "civic/marks.h"
#include "store/journal.h"
#include "store/store.h"

#define BROADCAST_AUDIENCE_MAX 1024

/* An audience as it is written: terms separated by blanks or commas, their union.
 *
 *     all                    everybody in the registry
 *     grid:KS-03             a grid and all below it
 *     building:KS-03/3       one building of a grid (and below it)
 *     role:volunteer         a role, also by its Chinese name
 *     role:volunteer@KS-03   … of a grid and all below it
 *     group:合唱队           a group that the secretary keeps (store/group.h)
 *     task:12                who has a place in task or activity 12
 *     jobs                   who asked for the news of the job board
 *     yes:12 no:12 none:12   who answered so to meeting 12; none: was invited and is silent
 *     invited:12             was invited to meeting 12
 *     came:12                signed in at meeting 12
 *     case:23                the reporter and the supporters of case 23
 *     person:12              one person
 *     number:13800138001     one number
 *     file:1                 the numbers of list 1 (broadcast_list_add)
 *
 * -TERM or not:TERM takes out of the union whom the term names, wherever it stands: people with all their phones, and
 * numbers whoever they belong to. Who lives with somebody that is taken out and shares a phone with them still gets it.
 *
 * A person gets it once, whatever phones and terms they are named by: on the phone that they were named by, else on
 * their first that can be texted. A phone that people share gets it once. Numbers that nobody in the registry has are
 * taken as they are: for them whoever wrote the list answers. -EINVAL with a sentence. */
int broadcast_audience_begin(struct store *s, const char *terms, struct err *e);
/* Lists of numbers (E.164), for terms file:LIST. They stay until they are cleared, while audiences come and go. */
int broadcast_list_clear(struct store *s);
int broadcast_list_add(struct store *s, int list, const char *number);

/* Who is left out: each person, or number of nobody, under the first that holds. */
struct broadcast_audience {
	int64_t recipients; /* what remains */
	int64_t duplicates; /* named more than once, or on a phone that somebody else gets it on: once */
	int64_t excluded;   /* by a term that takes out */
	int64_t no_phone;   /* people without any phone */
	int64_t landlines;  /* … with none that can receive a text */
	int64_t opted_out, muted, unlinked;
	int64_t no_consent;
};
/* After begin: fixes who gets it. */
int broadcast_audience_end(struct store *s, struct broadcast_audience *ret);

struct broadcast_member {
	int64_t person;     /* 0: the number is nobody's */
	const char *number; /* by which they get it, else their first; "" without any */
	const char *name, *grid, *building, *unit, *room;
	const char *grid_name;
	/* "" gets it; opted_out muted unlinked landline no_phone no_consent duplicate (shares a phone with somebody who
	 * gets it) excluded */
	const char *reason;
};
/* What the marks of a text stand for; borrowed from `m`. */
void broadcast_values(const struct broadcast_member *m, struct mark_values *ret);
/* After end: everybody whom the terms name, first who does not get it. Strings are valid during the callback, whose
 * non-zero ends it and is returned. */
int broadcast_audience_each(struct store *s, int (*row)(void *ctx, const struct broadcast_member *m),
			    void *ctx);
/* The same, of those alone who get it, in the order of their numbers. */
int broadcast_recipients_each(struct store *s, int (*row)(void *ctx, const struct broadcast_member *m),
			      void *ctx);

enum broadcast_state {
	BROADCAST_WAITING,
	BROADCAST_QUEUED,
	BROADCAST_PAUSED,
	BROADCAST_DONE,
	BROADCAST_CANCELLED
};
const char *broadcast_state_name(enum broadcast_state st);
enum broadcast_state broadcast_state_find(const char *name); /* of one that is none: cancelled */

struct broadcast_new {
	const char *audience, *text; /* text: exactly what goes out */
	bool ucs2;
	int segments; /* of one recipient */
	int64_t recipients;
	int64_t at_utc;
	int64_t not_after_utc; /* 0: none */
	bool override_quiet;   /* into the quiet hours: urgent, said by a person, journaled */
	bool waiting;          /* for the second person's approval */
	bool poll;      /* the publication of a poll: each of its texts is made when the phone can be asked */
	const char *by; /* "shell:1000" */
	/* When each recipient's text is another (civic/marks.h): appends it to `out` and says how it is composed; −errno ends it
	 * all. NULL: `text` for everybody. `segments` is then the most of one recipient, and segments_total of all. */
	int (*fill)(void *ctx, const struct broadcast_member *m, struct buf *out, bool *ret_ucs2,
		    int *ret_segments);
	void *ctx;
	int64_t segments_total; /* 0: recipients times segments */
};
/* Writes the broadcast and a text for each recipient of the audience that was fixed, in the caller's
 * transaction: 100,000 in about half a second after store_trust. Nobody is in it twice, whatever crashes. */
int broadcast_add(struct store *s, const struct broadcast_new *n, int64_t now, int64_t *ret_id);

struct broadcast {
	int64_t id;
	const char *audience, *text, *created_by;
	enum broadcast_state state;
	int segments; /* of one recipient, at the most */
	int64_t recipients;
	int64_t segments_total;
	int64_t at_utc, not_after_utc, created_utc, done_utc; /* 0: none */
	bool override_quiet;
	/* texts by their state; the sum is the number of recipients. Of a poll's: sent are who was asked */
	int64_t queued, sending, sent, delivered, failed, expired, uncertain, cancelled;
	int64_t segments_left; /* of those that still have to go */
	/* of one that waits: when codes were texted (0: not yet), how many of them still count, and until when
	 */
	int64_t asked_utc, code_until_utc;
	int codes;
};
/* The youngest `limit` in the order of their numbers. Strings are valid during the callback. */
int broadcast_list(struct store *s, int64_t since_utc, long limit,
		   int (*row)(void *ctx, const struct broadcast *b), void *ctx);
int broadcast_get(struct store *s, int64_t id, int (*row)(void *ctx, const struct broadcast *b),
		  void *ctx); /* -ENOENT */

/* What a person decides. In the caller's transaction; each writes the journal and, where it belongs, an event.
 * -ENOENT no such broadcast, -EPERM its state does not allow it. */
int broadcast_pause(struct store *s, int64_t id, const struct actor *by, int64_t now);
int broadcast_resume(struct store *s, int64_t id, const struct actor *by, int64_t now);
/* The second person's yes: -EACCES when it is the same person who asked for it. */
int broadcast_approve(struct store *s, int64_t id, const struct actor *by, int64_t now);
int broadcast_cancel(struct store *s, int64_t id, const struct actor *by, int64_t now, int *ret_stopped);
/* What failed (and, with `uncertain`, what perhaps did not arrive) goes out again; -EPERM also of a poll's. */
int broadcast_retry(struct store *s, int64_t id, bool uncertain, const struct actor *by, int64_t now,
		    int *ret_again);

/* Reminders and broadcasts, but for `except` (0: none), that are due before `by_utc` and still have to go. Broadcasts take turns, so of each of
 * the others only as many texts stand in front of a new one as it has itself. */
#define BROADCAST_QUEUES 256
struct broadcast_ahead {
	int64_t segments; /* of what belongs to no broadcast */
	int count;
	struct {
		int64_t texts, segments;
		double
		    per_text; /* of these that leave for each of the new one's: urgent ones have four turns of five */
	} queue[BROADCAST_QUEUES];
};
int broadcast_ahead(struct store *s, int64_t by_utc, int64_t except, bool urgent, struct broadcast_ahead *ret);
/* Segments that leave before a broadcast of so many texts is out. */
int64_t broadcast_ahead_of(const struct broadcast_ahead *a, int64_t texts);

/* The daemon: broadcasts of which nothing is open any more become done, with their event. */
int broadcast_finish(struct store *s, int64_t now);
