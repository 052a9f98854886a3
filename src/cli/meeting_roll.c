/* `yishi meeting attend` and the list of answers: who comes, who is there, at whose door to knock. */
#include "cli/changes.h"
#include "cli/meeting_verbs.h"

#include "base/mem.h"
#include "base/text.h"
#include "civic/facts_meeting.h"
#include "store/person.h"
#include "store/store.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

static const struct out_column columns[] = {
    {"number", N_("number"), OUT_PHONE, 0},
    {"name", N_("name"), OUT_TEXT, 20},
    {"building", N_("bldg"), OUT_TEXT, 0},
    {"unit", N_("unit"), OUT_TEXT, 0},
    {"room", N_("room"), OUT_TEXT, 0},
    {"answer", N_("answer"), OUT_WORD, 0},
    {"people", N_("people"), OUT_INT, 0},
    {"attended", N_("came"), OUT_BOOL, 0},
    {"invited", NULL, OUT_BOOL, 0},
    {"person", NULL, OUT_INT, 0},
    {0},
};

/* For the round from door to door: nothing but where and who. */
static const struct out_column door_columns[] = {
    {"unit", N_("unit"), OUT_TEXT, 0},
    {"room", N_("room"), OUT_TEXT, 0},
    {"name", N_("name"), OUT_TEXT, 20},
    {"number", N_("number"), OUT_PHONE, 0},
    {"building", NULL, OUT_TEXT, 0},
    {"person", NULL, OUT_INT, 0},
    {0},
};

const struct cli_option meeting_show_options[] = {
    {"answers", NULL, N_("who was invited and what they said, by building"), false},
    {"silent", NULL, N_("who has not answered"), false},
    {"unanswered", NULL, N_("… building by building, for a knock at the door"), false},
    {0},
};
const struct cli_option meeting_attend_options[] = {
    {"people", N_("N"), N_("with companions"), false},
    {"no", NULL, N_("does not come"), false},
    {"here", NULL, N_("has come: attendance"), false},
    {"guests", N_("N"), N_("so many came who left no name"), false},
    {"code", NULL, N_("the code for the sheet at the door"), false},
    {0},
};

/* ---- answers */

static json_t *row_json(const struct rsvp_row *a)
{
	static const char *const words[] = {[RSVP_NONE] = "silent", [RSVP_YES] = "yes", [RSVP_NO] = "no"};
	return json_pack("{so so so so so ss si sb sb so}", "number", out_string(*a->number ? a->number : NULL),
			 "name", out_string(a->name), "building", out_string(a->building), "unit",
			 out_string(a->unit), "room", out_string(a->room), "answer", words[a->answer], "people",
			 a->people, "attended", a->attended, "invited", a->invited, "person",
			 a->person ? json_integer(a->person) : json_null());
}

struct doors {
	struct cli *c;
	char building[16];
	bool open;
};

static int print_answer(void *ctx, const struct rsvp_row *a)
{
	struct cli *c = ctx;
	if (!cli_opt(c, "silent") || a->answer == RSVP_NONE)
		out_row(&c->out, row_json(a));
	return 0;
}

static int print_door(void *ctx, const struct rsvp_row *a)
{
	struct doors *d = ctx;
	struct out *o = &d->c->out;
	if (a->answer != RSVP_NONE)
		return 0;
	if (o->mode == OUT_TABLE && (!d->open || strcmp(d->building, a->building) != 0)) {
		if (d->open) {
			out_end(o);
			fputc('\n', o->file);
		}
		text_copy(d->building, sizeof d->building, a->building);
		cleanup_free char *head =
		    *a->building ? mem_printf(_("building %s"), a->building) : mem_dup(_("without a building"));
		out_text(o, head);
		fputc('\n', o->file);
		out_begin(o, door_columns);
		d->open = true;
	}
	out_row(o, row_json(a));
	return 0;
}

int meeting_answers_print(struct cli *c, struct store *s, int64_t id)
{
	bool doors = cli_opt(c, "unanswered") != NULL;
	struct doors d = {.c = c};
	if (!doors || c->out.mode != OUT_TABLE) {
		out_begin(&c->out, doors ? door_columns : columns);
		d.open = true;
	}
	int r = meeting_answers(s, id, doors ? print_door : print_answer, doors ? (void *)&d : (void *)c);
	if (d.open)
		out_end(&c->out);
	return r < 0 ? cli_store_failed(c, r) : EX_OK;
}

/* ---- attendance */

struct at {
	char code[8], place[96];
	int64_t starts_utc;
	enum meeting_state state;
	bool closed;
};

static int copy_at(void *ctx, const struct meeting *m)
{
	struct at *a = ctx;
	text_copy(a->code, sizeof a->code, m->code);
	text_copy(a->place, sizeof a->place, m->place);
	a->starts_utc = m->starts_utc;
	a->state = m->state;
	a->closed = m->minutes_utc != 0;
	return 0;
}

struct by_name {
	const char *name;
	struct person *ret;
	int count;
};

static int same_name(void *user, const struct person_view *v)
{
	struct by_name *x = user;
	if (strcmp(v->p.name, x->name) != 0)
		return 0;
	if (!x->count++)
		*x->ret = v->p;
	return 0;
}

int meeting_person(struct cli *c, struct store *s, const char *who, struct person *ret)
{
	char number[E164_MAX];
	struct person list[PERSONS_PER_NUMBER];
	size_t digits = strspn(who, "0123456789");
	if (digits && !who[digits] && digits < 7) {
		int r = person_get(s, strtoll(who, NULL, 10), ret);
		return r == -ENOENT
			   ? cli_fail(CLI_NOTHING,
				      _("there is no person %s; `yishi person list` shows who is there"), who)
		       : r ? cli_store_failed(c, r)
			   : 0;
	}
	if (digits >= 7 || *who == '+') {
		int r = cli_number(c, who, number);
		if (r)
			return r;
		int n = persons_of_number(s, number, list);
		if (n < 0)
			return cli_store_failed(c, n);
		*ret = n ? list[0] : (struct person){0};
		text_copy(ret->number, sizeof ret->number, number);
		return 0;
	}
	struct by_name x = {.name = who, .ret = ret};
	struct person_filter f = {.text = who, .since_utc = INT64_MIN, .limit = LONG_MAX};
	int r = person_list(s, &f, same_name, &x);
	if (r < 0)
		return cli_store_failed(c, r);
	if (x.count > 1)
		return cli_fail(EX_DATAERR, _("several people are called %s; give the number of the person"),
				who);
	return x.count ? 0 : CLI_NOTHING;
}

static int one(struct cli *c, struct store *s, int64_t id, const char *who, int people, const struct actor *by)
{
	struct person p;
	char key[E164_MAX];
	int r = meeting_person(c, s, who, &p);
	if (r == CLI_NOTHING && !strspn(who, "0123456789"))
		return cli_fail(CLI_NOTHING, _("nobody is called %s; `yishi person list` shows who is there"),
				who);
	if (r)
		return r;
	text_copy(key, sizeof key, p.number);
	if (!*key)
		snprintf(key, sizeof key, ROLL_PERSON "%" PRId64, p.id);
	bool here = cli_opt(c, "here") != NULL;
	if (!here || cli_opt(c, "people"))
		r = meeting_rsvp(s, id, key, p.id, cli_opt(c, "no") ? RSVP_NO : RSVP_YES, people, by,
				 cli_now(c));
	if (r >= 0 && here)
		r = meeting_attend(s, id, key, p.id, by, cli_now(c));
	return r < 0 ? r : 0;
}

static int print_code(struct cli *c, const struct at *a)
{
	if (c->out.mode == OUT_JSON)
		out_json(&c->out, json_pack("{ss}", "code", a->code));
	else
		printf(_("%s   attendance code: %s   (text it, or 签到 %s)\n"), a->place, a->code, a->code);
	return EX_OK;
}

static int closed_for(const struct cli *c, const struct at *a, bool attendance)
{
	if (a->state == MEETING_CANCELLED)
		return cli_fail(CLI_NOTHING, _("meeting %s was cancelled"), c->argv[0]);
	if (a->closed)
		return cli_fail(CLI_NOTHING, _("the minutes of meeting %s are closed"), c->argv[0]);
	/* the desk knows why it writes that down already */
	if (attendance && cli_now((struct cli *)c) < a->starts_utc - ATTENDANCE_EARLY_S)
		cli_note(_("meeting %s has not begun yet; it is noted all the same"), c->argv[0]);
	return 0;
}

int meeting_attend_run(struct cli *c)
{
	struct store *s;
	struct actor by;
	struct at at;
	int64_t id, people = 1, guests = 0;
	bool code = cli_opt(c, "code") != NULL, counted = cli_opt(c, "guests") != NULL;
	if (c->argc < 2 && !code && !counted)
		return cli_usage(c, "%s", _("who? a telephone number, the number of a person, or a name"));
	if (cli_opt(c, "no") && cli_opt(c, "here"))
		return cli_usage(c, "%s", _("--no and --here cannot both be"));
	int r = cli_opt(c, "people") ? cli_integer(c, cli_opt(c, "people"), "--people", 1, &people) : 0;
	if (!r && counted)
		r = cli_integer(c, cli_opt(c, "guests"), "--guests", 0, &guests);
	if (!r && (people > 99 || guests > 9999))
		r = cli_usage(c, "%s", _("that is a crowd: 99 people with one, 9999 without a name at most"));
	if (r || (r = meeting_open(c, &s, &id, copy_at, &at)) ||
	    (r = c->argc > 1 || counted ? closed_for(c, &at, counted || cli_opt(c, "here")) : 0))
		return r;
	if (code)
		return print_code(c, &at);
	if ((r = store_begin(s)))
		return cli_store_failed(c, r);
	changes_actor(&by);
	if (counted)
		r = meeting_guests(s, id, (int)guests);
	for (int i = 1; i < c->argc && !r; i++)
		r = one(c, s, id, c->argv[i], (int)people, &by);
	return changes_end(c, r);
}
