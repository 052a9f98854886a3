/* Facts of points, consultations and plain answers (facts.h). */
#pragma once

#include "civic/consult.h"
#include "civic/faq.h"

#include <stdbool.h>
#include <stdint.h>

#define POINTS_OWNERS 4 /* people behind one phone */
#define FAQ_NEAR      3

struct points_fact {
	int owners; /* registered people behind this phone; 0: nobody */
	struct {
		char name[64];
		int64_t balance, month;
	} list[POINTS_OWNERS];
	char items[240]; /* of a phone of one: "11月20日开会+2 11月18日任务+3", the youngest first */
};

/* A consultation, as the sender stands to it. */
struct consult_fact {
	int number; /* 0: none */
	enum consult_topic topic;
	bool mine;  /* the sender asked it */
	bool asked; /* the sender is an expert whom it was passed to, or the secretary */
	bool open;  /* … else it has ended; */
	bool late;  /* answered, and not long ago: more is still passed on */
	bool answered;
	bool with_expert; /* it lies with one, and not at the desk */
	bool deaf;        /* who asked takes no texts from us any more */
	int choices; /* found by the words of an expert without a number: 1 it is the only one, 2 there are several */
	int lines; /* of the sender's side within a day */
};

struct faq_fact {
	bool found;
	char topic[FAQ_TOPIC_MAX], text[FAQ_TEXT_MAX];
	int64_t changed_utc;
	char near[FAQ_NEAR *
		  (FAQ_TOPIC_MAX + 4)]; /* "医保、社保、低保": what comes nearest, else some of what there is */
};

struct civics_fact {
	struct points_fact points;
	struct consult_fact consult; /* the one with the intent's number, else the sender's open one */
	int experts;                 /* of the topic that is asked about */
	struct faq_fact faq;
};
