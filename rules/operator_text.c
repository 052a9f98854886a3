#include "rules/operator_text.h"
#include "rules/pattern.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define LINES_MAX   64
#define SENDERS_MAX 32
#define AMOUNT_MAX  1000000000 /* cents; a larger one is no credit */

enum line_kind { AMOUNT, DEBT, OUT, LOW, PAID, IDENTITY, DATA, PLAN, EXPIRES, LINE_KINDS };
static const char *const kind_names[LINE_KINDS] = {"amount",   "debt", "out",  "low",    "paid",
						   "identity", "data", "plan", "expires"};

struct operator_texts {
	struct {
		enum line_kind kind;
		struct pattern *pattern; /* owned */
	} line[LINES_MAX];
	int lines;
	char sender[SENDERS_MAX][16];
	int senders;
	struct {
		char *text; /* owned */
		int line;
	} * sample;
	int samples;
	struct matcher *matcher;
};

/* ------------------------------------------------------------------------------------------------ reading */

static bool is_blank(uint32_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == 0x3000 || c == 0xA0;
}

/* Returns the length. */
static int prepare(const char *text, char out[OPERATOR_TEXT_MAX])
{
	size_t n = 0;
	bool blank = false;
	uint32_t c;
	while ((c = text_next(&text)) && n + 5 < OPERATOR_TEXT_MAX) {
		if (is_blank(c)) {
			blank = n > 0;
			continue;
		}
		if (c >= 0xFF01 && c <= 0xFF5E && c != 0xFFE5)
			c -= 0xFEE0;
		if (c == 0x2212 || c == 0x2013)
			c = '-';
		if (blank)
			out[n++] = ' ';
		blank = false;
		n += text_put(out + n, c);
	}
	out[n] = 0;
	return (int)n;
}

/* "1,234.5" → 123450; "12,30" → 1230 (a comma before two last digits, and no point). −EINVAL. */
static int cents(const char *s, int n, int64_t *ret)
{
	int64_t v = 0;
	int decimals = -1;
	bool minus = n > 0 && s[0] == '-', point = memchr(s, '.', (size_t)n) != NULL;
	for (int i = minus; i < n; i++) {
		if (s[i] == '.' || (s[i] == ',' && !point && n - i == 3)) {
			if (decimals >= 0)
				return -EINVAL;
			decimals = 0;
		} else if (s[i] >= '0' && s[i] <= '9') {
			if (decimals >= 2)
				continue;
			v = v * 10 + (s[i] - '0');
			decimals += decimals >= 0;
		} else if (s[i] != ',')
			return -EINVAL;
		if (v > AMOUNT_MAX)
			return -EINVAL;
	}
	for (; decimals < 2; decimals = decimals < 0 ? 1 : decimals + 1)
		v *= 10;
	*ret = minus ? -v : v;
	return 0;
}

static bool read_amount(const struct pattern *p, struct matcher *m, const char *text, int len, int64_t *ret)
{
	struct span all;
	if (!pattern_match(p, m, text, len, 0, &all))
		return false;
	struct span a = pattern_group(p, m, "amount");
	return a.a >= 0 && cents(text + a.a, a.b - a.a, ret) == 0;
}

static int number(const struct pattern *p, struct matcher *m, const char *text, const char *name)
{
	struct span s = pattern_group(p, m, name);
	int v = 0;
	for (int i = s.a; s.a >= 0 && i < s.b && i < s.a + 4; i++)
		v = v * 10 + (text[i] - '0');
	return v;
}

static bool *flag_of(struct operator_news *n, enum line_kind kind)
{
	return kind == OUT        ? &n->out
	       : kind == LOW      ? &n->low
	       : kind == PAID     ? &n->paid
	       : kind == IDENTITY ? &n->identity
	       : kind == DATA     ? &n->data
				  : &n->plan;
}

static void read_line(const struct operator_texts *t, int i, const char *text, int len,
		      struct operator_news *ret)
{
	const struct pattern *p = t->line[i].pattern;
	struct span all;
	int64_t v;
	switch (t->line[i].kind) {
	case AMOUNT:
	case DEBT:
		if (!ret->has_amount && read_amount(p, t->matcher, text, len, &v)) {
			ret->has_amount = true;
			ret->amount_cents = t->line[i].kind == DEBT ? -v : v;
		}
		break;
	case OUT:
	case LOW:
	case PAID:
	case IDENTITY:
	case DATA:
	case PLAN:
		*flag_of(ret, t->line[i].kind) |= pattern_match(p, t->matcher, text, len, 0, &all);
		break;
	case EXPIRES:
		if (ret->year || !pattern_match(p, t->matcher, text, len, 0, &all))
			break;
		ret->year = number(p, t->matcher, text, "year");
		ret->month = number(p, t->matcher, text, "month");
		ret->day = number(p, t->matcher, text, "day");
		if (ret->month < 1 || ret->month > 12 || ret->day > 31)
			ret->year = 0;
		break;
	case LINE_KINDS:
		break;
	}
}

/* Our patterns capture by name alone; people write one plain group. */
static int compile_own(const char *own, struct pattern **ret, struct err *e)
{
	cleanup_buf struct buf b = {0};
	bool in_class = false, named = strstr(own, "(?<amount>") != NULL;
	for (const char *p = own; *p; p++) {
		if (*p == '\\' && p[1])
			buf_addc(&b, *p++);
		else if (*p == '[' || *p == ']')
			in_class = *p == '[';
		else if (*p == '(' && !in_class && !named && p[1] != '?' && p[1] != '*') {
			buf_adds(&b, "(?<amount>");
			named = true;
			continue;
		}
		buf_addc(&b, *p);
	}
	if (!named)
		return err_set(e, "", 0, "balance_pattern has no group ( ) around the amount");
	return pattern_compile(buf_str(&b), MATCH_FIND, ret, "", 0, e);
}

int operator_pattern_check(const char *own, struct err *e)
{
	struct pattern *p = NULL;
	int r = compile_own(own, &p, e);
	pattern_free(p);
	return r ? -EINVAL : 0;
}

bool operator_text_read(const struct operator_texts *t, const char *text, const char *own,
			struct operator_news *ret)
{
	char plain[OPERATOR_TEXT_MAX];
	int len = prepare(text, plain);
	struct operator_news news = {.has_amount = false};
	struct pattern *p = NULL;
	struct err e = {0};
	if (own && compile_own(own, &p, &e) == 0)
		news.has_amount = read_amount(p, t->matcher, plain, len, &news.amount_cents);
	pattern_free(p);
	for (int i = 0; i < t->lines; i++)
		read_line(t, i, plain, len, &news);
	*ret = news;
	return news.has_amount || news.out || news.low || news.paid || news.identity || news.data ||
	       news.plan || news.year;
}

bool operator_texts_sender(const struct operator_texts *t, const char *number)
{
	for (int i = 0; i < t->senders; i++)
		if (!strcmp(t->sender[i], number))
			return true;
	return false;
}

/* ------------------------------------------------------------------------------------------------ loading */

static int add_senders(struct operator_texts *t, char *list, const char *path, int line, struct err *e)
{
	char *save = NULL;
	for (char *p = strtok_r(list, " \t", &save); p; p = strtok_r(NULL, " \t", &save)) {
		if (t->senders == SENDERS_MAX || strlen(p) >= sizeof t->sender[0] ||
		    strspn(p, "+0123456789") != strlen(p))
			return err_set(e, path, line, "'%.20s' is no number, or there are more than %d", p,
				       SENDERS_MAX);
		text_copy(t->sender[t->senders++], sizeof t->sender[0], p);
	}
	return 0;
}

static bool has_group(const struct pattern *p, const char *name)
{
	const char *names[PATTERN_GROUPS];
	int n = pattern_names(p, names, PATTERN_GROUPS);
	for (int i = 0; i < n; i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

static int add_pattern(struct operator_texts *t, enum line_kind kind, const char *text, const char *path,
		       int line, struct err *e)
{
	if (t->lines == LINES_MAX)
		return err_set(e, path, line, "more than %d patterns", LINES_MAX);
	struct pattern *p = NULL;
	int r = pattern_compile(text, MATCH_FIND, &p, path, line, e);
	if (r)
		return r;
	t->line[t->lines].kind = kind;
	t->line[t->lines++].pattern = p;
	if ((kind == AMOUNT || kind == DEBT) && !has_group(p, "amount"))
		return err_set(e, path, line, "the pattern lacks (?<amount>…)");
	if (kind == EXPIRES && (!has_group(p, "year") || !has_group(p, "month")))
		return err_set(e, path, line, "the pattern lacks (?<year>…) or (?<month>…)");
	return 0;
}

static void add_sample(struct operator_texts *t, const char *text, int line)
{
	t->sample = mem_resize(t->sample, (size_t)t->samples + 1, sizeof *t->sample);
	t->sample[t->samples].text = mem_dup(text);
	t->sample[t->samples++].line = line;
}

static int take_line(struct operator_texts *t, char *line, const char *path, int n, struct err *e)
{
	line += strspn(line, " \t");
	size_t len = strlen(line);
	while (len && strchr(" \t\r", line[len - 1]))
		line[--len] = 0;
	if (!*line || *line == '#')
		return 0;
	char *value = strchr(line, ':');
	if (!value || !text_valid(line, len))
		return err_set(e, path, n, "expected `key: value` or # comment, in UTF-8");
	*value++ = 0;
	value += strspn(value, " \t");
	if (!strcmp(line, "sender"))
		return add_senders(t, value, path, n, e);
	if (!strcmp(line, "sample")) {
		if (!strstr(value, " => "))
			return err_set(e, path, n, "a sample is TEXT => what it tells");
		add_sample(t, value, n);
		return 0;
	}
	for (int k = 0; k < LINE_KINDS; k++)
		if (!strcmp(line, kind_names[k]))
			return add_pattern(t, (enum line_kind)k, value, path, n, e);
	return err_set(e, path, n,
		       "'%.20s' is none of sender amount debt out low paid identity data plan expires sample",
		       line);
}

int operator_texts_parse(const char *text, const char *path, struct operator_texts **ret, struct err *e)
{
	struct operator_texts *t = mem_alloc(sizeof *t);
	cleanup_free char *copy = mem_dup(text);
	int r = 0, n = 0;
	t->matcher = matcher_new();
	for (char *p = copy, *next; p && r == 0; p = next) {
		next = strchr(p, '\n');
		if (next)
			*next++ = 0;
		r = take_line(t, p, path, ++n, e);
	}
	if (r) {
		operator_texts_free(t);
		return -EINVAL;
	}
	*ret = t;
	return 0;
}

int operator_texts_load(const char *data_dir, struct operator_texts **ret, struct err *e)
{
	cleanup_free char *path = mem_printf("%s/rules/operator.patterns", data_dir);
	cleanup_buf struct buf text = {0};
	int r = file_read(path, FILE_TEXT_MAX, &text, e);
	return r ? r : operator_texts_parse(buf_str(&text), path, ret, e);
}

void operator_texts_free(struct operator_texts *t)
{
	if (!t)
		return;
	for (int i = 0; i < t->lines; i++)
		pattern_free(t->line[i].pattern);
	for (int i = 0; i < t->samples; i++)
		free(t->sample[i].text);
	free(t->sample);
	matcher_free(t->matcher);
	free(t);
}

/* ------------------------------------------------------------------------------------------------ samples */

/* What is told by a word alone. */
static const enum line_kind words[] = {OUT, LOW, PAID, IDENTITY, DATA, PLAN};

static void describe(const struct operator_news *n, struct buf *out)
{
	struct operator_news copy = *n;
	if (n->has_amount)
		buf_addf(out, "amount=%s%lld.%02d ", n->amount_cents < 0 ? "-" : "",
			 (long long)(n->amount_cents < 0 ? -n->amount_cents : n->amount_cents) / 100,
			 (int)((n->amount_cents < 0 ? -n->amount_cents : n->amount_cents) % 100));
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (*flag_of(&copy, words[i]))
			buf_addf(out, "%s ", kind_names[words[i]]);
	if (n->year)
		buf_addf(out, "expires=%04d-%02d-%02d ", n->year, n->month, n->day);
}

/* One word of what a sample wants. */
static bool told(const struct operator_news *n, const char *word)
{
	int64_t v;
	if (!strncmp(word, "amount=", 7))
		return n->has_amount && cents(word + 7, (int)strlen(word + 7), &v) == 0 && v == n->amount_cents;
	if (!strncmp(word, "expires=", 8)) {
		char date[32];
		snprintf(date, sizeof date, "%04d-%02d-%02d", n->year, n->month, n->day);
		return n->year && !strcmp(date, word + 8);
	}
	struct operator_news copy = *n;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (!strcmp(word, kind_names[words[i]]))
			return *flag_of(&copy, words[i]);
	return false;
}

static bool sample_right(const struct operator_news *n, const char *want)
{
	char copy[160], *save = NULL;
	int wanted = 0, have = n->has_amount + (n->year != 0);
	struct operator_news flags = *n;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		have += *flag_of(&flags, words[i]);
	if (!strcmp(want, "nothing"))
		return have == 0;
	text_copy(copy, sizeof copy, want);
	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save), wanted++)
		if (!told(n, w))
			return false;
	return wanted == have;
}

int operator_texts_check(const struct operator_texts *t,
			 void (*wrong)(void *arg, int line, const char *sentence), void *arg, int *ret_samples)
{
	int bad = 0;
	for (int i = 0; i < t->samples; i++) {
		cleanup_free char *text = mem_dup(t->sample[i].text);
		char *want = strstr(text, " => ");
		struct operator_news n = {.has_amount = false};
		*want = 0;
		operator_text_read(t, text, NULL, &n);
		if (sample_right(&n, want + 4))
			continue;
		cleanup_buf struct buf got = {0};
		describe(&n, &got);
		cleanup_free char *sentence =
		    mem_printf(_("reads '%s' as: %s"), text, got.len ? buf_str(&got) : _("nothing"));
		bad++;
		if (wrong)
			wrong(arg, t->sample[i].line, sentence);
	}
	*ret_samples = t->samples;
	return bad;
}
