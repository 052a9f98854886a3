#include "page/pages.h"

#include "base/file.h"
#include "base/i18n.h"
#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define WORDS "words."

/* Hidden files and an editor's back-up copies are no templates. */
static int is_template(const struct dirent *d)
{
	size_t n = strlen(d->d_name);
	return *d->d_name != '.' && *d->d_name != '#' && n < TEMPLATE_NAME_MAX && d->d_name[n - 1] != '~' &&
	       (n < 4 || strcmp(d->d_name + n - 4, ".bak") != 0);
}

static int walk_folder(const char *folder, int (*each)(void *ctx, const char *name, const char *path),
		       void *ctx, struct err *e)
{
	struct dirent **list;
	int n = scandir(folder, &list, is_template, alphasort), r = 0;
	if (n < 0) {
		r = -errno;
		err_set(e, folder, 0, "cannot be opened: %s", err_system(errno));
		return r;
	}
	for (int i = 0; i < n; i++) {
		struct stat st;
		cleanup_free char *path = mem_printf("%s/%s", folder, list[i]->d_name);
		if (!r && stat(path, &st) == 0 && S_ISREG(st.st_mode))
			r = each(ctx, list[i]->d_name, path);
		free(list[i]);
	}
	free(list);
	return r;
}

/* Installed templates lie in pages/, those of the source tree beside their reader. */
static char *shipped(const char *data_dir)
{
	struct stat st;
	char *path = mem_printf("%s/pages", data_dir);
	if (stat(path, &st) == 0)
		return path;
	free(path);
	return mem_printf("%s/src/page/templates", data_dir);
}

struct loading {
	struct template_set *set;
	const char *words; /* "zh" */
	struct err *e;
};

static int add_file(void *ctx, const char *name, const char *path)
{
	struct loading *l = ctx;
	cleanup_buf struct buf text = {0};
	bool words = !strncmp(name, WORDS, sizeof WORDS - 1);
	if (words && strcmp(name + sizeof WORDS - 1, l->words) != 0)
		return 0;
	int r = file_read(path, TEMPLATE_SIZE, &text, l->e);
	if (r)
		return r;
	if (text.len >= 3 && !memcmp(text.data, "\xEF\xBB\xBF", 3))
		buf_drop(&text, 3); /* Windows' editor begins a UTF-8 file so */
	return words ? template_add_words(l->set, buf_str(&text), text.len, path, l->e)
		     : template_add(l->set, name, buf_str(&text), text.len, path, 1, l->e);
}

int pages_load(const char *data_dir, const char *own, enum language lang, struct template_set **ret,
	       struct err *e)
{
	cleanup_free char *folder = shipped(data_dir);
	struct loading l = {template_set_new(), lang == LANG_ZH ? "zh" : "en", e};
	int r = walk_folder(folder, add_file, &l, e);
	if (!r && own)
		r = walk_folder(own, add_file, &l, e);
	if (!r)
		r = template_check(l.set, e);
	if (r)
		template_set_free(l.set);
	else
		*ret = l.set;
	return r;
}

struct listing {
	void (*each)(void *ctx, const char *name, const char *file, bool own);
	void *ctx;
	const char *own; /* the community's folder, "" none; NULL: it is being walked */
};

static int list_file(void *ctx, const char *name, const char *path)
{
	const struct listing *l = ctx;
	struct stat st;
	cleanup_free char *instead = l->own && *l->own ? mem_printf("%s/%s", l->own, name) : NULL;
	/* words of one's own stand beside the shipped ones, a page of one's own instead of it */
	if (!instead || stat(instead, &st) || !strncmp(name, WORDS, sizeof WORDS - 1))
		l->each(l->ctx, name, path, !l->own);
	return 0;
}

int pages_list(const char *data_dir, const char *own,
	       void (*each)(void *ctx, const char *name, const char *file, bool own), void *ctx, struct err *e)
{
	cleanup_free char *folder = shipped(data_dir);
	struct listing l = {each, ctx, own ? own : ""};
	int r = walk_folder(folder, list_file, &l, e);
	l.own = NULL;
	return r || !own ? r : walk_folder(own, list_file, &l, e);
}
