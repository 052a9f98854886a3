/* Calls for help and private matters: who hears of them, at once and by which words. */
#include "base/text.h"
#include "daemon/participation_internal.h"
#include "store/event.h"
#include "store/matter.h"
#include "store/person.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PEOPLE_MAX 32

/* Numbers of people with a role, without the sender's own and without repeats. */
static int phones_of(const struct turn *t, unsigned roles, const char *grid, char (*ret)[E164_MAX], int max)
{
	struct person people[PEOPLE_MAX];
	int n = 0, count = persons_with_role(t->p->store, roles, grid, people, PEOPLE_MAX);
	for (int i = 0; i < count && n < max; i++) {
		bool known = !people[i].number[0] || !strcmp(people[i].number, t->sender.number);
		for (int k = 0; k < n && !known; k++)
			known = !strcmp(ret[k], people[i].number);
		if (!known)
			text_copy(ret[n++], E164_MAX, people[i].number);
	}
	return count < 0 ? count : n;
}

int duty_phones(const struct turn *t, const char *grid, char (*ret)[E164_MAX], int max)
{
	int n = phones_of(t, ROLE(DUTY_OFFICER), grid, ret, max);
	if (n != 0)
		return n;
	return phones_of(t, ROLE(SECRETARY), NULL, ret, max);
}

int mediator_phones(const struct turn *t, char (*ret)[E164_MAX], int max)
{
	return phones_of(t, ROLE(MEDIATOR), t->sender.grid, ret, max);
}

/* `stand_in`: what the database holds in place of a private text. */
static int tell(const struct turn *t, const char *number, const char *key, const struct reply_arg *args,
		int matter, enum outbox_class class, const char *occasion, const char *stand_in)
{
	cleanup_buf struct buf text = {0};
	char dedupe[96];
	say(t->p, t->p->config->language, key, args, &text);
	snprintf(dedupe, sizeof dedupe, "%s:%" PRId64 ":%d:%.23s", occasion, t->message, matter, number);
	return say_send(t->p, number, buf_str(&text),
			&(struct say_options){.class = class,
					      .quiet = class != OUTBOX_ALARM,
					      .matter = matter,
					      .dedupe = dedupe,
					      .stand_in = stand_in},
			t->now, NULL);
}

int duty_call(const struct turn *t, const struct effect *e)
{
	char phones[PEOPLE_MAX][E164_MAX];
	int n = duty_phones(t, t->sender.grid, phones, PEOPLE_MAX);
	if (n < 0)
		return n;
	cleanup_buf struct buf text = {0};
	char number[16], when[48];
	snprintf(number, sizeof number, "%d", e->number);
	const struct reply_value values[] = {
	    {"number", number, 0},
	    {"phone", t->sender.number, 0},
	    {"name", t->sender.name, 12},
	    {"grid", t->sender.grid, 0},
	    {"building", e->building ? e->building : "", 6},
	    {"unit", e->unit ? e->unit : "", 6},
	    {"room", e->room ? e->room : "", 8},
	    {"text", t->words, 300},
	    {"when", say_when(t->p->config->language, t->heard_utc, when), 0},
	    {0},
	};
	replies_add(t->p->replies, t->p->config->language, "duty.alarm", values, &text);
	int r = 0;
	for (int i = 0; i < n && r >= 0; i++) {
		char dedupe[96];
		snprintf(dedupe, sizeof dedupe, "duty:%" PRId64 ":%.23s", t->message, phones[i]);
		r = say_send(
		    t->p, phones[i], buf_str(&text),
		    &(struct say_options){.class = OUTBOX_ALARM, .matter = e->number, .dedupe = dedupe}, t->now,
		    NULL);
	}
	if (r < 0 || (r = journal_add(t->p->store, e->number, n ? "duty called" : "nobody on duty", NULL,
				      &t->by, t->now)) < 0)
		return r;
	return event_add(t->p->store, EVENT_DUTY_CALLED, t->by.id,
			 json_pack("{s:I, s:s, s:i, s:i}", "message", (json_int_t)t->message, "number",
				   t->sender.number, "case", e->number, "recipients", n),
			 t->now);
}

int duty_correct(const struct turn *t, int number)
{
	char phones[PEOPLE_MAX][E164_MAX];
	int n = duty_phones(t, t->sender.grid, phones, PEOPLE_MAX), r = n;
	const struct reply_arg args[] = {
	    {.name = "number", .type = REPLY_INT, .n = number},
	    {.name = "phone", .type = REPLY_TEXT, .text = t->sender.number},
	    {.name = "name", .type = REPLY_TEXT, .text = t->sender.name, .max = 12},
	    {0},
	};
	for (int i = 0; i < n && r >= 0; i++)
		r = tell(t, phones[i], "duty.correction", args, number, OUTBOX_ALARM, "correction", NULL);
	return r < 0 ? r : journal_add(t->p->store, number, "said to be a mistake", NULL, &t->by, t->now);
}

int mediate(const struct turn *t, const struct effect *e)
{
	char phones[PEOPLE_MAX][E164_MAX];
	int n = mediator_phones(t, phones, PEOPLE_MAX), r = n;
	const struct reply_arg args[] = {
	    {.name = "number", .type = REPLY_INT, .n = e->number},
	    {.name = "phone", .type = REPLY_TEXT, .text = t->sender.number},
	    {.name = "name", .type = REPLY_TEXT, .text = t->sender.name, .max = 12},
	    {.name = "text", .type = REPLY_TEXT, .text = t->words, .max = 200},
	    {0},
	};
	struct reply_arg masked[5];
	cleanup_buf struct buf stand_in = {0};
	memcpy(masked, args, sizeof args);
	masked[3].text = "******";
	say(t->p, t->p->config->language, "mediate", masked, &stand_in);
	for (int i = 0; i < n && r >= 0; i++)
		r = tell(t, phones[i], "mediate", args, e->number, OUTBOX_REPLY, "mediate", buf_str(&stand_in));
	return r < 0 ? r : 0;
}
