/* Private matters: the mediator alone hears of them, at once. */
#include "base/text.h"
#include "daemon/participation_internal.h"
#include "store/person.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PEOPLE_MAX 32

int mediator_phones(const struct turn *t, char (*ret)[E164_MAX], int max)
{
	struct person people[PEOPLE_MAX];
	int n = 0, count = persons_with_role(t->p->store, ROLE(MEDIATOR), t->sender.grid, people, PEOPLE_MAX);
	for (int i = 0; i < count && n < max; i++) {
		bool known = !strcmp(people[i].number, t->sender.number);
		for (int k = 0; k < n && !known; k++)
			known = !strcmp(ret[k], people[i].number);
		if (!known)
			text_copy(ret[n++], E164_MAX, people[i].number);
	}
	return count < 0 ? count : n;
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
	cleanup_buf struct buf text = {0};
	say(t->p, t->p->config->language, "mediate", args, &text);
	for (int i = 0; i < n && r >= 0; i++) {
		char dedupe[96];
		snprintf(dedupe, sizeof dedupe, "mediate:%" PRId64 ":%d:%.23s", t->message, e->number,
			 phones[i]);
		r = say_send(t->p, phones[i], buf_str(&text),
			     &(struct say_options){.class = OUTBOX_REPLY,
						   .quiet = true,
						   .matter = e->number,
						   .dedupe = dedupe,
						   .stand_in = buf_str(&stand_in)},
			     t->now, NULL);
	}
	return r < 0 ? r : 0;
}
