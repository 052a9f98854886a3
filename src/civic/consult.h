/* Consultations: what about, and how words are passed on between people who do not learn each other's number. Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* X(identifier, "word in the database", words by which it is recognised in names, texts and lists) */
#define CONSULT_TOPICS(X)                                                                                      \
	X(LAW, "law", "律师 法律 律所 法务 司法 lawyer legal attorney law")                                    \
	X(HEALTH, "health", "医生 大夫 健康 医师 看病 护士 药师 doctor health medical physician nurse")

enum consult_topic {
#define X(id, name, words) CONSULT_##id,
	CONSULT_TOPICS(X)
#undef X
	    CONSULT_TOPIC_COUNT
};
const char *consult_topic_name(enum consult_topic t);
/* "law", "律师", "张律师", "Dr. Wang, family doctor" → the topic, −1: none is named. */
int consult_topic_find(const char *words);
/* All topics that are named, as bits 1 << topic. */
unsigned consult_topics(const char *words);

#define CONSULT_RELAY_MAX 300 /* characters of one text that are passed on */
#define CONSULT_LINES_DAY                                                                                      \
	20 /* texts of one side of a consultation within a day; further ones are for the desk */
#define CONSULT_LATE_S    (3 * 86400) /* so long after its end an answer is still passed on */
#define CONSULT_IDLE_S    (7 * 86400) /* answered and silent for so long it has ended */
#define CONSULT_WORKDAY_S (8 * 3600)  /* of working hours; unanswered for so long it goes to the next */

/* Somebody's words as they are passed on: one line, without the brackets and quotation marks by which our own words are
 * told apart, cut to CONSULT_RELAY_MAX characters with "…". Digits stay as they are. `size` ≥ 4. Returns out. */
char *consult_relay(const char *words, char *out, size_t size);
