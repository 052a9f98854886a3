#include "page/template_internal.h"

#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

/* Parsing: a template becomes pieces of text and tags, each with its line. Whitespace follows the specification: a
 * line that holds nothing but one section, comment, partial or delimiter tag leaves no trace of itself. */

struct parser {
	struct template *t;
	const char *file;
	struct err *e;
	char open[8], close[8]; /* delimiters */
	const char *at, *end;
	const char *line_start; /* of the line that is being read */
	int line;
	int sections[TEMPLATE_DEPTH], depth; /* pieces of the open sections */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static struct piece *add_piece(struct parser *p, enum piece_kind kind, const char *text, size_t len)
{
	struct template *t = p->t;
	if (t->count == t->cap) {
		t->cap = t->cap ? t->cap * 2 : 32;
		t->pieces = mem_resize(t->pieces, t->cap, sizeof *t->pieces);
	}
	struct piece *x = &t->pieces[t->count++];
	*x = (struct piece){.kind = kind, .text = text, .len = len, .line = p->line};
	return x;
}

/* Text up to `to`, one piece a line, so that a partial's lines can be indented. */
static void add_text(struct parser *p, const char *from, const char *to, bool *starts_line)
{
	while (from < to) {
		const char *nl = memchr(from, '\n', (size_t)(to - from));
		const char *stop = nl ? nl + 1 : to;
		add_piece(p, PIECE_TEXT, from, (size_t)(stop - from))->starts_line = *starts_line;
		*starts_line = nl != NULL;
		if (nl)
			p->line++;
		from = stop;
	}
}

static const char *find(const char *from, const char *end, const char *what)
{
	return from < end ? memmem(from, (size_t)(end - from), what, strlen(what)) : NULL;
}

static int count_lines(const char *from, const char *to)
{
	int n = 0;
	for (; from < to; from++)
		n += *from == '\n';
	return n;
}

/* {{=<% %>=}} */
static int set_delimiters(struct parser *p, const char *body, size_t len)
{
	char text[32], more[2];
	char open[8], close[8];
	if (len >= sizeof text)
		return err_set(p->e, p->file, p->line, "delimiters have at most 7 characters each");
	memcpy(text, body, len);
	text[len] = 0;
	if (sscanf(text, " %7s %7s %1s", open, close, more) != 2 || strchr(open, '=') || strchr(close, '='))
		return err_set(p->e, p->file, p->line, "new delimiters are written {{=<%% %%>=}}");
	memcpy(p->open, open, sizeof open);
	memcpy(p->close, close, sizeof close);
	return 0;
}

static int check_name(struct parser *p, const char **name, size_t *len)
{
	while (*len && (is_blank(**name) || **name == '\n' || **name == '\r'))
		(*name)++, (*len)--;
	while (*len && (is_blank((*name)[*len - 1]) || (*name)[*len - 1] == '\n' || (*name)[*len - 1] == '\r'))
		(*len)--;
	if (!*len)
		return err_set(p->e, p->file, p->line, "a tag has no name");
	if (*len >= TEMPLATE_NAME_MAX)
		return err_set(p->e, p->file, p->line, "the name of a tag has more than %d characters",
			       TEMPLATE_NAME_MAX - 1);
	if (memchr(*name, ' ', *len) || memchr(*name, '\n', *len))
		return err_set(p->e, p->file, p->line, "{{%.*s}}: a name has no blanks", (int)*len, *name);
	return 0;
}

static int close_section(struct parser *p, const char *name, size_t len)
{
	if (!p->depth)
		return err_set(p->e, p->file, p->line, "{{/%.*s}} closes a section that was never opened",
			       (int)len, name);
	struct piece *s = &p->t->pieces[p->sections[p->depth - 1]];
	if (s->len != len || memcmp(s->text, name, len) != 0)
		return err_set(p->e, p->file, p->line, "{{/%.*s}} stands where {{/%.*s}} of line %d is wanted",
			       (int)len, name, (int)s->len, s->text, s->line);
	s->end = (int)p->t->count;
	p->depth--;
	return 0;
}

static int open_section(struct parser *p, enum piece_kind kind, const char *name, size_t len, bool starts_line)
{
	if (p->depth == TEMPLATE_DEPTH)
		return err_set(p->e, p->file, p->line, "more than %d sections stand within each other",
			       TEMPLATE_DEPTH);
	p->sections[p->depth++] = (int)p->t->count;
	add_piece(p, kind, name, len)->starts_line = starts_line;
	return 0;
}

/* Where the line behind a tag that stands alone goes on; NULL: it does not stand alone. `from`: the tag. */
static const char *stands_alone(const struct parser *p, const char *from, const char *behind)
{
	for (const char *s = p->line_start; s < from; s++)
		if (!is_blank(*s))
			return NULL;
	while (behind < p->end && is_blank(*behind))
		behind++;
	if (behind == p->end)
		return behind;
	if (*behind == '\r' && behind + 1 < p->end && behind[1] == '\n')
		return behind + 2;
	return *behind == '\n' ? behind + 1 : NULL;
}

static int add_tag(struct parser *p, char kind, const char *body, size_t len, bool starts_line,
		   const char *indent, size_t indent_len)
{
	struct piece *x;
	int r;
	if (kind == '!')
		return 0;
	if (kind == '=')
		return set_delimiters(p, body, len);
	if ((r = check_name(p, &body, &len)))
		return r;
	switch (kind) {
	case '#':
		return open_section(p, PIECE_SECTION, body, len, starts_line && !indent);
	case '^':
		return open_section(p, PIECE_INVERTED, body, len, starts_line && !indent);
	case '/':
		return close_section(p, body, len);
	case '>':
		x = add_piece(p, PIECE_PARTIAL, body, len);
		x->indent = indent;
		x->indent_len = indent_len;
		break;
	default:
		x = add_piece(p, kind == '&' ? PIECE_RAW : PIECE_VALUE, body, len);
	}
	x->starts_line = starts_line;
	return 0;
}

/* One tag at `from`; *ret is where the text goes on. */
static int read_tag(struct parser *p, const char *from, bool *starts_line, const char **ret)
{
	const char *body = from + strlen(p->open), *behind, *stop;
	char kind = body < p->end ? *body : 0;
	char wanted[12];
	if (kind && strchr("#^/>&!={", kind))
		body++;
	else
		kind = 0;
	snprintf(wanted, sizeof wanted, "%s%s", kind == '{' ? "}" : kind == '=' ? "=" : "", p->close);
	if (!(stop = find(body, p->end, wanted)))
		return err_set(p->e, p->file, p->line, "%s is opened and never closed with %s", p->open,
			       wanted);
	behind = stop + strlen(wanted);
	const char *next = kind && kind != '&' && kind != '{' ? stands_alone(p, from, behind) : NULL;
	const char *indent = next ? p->line_start : NULL; /* the blanks before it */
	if (!next)
		add_text(p, p->at, from, starts_line);
	int r = add_tag(p, kind == '{' ? '&' : kind, body, (size_t)(stop - body), *starts_line, indent,
			indent ? (size_t)(from - indent) : 0);
	if (r)
		return r;
	/* a comment may have several lines */
	p->line += count_lines(from, next ? next : behind);
	*ret = next ? next : behind;
	if (next)
		*starts_line = true;
	else if (!strchr("!=/", kind) || !kind)
		*starts_line = false;
	return 0;
}

static int parse(struct parser *p)
{
	bool starts_line = true;
	const char *from;
	int tags = 0, r;
	while ((from = find(p->at, p->end, p->open))) {
		for (const char *nl; (nl = memchr(p->line_start, '\n', (size_t)(from - p->line_start)));)
			p->line_start = nl + 1;
		/* whole lines before the tag's line; what stands before the tag on its own, read_tag decides on */
		const char *line = p->line_start > p->at ? p->line_start : p->at;
		add_text(p, p->at, line, &starts_line);
		p->at = line;
		if (tags++ == TEMPLATE_TAGS)
			return err_set(p->e, p->file, p->line, "the template has more than %d tags",
				       TEMPLATE_TAGS);
		if ((r = read_tag(p, from, &starts_line, &p->at)))
			return r;
	}
	add_text(p, p->at, p->end, &starts_line);
	if (p->depth) {
		const struct piece *s = &p->t->pieces[p->sections[p->depth - 1]];
		return err_set(p->e, p->file, s->line, "{{#%.*s}} is opened here and never closed", (int)s->len,
			       s->text);
	}
	return 0;
}

static void template_done(struct template *t)
{
	free(t->source);
	free(t->file);
	free(t->pieces);
	*t = (struct template){0};
}

struct template *template_find(const struct template_set *set, const char *name, size_t len)
{
	for (size_t i = 0; i < set->count; i++)
		if (!strncmp(set->list[i].name, name, len) && !set->list[i].name[len])
			return &set->list[i];
	return NULL;
}

struct template_set *template_set_new(void)
{
	return mem_alloc(sizeof(struct template_set));
}

void template_set_free(struct template_set *set)
{
	if (!set)
		return;
	for (size_t i = 0; i < set->count; i++)
		template_done(&set->list[i]);
	free(set->list);
	free(set);
}

int template_add(struct template_set *set, const char *name, const char *text, size_t len, const char *file,
		 int line, struct err *e)
{
	struct template t = {.line = line};
	if (!*name || strlen(name) >= sizeof t.name)
		return err_set(e, file, line, "the name of a template has 1 to %d characters",
			       TEMPLATE_NAME_MAX - 1);
	if (len > TEMPLATE_SIZE)
		return err_set(e, file, line, "the template is bigger than %d kB", TEMPLATE_SIZE / 1024);
	if (!text_valid(text, len))
		return err_set(e, file, line, "the template is not UTF-8 text");
	text_copy(t.name, sizeof t.name, name);
	t.source = mem_alloc(len + 1);
	memcpy(t.source, text, len);
	t.file = mem_dup(file ? file : "");
	struct parser p = {.t = &t,
			   .file = t.file,
			   .e = e,
			   .open = "{{",
			   .close = "}}",
			   .at = t.source,
			   .end = t.source + len,
			   .line_start = t.source,
			   .line = line};
	int r = parse(&p);
	struct template *old = template_find(set, name, strlen(name));
	if (!r && !old && set->count == TEMPLATE_COUNT)
		r = err_set(e, file, line, "there are more than %d templates", TEMPLATE_COUNT);
	if (r) {
		template_done(&t);
		return r;
	}
	if (old)
		template_done(old);
	else {
		set->list = mem_resize(set->list, set->count + 1, sizeof *set->list);
		old = &set->list[set->count++];
	}
	*old = t;
	return 0;
}

static int add_word(struct template_set *set, const char *from, const char *to, const char *file, int line,
		    struct err *e)
{
	char name[TEMPLATE_NAME_MAX];
	const char *eq = memchr(from, '=', (size_t)(to - from));
	const char *stop = eq;
	if (!eq)
		return err_set(e, file, line, "a line is `name = text`");
	while (stop > from && is_blank(stop[-1]))
		stop--;
	if (stop == from || (size_t)(stop - from) >= sizeof name)
		return err_set(e, file, line, "a line is `name = text`");
	memcpy(name, from, (size_t)(stop - from));
	name[stop - from] = 0;
	if (strchr(name, ' ') || strchr(name, '\t'))
		return err_set(e, file, line, "%s: a name has no blanks", name);
	for (eq++; eq < to && is_blank(*eq);)
		eq++;
	while (to > eq && (is_blank(to[-1]) || to[-1] == '\r'))
		to--;
	return template_add(set, name, eq, (size_t)(to - eq), file, line, e);
}

int template_add_words(struct template_set *set, const char *text, size_t len, const char *file, struct err *e)
{
	const char *end = text + len;
	int r;
	for (int line = 1; text < end; line++) {
		const char *nl = memchr(text, '\n', (size_t)(end - text));
		const char *stop = nl ? nl : end, *from = text;
		text = nl ? nl + 1 : end;
		while (from < stop && (is_blank(*from) || *from == '\r'))
			from++;
		if (from < stop && *from != '#' && (r = add_word(set, from, stop, file, line, e)))
			return r;
	}
	return 0;
}

int template_check(const struct template_set *set, struct err *e)
{
	for (size_t i = 0; i < set->count; i++)
		for (size_t k = 0; k < set->list[i].count; k++) {
			const struct piece *x = &set->list[i].pieces[k];
			if (x->kind == PIECE_PARTIAL && !template_find(set, x->text, x->len))
				return template_no_partial(&set->list[i], x, e);
		}
	return 0;
}
