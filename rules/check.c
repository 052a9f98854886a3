#include "rules/reading.h"
#include "rules/rule_file.h"

#include "base/i18n.h"
#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static bool same_text(unsigned arg, const struct intent *want, const char *a, const char *b)
{
	return !(want->has & arg) || strcmp(a, b) == 0;
}

static bool same_number(unsigned arg, const struct intent *want, int a, int b)
{
	return !(want->has & arg) || a == b;
}

/* Every argument that `want` has is the same in `got`. */
static bool agrees(const struct intent *want, const struct intent *got)
{
	return (want->has & ~got->has) == 0 && same_number(ARG_PEOPLE, want, want->people, got->people) &&
	       same_number(ARG_NUMBER, want, want->number, got->number) &&
	       same_number(ARG_OPTION, want, want->option, got->option) &&
	       same_number(ARG_DAYS, want, want->days, got->days) &&
	       same_number(ARG_OTHER, want, want->other, got->other) &&
	       same_number(ARG_RATING, want, (int)want->rating, (int)got->rating) &&
	       same_number(ARG_SCOPE, want, (int)want->scope, (int)got->scope) &&
	       same_number(ARG_VALID, want, want->valid, got->valid) &&
	       same_number(ARG_ALARM, want, want->alarm, got->alarm) &&
	       same_number(ARG_CATEGORY, want, (int)want->category, (int)got->category) &&
	       same_text(ARG_BUILDING, want, want->building, got->building) &&
	       same_text(ARG_UNIT, want, want->unit, got->unit) &&
	       same_text(ARG_ROOM, want, want->room, got->room) &&
	       same_text(ARG_NAME, want, want->name, got->name) &&
	       same_text(ARG_TOPIC, want, want->topic, got->topic) &&
	       same_text(ARG_CODE, want, want->code, got->code) && same_text(ARG_TO, want, want->to, got->to) &&
	       same_text(ARG_FOR, want, want->for_number, got->for_number) &&
	       same_text(ARG_TEXT, want, want->text, got->text);
}

static bool mention_agrees(const struct intent *want, const struct mention *m)
{
	return same_text(ARG_BUILDING, want, want->building, m->building) &&
	       same_text(ARG_UNIT, want, want->unit, m->unit) && same_text(ARG_ROOM, want, want->room, m->room);
}

static bool args_found(const struct reading *rd, const struct rule *rule, const char *args)
{
	struct intent want = {0};
	if (!args || !args_parse(args, &want))
		return args == NULL;
	if (rule->kind == RULE_ADDRESS) {
		for (int i = 0; i < rd->mention_count; i++)
			if (mention_agrees(&want, &rd->mentions[i]))
				return true;
		return false;
	}
	for (int i = 0; i < rd->found_count; i++)
		if ((rule->kind == RULE_ORDER || strcmp(rd->found[i].in.rule, rule->name) == 0) &&
		    agrees(&want, &rd->found[i].in)) /* an order's words are read by others */
			return true;
	return false;
}

static void who_read_it(const struct reading *rd, char *out, size_t size)
{
	size_t n = 0;
	*out = 0;
	for (int i = 0; i < rd->found_count && n + 1 < size; i++)
		n += (size_t)snprintf(out + n, size - n, "%s[%s]", i ? " " : "", rd->found[i].in.rule);
	if (!*out)
		snprintf(out, size, "%s", _("no rule"));
}

static bool check_sample(const struct rules *r, const struct rule *rule, const struct sample *s,
			 rules_report *report, void *arg)
{
	struct reading *rd = mem_alloc(sizeof *rd);
	struct rules_context ctx = {.asked = s->asked, .roles = s->roles};
	char text[512], who[200];
	reading_open(rd, r, s->text, &ctx);
	reading_run(rd);
	bool fired = rd->fired[rule - r->list],
	     right = s->not ? !fired : fired && args_found(rd, rule, s->args);
	who_read_it(rd, who, sizeof who);
	if (s->not )
		snprintf(text, sizeof text, _("[%s] must not read '%s'"), rule->name, s->text);
	else if (!fired)
		snprintf(text, sizeof text, _("[%s] does not read '%s'; %s does"), rule->name, s->text, who);
	else
		snprintf(text, sizeof text, _("[%s] reads '%s' without %s"), rule->name, s->text,
			 s->args ? s->args : "");
	if (!right && report)
		report(arg, rule->file, s->line, text);
	reading_close(rd);
	free(rd);
	return right;
}

int rules_check(const struct rules *r, rules_report *report, void *arg, int *ret_samples)
{
	int wrong = 0, samples = 0;
	for (int i = 0; i < r->count; i++)
		for (int k = 0; k < r->list[i].sample_count; k++) {
			samples++;
			wrong += !check_sample(r, &r->list[i], &r->list[i].samples[k], report, arg);
		}
	*ret_samples = samples;
	return wrong;
}

int rules_count(const struct rules *r)
{
	return r->count;
}

void rules_describe(const struct rules *r, int i, struct rule_info *ret)
{
	const struct rule *rule = &r->list[i];
	*ret =
	    (struct rule_info){.name = rule->name,
			       .intent = rule->kind == RULE_ADDRESS   ? "address"
					 : rule->kind == RULE_NOTHING ? "nothing"
					 : rule->kind == RULE_CALM    ? "calm"
					 : rule->kind == RULE_ORDER   ? "order"
								    : intent_name((enum intent_kind)rule->kind),
			       .file = rule->file,
			       .line = rule->line,
			       .priority = rule->priority,
			       .patterns = rule->patterns,
			       .samples = rule->sample_count};
}
