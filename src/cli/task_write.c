/* What the secretary does about tasks, jobs and activities. */
#include "cli/changes.h"
#include "cli/task.h"

#include "base/mem.h"
#include "civic/recur.h"
#include "store/chore.h"
#include "store/person.h"
#include "store/store.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define CLAIMS_MAX 5000

/* Does this flavour need a start, and where; what is said when it lacks. */
static int check_new(struct cli *c, const struct offer_new *n)
{
	if (!n->text || !*n->text)
		return cli_usage(c, "%s", _("--text TEXT is wanted"));
	if (!n->starts_utc && (n->flavour == FLAVOUR_ACTIVITY || n->flavour == FLAVOUR_PATROL))
		return cli_usage(c, "%s", _("--starts TIME is wanted"));
	if (n->starts_utc && n->starts_utc < cli_now(c))
		return cli_usage(c, _("--starts %s is in the past"), cli_opt(c, "starts"));
	if (n->ends_utc && n->ends_utc <= (n->starts_utc ? n->starts_utc : cli_now(c)))
		return cli_usage(c, "%s", _("--ends is before it begins"));
	return 0;
}

static int read_new(struct cli *c, struct offer_new *n, char from[E164_MAX])
{
	int64_t wanted, points = 0;
	int flavour, r = task_flavour(c, &flavour);
	n->flavour = flavour < 0 ? FLAVOUR_TASK : (enum flavour)flavour;
	n->text = cli_opt(c, "text");
	n->grid = cli_opt(c, "grid");
	n->place = cli_opt(c, "place");
	/* a board's offers have no limit unless one is said */
	wanted = flavour_row(n->flavour)->who == OFFER_BY_ALL ? 0 : 1;
	n->announce = !cli_opt(c, "quietly") &&
		      (flavour_row(n->flavour)->audience != OFFER_TO_RESIDENTS || cli_opt(c, "announce"));
	if (!r && cli_opt(c, "wanted"))
		r = cli_integer(c, cli_opt(c, "wanted"), "--wanted", 0, &wanted);
	if (!r && cli_opt(c, "points"))
		r = cli_integer(c, cli_opt(c, "points"), "--points", 0, &points);
	if (!r && cli_opt(c, "starts"))
		r = cli_when(c, cli_opt(c, "starts"), "--starts", &n->starts_utc);
	if (!r && cli_opt(c, "ends"))
		r = cli_when(c, cli_opt(c, "ends"), "--ends", &n->ends_utc);
	if (!r && cli_opt(c, "from")) {
		r = cli_number(c, cli_opt(c, "from"), from);
		n->phone = from;
	}
	n->wanted = wanted > 100000 ? 100000 : (int)wanted;
	n->points = points > 10000 ? 10000 : (int)points;
	return r;
}

static void tell_number(struct cli *c, int number)
{
	if (c->out.mode == OUT_JSON)
		out_json(&c->out, json_pack("{si}", "number", number));
	else
		printf(_("%s %d is open; who takes it texts 8 %d\n"), gettext(c->noun->name), number, number);
}

int task_new_run(struct cli *c)
{
	struct store *s;
	struct actor by;
	struct offer_new n = {0};
	char from[E164_MAX] = "";
	int number = 0;
	int r = cli_config(c, NULL);
	if (r || (r = read_new(c, &n, from)) || (r = check_new(c, &n)) || (r = changes_begin(c, &s)))
		return r;
	changes_actor(&by);
	r = offer_add(s, &n, &by, cli_now(c), &number);
	if (r == -EINVAL)
		r = cli_fail(EX_DATAERR, _("there is no grid %s; `yishi grid list` shows them"), n.grid);
	r = changes_end(c, r);
	if (!r)
		tell_number(c, number);
	return r;
}

static int over_already(struct cli *c)
{
	return cli_fail(CLI_NOTHING, _("%s %s is in a state that does not allow it; `yishi %s show %s`"),
			gettext(c->noun->name), c->argv[0], c->noun->name, c->argv[0]);
}

int task_cancel_run(struct cli *c)
{
	struct store *s;
	struct actor by;
	int number;
	int r = task_open(c, &s, &number, false);
	if (r)
		return r;
	if ((r = store_begin(s)))
		return cli_store_failed(c, r);
	changes_actor(&by);
	r = offer_cancel(s, number, cli_opt(c, "note"), &by, cli_now(c));
	if (r == -EPERM)
		r = over_already(c);
	return changes_end(c, r);
}

/* The employer's chore is seen to when no other draft of theirs waits. */
struct drafts {
	const char *phone;
	int count;
	int64_t chore;
};

static int count_draft(void *ctx, const struct offer *o)
{
	struct drafts *d = ctx;
	d->count += !strcmp(o->phone, d->phone);
	return 0;
}

static int find_chore(void *ctx, const struct chore *x)
{
	struct drafts *d = ctx;
	if (!strcmp(x->kind, "job") && !strcmp(x->number, d->phone))
		d->chore = x->id;
	return 0;
}

static int copy_phone(void *ctx, const struct offer *o)
{
	snprintf(ctx, E164_MAX, "%s", o->phone);
	return 0;
}

static int see_to_chore(struct store *s, int number, int64_t now)
{
	char phone[E164_MAX] = "";
	struct drafts d = {.phone = phone};
	struct offer_filter f = {.flavour = FLAVOUR_JOB, .state = "draft", .since_utc = INT64_MIN};
	int r = offer_get(s, number, copy_phone, phone);
	if (r || !*phone || (r = offer_list(s, &f, count_draft, &d)) < 0 || d.count)
		return r < 0 ? r : 0;
	r = chore_list(s, false, find_chore, &d);
	return r < 0 || !d.chore ? r : chore_done(s, d.chore, now);
}

int task_publish_run(struct cli *c)
{
	struct store *s;
	struct actor by;
	int number;
	int r = task_open(c, &s, &number, false);
	if (r)
		return r;
	if ((r = store_begin(s)))
		return cli_store_failed(c, r);
	changes_actor(&by);
	r = offer_publish(s, number, cli_opt(c, "text"), &by, cli_now(c));
	if (r == -EPERM)
		r = over_already(c);
	else if (!r)
		r = see_to_chore(s, number, cli_now(c));
	return changes_end(c, r);
}

static int put(struct cli *c, struct store *s, int number, const char *phone, enum claim_state state,
	       int people, const char *reason)
{
	struct actor by;
	struct person list[PERSONS_PER_NUMBER];
	int n = persons_of_number(s, phone, list);
	changes_actor(&by);
	return n < 0 ? n
		     : claim_put(s,
				 &(struct claim_change){.offer = number,
							.number = phone,
							.person = n > 0 ? list[0].id : 0,
							.people = people,
							.state = state,
							.reason = reason},
				 &by, cli_now(c));
}

struct asked_to_confirm {
	const char *phone;
	char note[64];
	int64_t chore;
};

static int find_confirm(void *ctx, const struct chore *x)
{
	struct asked_to_confirm *a = ctx;
	if (!strcmp(x->kind, "task") && !strcmp(x->number, a->phone) && !strcmp(x->note, a->note))
		a->chore = x->id;
	return 0;
}

/* What the list of small things said of it is seen to. */
static int seen_to(struct store *s, int number, const char *phone, int64_t now)
{
	struct asked_to_confirm a = {.phone = phone};
	snprintf(a.note, sizeof a.note, "yishi task confirm %d", number);
	int r = chore_list(s, false, find_confirm, &a);
	return r < 0 || !a.chore ? r : chore_done(s, a.chore, now);
}

int task_confirm_run(struct cli *c)
{
	struct store *s;
	int number, confirmed = 0;
	char only[E164_MAX] = "";
	int r = cli_opt(c, "to") ? cli_number(c, cli_opt(c, "to"), only) : 0;
	if (r || (r = task_open(c, &s, &number, false)))
		return r;
	/* who is named may have forgotten to say that it is done */
	unsigned states = *only
			      ? 1u << CLAIM_TAKEN | 1u << CLAIM_ARRIVED | 1u << CLAIM_DONE | 1u << CLAIM_MISSED
			      : 1u << CLAIM_DONE;
	cleanup_free struct claim *claims = mem_array(CLAIMS_MAX, sizeof *claims);
	if ((r = store_begin(s)))
		return cli_store_failed(c, r);
	int n = r = claim_list(s, number, states, claims, CLAIMS_MAX);
	for (int i = 0; i < n && r >= 0; i++)
		if (!*only || !strcmp(only, claims[i].number)) {
			r = put(c, s, number, claims[i].number, CLAIM_CONFIRMED, 0, NULL);
			if (r >= 0)
				r = seen_to(s, number, claims[i].number, cli_now(c));
			confirmed++;
		}
	if (r >= 0 && !confirmed)
		r = cli_fail(CLI_NOTHING,
			     _("nobody's part in %s waits to be confirmed; `yishi task show %s --people`"),
			     c->argv[0], c->argv[0]);
	r = changes_end(c, r < 0 ? r : r > 0 && !confirmed ? r : 0);
	if (!r && c->out.mode == OUT_JSON)
		out_json(&c->out, json_pack("{si si}", "number", number, "confirmed", confirmed));
	return r;
}

static int copy_fact(void *ctx, const struct offer *o)
{
	*(struct offer_fact *)ctx = (struct offer_fact){
	    .state = o->state, .flavour = o->flavour, .wanted = o->wanted, .taken = o->taken};
	return 0;
}

int task_give_run(struct cli *c)
{
	struct store *s;
	struct offer_fact o;
	struct claim was;
	char phone[E164_MAX];
	int number;
	int64_t people = 1;
	int r = cli_number(c, c->argv[1], phone);
	if (!r && cli_opt(c, "people"))
		r = cli_integer(c, cli_opt(c, "people"), "--people", 1, &people);
	if (!r && people > OFFER_PEOPLE_MAX)
		people = OFFER_PEOPLE_MAX;
	if (r || (r = task_open(c, &s, &number, false)))
		return r;
	if ((r = store_begin(s)))
		return cli_store_failed(c, r);
	if (!(r = offer_get(s, number, copy_fact, &o)))
		r = claim_get(s, number, phone, &was);
	if (!r && o.state != OFFER_OPEN)
		r = over_already(c);
	else if (!r && claim_holds(was.state))
		r = cli_fail(CLI_NOTHING, _("%s has a place already"), c->argv[1]);
	else if (!r && offer_room(o.wanted, o.taken) < (int)people)
		r = cli_fail(CLI_NOTHING, _("no place is free in %s; `yishi task show %s --people`"),
			     c->argv[0], c->argv[0]);
	else if (!r)
		r = put(c, s, number, phone, CLAIM_TAKEN, (int)people, "desk");
	return changes_end(c, r);
}

/* ---- rosters */

static const struct out_column roster_columns[] = {
    {"id", N_("ID"), OUT_INT, 0},
    {"kind", N_("kind"), OUT_WORD, 0},
    {"grid", N_("grid"), OUT_TEXT, 0},
    {"text", N_("text"), OUT_TEXT, 30},
    {"rrule", N_("rule"), OUT_TEXT, 30},
    {"start", N_("from"), OUT_TEXT, 0},
    {"next", N_("next"), OUT_TIME, 0},
    {"wanted", N_("wanted"), OUT_INT, 0},
    {"numbers", N_("whose turn"), OUT_PHONES, 0},
    {"ended", N_("ended"), OUT_TIME, 0},
    {"minutes", NULL, OUT_INT, 0},
    {"place", NULL, OUT_TEXT, 0},
    {"points", NULL, OUT_INT, 0},
    {"organiser", NULL, OUT_PHONE, 0},
    {0},
};

static json_t *words(const char *text)
{
	json_t *list = json_array();
	cleanup_free char *copy = mem_dup(text);
	char *save = NULL;
	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save))
		json_array_append_new(list, json_string(w));
	return list;
}

static int print_roster(void *ctx, const struct roster *x)
{
	struct cli *c = ctx;
	out_row(&c->out, json_pack("{sI ss so so so so so si so so si so si so}", "id", (json_int_t)x->id,
				   "kind", flavour_name(x->flavour), "grid", out_string(x->grid), "text",
				   out_string(x->text), "rrule", out_string(x->rrule), "start",
				   out_string(x->start_local), "next", out_time(x->next_utc), "wanted",
				   x->wanted, "numbers", words(x->people), "ended", out_time(x->ended_utc),
				   "minutes", x->minutes, "place", out_string(x->place), "points", x->points,
				   "organiser", *x->organiser ? out_string(x->organiser) : json_null()));
	return 0;
}

int task_roster_list_run(struct cli *c)
{
	struct store *s;
	int r = cli_list_begin(c, roster_columns, &s);
	return r ? r : cli_list_end(c, roster_list(s, cli_now(c), print_roster, c));
}

struct roster_draft {
	struct roster_new n;
	char start[40], from[E164_MAX], numbers[ROSTER_PEOPLE][E164_MAX];
};

static int read_roster(struct cli *c, struct roster_draft *d)
{
	struct roster_new *n = &d->n;
	struct civil t;
	int64_t starts, minutes = 60, wanted = 1, points = 0;
	int flavour, r = task_flavour(c, &flavour);
	const char *at = cli_opt(c, "at"), *who;
	*n = (struct roster_new){.flavour = flavour < 0 ? FLAVOUR_PATROL : (enum flavour)flavour,
				 .grid = cli_opt(c, "grid"),
				 .text = cli_opt(c, "text"),
				 .place = cli_opt(c, "place"),
				 .rrule = cli_opt(c, "rrule"),
				 .exdates = cli_opt(c, "except"),
				 .start_local = d->start,
				 .numbers = d->numbers};
	if (!r && (!n->grid || !n->text || !n->rrule || !at))
		r = cli_usage(c, "%s", _("--text, --grid, --rrule and --at are wanted"));
	if (!r && !flavour_row(n->flavour)->ahead_s)
		r = cli_usage(c, _("a %s does not recur"), flavour_name(n->flavour));
	if (!r && cli_opt(c, "minutes"))
		r = cli_integer(c, cli_opt(c, "minutes"), "--minutes", 5, &minutes);
	if (!r && cli_opt(c, "wanted"))
		r = cli_integer(c, cli_opt(c, "wanted"), "--wanted", 0, &wanted);
	if (!r && cli_opt(c, "points"))
		r = cli_integer(c, cli_opt(c, "points"), "--points", 0, &points);
	for (; !r && n->number_count < ROSTER_PEOPLE && (who = cli_opt_at(c, "who", n->number_count));
	     n->number_count++)
		r = cli_number(c, who, d->numbers[n->number_count]);
	if (!r && cli_opt(c, "from") && !(r = cli_number(c, cli_opt(c, "from"), d->from)))
		n->organiser = d->from;
	if (r || (r = cli_when(c, at, "--at", &starts)))
		return r;
	civil_from_utc(starts, &t);
	snprintf(d->start, sizeof d->start, "%04d-%02d-%02dT%02d:%02d:00", t.year, t.month, t.day, t.hour,
		 t.minute);
	if (!strncmp(n->rrule, "RRULE:", 6))
		n->rrule += 6;
	n->minutes = (int)minutes;
	n->wanted = (int)wanted;
	n->points = (int)points;
	return 0;
}

int task_roster_add_run(struct cli *c)
{
	struct store *s;
	struct err e = {0};
	cleanup_free struct roster_draft *d = mem_alloc(sizeof *d);
	int64_t id = 0;
	int r = cli_config(c, NULL);
	if (r || (r = read_roster(c, d)) || (r = changes_begin(c, &s)))
		return r;
	r = roster_add(s, &d->n, cli_now(c), &id, &e);
	if (r == -EINVAL)
		r = cli_fail(EX_DATAERR, "%s", e.text);
	r = changes_end(c, r);
	if (!r && c->out.mode == OUT_JSON)
		out_json(&c->out, json_pack("{sI}", "id", (json_int_t)id));
	else if (!r)
		printf(_("roster %lld added; its dates: yishi task list --coming\n"), (long long)id);
	return r;
}

int task_roster_end_run(struct cli *c)
{
	struct store *s;
	struct actor by;
	int64_t id;
	int r = cli_id(c, 0, &id);
	if (r || (r = changes_begin(c, &s)))
		return r;
	changes_actor(&by);
	r = roster_end(s, id, &by, cli_now(c));
	if (r == -ENOENT)
		r = cli_fail(CLI_NOTHING, _("there is no roster %s; `yishi task roster list` shows them"),
			     c->argv[0]);
	return changes_end(c, r);
}
