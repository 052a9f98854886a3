#include "civic/context.h"
#include "base/text.h"
#include "civic/poll.h"

#define LATE_SURE_S  (2 * DAY_S)
#define OPTION_WORDS 24 /* characters: an option's text with some words around it */
#define LATE_WORDS   4  /* characters: "平安", "都好", "赞成" */

#include <string.h>

bool context_building(const char *words, char building[16])
{
	size_t n = 0;
	int others = 0;
	bool ended = false;
	const char *p = words;
	for (uint32_t c; (c = text_next(&p));) {
		if (c >= 0xFF10 && c <= 0xFF19)
			c = c - 0xFF10 + '0';
		static const uint32_t han[] = {0x4E00, 0x4E8C, 0x4E09, 0x56DB, 0x4E94,
					       0x516D, 0x4E03, 0x516B, 0x4E5D};
		for (size_t i = 0; i < sizeof han / sizeof han[0]; i++)
			if (c == han[i])
				c = (uint32_t)('1' + i);
		if (c >= '0' && c <= '9') {
			if (!ended && n < 4) /* "3栋2单元": the first number is the building */
				building[n++] = (char)c;
		} else {
			ended = n > 0;
			others += c > ' ';
		}
	}
	building[n] = 0;
	return n > 0 && n < 4 && others <= 12;
}

static void become(struct intent *in, enum intent_kind kind, const char *words)
{
	in->kind = kind;
	if (!in->text[0]) {
		text_copy(in->text, sizeof in->text, words);
		in->has |= ARG_TEXT;
	}
	if (!(in->has & ARG_CATEGORY))
		in->category = CATEGORY_OTHER;
}

bool context_apply(const struct question_fact *q, const char *words, struct intents *in, char building[16])
{
	building[0] = 0;
	if (q->kind != ASKED_TEXT || in->count != 1)
		return false;
	struct intent *one = &in->list[0];
	bool free_text =
	    one->kind == INTENT_UNKNOWN || one->kind == INTENT_COMPLAINT || one->kind == INTENT_PROPOSAL;
	if (!strcmp(q->detail, "attend") || !strcmp(q->detail, "decline")) {
		if (one->building[0] && free_text)
			text_copy(building, 16, one->building);
		else if (!(free_text || one->kind == INTENT_REGISTER) || strlen(words) > 36 ||
			 !context_building(words, building))
			return false;
		if (one->kind == INTENT_REGISTER)
			return false;
		*one = (struct intent){.kind = !strcmp(q->detail, "attend") ? INTENT_ATTEND : INTENT_DECLINE,
				       .has = ARG_PEOPLE,
				       .people = q->subject > 0 ? (int)q->subject : 1};
		return true;
	}
	if (!free_text || !*words)
		return false;
	if (one->kind != INTENT_UNKNOWN && !one->text[0])
		return false; /* a bare 3 again */
	/* what a phone that was asked for words is understood to have said */
	static const struct {
		const char *detail;
		enum intent_kind kind;
	} waits[] = {{"proposal", INTENT_PROPOSAL}, {"law", INTENT_CONSULT}, {"health", INTENT_CONSULT}};
	enum intent_kind kind = INTENT_COMPLAINT;
	for (size_t i = 0; i < sizeof waits / sizeof waits[0]; i++)
		if (!strcmp(q->detail, waits[i].detail))
			kind = waits[i].kind;
	become(one, kind, words);
	if (kind == INTENT_CONSULT)
		text_copy(one->topic, sizeof one->topic, q->detail);
	return true;
}

static int characters(const char *text)
{
	int n = 0;
	for (uint32_t c; (c = text_next(&text));)
		n += c > ' ' && !(c >= 0x3000 && c <= 0x303F);
	return n;
}

bool context_late(const struct question_fact *q, const char *words, bool meeting, int64_t now)
{
	int digit = poll_bare_digit(words);
	bool fresh = now - q->expires_utc <= LATE_SURE_S;
	if (digit == 0 || digit == 9)
		return false;
	switch (q->kind) {
	case ASKED_INVITATION: /* "来" and "1" mean the next meeting as soon as this one is long over */
		return fresh && characters(words) <= LATE_WORDS;
	case ASKED_POLL:
	case ASKED_RATING:
	case ASKED_VERIFY:
		return digit > 0 && (fresh || (!meeting && digit <= 2));
	case ASKED_CHECKIN:
		return fresh && characters(words) <= LATE_WORDS;
	case ASKED_NONE:
	case ASKED_CODE:
	case ASKED_TEXT:
	case ASKED_COUNT:
		return false;
	}
	return false;
}

bool context_still_there(const struct intents *as_rating, const struct intents *plain, enum category settled)
{
	const struct intent *r = &as_rating->list[0], *p = &plain->list[0];
	if (as_rating->count != 1 || r->kind != INTENT_RATE || r->rating != RATING_BAD || plain->count != 1)
		return false;
	if (p->kind == INTENT_COMPLAINT) /* "the lamp again" is not about the pipe */
		return p->category == settled || p->category == CATEGORY_OTHER;
	return p->kind == INTENT_UNKNOWN || p->kind == INTENT_RATE;
}

void context_option(const struct poll_fact *p, const char *words, struct intents *in)
{
	struct intent *one = &in->list[0];
	if (!p->id || in->count != 1 ||
	    !(one->kind == INTENT_UNKNOWN || one->kind == INTENT_COMPLAINT || one->kind == INTENT_PROPOSAL ||
	      one->kind == INTENT_THANKS))
		return;
	if (poll_bare_digit(words) >= 0 || characters(words) > OPTION_WORDS)
		return;
	int option = poll_option_meant(p, 0, words);
	if (option >= 1)
		*one = (struct intent){
		    .kind = INTENT_VOTE, .has = ARG_OPTION, .option = option, .rule = "poll/option"};
}

/* "4" or "3。" names no matter: digits and punctuation alone. */
static bool bare(const char *text)
{
	for (uint32_t c; (c = text_next(&text));)
		if (c >= 'A' && !(c >= 0x3000 && c <= 0x303F) && !(c >= 0xFF00 && c <= 0xFF20))
			return false;
	return true;
}

void context_reduce(struct intents *in)
{
	for (int i = 0; i < in->count; i++)
		if ((in->list[i].kind == INTENT_COMPLAINT || in->list[i].kind == INTENT_PROPOSAL) &&
		    bare(in->list[i].text))
			in->list[i].text[0] = 0;
	bool duty = false, other = false;
	for (int i = 0; i < in->count; i++) {
		duty = duty || in->list[i].kind == INTENT_DUTY;
		other = other || in->list[i].kind != INTENT_THANKS;
	}
	int n = 0, duties = 0;
	for (int i = 0; i < in->count; i++) {
		enum intent_kind k = in->list[i].kind;
		if (duty && (k == INTENT_COMPLAINT || k == INTENT_UNKNOWN || k == INTENT_PROPOSAL))
			continue;
		if (k == INTENT_DUTY && duties++)
			continue;
		if (other && k == INTENT_THANKS)
			continue;
		if (n != i)
			in->list[n] = in->list[i];
		n++;
	}
	in->count = n;
}
