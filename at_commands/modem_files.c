/* Reading .modem files: INI sections into raw keys, then rows in the order of their parents. */
#include "at_commands/modem_keys.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/ini_text.h"
#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define ROWS_MAX    200
#define ENTRIES_MAX 256 /* keys and list entries of one row */

struct entry {
	const struct modem_key *key;
	char *value;
	int line;
};

struct raw {
	char *file;
	char name[ROW_WORD], inherits[ROW_WORD];
	int line, inherits_line;
	struct entry *entries;
	int count;
	bool building;
	struct modem_row *row; /* once it is built */
};

struct reader {
	struct raw *raws;
	int count;
	struct ini_text in;
};

#define fail(r, ...) ini_text_fail(&(r)->in, __VA_ARGS__)

/* The section of this file; made when its first key is read. */
static struct raw *section(struct reader *r, const char *name)
{
	struct raw *last = r->count ? &r->raws[r->count - 1] : NULL;
	if (last && last->file && !strcmp(last->file, r->in.file)) {
		if (!strcmp(last->name, name))
			return last;
		fail(r, r->in.line, "has a second section [modem %s]; give each row a file of its own", name);
		return NULL;
	}
	for (int i = 0; i < r->count; i++)
		if (!strcmp(r->raws[i].name, name)) {
			fail(r, r->in.line, "row %s stands already in %s", name, r->raws[i].file);
			return NULL;
		}
	if (r->count == ROWS_MAX) {
		fail(r, r->in.line, "there are more than %d rows", ROWS_MAX);
		return NULL;
	}
	struct raw *raw = &r->raws[r->count++];
	raw->file = mem_dup(r->in.file);
	raw->line = r->in.line;
	snprintf(raw->name, sizeof raw->name, "%s", name);
	return raw;
}

static int on_value(void *user, const char *head, const char *name, const char *value)
{
	struct reader *r = user;
	if (strncmp(head, "modem ", 6) != 0 || !head[6] || strlen(head + 6) >= ROW_WORD)
		return fail(r, r->in.line, "[%.60s] is no section of a row; write [modem NAME]", head);
	struct raw *raw = section(r, head + 6);
	if (!raw)
		return 0;
	if (!strcmp(name, "inherits")) {
		if (raw->inherits_line || strlen(value) >= sizeof raw->inherits)
			return fail(r, r->in.line, "inherits names one parent, once");
		snprintf(raw->inherits, sizeof raw->inherits, "%s", value);
		raw->inherits_line = r->in.line;
		return 1;
	}
	const struct modem_key *k = modem_key_find(name);
	if (!k)
		return fail(r, r->in.line, "%.60s is no key of a row; check its spelling", name);
	for (int i = 0; i < raw->count; i++)
		if (raw->entries[i].key == k && !modem_key_is_list(k))
			return fail(r, r->in.line, "%s is set twice; keep one", name);
	if (raw->count == ENTRIES_MAX)
		return fail(r, r->in.line, "the row has more than %d entries", ENTRIES_MAX);
	raw->entries = mem_resize(raw->entries, (size_t)raw->count + 1, sizeof *raw->entries);
	raw->entries[raw->count++] = (struct entry){k, mem_dup(value), r->in.line};
	return 1;
}

static void read_text(struct reader *r, const char *file, const char *text)
{
	int before = r->count;
	r->in.file = file;
	r->in.text = text;
	r->in.line = 0;
	ini_text_read(&r->in, on_value, r, N_("is neither [modem NAME], a key = value, nor a # comment"));
	if (!r->in.failed && r->count == before)
		fail(r, 0, "has no [modem NAME] with keys");
}

/* ---- inheritance ---- */

static struct raw *find_raw(struct reader *r, const char *name)
{
	for (int i = 0; i < r->count; i++)
		if (!strcmp(r->raws[i].name, name))
			return &r->raws[i];
	return NULL;
}

/* What a row never has from its parent: who it is. */
static void forget_own(struct modem_row *row)
{
	row->match_usb.count = row->match_cgmi.count = row->match_cgmm.count = row->match_cgmr.count = 0;
	row->evidence[0] = row->maker[0] = row->notes_zh[0] = row->notes_en[0] = 0;
}

static void build(struct reader *r, struct raw *raw);

static struct modem_row *copy_of_parent(struct reader *r, struct raw *raw)
{
	struct modem_row *row = mem_alloc(sizeof *row);
	if (!strcmp(raw->name, "generic")) {
		if (raw->inherits[0])
			fail(r, raw->inherits_line, "generic is the first of all and inherits nothing");
		return row;
	}
	const char *name = raw->inherits[0] ? raw->inherits : "generic";
	struct raw *parent = find_raw(r, name);
	if (!parent) {
		fail(r, raw->inherits_line ? raw->inherits_line : raw->line,
		     "there is no row %s to inherit from", name);
		return row;
	}
	build(r, parent);
	r->in.file = raw->file;
	if (parent->building)
		fail(r, raw->inherits_line, "%s and %s inherit from each other", raw->name, name);
	else if (parent->row)
		*row = *parent->row;
	return row;
}

static void build(struct reader *r, struct raw *raw)
{
	if (raw->row || raw->building || r->in.failed)
		return;
	raw->building = true;
	r->in.file = raw->file;
	struct modem_row *row = copy_of_parent(r, raw);
	forget_own(row);
	snprintf(row->name, sizeof row->name, "%s", raw->name);
	snprintf(row->inherits, sizeof row->inherits, "%s", raw->inherits[0] ? raw->inherits : "generic");
	snprintf(row->file, sizeof row->file, "%s", raw->file);
	bool *seen = mem_array((size_t)modem_key_count(), sizeof *seen);
	for (int i = 0; i < raw->count && !r->in.failed; i++) {
		const struct entry *e = &raw->entries[i];
		bool *mine = &seen[modem_key_index(e->key)];
		const char *wrong = modem_key_assign(e->key, row, e->value, !*mine);
		*mine = true;
		if (wrong)
			fail(r, e->line, "%s = %.80s: %s", modem_row_key(modem_key_index(e->key)), e->value,
			     gettext(wrong));
	}
	free(seen);
	raw->building = false;
	raw->row = row;
}

static void free_raws(struct reader *r)
{
	for (int i = 0; i < r->count; i++) {
		for (int k = 0; k < r->raws[i].count; k++)
			free(r->raws[i].entries[k].value);
		free(r->raws[i].entries);
		free(r->raws[i].file);
		free(r->raws[i].row);
	}
	free(r->raws);
}

int modem_rows_parse(const char *const *names, const char *const *texts, int count, struct modem_rows *ret,
		     struct err *e)
{
	struct reader r = {.raws = mem_array(ROWS_MAX, sizeof *r.raws), .in.e = e};
	for (int i = 0; i < count && !r.in.failed; i++)
		read_text(&r, names[i], texts[i]);
	for (int i = 0; i < r.count && !r.in.failed; i++)
		build(&r, &r.raws[i]);
	struct raw *generic = r.in.failed ? NULL : find_raw(&r, "generic");
	int rc = r.in.failed ? -EINVAL : 0;
	if (!rc && !generic) {
		err_set(e, count ? names[0] : NULL, 0,
			"there is no row generic; it belongs to the program's data");
		rc = -ENOENT;
	}
	if (!rc) {
		struct modem_rows rows = {.row = mem_array((size_t)r.count, sizeof *rows.row)};
		rows.row[rows.count++] = generic->row;
		for (int i = 0; i < r.count; i++)
			if (&r.raws[i] != generic)
				rows.row[rows.count++] = r.raws[i].row;
		for (int i = 0; i < r.count; i++)
			r.raws[i].row = NULL;
		*ret = rows;
	}
	free_raws(&r);
	return rc;
}

void modem_rows_done(struct modem_rows *r)
{
	for (int i = 0; i < r->count; i++)
		free(r->row[i]);
	free(r->row);
	*r = (struct modem_rows){0};
}

/* ---- a folder ---- */

static int is_row_file(const struct dirent *d)
{
	const char *dot = strrchr(d->d_name, '.');
	return dot && dot != d->d_name && !strcmp(dot, ".modem");
}

int modem_rows_load(const char *folder, struct modem_rows *ret, struct err *e)
{
	struct dirent **found = NULL;
	int n = scandir(folder, &found, is_row_file, alphasort);
	if (n < 0) {
		int saved = errno;
		err_set(e, folder, 0, "the folder of modem rows cannot be read: %s", err_system(saved));
		return -saved;
	}
	char **names = mem_array((size_t)n, sizeof *names), **texts = mem_array((size_t)n, sizeof *texts);
	int rc = 0;
	for (int i = 0; i < n; i++) {
		names[i] = mem_printf("%s/%s", folder, found[i]->d_name);
		struct buf text = {0};
		if (!rc)
			rc = file_read(names[i], FILE_TEXT_MAX, &text, e);
		texts[i] = buf_take(&text);
	}
	if (!rc)
		rc = modem_rows_parse((const char *const *)names, (const char *const *)texts, n, ret, e);
	for (int i = 0; i < n; i++) {
		free(found[i]);
		free(names[i]);
		free(texts[i]);
	}
	free(found);
	free(names);
	free(texts);
	return rc;
}
