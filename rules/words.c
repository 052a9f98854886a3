#include "rules/words.h"

#include "base/mem.h"
#include "base/text.h"
#include "rules/intent.h"

#include <errno.h>
#include <search.h>
#include <stdio.h>
#include <string.h>

struct section {
	enum word_kind kind;
	int list;
};

void words_done(struct words *w)
{
	for (int i = 0; i < w->count; i++) {
		free(w->list[i].text);
		free(w->list[i].c);
		free(w->list[i].meant);
	}
	free(w->list);
	free(w->names);
	tdestroy(w->seen, free);
	*w = (struct words){0};
}

int words_list_find(const struct words *w, const char *name)
{
	for (int i = 0; i < w->name_count; i++)
		if (strcmp(w->names[i], name) == 0)
			return i;
	return -1;
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Notes the word in its section. */
static bool stood_before(struct words *w, enum word_kind kind, int list, const char *text)
{
	char *key = mem_printf("%d %d %s", (int)kind, list, text);
	char **found = tsearch(key, &w->seen, by_bytes);
	if (!found)
		abort(); /* out of memory */
	if (*found == key)
		return false;
	free(key);
	return true;
}

static struct word *add(struct words *w, const char *text)
{
	if (w->count == w->cap) {
		w->cap = w->cap * 2 + 512;
		w->list = mem_resize(w->list, (size_t)w->cap, sizeof *w->list);
	}
	struct word *word = &w->list[w->count++];
	*word = (struct word){.text = mem_dup(text)};
	word->c = mem_array(strlen(text) + 1, sizeof *word->c);
	for (char *p = word->text; *p; p++)
		if (*p == '_')
			*p = ' ';
	for (const char *p = word->text; *p;)
		word->c[word->n++] = text_next(&p);
	return word;
}

static int open_section(struct words *w, char *name, struct section *s, const char *path, int line,
			struct err *e)
{
	char kind[16] = "", what[32] = "";
	if (sscanf(name, "%15s %31s", kind, what) < 1)
		return err_set(e, path, line, "a section needs a name, such as [list yes]");
	static const struct {
		const char *name;
		enum word_kind kind;
	} unlisted[] = {
	    {"danger", WORD_DANGER}, {"sounds", WORD_SOUND}, {"looks", WORD_LOOK}, {"dialect", WORD_DIALECT}};
	for (size_t i = 0; i < ARRAY_LEN(unlisted); i++) {
		if (strcmp(kind, unlisted[i].name) == 0) {
			s->kind = unlisted[i].kind;
			return 0;
		}
	}
	if (strcmp(kind, "category") == 0) {
		s->kind = WORD_CATEGORY;
		s->list = category_find(what);
		return s->list < 0 ? err_set(e, path, line, "there is no category '%s'", what) : 0;
	}
	if (strcmp(kind, "list") != 0 || !*what)
		return err_set(
		    e, path, line,
		    "unknown section [%s]; there are list, category, danger, sounds, looks and dialect", name);
	s->kind = WORD_LIST;
	s->list = words_list_find(w, what);
	if (s->list < 0) {
		w->names = mem_resize(w->names, (size_t)w->name_count + 1, sizeof *w->names);
		s->list = w->name_count++;
		text_copy(w->names[s->list], sizeof w->names[0], what);
	}
	return 0;
}

static int add_word(struct words *w, const struct section *s, char *token, int weight, const char *path,
		    int line, struct err *e)
{
	enum word_kind kind = s->kind;
	char *meant = NULL;
	bool freely = false;
	if (kind == WORD_SOUND && *token == '!') {
		kind = WORD_NOT_SOUND;
		token++;
	} else if (kind == WORD_SOUND && *token == '*') {
		freely = true;
		token++;
	} else if (kind == WORD_LOOK || kind == WORD_DIALECT) {
		meant = strchr(token, '=');
		if (!meant || !meant[1])
			return err_set(e, path, line, "expected typed=meant instead of '%s'", token);
		*meant++ = 0;
	}
	if (!*token || !text_valid(token, strlen(token)))
		return err_set(e, path, line, "an empty word, or one that is no UTF-8");
	if (stood_before(w, kind, s->list, token))
		return err_set(e, path, line, "'%s' stands in this section already", token);
	struct word *word = add(w, token);
	word->kind = kind;
	word->list = s->list;
	word->weight = weight;
	word->free = freely;
	word->meant = mem_dup(meant);
	for (char *p = word->meant; p && *p; p++)
		if (*p == '_')
			*p = ' ';
	if (kind != WORD_LIST && kind != WORD_CATEGORY && kind != WORD_DANGER && word->n > 8)
		return err_set(e, path, line, "'%s' is too long to be matched by its sound or look", token);
	return 0;
}

static int read_line(struct words *w, struct section *s, char *line, const char *path, int n, struct err *e)
{
	int weight = 0;
	char *p = line + strspn(line, " \t");
	char *hash = strstr(p, " #");
	if (hash)
		*hash = 0;
	if (!*p || *p == '#')
		return 0;
	if (*p == '[') {
		char *end = strchr(p, ']');
		if (!end)
			return err_set(e, path, n, "a section begins with [ and ends with ]");
		*end = 0;
		return open_section(w, p + 1, s, path, n, e);
	}
	if (s->list < 0 && s->kind == WORD_LIST)
		return err_set(e, path, n, "words before the first [section]");
	if (s->kind == WORD_CATEGORY || s->kind == WORD_DANGER) {
		if (p[0] < (s->kind == WORD_DANGER ? '0' : '1') || p[0] > '9' || p[1] != ':')
			return err_set(e, path, n, "a line of this section begins with its weight, such as 5:");
		weight = p[0] - '0';
		p += 2;
	}
	for (char *save, *t = strtok_r(p, " \t", &save); t; t = strtok_r(NULL, " \t", &save)) {
		int r = add_word(w, s, t, weight, path, n, e);
		if (r < 0)
			return r;
	}
	return 0;
}

int words_load(const char *path, struct words *w, struct err *e)
{
	FILE *f = fopen(path, "re");
	if (!f) {
		err_set(e, path, 0, "cannot be opened (%s)", err_system(errno));
		return -ENOENT;
	}
	struct section s = {WORD_LIST, -1};
	cleanup_free char *line = NULL;
	size_t cap = 0;
	int r = 0;
	for (int n = 1; r == 0 && getline(&line, &cap, f) >= 0; n++) {
		line[strcspn(line, "\r\n")] = 0;
		r = read_line(w, &s, line, path, n, e);
	}
	fclose(f);
	return r;
}

static int order(const void *a, const void *b)
{
	const struct word *x = a, *y = b;
	if (x->c[0] != y->c[0])
		return x->c[0] < y->c[0] ? -1 : 1;
	if (x->n != y->n)
		return y->n - x->n;
	int d = strcmp(x->text, y->text);
	if (d)
		return d;
	return x->kind != y->kind ? (int)x->kind - (int)y->kind : x->list - y->list;
}

void words_sort(struct words *w)
{
	tdestroy(w->seen, free);
	w->seen = NULL;
	if (w->count)
		qsort(w->list, (size_t)w->count, sizeof *w->list, order);
}

static int first_with(const struct words *w, uint32_t c)
{
	int lo = 0, hi = w->count;
	while (lo < hi) {
		int mid = lo + (hi - lo) / 2;
		if (w->list[mid].c[0] < c)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool letter_or_digit(uint32_t c)
{
	return is_letter(c) || is_digit(c);
}

/* The word stands at `at`; English words begin and end there, or end with a plural s. */
static bool stands_at(const struct word *word, const struct glyphs *g, int at)
{
	for (int i = 0; i < word->n; i++)
		if (glyphs_at(g, at + i) != word->c[i])
			return false;
	if (is_letter(word->c[0]) && letter_or_digit(glyphs_at(g, at - 1)))
		return false;
	if (!is_letter(word->c[word->n - 1]))
		return true;
	uint32_t next = glyphs_at(g, at + word->n);
	return !letter_or_digit(next) || (next == 's' && !letter_or_digit(glyphs_at(g, at + word->n + 1)));
}

int words_longest(const struct words *w, const struct glyphs *g, int at,
		  bool (*wanted)(const struct word *, int arg), int arg, const struct word **ret)
{
	uint32_t c = glyphs_at(g, at);
	int found = 0;
	if (!c)
		return 0;
	for (int i = first_with(w, c); i < w->count && w->list[i].c[0] == c; i++) {
		const struct word *word = &w->list[i];
		if (found && strcmp(word->text, (*ret)->text) != 0)
			break;
		if (!wanted(word, arg) || !stands_at(word, g, at))
			continue;
		if (!found++)
			*ret = word;
	}
	return found;
}

bool word_of_list(const struct word *word, int list)
{
	return word->kind == WORD_LIST && word->list == list;
}

bool word_of_kind(const struct word *word, int kind)
{
	return (int)word->kind == kind;
}

bool word_is_known(const struct word *word, int unused)
{
	(void)unused;
	return word->n >= 2 && word->kind != WORD_DANGER && word->kind != WORD_LOOK &&
	       word->kind != WORD_DIALECT;
}
