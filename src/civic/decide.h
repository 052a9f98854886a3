/* The policy's heart: one intent, the facts it stands on, and out comes what is to be done and what is to be
 * said. A table with one function an intent (decide.c) drives it; nothing is read, written or sent here. The
 * caller applies the effects in their order, in one transaction, and looks the reply's key up among the reply
 * texts. Pure. */
#pragma once

#include "civic/facts.h"

#define DECISION_EFFECTS 12
#define REPLY_ARGS       14

/* Which facts an intent needs (bits); the rest may stay empty. */
enum fact_need {
	NEED_MEETINGS = 1 << 0,
	NEED_NAMED = 1 << 1, /* the matter with the intent's number, or the sender's latest */
	NEED_CANDIDATES = 1 << 2,
	NEED_SIMILAR = 1 << 3,
	NEED_RECENT = 1 << 4, /* the merge window */
	NEED_DUTY = 1 << 5,
	NEED_ACTIONS = 1 << 6,
	NEED_MEDIATORS = 1 << 7,
	NEED_APPROVAL = 1 << 8,
	NEED_OFFER = 1 << 9,  /* the offer with that number, those without one, the board */
	NEED_ROUTE = 1 << 30, /* facts_case.h: who gets a new matter, and by when */
	NEED_MINE = 1 << 10,
	NEED_OTHER = 1 << 11,
	NEED_FOUND = 1 << 12,
	NEED_NEXT = 1 << 13,
	NEED_LONGER = 1 << 14,
	NEED_AUDIENCE = 1 << 15,
	NEED_ITEMS = 1 << 16,      /* what the meetings will talk about */
	NEED_AGENDA = 1 << 17,     /* facts_meeting.h */
	NEED_ITEM = 1 << 18,       /* … of the named matter */
	NEED_ATTENDANCE = 1 << 19, /* … of the intent's code */
	NEED_CALL = 1 << 20,       /* facts_duty.h */
	NEED_POLLS = 1 << 28,      /* facts_poll.h */
	NEED_RESEND = 1 << 29,     /* facts_resend.h */
	NEED_CHECKIN = 1 << 21,
	NEED_PROXY = 1 << 22,
	NEED_WITNESS = 1 << 23,
	NEED_POINTS = 1 << 24, /* facts_civics.h */
	NEED_CONSULT = 1 << 25,
	NEED_FAQ = 1 << 26,
	NEED_LIST = 1 << 27, /* facts_case.h: all that waits for the sender */
};
#define NEED_BOX (1u << 31) /* facts_box.h; one more than an enumerator can hold */
unsigned decide_needs(enum intent_kind kind);

enum effect_kind {
	EFFECT_RSVP,     /* subject: meeting; answer 1 yes, 2 no; people */
	EFFECT_ATTENDED, /* subject: meeting */
	EFFECT_OPEN,     /* a new case or proposal: text, category, address, flags, origin */
	EFFECT_SUPPORT,  /* number; action LIKELY when it was found by likeness: text are the words */
	EFFECT_JOIN,     /* number, text, category */
	EFFECT_STEP, /* number, event, note, days; subject: who has it then; answer: merged into; name, origin: handed to
			    whom under which number; people: targets of the route so far; expires_utc: the new deadline */
	EFFECT_CONFIRM,   /* a code for this very text is texted, the command waits */
	EFFECT_COMMAND,   /* subject: a command whose code came: it is done */
	EFFECT_NOCOMMAND, /* subject: … whose code was wrong; answer: how many are left */
	EFFECT_BROADCAST, /* origin: audience; text */
	EFFECT_OPT,       /* opt */
	EFFECT_UNLINK,
	EFFECT_REGISTER, /* name, building, unit, room */
	EFFECT_CHORE,    /* origin: the chore's kind; note */
	EFFECT_ASK,      /* asked, subject, note (detail), expires_utc */
	EFFECT_ANSWERED, /* the open question is settled */
	EFFECT_QUOTE,    /* number was named to this phone */
	EFFECT_DUTY,     /* number: the case; text: the words. The duty officers are texted at once */
	EFFECT_MEDIATE,  /* number: the private case; text. The mediators are texted */
	EFFECT_APPROVE,  /* subject: broadcast */
	EFFECT_MISCODE,  /* a wrong code; subject: broadcast; answer: how many are left */
	EFFECT_RECODE,   /* subject: broadcast: a fresh code to this phone is the answer */
	EFFECT_UNDO, /* subject: action; split: words that joined a case become one of their own, else they go */
	EFFECT_ACKNOWLEDGE, /* number: a call for help that the sender takes; text: what was said of it */
	EFFECT_CANNOT,      /* number: … that the sender cannot take: the next is called */
	EFFECT_CHECKIN,     /* subject: the round; answer 1 well, 2 needs help */
	EFFECT_WITNESS,     /* number: the case; answer 1 so here, 2 not so */
	EFFECT_PROXY, /* a case in the name of the phone `name`; text, category, address; answer 1: it is told */
	EFFECT_CONSULT,        /* a new consultation: subject: topic; text */
	EFFECT_CONSULT_MORE,   /* number; text: a further question in it */
	EFFECT_CONSULT_ANSWER, /* number; text: an expert's words to who asked */
	EFFECT_CONSULT_PASS,   /* number: to the next expert; note */
	EFFECT_CONSULT_CLOSE,  /* number; note: how it ended */
	EFFECT_CLAIM,    /* number: the offer; answer: enum claim_state of the sender; people, 0: as they are */
	EFFECT_OFFER,    /* a new offer; answer: enum flavour; text */
	EFFECT_WITHDRAW, /* number: an offer of the sender's own */
	EFFECT_SETTLED,  /* number: …; answer: enum claim_event, confirm or deny; note */
	EFFECT_SUBSCRIBE, /* origin: the board */
	EFFECT_VOTE,      /* subject: poll; answer: the option; private: secret */
	EFFECT_ALARM,     /* number: an alarm of a sensor that the sender looks after */
	EFFECT_RESENT,    /* the last text goes out again as this answer */
	EFFECT_KIND_COUNT
};

struct effect {
	enum effect_kind kind;
	int64_t subject, expires_utc;
	int number, people, days, answer;
	enum case_event event;
	enum opt_out opt;
	enum asked asked;
	enum category category;
	bool proposal, urgent, private, anonymous, deliberate, split,
	    routed;                  /* routed: its route says who gets it */
	const struct intent *intent; /* CONFIRM: what waits */
	int undo;                    /* enum action_kind under which UNDO takes it back, −1: it cannot */
	const char *origin, *text, *note, *name, *building, *unit, *room,
	    *place; /* borrowed from facts and intent; may be NULL */
};

enum reply_arg_type {
	REPLY_TEXT, /* somebody's words: masked and cut to `max` characters */
	REPLY_INT,
	REPLY_WHEN, /* day and time */
	REPLY_DATE,
	REPLY_KEY, /* another reply text, such as category.lighting */
};

struct reply_arg {
	const char *name; /* NULL ends the list */
	enum reply_arg_type type;
	const char *text;
	int64_t n;
	int max;
};

struct decision {
	struct effect effects[DECISION_EFFECTS];
	int effect_count;
	const char *key; /* of the reply; NULL: none */
	bool daily;      /* said at most once a day to one phone */
	struct reply_arg args[REPLY_ARGS + 1];
	int arg_count;
	int open_number; /* of the case that EFFECT_OPEN makes, 0 none */
};

void decide(const struct facts *f, const struct intent *in, struct decision *ret);

/* The meeting that a bare 1 or 2 means: index into f->meetings, −1 none, −2 several (ask for the building). */
#define MEETING_NONE    (-1)
#define MEETING_SEVERAL (-2)
int meeting_choose(const struct facts *f);

/* The key of a category's, a state's name among the reply texts ("category.lighting", "state.received"). */
const char *category_key(enum category c);
const char *state_key(enum case_state s);

/* Free text, as opposed to codes and command words: what the merge window and the loop guard look at. */
bool intent_is_free_text(enum intent_kind k);
