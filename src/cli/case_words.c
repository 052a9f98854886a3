#include "cli/case_words.h"

#include "base/mem.h"
#include "base/paths.h"
#include "base/text.h"
#include "rules/rules.h"

#include <limits.h>
#include <string.h>

/* The wish among several that is a trouble or a proposal; else the first. */
static const struct intent *wish(const struct intents *all)
{
	for (int i = 0; i < all->count; i++)
		if (all->list[i].kind == INTENT_COMPLAINT || all->list[i].kind == INTENT_PROPOSAL ||
		    all->list[i].kind == INTENT_DUTY)
			return &all->list[i];
	return &all->list[0];
}

static void read_with_rules(struct cli *c, const char *text, struct intent *ret)
{
	char dir[PATH_MAX];
	struct rules *rules = NULL;
	struct err e = {0};
	char line[640];
	int r = paths_data(dir, sizeof dir);
	if (r < 0)
		err_set(&e, NULL, 0, "%s", _("the data folder with rules/ was not found; set YISHI_DATA"));
	else
		r = rules_load(dir, c->config->rule_files, &rules, &e);
	if (r < 0) {
		cli_note(_("category and place were not read from the text: %s"),
			 err_line(&e, line, sizeof line));
		return;
	}
	/* With the code before it nothing in the words is taken for an answer or a command. */
	cleanup_free char *coded = mem_printf("3 %s", text);
	cleanup_free struct intents *all = mem_alloc(sizeof *all);
	rules_read(rules, coded, &(struct rules_context){0}, all);
	*ret = *wish(all);
	rules_free(rules);
}

static const char *first_of(const char *a, const char *b, const char *c)
{
	return a ? a : *b ? b : c;
}

void case_words_read(struct cli *c, const char *text, const struct person *reporter, struct case_words *ret)
{
	static const struct person nobody;
	cleanup_free struct intent *in = mem_alloc(sizeof *in);
	const struct person *p = reporter ? reporter : &nobody;
	const char *category = cli_opt(c, "category"), *building = cli_opt(c, "building");
	*in = (struct intent){.kind = INTENT_UNKNOWN, .category = CATEGORY_OTHER};
	*ret = (struct case_words){.category = CATEGORY_OTHER};
	read_with_rules(c, text, in);
	if (category)
		ret->category = (enum category)category_find(category);
	else if (cli_opt(c, "proposal"))
		ret->category = CATEGORY_OTHER; /* as a resident's proposal */
	else if (in->kind == INTENT_DUTY)
		ret->category = CATEGORY_SAFETY;
	else if (in->has & ARG_CATEGORY)
		ret->category = in->category;
	text_copy(ret->building, sizeof ret->building, first_of(building, in->building, p->building));
	/* Unit and room belong to their building. */
	if (building && *in->building && strcmp(building, in->building) != 0)
		in->unit[0] = in->room[0] = 0;
	bool home = !strcmp(ret->building, p->building);
	text_copy(ret->unit, sizeof ret->unit, first_of(cli_opt(c, "unit"), in->unit, home ? p->unit : ""));
	home = home && !strcmp(ret->unit, p->unit);
	text_copy(ret->room, sizeof ret->room, first_of(cli_opt(c, "room"), in->room, home ? p->room : ""));
	text_copy(ret->place, sizeof ret->place, first_of(cli_opt(c, "place"), in->place, ""));
}
