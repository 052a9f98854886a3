#include "rules/rules.h"

#include "base/mem.h"
#include "base/order.h"
#include "base/text.h"
#include "rules/reading.h"
#include "rules/rule_file.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static int by_priority(const void *a, const void *b)
{
	const struct rule *x = a, *y = b;
	return x->priority != y->priority ? y->priority - x->priority : x->order - y->order;
}

static bool ends_with(const char *name, const char *end)
{
	size_t n = strlen(name), m = strlen(end);
	return n > m && strcmp(name + n - m, end) == 0;
}

static int alphabetic(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* Files of the folder with that ending, in order of their names, so that a set is the same everywhere. */
static int load_folder(const char *dir, const char *ending, struct rules *r, struct err *e)
{
	struct dirent **names;
	int count = scandir(dir, &names, NULL, alphabetic), ret = 0;
	if (count < 0) {
		err_set(e, dir, 0, "cannot be read (%s)", err_system(errno));
		return -ENOENT;
	}
	for (int i = 0; i < count; i++) {
		if (ret == 0 && ends_with(names[i]->d_name, ending)) {
			cleanup_free char *path = mem_printf("%s/%s", dir, names[i]->d_name);
			ret = *ending == '.' && ending[1] == 'w' ? words_load(path, &r->words, e)
								 : rule_file_load(path, r, e);
		}
		free(names[i]);
	}
	free(names);
	return ret;
}

static int load_extra(const char *extra, bool words, struct rules *r, struct err *e)
{
	cleanup_free char *copy = mem_dup(extra ? extra : "");
	int ret = 0;
	for (char *save, *t = strtok_r(copy, " \t", &save); t && ret == 0; t = strtok_r(NULL, " \t", &save)) {
		if (ends_with(t, ".words") != words)
			continue;
		ret = words ? words_load(t, &r->words, e) : rule_file_load(t, r, e);
	}
	return ret;
}

static void drop_defines(struct rules *r)
{
	for (int i = 0; i < r->define_count; i++)
		free(r->defines[i].text);
	free(r->defines);
	r->defines = NULL;
	r->define_count = 0;
}

static int load(const char *dir, const char *extra, struct rules *r, struct err *e)
{
	int ret = tables_load(dir, &r->tables, e);
	if (ret == 0)
		ret = load_folder(dir, ".words", r, e);
	if (ret == 0)
		ret = load_extra(extra, true, r, e);
	if (ret < 0)
		return ret;
	words_sort(&r->words);
	ret = load_folder(dir, ".rules", r, e);
	if (ret == 0)
		ret = load_extra(extra, false, r, e);
	drop_defines(r);
	return ret;
}

static void find_lists(struct rules *r)
{
	const struct {
		const char *name;
		int *list;
	} own[] = {{"connectors", &r->connectors},
		   {"joints", &r->joints},
		   {"unconnectors", &r->unconnectors},
		   {"places", &r->places},
		   {"troubles", &r->troubles},
		   {"settled", &r->settled},
		   {"anonymous", &r->anonymous},
		   {"fillers", &r->fillers},
		   {"politeness", &r->politeness},
		   {"known", &r->known},
		   {"negations", &r->negations},
		   {"unnegations", &r->unnegations},
		   {"remarks", &r->remarks},
		   {"courtesies", &r->courtesies},
		   {"consequences", &r->consequences},
		   {"firsts", &r->firsts},
		   {"seconds", &r->seconds},
		   {"persons", &r->persons},
		   {"near", &r->near},
		   {"surnames", &r->surnames},
		   {"name-titles", &r->name_titles},
		   {"name-heads", &r->name_heads},
		   {"pairs", &r->pairs},
		   {"along", &r->along},
		   {"joins", &r->joins},
		   {"totals", &r->totals},
		   {"corrections", &r->corrections},
		   {"fewer", &r->fewer},
		   {"more", &r->more},
		   {"not-heads", &r->not_heads},
		   {"instead", &r->instead},
		   {"one-word", &r->one_word}};
	for (size_t i = 0; i < ARRAY_LEN(own); i++)
		*own[i].list = words_list_find(&r->words, own[i].name);
}

int rules_load(const char *data_dir, const char *extra, struct rules **ret, struct err *e)
{
	cleanup_free char *dir = mem_printf("%s/rules", data_dir);
	struct rules *r = mem_alloc(sizeof *r);
	r->list = mem_array(RULES_MAX, sizeof *r->list);
	r->matcher = matcher_new();
	r->jit = true;
	int result = load(dir, extra, r, e);
	if (result < 0) {
		rules_free(r);
		return result;
	}
	find_lists(r);
	qsort(r->list, (size_t)r->count, sizeof *r->list, by_priority);
	*ret = r;
	return 0;
}

void rules_free(struct rules *r)
{
	if (!r)
		return;
	for (int i = 0; i < r->count; i++)
		rule_done(&r->list[i]);
	free(r->list);
	drop_defines(r);
	words_done(&r->words);
	matcher_free(r->matcher);
	free(r);
	pattern_release();
}

bool rules_have_jit(const struct rules *r)
{
	return r->jit;
}

char *rules_normalize(const struct rules *r, const char *text)
{
	struct normal n;
	normalize(&r->tables, &r->words, text, &n);
	char *copy = mem_dup(n.text);
	normal_done(&n);
	return copy;
}

/* ---- from what was found to the answer ---- */

static int by_place(const void *a, const void *b)
{
	const struct found *x = a, *y = b;
	int r = order(x->a, y->a);
	return r ? r : order(x->b, y->b);
}

/* Once is enough for these, however often they are said; the others may come several times. */
static bool only_once(enum intent_kind kind)
{
	return intent_args(kind) == 0 || kind == INTENT_ATTEND || kind == INTENT_DUTY || kind == INTENT_STOP ||
	       kind == INTENT_RATE || kind == INTENT_PRIVATE || kind == INTENT_VOTE || kind == INTENT_CONSULT ||
	       kind == INTENT_REGISTER || kind == INTENT_PROXY || kind == INTENT_CHECKIN ||
	       kind == INTENT_ERRAND || kind == INTENT_JOBS || kind == INTENT_THANKS || kind == INTENT_UNKNOWN;
}

static void merge(struct intent *into, const struct intent *in)
{
	if (in->has & ARG_PEOPLE && (!(into->has & ARG_PEOPLE) || in->people > into->people))
		into->people = in->people;
	if (!(into->has & ARG_BUILDING) && in->has & ARG_BUILDING)
		memcpy(into->building, in->building, sizeof into->building);
	if (!(into->has & ARG_NUMBER) && in->has & ARG_NUMBER)
		into->number = in->number;
	into->has |= in->has & (ARG_PEOPLE | ARG_BUILDING | ARG_NUMBER);
}

static bool same_matter(const struct intent *a, const struct intent *b)
{
	if (a->kind != b->kind)
		return false;
	if (only_once(a->kind))
		return true;
	if (a->kind == INTENT_COMPLAINT)
		return a->category == b->category && a->category != CATEGORY_OTHER &&
		       strcmp(a->building, b->building) == 0 && strcmp(a->room, b->room) == 0;
	if (!(a->has & b->has & ARG_NUMBER))
		return true; /* 我家也是，支持58 */
	return a->number == b->number;
}

static bool has_kind(const struct found *f, int n, enum intent_kind kind)
{
	for (int i = 0; i < n; i++)
		if (f[i].in.kind == kind)
			return true;
	return false;
}

static bool later(const struct found *f, int n, enum intent_kind kind, int at)
{
	return has_kind(f + at + 1, n - at - 1, kind);
}

/* A thank-you beside a wish is politeness; unread words beside a wish belong to it; the last
 * word on coming counts. */
static bool outweighed(const struct found *all, int n, const struct intent *in, int at)
{
	enum intent_kind kind = in->kind;
	switch ((int)kind) {
	case INTENT_RATE: /* "it was fixed, but it leaks again" */
		for (int i = 0; i < n && in->rating != RATING_BAD; i++)
			if (all[i].in.kind == INTENT_RATE && all[i].in.rating == RATING_BAD)
				return true;
		return false;
	case INTENT_THANKS:
	case INTENT_UNKNOWN:
		for (int i = 0; i < n; i++)
			if (all[i].in.kind != INTENT_THANKS && all[i].in.kind != INTENT_UNKNOWN)
				return true;
		return kind == INTENT_UNKNOWN && has_kind(all, n, INTENT_THANKS);
	case INTENT_ATTEND:
		return later(all, n, INTENT_DECLINE, at) || has_kind(all, n, INTENT_ATTENDANCE);
	case INTENT_DECLINE: /* "I said I would not come, but now I can" */
		return later(all, n, INTENT_ATTEND, at);
	case INTENT_ACKNOWLEDGE: /* "took 31, on my way" */
		for (int i = 0; i < n && !(in->has & ARG_NUMBER); i++)
			if (all[i].in.kind != INTENT_ACKNOWLEDGE && all[i].in.kind != INTENT_THANKS)
				return true;
		return false;
	case INTENT_ERRAND: /* "she fell and cannot get up, somebody has to lift her" */
		return has_kind(all, n, INTENT_DUTY);
	case INTENT_VOTE: /* "those against have no reason, I vote for" */
		return later(all, n, INTENT_VOTE, at);
	case INTENT_MENU:
		return has_kind(all, n, INTENT_DUTY);
	case INTENT_START:
		return has_kind(all, n, INTENT_STOP);
	}
	return false;
}

static void settle(struct reading *rd, struct intents *ret)
{
	qsort(rd->found, (size_t)rd->found_count, sizeof *rd->found, by_place);
	for (int i = 0; i < rd->found_count; i++) {
		struct intent *in = &rd->found[i].in;
		int k = 0;
		if (outweighed(rd->found, rd->found_count, in, i))
			continue;
		while (k < ret->count && !same_matter(&ret->list[k], in))
			k++;
		if (k < ret->count)
			merge(&ret->list[k], in);
		else if (ret->count < INTENTS_PER_TEXT)
			ret->list[ret->count++] = *in;
	}
	if (ret->count == 0)
		ret->list[ret->count++] = (struct intent){.kind = INTENT_UNKNOWN};
}

/* Letters and no Chinese, and read by an English rule; where no rule knew it, letters enough for words. */
static bool is_english(const struct reading *rd, const struct intents *in)
{
	int letters = 0;
	for (int i = 0; i < rd->normal.glyphs.count; i++) {
		if (is_han(rd->normal.glyphs.list[i].c))
			return false;
		letters += is_letter(rd->normal.glyphs.list[i].c) != 0;
	}
	for (int i = 0; i < in->count; i++)
		if (strncmp(in->list[i].rule, "en-", 3) == 0)
			return true;
	return letters >= 8;
}

void rules_read(const struct rules *r, const char *text, const struct rules_context *ctx, struct intents *ret)
{
	struct reading *rd = mem_alloc(sizeof *rd);
	memset(ret, 0, sizeof *ret);
	reading_open(rd, r, text, ctx);
	reading_run(rd);
	settle(rd, ret);
	ret->english = is_english(rd, ret);
	reading_close(rd);
	free(rd);
}
