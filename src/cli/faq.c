/* `yishi faq`: plain answers, kept up to date, to what people ask again and again. */
#include "cli/changes.h"
#include "cli/csv.h"
#include "cli/nouns.h"

#include "base/mem.h"
#include "base/paths.h"
#include "base/text.h"
#include "rules/replies.h"
#include "sms/compose.h"
#include "store/faq.h"
#include "store/store.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#define SEGMENTS_MAX   2
#define FILE_MAX_BYTES (4u << 20)

static const struct out_column columns[] = {
    {"topic", N_("topic"), OUT_TEXT, 20},
    {"words", N_("other words"), OUT_TEXT, 24},
    {"zh", N_("Chinese"), OUT_TEXT, 50},
    {"en", N_("English"), OUT_TEXT, 40},
    {"changed", N_("changed"), OUT_TIME, 0},
    {"by", NULL, OUT_TEXT, 0},
    {0},
};

static const struct cli_option set_options[] = {
    {"words", N_("WORDS"), N_("other words for it, separated by blanks"), false},
    {"zh", N_("TEXT"), N_("the answer in Chinese"), false},
    {"en", N_("TEXT"), N_("the answer in English"), false},
    {0},
};
static const struct cli_option import_options[] = {
    {"dry-run", NULL, N_("check the list and write nothing"), false},
    {0},
};

static json_t *row_json(const struct faq *f)
{
	return json_pack("{so so so so sI so}", "topic", out_string(f->topic), "words", out_string(f->words),
			 "zh", out_string(f->zh), "en", out_string(f->en), "changed",
			 (json_int_t)f->changed_utc, "by", out_string(f->changed_by));
}

static int print_row(void *ctx, const struct faq *f)
{
	struct cli *c = ctx;
	if (f->changed_utc < c->since_utc)
		return 0;
	if (!cli_list_more(c))
		return 1;
	out_row(&c->out, row_json(f));
	return 0;
}

static int run_list(struct cli *c)
{
	struct store *s;
	int r = cli_list_begin(c, columns, &s);
	return r ? r : cli_list_end(c, faq_list(s, NULL, print_row, c));
}

static int print_record(void *ctx, const struct faq *f)
{
	struct cli *c = ctx;
	out_record(&c->out, columns, row_json(f));
	return 1;
}

static int missing(const struct cli *c)
{
	return cli_fail(CLI_NOTHING, _("there is no answer about %.40s; `yishi faq list` shows what there is"),
			c->argv[0]);
}

static int run_show(struct cli *c)
{
	struct store *s;
	int r = cli_store(c, &s);
	if (r)
		return r;
	r = faq_list(s, c->argv[0], print_record, c);
	return r < 0 ? cli_store_failed(c, r) : r ? EX_OK : missing(c);
}

/* ------------------------------------------------------------------------------------------------ checking */

struct entry {
	const char *topic, *words, *zh, *en;
};

/* Segments of the answer as it will be sent; the date of the longest form. */
static int segments(const struct replies *p, enum language lang, const char *text)
{
	cleanup_buf struct buf whole = {0};
	enum sms_alphabet alphabet;
	const struct reply_value values[] = {
	    {"text", text, 0}, {"date", lang == LANG_ZH ? "12月31日" : "31 Dec", 0}, {0}};
	replies_add(p, lang, "faq", values, &whole);
	return compose_count(buf_str(&whole), &(struct compose_options){0}, &alphabet);
}

static int check_answer(const struct replies *p, enum language lang, const char *text, struct err *e)
{
	int n = segments(p, lang, text);
	if (strlen(text) >= FAQ_TEXT_MAX || n < 0 || n > SEGMENTS_MAX)
		return err_set(e, NULL, 0, _("the answer takes %d texts with its date; at most %d, shorten it"),
			       n, SEGMENTS_MAX);
	return 0;
}

static int check_entry(const struct replies *p, const struct entry *x, struct err *e)
{
	if (!*x->topic || strlen(x->topic) >= FAQ_TOPIC_MAX)
		return err_set(e, NULL, 0, _("a topic is one short word, such as 医保"));
	if (strlen(x->words) >= FAQ_WORDS_MAX)
		return err_set(e, NULL, 0, _("too many other words for one topic"));
	if (!*x->zh)
		return err_set(e, NULL, 0, _("the answer in Chinese is wanted"));
	int r = check_answer(p, LANG_ZH, x->zh, e);
	return r < 0 || !*x->en ? r : check_answer(p, LANG_EN, x->en, e);
}

static int load_replies(struct replies **ret)
{
	char dir[PATH_MAX], line[640];
	struct err e = {0};
	if (paths_data(dir, sizeof dir) < 0)
		return cli_fail(EX_NOINPUT, _("the data folder with rules/ was not found; set YISHI_DATA"));
	if (replies_load(dir, ret, &e) < 0)
		return cli_fail(EX_DATAERR, "%s", err_line(&e, line, sizeof line));
	return 0;
}

/* A copy without control characters; separators of words become blanks. The caller frees. */
static char *clean(const char *text, bool words)
{
	char *copy = mem_dup(text ? text : "");
	text_mask_controls(copy);
	if (!words)
		return copy;
	struct buf out = {0};
	for (const char *p = copy; *p;) {
		static const char *const marks[] = {"、", "，", "；", ",", ";", "/", "　"};
		size_t n = 0;
		for (size_t i = 0; i < ARRAY_LEN(marks) && !n; i++)
			n = !strncmp(p, marks[i], strlen(marks[i])) ? strlen(marks[i]) : 0;
		buf_addc(&out, n ? ' ' : *p);
		p += n ? n : 1;
	}
	free(copy);
	return buf_take(&out);
}

static int write_entry(struct store *s, const struct entry *x, int64_t now, bool *ret_new)
{
	struct actor by;
	changes_actor(&by);
	return faq_set(s, x->topic, x->words, x->zh, x->en, &by, now, ret_new);
}

/* ------------------------------------------------------------------------------------------------- changing */

static int copy_old(void *ctx, const struct faq *f)
{
	struct entry *x = ctx;
	*x = (struct entry){.words = mem_dup(f->words), .zh = mem_dup(f->zh), .en = mem_dup(f->en)};
	return 1;
}

/* What is not given stays as it was. */
static int run_set(struct cli *c)
{
	struct store *s;
	struct replies *p;
	struct err e = {0};
	struct entry old = {0};
	int r = load_replies(&p);
	if (r)
		return r;
	cleanup_free char *topic = clean(c->argv[0], false);
	if (!(r = cli_store(c, &s)) && (r = faq_list(s, topic, copy_old, &old)) < 0)
		r = cli_store_failed(c, r);
	cleanup_free char *old_words = (char *)old.words, *old_zh = (char *)old.zh, *old_en = (char *)old.en;
	cleanup_free char *words = clean(cli_opt(c, "words") ? cli_opt(c, "words") : old_words, true);
	cleanup_free char *zh = clean(cli_opt(c, "zh") ? cli_opt(c, "zh") : old_zh, false);
	cleanup_free char *en = clean(cli_opt(c, "en") ? cli_opt(c, "en") : old_en, false);
	const struct entry x = {topic, words, zh, en};
	if (r == 1)
		r = 0;
	if (!r && check_entry(p, &x, &e) < 0)
		r = cli_fail(EX_DATAERR, "%s", e.text);
	replies_free(p);
	if (r)
		return r;
	if ((r = store_begin(s)))
		return cli_store_failed(c, r);
	r = write_entry(s, &x, cli_now(c), NULL);
	if (r == -E2BIG)
		r = cli_fail(EX_DATAERR, _("there are %d topics already; remove some first"), FAQ_TOPICS_MAX);
	return changes_end(c, r);
}

static int run_remove(struct cli *c)
{
	struct store *s;
	int r = changes_begin(c, &s);
	if (r)
		return r;
	r = faq_remove(s, c->argv[0]);
	return changes_end(c, r == -ENOENT ? missing(c) : r);
}

/* ------------------------------------------------------------------------------------------------- a list */

enum { TOPIC, WORDS, ZH, EN, COLUMNS, CHANGED = COLUMNS, BY, ALL_COLUMNS };
static const struct csv_column csv_columns[ALL_COLUMNS] = {
    [TOPIC] = {{"topic", "主题", "事情"}},
    [WORDS] = {{"words", "别名", "其他说法"}},
    [ZH] = {{"zh", "中文", "答案", "回答"}},
    [EN] = {{"en", "英文", "english"}},
    [CHANGED] = {{"changed"}},
    [BY] = {{"by"}},
};

struct import {
	struct cli *c;
	struct store *s;
	struct replies *replies;
	const char *file;
	int places[ALL_COLUMNS];
	bool header_read;
	int added, updated, wrong;
};

static int on_row(void *user, const struct csv_row *row)
{
	struct import *im = user;
	struct err e = {0};
	bool fresh = false;
	if (!im->header_read) {
		im->header_read = true;
		if (csv_header(row, csv_columns, ALL_COLUMNS, im->places, &e) || im->places[TOPIC] < 0 ||
		    im->places[ZH] < 0)
			return cli_fail(EX_DATAERR,
					_("%s:%d: the first line names the columns: topic,words,zh,en"),
					im->file, row->line);
		return 0;
	}
	cleanup_free char *topic = clean(csv_field(row, im->places[TOPIC]), false);
	cleanup_free char *words = clean(csv_field(row, im->places[WORDS]), true);
	cleanup_free char *zh = clean(csv_field(row, im->places[ZH]), false);
	cleanup_free char *en = clean(csv_field(row, im->places[EN]), false);
	const struct entry x = {topic, words, zh, en};
	int r = check_entry(im->replies, &x, &e);
	if (r >= 0 && (r = write_entry(im->s, &x, cli_now(im->c), &fresh)) == -E2BIG)
		err_set(&e, NULL, 0, _("there are %d topics already; remove some first"), FAQ_TOPICS_MAX);
	else if (r < 0 && !e.text[0])
		return cli_store_failed(im->c, r);
	if (r < 0) {
		im->wrong++;
		cli_note("%s:%d: %s", im->file, row->line, e.text);
		return 0;
	}
	im->added += fresh;
	im->updated += !fresh;
	return 0;
}

static int import_text(struct import *im, const char *text)
{
	struct err e = {0};
	int r = store_begin(im->s);
	if (r)
		return cli_store_failed(im->c, r);
	r = csv_each(text, on_row, im, &e);
	if (r == -EINVAL) {
		im->wrong++;
		cli_note("%s:%d: %s", im->file, e.line, e.text);
		r = 0; /* the rows before it are good */
	}
	if (!r && !im->header_read)
		r = cli_fail(EX_DATAERR, _("%s is empty; its first line names the columns"), im->file);
	if (r || cli_opt(im->c, "dry-run")) {
		store_rollback(im->s);
		if (r)
			return r;
	} else if ((r = changes_end(im->c, 0)))
		return r;
	printf(_("%d added, %d updated, %d rows with errors\n"), im->added, im->updated, im->wrong);
	return im->wrong ? EX_DATAERR : EX_OK;
}

static int run_import(struct cli *c)
{
	struct import im = {.c = c, .file = c->argv[0]};
	char *text;
	int r = cli_store(c, &im.s);
	if (r || (r = cli_read_csv(im.file, FILE_MAX_BYTES, &text)))
		return r;
	if (!(r = load_replies(&im.replies))) {
		r = import_text(&im, text);
		replies_free(im.replies);
	}
	free(text);
	return r;
}

const struct cli_verb cli_faq[] = {
    {.name = "list",
     .run = run_list,
     .what = N_("plain answers that residents get by text"),
     .common = CLI_LIST,
     .roles = CLI_SECRETARY,
     .example = "yishi faq list --csv > faq.csv"},
    {.name = "show",
     .run = run_show,
     .what = N_("one answer"),
     .args = "TOPIC",
     .min_args = 1,
     .max_args = 1,
     .common = CLI_FORMATS,
     .roles = CLI_SECRETARY,
     .example = "yishi faq show 医保"},
    {.name = "set",
     .run = run_set,
     .what = N_("write or change an answer; at most two texts long"),
     .args = "TOPIC",
     .min_args = 1,
     .max_args = 1,
     .options = set_options,
     .roles = CLI_SECRETARY,
     .example =
	 "yishi faq set 医保 --words '医疗保险 看病报销' --zh '医保请带身份证到社区二楼，工作日8:30至17:30。'",
     .more = N_("What is not given stays as it was. The places of a neighbourhood are answers as well: "
		"yishi faq set 歇脚 --words '休息 驿站' --zh …")},
    {.name = "remove",
     .run = run_remove,
     .what = N_("take an answer out"),
     .args = "TOPIC",
     .min_args = 1,
     .max_args = 1,
     .roles = CLI_SECRETARY,
     .example = "yishi faq remove 医保"},
    {.name = "import",
     .run = run_import,
     .what = N_("read answers from a spreadsheet's CSV"),
     .args = "FILE",
     .min_args = 1,
     .max_args = 1,
     .options = import_options,
     .roles = CLI_SECRETARY,
     .example = "yishi faq import faq.csv",
     .more =
	 N_("Columns: topic,words,zh,en or 主题,别名,中文,英文. A topic that is there already is replaced.")},
    {0},
};
