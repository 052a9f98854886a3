#include "cli/certificate.h"
#include "cli/modem_test.h"
#include "cli/paper.h"
#include "cli/wrap.h"

#include "base/mem.h"
#include "base/text.h"
#include "store/certificate.h"
#include "store/store.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#define COL_STEP  9  /* of the plain sheet: behind the verdict */
#define COL_WORDS 27 /* … behind the step's title */

static const struct out_column step_columns[] = {
    {"modem", NULL, OUT_TEXT, 0},   {"step", NULL, OUT_TEXT, 0},       {"verdict", NULL, OUT_TEXT, 0},
    {"finding", NULL, OUT_TEXT, 0}, {"words", NULL, OUT_TEXT, 0},      {"remedy", NULL, OUT_TEXT, 0},
    {"figures", NULL, OUT_RAW, 0},  {"certificate", NULL, OUT_INT, 0}, {0},
};

static const struct out_column list_columns[] = {
    {"certificate", N_("certificate"), OUT_INT, 0},
    {"time", N_("time"), OUT_TIME, 0},
    {"modem", N_("modem"), OUT_TEXT, 0},
    {"verdict", N_("verdict"), OUT_TEXT, 0},
    {"imei", N_("IMEI"), OUT_TEXT, 0},
    {"iccid", N_("SIM (ICCID)"), OUT_TEXT, 0},
    {"model", N_("model"), OUT_TEXT, 0},
    {"seconds", N_("took, s"), OUT_INT, 0},
    {0},
};

static enum test_verdict verdict_of(const json_t *o)
{
	for (enum test_verdict v = TEST_PASS; v < TEST_FAIL; v++)
		if (!strcmp(out_field(o, "verdict"), test_verdict_name(v)))
			return v;
	return TEST_FAIL;
}

void certificate_counts(const json_t *cert, int ret[4])
{
	size_t i;
	json_t *step;
	memset(ret, 0, 4 * sizeof *ret);
	json_array_foreach(json_object_get(cert, "steps"), i, step) ret[verdict_of(step)]++;
}

/* "2 failed, 1 to look at, 18 passed, 2 untested" */
static char *summary(const json_t *cert)
{
	int n[4];
	certificate_counts(cert, n);
	return mem_printf(_("%d failed, %d to look at, %d passed, %d untested"), n[TEST_FAIL], n[TEST_WARN],
			  n[TEST_PASS], n[TEST_SKIP]);
}

const char *certificate_conclusion(const char *verdict)
{
	if (!strcmp(verdict, test_verdict_name(TEST_PASS)))
		return _("passed");
	return !strcmp(verdict, test_verdict_name(TEST_WARN)) ? _("passed with remarks") : _("NOT passed");
}

static const char *conclusion(const json_t *cert)
{
	return certificate_conclusion(out_field(cert, "verdict"));
}

/* ------------------------------------------------------------------------------------------------ as rows */

void certificate_rows(struct cli *c, const json_t *cert)
{
	size_t i;
	json_t *step, *number = json_object_get(cert, "certificate");
	out_begin(&c->out, step_columns);
	json_array_foreach(json_object_get(cert, "steps"), i, step)
	{
		json_t *row = json_copy(step);
		cleanup_free char *words = test_words(step, false), *remedy = test_words(step, true);
		json_object_set(row, "modem", json_object_get(cert, "modem"));
		json_object_set_new(row, "words", out_string(words));
		json_object_set_new(row, "remedy", *remedy ? out_string(remedy) : json_null());
		json_object_set(row, "certificate", number ? number : json_null());
		out_row(&c->out, row);
	}
	cleanup_free char *all = summary(cert);
	int n[4];
	certificate_counts(cert, n);
	out_row(&c->out,
		json_pack("{sO ss sO ss ss sn s{si si si si sO sO sO sO sO} sO}", "modem",
			  json_object_get(cert, "modem"), "step", "all", "verdict",
			  json_object_get(cert, "verdict"), "finding", "summary", "words", all, "remedy",
			  "figures", "pass", n[TEST_PASS], "skip", n[TEST_SKIP], "warn", n[TEST_WARN], "fail",
			  n[TEST_FAIL], "imei", json_object_get(cert, "imei"), "iccid",
			  json_object_get(cert, "iccid"), "model", json_object_get(cert, "model"), "firmware",
			  json_object_get(cert, "firmware"), "seconds", json_object_get(cert, "seconds"),
			  "certificate", number ? number : json_null()));
	out_end(&c->out);
}

/* ------------------------------------------------------------------------------------------------ as text */

static void pad(FILE *f, const char *s, int to)
{
	int at = text_width(s);
	fputs(s, f);
	fprintf(f, "%*s", at < to ? to - at : 1, "");
}

static void head_line(FILE *f, const char *title, const char *value)
{
	if (!*value)
		return;
	pad(f, title, COL_WORDS - COL_STEP);
	wrap_print(f, value, COL_WORDS - COL_STEP, COL_WORDS - COL_STEP);
}

static void rule(FILE *f)
{
	for (int i = 0; i < WRAP_COLUMNS; i++)
		fputc('-', f);
	fputc('\n', f);
}

static void step_lines(FILE *f, const json_t *step)
{
	cleanup_free char *words = test_words(step, false), *remedy = test_words(step, true);
	const char *title = test_step_title(out_field(step, "step"));
	pad(f, test_verdict_label(verdict_of(step)), COL_STEP);
	pad(f, title, COL_WORDS - COL_STEP);
	wrap_print(f, words, COL_WORDS, COL_WORDS);
	if (!*remedy)
		return;
	cleanup_free char *arrow = mem_printf("-> %s", remedy);
	fprintf(f, "%*s", COL_WORDS, "");
	wrap_print(f, arrow, COL_WORDS, COL_WORDS + 3);
}

static char *time_text(const json_t *cert)
{
	struct civil t;
	int64_t utc = json_integer_value(json_object_get(cert, "time"));
	civil_from_utc(utc, &t);
	return mem_printf("%04d-%02d-%02d %02d:%02d", t.year, t.month, t.day, t.hour, t.minute);
}

static char *took_text(const json_t *cert)
{
	int64_t s = json_integer_value(json_object_get(cert, "seconds"));
	return s < 60 ? mem_printf(_("%d s"), (int)s)
		      : mem_printf(_("%d min %d s"), (int)(s / 60), (int)(s % 60));
}

void certificate_text(const json_t *cert, FILE *f)
{
	size_t i;
	json_t *step;
	json_int_t number = json_integer_value(json_object_get(cert, "certificate"));
	cleanup_free char *at = time_text(cert), *took = took_text(cert), *all = summary(cert);
	cleanup_free char *model = mem_printf("%s  %s", out_field(cert, "model"), out_field(cert, "firmware"));
	cleanup_free char *end = mem_printf(_("%s (%s; %s)"), conclusion(cert), all, took);
	fprintf(f, "%s", _("Certificate of acceptance"));
	if (number)
		fprintf(f, _(" no. %lld"), (long long)number);
	fputc('\n', f);
	rule(f);
	head_line(f, _("site"), out_field(cert, "site"));
	head_line(f, _("date"), at);
	head_line(f, _("modem line"), out_field(cert, "modem"));
	head_line(f, _("port"), out_field(cert, "port"));
	head_line(f, _("model, firmware"), *out_field(cert, "model") ? model : "");
	head_line(f, _("IMEI"), out_field(cert, "imei"));
	head_line(f, _("SIM (ICCID)"), out_field(cert, "iccid"));
	rule(f);
	json_array_foreach(json_object_get(cert, "steps"), i, step) step_lines(f, step);
	rule(f);
	head_line(f, _("verdict"), end);
	fprintf(f, "\n%s ____________________    %s ____________________\n\n", _("Installed by:"),
		_("Accepted by:"));
}

/* ------------------------------------------------------------------------------------------------ as a page */

static json_t *page_data(const struct paper *p, const json_t *cert)
{
	size_t i;
	json_t *step, *rows = json_array(), *data = paper_data(p);
	cleanup_free char *all = summary(cert), *took = took_text(cert), *at = time_text(cert);
	json_array_foreach(json_object_get(cert, "steps"), i, step)
	{
		enum test_verdict v = verdict_of(step);
		cleanup_free char *words = test_words(step, false), *remedy = test_words(step, true);
		json_array_append_new(rows, json_pack("{ss ss so so ss}", "verdict", test_verdict_label(v),
						      "title", test_step_title(out_field(step, "step")),
						      "words", out_string(words), "remedy",
						      *remedy ? out_string(remedy) : json_null(), "class",
						      test_verdict_name(v)));
	}
	json_t *more =
	    json_pack("{so sO so so so so so so so so ss so so}", "steps", rows, "certificate",
		      json_object_get(cert, "certificate"), "date",
		      paper_write(p, write_date, json_integer_value(json_object_get(cert, "time"))), "tested",
		      out_string(at), "line", out_string(out_field(cert, "modem")), "port",
		      out_string(out_field(cert, "port")), "model", out_string(out_field(cert, "model")),
		      "firmware", out_string(out_field(cert, "firmware")), "imei",
		      out_string(out_field(cert, "imei")), "iccid", out_string(out_field(cert, "iccid")),
		      "conclusion", conclusion(cert), "counts", out_string(all), "took", out_string(took));
	json_object_set_new(more, "community", out_string(out_field(cert, "site")));
	json_object_set_new(more, "failed", json_boolean(verdict_of(cert) == TEST_FAIL));
	json_object_update(data, more);
	json_decref(more);
	return data;
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), k = strlen(end);
	return n >= k && !strcasecmp(s + n - k, end);
}

static int text_file(const json_t *cert, const char *file)
{
	FILE *f = fopen(file, "we");
	if (!f)
		return cli_fail(EX_CANTCREAT, _("%s cannot be written: %s"), file, err_system(errno));
	certificate_text(cert, f);
	int bad = fflush(f) || ferror(f) ? errno : 0;
	fclose(f);
	return bad ? cli_fail(EX_IOERR, _("%s cannot be written: %s"), file, err_system(bad)) : EX_OK;
}

int certificate_file(struct cli *c, const json_t *cert, const char *file)
{
	struct paper paper;
	int r = paper_begin(&paper, c);
	if (!r)
		r = ends_with(file, ".txt") ? text_file(cert, file)
					    : paper_print(&paper, "certificate.html", page_data(&paper, cert));
	paper_end(&paper);
	return r;
}

/* ------------------------------------------------------------------------------------------------ kept */

static void name_steps(const json_t *cert, enum test_verdict v, struct buf *out)
{
	size_t i;
	json_t *step;
	json_array_foreach(json_object_get(cert, "steps"), i, step) if (verdict_of(step) == v)
	    buf_addf(out, "%s%s", out->len ? " " : "", out_field(step, "step"));
}

int certificate_keep(struct cli *c, json_t *cert)
{
	struct store *s;
	char actor[32];
	cleanup_buf struct buf failed = {0}, warned = {0};
	int r = cli_store(c, &s);
	if (r)
		return r;
	json_t *body =
	    json_pack("{sO sO sO sO sO}", "site", json_object_get(cert, "site"), "port",
		      json_object_get(cert, "port"), "model", json_object_get(cert, "model"), "firmware",
		      json_object_get(cert, "firmware"), "steps", json_object_get(cert, "steps"));
	cleanup_free char *text = json_dumps(body, JSON_COMPACT);
	json_decref(body);
	name_steps(cert, TEST_FAIL, &failed);
	name_steps(cert, TEST_WARN, &warned);
	struct certificate row = {.utc = json_integer_value(json_object_get(cert, "time")),
				  .seconds = json_integer_value(json_object_get(cert, "seconds")),
				  .line = out_field(cert, "modem"),
				  .imei = out_field(cert, "imei"),
				  .iccid = out_field(cert, "iccid"),
				  .verdict = out_field(cert, "verdict"),
				  .actor = cli_actor(actor),
				  .body = text};
	int64_t id = 0;
	if ((r = store_begin(s)) || (r = certificate_add(s, &row, buf_str(&failed), buf_str(&warned), &id)) ||
	    (r = store_commit(s))) {
		store_rollback(s);
		return cli_store_failed(c, r);
	}
	json_object_set_new(cert, "certificate", json_integer(id));
	return EX_OK;
}

/* The row as the test made it. */
static json_t *unpack(const struct certificate *row)
{
	json_t *cert = json_loads(row->body, 0, NULL);
	json_t *head = json_pack("{sI sI sI ss ss ss ss}", "certificate", (json_int_t)row->id, "time",
				 (json_int_t)row->utc, "seconds", (json_int_t)row->seconds, "modem", row->line,
				 "imei", row->imei, "iccid", row->iccid, "verdict", row->verdict);
	if (!json_is_object(cert)) {
		json_decref(cert);
		cert = json_object();
	}
	json_object_update(cert, head);
	json_decref(head);
	return cert;
}

static int list_one(void *ctx, const struct certificate *row)
{
	struct cli *c = ctx;
	json_t *cert = unpack(row);
	if (c->out.mode == OUT_TABLE)
		json_object_set_new(cert, "verdict", json_string(conclusion(cert)));
	out_row(&c->out, cert);
	return 0;
}

int certificate_list(struct cli *c)
{
	struct store *s;
	int r = cli_list_begin(c, list_columns, &s);
	return r ? r : cli_list_end(c, certificate_each(s, c->since_utc, c->limit, list_one, c));
}

static int show_one(void *ctx, const struct certificate *row)
{
	*(json_t **)ctx = unpack(row);
	return 0;
}

int certificate_show(struct cli *c, const char *number)
{
	struct store *s;
	int64_t id = 0;
	json_t *cert = NULL;
	const char *file = cli_opt(c, "output");
	int r = !strcmp(number, "last") ? 0 : cli_integer(c, number, "--show", 1, &id);
	if (r || (r = cli_store(c, &s)))
		return r;
	r = certificate_get(s, id, show_one, &cert);
	if (r == -ENOENT)
		return cli_fail(CLI_NOTHING, "%s",
				_("there is no such certificate; `yishi modem test --list` shows them"));
	if (r < 0)
		return cli_store_failed(c, r);
	if (file || cli_opt(c, "values"))
		r = certificate_file(c, cert, file ? file : "-");
	else if (c->out.mode != OUT_TABLE)
		certificate_rows(c, cert);
	else
		certificate_text(cert, stdout);
	json_decref(cert);
	return r;
}
