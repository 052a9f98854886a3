/* One rule as its file says it, with its patterns compiled, and the set of all of them. Inside this folder
 * only; README.md has the format of *.rules files. */
#pragma once

#include "rules/intent.h"
#include "rules/normalize.h"
#include "rules/pattern.h"

#define RULE_PATTERNS 12
#define RULE_UNLESS   4
#define RULES_MAX     600

#define PRIORITY_UNREAD 5 /* rules below it are tried after the complaints, on what nobody has read */

/* Below it, what no call for help has taken is weighed by the words of danger. From it up every text is held against
 * every rule, which is three fifths of all matching: these have machine code. */
#define PRIORITY_DANGER 945

/* Four kinds that are no intents: where an address stands, words that mean nothing here and hide from others, where
 * the numbers of an order stand, and words that tell of what is not here and now (over, feared, taught, a joke): no
 * call for help is heard in them. */
enum { RULE_ADDRESS = INTENT_COUNT, RULE_NOTHING, RULE_CALM, RULE_ORDER };

/* Is the rule read in the report of an order, whose numbers were taken out? orders.c */
enum rule_report { REPORT_NO, REPORT_YES, REPORT_ONLY };

enum rule_negations { NEGATIONS_ANY, NEGATIONS_ODD, NEGATIONS_EVEN };
enum rule_scope { SCOPE_TEXT, SCOPE_CLAUSE };
enum rule_consume { CONSUME_CLAUSE, CONSUME_MATCH, CONSUME_TOPIC, CONSUME_TEXT, CONSUME_NONE };

struct sample {
	char *text; /* owned, verbatim */
	char *args; /* owned, "number=23 valid=no" or NULL */
	enum asked asked;
	unsigned roles;
	bool not ; /* the rule must not fire */
	int line;
};

struct rule {
	char name[48];
	int kind; /* enum intent_kind, RULE_ADDRESS or RULE_NOTHING */
	int priority, order;
	enum rule_scope scope;
	enum rule_consume consume;
	int match;      /* enum pattern_match */
	bool first;     /* only at the beginning of a topic */
	bool lead;      /* only in the first topic of the text */
	bool many;      /* may match again in what is left of the clause or text */
	bool shadow;    /* the rest of the topic is no complaint */
	int negations;  /* enum rule_negations: how many words of that list the clauses may hold */
	int report;     /* enum rule_report */
	bool quotes;    /* a pattern has a group `text`: without it there is none, as in a bare "4" */
	bool forced;    /* a complaint whose words follow the match */
	unsigned asked; /* bits 1 << enum asked */
	unsigned roles; /* sender needs one of these, 0 = any */
	unsigned not_roles;
	struct intent *set; /* owned, fixed arguments; NULL: none */
	struct pattern *pattern[RULE_PATTERNS];
	int patterns;
	struct pattern *unless[RULE_UNLESS];
	int unlesses;
	struct sample *samples; /* owned */
	int sample_count;
	char file[64];
	int line;
};

struct rules {
	struct tables tables;
	struct words words;
	struct rule *list; /* by priority */
	int count;
	struct define *defines; /* while loading */
	int define_count;
	struct matcher *matcher;
	bool jit; /* no machine code was refused */
	int connectors, joints, unconnectors, places, troubles, settled, anonymous, fillers, politeness, known,
	    negations, unnegations, remarks, courtesies, consequences, firsts, seconds; /* lists */
	int persons, near, surnames, name_titles, name_heads, pairs, along, joins, totals, corrections, fewer,
	    more, not_heads, instead, one_word; /* lists of heads.c */
};
