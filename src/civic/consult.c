#include "civic/consult.h"
#include "base/text.h"

#include <string.h>
#include <strings.h>

static const struct {
	const char *name, *words;
} topics[CONSULT_TOPIC_COUNT] = {
#define X(id, name, words) [CONSULT_##id] = {name, words},
    CONSULT_TOPICS(X)
#undef X
};

const char *consult_topic_name(enum consult_topic t)
{
	return topics[t].name;
}

static bool letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Latin letters make words of their own: Lawrence is no lawyer. */
static bool holds(const char *words, const char *one)
{
	size_t n = strlen(one);
	for (const char *p = words; (p = strcasestr(p, one)); p++)
		if (!letter(*one) || ((p == words || !letter(p[-1])) && !letter(p[n])))
			return true;
	return false;
}

static bool names(const char *words, const char *list)
{
	char one[32];
	while (*list) {
		size_t n = strcspn(list, " ");
		if (n < sizeof one) {
			memcpy(one, list, n);
			one[n] = 0;
			if (holds(words, one))
				return true;
		}
		list += n + (list[n] == ' ');
	}
	return false;
}

unsigned consult_topics(const char *words)
{
	unsigned bits = 0;
	for (int i = 0; i < CONSULT_TOPIC_COUNT; i++)
		if (names(words, topics[i].words))
			bits |= 1u << i;
	return bits;
}

int consult_topic_find(const char *words)
{
	unsigned bits = consult_topics(words);
	for (int i = 0; i < CONSULT_TOPIC_COUNT; i++)
		if (bits >> i & 1)
			return i;
	return -1;
}

/* What our own words are told apart by. */
static uint32_t tame(uint32_t c)
{
	static const uint32_t pairs[][2] = {
	    {0x3010, '('}, {0x3011, ')'},  {0x3016, '('},  {0x3017, ')'},  {0x201C, '\''}, {0x201D, '\''},
	    {'"', '\''},   {0x300C, '\''}, {0x300D, '\''}, {'[', '('},     {']', ')'},     {0xFF3B, '('},
	    {0xFF3D, ')'}, {0x3014, '('},  {0x3015, ')'},  {0xFF02, '\''},
	};
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
		if (pairs[i][0] == c)
			return pairs[i][1];
	return c < ' ' || c == 0x2028 || c == 0x2029 ? ' ' : c;
}

char *consult_relay(const char *words, char *out, size_t size)
{
	static const char cut[] = "…";
	size_t n = 0;
	int chars = 0;
	bool blank = true; /* none at the beginning, and never two */
	for (uint32_t c; (c = text_next(&words));) {
		c = tame(c);
		if (c == ' ' && blank)
			continue;
		blank = c == ' ';
		char one[4];
		size_t k = text_put(one, c);
		if (++chars > CONSULT_RELAY_MAX || n + k + sizeof cut > size) {
			memcpy(out + n, cut, sizeof cut);
			return out;
		}
		memcpy(out + n, one, k);
		n += k;
	}
	while (n && out[n - 1] == ' ')
		n--;
	out[n] = 0;
	return out;
}
