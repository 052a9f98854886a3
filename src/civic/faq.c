#include "civic/faq.h"
#include "base/text.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#define LONG_MAX_CHARS 64

static int characters(const char *s)
{
	int n = 0;
	while (text_next(&s))
		n++;
	return n;
}

/* Pairs of neighbouring characters that both have. */
static int shared_pairs(const char *a, const char *b)
{
	uint32_t x[LONG_MAX_CHARS], y[LONG_MAX_CHARS];
	int n = 0, m = 0, shared = 0;
	for (uint32_t c; n < LONG_MAX_CHARS && (c = text_next(&a));)
		x[n++] = c;
	for (uint32_t c; m < LONG_MAX_CHARS && (c = text_next(&b));)
		y[m++] = c;
	for (int i = 0; i + 1 < n; i++)
		for (int k = 0; k + 1 < m; k++)
			if (x[i] == y[k] && x[i + 1] == y[k + 1]) {
				shared++;
				break;
			}
	return shared;
}

static int score_word(const char *asked, const char *word)
{
	int n = characters(word), m = characters(asked);
	if (!n || !m)
		return 0;
	if (!strcasecmp(asked, word))
		return FAQ_SAME;
	if (n >= 2 && strcasestr(asked, word))
		return FAQ_SURE + n;
	if (m >= 2 && strcasestr(word, asked))
		return FAQ_SURE / 2 + m;
	return shared_pairs(asked, word);
}

int faq_score(const char *asked, const char *topic, const char *words)
{
	int best = score_word(asked, topic);
	char one[FAQ_TOPIC_MAX];
	while (*words) {
		size_t n = strcspn(words, " ");
		if (n && n < sizeof one) {
			memcpy(one, words, n);
			one[n] = 0;
			int s = score_word(asked, one);
			best = s > best ? s : best;
		}
		words += n + (words[n] == ' ');
	}
	return best;
}
