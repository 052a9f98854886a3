/* One text while it is being read: the normalised copy cut into clauses, what took each of them, and the
 * intents found so far. Inside this folder only. */
#pragma once

#include "rules/rule.h"
#include "rules/rules.h"

#define CLAUSES_MAX  96
#define CUT_MAX      64 /* clauses cut from a text; what comes after the last is one clause */
#define MENTIONS_MAX 16

enum clause_state {
	CLAUSE_FREE,
	CLAUSE_USED,
	CLAUSE_FORCED, /* waits for the complaint stage, where it counts whatever its words are */
};

struct clause {
	int a, b;   /* bytes of the normalised text, without blanks and signs around */
	int topic;  /* 另外, 还有 … begin the next */
	bool first; /* of its topic */
	bool fresh; /* a sentence begins with it */
	bool calm;  /* what it tells of is not here and now: no call for help */
	bool quiet; /* … and nobody is asked to do anything about it: no complaint */
	enum clause_state state;
	int rule; /* index of the rule that took or forced it, -1 none */
};

struct mention {
	int a, b;
	char building[16], unit[16], room[16];
};

struct found {
	struct intent in;
	int a, b; /* bytes of the normalised text that it was read from */
	int topic;
};

#define FOUND_MAX 24

struct reading {
	const struct rules *rules;
	const char *verbatim;
	struct normal normal;
	struct rules_context ctx;
	struct clause clauses[CLAUSES_MAX];
	int clause_count;
	bool shadow[CLAUSES_MAX + 1]; /* by topic */
	struct mention mentions[MENTIONS_MAX];
	int mention_count;
	struct found found[FOUND_MAX];
	int found_count;
	bool fired[RULES_MAX]; /* by index of the rule */
	bool report;           /* the report of an order: only the rules for it are tried */
};

/* clauses.c */
void clauses_cut(struct reading *rd);
/* Takes bytes [a, b) out of clause i; what is left and right of it stays as clauses of their own. */
void clauses_take(struct reading *rd, int i, int a, int b, int rule);
/* Narrows [*a, *b) to its words: no blanks, signs or joining words around. */
void clauses_trim(const struct reading *rd, int *a, int *b);

/* orders.c */
/* Reads the report of an order, the words `before` and `after` its numbers, and adds what it says for each of them;
 * `after` shrinks to what was understood (12号任务我接 of 12号任务我接，周五也参加). False: nothing was, and nothing added. */
bool orders_read(struct reading *rd, struct span before, struct span numbers, struct span *after, int topic);

/* heads.c: how many come, by the clauses around each `attend`. */
void heads_find(struct reading *rd);

/* address.c */
void address_find(struct reading *rd);
/* Fills what is missing of building, unit and room from the mention that belongs to [a, b): inside, else the
 * last before, else the first after. */
void address_give(const struct reading *rd, int a, int b, struct intent *in);
/* Is [a, b) nothing but an address and words around one (都在, 我住)? */
bool address_only(const struct reading *rd, int a, int b);

/* danger.c */
/* What the words of danger weigh together, in the free clauses of each topic that are not calm; enough is a call. */
void danger_find(struct reading *rd);

/* complaints.c */
void complaints_find(struct reading *rd);
void complaints_describe(const struct reading *rd, int a, int b,
			 struct intent *in); /* category, place, anonymous */

/* Does [a, b) tell of a thing of a certain category with which something is wrong? Does it tell that all is well again? */
bool complaints_trouble(const struct reading *rd, int a, int b);
bool complaints_settled(const struct reading *rd, int a, int b);
/* Is [a, b) a trouble of a certain category at an address of its own? */
bool complaints_own_matter(const struct reading *rd, int a, int b);

/* read.c */
void reading_open(struct reading *rd, const struct rules *r, const char *text, const struct rules_context *ctx);
void reading_run(struct reading *rd);
void reading_close(struct reading *rd);
struct found *reading_add(struct reading *rd, enum intent_kind kind, const char *rule, int a, int b, int topic);
/* The verbatim words of bytes [a, b) of the normalised text. */
void reading_quote(const struct reading *rd, int a, int b, char *out, size_t size);
