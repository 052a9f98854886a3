#include "cli/person_import.h"

#include "cli/changes.h"
#include "cli/csv.h"
#include "cli/person_rows.h"

#include "base/mem.h"
#include "store/event.h"
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

/* What `person export` writes beyond them is understood and passed over. */
enum { ID = COLUMNS, OPTED_OUT, MUTED, CONFIRMED, UNLINKED, UNLINKED_DATE, ALL_COLUMNS };

static const struct csv_column columns[ALL_COLUMNS] = {
    [PHONE] = {{"phone", "手机", "numbers", "电话"}},
    [NAME] = {{"name", "姓名"}},
    [GRID] = {{"grid", "网格"}},
    [BUILDING] = {{"building", "楼栋", "栋"}},
    [UNIT] = {{"unit", "单元"}},
    [ROOM] = {{"room", "房号", "室"}},
    [ROLE_WORDS] = {{"roles", "角色", "role"}},
    [LANGUAGE] = {{"language", "语言"}},
    [CONSENT] = {{"consent", "同意"}},
    [CONSENT_DATE] = {{"consentdate", "同意日期"}},
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
    {"dry-run", NULL, N_("check the list and write nothing"), false},
    {0},
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

struct import {
	struct cli *c;
	struct store *s;
	const char *file, *consent;
	int places[ALL_COLUMNS];
	bool header_read;
	int64_t now;
	int added, updated, unchanged, wrong, without_consent;
};

static int wrong_row(struct import *im, int line, const char *text)
{
	im->wrong++;
	cli_note("%s:%d: %s", im->file, line, text);
	return 0;
}

/* A column "同意" says yes or no, or names where and when. */
static const char *consent_of(const struct import *im, const char *cell)
{
	static const char *const no[] = {"no", "n", "否", "不", "不同意", "0", "false"};
	static const char *const yes[] = {"yes", "y", "是", "同意", "1", "true", "√"};
	for (size_t i = 0; i < ARRAY_LEN(no); i++)
		if (!strcasecmp(cell, no[i]))
			return NULL;
	for (size_t i = 0; i < ARRAY_LEN(yes); i++)
		if (!strcasecmp(cell, yes[i]))
			return im->consent ? im->consent : "list";
	return *cell ? cell : im->consent;
}

static int on_row(void *user, const struct csv_row *r)
{
	struct import *im = user;
	struct err e = {0};
	struct person_input in;
	enum person_imported what;
	int64_t id;
	if (!im->header_read) {
		im->header_read = true;
		if (csv_header(r, columns, ALL_COLUMNS, im->places, &e))
			return cli_fail(
			    EX_DATAERR,
			    _("%s:%d: %s; columns are phone,name,grid,building,unit,room,roles,language"),
			    im->file, r->line, e.text);
		if (im->places[PHONE] < 0 && im->places[NAME] < 0)
			return cli_fail(
			    EX_DATAERR,
			    _("%s:%d: the first line has no column phone (手机); put the header there"),
			    im->file, r->line);
		return 0;
	}
	struct person_fields f = {.phones = csv_field(r, im->places[PHONE]),
				  .name = csv_field(r, im->places[NAME]),
				  .grid = csv_field(r, im->places[GRID]),
				  .building = csv_field(r, im->places[BUILDING]),
				  .unit = csv_field(r, im->places[UNIT]),
				  .room = csv_field(r, im->places[ROOM]),
				  .roles = csv_field(r, im->places[ROLE_WORDS]),
				  .language = csv_field(r, im->places[LANGUAGE]),
				  .expertise =
				      im->places[EXPERTISE] < 0 ? NULL : csv_field(r, im->places[EXPERTISE]),
				  .consent = consent_of(im, csv_field(r, im->places[CONSENT])),
				  .consent_date = csv_field(r, im->places[CONSENT_DATE])};
	if (person_read_fields(&f, &in, &e))
		return wrong_row(im, r->line, e.text);
	in.change.verify = yes_or_no(csv_field(r, im->places[VERIFY]));
	if (!in.change.number_count && !*f.name)
		return wrong_row(im, r->line, _("neither a phone nor a name stands in this row"));
	int res = person_import(im->s, &in.change, im->now, &what, &id);
	if (res == -EINVAL) {
		cleanup_free char *text =
		    mem_printf(_("there is no grid %s; import it first: yishi grid import FILE"), f.grid);
		return wrong_row(im, r->line, text);
	}
	if (res)
		return cli_store_failed(im->c, res);
	struct person p;
	if (person_get(im->s, id, &p) == 0 && !p.consent)
		im->without_consent++;
	im->added += what == PERSON_ADDED;
	im->updated += what == PERSON_UPDATED;
	im->unchanged += what == PERSON_UNCHANGED;
	return 0;
}

static int write_event(struct import *im)
{
	char actor[32];
	if (!im->added && !im->updated)
		return 0;
	return event_add(
	    im->s, EVENT_PERSON_CHANGED, cli_actor(actor),
	    json_pack("{ss si si}", "what", "imported", "added", im->added, "updated", im->updated), im->now);
}

static void report(const struct import *im)
{
	printf(_("%d added, %d updated, %d unchanged, %d rows with errors\n"), im->added, im->updated,
	       im->unchanged, im->wrong);
	if (im->without_consent)
		printf(_("%d without consent: they get answers to their own texts, and no broadcast\n"),
		       im->without_consent);
}

static int import_text(struct import *im, const char *text)
{
	struct err e = {0};
	bool dry = cli_opt(im->c, "dry-run") != NULL;
	int r = store_begin(im->s);
	if (r)
		return cli_store_failed(im->c, r);
	r = csv_each(text, on_row, im, &e);
	if (r == -EINVAL) {
		wrong_row(im, e.line, e.text);
		r = 0; /* the rows before it are good */
	}
	if (!r && !im->header_read)
		r = cli_fail(EX_DATAERR, _("%s is empty; its first line names the columns"), im->file);
	if (r || dry) {
		store_rollback(im->s);
		if (r)
			return r;
	} else if ((r = changes_end(im->c, write_event(im))))
		return r;
	report(im);
	return im->wrong ? EX_DATAERR : EX_OK;
}

int person_import_run(struct cli *c)
{
	struct import im = {.c = c, .file = c->argv[0], .consent = cli_opt(c, "consent")};
	struct err e = {0};
	char *bytes, *text;
	size_t len;
	int r = cli_store(c, &im.s);
	if (r || (r = cli_read_file(im.file, FILE_MAX_BYTES, &bytes, &len)))
		return r;
	im.now = cli_now(c);
	r = csv_decode(bytes, len, &text, &e);
	free(bytes);
	if (r)
		return cli_fail(EX_DATAERR, "%s: %s", im.file, e.text);
	r = import_text(&im, text);
	free(text);
	return r;
}
