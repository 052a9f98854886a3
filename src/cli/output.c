#include "cli/output.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/table.h"

#include <libintl.h>
#include <string.h>

const char *out_field(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));
	return s ? s : "";
}

json_t *out_string(const char *s)
{
	if (!s)
		return json_null();
	cleanup_free char *copy = mem_dup(s);
	text_mask_controls(copy);
	json_t *v = json_string(copy);
	return v ? v : json_string("?");
}

json_t *out_time(int64_t utc)
{
	return utc ? json_integer(utc) : json_null();
}

void out_json(struct out *o, json_t *value)
{
	/* 54.6, not 54.600000000000001 */
	json_dumpf(value, o->file, JSON_COMPACT | JSON_REAL_PRECISION(12));
	fputc('\n', o->file);
	json_decref(value);
}

void out_text(struct out *o, const char *text)
{
	cleanup_free char *copy = mem_dup(text);
	text_mask_controls(copy);
	fputs(copy, o->file);
}

const char *out_word_colour(const char *word)
{
	static const struct {
		const char *colour;
		const char *words[12];
	} colours[] = {
	    {"32",
	     {"delivered", "ready", "done", "closed", "confirmed", "resolved", "sent", "held", "yes", "ok"}},
	    {"31", {"failed", "lost", "expired", "rejected", "down", "high", "low"}},
	    {"33", {"uncertain", "waiting", "paused", "queued", "sending", "received", "unknown", "no data"}},
	    {"90", {"cancelled", "merged"}},
	};
	for (size_t i = 0; i < ARRAY_LEN(colours); i++)
		for (size_t k = 0; k < ARRAY_LEN(colours[i].words) && colours[i].words[k]; k++)
			if (!strcmp(word, colours[i].words[k]) || !strcmp(word, gettext(colours[i].words[k])))
				return colours[i].colour;
	return NULL;
}

/* "11-20 15:00" this year, "2025-11-20 15:00" otherwise would need the clock; a table always prints the year.
 */
static void add_time(struct buf *b, int64_t utc)
{
	struct civil t;
	civil_from_utc(utc, &t);
	buf_addf(b, "%04d-%02d-%02d %02d:%02d", t.year, t.month, t.day, t.hour, t.minute);
}

/* Words of ours have a translation (words.c); "" would give the catalogue's head. */
static const char *translated(const char *word)
{
	return *word ? gettext(word) : word;
}

static void add_joined(struct buf *b, const json_t *array, bool shorten, bool translate)
{
	size_t i;
	json_t *v;
	char number[32];
	json_array_foreach((json_t *)array, i, v)
	{
		const char *s = json_string_value(v);
		if (!s)
			continue;
		if (i)
			buf_addc(b, ' ');
		buf_adds(b, shorten && strlen(s) < sizeof number ? text_short_number(s, number)
			    : translate                          ? translated(s)
								 : s);
	}
}

/* An event's body; the phone in it is as private as one in a column of its own. */
static void add_raw(struct buf *b, const json_t *v, bool shorten)
{
	json_t *copy = json_copy((json_t *)v); /* shallow: one field is replaced */
	const char *number = json_string_value(json_object_get(copy, "number"));
	char tmp[24];
	if (shorten && number && strlen(number) < sizeof tmp)
		json_object_set_new(copy, "number", json_string(text_short_number(number, tmp)));
	cleanup_free char *dump = json_dumps(copy, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(12));
	buf_adds(b, dump ? dump : "");
	json_decref(copy);
}

/* A cell as people or CSV see it. Caller frees. */
static char *cell_text(const struct out *o, const struct out_column *c, const json_t *v)
{
	cleanup_buf struct buf b = {0};
	char tmp[40];
	bool table = o->mode == OUT_TABLE, shorten = table && !o->full;
	if (!v || json_is_null(v))
		return mem_dup("");
	switch (c->type) {
	case OUT_TIME:
		if (table)
			add_time(&b, json_integer_value(v));
		else
			buf_adds(&b, rfc3339_format(json_integer_value(v), tmp));
		break;
	case OUT_BOOL:
		buf_adds(&b, !table            ? (json_is_true(v) ? "true" : "false")
			     : json_is_true(v) ? gettext("yes")
					       : "");
		break;
	case OUT_PHONE:
		buf_adds(&b, shorten && json_string_length(v) < 24
				 ? text_short_number(json_string_value(v), tmp)
				 : json_string_value(v));
		break;
	case OUT_PHONES:
		add_joined(&b, v, shorten, false);
		break;
	case OUT_WORDS:
		add_joined(&b, v, false, table);
		break;
	case OUT_TEXT:
	case OUT_WORD:
	case OUT_INT:
	case OUT_RAW:
		if (json_is_string(v))
			buf_adds(&b, table && c->type == OUT_WORD ? translated(json_string_value(v))
								  : json_string_value(v));
		else
			add_raw(&b, v, shorten);
	}
	char *s = buf_take(&b);
	text_mask_controls(s);
	return s;
}

void out_begin(struct out *o, const struct out_column *columns)
{
	o->columns = columns;
	o->column_count = 0;
	while (columns[o->column_count].key)
		o->column_count++;
	o->row_count = 0;
	if (o->mode == OUT_CSV)
		for (int i = 0; i < o->column_count; i++)
			fprintf(o->file, "%s%s", columns[i].key, i + 1 < o->column_count ? "," : "\r\n");
}

static void row_json(struct out *o, const json_t *row)
{
	json_t *ordered = json_object();
	char time[40];
	for (int i = 0; i < o->column_count; i++) {
		const struct out_column *c = &o->columns[i];
		json_t *v = json_object_get(row, c->key);
		if (!v)
			json_object_set_new(ordered, c->key, json_null());
		else if (c->type == OUT_TIME && json_is_integer(v))
			json_object_set_new(ordered, c->key,
					    json_string(rfc3339_format(json_integer_value(v), time)));
		else
			json_object_set(ordered, c->key, v);
	}
	out_json(o, ordered);
}

void out_row(struct out *o, json_t *row)
{
	if (o->mode == OUT_JSON)
		row_json(o, row);
	for (int i = 0; i < o->column_count && o->mode != OUT_JSON; i++) {
		char *cell = cell_text(o, &o->columns[i], json_object_get(row, o->columns[i].key));
		if (o->mode == OUT_CSV) {
			table_csv_cell(o->file, cell);
			fputs(i + 1 < o->column_count ? "," : "\r\n", o->file);
			free(cell);
			continue;
		}
		size_t at = o->row_count * (size_t)o->column_count + (size_t)i;
		if (at >= o->cells_cap) {
			o->cells_cap = o->cells_cap ? o->cells_cap * 2 : 256;
			o->cells = mem_resize(o->cells, o->cells_cap, sizeof *o->cells);
		}
		o->cells[at] = cell;
	}
	o->row_count++;
	json_decref(row);
}

static void free_cells(struct out *o)
{
	for (size_t i = 0; i < o->row_count * (size_t)o->column_count; i++)
		free(o->cells[i]);
	free(o->cells);
	o->cells = NULL;
	o->cells_cap = o->row_count = 0;
}

void out_end(struct out *o)
{
	if (o->mode != OUT_TABLE)
		return;
	if (o->row_count)
		table_print(o->file, o->columns, o->column_count, (const char *const *)o->cells, o->row_count,
			    o->colour, o->terminal, !o->headless);
	free_cells(o);
}

void out_record(struct out *o, const struct out_column *columns, json_t *row)
{
	out_begin(o, columns);
	if (o->mode != OUT_TABLE) {
		out_row(o, row);
		return;
	}
	int width = 0;
	for (int i = 0; i < o->column_count; i++)
		if (columns[i].title && text_width(gettext(columns[i].title)) > width)
			width = text_width(gettext(columns[i].title));
	for (int i = 0; i < o->column_count; i++) {
		if (!columns[i].title)
			continue;
		const char *title = gettext(columns[i].title);
		cleanup_free char *cell = cell_text(o, &columns[i], json_object_get(row, columns[i].key));
		const char *colour = o->colour && columns[i].type == OUT_WORD ? out_word_colour(cell) : NULL;
		if (!*cell)
			continue;
		fprintf(o->file, "%s%*s  ", title, width - text_width(title), "");
		fprintf(o->file, colour ? "\033[%sm%s\033[0m\n" : "%s%s\n", colour ? colour : "", cell);
	}
	json_decref(row);
}
