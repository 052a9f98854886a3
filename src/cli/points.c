/* `yishi points`: the ledger, and what a secretary gives and spends in it. */
#include "cli/changes.h"
#include "cli/nouns.h"

#include "base/mem.h"
#include "base/text.h"
#include "store/person.h"
#include "store/phone.h"
#include "store/points.h"
#include "store/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct out_column columns[] = {
    {"id", N_("ID"), OUT_INT, 0},
    {"time", N_("time"), OUT_TIME, 0},
    {"person", N_("person"), OUT_INT, 0},
    {"name", N_("name"), OUT_TEXT, 16},
    {"points", N_("points"), OUT_INT, 0},
    {"reason", N_("reason"), OUT_WORD, 0},
    {"subject", N_("of"), OUT_INT, 0},
    {"note", N_("note"), OUT_TEXT, 30},
    {"reverses", N_("takes back"), OUT_INT, 0},
    {"reversed", N_("taken back by"), OUT_INT, 0},
    {"by", N_("by"), OUT_TEXT, 16},
    {"grid", NULL, OUT_TEXT, 0},
    {0},
};

static const struct out_column person_columns[] = {
    {"person", N_("person"), OUT_INT, 0},    {"name", N_("name"), OUT_TEXT, 0},
    {"number", N_("number"), OUT_PHONE, 0},  {"points", N_("points"), OUT_INT, 0},
    {"month", N_("this month"), OUT_INT, 0}, {0},
};

static const struct out_column month_columns[] = {
    {"grid", N_("grid"), OUT_TEXT, 0},
    {"building", N_("bldg"), OUT_TEXT, 0},
    {"unit", N_("unit"), OUT_TEXT, 0},
    {"room", N_("room"), OUT_TEXT, 0},
    {"person", N_("person"), OUT_INT, 0},
    {"name", N_("name"), OUT_TEXT, 16},
    {"earned", N_("earned"), OUT_INT, 0},
    {"spent", N_("spent"), OUT_INT, 0},
    {"points", N_("points"), OUT_INT, 0},
    {"month", NULL, OUT_TEXT, 0},
    {0},
};

static const struct cli_option list_options[] = {
    {"person", N_("ID"), N_("only of this person"), false},
    {"grid", N_("GRID"), N_("only this grid and those below it"), false},
    {"reason", N_("REASON"), N_("attended adopted task errand patrol activity settled supported award redeem"),
     false},
    {0},
};
static const struct cli_option note_option[] = {{"note", N_("TEXT"), N_("what for"), false}, {0}};
static const struct cli_option redeem_options[] = {
    {"note", N_("TEXT"), N_("what for"), false},
    {"code", N_("CODE"), N_("what the owner of the points reads aloud"), false},
    {0},
};
static const struct cli_option month_options[] = {
    {"grid", N_("GRID"), N_("only this grid and those below it"), false},
    {0},
};

static json_t *ref(int64_t id)
{
	return id ? json_integer(id) : json_null();
}

static int print_row(void *ctx, const struct point_row *p)
{
	struct cli *c = ctx;
	out_row(&c->out, json_pack("{sI sI sI so sI so so so so so so so}", "id", (json_int_t)p->id, "time",
				   (json_int_t)p->utc, "person", (json_int_t)p->person, "name",
				   out_string(p->name), "points", (json_int_t)p->delta, "reason",
				   out_string(p->reason), "subject", ref(p->subject), "note",
				   out_string(p->note), "reverses", ref(p->reverses), "reversed",
				   ref(p->reversed), "by", out_string(p->actor), "grid", out_string(p->grid)));
	return 0;
}

static int print_list(struct cli *c, struct store *s, const struct point_filter *f)
{
	out_begin(&c->out, columns);
	return cli_list_end(c, point_list(s, f, print_row, c));
}

static int run_list(struct cli *c)
{
	struct store *s;
	struct point_filter f = {.grid = cli_opt(c, "grid"),
				 .reason = cli_opt(c, "reason"),
				 .since_utc = c->since_utc,
				 .limit = c->limit};
	if (f.reason && point_reason_find(f.reason) < 0)
		return cli_usage(c, _("%.30s is no reason for points"), f.reason);
	if (cli_opt(c, "person") && cli_integer(c, cli_opt(c, "person"), "--person", 1, &f.person))
		return EX_USAGE;
	int r = cli_store(c, &s);
	return r ? r : print_list(c, s, &f);
}

/* ---------------------------------------------------------------------------------------------- one person */

/* The person of the first argument. 0 or an exit status. */
static int person_argument(struct cli *c, struct store **s, struct person *ret)
{
	int64_t id;
	int r = cli_id(c, 0, &id);
	if (r || (r = cli_store(c, s)))
		return r;
	r = person_get(*s, id, ret);
	if (r == -ENOENT)
		return cli_fail(CLI_NOTHING, _("there is no person %s; `yishi person list` shows who is there"),
				c->argv[0]);
	return r < 0 ? cli_store_failed(c, r) : 0;
}

static int64_t month_begin(int64_t utc)
{
	struct civil day;
	civil_from_utc(utc, &day);
	return civil_to_utc(&(struct civil){.year = day.year, .month = day.month, .day = 1});
}

static int run_show(struct cli *c)
{
	struct store *s;
	struct person p;
	int64_t balance, month;
	int r = person_argument(c, &s, &p);
	if (r)
		return r;
	if ((r = point_balance(s, p.id, &balance)) < 0 ||
	    (r = point_earned(s, p.id, month_begin(cli_now(c)), &month)) < 0)
		return cli_store_failed(c, r);
	out_record(&c->out, person_columns,
		   json_pack("{sI so so sI sI}", "person", (json_int_t)p.id, "name", out_string(p.name),
			     "number", out_string(p.number), "points", (json_int_t)balance, "month",
			     (json_int_t)month));
	if (c->out.mode != OUT_TABLE)
		return EX_OK;
	return print_list(c, s, &(struct point_filter){.person = p.id, .since_utc = INT64_MIN, .limit = 20});
}

static int points_argument(struct cli *c, int64_t *ret)
{
	int r = cli_integer(c, c->argv[1], "POINTS", 1, ret);
	return r ? r : *ret > POINTS_MAX ? cli_usage(c, _("not more than %d points at once"), POINTS_MAX) : 0;
}

/* The note of an option, short and without control characters; the caller frees. */
static char *note_of(struct cli *c)
{
	char *note = mem_dup(cli_opt(c, "note") ? cli_opt(c, "note") : "");
	text_mask_controls(note);
	if (strlen(note) > 120)
		text_copy(note, 120, cli_opt(c, "note"));
	return note;
}

static int run_award(struct cli *c)
{
	struct store *s;
	struct person p;
	struct actor by;
	int64_t points, id = 0;
	if (!cli_opt(c, "note"))
		return cli_usage(c, "%s", _("--note TEXT is wanted: what for"));
	int r = points_argument(c, &points);
	if (r || (r = person_argument(c, &s, &p)))
		return r;
	if ((r = store_begin(s)))
		return cli_store_failed(c, r);
	cleanup_free char *note = note_of(c);
	changes_actor(&by);
	r = point_add(
	    s,
	    &(struct point_new){
		.person = p.id, .delta = (int)points, .reason = POINT_AWARD, .note = note, .utc = cli_now(c)},
	    &by, cli_now(c), &id);
	if ((r = changes_end(c, r)))
		return r;
	if (c->out.mode == OUT_JSON)
		out_json(&c->out, json_pack("{sI}", "id", (json_int_t)id));
	else
		printf(_("%lld points for %s\n"), (long long)points, p.name);
	return EX_OK;
}

/* ------------------------------------------------------------------------------------------------ spending */

static int spend(struct cli *c, struct store *s, const struct person *p, int64_t points, const char *note,
		 int64_t redemption)
{
	struct actor by;
	int64_t id = 0, left = 0;
	changes_actor(&by);
	int r = point_add(s,
			  &(struct point_new){.person = p->id,
					      .delta = (int)-points,
					      .reason = POINT_REDEEM,
					      .note = note,
					      .utc = cli_now(c)},
			  &by, cli_now(c), &id);
	if (r >= 0 && redemption)
		r = redeem_done(s, redemption, id, cli_now(c));
	if (r == -ERANGE)
		r = cli_fail(CLI_NOTHING,
			     _("%s has fewer points than that; `yishi points show %lld` tells how many"),
			     p->name, (long long)p->id);
	if (!r)
		r = point_balance(s, p->id, &left);
	if ((r = changes_end(c, r)))
		return r;
	if (c->out.mode == OUT_JSON)
		out_json(&c->out, json_pack("{sI sI sI}", "id", (json_int_t)id, "spent", (json_int_t)points,
					    "left", (json_int_t)left));
	else
		printf(_("%lld points of %s are spent, %lld are left\n"), (long long)points, p->name,
		       (long long)left);
	return EX_OK;
}

/* The code that was read aloud; begins the transaction. */
static int with_code(struct cli *c, struct store *s, const struct person *p, const char *code)
{
	struct redemption q;
	int r = store_begin(s);
	if (r)
		return cli_store_failed(c, r);
	r = redeem_get(s, p->id, cli_now(c), &q);
	if (r == -ENOENT || (!r && !q.code[0])) {
		store_rollback(s);
		return cli_fail(CLI_NOTHING,
				_("no code is waiting for %s; ask for one: yishi points redeem %lld POINTS"),
				p->name, (long long)p->id);
	}
	if (r < 0) {
		store_rollback(s);
		return cli_store_failed(c, r);
	}
	if (strcmp(q.code, code) != 0) {
		if ((r = changes_end(c, redeem_missed(s, q.id, cli_now(c)))))
			return r;
		return cli_fail(EX_NOPERM, "%s",
				q.wrong + 1 >= REDEEM_TRIES
				    ? _("that is not the code; it is void now, ask for another one")
				    : _("that is not the code; nothing was spent"));
	}
	return spend(c, s, p, q.points, q.note, q.id);
}

/* Would a code arrive? 1, 0, -errno. */
static int reachable(struct store *s, const struct person *p)
{
	struct phone ph = {0};
	int r = p->number[0] ? phone_get(s, p->number, &ph) : 0;
	return r < 0 ? r : p->number[0] && !ph.muted && ph.opted_out != OPT_ALL;
}

static int begin(struct cli *c, struct store *s, const struct person *p, int64_t points)
{
	int64_t balance, id;
	char shown[24];
	int r = store_begin(s), heard = r ? r : reachable(s, p);
	if (r || (r = heard) < 0 || (r = point_balance(s, p->id, &balance)) < 0) {
		store_rollback(s);
		return cli_store_failed(c, r);
	}
	if (balance < points) {
		store_rollback(s);
		return cli_fail(CLI_NOTHING, _("%s has only %lld points"), p->name, (long long)balance);
	}
	cleanup_free char *note = note_of(c);
	if (!heard) { /* nobody could read a code: the person at the desk is believed */
		cleanup_free char *question =
		    mem_printf(_("%s has no phone that takes our texts. Spend %lld points without a code?"),
			       p->name, (long long)points);
		if (cli_confirm(c, question))
			return spend(c, s, p, points, note, 0);
		store_rollback(s);
		return cli_fail(CLI_NOTHING, "%s", _("nothing was changed; say --yes to do it"));
	}
	if ((r = changes_end(c, redeem_begin(s, p->id, (int)points, note, cli_now(c), &id))))
		return r;
	if (c->out.mode == OUT_JSON)
		out_json(&c->out, json_pack("{sI so}", "id", (json_int_t)id, "number", out_string(p->number)));
	else
		printf(_("a code goes to %s; when it is read aloud: yishi points redeem %lld --code CODE\n"),
		       text_short_number(p->number, shown), (long long)p->id);
	return EX_OK;
}

static int run_redeem(struct cli *c)
{
	struct store *s;
	struct person p;
	int64_t points = 0;
	const char *code = cli_opt(c, "code");
	if (!code && c->argc < 2)
		return cli_usage(c, "%s", _("how many points? They are asked for first, then comes --code"));
	int r = c->argc > 1 ? points_argument(c, &points) : 0;
	if (r || (r = person_argument(c, &s, &p)))
		return r;
	return code ? with_code(c, s, &p, code) : begin(c, s, &p, points);
}

/* ------------------------------------------------------------------------------------------------ taking back */

static int run_reverse(struct cli *c)
{
	struct store *s;
	struct actor by;
	int64_t id, back = 0;
	int r = cli_id(c, 0, &id);
	if (r || (r = changes_begin(c, &s)))
		return r;
	cleanup_free char *note = note_of(c);
	changes_actor(&by);
	r = point_reverse(s, id, note, &by, cli_now(c), &back);
	if (r == -ENOENT)
		r = cli_fail(CLI_NOTHING, _("there is no row %s; `yishi points list` shows them"), c->argv[0]);
	else if (r == -EALREADY)
		r = cli_fail(CLI_NOTHING, _("row %s takes back another one, or was taken back already"),
			     c->argv[0]);
	else if (r == -ERANGE)
		r = cli_fail(CLI_NOTHING, _("these points are spent; nobody's points go below zero"));
	if ((r = changes_end(c, r)))
		return r;
	if (c->out.mode == OUT_JSON)
		out_json(&c->out, json_pack("{sI}", "points", (json_int_t)back));
	else
		printf(_("%lld points taken back\n"), (long long)back);
	return EX_OK;
}

/* ------------------------------------------------------------------------------------------------- a month */

struct month {
	struct cli *c;
	char name[16];
	long left;
};

static int print_month(void *ctx, const struct point_month_row *m)
{
	struct month *mo = ctx;
	if (mo->left-- <= 0)
		return 1;
	out_row(&mo->c->out,
		json_pack("{so so so so sI so sI sI sI ss}", "grid", out_string(m->grid), "building",
			  out_string(m->building), "unit", out_string(m->unit), "room", out_string(m->room),
			  "person", (json_int_t)m->person, "name", out_string(m->name), "earned",
			  (json_int_t)m->earned, "spent", (json_int_t)m->spent, "points",
			  (json_int_t)m->balance, "month", mo->name));
	return 0;
}

/* "2026-11", or the month that is. */
static int read_month(struct cli *c, struct civil *ret)
{
	int end = 0;
	civil_from_utc(cli_now(c), ret);
	ret->day = 1;
	ret->hour = ret->minute = ret->second = 0;
	if (!c->argc)
		return 0;
	if (sscanf(c->argv[0], "%4d-%2d%n", &ret->year, &ret->month, &end) != 2 || c->argv[0][end] ||
	    ret->year < 2000 || ret->month < 1 || ret->month > 12)
		return cli_usage(c, _("%.20s is no month; write 2026-11"), c->argv[0]);
	return 0;
}

static int run_month(struct cli *c)
{
	struct store *s;
	struct civil from, to;
	struct month mo = {.c = c, .left = c->limit};
	int r = cli_store(c, &s);
	if (r || (r = read_month(c, &from)))
		return r;
	to = from;
	to.month++; /* civil_to_utc puts a thirteenth month into the next year */
	snprintf(mo.name, sizeof mo.name, "%04d-%02d", from.year % 10000, from.month % 100);
	out_begin(&c->out, month_columns);
	return cli_list_end(
	    c, point_month(s, civil_to_utc(&from), civil_to_utc(&to), cli_opt(c, "grid"), print_month, &mo));
}

const struct cli_verb cli_points[] = {
    {.name = "list",
     .run = run_list,
     .what = N_("the ledger of points: who got or spent how many, and what for"),
     .common = CLI_LIST,
     .options = list_options,
     .roles = CLI_SECRETARY,
     .example = "yishi points list --grid KS-03 --since -30d"},
    {.name = "show",
     .run = run_show,
     .what = N_("how many points a person has, and the last rows"),
     .args = "PERSON",
     .min_args = 1,
     .max_args = 1,
     .common = CLI_FORMATS,
     .roles = CLI_SECRETARY,
     .example = "yishi points show 12"},
    {.name = "award",
     .run = run_award,
     .what = N_("give points for what no rule counts; the person is told"),
     .args = "PERSON POINTS",
     .min_args = 2,
     .max_args = 2,
     .common = CLI_FORMATS,
     .options = note_option,
     .roles = CLI_SECRETARY,
     .example = "yishi points award 12 5 --note 帮忙布置会场"},
    {.name = "redeem",
     .run = run_redeem,
     .what = N_("spend points at the desk: a code goes to the owner's phone and is read aloud"),
     .args = "PERSON [POINTS]",
     .min_args = 1,
     .max_args = 2,
     .common = CLI_FORMATS | CLI_YES,
     .options = redeem_options,
     .roles = CLI_SECRETARY,
     .example = "yishi points redeem 12 5 --note 一袋米\nyishi points redeem 12 --code 482716",
     .more = N_("The code is good for ten minutes and three tries. Nobody's points go below zero. A person "
		"without a phone "
		"is believed at the desk (--yes).")},
    {.name = "reverse",
     .run = run_reverse,
     .what = N_("take back one row of the ledger by a counter-row"),
     .args = "ROW",
     .min_args = 1,
     .max_args = 1,
     .common = CLI_FORMATS,
     .options = note_option,
     .roles = CLI_SECRETARY,
     .example = "yishi points reverse 31 --note 登记错了人"},
    {.name = "month",
     .run = run_month,
     .what = N_("the list of a month by grid and address: earned, spent, left"),
     .args = "[MONTH]",
     .max_args = 1,
     .common = CLI_LIST,
     .options = month_options,
     .roles = CLI_SECRETARY,
     .example = "yishi points month 2026-11 --grid KS-03 --csv",
     .more = N_("In the order of addresses: residents are not ranked.")},
    {0},
};
