/* Consultations: a question that an expert answers, without either learning the other's number. */
#include "civic/decide_internal.h"

#include <string.h>

static void say_topic(struct decision *d, enum consult_topic t)
{
	static const char *const keys[CONSULT_TOPIC_COUNT] = {
#define X(id, name, words) [CONSULT_##id] = "consult.topic." name,
	    CONSULT_TOPICS(X)
#undef X
	};
	decision_key(d, "topic", keys[t]);
}

static void about(struct decision *d, const struct consult_fact *c)
{
	decision_int(d, "number", c->number);
	say_topic(d, c->topic);
}

static struct effect *act(struct decision *d, enum effect_kind kind, const struct consult_fact *c,
			  const char *text)
{
	struct effect *e = decision_effect(d, kind);
	e->number = c->number;
	e->text = text;
	e->note = text;
	return e;
}

static void ask_for_words(const struct facts *f, int topic, struct decision *d)
{
	struct effect *e = decision_effect(d, EFFECT_ASK);
	e->asked = ASKED_TEXT;
	e->note = consult_topic_name((enum consult_topic)topic);
	e->expires_utc = f->now + QUESTION_TEXT_S;
	say_topic(d, (enum consult_topic)topic);
	decision_say(d, f, "ask.consult");
}

/* ------------------------------------------------------------------------------------------- the expert */

/* Answered with words of its own when the consultation is not the sender's, or has ended. */
static bool refused(const struct facts *f, const struct intent *in, const struct consult_fact *c,
		    struct decision *d)
{
	if (!c->number || !c->asked) {
		decision_int(d, "number", in->number);
		decision_say(d, f, "consult.not_yours");
		return true;
	}
	if (!c->open && !c->late) {
		about(d, c);
		decision_say(d, f, "consult.over");
		return true;
	}
	return false;
}

/* Of several it is not known which one is meant. */
static void answer(const struct facts *f, const struct intent *in, const struct consult_fact *c,
		   struct decision *d)
{
	about(d, c);
	if (!in->text[0] || c->choices > 1) {
		decision_say(d, f, "consult.how");
		return;
	}
	if (c->lines >= CONSULT_LINES_DAY) {
		decision_say(d, f, "consult.enough");
		return;
	}
	act(d, EFFECT_CONSULT_ANSWER, c, in->text);
	if (c->deaf)
		decision_say(d, f, "consult.deaf");
	else
		decision_say(d, f, "consult.answered");
}

void decide_answer(const struct facts *f, const struct intent *in, struct decision *d)
{
	const struct consult_fact *c = &f->civics.consult;
	if (!refused(f, in, c, d))
		answer(f, in, c, d);
}

void decide_consult_staff(const struct facts *f, const struct intent *in, struct decision *d)
{
	const struct consult_fact *c = &f->civics.consult;
	if (refused(f, in, c, d))
		return;
	about(d, c);
	switch ((int)in->kind) {
	case INTENT_STAFF_RESOLVE: /* 结束 23, with or without last words */
		if (in->text[0])
			act(d, EFFECT_CONSULT_ANSWER, c, in->text);
		act(d, EFFECT_CONSULT_CLOSE, c, NULL);
		decision_say(d, f, "consult.ended");
		return;
	case INTENT_STAFF_RETURN:
	case INTENT_STAFF_TRANSFER:
	case INTENT_STAFF_ESCALATE:
		act(d, EFFECT_CONSULT_PASS, c, in->text);
		decision_say(d, f, "consult.passed");
		return;
	}
	decision_say(d, f, "consult.how");
}

/* ------------------------------------------------------------------------------------------- who asks */

void decide_consult(const struct facts *f, const struct intent *in, struct decision *d)
{
	const struct consult_fact *c = &f->civics.consult;
	if (c->choices) { /* an expert's own words */
		answer(f, in, c, d);
		return;
	}
	int topic = consult_topic_find(in->topic);
	if (!in->text[0]) {
		if (f->several)
			return; /* the word alone, beside what was really said */
		ask_for_words(f, topic >= 0 ? topic : c->number ? (int)c->topic : CONSULT_LAW, d);
		return;
	}
	if (c->number && c->lines >= CONSULT_LINES_DAY) {
		about(d, c);
		decision_say(d, f, "consult.enough");
		return;
	}
	if (c->number) {
		act(d, EFFECT_CONSULT_MORE, c, in->text)->undo = ACTION_QUESTION;
		about(d, c);
		if (c->with_expert)
			decision_say(d, f, "consult.more");
		else
			decision_say(d, f, "consult.desk");
		return;
	}
	if (topic < 0) { /* a further question, and there is none that it could belong to */
		decision_say(d, f, "consult.none");
		return;
	}
	struct effect *e = decision_effect(d, EFFECT_CONSULT);
	e->number = f->next_number;
	e->subject = topic;
	e->text = in->text;
	e->undo = ACTION_CONSULT;
	d->open_number = f->next_number;
	about(d, &(struct consult_fact){.number = f->next_number, .topic = (enum consult_topic)topic});
	if (f->civics.experts)
		decision_say(d, f, "consult");
	else
		decision_say(d, f, "consult.desk");
}

/* ---------------------------------------------------------------------------------------- how it ends */

bool consult_thanked(const struct facts *f, struct decision *d)
{
	const struct consult_fact *c = &f->civics.consult;
	if (!c->number || !c->mine || !c->answered)
		return false;
	act(d, EFFECT_CONSULT_CLOSE, c, NULL);
	about(d, c);
	decision_say(d, f, "consult.closed");
	return true;
}

bool consult_rated(const struct facts *f, const struct intent *in, struct decision *d)
{
	const struct consult_fact *c = &f->civics.consult;
	if (f->question.kind == ASKED_RATING || !c->number || !c->mine || !c->answered)
		return false;
	about(d, c);
	if (in->rating == RATING_BAD) {
		act(d, EFFECT_CONSULT_PASS, c, in->text);
		decision_say(d, f, "consult.again");
	} else {
		act(d, EFFECT_CONSULT_CLOSE, c, in->rating == RATING_GOOD ? "good" : "fair");
		decision_say(d, f, "consult.closed");
	}
	return true;
}
