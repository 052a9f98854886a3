#define PCRE2_CODE_UNIT_WIDTH 8
#include "rules/pattern.h"

#include "base/mem.h"

#include <errno.h>
#include <pcre2.h>
#include <string.h>

struct pattern {
	pcre2_code *code;
};

struct matcher {
	pcre2_match_context *context;
	pcre2_match_data *data;
};

struct matcher *matcher_new(void)
{
	struct matcher *m = mem_alloc(sizeof *m);
	m->context = pcre2_match_context_create(NULL);
	m->data = pcre2_match_data_create(PATTERN_GROUPS, NULL);
	if (!m->context || !m->data)
		abort();
	pcre2_set_match_limit(m->context, PATTERN_MATCH_LIMIT);
	pcre2_set_depth_limit(m->context, PATTERN_DEPTH_LIMIT);
	pcre2_set_heap_limit(m->context, PATTERN_HEAP_KIB);
	return m;
}

void matcher_free(struct matcher *m)
{
	if (!m)
		return;
	pcre2_match_data_free(m->data);
	pcre2_match_context_free(m->context);
	free(m);
}

static void add_escaped(struct buf *out, const char *s)
{
	for (; *s; s++) {
		if (strchr("\\^$.|?*+()[]{}-#/", *s))
			buf_addc(out, '\\');
		buf_addc(out, *s);
	}
}

static int longer_first(const void *a, const void *b)
{
	const struct word *const *x = a, *const *y = b;
	return (*y)->n - (*x)->n;
}

static bool add_list(struct buf *out, const struct words *w, const char *name)
{
	int list = words_list_find(w, name), n = 0;
	if (list < 0)
		return false;
	const struct word **found = mem_array((size_t)w->count + 1, sizeof *found);
	for (int i = 0; i < w->count; i++)
		if (word_of_list(&w->list[i], list))
			found[n++] = &w->list[i];
	qsort(found, (size_t)n, sizeof *found, longer_first);
	buf_adds(out, "(?:");
	for (int i = 0; i < n; i++) {
		if (i)
			buf_addc(out, '|');
		add_escaped(out, found[i]->text);
	}
	buf_addc(out, ')');
	free(found);
	return n > 0;
}

static size_t reference(const char *p, char name[32])
{
	size_t n = strspn(p + 1, "abcdefghijklmnopqrstuvwxyz-0123456789");
	if (*p != '{' || n == 0 || n > 31 || p[n + 1] != '}' || (p[1] >= '0' && p[1] <= '9'))
		return 0;
	memcpy(name, p + 1, n);
	name[n] = 0;
	return n + 2;
}

int pattern_expand(const char *text, const struct words *w, const struct define *d, int defines,
		   struct buf *out, const char *file, int line, struct err *e)
{
	char name[32];
	for (const char *p = text; *p;) {
		size_t n = reference(p, name);
		if (!n || (p > text && p[-1] == '\\')) {
			buf_addc(out, *p++);
			continue;
		}
		int k = 0;
		while (k < defines && strcmp(d[k].name, name) != 0)
			k++;
		if (k < defines)
			buf_adds(out, d[k].text);
		else if (!add_list(out, w, name))
			return err_set(e, file, line,
				       "{%s} is neither a word list nor a define above this line", name);
		p += n;
	}
	return 0;
}

int pattern_compile(const char *expanded, enum pattern_match how, struct pattern **ret, const char *file,
		    int line, struct err *e)
{
	uint32_t options = PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C | PCRE2_DUPNAMES | PCRE2_NO_AUTO_CAPTURE;
	if (how != MATCH_FIND)
		options |= PCRE2_ANCHORED;
	if (how == MATCH_WHOLE)
		options |= PCRE2_ENDANCHORED;
	int number;
	size_t offset;
	pcre2_code *code =
	    pcre2_compile((PCRE2_SPTR)expanded, PCRE2_ZERO_TERMINATED, options, &number, &offset, NULL);
	if (!code) {
		char why[160] = "";
		pcre2_get_error_message(number, (PCRE2_UCHAR *)why, sizeof why);
		return err_set(e, file, line, "the pattern is wrong: %s, before '%.24s'", why,
			       expanded + (offset < strlen(expanded) ? offset : strlen(expanded)));
	}
	uint32_t groups;
	pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &groups);
	if (groups >= PATTERN_GROUPS) {
		pcre2_code_free(code);
		return err_set(e, file, line, "the pattern has more than %d named groups", PATTERN_GROUPS - 1);
	}
	*ret = mem_alloc(sizeof **ret);
	(*ret)->code = code;
	return 0;
}

bool pattern_quicken(struct pattern *p)
{
	return pcre2_jit_compile(p->code, PCRE2_JIT_COMPLETE) == 0;
}

void pattern_free(struct pattern *p)
{
	if (!p)
		return;
	pcre2_code_free(p->code);
	free(p);
}

void pattern_release(void)
{
	pcre2_jit_free_unused_memory(NULL);
}

bool pattern_match(const struct pattern *p, struct matcher *m, const char *text, int len, int from,
		   struct span *ret)
{
	int n = pcre2_match(p->code, (PCRE2_SPTR)text, (size_t)len, (size_t)from, PCRE2_NO_UTF_CHECK, m->data,
			    m->context);
	if (n <= 0)
		return false;
	const PCRE2_SIZE *v = pcre2_get_ovector_pointer(m->data);
	*ret = (struct span){(int)v[0], (int)v[1]};
	return v[0] <= v[1]; /* \K in a lookahead can turn them round */
}

struct span pattern_group(const struct pattern *p, const struct matcher *m, const char *name)
{
	PCRE2_SPTR first, last;
	int size = pcre2_substring_nametable_scan(p->code, (PCRE2_SPTR)name, &first, &last);
	if (size < 0)
		return (struct span){-1, -1};
	const PCRE2_SIZE *v = pcre2_get_ovector_pointer(m->data);
	for (PCRE2_SPTR entry = first; entry <= last; entry += size) {
		int g = entry[0] << 8 | entry[1];
		if (v[2 * g] != PCRE2_UNSET)
			return (struct span){(int)v[2 * g], (int)v[2 * g + 1]};
	}
	return (struct span){-1, -1};
}

int pattern_names(const struct pattern *p, const char *names[], int max)
{
	uint32_t count, size;
	PCRE2_SPTR table;
	pcre2_pattern_info(p->code, PCRE2_INFO_NAMECOUNT, &count);
	pcre2_pattern_info(p->code, PCRE2_INFO_NAMEENTRYSIZE, &size);
	pcre2_pattern_info(p->code, PCRE2_INFO_NAMETABLE, &table);
	int n = 0;
	for (uint32_t i = 0; i < count && n < max; i++)
		names[n++] = (const char *)(table + i * size + 2);
	return n;
}
