/* What is known when a text is to be decided upon: plain data, gathered by the caller before and changed by
 * nobody while a decision is made. Which of them an intent needs is told by decide_needs(), so that nothing is
 * looked up in vain. Strings are "" when unknown. */
#pragma once

#include "base/config.h"
#include "base/e164.h"
#include "civic/case_life.h"
#include "civic/facts_box.h"
#include "civic/facts_case.h"
#include "civic/facts_civics.h"
#include "civic/facts_duty.h"
#include "civic/facts_offer.h"
#include "civic/facts_meeting.h"
#include "civic/facts_poll.h"
#include "civic/facts_resend.h"
#include "rules/intent.h"

#define CIVIC_CODE_MAX   32 /* of a grid, with NUL */
#define FACTS_MEETINGS   6
#define FACTS_CANDIDATES 3  /* what a bare 5 may mean */
#define FACTS_SIMILAR    24 /* open cases that a new one is compared with */
#define FACTS_ACTIONS    8  /* of one text */

#define FLOOD_CASES       20 /* one phone opens so many cases a day; further words join the last */
#define UNDO_S            (30 * MINUTE_S)
#define MEETING_WITHIN_S  (14 * DAY_S)
#define QUESTION_TEXT_S   (30 * MINUTE_S)
#define QUESTION_RATING_S (7 * DAY_S)
#define RING_TWICE_S      (10 * MINUTE_S)
#define APPROVAL_CODE_S   (10 * MINUTE_S)
#define APPROVAL_KEPT_S   DAY_S /* a code older than this is a number like any other */
#define APPROVAL_TRIES    3     /* so many wrong codes, and the right one is void */
#define APPROVAL_DIGITS   6

enum opt_out { OPT_NONE, OPT_BROADCASTS, OPT_ALL };

#define ROLES_STAFF                                                                                            \
	(ROLE(BUILDING_HEAD) | ROLE(GRID_WORKER) | ROLE(DEPARTMENT) | ROLE(DUTY_OFFICER) | ROLE(MEDIATOR) |    \
	 ROLE(INSTALLER) | ROLE(SECRETARY))

struct sender {
	char number[E164_MAX];
	enum e164_kind kind;
	bool machine;   /* an operator's or a firm's number, or one of the box's own lines */
	int64_t person; /* 0: not registered */
	char name[INTENT_SHORT_MAX];
	char grid[CIVIC_CODE_MAX], building[16], unit[16], room[16];
	unsigned roles;
	bool muted, unlinked, asked_register;
	int64_t loop_muted_utc; /* 0: not */
	enum opt_out opted_out;
	enum language language;
};

struct meeting_fact {
	int64_t id, series, starts_utc;
	char grid[CIVIC_CODE_MAX], place[96], code[8];
	char title[INTENT_SHORT_MAX]; /* of a kind of meeting that has a name of its own */
	int64_t ends_utc;
	int distance; /* steps from the sender's grid up to the meeting's; 0 for senders without a grid */
	int answer;   /* 0 none, 1 yes, 2 no */
	int people;
	bool invited;
	char items[200]; /* "23楼道灯 31停车", fit for a text */
	int item_count;
};

struct matter_fact {
	int number; /* 0: no such */
	bool proposal;
	bool task; /* an offer's number: `offer` tells more, this row nothing */
	enum case_state state;
	enum category category;
	char text[INTENT_TEXT_MAX], building[16], unit[16], room[16], place[INTENT_SHORT_MAX],
	    grid[CIVIC_CODE_MAX];
	bool private, urgent;
	bool consult;   /* a consultation: facts_civics.h says how the sender stands to it */
	bool mine;      /* the sender raised it */
	bool supported; /* the sender supports it */
	bool assigned;  /* … and it is the sender's to settle */
	bool given;     /* … or that of the department which the sender speaks for */
	bool near;      /* staff: it lies in the sender's grid or below */
	bool anonymous;
	char phone[E164_MAX], assignee[INTENT_SHORT_MAX]; /* of who raised it; who has it, "" nobody */
	int supporters, level, route_step, extended, reopened;
	int64_t opened_utc, changed_utc, due_utc;
};

struct question_fact {
	enum asked kind; /* ASKED_NONE: none open */
	int64_t subject, expires_utc;
	bool late; /* it expired before the answer came */
	char detail[32];
};

/* A code that was texted to this phone for a large broadcast. */
enum approval_state {
	APPROVAL_OPEN,
	APPROVAL_EXPIRED,  /* a fresh code goes to the same phone */
	APPROVAL_VOID,     /* after too many wrong ones: only the desk asks again */
	APPROVAL_TOO_LATE, /* past the broadcast's not-after */
	APPROVAL_GIVEN,    /* somebody else was first */
	APPROVAL_CANCELLED
};

struct approval_fact {
	int64_t broadcast; /* 0: nothing was asked of this phone */
	enum approval_state state;
	bool right; /* the texted code is the one; else `broadcast` is the youngest with an open code */
	int wrong;  /* wrong ones before this */
	int64_t recipients, at_utc;
};

/* X(identifier, "kind in the database") */
#define ACTIONS(X)                                                                                             \
	X(RSVP, "rsvp")                                                                                        \
	X(CASE, "case")                                                                                        \
	X(SUPPORT, "support")                                                                                  \
	X(LIKELY, "likely")                                                                                    \
	X(JOIN, "join")                                                                                        \
	X(OPT, "opt")                                                                                          \
	X(REGISTER, "register")                                                                                \
	X(STEP, "step")                                                                                        \
	X(CHORE, "chore")                                                                                      \
	X(UNLINK, "unlink")                                                                                    \
	X(DUTY, "duty")                                                                                        \
	X(ACKNOWLEDGE, "acknowledge")                                                                          \
	X(CHECKIN, "checkin")                                                                                  \
	X(WITNESS, "witness")                                                                                  \
	X(PROXY, "proxy")                                                                                      \
	X(APPROVE, "approve")                                                                                  \
	X(VOTE, "vote")                                                                                        \
	X(CLAIM, "claim")                                                                                      \
	X(OFFER, "offer")                                                                                      \
	X(SUBSCRIBE, "subscribe")                                                                              \
	X(ATTENDED, "attended")                                                                                \
	X(QUESTION, "question")                                                                                \
	X(CONSULT, "consult")                                                                                  \
	X(BROADCAST, "broadcast")

enum action_kind {
#define X(id, name) ACTION_##id,
	ACTIONS(X)
#undef X
	    ACTION_KIND_COUNT
};

struct action_fact {
	int64_t id, subject, utc;
	enum action_kind kind;
	bool touched; /* somebody else has built upon it since */
};

struct facts {
	int64_t now;
	struct sender sender;
	struct question_fact question;
	struct meeting_fact meetings[FACTS_MEETINGS]; /* coming ones, nearest grid first, then the earliest */
	int meeting_count;
	bool meeting_grid;        /* the sender's grid is known */
	struct matter_fact named; /* the number in the intent; for `status` without one the sender's latest */
	struct matter_fact candidates[FACTS_CANDIDATES]; /* last quoted to this phone and still open */
	int candidate_count;
	bool candidates_listed; /* nothing was quoted to this phone: these are the top of its grid, to be listed
				   only */
	struct matter_fact similar[FACTS_SIMILAR];
	int similar_count;
	int flood_case;  /* the latest case of a phone that opened FLOOD_CASES within a day, 0 none */
	int recent_case; /* opened by this phone within the merge window, 0 none */
	int recent_duty; /* open call for help of this phone within the last half hour, 0 none */
	struct action_fact
	    actions[FACTS_ACTIONS]; /* of the sender's last text that did something, youngest first */
	int action_count;
	int next_number; /* what a new case would get */
	int duty_count;  /* who hears a call for help; 0: nobody can be reached */
	int mediator_count;
	struct approval_fact approval;
	struct duty_facts duty;
	struct polls_fact polls;
	struct resend_fact resend;
	struct offer_facts offer;
	struct meeting_facts meeting;
	struct civics_fact civics;
	struct case_facts cases;
	struct box_fact box;
	bool several;    /* the text holds several intents */
	bool quote_only; /* a text without words to speak of */
};
