#include "cli/person_import.h"

#include "cli/changes.h"
#include "cli/csv.h"
#include "cli/person_rows.h"

#include "base/buf.h"
#include "base/mem.h"
#include "store/event.h"
#include "store/grid.h"
#include "store/store.h"

#include <errno.h>
#include <string.h>

#define FILE_MAX_BYTES (256u << 20)

enum {
	PHONE,
	NAME,
	GRID,
	BUILDING,
	UNIT,
	ROOM,
	ROLE_WORDS,
	LANGUAGE,
	CONSENT,
	CONSENT_DATE,
	EXPERTISE,
	VERIFY,
	COLUMNS
};

/* What `person export` writes beyond them; all but CONFIRMED is of the phone or of this box, and passed over. */
enum { ID = COLUMNS, OPTED_OUT, MUTED, CONFIRMED, UNLINKED, UNLINKED_DATE, ALL_COLUMNS };

static const struct csv_column columns[ALL_COLUMNS] = {
    [PHONE] = {{"phone", "phones", "numbers", "mobile", "telephone", "tel", "手机", "手机号", "手机号码",
		"电话", "电话号码", "联系电话"}},
    [NAME] = {{"name", "姓名", "名字", "居民姓名", "户主"}},
    [GRID] = {{"grid", "网格", "网格号", "网格编码", "所属网格"}},
    [BUILDING] = {{"building", "楼栋", "栋", "楼号", "栋号", "楼"}},
    [UNIT] = {{"unit", "单元", "单元号"}},
    [ROOM] = {{"room", "房号", "室", "房间", "房间号", "门牌", "门牌号"}},
    [ROLE_WORDS] = {{"roles", "角色", "role", "身份"}},
    [LANGUAGE] = {{"language", "语言"}},
    [CONSENT] = {{"consent", "同意", "是否同意", "同意接收", "同意来源"}},
    [CONSENT_DATE] = {{"consentdate", "同意日期", "同意时间"}},
    [EXPERTISE] = {{"expertise", "专长", "擅长"}},
    [VERIFY] = {{"verify", "作证"}},
    [ID] = {{"id"}},
    [OPTED_OUT] = {{"optedout"}},
    [MUTED] = {{"muted"}},
    [CONFIRMED] = {{"confirmed"}},
    [UNLINKED] = {{"unlinked"}},
    [UNLINKED_DATE] = {{"unlinkeddate"}},
};

const struct cli_option person_import_options[] = {
    {"consent", N_("SOURCE"), N_("all of them agreed to broadcasts: where and when"), false},
    {"consent-date", N_("DATE"), N_("when they did, where a row does not say: 2026-11-01"), false},
    {"dry-run", NULL, N_("write nothing, and say of each row what would become of it"), false},
    {0},
};

static const struct out_column fate_columns[] = {
    {"line", N_("line"), OUT_INT, 0},         {"fate", N_("what"), OUT_WORD, 0},
    {"name", N_("name"), OUT_TEXT, 20},       {"numbers", N_("phones"), OUT_PHONES, 26},
    {"changes", N_("changes"), OUT_TEXT, 60}, {0},
};

/* 1, −1; 0: the list does not say. */
static int yes_or_no(const char *text)
{
	static const char *const yes[] = {"yes", "true", "1", "是"}, *const no[] = {"no", "false", "0", "否"};
	for (size_t i = 0; i < ARRAY_LEN(yes); i++)
		if (!strcmp(text, yes[i]) || !strcmp(text, no[i]))
			return !strcmp(text, yes[i]) ? 1 : -1;
	return 0;
}

/* Rows are committed by so many, so that the daemon never waits long for its turn at the database. */
#define PIECE 2000

struct import {
	struct cli *c;
	struct store *s;
	const char *file, *consent;
	int places[ALL_COLUMNS];
	bool header_read, dry;
	int titles;
	int64_t now, consent_utc;
	int rows, added, updated; /* of the piece that is not committed yet, for its event */
	struct {
		int added, updated, unchanged, wrong, without_consent, withdrawn, fixed_lines, merged, shared;
	} sum;
	struct buf seen; /* a byte for each person, 1: was in an earlier row of this list */
};

static int wrong_row(struct import *im, int line, const char *text)
{
	im->sum.wrong++;
	cli_note("%s:%d: %s", im->file, line, text);
	return 0;
}

/* A column "同意" says yes or no, or names where and when. "": somebody does not agree; NULL: it does not say. */
static const char *consent_of(const struct import *im, const char *cell)
{
	static const char *const no[] = {"no", "n", "否", "不", "不同意", "无", "0", "false", "×"};
	static const char *const yes[] = {"yes", "y", "是", "同意", "已同意", "1", "true", "√", "✓"};
	for (size_t i = 0; i < ARRAY_LEN(no); i++)
		if (!strcasecmp(cell, no[i]))
			return "";
	for (size_t i = 0; i < ARRAY_LEN(yes); i++)
		if (!strcasecmp(cell, yes[i]))
			return im->consent ? im->consent : "list";
	return *cell ? cell : im->consent;
}

/* ------------------------------------------------------------------------------------------------ what became of a row */

static bool was_in_an_earlier_row(void *user, int64_t person)
{
	const struct import *im = user;
	return (size_t)person < im->seen.len && im->seen.data[person];
}

static void remember(struct import *im, int64_t person)
{
	while (im->seen.len <= (size_t)person)
		buf_addc(&im->seen, 0);
	im->seen.data[person] = 1;
}

/* "room 501 → 502, consent" */
static void tell_changes(unsigned fields, const struct person *was, const struct person_change *ch,
			 struct buf *b)
{
	const struct {
		unsigned field;
		const char *name, *from, *to;
	} t[] = {
	    {PERSON_NAME, N_("name"), was->name, ch->name},
	    {PERSON_GRID, N_("grid"), was->grid, ch->grid},
	    {PERSON_BUILDING, N_("bldg"), was->building, ch->building},
	    {PERSON_UNIT, N_("unit"), was->unit, ch->unit},
	    {PERSON_ROOM, N_("room"), was->room, ch->room},
	    {PERSON_ROLES, N_("roles"), NULL, NULL},
	    {PERSON_LANGUAGE, N_("lang"), NULL, NULL},
	    {PERSON_CONSENT, N_("consent"), NULL, NULL},
	    {PERSON_EXPERTISE, N_("expertise"), NULL, NULL},
	    {PERSON_VERIFY, N_("may be asked"), NULL, NULL},
	    {PERSON_PHONES, N_("another phone"), NULL, NULL},
	    {PERSON_CONFIRMED, N_("looked at"), NULL, NULL},
	};
	for (size_t i = 0; i < ARRAY_LEN(t); i++)
		if (fields & t[i].field) {
			buf_addf(b, "%s%s", b->len ? ", " : "", _(t[i].name));
			if (t[i].to)
				buf_addf(b, " %s → %s", *t[i].from ? t[i].from : "-", t[i].to);
		}
}

static void tell_fate(struct import *im, int line, const struct person_change *ch,
		      const struct person_result *res)
{
	static const char *const fates[] = {
	    [PERSON_ADDED] = "new", [PERSON_UPDATED] = "changed", [PERSON_UNCHANGED] = "unchanged"};
	cleanup_buf struct buf changes = {0};
	json_t *numbers = json_array();
	for (int i = 0; i < ch->number_count; i++)
		json_array_append_new(numbers, out_string(ch->numbers[i]));
	if (res->what == PERSON_UPDATED)
		tell_changes(res->changed, &res->before, ch, &changes);
	out_row(&im->c->out,
		json_pack("{si ss so so so}", "line", line, "fate", fates[res->what], "name",
			  out_string(ch->name), "numbers", numbers, "changes", out_string(buf_str(&changes))));
}

static void count(struct import *im, const struct person_input *in, const struct person_result *res)
{
	im->added += res->what == PERSON_ADDED;
	im->updated += res->what == PERSON_UPDATED;
	im->sum.added += res->what == PERSON_ADDED;
	im->sum.updated += res->what == PERSON_UPDATED;
	im->sum.unchanged += res->what == PERSON_UNCHANGED;
	im->sum.without_consent += !res->consent;
	im->sum.withdrawn += res->changed & PERSON_CONSENT && !res->consent;
	im->sum.fixed_lines += in->fixed_lines;
	im->sum.shared += res->shared;
}

static int contrary(struct import *im, int line, const struct person_change *ch,
		    const struct person_result *res)
{
	cleanup_buf struct buf fields = {0};
	tell_changes(res->contrary, &res->before, ch, &fields);
	cleanup_free char *text =
	    mem_printf(_("the same person stands in an earlier row, which says otherwise (%s) and counts; "
			 "keep one of the two rows"),
		       buf_str(&fields));
	return wrong_row(im, line, text);
}

static int crowded(struct import *im, int line, const char *phones)
{
	cleanup_free char *text = mem_printf(
	    _("%s belongs to %d other people already; where it only stands for \"none\", leave it empty"),
	    phones, PERSONS_PER_NUMBER);
	return wrong_row(im, line, text);
}

/* ------------------------------------------------------------------------------------------------ rows */

/* 0; 1: this is a title above the header. */
static int read_header(struct import *im, const struct csv_row *r)
{
	enum { TITLES = 3 };
	struct err e = {0};
	cleanup_buf struct buf unknown = {0};
	int filled = 0, known = csv_header_known(r, columns, ALL_COLUMNS, im->places, &unknown, &e);
	for (int i = 0; i < r->count; i++)
		filled += *r->fields[i] != 0;
	if (known == 0 && filled == 1 && !strpbrk(r->fields[0], "0123456789") && im->titles++ < TITLES)
		return 1;
	im->header_read = true;
	if (known < 0)
		return cli_fail(EX_DATAERR,
				_("%s:%d: %s; columns are phone,name,grid,building,unit,room,roles,language"),
				im->file, r->line, e.text);
	if (im->places[PHONE] < 0 && im->places[NAME] < 0)
		return cli_fail(EX_DATAERR,
				_("%s:%d: the first line has no column phone (手机); put the header there"),
				im->file, r->line);
	if (unknown.len)
		cli_note(_("%s:%d: these columns are not read: %s"), im->file, r->line, buf_str(&unknown));
	return 0;
}

static const char *cell(const struct import *im, const struct csv_row *r, int column)
{
	return csv_field(r, im->places[column]);
}

static int read_row(const struct import *im, const struct csv_row *r, struct person_input *in, struct err *e)
{
	struct person_fields f = {.phones = cell(im, r, PHONE),
				  .name = cell(im, r, NAME),
				  .grid = cell(im, r, GRID),
				  .building = cell(im, r, BUILDING),
				  .unit = cell(im, r, UNIT),
				  .room = cell(im, r, ROOM),
				  .roles = cell(im, r, ROLE_WORDS),
				  .language = cell(im, r, LANGUAGE),
				  .expertise = im->places[EXPERTISE] < 0 ? NULL : cell(im, r, EXPERTISE),
				  .consent = consent_of(im, cell(im, r, CONSENT)),
				  .consent_date = cell(im, r, CONSENT_DATE)};
	if (!f.consent && *f.consent_date)
		f.consent = "list";
	if (person_read_fields(&f, in, e))
		return -EINVAL;
	if (!in->change.number_count && !*in->name)
		return err_set(e, NULL, 0, "neither a phone nor a name stands in this row");
	if (*f.consent_date && in->change.consent_utc > im->now + DAY_S)
		return err_set(e, NULL, 0, "%s is in the future; nobody can have agreed then", f.consent_date);
	if (!in->change.consent_utc)
		in->change.consent_utc = im->consent_utc;
	in->change.verify = yes_or_no(cell(im, r, VERIFY));
	/* a secretary's list is looked at, unless it is our own and says otherwise */
	in->change.confirmed = yes_or_no(cell(im, r, CONFIRMED)) < 0 ? -1 : 1;
	return 0;
}

static int next_piece(struct import *im)
{
	char actor[32];
	int r = 0;
	if (im->added || im->updated)
		r = event_add(
		    im->s, EVENT_PERSON_CHANGED, cli_actor(actor),
		    json_pack("{ss si si}", "what", "imported", "added", im->added, "updated", im->updated),
		    im->now);
	if (!r)
		r = store_commit(im->s);
	im->rows = im->added = im->updated = 0;
	return r;
}

static int on_row(void *user, const struct csv_row *r)
{
	struct import *im = user;
	struct err e = {0};
	struct person_input in;
	struct person_result res;
	if (!im->header_read) {
		int status = read_header(im, r);
		return status == 1 ? 0 : status;
	}
	if (read_row(im, r, &in, &e))
		return wrong_row(im, r->line, e.text);
	char code[GRID_CODE_MAX];
	if (*in.grid && grid_known(im->s, in.grid) == -EINVAL && grid_named(im->s, in.grid, code) == 0)
		in.change.grid = code;
	int status = person_import(im->s, &in.change, was_in_an_earlier_row, im, im->now, &res);
	if (status == -EINVAL) {
		cleanup_free char *text =
		    mem_printf(_("there is no grid %s; import it first: yishi grid import FILE"), in.grid);
		return wrong_row(im, r->line, text);
	}
	if (status)
		return cli_store_failed(im->c, status);
	if (res.what == PERSON_CROWDED)
		return crowded(im, r->line, cell(im, r, PHONE));
	im->sum.merged += was_in_an_earlier_row(im, res.id);
	remember(im, res.id);
	if (res.contrary)
		contrary(im, r->line, &in.change, &res);
	count(im, &in, &res);
	if (im->dry)
		tell_fate(im, r->line, &in.change, &res);
	else if (++im->rows == PIECE && ((status = next_piece(im)) || (status = store_begin(im->s))))
		return cli_store_failed(im->c, status);
	return 0;
}

/* ------------------------------------------------------------------------------------------------ the whole list */

static void report(struct import *im)
{
	if (im->c->out.mode == OUT_JSON) {
		out_json(&im->c->out,
			 json_pack("{si si si si si si si si si sb}", "added", im->sum.added, "updated",
				   im->sum.updated, "unchanged", im->sum.unchanged, "errors", im->sum.wrong,
				   "without_consent", im->sum.without_consent, "withdrawn", im->sum.withdrawn,
				   "merged", im->sum.merged, "shared", im->sum.shared, "landlines",
				   im->sum.fixed_lines, "dry_run", im->dry));
		return;
	}
	if (im->c->out.mode == OUT_CSV)
		return;
	printf(_("%d added, %d updated, %d unchanged, %d rows with errors\n"), im->sum.added, im->sum.updated,
	       im->sum.unchanged, im->sum.wrong);
	if (im->sum.without_consent)
		printf(_("%d without consent: they get answers to their own texts, and no broadcast\n"),
		       im->sum.without_consent);
	if (im->sum.withdrawn)
		printf(_("%d do not agree any more: no broadcast goes to them from now on\n"),
		       im->sum.withdrawn);
	if (im->sum.fixed_lines)
		printf(_("%d fixed lines: they were kept, and no text can go there\n"), im->sum.fixed_lines);
	if (im->sum.merged)
		printf(_("%d rows name somebody who stands in an earlier row, too: one person\n"),
		       im->sum.merged);
	if (im->sum.shared)
		printf(_("%d share a phone with somebody else: a broadcast goes there once\n"), im->sum.shared);
	if (im->dry)
		printf("%s\n", _("nothing was written; without --dry-run it is"));
}

static int import_text(struct import *im, const char *text)
{
	struct err e = {0};
	int r = store_begin(im->s);
	if (r)
		return cli_store_failed(im->c, r);
	if (im->dry)
		out_begin(&im->c->out, fate_columns);
	r = csv_each(text, on_row, im, &e);
	if (r == -EINVAL) {
		wrong_row(im, e.line, e.text);
		r = 0; /* the rows before it are good */
	}
	if (im->dry)
		out_end(&im->c->out);
	if (!r && !im->header_read)
		r = cli_fail(EX_DATAERR, _("%s is empty; its first line names the columns"), im->file);
	if (!r && !im->dry && (r = next_piece(im)))
		r = cli_store_failed(im->c, r);
	store_rollback(im->s);
	if (r)
		return r;
	if (!im->dry)
		changes_wake(im->c);
	report(im);
	return im->sum.wrong ? EX_DATAERR : EX_OK;
}

int person_import_run(struct cli *c)
{
	struct import im = {
	    .c = c, .file = c->argv[0], .consent = cli_opt(c, "consent"), .dry = cli_opt(c, "dry-run") != NULL};
	struct err e = {0};
	char *text;
	const char *date = cli_opt(c, "consent-date");
	int r = cli_store(c, &im.s);
	if (!r && date && person_read_date(date, &im.consent_utc, &e))
		r = cli_usage(c, "--consent-date: %s", e.text);
	im.now = cli_now(c);
	if (!r && im.consent_utc > im.now)
		r = cli_usage(c, _("--consent-date: %s is in the future; nobody can have agreed then"), date);
	if (r || (r = cli_read_csv(im.file, FILE_MAX_BYTES, &text)))
		return r;
	r = import_text(&im, text);
	free(text);
	buf_done(&im.seen);
	return r;
}
