#include "cli/audience.h"
#include "cli/csv.h"

#include "base/buf.h"
#include "base/mem.h"
#include "store/store.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#define LIST_MAX_BYTES (64u << 20)
#define TABLE_ROWS     500 /* a table is laid out in pieces, so that a long one needs no memory */
#define TERMINAL_ROWS  50

/* ---- lists of numbers */

struct list {
	struct cli *c;
	const char *file;
	int list;
	int place; /* of the column with the numbers */
	bool begun;
	int wrong;
};

static int on_row(void *user, const struct csv_row *r)
{
	static const char *const heads[] = {"phone", "手机", "电话", "number", "numbers", "号码"};
	struct list *l = user;
	char number[E164_MAX];
	if (!l->begun) {
		l->begun = true;
		for (int i = 0; i < r->count; i++)
			for (size_t k = 0; k < ARRAY_LEN(heads); k++)
				if (!strcasecmp(r->fields[i], heads[k])) {
					l->place = i;
					return 0;
				}
	}
	const char *field = csv_field(r, l->place);
	if (!*field)
		return 0;
	if (!e164_is_person(e164_parse(field, number)) || number[0] != '+') {
		l->wrong++;
		cli_note(_("%s:%d: %.40s is no telephone number of a person"), l->file, r->line, field);
		return 0;
	}
	return broadcast_list_add(l->c->store, l->list, number);
}

static int read_list(struct cli *c, const char *file, int list)
{
	struct list l = {.c = c, .file = file, .list = list};
	struct err e = {0};
	char *text;
	int r = cli_read_csv(file, LIST_MAX_BYTES, &text);
	if (r)
		return r;
	bool look = store_look(c->store); /* one transaction, though of this connection's own tables */
	r = csv_each(text, on_row, &l, &e);
	store_looked(c->store, look);
	free(text);
	if (r && e.text[0])
		return cli_fail(EX_DATAERR, "%s:%d: %s", file, e.line, e.text);
	if (r)
		return cli_store_failed(c, r);
	/* a list with a wrong number goes out to nobody before somebody has looked at it */
	return l.wrong ? EX_DATAERR : 0;
}

/* ---- --to */

static size_t sign_length(const char *term)
{
	return *term == '-' ? 1 : !strncmp(term, "not:", 4) ? 4 : 0;
}

static int add_term(struct cli *c, const char *term, struct buf *terms, int *lists)
{
	size_t sign = sign_length(term);
	if (strncmp(term + sign, "file:", 5) != 0) {
		buf_addf(terms, "%s ", term);
		return 0;
	}
	buf_addf(terms, "%.*sfile:%d ", (int)sign, term, ++*lists);
	return read_list(c, term + sign + 5, *lists);
}

/* A file's name may hold blanks: one that the option begins with is all of it. */
static int add_option(struct cli *c, const char *to, struct buf *terms, int *lists)
{
	if (!strncmp(to + sign_length(to), "file:", 5))
		return add_term(c, to, terms, lists);
	cleanup_free char *copy = mem_dup(to);
	char *save = NULL;
	int r = 0;
	for (char *w = strtok_r(copy, " ,", &save); w && !r; w = strtok_r(NULL, " ,", &save))
		r = add_term(c, w, terms, lists);
	return r;
}

static const char *nth(const struct cli *c, const char *otherwise, int i)
{
	const char *to = cli_opt_at(c, "to", i);
	return to || i ? to : otherwise;
}

int audience_read(struct cli *c, const char *otherwise, struct audience_arg *ret)
{
	cleanup_buf struct buf written = {0}, terms = {0};
	struct store *s;
	const char *to;
	int lists = 0, r = cli_store(c, &s);
	*ret = (struct audience_arg){0};
	if (!r && (r = broadcast_list_clear(s)))
		r = cli_store_failed(c, r);
	for (int i = 0; !r && (to = nth(c, otherwise, i)) && *to; i++) {
		buf_addf(&written, "%s%s", i ? " " : "", to);
		r = add_option(c, to, &terms, &lists);
	}
	if (!r && !terms.len)
		r = cli_usage(c, "%s", _("--to AUDIENCE is wanted"));
	if (!r && written.len >= BROADCAST_AUDIENCE_MAX)
		r = cli_usage(c, "%s", _("the audience is too long; use a file"));
	ret->written = buf_take(&written);
	ret->terms = buf_take(&terms);
	return r;
}

void audience_done(struct audience_arg *a)
{
	free(a->written);
	free(a->terms);
}

int audience_count(struct cli *c, const struct audience_arg *a, struct broadcast_audience *ret)
{
	struct err e = {0};
	int r = broadcast_audience_begin(c->store, a->terms, &e);
	if (r && e.text[0])
		return cli_fail(EX_DATAERR, "--to: %s", e.text);
	if (!r)
		r = broadcast_audience_end(c->store, ret);
	return r ? cli_store_failed(c, r) : 0;
}

/* ---- who and why */

static const struct out_column columns[] = {
    {"number", N_("number"), OUT_PHONE, 0}, {"name", N_("name"), OUT_TEXT, 20},
    {"grid", N_("grid"), OUT_TEXT, 12},     {"building", N_("building"), OUT_TEXT, 8},
    {"gets", N_("gets it"), OUT_BOOL, 0},   {"reason", N_("reason"), OUT_WORD, 0},
    {"person", NULL, OUT_INT, 0},           {0},
};

struct explaining {
	struct cli *c;
	long rows, cut;
};

static json_t *or_null(const char *text)
{
	return *text ? out_string(text) : json_null();
}

static int print_member(void *ctx, const struct broadcast_member *m)
{
	struct explaining *x = ctx;
	struct out *o = &x->c->out;
	if (o->mode == OUT_TABLE && o->terminal && x->rows == TERMINAL_ROWS) {
		x->cut++;
		return 0;
	}
	if (o->mode == OUT_TABLE && x->rows && x->rows % TABLE_ROWS == 0) {
		out_end(o);
		out_begin(o, columns);
		o->headless = true;
	}
	x->rows++;
	out_row(o, json_pack("{so so so so sb so so}", "number", or_null(m->number), "name", or_null(m->name),
			     "grid", or_null(m->grid), "building", or_null(m->building), "gets", !*m->reason,
			     "reason", or_null(m->reason), "person",
			     m->person ? json_integer(m->person) : json_null()));
	return ferror(o->file) ? -EIO : 0;
}

int audience_explain(struct cli *c)
{
	struct explaining x = {.c = c};
	bool headless = c->out.headless;
	out_begin(&c->out, columns);
	int r = broadcast_audience_each(c->store, print_member, &x);
	out_end(&c->out);
	c->out.headless = headless;
	if (x.cut)
		cli_note(_("… and %ld more; --csv, or into a pager, shows all"), x.cut);
	return r ? cli_store_failed(c, r) : 0;
}
