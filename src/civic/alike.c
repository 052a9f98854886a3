#include "civic/alike.h"
#include "base/text.h"

#include <string.h>

#define CHARS_MAX 200
#define OWN_DAYS  7             /* further words of the same sender about his own case */
#define SPREAD_S  (12 * HOUR_S) /* a whole estate without water says so within hours */

static int letters(const char *s, uint32_t *ret)
{
	int n = 0;
	for (uint32_t c; n < CHARS_MAX && (c = text_next(&s));) {
		bool punctuation = c <= 0x2F || (c >= 0x3A && c <= 0x40) || (c >= 0x2000 && c <= 0x206F) ||
				   (c >= 0x3000 && c <= 0x303F) || (c >= 0xFF00 && c <= 0xFF0F) ||
				   (c >= 0xFF1A && c <= 0xFF20);
		if (!punctuation)
			ret[n++] = c >= 'A' && c <= 'Z' ? c + 32 : c;
	}
	return n;
}

int alike_words(const char *a, const char *b)
{
	uint32_t x[CHARS_MAX], y[CHARS_MAX];
	int n = letters(a, x), m = letters(b, y), common = 0;
	bool used[CHARS_MAX] = {false};
	if (n < 2 || m < 2)
		return n == m && n > 0 && x[0] == y[0] ? 100 : 0;
	for (int i = 0; i + 1 < n; i++)
		for (int j = 0; j + 1 < m; j++)
			if (!used[j] && x[i] == y[j] && x[i + 1] == y[j + 1]) {
				used[j] = true;
				common++;
				break;
			}
	return 200 * common / (n - 1 + m - 1);
}

static bool differ(const char *a, const char *b)
{
	return *a && *b && strcmp(a, b) != 0;
}

static bool same(const char *a, const char *b)
{
	return *a && strcmp(a, b) == 0;
}

/* What fails in a whole estate at once. */
static bool spreads(enum category c)
{
	return c == CATEGORY_WATER || c == CATEGORY_POWER || c == CATEGORY_GAS;
}

/* 0: another matter; else how sure. */
static int score(const struct alike_new *n, const struct matter_fact *m, int64_t now)
{
	if (m->private || m->proposal || m->category != n->category || differ(m->grid, n->grid))
		return 0;
	int words = alike_words(n->text, m->text);
	/* A sender who says it again within days means his own case, unless he names another place. */
	if (m->mine && now - m->opened_utc < OWN_DAYS * DAY_S &&
	    !(n->place_told && (differ(m->building, n->building) || differ(m->unit, n->unit))))
		return n->category == CATEGORY_OTHER && words < 30 ? 0 : 200 + words;
	if (differ(m->building, n->building))
		return spreads(n->category) && now - m->opened_utc < SPREAD_S && words >= 30 ? 40 + words : 0;
	if (differ(m->unit, n->unit))
		return 0;
	if (differ(m->place, n->place) && !strstr(m->place, n->place) && !strstr(n->place, m->place))
		return words >= 70 ? 50 + words : 0;
	if (n->category == CATEGORY_OTHER || n->category == CATEGORY_DISPUTE)
		return words >= 60 ? 50 + words : 0;
	if (same(m->building, n->building))
		return words >= 20 || same(m->place, n->place) ? 100 + words : 0;
	if (same(m->place, n->place) && words >= 25)
		return 60 + words;
	return words >= 60 ? 50 + words : 0;
}

const struct matter_fact *alike_find(const struct alike_new *n, const struct matter_fact *open, int count,
				     int64_t now)
{
	const struct matter_fact *best = NULL;
	int most = 0;
	for (int i = 0; i < count; i++) {
		int sc = score(n, &open[i], now);
		if (sc > most) {
			most = sc;
			best = &open[i];
		}
	}
	return best;
}
