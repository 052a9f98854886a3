#include "page/template_internal.h"

#include "base/mem.h"
#include "base/text.h"

#include <string.h>

/* Rendering: one walk over the pieces with a stack of values, innermost last. */

#define INDENT_MAX 256 /* bytes; deeper is not indented further */

struct rendering {
	const struct template_set *set;
	enum template_escape escape;
	struct buf *out;
	struct err *e;
	const json_t *stack[TEMPLATE_DEPTH + 1];
	int height, depth;
	long steps;
	char indent[INDENT_MAX];
	size_t indent_len;
};

int template_no_partial(const struct template *t, const struct piece *x, struct err *e)
{
	return err_set(e, t->file, x->line, "{{>%.*s}}: there is no text or part of a page of that name",
		       (int)x->len, x->text);
}

/* XML 1.0 §2.2 knows no control characters but these three; bidirectional overrides could turn a page's words round. */
static bool allowed(uint32_t c)
{
	if (c < 0x20)
		return c == '\n' || c == '\t' || c == '\r';
	return !(c >= 0x7f && c < 0xa0) && !(c >= 0x202a && c <= 0x202e) && !(c >= 0x2066 && c <= 0x2069) &&
	       c != 0xfffe && c != 0xffff;
}

void template_escape(struct buf *out, const char *text, enum template_escape escape)
{
	char utf8[4];
	uint32_t c;
	while ((c = text_next(&text)))
		if (escape == TEMPLATE_HTML && c == '&')
			buf_adds(out, "&amp;");
		else if (escape == TEMPLATE_HTML && c == '<')
			buf_adds(out, "&lt;");
		else if (escape == TEMPLATE_HTML && c == '>')
			buf_adds(out, "&gt;");
		else if (escape == TEMPLATE_HTML && c == '"')
			buf_adds(out, "&quot;");
		else if (escape == TEMPLATE_HTML && c == '\'')
			buf_adds(out, "&#x27;");
		else
			buf_add(out, utf8, text_put(utf8, allowed(c) ? c : 0xfffd));
}

static const json_t *member(const json_t *value, const char *name, size_t len)
{
	return json_is_object(value) ? json_object_getn(value, name, len) : NULL;
}

/* a.b.c: the innermost value that has an `a` decides. */
static const json_t *look_up(const struct rendering *r, const char *name, size_t len)
{
	if (len == 1 && *name == '.')
		return r->stack[r->height - 1];
	const char *end = name + len, *dot = memchr(name, '.', len);
	const json_t *found = NULL;
	size_t first = dot ? (size_t)(dot - name) : len;
	for (int i = r->height - 1; i >= 0 && !found; i--)
		found = member(r->stack[i], name, first);
	while (found && dot) {
		name = dot + 1;
		dot = memchr(name, '.', (size_t)(end - name));
		found = member(found, name, (size_t)((dot ? dot : end) - name));
	}
	return found;
}

static bool is_yes(const json_t *v)
{
	if (!v)
		return false;
	switch (json_typeof(v)) {
	case JSON_OBJECT:
	case JSON_TRUE:
		return true;
	case JSON_ARRAY:
		return json_array_size(v) > 0;
	case JSON_STRING:
		return json_string_length(v) > 0;
	case JSON_INTEGER:
		return json_integer_value(v) != 0;
	case JSON_REAL:
		return json_real_value(v) < 0 || json_real_value(v) > 0;
	case JSON_FALSE:
	case JSON_NULL:
		return false;
	}
	return false;
}

static void write_value(const struct rendering *r, const json_t *v, bool raw)
{
	char digits[32];
	if (json_is_string(v) && raw && r->escape == TEMPLATE_HTML)
		buf_add(r->out, json_string_value(v), json_string_length(v));
	else if (json_is_string(v))
		template_escape(r->out, json_string_value(v), r->escape);
	else if (json_is_integer(v))
		buf_addf(r->out, "%lld", (long long)json_integer_value(v));
	else if (json_is_real(v)) {
		snprintf(digits, sizeof digits, "%.15g", json_real_value(v));
		buf_adds(r->out, digits);
	} else if (json_is_boolean(v))
		buf_adds(r->out, json_is_true(v) ? "true" : "false");
}

static int render(struct rendering *r, const struct template *t, int from, int to);

static int within(struct rendering *r, const struct template *t, const struct piece *x)
{
	if (++r->depth > TEMPLATE_DEPTH)
		return err_set(
		    r->e, t->file, x->line,
		    "more than %d parts and sections stand within each other; does one ask for itself?",
		    TEMPLATE_DEPTH);
	return 0;
}

static int render_section(struct rendering *r, const struct template *t, int i)
{
	const struct piece *x = &t->pieces[i];
	const json_t *v = look_up(r, x->text, x->len);
	size_t n = json_is_array(v) ? json_array_size(v) : 1;
	int rc = 0;
	if (is_yes(v) != (x->kind == PIECE_SECTION))
		return 0;
	if ((rc = within(r, t, x)))
		return rc;
	if (x->kind == PIECE_INVERTED)
		rc = render(r, t, i + 1, x->end);
	else
		for (size_t k = 0; k < n && !rc; k++) {
			r->stack[r->height++] = json_is_array(v) ? json_array_get(v, k) : v;
			rc = render(r, t, i + 1, x->end);
			r->height--;
		}
	r->depth--;
	return rc;
}

static int render_partial(struct rendering *r, const struct template *t, const struct piece *x)
{
	const struct template *part = template_find(r->set, x->text, x->len);
	size_t before = r->indent_len;
	if (!part)
		return template_no_partial(t, x, r->e);
	int rc = within(r, t, x);
	if (rc)
		return rc;
	if (x->indent_len && r->indent_len + x->indent_len <= sizeof r->indent) {
		memcpy(r->indent + r->indent_len, x->indent, x->indent_len);
		r->indent_len += x->indent_len;
	} else if (!x->indent)
		r->indent_len = 0;
	rc = render(r, part, 0, (int)part->count);
	r->indent_len = before;
	r->depth--;
	return rc;
}

static int render(struct rendering *r, const struct template *t, int from, int to)
{
	for (int i = from, rc; i < to; i++) {
		const struct piece *x = &t->pieces[i];
		if (++r->steps > TEMPLATE_STEPS || r->out->len > TEMPLATE_OUTPUT_MAX)
			return err_set(r->e, t->file, x->line, "the page grows too big");
		if (x->starts_line && r->indent_len && !x->indent &&
		    (x->kind != PIECE_TEXT || *x->text != '\n'))
			buf_add(r->out, r->indent, r->indent_len);
		switch (x->kind) {
		case PIECE_TEXT:
			buf_add(r->out, x->text, x->len);
			break;
		case PIECE_VALUE:
		case PIECE_RAW:
			write_value(r, look_up(r, x->text, x->len), x->kind == PIECE_RAW);
			break;
		case PIECE_SECTION:
		case PIECE_INVERTED:
			if ((rc = render_section(r, t, i)))
				return rc;
			i = x->end - 1;
			break;
		case PIECE_PARTIAL:
			if ((rc = render_partial(r, t, x)))
				return rc;
			break;
		}
	}
	return 0;
}

struct walk {
	const struct template_set *set;
	void (*each)(void *ctx, const char *name, const char *file, int line);
	void *ctx;
	bool *seen; /* templates that were walked */
};

static void walk_names(const struct walk *w, const struct template *t)
{
	char name[TEMPLATE_NAME_MAX];
	size_t at = (size_t)(t - w->set->list);
	if (w->seen[at])
		return;
	w->seen[at] = true;
	for (size_t i = 0; i < t->count; i++) {
		const struct piece *x = &t->pieces[i];
		const struct template *part;
		if (x->kind == PIECE_PARTIAL && (part = template_find(w->set, x->text, x->len)))
			walk_names(w, part);
		else if (x->kind != PIECE_PARTIAL && x->kind != PIECE_TEXT) {
			snprintf(name, sizeof name, "%.*s", (int)x->len, x->text);
			w->each(w->ctx, name, t->file, x->line);
		}
	}
}

void template_names(const struct template_set *set, const char *name,
		    void (*each)(void *ctx, const char *name, const char *file, int line), void *ctx)
{
	const struct template *t = template_find(set, name, strlen(name));
	cleanup_free bool *seen = mem_array(set->count + 1, sizeof *seen);
	const struct walk w = {set, each, ctx, seen};
	if (t)
		walk_names(&w, t);
}

int template_render(const struct template_set *set, const char *name, const json_t *data,
		    enum template_escape escape, struct buf *out, struct err *e)
{
	struct rendering r = {.set = set, .escape = escape, .out = out, .e = e, .stack = {data}, .height = 1};
	const struct template *t = template_find(set, name, strlen(name));
	if (!t)
		return err_set(e, "", 0, "there is no page %s", name);
	return render(&r, t, 0, (int)t->count);
}
