/* `yishi`: finds noun and verb in the table, reads the options that the table lists, and hands over. */
#include "cli/cli.h"
#include "cli/options.h"

#include "base/language.h"
#include "base/mem.h"
#include "base/paths.h"
#include "store/store.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct cli_noun *find_noun(const char *name)
{
	for (const struct cli_noun *n = cli_nouns; n->name; n++)
		if (!strcmp(n->name, name))
			return n;
	return NULL;
}

/* A verb may be two words ("series add"), or none ("status"). *ret_words: how many of argv it took. */
static const struct cli_verb *find_verb(const struct cli_noun *n, int argc, char **argv, int *ret_words)
{
	const struct cli_verb *best = NULL;
	for (const struct cli_verb *v = n->verbs; v->run; v++) {
		cleanup_free char *two = argc > 1 ? mem_printf("%s %s", argv[0], argv[1]) : NULL;
		int words = !*v->name                               ? 0
			    : argc > 0 && !strcmp(argv[0], v->name) ? 1
			    : two && !strcmp(two, v->name)          ? 2
								    : -1;
		if (words >= 0 && (!best || words > *ret_words)) {
			best = v;
			*ret_words = words;
		}
	}
	return best;
}

/* The configuration's language, when it can be read without a word. */
static enum language language_of_config(struct cli *c)
{
	char path[PATH_MAX];
	struct err e;
	paths_config(c->config_given, path, sizeof path);
	if (access(path, R_OK) == 0 && !c->config && config_load(path, &c->config, &e))
		c->config = NULL;
	return c->config ? c->config->language : LANG_ZH;
}

static void choose_language(struct cli *c)
{
	if (!language_of_environment(&c->language))
		c->language = language_of_config(c);
	language_use(c->language);
}

static int run(struct cli *c, int argc, char **argv)
{
	if (argc == 0)
		return cli_help_all(), EX_USAGE;
	if (!strcmp(argv[0], "--help") || !strcmp(argv[0], "-h"))
		return cli_help_all();
	if (!strcmp(argv[0], "--version")) {
		printf("yishi %s\n", YISHI_VERSION);
		return EX_OK;
	}
	c->noun = find_noun(argv[0]);
	if (!c->noun)
		return cli_fail(EX_USAGE, _("%s is no command; `yishi help` lists them"), argv[0]);
	int words = 0;
	c->verb = find_verb(c->noun, argc - 1, argv + 1, &words);
	const char *next = argc > 1 ? argv[1] : NULL;
	if (!c->verb && next && (!strcmp(next, "--help") || !strcmp(next, "-h")))
		return cli_help_noun(c->noun);
	if (!c->verb && next)
		return cli_fail(EX_USAGE, _("%s has no verb %s; `yishi %s --help` lists them"), c->noun->name,
				next, c->noun->name);
	if (!c->verb) {
		cli_help_noun(c->noun);
		return EX_USAGE;
	}
	int r = options_read(c, argc - 1 - words, argv + 1 + words);
	if (r == OPTIONS_HELP)
		return cli_help_verb(c->noun, c->verb);
	return r ? r : c->verb->run(c);
}

/* What could not be written to a full disk or a closed pipe was not done. */
static int flush_output(int status)
{
	if ((fflush(stdout) || ferror(stdout)) && status == EX_OK)
		return cli_fail(EX_IOERR, "%s", _("the output could not be written"));
	return status;
}

int main(int argc, char **argv)
{
	struct cli c = {.language = LANG_ZH, .limit = LONG_MAX, .since_utc = INT64_MIN};
	int skip = 1;
	while (argc > skip + 1 && (!strcmp(argv[skip], "-c") || !strcmp(argv[skip], "--config"))) {
		c.config_given = argv[skip + 1];
		skip += 2;
	}
	c.out.file = stdout;
	c.out.terminal = isatty(STDOUT_FILENO);
	const char *no_colour = getenv("NO_COLOR"), *term = getenv("TERM");
	c.out.colour = c.out.terminal && !(no_colour && *no_colour) && !(term && !strcmp(term, "dumb"));
	choose_language(&c);
	int status = flush_output(run(&c, argc - skip, argv + skip));
	store_close(c.store);
	config_free(c.config);
	free(c.values);
	return status;
}
