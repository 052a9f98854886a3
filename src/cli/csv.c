#include "cli/csv.h"

#include "base/mem.h"
#include "base/text.h"

#include <csv.h>
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <unicode/ucnv.h>

static int convert(const char *from, const char *bytes, size_t len, char **ret, struct err *e)
{
	UErrorCode status = U_ZERO_ERROR;
	if (len > INT32_MAX / 4)
		return err_set(e, NULL, 0, "is too large");
	int32_t size = (int32_t)len * 3 + 8;
	char *out = mem_alloc((size_t)size);
	int32_t n = ucnv_convert("UTF-8", from, out, size, bytes, (int32_t)len, &status);
	if (U_FAILURE(status) || n >= size) {
		free(out);
		return err_set(e, NULL, 0, "cannot be read as %s", from);
	}
	out[n] = 0;
	*ret = out;
	return 0;
}

int csv_decode(const char *bytes, size_t len, char **ret, struct err *e)
{
	if (len >= 2 && (!memcmp(bytes, "\xFF\xFE", 2) || !memcmp(bytes, "\xFE\xFF", 2)))
		return convert("UTF-16", bytes, len, ret, e);
	if (len >= 3 && !memcmp(bytes, "\xEF\xBB\xBF", 3))
		bytes += 3, len -= 3;
	if (memchr(bytes, 0, len))
		return err_set(e, NULL, 0, "holds zero bytes and is no CSV; save it as CSV UTF-8");
	if (!text_valid(bytes, len))
		return convert("GB18030", bytes, len, ret, e);
	char *copy = mem_alloc(len + 1);
	memcpy(copy, bytes, len);
	*ret = copy;
	return 0;
}

#define IN_FIELD 2 /* libcsv's FIELD_BEGUN: with `quoted`, the end of the text lies inside quotation marks */

struct reader {
	int (*row)(void *user, const struct csv_row *r);
	void *user;
	struct csv_row now;
	char *owned[CSV_COLUMNS];
	bool any;
	int line, result;
};

static char *trimmed(const char *s, size_t n)
{
	while (n && (*s == ' ' || *s == '\t'))
		s++, n--;
	while (n >= 3 && !memcmp(s, "\xE3\x80\x80", 3)) /* the ideographic blank */
		s += 3, n -= 3;
	while (n && (s[n - 1] == ' ' || s[n - 1] == '\t'))
		n--;
	while (n >= 3 && !memcmp(s + n - 3, "\xE3\x80\x80", 3))
		n -= 3;
	char *copy = mem_alloc(n + 1);
	memcpy(copy, s, n);
	return copy;
}

static void on_field(void *field, size_t len, void *user)
{
	struct reader *r = user;
	if (r->now.count == CSV_COLUMNS)
		return;
	char *s = trimmed(field, len);
	r->any |= *s != 0;
	r->owned[r->now.count] = s;
	r->now.fields[r->now.count++] = s;
}

static void on_row(int end, void *user)
{
	struct reader *r = user;
	(void)end;
	if (r->any && !r->result)
		r->result = r->row(r->user, &r->now);
	for (int i = 0; i < r->now.count; i++)
		free(r->owned[i]);
	r->now.count = 0;
	r->any = false;
	r->now.line = r->line + 1; /* the next row begins on the line after this one's last */
}

static unsigned char delimiter(const char *text)
{
	size_t n = strcspn(text, "\r\n");
	return memchr(text, ',', n) ? ',' : memchr(text, '\t', n) ? '\t' : memchr(text, ';', n) ? ';' : ',';
}

int csv_each(const char *utf8, int (*row)(void *user, const struct csv_row *r), void *user, struct err *e)
{
	struct csv_parser p;
	struct reader r = {.row = row, .user = user, .now = {.line = 1}, .line = 0};
	if (csv_init(&p, CSV_REPALL_NL)) /* empty lines end a row too, so that lines are counted */
		abort();
	csv_set_delim(&p, delimiter(utf8));
	int failed = 0;
	/* fed a line at a time, so that the line of a row is known */
	for (const char *from = utf8; *from && !r.result && !failed;) {
		size_t n = strcspn(from, "\n");
		n += from[n] == '\n';
		r.line++;
		failed = csv_parse(&p, from, n, on_field, on_row, &r) != n;
		from += n;
	}
	if (p.pstate == IN_FIELD && p.quoted)
		failed = 1;
	if (!r.result && !failed)
		failed = csv_fini(&p, on_field, on_row, &r) != 0;
	for (int i = 0; i < r.now.count; i++)
		free(r.owned[i]);
	csv_free(&p);
	if (r.result)
		return r.result;
	return failed ? err_set(e, NULL, r.now.line, "a quotation mark of this row is never closed") : 0;
}

/* Header names are compared without case, blanks and the remarks in brackets that people add: "手机(必填)". */
static bool same_name(const char *header, const char *name)
{
	cleanup_free char *h = mem_dup(header);
	char *to = h;
	for (const char *p = header; *p; p++)
		if (*p != ' ' && *p != '_')
			*to++ = *p;
	*to = 0;
	char *bracket = strpbrk(h, "(");
	char *wide = strstr(h, "（");
	if (bracket)
		*bracket = 0;
	if (wide)
		*wide = 0;
	return !strcasecmp(h, name);
}

int csv_header(const struct csv_row *r, const struct csv_column *columns, int count, int *places, struct err *e)
{
	for (int c = 0; c < count; c++)
		places[c] = -1;
	for (int i = 0; i < r->count; i++) {
		int found = -1;
		for (int c = 0; c < count && found < 0; c++)
			for (size_t k = 0; k < ARRAY_LEN(columns[c].names) && columns[c].names[k]; k++)
				if (same_name(r->fields[i], columns[c].names[k]))
					found = c;
		if (found < 0 && !*r->fields[i])
			continue;
		if (found < 0)
			return err_set(e, NULL, r->line, "%.40s is no column of this list", r->fields[i]);
		if (places[found] >= 0)
			return err_set(e, NULL, r->line, "column %.40s stands twice", r->fields[i]);
		places[found] = i;
	}
	return 0;
}

const char *csv_field(const struct csv_row *r, int place)
{
	return place >= 0 && place < r->count ? r->fields[place] : "";
}
