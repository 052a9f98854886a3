/* `yishi reminder`: broadcasts that recur. */
#include "cli/broadcast.h"
#include "cli/changes.h"
#include "cli/nouns.h"

#include "base/buf.h"
#include "base/mem.h"
#include "store/reminder.h"
#include "store/store.h"

#include <errno.h>
#include <string.h>

#define HOURS 12

static const struct out_column columns[] = {
    {"id", N_("ID"), OUT_INT, 0},
    {"rrule", N_("rule"), OUT_TEXT, 32},
    {"start", N_("from"), OUT_TEXT, 0},
    {"next", N_("next"), OUT_TIME, 0},
    {"audience", N_("to"), OUT_TEXT, 24},
    {"text", N_("text"), OUT_TEXT, 40},
    {"last", N_("last"), OUT_TIME, 0},
    {"broadcast", N_("broadcast"), OUT_INT, 0},
    {"ended", N_("ended"), OUT_TIME, 0},
    {"hours", NULL, OUT_INT, 0},
    {"exdates", NULL, OUT_TEXT, 0},
    {"created_by", NULL, OUT_TEXT, 0},
    {0},
};

static const struct cli_option new_options[] = {
    AUDIENCE_OPTION,
    {"text", N_("TEXT"), N_("what is sent"), false},
    {"text-file", N_("FILE"), N_("take the text from a file; - is standard input"), false},
    {"template", N_("NAME"), N_("a saved text, and its audience unless --to is given (yishi template)"), false},
    {"with", N_("WORD=VALUE"), N_("what {WORD} of the text stands for: --with date=周五"), true},
    {"rrule", N_("RRULE"), N_("how it recurs, after RFC 5545: 'FREQ=WEEKLY;BYDAY=FR'"), false},
    {"at", N_("TIME"), N_("when it goes out: 9:00, or the first date and time"), false},
    {"except", N_("DATES"), N_("dates without it: '2026-12-25 2027-01-01'"), false},
    {"hours", N_("N"), N_("so many hours after its time it may still go out (12)"), false},
    {0},
};

static json_t *row_json(const struct reminder *x)
{
	return json_pack("{sI so so so so so so so so sI so so}", "id", (json_int_t)x->id, "rrule",
			 out_string(x->rrule), "start", out_string(x->start_local), "next",
			 out_time(x->next_utc), "audience", out_string(x->audience), "text",
			 out_string(x->text), "last", out_time(x->last_utc), "broadcast",
			 x->broadcast ? json_integer(x->broadcast) : json_null(), "ended",
			 out_time(x->ended_utc), "hours", (json_int_t)(x->valid_s / HOUR_S), "exdates",
			 out_string(x->exdates), "created_by", out_string(x->by));
}

static int print_row(void *ctx, const struct reminder *x)
{
	struct cli *c = ctx;
	if (!cli_list_more(c))
		return 1;
	out_row(&c->out, row_json(x));
	return 0;
}

static int run_list(struct cli *c)
{
	struct store *s;
	int r = cli_list_begin(c, columns, &s);
	return r ? r : cli_list_end(c, reminder_list(s, cli_now(c), print_row, c));
}

/* A list out of a file would be forgotten by the next time. */
static int check_terms(const struct draft *d)
{
	return strstr(d->to.terms, "file:") ? cli_fail(EX_DATAERR, "%s",
						       _("a reminder cannot go to a file; make a group of it: "
							 "yishi group add NAME --to file:LIST.csv"))
					    : 0;
}

/* What has no marks was written out already: a brace in it is one. */
static char *kept_text(const struct draft *d)
{
	struct buf b = {0};
	for (const char *p = d->text; *p; p++) {
		buf_addc(&b, *p);
		if (*p == '{' && !d->marks)
			buf_addc(&b, '{');
	}
	return buf_take(&b);
}

static int store_it(struct cli *c, struct draft *d, struct reminder_new *n, int64_t *ret_id)
{
	struct store *s;
	struct err e = {0};
	char by[32];
	cleanup_free char *text = kept_text(d);
	int r = changes_begin(c, &s);
	if (r)
		return r;
	n->audience = d->to.written;
	n->text = text;
	n->by = cli_actor(by);
	if (!(r = audience_count(c, &d->to, &d->who)) && !(r = draft_measure(c, d)) &&
	    (r = reminder_add(s, n, cli_now(c), ret_id, &e)) == -EINVAL)
		r = cli_fail(EX_DATAERR, "%s", e.text);
	return changes_end(c, r);
}

static int run_new(struct cli *c)
{
	struct draft d = {0};
	struct civil t;
	struct reminder_new n = {.rrule = cli_opt(c, "rrule"), .exdates = cli_opt(c, "except")};
	const char *at = cli_opt(c, "at"), *given = cli_opt(c, "hours");
	char start[40];
	int64_t starts = 0, hours = HOURS, id = 0;
	if (!n.rrule || !at)
		return cli_usage(c, "%s", _("--rrule and --at are wanted"));
	int r = cli_config(c, NULL);
	if (!r && given)
		r = cli_integer(c, given, "--hours", 1, &hours);
	if (!r && !(r = cli_when(c, at, "--at", &starts)) && !(r = draft_text_read(c, &d)) &&
	    !(r = audience_read(c, d.saved_audience, &d.to)))
		r = check_terms(&d);
	if (!r) {
		civil_from_utc(starts, &t);
		snprintf(start, sizeof start, "%04d-%02d-%02dT%02d:%02d:00", t.year, t.month, t.day, t.hour,
			 t.minute);
		n.start_local = start;
		n.rrule += strncmp(n.rrule, "RRULE:", 6) ? 0 : 6;
		n.valid_s = hours * HOUR_S;
		r = store_it(c, &d, &n, &id);
	}
	if (!r && c->out.mode == OUT_JSON)
		out_json(&c->out, json_pack("{sI sI}", "id", (json_int_t)id, "recipients",
					    (json_int_t)d.who.recipients));
	else if (!r)
		printf(_("reminder %lld: %lld recipients as things stand; yishi reminder list\n"),
		       (long long)id, (long long)d.who.recipients);
	draft_done(&d);
	return r;
}

static int run_end(struct cli *c)
{
	struct store *s;
	int64_t id;
	int r = cli_id(c, 0, &id);
	if (r || (r = changes_begin(c, &s)))
		return r;
	r = reminder_end(s, id, cli_now(c));
	if (r == -ENOENT)
		r = cli_fail(CLI_NOTHING,
			     _("there is no reminder %s that recurs; `yishi reminder list` shows them"),
			     c->argv[0]);
	return changes_end(c, r);
}

const struct cli_verb cli_reminder[] = {
    {.name = "list",
     .run = run_list,
     .what = N_("what recurs, when next, what it was last"),
     .common = CLI_LIST,
     .roles = CLI_SECRETARY,
     .example = "yishi reminder list"},
    {.name = "new",
     .run = run_new,
     .what = N_("send a text again and again"),
     .common = CLI_FORMATS,
     .options = new_options,
     .roles = CLI_SECRETARY,
     .more = N_("Each time it becomes a broadcast to who is of the audience then: yishi broadcast list shows "
		"it. Nothing is "
		"sent in the quiet hours, and what was missed while the box was off for longer than --hours is "
		"not sent late."),
     .example = "yishi reminder new --rrule 'FREQ=WEEKLY;BYDAY=TH' --at 'thu 9:00' --to grid:KS-03 --text "
		"'周五15:00议事会'\n"
		"yishi reminder new --rrule 'FREQ=MONTHLY;BYMONTHDAY=1' --at 9:00 --template 缴费 --hours 6"},
    {.name = "end",
     .run = run_end,
     .what = N_("it does not recur any more"),
     .args = "ID",
     .min_args = 1,
     .max_args = 1,
     .roles = CLI_SECRETARY,
     .example = "yishi reminder end 3"},
    {0},
};
