#include "manual/manual.h"
#include "manual/roff.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/options.h"

#include <string.h>

static void synopsis(FILE *f, const struct cli_noun *n, const struct cli_verb *v)
{
	cleanup_free char *words = mem_printf("yishi %s%s%s", n->name, *v->name ? " " : "", v->name);
	fputs(".B ", f);
	roff_argument(f, words);
	fputc('\n', f);
	roff_text(f, _(" [OPTIONS]") + 1);
	if (v->args)
		roff_text(f, v->args);
	if (v[1].run)
		fputs(".br\n", f);
}

static void option(FILE *f, const struct cli_option *o)
{
	cleanup_free char *tag = mem_printf("--%s", o->name);
	cleanup_free char *what = mem_printf("%s%s", _(o->help), o->many ? _(" (may be repeated)") : "");
	roff_item(f, tag, o->arg ? _(o->arg) : NULL, what);
}

static void verb(FILE *f, const struct cli_noun *n, const struct cli_verb *v)
{
	cleanup_free char *title = mem_printf("%s%s%s%s%s", n->name, *v->name ? " " : "", v->name,
					      v->args ? " " : "", v->args ? v->args : "");
	roff_heading(f, ".SS", title);
	roff_text(f, _(v->what));
	if (v->more)
		roff_paragraph(f, _(v->more));
	for (const struct cli_option *o = v->options; o && o->name; o++)
		option(f, o);
	for (const struct common_option *o = common_options; o->o.name; o++)
		if (o->group & v->common)
			option(f, &o->o);
	roff_paragraph(f, _("Example:"));
	roff_example(f, v->example);
}

void commands_page(FILE *f, const struct cli_noun *n)
{
	roff_heading(f, ".SH", _("NAME"));
	cleanup_free char *name = mem_printf("yishi-%s", n->name);
	roff_text(f, name);
	fputs("\\-\n", f);
	roff_plain(f, _(n->what));
	roff_heading(f, ".SH", _("SYNOPSIS"));
	for (const struct cli_verb *v = n->verbs; v->run; v++)
		synopsis(f, n, v);
	roff_heading(f, ".SH", _("COMMANDS"));
	for (const struct cli_verb *v = n->verbs; v->run; v++)
		verb(f, n, v);
	roff_heading(f, ".SH", _("SEE ALSO"));
	fputs(".BR yishi (1),\n.BR yishi.conf (5)\n", f);
}
