/* bash asks `_yishi` what may follow. Nouns, verbs, options and the words that the tables know stand in the script; what
 * only the site knows (grids, modems) the tool itself is asked for, without a word when it does not know. */
#include "manual/manual.h"
#include "base/event_kinds.h"
#include "base/mem.h"
#include "civic/case_life.h"
#include "cli/cli.h"
#include "cli/options.h"

#include <ctype.h>
#include <string.h>

#define HELP "" /* the option's help is the list of words */

/* What a placeholder of the table stands for: the function in the script that offers it. */
static const struct {
	const char *noun; /* NULL: any */
	const char *arg;  /* the word in capitals, of an option or an argument */
	const char *function;
} values[] = {
    {"help", "NOUN", "helped"},       {NULL, "FILE", "files"},          {NULL, "FOLDER", "files"},
    {NULL, "DIR", "files"},           {NULL, "GRID", "grids"},          {NULL, "CODE", "grids"},
    {NULL, "MODEM", "modems"},        {NULL, "AUDIENCE", "audiences"},  {NULL, "ROLE", "roles"},
    {NULL, "CATEGORY", "categories"}, {"events", "KIND", "kinds"},      {"hook", "KIND", "kinds"},
    {"modem", "NAME", "modems"},      {"case", "STATE", "case_states"}, {"message", "STATE", "message_states"},
    {"help", "NOUN", "nouns"},        {NULL, "LANGUAGE", "languages"},  {"poll", "STATE", HELP},
    {"meeting", "STATE", HELP},       {"meeting", "SHEET", HELP},       {"task", "STATE", HELP},
    {"task", "KIND", HELP},           {"job", "STATE", HELP},           {"job", "KIND", HELP},
    {"activity", "STATE", HELP},      {"activity", "KIND", HELP},
};

static void words_function(FILE *f, const char *name)
{
	fprintf(f, "_yishi_%s() { _yishi_words", name);
}

static void print_words(FILE *f)
{
	words_function(f, "case_states");
	fputs(" open", f);
	for (int i = 0; i < CASE_STATE_COUNT; i++)
		fprintf(f, " %s", case_state_name((enum case_state)i));
	fputs("; }\n", f);
	words_function(f, "message_states");
	fputs(" queued sending sent delivered failed expired uncertain cancelled; }\n", f);
	words_function(f, "roles");
	for (int i = 0; i < ROLE_COUNT; i++)
		fprintf(f, " %s", role_name(i));
	fputs("; }\n", f);
	words_function(f, "categories");
	for (int i = 0; i < CATEGORY_COUNT; i++)
		fprintf(f, " %s", category_name((enum category)i));
	fputs("; }\n", f);
	words_function(f, "kinds");
	for (int i = 0; i < EVENT_KIND_COUNT; i++)
		fprintf(f, " %s", event_kinds[i].name);
	fputs("; }\n", f);
	words_function(f, "languages");
	fputs(" zh en; }\n", f);
	words_function(f, "nouns");
	for (const struct cli_noun *n = cli_nouns; n->name; n++)
		fprintf(f, " %s", n->name);
	fputs("; }\n", f);
	words_function(f, "helped");
	for (const struct cli_noun *n = cli_nouns; n->name; n++)
		fprintf(f, " %s", n->name);
	for (int i = 0; cli_help_role(i); i++)
		fprintf(f, " %s", cli_help_role(i));
	fputs("; }\n\n", f);
}

/* The function for "GRID", "[GRID …]" or "FILE|-": NULL when nothing is known. */
static const char *function_of(const struct cli_noun *n, const char *arg)
{
	for (size_t i = 0; arg && i < ARRAY_LEN(values); i++) {
		const char *at = strstr(arg, values[i].arg);
		size_t len = strlen(values[i].arg);
		if (values[i].noun && strcmp(values[i].noun, n->name) != 0)
			continue;
		if (at && (at == arg || !strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ_", at[-1])) &&
		    (!at[len] || !strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ_", at[len])))
			return values[i].function;
	}
	return NULL;
}

static void print_option(FILE *f, const struct cli_option *o)
{
	fprintf(f, " --%s", o->name);
}

/* "zh|en", or a help such as "planned open closed cancelled". */
static void print_alternatives(FILE *f, const char *list)
{
	for (const char *p = list; *p && *p != '('; p++)
		fputc(*p == '|' ? ' ' : *p, f);
}

static void print_value(FILE *f, const struct cli_noun *n, const struct cli_verb *v, const struct cli_option *o)
{
	const char *function = function_of(n, o->arg);
	bool named = strchr(o->arg, '|') && islower((unsigned char)o->arg[0]);
	fprintf(f, "_yishi_values['%s %s --%s']='", n->name, v->name, o->name);
	if (named || (function && !*function)) {
		fputc('=', f);
		print_alternatives(f, named ? o->arg : o->help);
	} else
		fputs(function ? function : "nothing", f);
	fputs("'\n", f);
}

static void print_verb(FILE *f, const struct cli_noun *n, const struct cli_verb *v)
{
	fprintf(f, "_yishi_options['%s %s']='", n->name, v->name);
	for (const struct cli_option *o = v->options; o && o->name; o++)
		print_option(f, o);
	for (const struct common_option *o = common_options; o->o.name; o++)
		if (!o->group || o->group & v->common)
			print_option(f, &o->o);
	fputs("'\n", f);
	const char *function = function_of(n, v->args);
	if (function)
		fprintf(f, "_yishi_values['%s %s']=%s\n", n->name, v->name, function);
	for (const struct cli_option *o = v->options; o && o->name; o++)
		if (o->arg)
			print_value(f, n, v, o);
	for (const struct common_option *o = common_options; o->o.name; o++)
		if (o->o.arg && o->group & v->common)
			fprintf(f, "_yishi_values['%s %s --%s']=nothing\n", n->name, v->name, o->o.name);
}

static const char head[] =
    "# bash completion for yishi; made by the build from the table of commands.\n"
    "declare -gA _yishi_verbs _yishi_options _yishi_values\n\n"
    "# Keeps those of its words that begin like the one at hand.\n"
    "_yishi_words() { mapfile -t COMPREPLY < <(compgen -W \"$*\" -- \"$cur\"); }\n"
    "_yishi_nothing() { COMPREPLY=(); }\n"
    "_yishi_files() { compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- \"$cur\"); }\n"
    "# Asks the tool, with the configuration of this line.\n"
    "_yishi_ask() { \"${words[0]}\" \"${config[@]}\" \"$@\" 2>/dev/null </dev/null; }\n"
    "_yishi_grids() { _yishi_words \"$(_yishi_ask grid list --csv | tail -n +2 | cut -d, -f1)\"; }\n"
    "_yishi_modems() { _yishi_words \"$(_yishi_ask modem list --csv | tail -n +2 | cut -d, -f1)\"; }\n"
    "_yishi_audiences() {\n"
    "\tcase $cur in\n"
    "\trole:*) local role; for role in \"${_yishi_role_list[@]}\"; do "
    "[[ role:$role != \"$cur\"* ]] || COMPREPLY+=(\"role:$role\"); done ;;\n"
    "\tfile:*) mapfile -t COMPREPLY < <(compgen -P file: -f -- \"${cur#file:}\") ;;\n"
    "\tgrid:*) local grid; while read -r grid; do [[ grid:$grid != \"$cur\"* ]] || "
    "COMPREPLY+=(\"grid:$grid\"); "
    "done < <(_yishi_ask grid list --csv | tail -n +2 | cut -d, -f1) ;;\n"
    "\t*) _yishi_words all jobs \"${_yishi_terms[@]}\"; compopt -o nospace 2>/dev/null ;;\n"
    "\tesac\n"
    "}\n";

static const char body[] =
    "_yishi() {\n"
    "\tlocal cur prev noun='' verb='' key i config=() rest=()\n"
    "\tlocal words=(\"${COMP_WORDS[@]}\") cword=$COMP_CWORD\n"
    "\t# bash cuts words at colons and equals signs: here they are whole again\n"
    "\tif declare -F _get_comp_words_by_ref >/dev/null; then\n"
    "\t\t_get_comp_words_by_ref -n := -w words -i cword\n"
    "\telse\n"
    "\t\twords=()\n"
    "\t\tfor ((i = 0; i <= COMP_CWORD; i++)); do\n"
    "\t\t\tif ((i > 1)) && [[ ${COMP_WORDS[i]} == [:=]* || ${COMP_WORDS[i-1]} == *[:=] ]]; then\n"
    "\t\t\t\twords[-1]+=${COMP_WORDS[i]}\n"
    "\t\t\telse\n"
    "\t\t\t\twords+=(\"${COMP_WORDS[i]}\")\n"
    "\t\t\tfi\n"
    "\t\tdone\n"
    "\t\tcword=$((${#words[@]} - 1))\n"
    "\tfi\n"
    "\tcur=${words[cword]} prev=${words[cword-1]}\n"
    "\tif [[ $cur == --*=* ]]; then prev=${cur%%=*} cur=${cur#*=}; fi\n"
    "\tCOMPREPLY=()\n"
    "\tfor ((i = 1; i < cword; i++)); do\n"
    "\t\tcase ${words[i]} in\n"
    "\t\t-c | --config) config=(-c \"${words[i+1]}\"); ((i++)) ;;\n"
    "\t\t-*) ;;\n"
    "\t\t*) rest+=(\"${words[i]}\") ;;\n"
    "\t\tesac\n"
    "\tdone\n"
    "\tif [[ $prev == -c || $prev == --config ]]; then _yishi_files; return; fi\n"
    "\tnoun=${rest[0]}\n"
    "\tif [[ -z $noun ]]; then\n"
    "\t\tif [[ $cur == -* ]]; then _yishi_words -c --help --version; else _yishi_nouns; fi\n"
    "\t\treturn\n"
    "\tfi\n"
    "\tif [[ -n ${rest[1]} && -n ${_yishi_options[\"$noun ${rest[1]} ${rest[2]}\"]} ]]; then verb=\"${rest[1]} "
    "${rest[2]}\"\n"
    "\telif [[ -n ${rest[1]} && -n ${_yishi_options[\"$noun ${rest[1]}\"]} ]]; then verb=${rest[1]}\n"
    "\tfi\n"
    "\tkey=\"$noun $verb\"\n"
    "\tif [[ $prev == --* && -n ${_yishi_values[\"$key $prev\"]} ]]; then\n"
    "\t\tcase ${_yishi_values[\"$key $prev\"]} in\n"
    "\t\t=*) _yishi_words \"${_yishi_values[\"$key $prev\"]#=}\" ;;\n"
    "\t\t*) \"_yishi_${_yishi_values[\"$key $prev\"]}\" ;;\n"
    "\t\tesac\n"
    "\telif [[ $cur == -* ]]; then\n"
    "\t\t_yishi_words \"${_yishi_options[\"$key\"]:---help}\"\n"
    "\telif [[ -z $verb && -n ${_yishi_verbs[$noun]} ]]; then\n"
    "\t\tif [[ -z ${rest[1]} ]]; then _yishi_words \"${_yishi_verbs[$noun]}\"\n"
    "\t\telse _yishi_words \"$(_yishi_second \"$noun\" \"${rest[1]}\")\"\n"
    "\t\tfi\n"
    "\telif [[ $noun == help && -n ${rest[1]} ]]; then\n"
    "\t\t_yishi_words \"${_yishi_verbs[${rest[1]}]}\"\n"
    "\telif [[ -n ${_yishi_values[\"$key\"]} ]]; then\n"
    "\t\t\"_yishi_${_yishi_values[\"$key\"]}\"\n"
    "\tfi\n"
    "\tif declare -F __ltrim_colon_completions >/dev/null; then __ltrim_colon_completions \"$cur\"; return; "
    "fi\n"
    "\tif [[ $cur == *:* && $COMP_WORDBREAKS == *:* ]]; then\n"
    "\t\tCOMPREPLY=(\"${COMPREPLY[@]#\"${cur%\"${cur##*:}\"}\"}\")\n"
    "\tfi\n"
    "}\n"
    "# The second words of verbs such as `series add`.\n"
    "_yishi_second() {\n"
    "\tlocal key\n"
    "\tfor key in \"${!_yishi_options[@]}\"; do\n"
    "\t\t[[ $key != \"$1 $2 \"?* ]] || printf '%s\\n' \"${key##* }\"\n"
    "\tdone\n"
    "}\n"
    "complete -F _yishi yishi\n";

/* The kinds of audiences, as the help of the option that takes one names them: "grid:KS-03 …". */
static void print_terms(FILE *f)
{
	const char *help = "";
	for (const struct cli_noun *n = cli_nouns; n->name; n++)
		for (const struct cli_verb *v = n->verbs; v->run && !strcmp(n->name, "broadcast"); v++)
			for (const struct cli_option *o = v->options; o && o->name; o++)
				if (!*help && o->arg && !strcmp(o->arg, "AUDIENCE"))
					help = o->help;
	fputs("_yishi_terms=(", f);
	for (const char *p = help; *p; p++) {
		size_t n = 0;
		while (islower((unsigned char)p[n]))
			n++;
		if (n && p[n] == ':' && p[n + 1] && !strchr(" \n", p[n + 1]))
			fprintf(f, "%.*s: ", (int)n, p);
		p += n ? n - 1 : 0;
	}
	fputs(")\n", f);
}

static void print_noun(FILE *f, const struct cli_noun *n)
{
	const char *last = "";
	fprintf(f, "_yishi_verbs[%s]='", n->name);
	for (const struct cli_verb *v = n->verbs; v->run; v++) {
		size_t len = strcspn(v->name, " ");
		if (len && (strncmp(last, v->name, len) != 0 || last[len] != v->name[len]))
			fprintf(f, "%.*s ", (int)len, v->name);
		last = v->name;
	}
	fputs("'\n", f);
	for (const struct cli_verb *v = n->verbs; v->run; v++)
		print_verb(f, n, v);
}

void completion_print(FILE *f)
{
	fputs(head, f);
	print_words(f);
	fputs("_yishi_role_list=(", f);
	for (int i = 0; i < ROLE_COUNT; i++)
		fprintf(f, "%s%s", i ? " " : "", role_name(i));
	fputs(")\n", f);
	print_terms(f);
	for (const struct cli_noun *n = cli_nouns; n->name; n++)
		print_noun(f, n);
	fputs(body, f);
}
