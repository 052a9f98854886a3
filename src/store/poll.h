/* Polls: a question, two to eight options, who may vote, when. A poll is drawn up (planned), opens by itself at
 * its time, closes by itself and is then counted once, in one transaction. Writers need the caller's transaction.
 *
 * Who may vote is fixed when it opens: the phones of the audience, one a person. Those who opted out of broadcasts
 * may vote but are not texted. One phone one vote; or one household one vote: the last vote of a household counts,
 * and a household without a room is no household, each of its phones votes alone.
 *
 * One that is put to many has a broadcast (broadcast_new.poll) that stands for its publication: until that is approved the
 * poll does not open, while it is paused nobody is asked, and when it is cancelled so is the poll.
 *
 * What is stored: that a phone voted, when, and by which text, always. What it chose: of an open poll here; of a secret
 * one in the daemon's private file only, under the text's number, until the close: then the ballots are deleted and
 * sums remain. Until then the box's own administrator could read them, since a vote can be changed. */
#pragma once

#include "base/err.h"
#include "civic/poll.h"
#include "rules/intent.h"
#include "store/broadcast.h"
#include "store/journal.h"

enum poll_tell { POLL_TELL_NONE, POLL_TELL_VOTERS, POLL_TELL_ASKED };
int poll_tell_find(const char *name); /* or −1 */
const char *poll_tell_name(enum poll_tell t);
const char *poll_state_name(enum poll_state st);
int poll_state_find(const char *name); /* or −1 */

struct poll_new {
	const char *question;
	const char *const
	    *options; /* NULL: 赞成 反对 弃权, or For Against Abstain for a question without Chinese */
	int option_count;
	const char *audience;          /* terms of store/broadcast.h, "invited:12" among them */
	int64_t opens_utc, closes_utc; /* opens 0: now */
	int quorum, quorum_percent;    /* votes, or per cent of those asked; 0: none */
	bool household;                /* one household one vote */
	bool secret;
	int64_t meeting;     /* 0: none */
	int matter;          /* 0: none; who raised and supported it hears the result */
	enum poll_tell tell; /* who else hears it */
};
/* -EINVAL with a sentence: options, times, audience, meeting or case are wrong. Event poll.changed. */
int poll_add(struct store *s, const struct poll_new *n, const struct actor *by, int64_t now, int64_t *ret_id,
	     struct err *e);

/* `broadcast` is its publication. */
int poll_publish_by(struct store *s, int64_t id, int64_t broadcast);

struct poll {
	int64_t id;
	enum poll_state state;
	const char *question, *audience, *created_by, *reason; /* borrowed until the callback returns */
	char options[POLL_OPTIONS_MAX][POLL_OPTION_MAX];
	int option_count;
	struct poll_count
	    count;      /* .asked: units that may vote; .votes of a secret poll: 0 until it is closed */
	int64_t voted;  /* units that have voted */
	int64_t phones; /* that may vote */
	bool counted;   /* .votes are told: open poll, or closed */
	bool household, secret;
	int64_t opens_utc, closes_utc, created_utc, reminded_utc, ended_utc; /* 0: not yet */
	int64_t meeting;
	int matter;
	enum poll_tell tell;
	int64_t broadcast;              /* 0: none */
	enum broadcast_state published; /* of that; without: done */
};
int poll_get(struct store *s, int64_t id, int (*row)(void *ctx, const struct poll *p), void *ctx); /* -ENOENT */
/* The youngest `limit` (0: all) in the order of their numbers; `state` NULL: all. */
int poll_list(struct store *s, const char *state, int64_t since_utc, long limit,
	      int (*row)(void *ctx, const struct poll *p), void *ctx);

/* For the minutes: the poll that was held on this matter at this meeting, the youngest that was not cancelled.
 * Either may be 0: not looked at. ret->poll 0: there is none. */
struct poll_result {
	int64_t poll;
	enum poll_state state;
	char question[POLL_QUESTION_MAX];
	char options[POLL_OPTIONS_MAX][POLL_OPTION_MAX];
	struct poll_count count; /* votes: 0 until it is closed */
	struct poll_outcome outcome;
	int64_t closes_utc, ended_utc;
};
int poll_result_of(struct store *s, int64_t meeting, int matter, struct poll_result *ret);

/* -ENOENT no such poll, -EPERM it is closed or cancelled. `reason`: words for residents, or NULL. Who was asked is told
 * by the daemon. */
int poll_cancel(struct store *s, int64_t id, const char *reason, const struct actor *by, int64_t now);
/* A later close. -EPERM: not planned or open any more, -EINVAL: that is not later. */
int poll_extend(struct store *s, int64_t id, int64_t closes_utc, const struct actor *by, int64_t now);

/* The close is now: the daemon counts it at its next tick. -EPERM: it is not open. */
int poll_hasten(struct store *s, int64_t id, const struct actor *by, int64_t now);

struct poll_voter {
	const char *number, *name, *building, *unit, *room; /* borrowed until the callback returns */
	bool texted;                                        /* was asked by text */
	int64_t voted_utc; /* 0: silent, or the vote of another phone of the household took its place */
	bool household_voted;
	int option; /* 0: none, or secret */
};
/* By building, unit and room: who may vote, and who has. */
int poll_voters(struct store *s, int64_t id, int (*row)(void *ctx, const struct poll_voter *v), void *ctx);
