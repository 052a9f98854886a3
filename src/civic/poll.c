#include "civic/poll.h"
#include "base/mem.h"
#include "base/text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define REMIND_LEAST_S HOUR_S /* between the question and its reminder, and between that and the close */

/* Looked for at the beginning of an option, the longer before what it begins with. */
static const struct {
	const char *word;
	enum poll_stance stance;
} stances[] = {
    {"赞成", STANCE_FOR},         {"同意", STANCE_FOR},        {"支持", STANCE_FOR},
    {"for", STANCE_FOR},          {"yes", STANCE_FOR},         {"agree", STANCE_FOR},
    {"反对", STANCE_AGAINST},     {"不同意", STANCE_AGAINST},  {"不赞成", STANCE_AGAINST},
    {"不支持", STANCE_AGAINST},   {"against", STANCE_AGAINST}, {"no", STANCE_AGAINST},
    {"disagree", STANCE_AGAINST}, {"弃权", STANCE_ABSTAIN},    {"abstain", STANCE_ABSTAIN},
};

/* Lower case ASCII, full-width forms as ASCII, and neither blanks nor punctuation. */
static void plain(const char *text, char *out, size_t size)
{
	size_t n = 0;
	for (uint32_t c; (c = text_next(&text)) && n + 5 < size;) {
		if (c >= 0xFF01 && c <= 0xFF5E)
			c = c - 0xFF01 + '!';
		if (c < 0x80 ? !isalnum((int)c) : (c >= 0x2000 && c <= 0x206F) || (c >= 0x3000 && c <= 0x303F))
			continue;
		n += text_put(out + n, c < 0x80 ? (uint32_t)tolower((int)c) : c);
	}
	out[n] = 0;
}

/* An English word ends where it ends: "no" does not begin "north". */
static bool begins(const char *text, const char *word)
{
	size_t n = strlen(word);
	return !strncmp(text, word, n) && !((word[0] & 0x80) == 0 && isalpha((unsigned char)text[n]));
}

static enum poll_stance stance_of(const char *option)
{
	char text[POLL_OPTION_MAX + 8];
	plain(option, text, sizeof text);
	for (size_t i = 0; i < ARRAY_LEN(stances); i++)
		if (begins(text, stances[i].word))
			return stances[i].stance;
	return STANCE_NONE;
}

int poll_bare_digit(const char *words)
{
	char text[16];
	plain(words, text, sizeof text);
	return isdigit((unsigned char)text[0]) && !text[1] ? text[0] - '0' : -1;
}

static bool has_digit(const char *plain_text)
{
	static const char *const han[] = {"一", "二", "两", "三", "四", "五", "六", "七", "八"};
	for (const char *p = plain_text; *p; p++)
		if (isdigit((unsigned char)*p))
			return true;
	for (size_t i = 0; i < ARRAY_LEN(han); i++)
		if (strstr(plain_text, han[i]))
			return true;
	return false;
}

/* "不要东侧" is no vote for 东侧: a word of denial stands in the text that the option itself does not have. */
static bool denied(const char *text, const char *option)
{
	static const char *const words[] = {"不", "别", "没", "not", "dont"};
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strstr(text, words[i]) && !strstr(option, words[i]))
			return true;
	return false;
}

/* The one option whose own text is in the words; of two, the one that holds the other ("西侧" in "西侧路口"). */
static int option_named(const struct poll_fact *p, const char *text)
{
	char best[POLL_OPTION_MAX + 8] = "", option[POLL_OPTION_MAX + 8];
	int found = 0;
	for (int i = 0; i < p->option_count; i++) {
		plain(p->options[i], option, sizeof option);
		if (!*option || !strstr(text, option) || denied(text, option))
			continue;
		if (found && strstr(best, option))
			continue;
		if (found && !strstr(option, best))
			return 0;
		found = i + 1;
		memcpy(best, option, sizeof best);
	}
	return found;
}

static int option_of_stance(const struct poll_fact *p, enum poll_stance s)
{
	int found = 0;
	for (int i = 0; i < p->option_count; i++)
		if (stance_of(p->options[i]) == s) {
			if (found)
				return 0;
			found = i + 1;
		}
	return found;
}

int poll_option_meant(const struct poll_fact *p, int said, const char *words)
{
	char text[512];
	int digit = poll_bare_digit(words);
	if (digit >= 0)
		return digit;
	plain(words, text, sizeof text);
	int by_stance = said >= 1 && said <= 3 ? option_of_stance(p, (enum poll_stance)said) : 0;
	int by_name = option_named(p, text);
	if (by_name && strlen(text) <= strlen(p->options[by_name - 1]))
		return by_name;
	if (has_digit(text))
		return said ? said : by_name; /* "方案2", "我选3"; a "3" in a name was read as a number, too */
	return by_stance ? by_stance : by_name;
}

int64_t poll_remind_utc(int64_t opens_utc, int64_t closes_utc, int64_t before_s, const struct day_window *quiet)
{
	int64_t length = closes_utc - opens_utc, at = closes_utc - before_s;
	if (before_s <= 0)
		return 0;
	if (before_s > length / 3)
		at = closes_utc - length / 3;
	for (int64_t begin = at; day_window_contains(quiet, at) && begin - at < DAY_S;)
		at -= 5 * MINUTE_S;
	return at - opens_utc < REMIND_LEAST_S || closes_utc - at < REMIND_LEAST_S / 2 ? 0 : at;
}

struct poll_outcome poll_outcome_of(const struct poll_count *c)
{
	struct poll_outcome o = {0};
	int64_t most = 0;
	for (int i = 0; i < c->options; i++) {
		o.voted += c->votes[i];
		if (c->votes[i] > most) {
			most = c->votes[i];
			o.winner = i + 1;
		} else if (c->votes[i] == most)
			o.winner = 0;
	}
	int64_t part = (c->asked * c->quorum_percent + 99) / 100;
	o.needed = part > c->quorum ? part : c->quorum;
	o.quorate = o.voted >= o.needed;
	if (!o.quorate)
		o.winner = 0;
	return o;
}

int poll_percent(int64_t votes, int64_t voted)
{
	return voted > 0 ? (int)((votes * 200 + voted) / (2 * voted)) : 0;
}

void poll_options_line(const char options[][POLL_OPTION_MAX], int count, struct buf *out)
{
	for (int i = 0; i < count; i++)
		buf_addf(out, "%s%d%s%s", i ? " " : "", i + 1, options[i][0] & 0x80 ? "" : " ", options[i]);
}
