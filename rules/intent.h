/* What the rules read out of a text: a bounded list of intents with their arguments, in the order in which they
 * stand in the text. Plain data; the one table below names intents and arguments for JSON, rule files and code.
 */
#pragma once

#include "base/e164.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* X(IDENTIFIER, "name", arguments) */
#define INTENTS(X)                                                                                             \
	X(ATTEND, "attend", ARG_PEOPLE)                                                                        \
	X(DECLINE, "decline", 0)                                                                               \
	X(COMPLAINT, "complaint",                                                                              \
	  ARG_CATEGORY | ARG_PLACE | ARG_BUILDING | ARG_UNIT | ARG_ROOM | ARG_TEXT | ARG_ANONYMOUS)            \
	X(PROPOSAL, "proposal", ARG_TEXT)                                                                      \
	X(SUPPORT, "support", ARG_NUMBER)                                                                      \
	X(STATUS, "status", ARG_NUMBER)                                                                        \
	X(AGENDA, "agenda", 0)                                                                                 \
	X(DUTY, "duty", ARG_BUILDING | ARG_UNIT | ARG_ROOM | ARG_TEXT)                                         \
	X(MENU, "menu", 0)                                                                                     \
	X(RATE, "rate", ARG_RATING | ARG_TEXT)                                                                 \
	X(VOTE, "vote", ARG_OPTION | ARG_NUMBER)                                                               \
	X(REGISTER, "register", ARG_NAME | ARG_BUILDING | ARG_UNIT | ARG_ROOM)                                 \
	X(POINTS, "points", 0)                                                                                 \
	X(STOP, "stop", ARG_SCOPE)                                                                             \
	X(START, "start", 0)                                                                                   \
	X(UNDO, "undo", 0)                                                                                     \
	X(THANKS, "thanks", ARG_TOPIC | ARG_TEXT)                                                              \
	X(CONSULT, "consult", ARG_TOPIC | ARG_TEXT)                                                            \
	X(JOBS, "jobs", ARG_TEXT | ARG_TOPIC)                                                                  \
	X(ERASE, "erase", 0)                                                                                   \
	X(CALLBACK, "callback", 0)                                                                             \
	X(PRIVATE, "private", ARG_TEXT)                                                                        \
	X(FAQ, "faq", ARG_TOPIC)                                                                               \
	X(ATTENDANCE, "attendance", ARG_CODE)                                                                  \
	X(CHECKIN, "checkin", ARG_NUMBER)                                                                      \
	X(PROXY, "proxy", ARG_FOR | ARG_TEXT)                                                                  \
	X(WRONG_NUMBER, "wrong_number", 0)                                                                     \
	X(ACTIVITY, "activity", 0)                                                                             \
	X(ERRAND, "errand", ARG_TEXT)                                                                          \
	X(TAKE, "take", ARG_NUMBER | ARG_PEOPLE)                                                               \
	X(GIVEBACK, "giveback", ARG_NUMBER)                                                                    \
	X(ARRIVED, "arrived", ARG_NUMBER)                                                                      \
	X(DONE, "done", ARG_NUMBER)                                                                            \
	X(STAFF_TAKE, "staff_take", ARG_NUMBER)                                                                \
	X(STAFF_VERIFY, "staff_verify", ARG_NUMBER | ARG_VALID)                                                \
	X(STAFF_RESOLVE, "staff_resolve", ARG_NUMBER | ARG_TEXT)                                               \
	X(STAFF_RETURN, "staff_return", ARG_NUMBER | ARG_TEXT)                                                 \
	X(STAFF_TRANSFER, "staff_transfer", ARG_NUMBER | ARG_TO)                                               \
	X(STAFF_EXTEND, "staff_extend", ARG_NUMBER | ARG_DAYS)                                                 \
	X(STAFF_BROADCAST, "staff_broadcast", ARG_TO | ARG_TEXT)                                               \
	X(STAFF_REJECT, "staff_reject", ARG_NUMBER | ARG_TEXT)                                                 \
	X(STAFF_ESCALATE, "staff_escalate", ARG_NUMBER | ARG_TO | ARG_TEXT)                                    \
	X(STAFF_MERGE, "staff_merge", ARG_NUMBER | ARG_OTHER)                                                  \
	X(ANSWER, "answer", ARG_NUMBER | ARG_TEXT)                                                             \
	X(VOLUNTEER, "volunteer", 0)                                                                           \
	X(STAFF_LIST, "staff_list", 0)                                                                         \
	X(SELFTEST, "selftest", 0)                                                                             \
	X(RESEND, "resend", 0)                                                                                 \
	X(CODE, "code", ARG_CODE)                                                                              \
	X(ACKNOWLEDGE, "acknowledge", ARG_NUMBER | ARG_ALARM)                                                  \
	X(UNKNOWN, "unknown", ARG_NUMBER | ARG_TEXT)

enum intent_kind {
#define X(id, name, args) INTENT_##id,
	INTENTS(X)
#undef X
	    INTENT_COUNT
};

enum intent_arg {
	ARG_PEOPLE = 1 << 0,
	ARG_NUMBER = 1 << 1,
	ARG_OPTION = 1 << 2,
	ARG_DAYS = 1 << 3,
	ARG_RATING = 1 << 4,
	ARG_SCOPE = 1 << 5,
	ARG_VALID = 1 << 6,
	ARG_ANONYMOUS = 1 << 7,
	ARG_CATEGORY = 1 << 8,
	ARG_PLACE = 1 << 9,
	ARG_BUILDING = 1 << 10,
	ARG_UNIT = 1 << 11,
	ARG_ROOM = 1 << 12,
	ARG_TEXT = 1 << 13,
	ARG_NAME = 1 << 14,
	ARG_TOPIC = 1 << 15,
	ARG_CODE = 1 << 16,
	ARG_FOR = 1 << 17,
	ARG_TO = 1 << 18,
	ARG_OTHER = 1 << 19,
	ARG_ALARM = 1 << 20,
};

#define CATEGORIES(X)                                                                                          \
	X(LIGHTING, "lighting")                                                                                \
	X(WATER, "water")                                                                                      \
	X(POWER, "power")                                                                                      \
	X(GAS, "gas")                                                                                          \
	X(SEWAGE, "sewage")                                                                                    \
	X(GARBAGE, "garbage")                                                                                  \
	X(NOISE, "noise")                                                                                      \
	X(PARKING, "parking")                                                                                  \
	X(ELEVATOR, "elevator")                                                                                \
	X(ROAD, "road")                                                                                        \
	X(GREENING, "greening")                                                                                \
	X(SAFETY, "safety")                                                                                    \
	X(PROPERTY, "property")                                                                                \
	X(DISPUTE, "dispute")                                                                                  \
	X(ELDERLY, "elderly")                                                                                  \
	X(PETS, "pets")                                                                                        \
	X(OTHER, "other")

enum category {
#define X(id, name) CATEGORY_##id,
	CATEGORIES(X)
#undef X
	    CATEGORY_COUNT
};

enum rating { RATING_GOOD, RATING_FAIR, RATING_BAD };
enum stop_scope { SCOPE_BROADCASTS, SCOPE_ALL };

#define INTENT_TEXT_MAX  1024 /* bytes of a quoted text; a longer one is cut at a character */
#define INTENT_SHORT_MAX 64
#define INTENTS_PER_TEXT 8

struct intent {
	enum intent_kind kind;
	unsigned has;  /* enum intent_arg bits that are set below */
	char rule[48]; /* name of the rule that matched */
	int people, number, option, days, other;
	enum rating rating;
	enum stop_scope scope;
	bool valid, anonymous, alarm; /* alarm: of a sensor's, C3; no: the word without the letter */
	enum category category;
	char place[INTENT_SHORT_MAX], building[16], unit[16], room[16];
	char name[INTENT_SHORT_MAX], topic[INTENT_SHORT_MAX], code[16], to[INTENT_SHORT_MAX];
	char for_number[E164_MAX];
	char text[INTENT_TEXT_MAX]; /* verbatim words of the sender */
};

struct intents {
	struct intent list[INTENTS_PER_TEXT];
	int count;    /* at least 1: an unread text is one INTENT_UNKNOWN */
	bool english; /* the text is written in English */
};

const char *intent_name(enum intent_kind kind);
int intent_find(const char *name);           /* kind or -1 */
unsigned intent_args(enum intent_kind kind); /* the arguments that it may have, as ARG_ bits */
const char *category_name(enum category c);
int category_find(const char *name);
const char *rating_name(enum rating r);
const char *scope_name(enum stop_scope s);
int rating_find(const char *name); /* -1 when unknown */
int scope_find(const char *name);

/* What the phone was asked last, for a bare answer. */
#define ASKED(X)                                                                                               \
	X(NONE, "")                                                                                            \
	X(INVITATION, "invitation")                                                                            \
	X(POLL, "poll")                                                                                        \
	X(RATING, "rating")                                                                                    \
	X(CODE, "code")                                                                                        \
	X(TEXT, "text")                                                                                        \
	X(CHECKIN, "checkin")                                                                                  \
	X(VERIFY, "verify")

enum asked {
#define X(id, name) ASKED_##id,
	ASKED(X)
#undef X
	    ASKED_COUNT
};
int asked_find(const char *name); /* -1 when unknown */
const char *asked_name(enum asked a);

/* Roles of PARTICIPATION section 2 as bits: a person has any number of them. */
#define ROLES(X)                                                                                               \
	X(RESIDENT, "resident")                                                                                \
	X(VOLUNTEER, "volunteer")                                                                              \
	X(BUILDING_HEAD, "building_head")                                                                      \
	X(GRID_WORKER, "grid_worker")                                                                          \
	X(DEPARTMENT, "department")                                                                            \
	X(EXPERT, "expert")                                                                                    \
	X(DUTY_OFFICER, "duty_officer")                                                                        \
	X(MEDIATOR, "mediator")                                                                                \
	X(INSTALLER, "installer")                                                                              \
	X(SECRETARY, "secretary")

enum role_bit {
#define X(id, name) ROLE_INDEX_##id,
	ROLES(X)
#undef X
	    ROLE_COUNT
};
#define ROLE(id) (1u << ROLE_INDEX_##id)
int role_find(const char *name); /* bit index or -1; Chinese names (网格员) are understood too */
const char *role_name(int index);
