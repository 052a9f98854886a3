/* A broadcast before it is queued: what is said, to whom, and whether it can be done in time. */
#include "cli/broadcast.h"
#include "cli/texts.h"

#include "base/mem.h"
#include "cli/broadcast_lines.h"
#include "store/store.h"

#include <errno.h>
#include <string.h>

const struct cli_option draft_options[] = {
    AUDIENCE_OPTION,
    {"text", N_("TEXT"), N_("what is sent"), false},
    {"template", N_("NAME"), N_("a saved text, and its audience unless --to is given (yishi template)"), false},
    {"with", N_("WORD=VALUE"), N_("what {WORD} of the text stands for: --with date=周五"), true},
    {"text-file", N_("FILE"), N_("take the text from a file; - is standard input"), false},
    {"at", N_("TIME"), N_("not before: \"fri 09:00\", \"+2h\""), false},
    {"not-after", N_("TIME"), N_("no use later: what cannot be out by then is refused now"), false},
    {"override-quiet-hours", NULL,
     N_("urgent: into the quiet hours, too, and before other broadcasts; it is journaled"), false},
    {"explain", NULL,
     N_("also list who gets it and who does not and why, person by person; a preview as JSON or CSV is that "
	"list alone"),
     false},
    {0},
};

/* ---- reading */

int draft_read(struct cli *c, struct draft *d)
{
	const char *at = cli_opt(c, "at"), *not_after = cli_opt(c, "not-after");
	*d = (struct draft){.override_quiet = cli_opt(c, "override-quiet-hours") != NULL};
	int r = cli_config(c, NULL);
	int64_t now = r ? 0 : cli_now(c);
	d->at_utc = now;
	if (!r && at && !(r = cli_when(c, at, "--at", &d->at_utc)) && d->at_utc < now - MINUTE_S)
		r = cli_usage(c, _("--at %s is in the past"), at);
	if (!r && not_after && !(r = cli_when(c, not_after, "--not-after", &d->not_after_utc)) &&
	    d->not_after_utc <= d->at_utc)
		r = cli_usage(c, "%s", _("--not-after is before the text may go out"));
	if (!r)
		r = draft_text_read(c, d);
	return r ? r : audience_read(c, d->saved_audience, &d->to);
}

void draft_done(struct draft *d)
{
	free(d->text);
	free(d->longest);
	free(d->saved_audience);
	audience_done(&d->to);
}

/* ---- counting */

struct estimate {
	struct plan plan;
	struct broadcast_ahead ahead;
	int64_t from;
	int64_t texts, segments; /* of all */
};

static int64_t out_at(const struct estimate *e, int64_t texts)
{
	int64_t segments = e->texts ? (texts * e->segments + e->texts - 1) / e->texts : 0;
	return plan_finish(&e->plan, e->from, broadcast_ahead_of(&e->ahead, texts), segments);
}

/* As many texts as are out at that time. */
static int64_t texts_until(const struct estimate *e, int64_t texts, int64_t until)
{
	int64_t none = 0;
	while (none < texts) {
		int64_t some = none + (texts - none + 1) / 2;
		if (out_at(e, some) <= until)
			none = some;
		else
			texts = some - 1;
	}
	return none;
}

static int estimate(struct cli *c, struct draft *d)
{
	struct estimate e = {.texts = d->who.recipients, .segments = d->segments_total};
	int64_t now = cli_now(c);
	int r = lines_plan(c, d->override_quiet, &e.plan, &d->quota_left);
	d->line_count = e.plan.line_count;
	if (!r)
		r = broadcast_ahead(c->store, d->at_utc, 0, d->override_quiet, &e.ahead);
	if (!r) {
		if (plan_finish(&e.plan, now, 0, broadcast_ahead_of(&e.ahead, INT64_MAX)) <= d->at_utc)
			e.ahead = (struct broadcast_ahead){0}; /* that is out before this one begins */
		e.from = d->at_utc > now ? d->at_utc : now;
		int64_t first = out_at(&e, 1);
		d->starts_utc = first != INT64_MAX  ? first - MINUTE_S
				: d->override_quiet ? e.from
						    : day_window_end(&e.plan.quiet, e.from);
		d->finishes_utc = out_at(&e, d->who.recipients);
		d->fit = !d->not_after_utc || d->finishes_utc <= d->not_after_utc
			     ? d->who.recipients
			     : texts_until(&e, d->who.recipients, d->not_after_utc);
	}
	free(e.plan.lines);
	return r ? cli_store_failed(c, r) : 0;
}

int draft_count(struct cli *c, struct draft *d)
{
	int r = audience_count(c, &d->to, &d->who);
	if (!r)
		r = draft_measure(c, d);
	if (!r)
		r = estimate(c, d);
	d->needs_approval = c->config->approval_above && d->who.recipients > c->config->approval_above;
	return r;
}

bool draft_fits(const struct draft *d)
{
	return d->fit >= d->who.recipients;
}

/* ---- showing */

static const struct out_column columns[] = {
    {"text", N_("text"), OUT_TEXT, 0},
    {"longest", N_("the longest"), OUT_TEXT, 0},
    {"audience", N_("to"), OUT_TEXT, 0},
    {"segments", N_("segments each"), OUT_INT, 0},
    {"recipients", N_("recipients"), OUT_INT, 0},
    {"segments_total", N_("segments in all"), OUT_INT, 0},
    {"duplicates", N_("named twice, get it once"), OUT_INT, 0},
    {"opted_out", N_("opted out"), OUT_INT, 0},
    {"no_consent", N_("without consent"), OUT_INT, 0},
    {"landlines", N_("fixed lines"), OUT_INT, 0},
    {"no_phone", N_("without a phone"), OUT_INT, 0},
    {"muted", N_("muted"), OUT_INT, 0},
    {"unlinked", N_("wrong numbers"), OUT_INT, 0},
    {"excluded", N_("taken out"), OUT_INT, 0},
    {"quota_left", N_("segments free at once"), OUT_INT, 0},
    {"starts", N_("begins"), OUT_TIME, 0},
    {"finishes", N_("done about"), OUT_TIME, 0},
    {"not_after", N_("not after"), OUT_TIME, 0},
    {"fits", NULL, OUT_BOOL, 0},
    {"would_fit", NULL, OUT_INT, 0},
    {"needs_approval", NULL, OUT_BOOL, 0},
    {"alphabet", N_("alphabet"), OUT_TEXT, 0},
    {"longest_recipients", NULL, OUT_INT, 0},
    {"unknown", NULL, OUT_INT, 0},
    {0},
};

/* People read only the reasons that occur. */
static json_t *count(const struct cli *c, int64_t n)
{
	return n || c->out.mode != OUT_TABLE ? json_integer(n) : json_null();
}

void draft_print(struct cli *c, const struct draft *d)
{
	const struct broadcast_audience *w = &d->who;
	json_t *row = json_pack(
	    "{so so si sI sI so so so so so so so so so so so so sb sI sb ss so sI sI}", "text",
	    out_string(d->text), "audience", out_string(d->to.written), "segments", d->segments, "recipients",
	    (json_int_t)w->recipients, "segments_total", (json_int_t)d->segments_total, "duplicates",
	    count(c, w->duplicates), "opted_out", count(c, w->opted_out), "no_consent", count(c, w->no_consent),
	    "landlines", count(c, w->landlines), "no_phone", count(c, w->no_phone), "muted", count(c, w->muted),
	    "unlinked", count(c, w->unlinked), "excluded", count(c, w->excluded), "quota_left",
	    d->quota_left < 0 ? json_null() : json_integer(d->quota_left), "starts", out_time(d->starts_utc),
	    "finishes", d->finishes_utc == INT64_MAX ? json_null() : out_time(d->finishes_utc), "not_after",
	    out_time(d->not_after_utc), "fits", draft_fits(d), "would_fit", (json_int_t)d->fit,
	    "needs_approval", d->needs_approval, "alphabet", d->ucs2 ? "ucs2" : "gsm7", "longest",
	    out_string(d->longest), "longest_recipients", (json_int_t)d->longest_count, "unknown",
	    (json_int_t)d->unknown);
	out_record(&c->out, columns, row);
}

void draft_tell_waiting(const struct cli *c, FILE *to, int64_t id)
{
	fprintf(to,
		_("it goes to more than %d people and waits for a second person: a secretary texts back "
		  "the code that is\n"
		  "on the phone, or another user of this machine says yishi broadcast resume %lld "
		  "--approve\n"),
		c->config->approval_above, (long long)id);
}

char *draft_span(int64_t seconds, char *buf, size_t size)
{
	int64_t minutes = (seconds + 59) / 60;
	if (minutes < 60)
		snprintf(buf, size, _("%d min"), (int)minutes);
	else if (minutes < 48 * 60)
		snprintf(buf, size, _("%d h %d min"), (int)(minutes / 60), (int)(minutes % 60));
	else
		snprintf(buf, size, _("%d days"), (int)(minutes / 1440));
	return buf;
}
