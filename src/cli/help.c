/* `yishi help`, `yishi NOUN --help`, `yishi NOUN VERB --help`: all printed from the one table. */
#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/wrap.h"

#include "base/event_kinds.h"
#include "base/mem.h"
#include "base/text.h"

#include <string.h>

static const struct role {
	unsigned role;
	const char *name; /* as it is typed: `yishi help NAME` */
	const char *title;
} roles[] = {
    {CLI_SECRETARY, "secretary", N_("For the secretary")},
    {CLI_STAFF, "staff", N_("For grid workers and others who settle cases")},
    {CLI_INSTALLER, "installer", N_("For the installer")},
    {CLI_HELPER, "helper", N_("For who writes rules, texts and scripts")},
};

const char *cli_help_role(int i)
{
	return i >= 0 && i < (int)ARRAY_LEN(roles) ? roles[i].name : NULL;
}

/* `left` in a column of `width`, and what it means beside it. */
static void entry(const char *left, int width, const char *right)
{
	int used = text_width(left), at = used > width ? used : width;
	printf("%s%*s", left, at + 2 - used, "");
	wrap_print(stdout, right, at + 2, width + 2);
}

static void usage_line(const struct cli_noun *n, const struct cli_verb *v)
{
	printf("yishi [-c %s] %s%s%s%s%s%s\n", _("FILE"), n->name, *v->name ? " " : "", v->name,
	       _(" [OPTIONS]"), v->args ? " " : "", v->args ? v->args : "");
}

static void option_line(const struct cli_option *o)
{
	cleanup_free char *left =
	    o->arg ? mem_printf("  --%s %s", o->name, _(o->arg)) : mem_printf("  --%s", o->name);
	cleanup_free char *right = mem_printf("%s%s", _(o->help), o->many ? _(" (may be repeated)") : "");
	entry(left, 24, right);
}

int cli_help_verb(const struct cli_noun *n, const struct cli_verb *v)
{
	wrap_print(stdout, _(v->what), 0, 0);
	printf("\n  ");
	usage_line(n, v);
	if (v->more) {
		printf("\n");
		wrap_print(stdout, _(v->more), 0, 0);
	}
	printf("\n%s\n", _("Options:"));
	for (const struct cli_option *o = v->options; o && o->name; o++)
		option_line(o);
	for (const struct common_option *o = common_options; o->o.name; o++)
		if (!o->group || o->group & v->common)
			option_line(&o->o);
	printf("\n%s\n", _("Example:"));
	for (const char *p = v->example; *p;) {
		size_t len = strcspn(p, "\n");
		printf("  %.*s\n", (int)len, p);
		p += len + (p[len] == '\n');
	}
	return EX_OK;
}

int cli_help_noun(const struct cli_noun *n)
{
	printf("yishi %s: %s\n\n", n->name, _(n->what));
	for (const struct cli_verb *v = n->verbs; v->run; v++) {
		cleanup_free char *left =
		    mem_printf("  %s%s%s %s", n->name, *v->name ? " " : "", v->name, v->args ? v->args : "");
		entry(left, 30, _(v->what));
	}
	printf("\n%s\n", _("`yishi NOUN VERB --help` shows options and an example."));
	return EX_OK;
}

static bool has_role(const struct cli_noun *n, unsigned role)
{
	for (const struct cli_verb *v = n->verbs; v->run; v++)
		if (v->roles & role)
			return true;
	return false;
}

/* All commands of one role. */
static int help_role(const struct role *role)
{
	printf("%s\n", _(role->title));
	for (const struct cli_noun *n = cli_nouns; n->name; n++)
		for (const struct cli_verb *v = n->verbs; v->run; v++) {
			if (!(v->roles & role->role))
				continue;
			cleanup_free char *left = mem_printf("  %s%s%s", n->name, *v->name ? " " : "", v->name);
			entry(left, 24, _(v->what));
		}
	printf("\n%s\n", _("`yishi NOUN VERB --help` shows options and an example."));
	return EX_OK;
}

int cli_help_all(void)
{
	printf("%s\n  yishi [-c %s] %s\n", _("yishi: the tool of the neighbourhood's text message gateway"),
	       _("FILE"), _("NOUN VERB [OPTIONS]"));
	for (size_t i = 0; i < ARRAY_LEN(roles); i++) {
		printf("\n");
		printf(_("%s (yishi help %s)\n"), _(roles[i].title), roles[i].name);
		for (const struct cli_noun *n = cli_nouns; n->name; n++) {
			if (!has_role(n, roles[i].role))
				continue;
			cleanup_free char *left = mem_printf("  %s", n->name);
			entry(left, 12, _(n->what));
		}
	}
	printf("\n");
	wrap_print(
	    stdout,
	    _("`yishi help ROLE` lists the commands of a role, `yishi help NOUN` those of one line above; "
	      "`yishi NOUN VERB --help` shows options and an example."),
	    0, 0);
	return EX_OK;
}

static int help_events(void)
{
	for (int i = 0; i < EVENT_KIND_COUNT; i++) {
		cleanup_free char *right = mem_printf("%s [%s]", _(event_kinds[i].what), event_kinds[i].body);
		entry(event_kinds[i].name, 22, right);
	}
	return EX_OK;
}

static int run_help(struct cli *c)
{
	if (c->argc == 0)
		return cli_help_all();
	if (!strcmp(c->argv[0], "events"))
		return help_events();
	for (size_t i = 0; i < ARRAY_LEN(roles) && c->argc == 1; i++)
		if (!strcmp(roles[i].name, c->argv[0]))
			return help_role(&roles[i]);
	for (const struct cli_noun *n = cli_nouns; n->name; n++) {
		if (strcmp(n->name, c->argv[0]) != 0)
			continue;
		for (const struct cli_verb *v = n->verbs; v->run; v++) {
			cleanup_free char *words = c->argc > 2 ? mem_printf("%s %s", c->argv[1], c->argv[2])
							       : mem_dup(c->argc > 1 ? c->argv[1] : "");
			if (!strcmp(v->name, words))
				return cli_help_verb(n, v);
		}
		if (c->argc == 1)
			return cli_help_noun(n);
	}
	return cli_fail(EX_USAGE, _("%s is no command; `yishi help` lists them"), c->argv[0]);
}

const struct cli_verb cli_help[] = {
    {.name = "",
     .run = run_help,
     .what = N_("what there is for whom; the commands of a role, or one of them"),
     .args = "[ROLE|NOUN [VERB]]",
     .max_args = 3,
     .roles = CLI_SECRETARY,
     .example = "yishi help\nyishi help secretary\nyishi help broadcast new\nyishi help events"},
    {0},
};
