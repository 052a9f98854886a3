#include "cli/csv.h"

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"

#include <csv.h>
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <unicode/uchar.h>
#include <unicode/ucnv.h>
#include <unicode/utf8.h>

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

/* UTF-8 with some broken characters, not GB18030: its characters of three bytes do not come by the dozen by chance. */
static bool damaged_utf8(const char *bytes, size_t len)
{
	int32_t at = 0, size = (int32_t)len, good = 0, bad = 0;
	while (at < size) {
		UChar32 c;
		int32_t from = at;
		U8_NEXT((const uint8_t *)bytes, at, size, c);
		good += c >= 0 && at - from >= 3;
		bad += c < 0;
	}
	return good > bad * 10;
}

/* What people send instead of a CSV. */
static const struct {
	const char *begin, *what;
	size_t n;
} workbooks[] = {
    {"PK\3\4", N_("is an Excel workbook (xlsx); open it and save it as CSV UTF-8"), 4},
    {"\xD0\xCF\x11\xE0", N_("is an Excel workbook (xls); open it and save it as CSV UTF-8"), 4},
    {"%PDF", N_("is a PDF; what is wanted is a spreadsheet, saved as CSV UTF-8"), 4},
};

int csv_decode(const char *bytes, size_t len, char **ret, struct err *e)
{
	for (size_t i = 0; i < ARRAY_LEN(workbooks); i++)
		if (len >= workbooks[i].n && !memcmp(bytes, workbooks[i].begin, workbooks[i].n))
			return err_set(e, NULL, 0, "%s", _(workbooks[i].what));
	if (len >= 2 && (!memcmp(bytes, "\xFF\xFE", 2) || !memcmp(bytes, "\xFE\xFF", 2)))
		return convert("UTF-16", bytes, len, ret, e);
	if (len >= 3 && !memcmp(bytes, "\xEF\xBB\xBF", 3))
		bytes += 3, len -= 3;
	if (memchr(bytes, 0, len))
		return err_set(e, NULL, 0, "holds zero bytes and is no CSV; save it as CSV UTF-8");
	if (len > INT32_MAX / 4)
		return err_set(e, NULL, 0, "is too large");
	if (!text_valid(bytes, len))
		return convert(damaged_utf8(bytes, len) ? "UTF-8" : "GB18030", bytes, len, ret, e);
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

/* Without what cannot be seen at its ends: blanks of every width, marks of direction that a contact list put there. */
static char *trimmed(const char *s, size_t n)
{
	int32_t from = 0, to = (int32_t)n, at;
	UChar32 c;
	for (at = from; at < to; from = at) {
		U8_NEXT((const uint8_t *)s, at, to, c);
		if (c < 0 || u_isgraph(c))
			break;
	}
	for (at = to; at > from; to = at) {
		U8_PREV((const uint8_t *)s, from, at, c);
		if (c < 0 || u_isgraph(c))
			break;
	}
	/* the apostrophe by which a spreadsheet, and our own output, says that this is no formula */
	if (to - from > 1 && s[from] == '\'' && strchr("=+-@", s[from + 1]))
		from++;
	char *copy = mem_alloc((size_t)(to - from) + 1);
	memcpy(copy, s + from, (size_t)(to - from));
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

/* The one that the first line has most of, outside quotation marks. */
static unsigned char delimiter(const char *text)
{
	static const char candidates[] = ",\t;";
	int count[3] = {0}, best = 0;
	bool quoted = false;
	text += strspn(text, "\r\n");
	for (; *text && (quoted || !strchr("\r\n", *text)); text++) {
		const char *found = strchr(candidates, *text);
		quoted ^= *text == '"';
		if (found && !quoted)
			count[found - candidates]++;
	}
	for (int i = 1; i < 3; i++)
		if (count[i] > count[best])
			best = i;
	return (unsigned char)candidates[best];
}

/* One line with its end, which is LF, CR LF or (from an old Macintosh) CR. */
static size_t line_length(const char *from)
{
	size_t n = strcspn(from, "\r\n");
	if (from[n] == '\r' && from[n + 1] == '\n')
		return n + 2;
	return n + (from[n] != 0);
}

/* "sep=;": a spreadsheet's own word for the delimiter, which is no row. */
static const char *told_delimiter(const char *text, unsigned char *ret)
{
	if (strncasecmp(text, "sep=", 4) != 0 || !text[4] || !strchr("\r\n", text[5]))
		return text;
	*ret = (unsigned char)text[4];
	return text + line_length(text);
}

int csv_each(const char *utf8, int (*row)(void *user, const struct csv_row *r), void *user, struct err *e)
{
	struct csv_parser p;
	struct reader r = {.row = row, .user = user, .now = {.line = 1}, .line = 0};
	if (csv_init(&p, CSV_REPALL_NL)) /* empty lines end a row too, so that lines are counted */
		abort();
	unsigned char delim = delimiter(utf8);
	const char *rows = told_delimiter(utf8, &delim);
	r.line = rows != utf8;
	r.now.line += r.line;
	csv_set_delim(&p, delim);
	int failed = 0;
	/* fed a line at a time, so that the line of a row is known */
	for (const char *from = rows; *from && !r.result && !failed;) {
		size_t n = line_length(from);
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
		if (!strchr(" _*\r\n", *p))
			*to++ = *p;
	*to = 0;
	static const char *const remarks[] = {"(", "（", "[", "【", ":", "："};
	for (size_t i = 0; i < ARRAY_LEN(remarks); i++) {
		char *remark = strstr(h, remarks[i]);
		if (remark)
			*remark = 0;
	}
	return !strcasecmp(h, name);
}

static int find_column(const char *header, const struct csv_column *columns, int count)
{
	for (int c = 0; c < count; c++)
		for (size_t k = 0; k < ARRAY_LEN(columns[c].names) && columns[c].names[k]; k++)
			if (same_name(header, columns[c].names[k]))
				return c;
	return -1;
}

int csv_header_known(const struct csv_row *r, const struct csv_column *columns, int count, int *places,
		     struct buf *ret_unknown, struct err *e)
{
	int known = 0;
	for (int c = 0; c < count; c++)
		places[c] = -1;
	for (int i = 0; i < r->count; i++) {
		int found = find_column(r->fields[i], columns, count);
		if (found < 0 && !*r->fields[i])
			continue;
		if (found < 0 && !ret_unknown)
			return err_set(e, NULL, r->line, "%.40s is no column of this list", r->fields[i]);
		if (found < 0) {
			buf_addf(ret_unknown, "%s%.40s", ret_unknown->len ? ", " : "", r->fields[i]);
			continue;
		}
		if (places[found] >= 0)
			return err_set(e, NULL, r->line, "column %.40s stands twice", r->fields[i]);
		places[found] = i;
		known++;
	}
	return known;
}

int csv_header(const struct csv_row *r, const struct csv_column *columns, int count, int *places, struct err *e)
{
	int known = csv_header_known(r, columns, count, places, NULL, e);
	return known < 0 ? known : 0;
}

const char *csv_field(const struct csv_row *r, int place)
{
	return place >= 0 && place < r->count ? r->fields[place] : "";
}
