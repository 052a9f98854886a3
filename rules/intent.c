#include "rules/intent.h"
#include "base/text.h"

#include <string.h>

#define X(id, name, args) name,
static const char *const intents[] = {INTENTS(X)};
#undef X

const char *intent_name(enum intent_kind kind)
{
	return intents[kind];
}

int intent_find(const char *name)
{
	return text_index(intents, INTENT_COUNT, name);
}

unsigned intent_args(enum intent_kind kind)
{
#define X(id, name, args) args,
	static const int table[] = {INTENTS(X)};
#undef X
	return (unsigned)table[kind];
}

#define X(id, name) name,
static const char *const categories[] = {CATEGORIES(X)};
static const char *const questions[] = {ASKED(X)};
static const char *const roles[] = {ROLES(X)};
#undef X
static const char *const ratings[] = {"good", "fair", "bad"};
static const char *const scopes[] = {"broadcasts", "all"};

const char *category_name(enum category c)
{
	return categories[c];
}

int category_find(const char *name)
{
	return text_index(categories, CATEGORY_COUNT, name);
}

const char *rating_name(enum rating r)
{
	return ratings[r];
}

const char *scope_name(enum stop_scope s)
{
	return scopes[s];
}

int rating_find(const char *name)
{
	return text_index(ratings, 3, name);
}

int scope_find(const char *name)
{
	return text_index(scopes, 2, name);
}

int asked_find(const char *name)
{
	return text_index(questions, ASKED_COUNT, name);
}

const char *asked_name(enum asked a)
{
	return questions[a];
}

int role_find(const char *name)
{
	static const struct {
		const char *name;
		int index;
	} also[] = {
	    {"居民", ROLE_INDEX_RESIDENT},        {"志愿者", ROLE_INDEX_VOLUNTEER},
	    {"楼栋长", ROLE_INDEX_BUILDING_HEAD}, {"楼长", ROLE_INDEX_BUILDING_HEAD},
	    {"网格员", ROLE_INDEX_GRID_WORKER},   {"网格长", ROLE_INDEX_GRID_WORKER},
	    {"部门", ROLE_INDEX_DEPARTMENT},      {"专家", ROLE_INDEX_EXPERT},
	    {"律师", ROLE_INDEX_EXPERT},          {"医生", ROLE_INDEX_EXPERT},
	    {"值班员", ROLE_INDEX_DUTY_OFFICER},  {"调解员", ROLE_INDEX_MEDIATOR},
	    {"安装员", ROLE_INDEX_INSTALLER},     {"社区书记", ROLE_INDEX_SECRETARY},
	    {"书记", ROLE_INDEX_SECRETARY},       {"秘书", ROLE_INDEX_SECRETARY},
	};
	int i = text_index(roles, ROLE_COUNT, name);
	for (size_t k = 0; i < 0 && k < sizeof also / sizeof also[0]; k++)
		if (strcmp(also[k].name, name) == 0)
			i = also[k].index;
	return i;
}

const char *role_name(int index)
{
	return roles[index];
}
