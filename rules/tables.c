#include "rules/tables.h"

#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int open_table(const char *dir, const char *name, char *path, size_t size, FILE **ret, struct err *e)
{
	snprintf(path, size, "%s/%s", dir, name);
	FILE *f = fopen(path, "re");
	if (!f) {
		err_set(e, path, 0, "cannot be opened (%s); is the data folder complete?", err_system(errno));
		return -ENOENT;
	}
	*ret = f;
	return 0;
}

static bool in_table(uint32_t c)
{
	return c >= HAN_FIRST && c <= HAN_LAST;
}

static int load_traditional(const char *dir, struct tables *t, struct err *e)
{
	char path[512], line[4096];
	FILE *f = NULL;
	int r = open_table(dir, "traditional.table", path, sizeof path, &f, e);
	if (r < 0)
		return r;
	for (int n = 1; r == 0 && fgets(line, sizeof line, f); n++) {
		const char *p = line;
		while (*p && *p != '#' && *p != '\n') {
			if (*p == ' ') {
				p++;
				continue;
			}
			uint32_t from = text_next(&p), to = text_next(&p);
			if (!in_table(from) || !in_table(to)) {
				r = err_set(e, path, n, "expected pairs of Chinese characters");
				break;
			}
			t->simplified[from - HAN_FIRST] = (uint16_t)to;
		}
	}
	fclose(f);
	return r;
}

/* Speakers of many places do not tell zh from z or -ing from -in, and type accordingly. */
static void fold(const char *spelling, char out[8])
{
	static const char *const same[][2] = {{"zh", "z"}, {"ch", "c"}, {"sh", "s"}};
	static const char *const ends[] = {"ing", "eng", "ang"};
	snprintf(out, 8, "%s", spelling);
	for (size_t i = 0; i < 3; i++)
		if (strncmp(out, same[i][0], 2) == 0)
			memmove(out + 1, out + 2, strlen(out + 1));
	size_t n = strlen(out);
	for (size_t i = 0; i < 3; i++)
		if (n >= 3 && strcmp(out + n - 3, ends[i]) == 0) {
			out[n - 1] = 0;
			break;
		}
}

static int add_syllable(struct tables *t, const char *spelling, const char *path, int line, struct err *e)
{
	if (t->syllable_count + 1 >= SYLLABLES)
		return err_set(e, path, line, "more than %d syllables", SYLLABLES - 1);
	int id = ++t->syllable_count;
	snprintf(t->spelling[id], sizeof t->spelling[id], "%s", spelling);
	t->sound[id] = (uint16_t)id;
	char a[8], b[8];
	fold(spelling, a);
	for (int i = 1; i < id; i++) {
		fold(t->spelling[i], b);
		if (strcmp(a, b) == 0) {
			t->sound[id] = t->sound[i];
			break;
		}
	}
	return id;
}

static int load_pinyin(const char *dir, struct tables *t, struct err *e)
{
	char path[512], line[4096], spelling[8];
	FILE *f = NULL;
	int r = open_table(dir, "pinyin.table", path, sizeof path, &f, e);
	if (r < 0)
		return r;
	for (int n = 1; r == 0 && fgets(line, sizeof line, f); n++) {
		int used = 0;
		if (*line == '#' || *line == '\n')
			continue;
		if (sscanf(line, "%7[a-z] %n", spelling, &used) != 1 || !used) {
			r = err_set(e, path, n, "expected a syllable and its characters");
			break;
		}
		int id = add_syllable(t, spelling, path, n, e);
		r = id < 0 ? id : 0;
		for (const char *p = line + used; r == 0 && *p && *p != '\n';) {
			uint32_t c = text_next(&p);
			if (!in_table(c))
				r = err_set(e, path, n, "expected only Chinese characters after the syllable");
			else
				t->syllable[c - HAN_FIRST] = (uint16_t)id;
		}
	}
	fclose(f);
	return r;
}

int tables_load(const char *dir, struct tables *t, struct err *e)
{
	memset(t, 0, sizeof *t);
	int r = load_traditional(dir, t, e);
	return r < 0 ? r : load_pinyin(dir, t, e);
}

uint32_t tables_simplify(const struct tables *t, uint32_t c)
{
	return in_table(c) && t->simplified[c - HAN_FIRST] ? t->simplified[c - HAN_FIRST] : c;
}

uint16_t tables_syllable(const struct tables *t, uint32_t c)
{
	return in_table(c) ? t->syllable[c - HAN_FIRST] : 0;
}

uint16_t tables_sound(const struct tables *t, uint32_t c)
{
	return t->sound[tables_syllable(t, c)];
}
