/* Results on standard output, in one of three forms from one table of columns: aligned columns for people (East
 * Asian width respected, colour on a terminal), one JSON object a line, or RFC 4180 CSV with a header. Control
 * characters of strangers' texts never reach the terminal; telephone numbers are shortened in tables unless
 * --full. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

enum out_mode { OUT_TABLE, OUT_JSON, OUT_CSV };

enum out_type {
	OUT_TEXT, /* string or null */
	OUT_WORD, /* a state, a category, another word of ours: in tables in the reader's language, and coloured
		   */
	OUT_INT,  /* integer or null; right-aligned */
	OUT_BOOL, /* true / false; yes / blank in tables */
	OUT_TIME, /* integer UTC seconds or null; RFC 3339 in JSON and CSV, short local time in tables */
	OUT_PHONE,  /* string: E.164 */
	OUT_PHONES, /* array of E.164 strings; joined by blanks in tables and CSV */
	OUT_WORDS,  /* array of such words; joined by blanks */
	OUT_RAW,    /* any JSON; not in tables */
};

struct out_column {
	const char *key;   /* JSON field and CSV header: never translated */
	const char *title; /* N_() head of the table's column; NULL: not in tables */
	enum out_type type;
	int width; /* columns at most in a table on a terminal, 0 = as wide as needed */
};

struct out_row; /* a row that waits for the table's layout */

struct out {
	enum out_mode mode;
	bool full;     /* telephone numbers whole */
	bool terminal; /* standard output is one */
	bool colour;
	FILE *file;
	const struct out_column *columns;
	int column_count;
	char **cells; /* table mode: column_count × row_count, owned */
	size_t row_count, cells_cap;
	bool headless; /* the table's head was printed before */
};

/* Begins a list with these columns (ended by a NULL key; borrowed until out_end). */
void out_begin(struct out *o, const struct out_column *columns);
/* One row: a JSON object with a member for each column (a missing one is null). Takes the reference. */
void out_row(struct out *o, json_t *row);
/* Prints the table (JSON and CSV rows went out at once). */
void out_end(struct out *o);
/* One thing: `title: value` lines in table mode, else as one row. Takes the reference. */
void out_record(struct out *o, const struct out_column *columns, json_t *row);

/* Text for a person's eyes: masked, in table mode only what a terminal may see. */
void out_text(struct out *o, const char *text);
/* A string as a JSON value: invalid UTF-8 and control characters masked; NULL → null. */
json_t *out_string(const char *s);
/* The other way: a string of an object; "" when there is none. Borrowed. */
const char *out_field(const json_t *o, const char *key);
json_t *out_time(int64_t utc_or_0); /* 0 → null */

/* One line of JSON with the order of fields kept; takes the reference. */
void out_json(struct out *o, json_t *value);

/* "yes", "no" … a colour for a word: NULL when none. */
const char *out_word_colour(const char *word);
