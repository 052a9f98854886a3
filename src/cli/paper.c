#include "cli/paper.h"

#include "base/language.h"
#include "base/mem.h"
#include "base/paths.h"
#include "base/text.h"
#include "page/shown.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

static int read_language(struct cli *c, enum language *ret)
{
	const char *given = cli_opt(c, "language");
	*ret = c->language;
	if (!given)
		return 0;
	if (strcmp(given, "zh") != 0 && strcmp(given, "en") != 0)
		return cli_usage(c, _("--language %s: zh or en"), given);
	*ret = *given == 'z' ? LANG_ZH : LANG_EN;
	return 0;
}

static int read_paper(struct cli *c, bool *ret_a3)
{
	const char *given = cli_opt(c, "paper");
	*ret_a3 = given && !strcasecmp(given, "a3");
	if (given && strcasecmp(given, "a3") != 0 && strcasecmp(given, "a4") != 0)
		return cli_usage(c, _("--paper %s: a4 or a3"), given);
	return 0;
}

int paper_load(struct cli *c, enum language lang, struct template_set **ret)
{
	char dir[PATH_MAX], line[640];
	struct err e = {0};
	if (paths_data(dir, sizeof dir) < 0)
		return cli_fail(EX_NOINPUT, "%s",
				_("the data folder with pages/ was not found; set YISHI_DATA"));
	if (pages_load(dir, c->config ? c->config->pages : NULL, lang, ret, &e) < 0)
		return cli_fail(EX_CONFIG, "%s", err_line(&e, line, sizeof line));
	return 0;
}

int paper_begin(struct paper *p, struct cli *c)
{
	*p = (struct paper){.c = c};
	int r = cli_config(c, NULL);
	if (r || (r = read_language(c, &p->lang)) || (r = read_paper(c, &p->a3)) ||
	    (r = paper_load(c, p->lang, &p->set)))
		return r;
	if (!(p->say = say_new(p->lang)))
		return cli_fail(EX_UNAVAILABLE, "%s",
				_("the words for numbers and dates are missing; install the data of ICU"));
	c->out.full = cli_opt(c, "full") != NULL;
	language_use(p->lang);
	return 0;
}

void paper_end(struct paper *p)
{
	template_set_free(p->set);
	say_free(p->say);
	if (p->lang != p->c->language)
		language_use(p->c->language);
}

json_t *paper_write(const struct paper *p, void (*write)(struct say *s, struct buf *out, const struct civil *t),
		    int64_t utc)
{
	cleanup_buf struct buf text = {0};
	struct civil t;
	if (!utc)
		return json_null();
	civil_from_utc(utc, &t);
	write(p->say, &text, &t);
	return out_string(buf_str(&text));
}

json_t *paper_say(const struct paper *p, void (*say)(struct say *s, struct buf *out, int64_t n), int64_t n)
{
	cleanup_buf struct buf text = {0};
	say(p->say, &text, n);
	return out_string(buf_str(&text));
}

json_t *paper_data(const struct paper *p)
{
	const struct config *cfg = p->c->config;
	cleanup_buf struct buf phone = {0}, spoken = {0};
	if (cfg->number) {
		write_number(&phone, cfg->number);
		speak_dialled(p->say, &spoken, cfg->number);
	}
	return json_pack("{ss sb sb so so so so}", "lang", p->lang == LANG_ZH ? "zh-CN" : "en", "zh",
			 p->lang == LANG_ZH, "a3", p->a3, "community", out_string(cfg->name), "phone",
			 out_string(phone.len ? buf_str(&phone) : NULL), "say_phone",
			 out_string(spoken.len ? buf_str(&spoken) : NULL), "printed",
			 paper_write(p, write_date, cli_now(p->c)));
}

static int write_file(const char *path, const struct buf *page)
{
	FILE *f = fopen(path, "we");
	if (!f)
		return cli_fail(EX_CANTCREAT, _("%s cannot be written: %s"), path, err_system(errno));
	fwrite(buf_str(page), 1, page->len, f);
	if (fflush(f) || ferror(f)) {
		int failed = errno;
		fclose(f);
		return cli_fail(EX_IOERR, _("%s cannot be written: %s"), path, err_system(failed));
	}
	fclose(f);
	return EX_OK;
}

static int write_values(const struct cli *c, json_t *data)
{
	cleanup_free char *text = json_dumps(data, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	json_decref(data);
	fprintf(c->out.file, "%s\n", text);
	return EX_OK;
}

int paper_print(struct paper *p, const char *page, json_t *data)
{
	cleanup_buf struct buf out = {0};
	char line[640];
	struct err e = {0};
	const char *path = cli_opt(p->c, "output"), *dot = strrchr(page, '.');
	bool html = !dot || strcmp(dot, ".txt") != 0;
	if (cli_opt(p->c, "values"))
		return write_values(p->c, data);
	language_use(p->c->language); /* what is wrong is said to who sits here */
	int r = template_render(p->set, page, data, html ? TEMPLATE_HTML : TEMPLATE_TEXT, &out, &e);
	json_decref(data);
	if (r)
		return cli_fail(EX_CONFIG, "%s", err_line(&e, line, sizeof line));
	if (path && strcmp(path, "-") != 0)
		return write_file(path, &out);
	if (html && p->c->out.terminal)
		return cli_usage(
		    p->c, _("a page is for a printer: add --output %s, open that file and print it"), page);
	fwrite(buf_str(&out), 1, out.len, p->c->out.file);
	return EX_OK;
}

char *paper_text(const struct paper *p, const char *text, int columns)
{
	return shown_text(text, p->c->out.full, columns);
}
