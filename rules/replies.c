#include "rules/replies.h"

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define REPLY_KEY_MAX   64
#define REPLY_NAME_MAX  32
#define REPLY_VALUE_MAX (4 * 1024)

struct reply {
	char *key;
	char *text[2]; /* by enum language; NULL until its file was read */
	int line[2];
};

struct replies {
	struct reply *list; /* in order of key, for bsearch */
	int count;
};

static const char *const file_names[2] = {[LANG_ZH] = "replies.zh", [LANG_EN] = "replies.en"};

static int by_key(const void *a, const void *b)
{
	const struct reply *x = a, *y = b;
	return strcmp(x->key, y->key);
}

static struct reply *find(const struct replies *r, const char *key)
{
	for (int i = 0; i < r->count; i++)
		if (!strcmp(r->list[i].key, key))
			return &r->list[i];
	return NULL;
}

/* The placeholder at `p` ("{name}"): its length with the braces, 0 when there is none. */
static size_t placeholder(const char *p, char name[REPLY_NAME_MAX])
{
	size_t n = *p == '{' ? strspn(p + 1, "abcdefghijklmnopqrstuvwxyz_0123456789") : 0;
	if (!n || n >= REPLY_NAME_MAX || p[n + 1] != '}')
		return 0;
	memcpy(name, p + 1, n);
	name[n] = 0;
	return n + 2;
}

static bool has_placeholder(const char *text, const char *name)
{
	char found[REPLY_NAME_MAX];
	for (; *text; text++)
		if (placeholder(text, found) && !strcmp(found, name))
			return true;
	return false;
}

/* Braces and double brackets must pair, each optional part must hold a placeholder. NULL when they do. */
static const char *fault(const char *text)
{
	char name[REPLY_NAME_MAX];
	const char *open = NULL;
	bool filled = false;
	for (const char *p = text; *p; p++) {
		size_t n = placeholder(p, name);
		if (n) {
			filled = true;
			p += n - 1;
		} else if (*p == '{' || *p == '}')
			return N_("has a { or } that belongs to no {placeholder}");
		else if (p[0] == '[' && p[1] == '[') {
			if (open)
				return N_("has [[ within [[");
			open = p++;
			filled = false;
		} else if (p[0] == ']' && p[1] == ']') {
			if (!open || !filled)
				return open ? N_("has a [[…]] without a {placeholder}")
					    : N_("has ]] without [[");
			open = NULL;
			p++;
		}
	}
	return open ? N_("has [[ without ]]") : NULL;
}

static char *trimmed(char *s)
{
	s += strspn(s, " \t");
	size_t n = strlen(s);
	while (n && strchr(" \t\r\n", s[n - 1]))
		s[--n] = 0;
	return s;
}

static int take_line(struct replies *r, enum language lang, const char *path, int number, char *line,
		     struct err *e)
{
	char *p = trimmed(line), *equals = strchr(p, '=');
	if (!*p || *p == '#')
		return 0;
	if (!text_valid(p, strlen(p)))
		return err_set(e, path, number, "is not UTF-8 text; save the file as UTF-8");
	if (!equals)
		return err_set(e, path, number, "is neither `key = text` nor a # comment");
	*equals = 0;
	char *key = trimmed(p), *text = trimmed(equals + 1);
	if (!*key || strlen(key) >= REPLY_KEY_MAX ||
	    strspn(key, "abcdefghijklmnopqrstuvwxyz._-0123456789") != strlen(key))
		return err_set(e, path, number,
			       "\"%.40s\" is no key; keys stay as they are, change the text behind the =", key);
	if (!*text)
		return err_set(e, path, number, "%s has no text", key);
	const char *wrong = fault(text);
	if (wrong)
		return err_set(e, path, number, "%s %s", key, gettext(wrong));
	struct reply *reply = find(r, key);
	if (reply && reply->text[lang])
		return err_set(e, path, number, "%s stands twice, first in line %d; keep one", key,
			       reply->line[lang]);
	if (!reply) {
		r->list = mem_resize(r->list, (size_t)r->count + 1, sizeof *r->list);
		reply = &r->list[r->count++];
		*reply = (struct reply){.key = mem_dup(key)};
	}
	reply->text[lang] = mem_dup(text);
	reply->line[lang] = number;
	return 0;
}

static int read_file(struct replies *r, enum language lang, const char *path, struct err *e)
{
	FILE *f = fopen(path, "re");
	if (!f) {
		err_set(e, path, 0, "cannot be read: %s", err_system(errno));
		return -ENOENT;
	}
	cleanup_free char *line = NULL;
	size_t room = 0;
	int result = 0;
	for (int number = 1; result == 0 && getline(&line, &room, f) >= 0; number++)
		result = take_line(r, lang, path, number, line, e);
	fclose(f);
	return result;
}

/* The placeholders of one language that the other lacks: the program fills in the same values for both. */
static int check_pair(const struct reply *reply, char *const path[2], struct err *e)
{
	char name[REPLY_NAME_MAX];
	for (int lang = 0; lang < 2; lang++) {
		int other = !lang;
		if (!reply->text[lang])
			return err_set(e, path[lang], 0, "has no text for %s, which %s has in line %d",
				       reply->key, path[other], reply->line[other]);
		for (const char *p = reply->text[lang]; *p; p++)
			if (placeholder(p, name) && !has_placeholder(reply->text[other], name))
				return err_set(e, path[other], reply->line[other],
					       "%s lacks {%s}, which %s has", reply->key, name, path[lang]);
	}
	return 0;
}

int replies_load(const char *data_dir, struct replies **ret, struct err *e)
{
	struct replies *r = mem_alloc(sizeof *r);
	char *path[2];
	int result = 0;
	for (int lang = 0; lang < 2; lang++)
		path[lang] = mem_printf("%s/rules/%s", data_dir, file_names[lang]);
	for (int lang = 0; lang < 2 && result == 0; lang++)
		result = read_file(r, (enum language)lang, path[lang], e);
	for (int i = 0; i < r->count && result == 0; i++)
		result = check_pair(&r->list[i], path, e);
	for (int lang = 0; lang < 2; lang++)
		free(path[lang]);
	if (result) {
		replies_free(r);
		return result;
	}
	qsort(r->list, (size_t)r->count, sizeof *r->list, by_key);
	*ret = r;
	return 0;
}

void replies_free(struct replies *r)
{
	if (!r)
		return;
	for (int i = 0; i < r->count; i++) {
		free(r->list[i].key);
		free(r->list[i].text[0]);
		free(r->list[i].text[1]);
	}
	free(r->list);
	free(r);
}

/* ------------------------------------------------------------------------------------------- filling in */

static const struct reply_value *value_of(const struct reply_value *values, const char *name)
{
	for (; values && values->name; values++)
		if (!strcmp(values->name, name))
			return values->value && values->value[0] ? values : NULL;
	return NULL;
}

/* Cut to max_chars characters, mark included; masked. The English mark keeps an answer in the GSM alphabet. */
static void add_value(const struct reply_value *v, enum language lang, struct buf *out)
{
	char text[REPLY_VALUE_MAX];
	text_copy(text, sizeof text, v->value);
	text_mask_controls(text);
	const char *p = text, *cut = text;
	int chars = 0;
	while (*p && (v->max_chars == 0 || chars < v->max_chars)) {
		if (chars == v->max_chars - (lang == LANG_EN ? 2 : 1))
			cut = p;
		text_next(&p);
		chars++;
	}
	if (!*p) {
		buf_adds(out, text);
		return;
	}
	buf_add(out, text, (size_t)(cut - text));
	buf_adds(out, lang == LANG_EN ? ".." : "…");
}

static bool all_empty(const char *from, const char *end, const struct reply_value *values)
{
	char name[REPLY_NAME_MAX];
	for (const char *p = from; p < end; p++)
		if (placeholder(p, name) && value_of(values, name))
			return false;
	return true;
}

void replies_add(const struct replies *r, enum language lang, const char *key, const struct reply_value *values,
		 struct buf *out)
{
	struct reply wanted = {.key = (char *)(uintptr_t)key};
	const struct reply *reply = bsearch(&wanted, r->list, (size_t)r->count, sizeof *r->list, by_key);
	if (!reply) {
		fprintf(stderr, "yishi: no reply text %s\n", key);
		abort();
	}
	char name[REPLY_NAME_MAX];
	for (const char *p = reply->text[lang]; *p; p++) {
		size_t n = placeholder(p, name);
		if (n) {
			const struct reply_value *v = value_of(values, name);
			if (v)
				add_value(v, lang, out);
			p += n - 1;
		} else if (p[0] == '[' && p[1] == '[') {
			const char *end = strstr(p, "]]");
			p = all_empty(p, end, values) ? end + 1 : p + 1;
		} else if (p[0] == ']' && p[1] == ']')
			p++;
		else
			buf_addc(out, *p);
	}
}

int replies_count(const struct replies *r)
{
	return r->count;
}

const char *replies_key(const struct replies *r, int i)
{
	return r->list[i].key;
}

const char *replies_text(const struct replies *r, int i, enum language lang)
{
	return r->list[i].text[lang];
}
