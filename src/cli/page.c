/* `yishi page`: the templates of what is printed, for who changes them. */
#include "cli/nouns.h"
#include "cli/paper.h"

#include "base/mem.h"
#include "base/paths.h"

#include <libgen.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#define NAMES_MAX 4000
#define DATA_MAX  (8 * 1024 * 1024)

static const struct out_column columns[] = {
    {"page", N_("page"), OUT_TEXT, 0}, {"own", N_("own"), OUT_BOOL, 0}, {"file", N_("file"), OUT_TEXT, 0}, {0}};

static void print_page(void *ctx, const char *name, const char *file, bool own)
{
	struct cli *c = ctx;
	out_row(&c->out,
		json_pack("{so sb so}", "page", out_string(name), "own", own, "file", out_string(file)));
}

/* Works without a configuration, too: then there is nothing of one's own. */
static const char *own_folder(struct cli *c)
{
	char path[PATH_MAX];
	paths_config(c->config_given, path, sizeof path);
	if (!c->config && !c->config_given && access(path, R_OK) != 0)
		return NULL;
	return cli_config(c, NULL) ? "" : c->config->pages;
}

/* Where the pages that came with the programs lie, and one's own; 0, or an exit status that was explained. */
static int folders(struct cli *c, char dir[PATH_MAX], const char **ret_own)
{
	*ret_own = own_folder(c);
	if (*ret_own && !**ret_own)
		return EX_CONFIG;
	if (paths_data(dir, PATH_MAX) < 0)
		return cli_fail(EX_NOINPUT, "%s",
				_("the data folder with pages/ was not found; set YISHI_DATA"));
	return 0;
}

static int run_list(struct cli *c)
{
	char dir[PATH_MAX], line[640];
	struct err e = {0};
	const char *own;
	int bad = folders(c, dir, &own);
	if (bad)
		return bad;
	out_begin(&c->out, columns);
	int r = pages_list(dir, own, print_page, c, &e);
	out_end(&c->out);
	return r < 0 ? cli_fail(EX_CONFIG, "%s", err_line(&e, line, sizeof line)) : EX_OK;
}

/* ---- check: what the shipped pages ask for is what there is */

struct names {
	char *list[NAMES_MAX]; /* owned */
	int count, strange;
	const struct names *known;
};

static bool is_known(const struct names *n, const char *name)
{
	for (int i = 0; i < n->count; i++)
		if (!strcmp(n->list[i], name))
			return true;
	return false;
}

static void collect(void *ctx, const char *name, const char *file, int line)
{
	struct names *n = ctx;
	(void)file, (void)line;
	if (n->count < NAMES_MAX && !is_known(n, name))
		n->list[n->count++] = mem_dup(name);
}

static void compare(void *ctx, const char *name, const char *file, int line)
{
	struct names *n = ctx;
	if (is_known(n->known, name))
		return;
	n->strange++;
	cli_note(_("%s:%d: {{%s}} is on no shipped page; is it spelt right?"), file, line, name);
}

struct pages {
	const struct template_set *set;
	void (*each)(void *ctx, const char *name, const char *file, int line);
	void *ctx;
	bool own;
};

static void names_of_page(void *ctx, const char *name, const char *file, bool own)
{
	const struct pages *p = ctx;
	(void)file;
	if (own == p->own)
		template_names(p->set, name, p->each, p->ctx);
}

static int check_language(struct cli *c, const char *dir, const char *own, enum language lang)
{
	struct template_set *shipped = NULL, *set = NULL;
	struct err e = {0};
	char line[640];
	int r = pages_load(dir, NULL, lang, &shipped, &e);
	if (!r)
		r = pages_load(dir, own, lang, &set, &e);
	if (r) {
		template_set_free(shipped);
		return cli_fail(EX_DATAERR, "%s", err_line(&e, line, sizeof line));
	}
	cleanup_free struct names *known = mem_alloc(sizeof *known);
	struct names strange = {.known = known};
	struct pages all = {shipped, collect, known, false};
	pages_list(dir, NULL, names_of_page, &all, &e);
	/* words of one's own are read where a shipped page takes them */
	struct pages mine = {set, compare, &strange, true}, theirs = {set, compare, &strange, false};
	if (own) {
		pages_list(dir, own, names_of_page, &mine, &e);
		pages_list(dir, own, names_of_page, &theirs, &e);
	}
	for (int i = 0; i < known->count; i++)
		free(known->list[i]);
	template_set_free(shipped);
	template_set_free(set);
	(void)c;
	return strange.strange ? CLI_NOTHING : 0;
}

static int run_check(struct cli *c)
{
	char dir[PATH_MAX];
	const char *own;
	int bad = folders(c, dir, &own);
	if (bad)
		return bad;
	int zh = check_language(c, dir, own, LANG_ZH);
	if (zh > CLI_NOTHING)
		return zh;
	int en = check_language(c, dir, own, LANG_EN);
	if (!zh && !en)
		printf("%s\n", _("all pages are well, in Chinese and in English"));
	return en ? en : zh;
}

/* ---- render: a template on trial */

static int add_file(struct template_set *set, char *path, char **ret_name)
{
	char *text, line[640];
	size_t len;
	struct err e = {0};
	int r = cli_read_file(path, TEMPLATE_SIZE, &text, &len);
	if (r)
		return r;
	*ret_name = basename(path);
	if (template_add(set, *ret_name, text, len, path, 1, &e) || template_check(set, &e))
		r = cli_fail(EX_DATAERR, "%s", err_line(&e, line, sizeof line));
	free(text);
	return r;
}

static int read_data(struct cli *c, json_t **ret)
{
	char *text;
	size_t len;
	json_error_t e;
	int r = cli_read_file(c->argc > 1 ? c->argv[1] : "-", DATA_MAX, &text, &len);
	if (r)
		return r;
	*ret = json_loadb(text, len, JSON_ALLOW_NUL, &e);
	free(text);
	return *ret ? 0 : cli_fail(EX_DATAERR, _("line %d: this is no JSON (%s)"), e.line, e.text);
}

static int run_render(struct cli *c)
{
	struct template_set *set = NULL;
	json_t *data = NULL;
	char *name = NULL, line[640];
	struct err e = {0};
	cleanup_buf struct buf out = {0};
	const char *language = cli_opt(c, "language"), *own = own_folder(c);
	if (own && !*own)
		return EX_CONFIG;
	int r = paper_load(c, language ? *language == 'e' ? LANG_EN : LANG_ZH : c->language, &set);
	if (!r)
		r = add_file(set, c->argv[0], &name);
	if (!r)
		r = read_data(c, &data);
	if (!r &&
	    template_render(set, name, data, cli_opt(c, "text") ? TEMPLATE_TEXT : TEMPLATE_HTML, &out, &e))
		r = cli_fail(EX_DATAERR, "%s", err_line(&e, line, sizeof line));
	if (!r)
		fwrite(buf_str(&out), 1, out.len, c->out.file);
	json_decref(data);
	template_set_free(set);
	return r;
}

static const struct cli_option render_options[] = {
    {"language", N_("zh|en"), N_("whose words it takes"), false},
    {"text", NULL, N_("it is plain text, no HTML: nothing is escaped"), false},
    {0},
};

const struct cli_verb cli_page[] = {
    {.name = "list",
     .run = run_list,
     .what = N_("the templates of pages, and where they lie"),
     .common = CLI_FORMATS,
     .roles = CLI_HELPER,
     .example = "yishi page list",
     .more = N_(
	 "A page is an HTML file with {{names}} in it (Mustache), and the words on it stand in words.zh and "
	 "words.en, one a line. To change one, copy it into the folder that [gateway] pages names and edit it "
	 "there; of the words, keep only the lines that you change. An update never touches that folder.")},
    {.name = "check",
     .run = run_check,
     .what = N_("reads all templates and says what is wrong with them"),
     .roles = CLI_HELPER,
     .example = "yishi page check"},
    {.name = "render",
     .run = run_render,
     .what = N_("tries a template out with values from a JSON file"),
     .args = "FILE [JSON]",
     .min_args = 1,
     .max_args = 2,
     .options = render_options,
     .roles = CLI_HELPER,
     .example = "yishi page render poster.html values.json > try.html\n"
		"echo '{\"name\":\"3栋\"}' | yishi page render note.txt --text"},
    {0},
};
