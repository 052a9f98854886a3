#include "civic/alike.h"
#include "base/mem.h"
#include "base/text.h"
#include "civic/indoors.h"

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

/* What strikes many at once, and the words for it. Neighbours of one building who each tell it in other words
 * tell one event. */
enum event { EVENT_OUTAGE = 1, EVENT_LEAK = 2 };
static const struct {
	enum event event;
	const char *words[40];
} events[] = {
    /* Nothing comes out of the pipe or the wire: that is never one flat alone. */
    {EVENT_OUTAGE,
     {"停水", "停电", "停气", "断水", "断电", "断气", "没水", "没电", "没气", "没有水", "没有电", "没有气",
      "没得水", "没得电", "跳闸", "no water", "no power", "no electricity", "no gas"}},
    /* Water where none should be. */
    {EVENT_LEAK,
     {"漏",   "渗",   "爆",   "裂",     "崩",   "破了", "断了",  "淹",   "喷",    "淌",   "涌",
      "流到", "流得", "流下", "流出",   "直流", "流成", "哗哗",  "跑水", "冒水",  "满水", "是水",
      "大水", "进水", "水漫", "往下滴", "滋水", "噴",   "burst", "leak", "flood", "gush", "pouring"}},
};

static int events_of(const char *text)
{
	int found = 0;
	for (size_t i = 0; i < ARRAY_LEN(events); i++)
		for (const char *const *w = events[i].words; *w; w++)
			if (strcasestr(text, *w))
				found |= (int)events[i].event;
	return found;
}

/* Says nothing by itself: numbers of houses, and the small change of speech. */
static bool empty_char(uint32_t c)
{
	static const char *const chars =
	    "栋幢号楼单元层室的了我你他们是在有没里这那都也又就还很啊吧呢么个不到来去";
	char utf8[5] = "";
	if (c < 0x2E80)
		return true;
	text_put(utf8, c);
	return strstr(chars, utf8) != NULL;
}

/* Two characters in a row that both texts have and that mean something: 水管, 污水. */
static bool shared_word(const char *a, const char *b)
{
	uint32_t x[CHARS_MAX], y[CHARS_MAX];
	int n = letters(a, x), m = letters(b, y);
	for (int i = 0; i + 1 < n; i++)
		for (int j = 0; j + 1 < m && !empty_char(x[i]) && !empty_char(x[i + 1]); j++)
			if (x[i] == y[j] && x[i + 1] == y[j + 1])
				return true;
	return false;
}

static bool wet(enum category c)
{
	return c == CATEGORY_WATER || c == CATEGORY_SEWAGE;
}

/* Neighbours of one building who see the same water or sit in the same dark, each in other words. */
static bool same_event(const struct alike_new *n, const struct matter_fact *m, int64_t now, int common)
{
	return (spreads(n->category) || wet(n->category)) && same(m->building, n->building) &&
	       now - m->opened_utc < SPREAD_S && (common || shared_word(n->text, m->text));
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
	int ours = events_of(n->text), theirs = events_of(m->text);
	bool leak = wet(n->category) && (ours | theirs) & EVENT_LEAK;
	bool flat = !(ours & theirs & EVENT_OUTAGE) && (indoors(n->text) || indoors(m->text));
	if (leak && (flat || (ours && theirs && !(ours & theirs)))) /* one kitchen; a flood and a dry tap */
		return 0;
	if (!flat && same_event(n, m, now, ours & theirs))
		return 100 + words;
	if (differ(m->building, n->building))
		return spreads(n->category) && !leak && now - m->opened_utc < SPREAD_S && words >= 30
			   ? 40 + words
			   : 0;
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
