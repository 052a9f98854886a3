/* `yishi person`: the registry of people, one at a time. Lists are imported in person_import.c. */
#include "cli/changes.h"
#include "cli/nouns.h"
#include "cli/person_import.h"
#include "cli/person_rows.h"

#include "base/buf.h"
#include "base/mem.h"
#include "store/event.h"
#include "store/person.h"
#include "store/phone.h"
#include "store/store.h"
#include "store/upkeep.h"

#include <errno.h>
#include <string.h>

static const struct out_column columns[] = {
    {"id", N_("ID"), OUT_INT, 0},
    {"numbers", N_("phones"), OUT_PHONES, 26},
    {"name", N_("name"), OUT_TEXT, 20},
    {"grid", N_("grid"), OUT_TEXT, 0},
    {"building", N_("bldg"), OUT_TEXT, 0},
    {"unit", N_("unit"), OUT_TEXT, 0},
    {"room", N_("room"), OUT_TEXT, 0},
    {"roles", N_("roles"), OUT_WORDS, 24},
    {"language", N_("lang"), OUT_TEXT, 0},
    {"consent", N_("consent"), OUT_TEXT, 24},
    {"opted_out", N_("opted out"), OUT_WORD, 0},
    {"muted", N_("muted"), OUT_BOOL, 0},
    {"confirmed", NULL, OUT_BOOL, 0},
    {"consent_date", NULL, OUT_TIME, 0},
    {"unlinked", NULL, OUT_PHONES, 0},
    {"unlinked_date", NULL, OUT_TIME, 0},
    {"expertise", NULL, OUT_TEXT, 0},
    {"verify", NULL, OUT_BOOL, 0},
    {0},
};

static const struct out_column show_columns[] = {
    {"id", N_("ID"), OUT_INT, 0},
    {"numbers", N_("phones"), OUT_PHONES, 0},
    {"unlinked", N_("wrong number"), OUT_PHONES, 0},
    {"unlinked_date", N_("said so on"), OUT_TIME, 0},
    {"name", N_("name"), OUT_TEXT, 0},
    {"grid", N_("grid"), OUT_TEXT, 0},
    {"building", N_("bldg"), OUT_TEXT, 0},
    {"unit", N_("unit"), OUT_TEXT, 0},
    {"room", N_("room"), OUT_TEXT, 0},
    {"roles", N_("roles"), OUT_WORDS, 0},
    {"expertise", N_("expertise"), OUT_TEXT, 0},
    {"verify", N_("may be asked"), OUT_BOOL, 0},
    {"language", N_("lang"), OUT_TEXT, 0},
    {"consent", N_("consent"), OUT_TEXT, 0},
    {"consent_date", N_("consent on"), OUT_TIME, 0},
    {"opted_out", N_("opted out"), OUT_WORD, 0},
    {"muted", N_("muted"), OUT_BOOL, 0},
    {"confirmed", NULL, OUT_BOOL, 0},
    {0},
};

static const struct cli_option fields[] = {
    {"phone", N_("NUMBER"), N_("a telephone number; the first is where texts go"), true},
    {"name", N_("NAME"), N_("the name"), false},
    {"grid", N_("GRID"), N_("the code of the grid"), false},
    {"building", N_("BUILDING"), N_("building, such as 3"), false},
    {"unit", N_("UNIT"), N_("unit, such as 2"), false},
    {"room", N_("ROOM"), N_("room, such as 501"), false},
    {"roles", N_("ROLES"), N_("all roles, separated by blanks: \"resident volunteer\""), false},
    {"expertise", N_("TOPICS"), N_("what an expert is asked about: law, health; \"\" for anything"), false},
    {"language", N_("LANGUAGE"), N_("zh or en"), false},
    {"consent", N_("SOURCE"), N_("agreed to broadcasts: where and when; \"\" withdraws"), false},
    {"verify", N_("yes|no"), N_("may be asked whether a neighbour's trouble is so at their place, too"), false},
    {0},
};

static const struct cli_option filters[] = {
    {"grid", N_("GRID"), N_("only this grid and those below it"), false},
    {"role", N_("ROLE"), N_("only people with this role"), false},
    {"find", N_("TEXT"), N_("only with this in the name or a number"), false},
    {"no-consent", NULL, N_("only people who did not agree to broadcasts"), false},
    {0},
};

static const struct cli_option mute_options[] = {{"off", NULL, N_("end it"), false}, {0}};

static json_t *view_json(const struct person_view *v)
{
	json_t *numbers = json_array(), *unlinked = json_array(), *roles = json_array();
	for (int i = 0; i < v->number_count; i++)
		json_array_append_new(numbers, out_string(v->numbers[i]));
	for (int i = 0; i < v->unlinked_count; i++)
		json_array_append_new(unlinked, out_string(v->unlinked[i]));
	for (int i = 0; i < ROLE_COUNT; i++)
		if (v->p.roles & 1u << i)
			json_array_append_new(roles, json_string(role_name(i)));
	return json_pack("{sI so so so so so so so so so ss sb sb so so so so sb}", "id", (json_int_t)v->p.id,
			 "numbers", numbers, "name", out_string(v->p.name), "grid", out_string(v->p.grid),
			 "building", out_string(v->p.building), "unit", out_string(v->p.unit), "room",
			 out_string(v->p.room), "roles", roles, "language",
			 !v->p.has_language         ? json_null()
			 : v->p.language == LANG_EN ? json_string("en")
						    : json_string("zh"),
			 "consent", out_string(v->consent_source), "opted_out", v->opted_out, "muted", v->muted,
			 "confirmed", v->p.confirmed, "consent_date", out_time(v->consent_utc), "unlinked",
			 unlinked, "unlinked_date", out_time(v->unlinked_utc), "expertise",
			 out_string(v->expertise), "verify", v->verify);
}

static int print_row(void *user, const struct person_view *v)
{
	struct cli *c = user;
	out_row(&c->out, view_json(v));
	return 0;
}

static int walk(struct cli *c, const struct person_filter *f)
{
	struct store *s;
	int r = cli_list_begin(c, columns, &s);
	return r ? r : cli_list_end(c, person_list(s, f, print_row, c));
}

static int run_list(struct cli *c)
{
	struct person_filter f = {.grid = cli_opt(c, "grid"),
				  .text = cli_opt(c, "find"),
				  .consent = cli_opt(c, "no-consent") ? -1 : 0,
				  .since_utc = c->since_utc,
				  .limit = c->limit};
	const char *role = cli_opt(c, "role");
	struct err e = {0};
	if (role && person_read_roles(role, &f.roles, &e))
		return cli_usage(c, "%s", e.text);
	return walk(c, &f);
}

static int run_export(struct cli *c)
{
	struct person_filter f = {.since_utc = INT64_MIN, .limit = c->limit};
	if (c->out.mode == OUT_TABLE)
		c->out.mode = OUT_CSV;
	return walk(c, &f);
}

static int print_record(void *user, const struct person_view *v)
{
	struct cli *c = user;
	out_record(&c->out, show_columns, view_json(v));
	return 1;
}

static int run_show(struct cli *c)
{
	struct store *s;
	struct person_filter f = {.since_utc = INT64_MIN, .limit = 1};
	int r = cli_id(c, 0, &f.id);
	if (!r)
		r = cli_store(c, &s);
	if (r)
		return r;
	r = person_list(s, &f, print_record, c);
	if (r < 0)
		return cli_store_failed(c, r);
	return r == 1
		   ? EX_OK
		   : cli_fail(CLI_NOTHING, _("there is no person %s; `yishi person list` shows who is there"),
			      c->argv[0]);
}

/* The options --phone … --consent as a change. */
static int read_options(struct cli *c, struct person_input *in)
{
	struct err e = {0};
	struct person_fields f = {.name = cli_opt(c, "name"),
				  .grid = cli_opt(c, "grid"),
				  .building = cli_opt(c, "building"),
				  .unit = cli_opt(c, "unit"),
				  .room = cli_opt(c, "room"),
				  .roles = cli_opt(c, "roles"),
				  .language = cli_opt(c, "language"),
				  .expertise = cli_opt(c, "expertise"),
				  .consent = cli_opt(c, "consent")};
	cleanup_buf struct buf phones = {0};
	for (int i = 0; cli_opt_at(c, "phone", i); i++)
		buf_addf(&phones, "%s,", cli_opt_at(c, "phone", i));
	f.phones = buf_str(&phones);
	const char *verify = cli_opt(c, "verify");
	if (verify && strcmp(verify, "yes") != 0 && strcmp(verify, "no") != 0)
		return cli_usage(c, "%s", _("--verify is yes or no"));
	if (person_read_fields(&f, in, &e))
		return cli_usage(c, "%s", e.text);
	in->change.verify = !verify ? 0 : !strcmp(verify, "yes") ? 1 : -1;
	return 0;
}

static int changed(struct cli *c, struct store *s, int64_t id, const char *what)
{
	char actor[32];
	return event_add(s, EVENT_PERSON_CHANGED, cli_actor(actor),
			 json_pack("{sI ss}", "person", (json_int_t)id, "what", what), cli_now(c));
}

static int unknown_grid(const char *grid)
{
	return cli_fail(EX_DATAERR, _("there is no grid %s; import it first: yishi grid import FILE"),
			grid ? grid : "");
}

static int run_add(struct cli *c)
{
	struct store *s;
	struct person_input in;
	int64_t id = 0;
	int r = read_options(c, &in);
	if (!r && !in.change.number_count && !in.change.name)
		r = cli_usage(c, "%s", _("--name or --phone is wanted"));
	if (r || (r = changes_begin(c, &s)))
		return r;
	r = person_add(s, &in.change, cli_now(c), &id);
	if (r == -EINVAL)
		r = unknown_grid(in.change.grid);
	r = changes_end(c, r ? r : changed(c, s, id, "added"));
	if (!r && c->out.mode == OUT_TABLE)
		printf(_("person %lld added\n"), (long long)id);
	else if (!r)
		out_json(&c->out, json_pack("{sI}", "id", (json_int_t)id));
	return r;
}

static int run_edit(struct cli *c)
{
	struct store *s;
	struct person_input in;
	int64_t id;
	int r = cli_id(c, 0, &id);
	if (r || (r = read_options(c, &in)))
		return r;
	in.change.confirmed = 1; /* a secretary has looked at it now */
	if ((r = changes_begin(c, &s)))
		return r;
	r = person_edit(s, id, &in.change, cli_now(c));
	if (r == -ENOENT)
		r = cli_fail(CLI_NOTHING, _("there is no person %s; `yishi person list` shows who is there"),
			     c->argv[0]);
	else if (r == -EINVAL)
		r = unknown_grid(in.change.grid);
	return changes_end(c, r ? r : changed(c, s, id, "edited"));
}

/* By number: also a stranger can be muted. */
static int run_mute(struct cli *c)
{
	struct store *s;
	char number[E164_MAX];
	bool on = !cli_opt(c, "off");
	int r = cli_number(c, c->argv[0], number);
	if (r || (r = changes_begin(c, &s)))
		return r;
	r = phone_set_muted(s, number, on);
	struct person list[PERSONS_PER_NUMBER];
	int n = r ? 0 : persons_of_number(s, number, list);
	return changes_end(c, r || n < 0 ? (r ? r : n)
					 : changed(c, s, n ? list[0].id : 0, on ? "muted" : "unmuted"));
}

static int run_forget(struct cli *c)
{
	struct store *s;
	int64_t id;
	struct person p;
	int r = cli_id(c, 0, &id);
	if (r || (r = cli_store(c, &s)))
		return r;
	r = person_get(s, id, &p);
	if (r == -ENOENT)
		return cli_fail(CLI_NOTHING, _("there is no person %s; `yishi person list` shows who is there"),
				c->argv[0]);
	if (r)
		return cli_store_failed(c, r);
	cleanup_free char *question = mem_printf(
	    _("Forget name, address, consent and phones of person %lld (%s)?"), (long long)id, p.name);
	if (!cli_confirm(c, question))
		return cli_fail(CLI_NOTHING, "%s", _("nothing was changed; say --yes to do it"));
	if ((r = store_begin(s)))
		return cli_store_failed(c, r);
	r = person_erase(s, id, cli_now(c));
	if ((r = changes_end(c, r ? r : changed(c, s, id, "forgotten"))))
		return r;
	if (upkeep_scrub(s) == 0)
		cli_note("%s", _("somebody reads the database just now: what went stays in its -wal file until "
				 "that begins "
				 "anew"));
	printf(_("person %lld is forgotten; what they took part in stays counted, under nobody's name\n"),
	       (long long)id);
	printf(_("copies that were made before still hold everything: delete old backups, %1$s.before-* and "
		 "%1$s.replaced-*\n"),
	       store_path(s));
	return EX_OK;
}

const struct cli_verb cli_person[] = {
    {.name = "import",
     .run = person_import_run,
     .what = N_("read a list of people from a spreadsheet's CSV"),
     .args = "FILE",
     .min_args = 1,
     .max_args = 1,
     .common = CLI_FORMATS,
     .options = person_import_options,
     .roles = CLI_SECRETARY,
     .example = "yishi person import people.csv --dry-run\n"
		"yishi person import people.csv --consent '上门登记 2026-11-01'",
     .more = N_(
	 "Columns: phone,name,grid,building,unit,room,roles,language[,consent] or\n"
	 "手机,姓名,网格,楼栋,单元,房号,角色,语言[,同意[,同意日期]] in any order; roles and numbers "
	 "separated by blanks; commas, semicolons or tabs; UTF-8 or GB18030. Other columns are not read.\n"
	 "Good rows are imported, wrong ones told with their line (exit status 65). The same list can be "
	 "imported "
	 "again: nobody is added twice. Cells that are empty leave what is known; 不同意 withdraws a consent.\n"
	 "FILE - reads standard input. With --json the last line is the summary.")},
    {.name = "add",
     .run = run_add,
     .what = N_("register one person"),
     .common = CLI_FORMATS,
     .options = fields,
     .roles = CLI_SECRETARY,
     .example = "yishi person add --name 王秀英 --phone 13800138001 --grid KS-03 --building 3 --unit 2 --room "
		"501 --consent '社区登记'"},
    {.name = "list",
     .run = run_list,
     .what = N_("who is registered"),
     .common = CLI_LIST,
     .options = filters,
     .roles = CLI_SECRETARY | CLI_STAFF,
     .example = "yishi person list --grid KS-03 --role volunteer --json"},
    {.name = "show",
     .run = run_show,
     .what = N_("one person"),
     .args = "ID",
     .min_args = 1,
     .max_args = 1,
     .common = CLI_FORMATS,
     .roles = CLI_SECRETARY | CLI_STAFF,
     .example = "yishi person show 12 --full"},
    {.name = "edit",
     .run = run_edit,
     .what = N_("change what is known of a person"),
     .args = "ID",
     .min_args = 1,
     .max_args = 1,
     .options = fields,
     .roles = CLI_SECRETARY,
     .example = "yishi person edit 12 --building 5 --roles 'resident volunteer'"},
    {.name = "mute",
     .run = run_mute,
     .what = N_("keep the texts of a number out of sight, without answers"),
     .args = "NUMBER",
     .min_args = 1,
     .max_args = 1,
     .options = mute_options,
     .roles = CLI_SECRETARY,
     .example = "yishi person mute 13800138009\nyishi person mute 13800138009 --off"},
    {.name = "forget",
     .run = run_forget,
     .what = N_("remove a person's data on request"),
     .args = "ID",
     .min_args = 1,
     .max_args = 1,
     .common = CLI_YES,
     .roles = CLI_SECRETARY,
     .example = "yishi person forget 12",
     .more = N_(
	 "Name, address, consent, groups and phones go; texts, raw texts and private words of phones that are "
	 "nobody else's, and the number wherever it stands. Cases, votes, attendance and points stay, under a "
	 "mark that leads to nobody; so does the wish to get no texts.")},
    {.name = "export",
     .run = run_export,
     .what = N_("the whole registry as CSV or JSON"),
     .common = CLI_FORMATS,
     .roles = CLI_SECRETARY,
     .example = "yishi person export > people.csv"},
    {0},
};
