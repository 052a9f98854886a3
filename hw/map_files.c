/* Reading .map files: the sections of one file into one map. */
#include "hw/map_keys.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/ini_text.h"
#include "base/mem.h"
#include "base/text.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define SUFFIX ".map"

struct pending {
	char text[96];
	int line;
};

struct reader {
	struct register_map *map;
	struct ini_text in;
	int row_line[MAP_ROWS];
	bool registered[MAP_ROWS];
	struct pending alarm[MAP_ROWS];
	struct pending rule[MAP_RULES];
	int rule_count;
	bool map_seen[64], row_seen[64]; /* by the place of the key in its table */
};

#define fail(r, ...) ini_text_fail(&(r)->in, __VA_ARGS__)

/* ---- sections ---- */

static bool name_right(const char *name)
{
	size_t n = strlen(name);
	return n && n < MAP_NAME && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") == n &&
	       isalpha((unsigned char)name[0]);
}

/* The row of this section, made when its first key is read; NULL after fail(). */
static struct map_row *row_of(struct reader *r, const char *name)
{
	struct register_map *m = r->map;
	if (m->row_count && !strcmp(m->row[m->row_count - 1].name, name))
		return &m->row[m->row_count - 1];
	if (register_map_row(m, name)) {
		fail(r, r->in.line, "has a second section [%.40s]; keep one", name);
		return NULL;
	}
	if (!name_right(name)) {
		fail(r, r->in.line,
		     "[%.40s] is no name of a row; write small letters, digits, - and _, beginning with a "
		     "letter",
		     name);
		return NULL;
	}
	if (m->row_count == MAP_ROWS) {
		fail(r, r->in.line, "there are more than %d rows", MAP_ROWS);
		return NULL;
	}
	memset(r->row_seen, 0, sizeof r->row_seen);
	r->row_line[m->row_count] = r->in.line;
	struct map_row *row = &m->row[m->row_count++];
	register_row_plain(MODBUS_HOLDING, 0, row);
	text_copy(row->name, sizeof row->name, name);
	return row;
}

static int row_value(struct reader *r, struct map_row *row, const struct map_key *k, const char *value)
{
	bool was_bit = row->type == MAP_BIT;
	if (k->kind == KEY_ALARM) {
		struct pending *p = &r->alarm[r->map->row_count - 1];
		p->line = r->in.line;
		if (strlen(value) >= sizeof p->text)
			return fail(r, r->in.line, "%s is longer than %d bytes", k->name,
				    (int)sizeof p->text - 1);
		text_copy(p->text, sizeof p->text, value);
		return 1;
	}
	const char *why = map_key_assign(k, row, value);
	if (why)
		return fail(r, r->in.line, "%s = %.60s: %s", k->name, value, gettext(why));
	if (k->kind == KEY_REGISTER) {
		r->registered[r->map->row_count - 1] = true;
		if (!was_bit && (row->table == MODBUS_COIL || row->table == MODBUS_DISCRETE))
			row->type = MAP_BIT;
	}
	return 1;
}

/* ---- frames ---- */

static int add_hex(struct reader *r, uint8_t *bytes, int *len, const char *value)
{
	for (const char *p = value; *p;) {
		if (*p == ' ') {
			p++;
			continue;
		}
		if (*len == MAP_FRAME_MAX || !text_octet(p, &bytes[*len]))
			return fail(r, r->in.line, "a frame is bytes such as 01 04 00 01, at most %d",
				    MAP_FRAME_MAX);
		(*len)++;
		p += 2;
	}
	return 1;
}

static int frame_value(struct reader *r, const struct map_key *k, const char *value)
{
	struct register_map *m = r->map;
	struct map_frame *f = m->frame_count ? &m->frame[m->frame_count - 1] : NULL;
	if (k->kind == KEY_REQUEST && (!f || f->answer_len)) {
		if (m->frame_count == MAP_FRAMES)
			return fail(r, r->in.line, "there are more than %d frames", MAP_FRAMES);
		f = &m->frame[m->frame_count++];
		f->line = r->in.line;
	}
	if (!f)
		return fail(r, r->in.line, "%s stands before any request", k->name);
	if (k->kind == KEY_REQUEST)
		return add_hex(r, f->request, &f->request_len, value);
	if (k->kind == KEY_ANSWER)
		return add_hex(r, f->answer, &f->answer_len, value);
	char *text = k->kind == KEY_MEANS ? f->means : f->seen;
	size_t size = k->kind == KEY_MEANS ? sizeof f->means : sizeof f->seen, n = strlen(text);
	if (n + strlen(value) + 2 > size)
		return fail(r, r->in.line, "%s is longer than %d bytes", k->name, (int)size - 1);
	snprintf(text + n, size - n, "%s%s", n ? " " : "", value);
	return 1;
}

/* ---- values ---- */

static int map_value(struct reader *r, const struct map_key *k, const char *value)
{
	if (k->kind == KEY_REQUEST || k->kind == KEY_ANSWER || k->kind == KEY_MEANS || k->kind == KEY_SEEN)
		return frame_value(r, k, value);
	if (k->kind == KEY_RULE) {
		if (r->rule_count == MAP_RULES || strlen(value) >= sizeof r->rule[0].text)
			return fail(r, r->in.line, "identify is too long, or there are more than %d",
				    MAP_RULES);
		struct pending *p = &r->rule[r->rule_count++];
		text_copy(p->text, sizeof p->text, value);
		p->line = r->in.line;
		return 1;
	}
	const char *why = map_key_assign(k, r->map, value);
	return why ? fail(r, r->in.line, "%s = %.60s: %s", k->name, value, gettext(why)) : 1;
}

static int on_value(void *user, const char *head, const char *name, const char *value)
{
	struct reader *r = user;
	bool of_row = strcmp(head, "map") != 0;
	struct map_row *row = NULL;
	if (of_row && !(row = row_of(r, head)))
		return 0;
	const struct map_key *k = map_key_find(of_row, name);
	if (!k)
		return fail(r, r->in.line, "%.60s is no key of [%.40s]; check its spelling", name, head);
	bool *seen = &(of_row ? r->row_seen : r->map_seen)[k - map_key_at(of_row, 0)];
	if (*seen && !map_key_is_list(k))
		return fail(r, r->in.line, "%s is set twice; keep one", name);
	*seen = true;
	if (!*value)
		return fail(r, r->in.line, "%s has no value", name);
	return of_row ? row_value(r, row, k, value) : map_value(r, k, value);
}

/* ---- when all is read ---- */

static int parse_rule(const struct register_map *m, const char *text, struct map_rule *ret)
{
	char what[MAP_NAME], is[48], *end;
	enum modbus_table table;
	int address;
	if (sscanf(text, "%39s %47[^\n]", what, is) != 2)
		return -EINVAL;
	const struct map_row *row = register_map_row(m, what);
	struct map_rule rule = {0};
	if (row)
		rule.row = *row;
	else if (register_number_parse(what, &table, &address) == 0)
		register_row_plain(table, address, &rule.row);
	else
		return -EINVAL;
	if (!strcmp(is, "any"))
		rule.kind = RULE_ANSWERS;
	else if (!strcmp(is, "refused"))
		rule.kind = RULE_REFUSES;
	else if (!strcmp(is, "unit"))
		rule.kind = RULE_UNIT;
	else if (is[0] == '=') {
		rule.kind = RULE_EQUALS;
		rule.min = strtod(is + 1, &end);
		if (end == is + 1 || *end)
			return -EINVAL;
		rule.max = rule.min;
	} else {
		/* strtod would take the first of the two dots */
		char *dots = strstr(is, "..");
		if (!dots)
			return -EINVAL;
		*dots = 0;
		rule.kind = RULE_RANGE;
		rule.min = strtod(is, &end);
		if (end == is || *end)
			return -EINVAL;
		rule.max = strtod(dots + 2, &end);
		if (end == dots + 2 || *end || rule.max < rule.min)
			return -EINVAL;
	}
	*ret = rule;
	return 0;
}

static void finish(struct reader *r)
{
	struct register_map *m = r->map;
	struct err why;
	if (!m->title_en[0])
		fail(r, 0, "has no [map] with a title");
	if (!m->row_count)
		fail(r, 0, "has no row");
	if (m->max_registers < 1 || m->max_registers > MODBUS_WORDS_MAX || m->max_bits < 1 ||
	    m->max_bits > MODBUS_BITS_MAX)
		fail(r, 0, "max_registers is 1 to %d, max_bits 1 to %d", MODBUS_WORDS_MAX, MODBUS_BITS_MAX);
	for (int i = 0; i < m->row_count && !r->in.failed; i++) {
		if (!r->registered[i])
			fail(r, r->row_line[i], "[%s] has no register", m->row[i].name);
		else if (register_row_check(&m->row[i], &why))
			fail(r, r->row_line[i], "[%s]: %s", m->row[i].name, why.text);
		else if (r->alarm[i].line && register_row_alarm(&m->row[i], r->alarm[i].text))
			fail(r, r->alarm[i].line, "alarm wants states such as open, or numbers");
		else if (map_type_registers(m->row[i].type) > m->max_registers)
			fail(r, r->row_line[i], "[%s] is wider than max_registers", m->row[i].name);
	}
	for (int i = 0; i < r->rule_count && !r->in.failed; i++)
		if (parse_rule(m, r->rule[i].text, &m->rule[m->rule_count++]))
			fail(r, r->rule[i].line,
			     "identify wants a row or register and what it must be: any, refused, unit, =5 or "
			     "0..100");
	for (int i = 0; i < m->frame_count && !r->in.failed; i++)
		if (!m->frame[i].request_len || !m->frame[i].answer_len || !m->frame[i].means[0] ||
		    !m->frame[i].seen[0])
			fail(r, m->frame[i].line, "a frame has request, answer, means and seen");
}

static struct register_map *new_map(const char *file)
{
	struct register_map *m = mem_alloc(sizeof *m);
	const char *base = strrchr(file, '/');
	text_copy(m->file, sizeof m->file, file);
	text_copy(m->name, sizeof m->name, base ? base + 1 : file);
	size_t n = strlen(m->name), s = strlen(SUFFIX);
	if (n > s && !strcmp(m->name + n - s, SUFFIX))
		m->name[n - s] = 0;
	m->max_registers = MODBUS_WORDS_MAX;
	m->max_bits = MODBUS_BITS_MAX;
	m->pause_ms = MAP_PAUSE_MS;
	m->row = mem_array(MAP_ROWS, sizeof *m->row);
	m->rule = mem_array(MAP_RULES, sizeof *m->rule);
	m->frame = mem_array(MAP_FRAMES, sizeof *m->frame);
	return m;
}

static void free_map(struct register_map *m)
{
	free(m->row);
	free(m->rule);
	free(m->frame);
	free(m);
}

void register_maps_done(struct register_maps *maps)
{
	for (int i = 0; i < maps->count; i++)
		free_map(maps->map[i]);
	free(maps->map);
	*maps = (struct register_maps){0};
}

int register_maps_parse(struct register_maps *maps, const char *file, const char *text, struct err *e)
{
	struct err unasked;
	struct reader r = {.map = new_map(file)};
	r.in = (struct ini_text){.file = r.map->file, .text = text, .e = e ? e : &unasked};
	if (maps->count == MAPS_MAX)
		fail(&r, 0, "there are more than %d maps", MAPS_MAX);
	ini_text_read(&r.in, on_value, &r, N_("is neither a [section], a key = value, nor a # comment"));
	if (!r.in.failed)
		finish(&r);
	if (!r.in.failed && register_maps_find(maps, r.map->name))
		fail(&r, 0, "there is a map of that name already");
	if (r.in.failed) {
		free_map(r.map);
		return -EINVAL;
	}
	/* most have few rows: a daemon keeps them for years */
	r.map->row = mem_resize(r.map->row, (size_t)r.map->row_count, sizeof *r.map->row);
	r.map->rule = mem_resize(r.map->rule, (size_t)r.map->rule_count + 1, sizeof *r.map->rule);
	r.map->frame = mem_resize(r.map->frame, (size_t)r.map->frame_count + 1, sizeof *r.map->frame);
	maps->map = mem_resize(maps->map, (size_t)maps->count + 1, sizeof *maps->map);
	maps->map[maps->count++] = r.map;
	return 0;
}

int register_maps_add_file(struct register_maps *maps, const char *path, const struct register_map **ret,
			   struct err *e)
{
	cleanup_buf struct buf text = {0};
	int r = file_read(path, FILE_TEXT_MAX, &text, e);
	if (r == 0 && strlen(buf_str(&text)) != text.len)
		r = err_set(e, path, 0, "is no text: it has zero bytes");
	if (r == 0)
		r = register_maps_parse(maps, path, buf_str(&text), e);
	if (r == 0 && ret)
		*ret = maps->map[maps->count - 1];
	return r;
}

static int is_map(const struct dirent *d)
{
	size_t n = strlen(d->d_name), s = strlen(SUFFIX);
	return n > s && d->d_name[0] != '.' && !strcmp(d->d_name + n - s, SUFFIX);
}

int register_maps_load(const char *folder, struct register_maps *ret, struct err *e)
{
	struct dirent **files;
	struct register_maps maps = {0};
	int n = scandir(folder, &files, is_map, alphasort), r = 0;
	if (n < 0) {
		err_set(e, folder, 0, "%s", err_system(errno));
		return -ENOENT;
	}
	for (int i = 0; i < n; i++) {
		cleanup_free char *path = mem_printf("%s/%s", folder, files[i]->d_name);
		if (r == 0)
			r = register_maps_add_file(&maps, path, NULL, e);
		free(files[i]);
	}
	free(files);
	if (r)
		register_maps_done(&maps);
	else
		*ret = maps;
	return r;
}
