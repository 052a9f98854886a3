/* Plain answers that the secretary keeps: which of them a question means. Pure. */
#pragma once

#include <stddef.h>

#define FAQ_TOPIC_MAX  64  /* bytes with NUL */
#define FAQ_WORDS_MAX  256 /* other words for it */
#define FAQ_TEXT_MAX   640 /* bytes of one answer; two segments are measured beside it */
#define FAQ_TOPICS_MAX 500

#define FAQ_SAME 1000 /* the very topic or one of its other words */
#define FAQ_SURE 100  /* from here on it is an answer, below it only may be one */

/* How well an entry fits what was asked: 0 not at all. `asked` is the thing that the question names, or the whole question;
 * `words` are blank-separated. The longer the shared word, the more. */
int faq_score(const char *asked, const char *topic, const char *words);
