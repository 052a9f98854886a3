#include "store/copies.h"

#include "base/clock.h"
#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char shape[] = "yishi-dddddddd-dddddd";

char *copies_name(int64_t utc, char *ret)
{
	struct civil t;
	civil_from_utc(utc, &t);
	snprintf(ret, COPY_NAME, "yishi-%04d%02d%02d-%02d%02d%02d.db", t.year % 10000, t.month % 100,
		 t.day % 100, t.hour % 100, t.minute % 100, t.second % 100);
	return ret;
}

static bool has_shape(const char *name)
{
	for (size_t i = 0; i < sizeof shape - 1; i++)
		if (shape[i] == 'd' ? name[i] < '0' || name[i] > '9' : name[i] != shape[i])
			return false;
	return true;
}

bool copies_time(const char *name, int64_t *ret_utc)
{
	struct civil t = {0};
	if (!has_shape(name) || strcmp(name + sizeof shape - 1, ".db") != 0)
		return false;
	sscanf(name, "yishi-%4d%2d%2d-%2d%2d%2d", &t.year, &t.month, &t.day, &t.hour, &t.minute, &t.second);
	*ret_utc = civil_to_utc(&t);
	return true;
}

static char *words_of(const char *folder, const char *name)
{
	return mem_printf("%s/%.*s.private.db", folder, (int)(sizeof shape - 1), name);
}

static int younger_first(const void *a, const void *b)
{
	return strcmp(((const struct copy_file *)b)->name, ((const struct copy_file *)a)->name);
}

int copies_list(const char *folder, struct copy_file **ret)
{
	DIR *dir = opendir(folder);
	struct dirent *e;
	int n = 0;
	if (!dir)
		return -errno;
	struct copy_file *list = mem_array(COPIES_MAX, sizeof *list);
	while (n < COPIES_MAX && (e = readdir(dir))) {
		struct copy_file f = {0};
		struct stat st;
		if (!copies_time(e->d_name, &f.utc))
			continue;
		cleanup_free char *path = mem_printf("%s/%s", folder, e->d_name),
				  *words = words_of(folder, e->d_name);
		snprintf(f.name, sizeof f.name, "%.30s", e->d_name);
		f.bytes = stat(path, &st) == 0 ? (int64_t)st.st_size : 0;
		f.private = access(words, F_OK) == 0;
		list[n++] = f;
	}
	closedir(dir);
	qsort(list, (size_t)n, sizeof *list, younger_first);
	*ret = list;
	return n;
}

/* Days since the Monday 1969-12-29, local. */
static int64_t day_of(int64_t utc)
{
	struct civil t;
	civil_from_utc(utc, &t);
	struct tm tm = {.tm_year = t.year - 1900, .tm_mon = t.month - 1, .tm_mday = t.day};
	return (int64_t)timegm(&tm) / DAY_S + 3;
}

void copies_choose(const struct copy_file *list, int n, int days, int weeks, char *keep)
{
	int64_t day = INT64_MAX, week = INT64_MAX;
	memset(keep, 0, (size_t)n);
	for (int i = 0; i < n; i++) {
		int64_t d = day_of(list[i].utc), w = d / 7;
		if (d != day && days > 0) {
			keep[i] = 1;
			days--;
			/* the week of a day that is kept has its copy, unless days are over within it */
			week = w;
		} else if (d != day && w != week && weeks > 0) {
			keep[i] = 1;
			weeks--;
			week = w;
		}
		day = d;
	}
	if (n)
		keep[0] = 1;
}

static void drop(const char *folder, const char *name)
{
	cleanup_free char *path = mem_printf("%s/%s", folder, name), *words = words_of(folder, name);
	unlink(words);
	unlink(path);
}

/* ------------------------------------------------------------------------------------------------ set aside */

/* PREFIX and then digits and hyphens, to the end. */
static bool is_aside(const char *name, const char *prefix)
{
	size_t n = strlen(prefix);
	return !strncmp(name, prefix, n) && name[n] && !name[n + strspn(name + n, "0123456789-")];
}

static void drop_aside(const char *folder, const char *name)
{
	static const char *const suffixes[] = {"-wal", "-shm", ""};
	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
		cleanup_free char *path = mem_printf("%s/%s%s", folder, name, suffixes[i]);
		unlink(path);
	}
}

static void thin_sort(const char *folder, const char *prefix, const char *spare)
{
	struct dirent **all;
	int n = scandir(folder, &all, NULL, versionsort), left = 0;
	for (int i = 0; i < n; i++)
		left += is_aside(all[i]->d_name, prefix);
	for (int i = 0; i < n; i++) {
		if (is_aside(all[i]->d_name, prefix) && left-- > COPIES_ASIDE &&
		    strcmp(all[i]->d_name, spare) != 0)
			drop_aside(folder, all[i]->d_name);
		free(all[i]);
	}
	if (n >= 0)
		free(all);
}

void copies_thin_aside(const char *file, const char *spare)
{
	cleanup_free char *path = mem_dup(file), *folder = mem_dup(file), *fresh = mem_dup(spare);
	const char *name = basename(path), *dir = dirname(folder);
	cleanup_free char *before = mem_printf("%s.before-", name),
			  *replaced = mem_printf("%s.replaced-", name);
	thin_sort(dir, before, basename(fresh));
	thin_sort(dir, replaced, basename(fresh));
}

/* ------------------------------------------------------------------------------------------------ thinning */

/* yishi-….part of a power cut. */
static void drop_parts(const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *e;
	while (dir && (e = readdir(dir))) {
		const char *dot = has_shape(e->d_name) ? strrchr(e->d_name, '.') : NULL;
		cleanup_free char *path = mem_printf("%s/%s", folder, e->d_name);
		if (dot && !strcmp(dot, ".part"))
			unlink(path);
	}
	if (dir)
		closedir(dir);
}

int copies_thin(const char *folder, int days, int weeks, int most)
{
	struct copy_file *list;
	char keep[COPIES_MAX];
	int n = copies_list(folder, &list), kept = 0, gone = 0;
	if (n < 0)
		return n;
	copies_choose(list, n, days, weeks, keep);
	for (int i = 0; i < n; i++) {
		if (keep[i] && kept < most) {
			kept++;
			continue;
		}
		drop(folder, list[i].name);
		gone++;
	}
	drop_parts(folder);
	free(list);
	return gone;
}
