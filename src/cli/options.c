#include "cli/options.h"

#include "base/mem.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define TERMINAL_LIMIT 50

const struct common_option common_options[] = {
    {{"json", NULL, N_("one JSON object a line"), false}, CLI_FORMATS | CLI_LIST},
    {{"csv", NULL, N_("CSV with a header"), false}, CLI_FORMATS | CLI_LIST},
    {{"full", NULL, N_("telephone numbers in full"), false}, CLI_FORMATS | CLI_LIST},
    {{"limit", N_("N"), N_("at most N rows; 0 = all (50 on a terminal, all otherwise)"), false}, CLI_LIST},
    {{"since", N_("TIME"), N_("only what is newer: \"2026-11-20 15:00\", \"-3d\", \"today\""), false},
     CLI_LIST},
    {{"yes", NULL, N_("answer the question with yes"), false}, CLI_YES},
    {{"config", N_("FILE"), N_("the configuration file (also -c FILE)"), false}, 0},
    {{"help", NULL, N_("this text (also -h)"), false}, 0},
    {{0}, 0},
};

static void note_value(struct cli *c, const char *name, const char *value)
{
	c->values = mem_resize(c->values, (size_t)c->value_count + 1, sizeof *c->values);
	c->values[c->value_count++] = (struct cli_value){name, value};
}

/* The verb's options and the common ones that it takes, as getopt_long wants them. Caller frees. */
static struct option *long_options(const struct cli_verb *v, const struct cli_option ***ret_rows)
{
	size_t own = 0, n = 0;
	while (v->options && v->options[own].name)
		own++;
	struct option *list = mem_array(own + 10, sizeof *list);
	const struct cli_option **rows = mem_array(own + 10, sizeof *rows);
	for (size_t i = 0; i < own; i++)
		rows[n++] = &v->options[i];
	for (const struct common_option *o = common_options; o->o.name; o++)
		if (!o->group || o->group & v->common)
			rows[n++] = &o->o;
	for (size_t i = 0; i < n; i++)
		list[i] =
		    (struct option){rows[i]->name, rows[i]->arg ? required_argument : no_argument, NULL, 0};
	*ret_rows = rows;
	return list;
}

static int take(struct cli *c, const struct cli_option *o, const char *value)
{
	if (!strcmp(o->name, "help"))
		return OPTIONS_HELP;
	if (!strcmp(o->name, "config"))
		c->config_given = value;
	if (cli_opt(c, o->name) && !o->many)
		return cli_usage(c, _("--%s is given twice"), o->name);
	note_value(c, o->name, value ? value : "");
	return 0;
}

static int parse(struct cli *c, int argc, char **argv)
{
	const struct cli_option **rows_owned;
	cleanup_free struct option *list = long_options(c->verb, &rows_owned);
	cleanup_free const struct cli_option **rows = rows_owned;
	/* getopt takes argv[0] for the program's name: the slot before the arguments is the verb or the noun */
	char **av = argv - 1;
	int r = 0, k, index = 0;
	opterr = 0;
	optind = 0;
	while (!r && (k = getopt_long(argc + 1, av, ":hc:", list, &index)) != -1)
		switch (k) {
		case 0:
			r = take(c, rows[index], optarg);
			break;
		case 'h':
			r = OPTIONS_HELP;
			break;
		case 'c':
			c->config_given = optarg;
			break;
		case ':':
			r = cli_usage(c, _("%s wants a value"), av[optind - 1]);
			break;
		default:
			r = cli_usage(c, _("%s is no option here, or takes no value"), av[optind - 1]);
			break;
		}
	c->argv = av + optind;
	c->argc = argc + 1 - optind;
	return r;
}

static int read_common(struct cli *c)
{
	int64_t n;
	int r = 0;
	if (cli_opt(c, "json") && cli_opt(c, "csv"))
		return cli_usage(c, "%s", _("--json and --csv exclude each other"));
	c->out.mode = cli_opt(c, "json") ? OUT_JSON : cli_opt(c, "csv") ? OUT_CSV : OUT_TABLE;
	c->out.full = cli_opt(c, "full") != NULL;
	c->yes = cli_opt(c, "yes") != NULL;
	const char *limit = cli_opt(c, "limit"), *since = cli_opt(c, "since");
	if (!(c->verb->common & CLI_LIST))
		return 0;
	c->limit = c->out.terminal && c->out.mode == OUT_TABLE ? TERMINAL_LIMIT : LONG_MAX;
	if (limit) {
		r = cli_integer(c, limit, "--limit", 0, &n);
		c->limit = r || n == 0 ? LONG_MAX : (long)n;
	}
	if (!r && since)
		r = cli_when(c, since, "--since", &c->since_utc);
	return r;
}

int options_read(struct cli *c, int argc, char **argv)
{
	int r = parse(c, argc, argv);
	if (r)
		return r;
	if (c->argc < c->verb->min_args)
		return cli_usage(c, _("%s is missing"), c->verb->args);
	if (c->verb->max_args >= 0 && c->argc > c->verb->max_args)
		return cli_usage(c, _("%s is too much"), c->argv[c->verb->max_args]);
	return read_common(c);
}

const char *cli_opt(const struct cli *c, const char *name)
{
	return cli_opt_at(c, name, 0);
}

const char *cli_opt_at(const struct cli *c, const char *name, int i)
{
	for (int k = 0; k < c->value_count; k++)
		if (!strcmp(c->values[k].name, name) && i-- == 0)
			return c->values[k].value;
	return NULL;
}
