/* The tables that pages ask for. */
#include "manual/manual.h"
#include "manual/roff.h"
#include "at_commands/modem_row.h"
#include "base/buf.h"
#include "base/config_internal.h"
#include "base/event_kinds.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/metric_kinds.h"
#include "base/paths.h"
#include "civic/case_life.h"
#include "civic/points.h"
#include "civic/route.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "hw/map_keys.h"
#include "rules/replies.h"
#include "simmodem/options.h"
#include "simmodem/profile.h"

#include <string.h>

static void nouns(FILE *f)
{
	for (const struct cli_noun *n = cli_nouns; n->name; n++) {
		cleanup_free char *what = mem_printf("%s: yishi-%s(1)", _(n->what), n->name);
		roff_item(f, n->name, NULL, what);
	}
}

static void common(FILE *f)
{
	for (const struct common_option *o = common_options; o->o.name; o++) {
		cleanup_free char *tag = mem_printf("--%s", o->o.name);
		roff_item(f, tag, o->o.arg ? _(o->o.arg) : NULL, _(o->o.help));
	}
}

/* ------------------------------------------------------------------------------------------ yishi.conf */

static const char *kind_of(enum type t)
{
	switch (t) {
	case STRING:
		return N_("text");
	case PATH:
		return N_("path");
	case INT:
	case NUMBER:
		return N_("figure");
	case BOOL:
		return N_("yes|no");
	case DURATION:
		return N_("duration");
	case DATE:
		return N_("date");
	case WEEKLY:
		return N_("weekday and time");
	case WINDOW:
		return N_("hours");
	case LANGUAGE:
		return N_("zh|en");
	case ZONE:
		return N_("zone");
	case PHONE:
	case CENTRE:
		return N_("telephone");
	case ROLES:
		return N_("roles");
	case DEVICE:
		return N_("device");
	case ICCID:
		return N_("digits");
	case ADDRESS:
		return N_("address:port");
	case GLOBS:
		return N_("patterns");
	case BALANCE:
		return N_("request");
	}
	return "";
}

static void config_section(FILE *f, enum section s)
{
	for (int i = 0; i < config_key_count; i++) {
		const struct key *k = &config_keys[i];
		if (k->section != s)
			continue;
		cleanup_free char *what = k->fallback
					      ? mem_printf(_("%s. Default: %s"), _(k->what), k->fallback)
					      : mem_printf(_("%s."), _(k->what));
		cleanup_free char *tag = mem_printf("%s =", k->name);
		roff_item(f, tag, _(kind_of(k->type)), what);
	}
}

/* ------------------------------------------------------------------------------------------ others */

static void events(FILE *f)
{
	for (int i = 0; i < EVENT_KIND_COUNT; i++) {
		const struct event_kind_info *e = &event_kinds[i];
		cleanup_free char *what = mem_printf(_("%s. Body: %s"), _(e->what), e->body);
		roff_item(f, e->name, NULL, what);
	}
}

static void metrics(FILE *f)
{
	for (int i = 0; i < METRIC_KIND_COUNT; i++) {
		const struct metric_kind_info *m = &metric_kinds[i];
		cleanup_free char *tag =
		    *m->labels ? mem_printf("%s{%s}", m->name, m->labels) : mem_dup(m->name);
		cleanup_free char *what = mem_printf(_("%s."), _(m->what));
		roff_item(f, tag, m->type, what);
	}
}

static void intents(FILE *f)
{
#define X(id, name) {ARG_##id, name},
	static const struct {
		unsigned bit;
		const char *name;
	} args[] = {{ARG_PEOPLE, "people"}, {ARG_NUMBER, "number"},       {ARG_OPTION, "option"},
		    {ARG_DAYS, "days"},     {ARG_RATING, "rating"},       {ARG_SCOPE, "scope"},
		    {ARG_VALID, "valid"},   {ARG_ANONYMOUS, "anonymous"}, {ARG_CATEGORY, "category"},
		    {ARG_PLACE, "place"},   {ARG_BUILDING, "building"},   {ARG_UNIT, "unit"},
		    {ARG_ROOM, "room"},     {ARG_TEXT, "text"},           {ARG_NAME, "name"},
		    {ARG_TOPIC, "topic"},   {ARG_CODE, "code"},           {ARG_FOR, "for"},
		    {ARG_TO, "to"},         {ARG_OTHER, "other"}};
#undef X
	for (int i = 0; i < INTENT_COUNT; i++) {
		cleanup_buf struct buf b = {0};
		for (size_t k = 0; k < ARRAY_LEN(args); k++)
			if (intent_args((enum intent_kind)i) & args[k].bit)
				buf_addf(&b, "%s%s", b.len ? " " : "", args[k].name);
		roff_item(f, intent_name((enum intent_kind)i), NULL, b.len ? buf_str(&b) : _("(no arguments)"));
	}
}

/* Words in a row, each bold. */
static void words(FILE *f, int count, const char *(*name)(int i))
{
	for (int i = 0; i < count; i++) {
		fputs(".B ", f);
		roff_argument(f, *name(i) ? name(i) : "none");
		fputc('\n', f);
	}
}

static const char *category_at(int i)
{
	return category_name((enum category)i);
}

static const char *asked_at(int i)
{
	return asked_name((enum asked)i);
}

static const char *state_at(int i)
{
	return case_state_name((enum case_state)i);
}

static const char *reason_at(int i)
{
	return point_reason_name((enum point_reason)i);
}

static const char *target_at(int i)
{
	return route_target_name((enum route_target_kind)i);
}

/* A key of a .modem row, with the value of the row that has every key. */
static void modem_keys(FILE *f)
{
	char dir[256], line[512];
	if (paths_data(dir, sizeof dir))
		return;
	cleanup_free char *path = mem_printf("%s/at_commands/modems/generic.modem", dir);
	for (int i = 0; modem_row_key(i); i++) {
		const char *key = modem_row_key(i);
		cleanup_free char *value = NULL;
		size_t n = strlen(key);
		FILE *in = fopen(path, "re");
		while (in && fgets(line, sizeof line, in)) {
			line[strcspn(line, "\n")] = 0;
			if (!strncmp(line, key, n) && line[n] == ' ' && !value)
				value = mem_dup(line + n + 3);
		}
		if (in)
			fclose(in);
		bool shown = value && *value && strcmp(key, "init") != 0 && strcmp(key, "evidence") != 0;
		cleanup_free char *what =
		    shown ? mem_printf(_("%s. In the row generic: %s"), _(modem_row_key_what(i)), value)
			  : mem_printf(_("%s."), _(modem_row_key_what(i)));
		roff_item(f, key, NULL, what);
	}
}

static void keys_of_maps(FILE *f, bool of_row)
{
	const struct map_key *k;
	for (int i = 0; (k = map_key_at(of_row, i)); i++) {
		cleanup_free char *what = mem_printf(_("%s."), _(k->what));
		roff_item(f, k->name, NULL, what);
	}
}

static void map_section_keys(FILE *f)
{
	keys_of_maps(f, false);
}

static void map_row_keys(FILE *f)
{
	keys_of_maps(f, true);
}

/* The maps that come along. */
static void maps_shipped(FILE *f)
{
	char dir[256];
	struct register_maps maps;
	struct err e;
	if (paths_data(dir, sizeof dir))
		return;
	cleanup_free char *path = mem_printf("%s/hw/cabinets", dir);
	if (register_maps_load(path, &maps, &e))
		return;
	bool chinese = strcmp(_("yes"), "yes") != 0;
	for (int i = 0; i < maps.count; i++) {
		const struct register_map *m = maps.map[i];
		cleanup_free char *what = mem_printf("%s (%s)", chinese ? m->title_zh : m->title_en, m->makers);
		roff_item(f, m->name, NULL, what);
	}
	register_maps_done(&maps);
}

static void reply_keys(FILE *f)
{
	char dir[256];
	struct replies *r;
	struct err e = {0};
	if (paths_data(dir, sizeof dir) || replies_load(dir, &r, &e))
		return;
	bool chinese = strcmp(_("yes"), "yes") != 0;
	for (int i = 0; i < replies_count(r); i++)
		roff_item(f, replies_key(r, i), NULL, replies_text(r, i, chinese ? LANG_ZH : LANG_EN));
	replies_free(r);
}

static void simmodem_options(FILE *f)
{
	const char *name, *arg, *what;
	for (int i = 0; sim_option_at(i, &name, &arg, &what); i++) {
		cleanup_free char *tag = mem_printf("--%s", name);
		roff_item(f, tag, arg, _(what));
	}
}

static void simmodem_profiles(FILE *f)
{
	for (int i = 0; profile_at(i); i++)
		roff_item(f, profile_at(i)->name, NULL, profile_at(i)->about);
}

static void simmodem_faults(FILE *f)
{
	cleanup_buf struct buf b = {0};
	sim_options_words(&b);
	roff_example(f, buf_str(&b));
}

#define CONFIG_TABLE(name, section)                                                                            \
	static void name(FILE *f)                                                                              \
	{                                                                                                      \
		config_section(f, section);                                                                    \
	}
CONFIG_TABLE(gateway_keys, GATEWAY)
CONFIG_TABLE(rules_keys, RULES)
CONFIG_TABLE(hooks_keys, HOOKS)
CONFIG_TABLE(line_keys, MODEM)
CONFIG_TABLE(cabinet_keys, CABINET)
CONFIG_TABLE(sensor_keys, SENSOR)

#define WORD_TABLE(name, count, at)                                                                            \
	static void name(FILE *f)                                                                              \
	{                                                                                                      \
		words(f, count, at);                                                                           \
	}
WORD_TABLE(categories, CATEGORY_COUNT, category_at)
WORD_TABLE(roles, ROLE_COUNT, role_name)
WORD_TABLE(questions, ASKED_COUNT, asked_at)
WORD_TABLE(states, CASE_STATE_COUNT, state_at)
WORD_TABLE(reasons, POINT_REASON_COUNT, reason_at)
WORD_TABLE(targets, ROUTE_TARGET_KIND_COUNT, target_at)

bool page_table(FILE *f, const char *name)
{
	static const struct {
		const char *name;
		void (*print)(FILE *f);
	} tables[] = {
	    {"nouns", nouns},
	    {"common-options", common},
	    {"gateway", gateway_keys},
	    {"rules", rules_keys},
	    {"hooks", hooks_keys},
	    {"modem", line_keys},
	    {"cabinet", cabinet_keys},
	    {"sensor", sensor_keys},
	    {"events", events},
	    {"metrics", metrics},
	    {"intents", intents},
	    {"categories", categories},
	    {"roles", roles},
	    {"questions", questions},
	    {"states", states},
	    {"reasons", reasons},
	    {"targets", targets},
	    {"modem-keys", modem_keys},
	    {"map-keys", map_section_keys},
	    {"map-row-keys", map_row_keys},
	    {"maps", maps_shipped},
	    {"replies", reply_keys},
	    {"simmodem-options", simmodem_options},
	    {"simmodem-profiles", simmodem_profiles},
	    {"simmodem-words", simmodem_faults},
	};
	for (size_t i = 0; i < ARRAY_LEN(tables); i++)
		if (!strcmp(tables[i].name, name)) {
			tables[i].print(f);
			return true;
		}
	return false;
}
