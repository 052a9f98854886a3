/* `yishi broadcast`: one text to many. */
#include "cli/broadcast.h"
#include "cli/changes.h"
#include "cli/nouns.h"

#include "base/mem.h"
#include "store/approval.h"
#include "store/message.h"
#include "store/store.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

/* A list has no room for the time after which nothing goes out; one broadcast shows it. */
#define COLUMNS(AFTER)                                                                                         \
	{"id", N_("ID"), OUT_INT, 0}, {"state", N_("state"), OUT_WORD, 0},                                     \
	    {"recipients", N_("recipients"), OUT_INT, 0}, {"segments", N_("seg."), OUT_INT, 0},                \
	    {"queued", N_("waiting"), OUT_INT, 0}, {"sent", N_("sent"), OUT_INT, 0},                           \
	    {"delivered", N_("delivered"), OUT_INT, 0}, {"failed", N_("failed"), OUT_INT, 0},                  \
	    {"uncertain", N_("uncertain"), OUT_INT, 0}, {"at", N_("at"), OUT_TIME, 0},                         \
	    {"not_after", AFTER, OUT_TIME, 0}, {"audience", N_("to"), OUT_TEXT, 24},                           \
	    {"text", N_("text"), OUT_TEXT, 40}, {"expired", NULL, OUT_INT, 0},                                 \
	    {"cancelled", NULL, OUT_INT, 0}, {"created", NULL, OUT_TIME, 0},                                   \
	    {"created_by", NULL, OUT_TEXT, 0}, {"done", NULL, OUT_TIME, 0}, {"asked", NULL, OUT_TIME, 0},      \
	    {"code_until", NULL, OUT_TIME, 0},                                                                 \
	{                                                                                                      \
		0                                                                                              \
	}

static const struct out_column columns[] = {COLUMNS(NULL)};
static const struct out_column shown[] = {COLUMNS(N_("not after"))};

/* `sent` counts what the network took, with or without a report; `segments` are those of one recipient. */
static json_t *broadcast_json(const struct broadcast *b)
{
	return json_pack(
	    "{sI ss sI si sI sI sI sI sI so so so so sI sI so ss so so so}", "id", (json_int_t)b->id, "state",
	    broadcast_state_name(b->state), "recipients", (json_int_t)b->recipients, "segments", b->segments,
	    "queued", (json_int_t)(b->queued + b->sending), "sent", (json_int_t)(b->sent + b->delivered),
	    "delivered", (json_int_t)b->delivered, "failed", (json_int_t)(b->failed + b->expired), "uncertain",
	    (json_int_t)b->uncertain, "at", out_time(b->at_utc), "not_after", out_time(b->not_after_utc),
	    "audience", out_string(b->audience), "text", out_string(b->text), "expired", (json_int_t)b->expired,
	    "cancelled", (json_int_t)b->cancelled, "created", out_time(b->created_utc), "created_by",
	    b->created_by, "done", out_time(b->done_utc), "asked", out_time(b->asked_utc), "code_until",
	    out_time(b->code_until_utc));
}

static int print_row(void *ctx, const struct broadcast *b)
{
	struct cli *c = ctx;
	out_row(&c->out, broadcast_json(b));
	return 0;
}

static int run_list(struct cli *c)
{
	struct store *s;
	int r = cli_list_begin(c, columns, &s);
	return r ? r : cli_list_end(c, broadcast_list(s, c->since_utc, c->limit, print_row, c));
}

/* What one that waits is waiting for, and what brings it on. */
static void print_waiting(struct cli *c, const struct broadcast *b)
{
	char until[32];
	long long id = b->id;
	if (!b->asked_utc)
		cli_note(
		    _("it waits for a second person; codes were not texted yet: yishid does not run, the quiet "
		      "hours are not over, or no secretary has a phone; or yishi broadcast resume %lld "
		      "--approve"),
		    id);
	else if (b->codes && b->code_until_utc > cli_now(c))
		cli_note(
		    _("it waits for a second person: a secretary texts back the code by %s, or yishi broadcast "
		      "resume %lld --approve"),
		    rfc3339_format(b->code_until_utc, until), id);
	else
		cli_note(_("it waits for a second person, and the texted codes count no more; yishi broadcast "
			   "resume "
			   "%lld sends fresh ones"),
			 id);
}

static int print_record(void *ctx, const struct broadcast *b)
{
	struct cli *c = ctx;
	out_record(&c->out, shown, broadcast_json(b));
	if (b->state == BROADCAST_WAITING && c->out.mode == OUT_TABLE)
		print_waiting(c, b);
	return 0;
}

static int missing(const struct cli *c)
{
	return cli_fail(CLI_NOTHING, _("there is no broadcast %s; `yishi broadcast list` shows them"),
			c->argv[0]);
}

static const struct out_column recipient_columns[] = {
    {"number", N_("number"), OUT_PHONE, 0},
    {"name", N_("name"), OUT_TEXT, 20},
    {"state", N_("state"), OUT_WORD, 0},
    {"sent", N_("sent"), OUT_TIME, 0},
    {"modem", N_("modem"), OUT_TEXT, 0},
    {"reason", N_("reason"), OUT_WORD, 40},
    {"id", NULL, OUT_INT, 0},
    {0},
};

static int print_recipient(void *ctx, const struct message *m)
{
	struct cli *c = ctx;
	out_row(&c->out,
		json_pack("{so so ss so so so sI}", "number", out_string(m->number), "name",
			  out_string(m->name), "state", m->state, "sent", out_time(m->sent_utc), "modem",
			  out_string(m->modem), "reason", out_string(m->reason), "id", (json_int_t)m->id));
	return 0;
}

static int ignore_record(void *ctx, const struct broadcast *b)
{
	(void)ctx;
	(void)b;
	return 0;
}

static int run_show(struct cli *c)
{
	struct store *s;
	int64_t id;
	int r = cli_id(c, 0, &id);
	if (r || (r = cli_store(c, &s)))
		return r;
	bool recipients = cli_opt(c, "recipients") != NULL;
	if (recipients && (r = broadcast_get(s, id, ignore_record, c)) == -ENOENT)
		return missing(c);
	if (recipients) {
		struct message_filter f = {.direction = 1,
					   .state = cli_opt(c, "state"),
					   .broadcast = id,
					   .since_utc = INT64_MIN,
					   .limit = LONG_MAX};
		out_begin(&c->out, recipient_columns);
		r = message_list(s, &f, print_recipient, c);
		out_end(&c->out);
	} else
		r = broadcast_get(s, id, print_record, c);
	return r == -ENOENT ? missing(c) : r ? cli_store_failed(c, r) : EX_OK;
}

/* People read the sums above the list; a program that asks for the list gets rows of one kind. */
static int show_draft(struct cli *c, const struct draft *d)
{
	bool explains = cli_opt(c, "explain") != NULL, table = c->out.mode == OUT_TABLE;
	if (table || !explains)
		draft_print(c, d);
	if (table && d->marks && d->longest_count < d->who.recipients)
		cli_note(_("%lld of %lld recipients get %d segments, the others fewer"),
			 (long long)d->longest_count, (long long)d->who.recipients, d->segments);
	if (table && d->unknown)
		cli_note(
		    _("for %lld recipients something in braces is not known and left out; {name|邻居} says "
		      "another word for them"),
		    (long long)d->unknown);
	if (table && explains)
		fputc('\n', c->out.file);
	return explains ? audience_explain(c) : EX_OK;
}

static int run_preview(struct cli *c)
{
	struct store *s;
	struct draft d;
	int r = draft_read(c, &d);
	if (!r && !(r = cli_store(c, &s)) && !(r = draft_count(c, &d)) && !(r = show_draft(c, &d))) {
		if (!d.line_count)
			cli_note("%s", _("no modem that sends is configured: when it is out, nobody can say"));
		else if (!draft_fits(&d))
			cli_note(_("only %lld of %lld recipients would have it by then"), (long long)d.fit,
				 (long long)d.who.recipients);
		r = draft_fits(&d) && d.who.recipients ? EX_OK : CLI_NOTHING;
	}
	draft_done(&d);
	return r;
}

/* Is it refused? The sentence says what would fit. */
static int refuse(const struct draft *d)
{
	char when[32];
	if (!d->who.recipients)
		return cli_fail(CLI_NOTHING, "%s",
				_("nobody is left to send it to; `yishi broadcast preview` says why"));
	if (draft_fits(d))
		return 0;
	if (!d->line_count)
		return cli_fail(CLI_NOTHING, "%s",
				_("no modem that sends is configured, so it cannot be promised by --not-after; "
				  "without that it is queued and waits"));
	if (d->finishes_utc == INT64_MAX)
		return cli_fail(CLI_NOTHING,
				_("it cannot be out in time: %lld of %lld recipients would have it; shorten "
				  "the text or the audience"),
				(long long)d->fit, (long long)d->who.recipients);
	return cli_fail(CLI_NOTHING,
			_("it cannot be out in time: %lld of %lld recipients would have it, all of them by %s; "
			  "begin earlier, shorten the text or the audience"),
			(long long)d->fit, (long long)d->who.recipients, rfc3339_format(d->finishes_utc, when));
}

static int queue(struct cli *c, struct draft *d, int64_t *ret_id)
{
	char by[32];
	int r = store_trust(c->store);
	if (!r)
		r = store_begin(c->store);
	if (r)
		return cli_store_failed(c, r);
	r = draft_count(c, d); /* who opted out meanwhile is out */
	if (!r)
		r = refuse(d);
	if (!r) {
		struct broadcast_new n = {.audience = d->to.written,
					  .text = d->text,
					  .ucs2 = d->ucs2,
					  .segments = d->segments,
					  .recipients = d->who.recipients,
					  .at_utc = d->at_utc,
					  .not_after_utc = d->not_after_utc,
					  .override_quiet = d->override_quiet,
					  .waiting = d->needs_approval,
					  .fill = d->marks ? draft_fill : NULL,
					  .ctx = d,
					  .segments_total = d->marks ? d->segments_total : 0,
					  .by = cli_actor(by)};
		r = broadcast_add(c->store, &n, cli_now(c), ret_id);
	}
	return changes_end(c, r);
}

static void tell(struct cli *c, const struct draft *d, int64_t id)
{
	if (c->out.mode == OUT_JSON) {
		out_json(&c->out, json_pack("{sI ss sI si}", "id", (json_int_t)id, "state",
					    d->needs_approval ? "waiting" : "queued", "recipients",
					    (json_int_t)d->who.recipients, "segments", d->segments));
		return;
	}
	FILE *to = c->out.mode == OUT_CSV ? stderr : c->out.file; /* rows may follow */
	fprintf(to, _("broadcast %lld: %lld recipients\n"), (long long)id, (long long)d->who.recipients);
	if (d->needs_approval)
		draft_tell_waiting(c, to, id);
}

/* A script has decided already; a person sees the preview and is asked. */
static int preview_and_ask(struct cli *c, struct draft *d)
{
	int r = draft_count(c, d);
	if (r || (r = refuse(d)))
		return r;
	if ((r = show_draft(c, d)))
		return r;
	return cli_confirm(c, _("Send it?")) ? EX_OK : cli_fail(CLI_NOTHING, "%s", _("nothing was queued"));
}

static int run_new(struct cli *c)
{
	struct store *s;
	struct draft d;
	int64_t id = 0;
	bool asks = c->out.terminal && c->out.mode == OUT_TABLE;
	int r = draft_read(c, &d);
	if (!r)
		r = cli_store(c, &s);
	if (!r && asks)
		r = preview_and_ask(c, &d);
	if (!r && !(r = queue(c, &d, &id))) {
		bool table = c->out.mode == OUT_TABLE;
		if (table && !asks)
			r = show_draft(c, &d);
		tell(c, &d, id);
		if (!table && cli_opt(c, "explain"))
			r = audience_explain(c);
	}
	draft_done(&d);
	return r;
}

/* ---- deciding on one that exists */

enum decision { PAUSE, RESUME, CANCEL, RETRY };

/* One that waits for its second person is asked about again: fresh codes. */
static int resume(struct cli *c, int64_t id, const struct actor *by, bool *ret_asked)
{
	int64_t now = cli_now(c);
	if (cli_opt(c, "approve"))
		return broadcast_approve(c->store, id, by, now);
	int r = broadcast_resume(c->store, id, by, now);
	if (r != -EPERM)
		return r;
	r = approval_ask_again(c->store, id, by, now);
	*ret_asked = r == 0;
	return r;
}

static int apply(struct cli *c, enum decision what, int64_t id, const struct actor *by, int *ret_count,
		 bool *ret_asked)
{
	int64_t now = cli_now(c);
	switch (what) {
	case PAUSE:
		return broadcast_pause(c->store, id, by, now);
	case RESUME:
		return resume(c, id, by, ret_asked);
	case CANCEL:
		return broadcast_cancel(c->store, id, by, now, ret_count);
	case RETRY:
		return broadcast_retry(c->store, id, cli_opt(c, "uncertain") != NULL, by, now, ret_count);
	}
	return -EINVAL;
}

static int decide(struct cli *c, enum decision what)
{
	struct store *s;
	int64_t id;
	struct actor by = {.channel = CHANNEL_SHELL};
	bool asked = false;
	int count = -1, r = cli_id(c, 0, &id);
	if (r || (r = changes_begin(c, &s)))
		return r;
	cli_actor(by.id);
	r = apply(c, what, id, &by, &count, &asked);
	if (r == -ENOENT)
		r = missing(c);
	else if (r == -EPERM)
		r = cli_fail(CLI_NOTHING,
			     _("broadcast %s is in a state that does not allow it; `yishi broadcast show %s`"),
			     c->argv[0], c->argv[0]);
	else if (r == -EACCES)
		r = cli_fail(EX_NOPERM, "%s",
			     _("the person who asked for it cannot approve it; a secretary does by the texted "
			       "code, or a "
			       "second user of this machine"));
	r = changes_end(c, r);
	if (r)
		return r;
	if (c->out.mode == OUT_JSON)
		return broadcast_get(s, id, print_record, c) ? EX_IOERR : EX_OK;
	if (what == CANCEL)
		printf(_("broadcast %lld is cancelled: %d texts stay here\n"), (long long)id, count);
	else if (asked)
		printf(
		    _("fresh codes for broadcast %lld go to the secretaries' phones; those before are void\n"),
		    (long long)id);
	else if (what == RETRY)
		printf(_("broadcast %lld: %d texts go out again\n"), (long long)id, count);
	return EX_OK;
}

static int run_pause(struct cli *c)
{
	return decide(c, PAUSE);
}

static int run_resume(struct cli *c)
{
	return decide(c, RESUME);
}

static int run_cancel(struct cli *c)
{
	return decide(c, CANCEL);
}

static int run_retry(struct cli *c)
{
	return decide(c, RETRY);
}

static const struct cli_option show_options[] = {
    {"recipients", NULL, N_("what became of it for each recipient"), false},
    {"state", N_("STATE"), N_("with --recipients: only those in this state"), false},
    {0},
};
static const struct cli_option resume_options[] = {
    {"approve", NULL, N_("the second person's yes to a large broadcast, at the desk"), false}, {0}};
static const struct cli_option retry_options[] = {
    {"uncertain", NULL, N_("also what perhaps went out: some people may get it twice"), false}, {0}};

const struct cli_verb cli_broadcast[] = {
    {.name = "new",
     .run = run_new,
     .what = N_("send one text to many"),
     .common = CLI_FORMATS | CLI_YES,
     .options = draft_options,
     .roles = CLI_SECRETARY,
     .example =
	 "yishi broadcast new --to grid:KS-03 --text-file note.txt --at 'fri 09:00' --not-after 'fri "
	 "14:30' --yes\n"
	 "echo '明天停水' | yishi broadcast new --to building:KS-03/3 --text-file - --yes\n"
	 "yishi broadcast new --to grid:KS-03 --text '{name|邻居}，{building}栋{date}停水' --with date=周五",
     .more = N_("On a terminal the preview is shown and the question asked. Only people who agreed to "
		"broadcasts and did not\n"
		"opt out get it; numbers of a file that nobody in the registry has are taken as they are.")},
    {.name = "preview",
     .run = run_preview,
     .what = N_("who would get it, how long it takes; nothing is sent"),
     .common = CLI_FORMATS,
     .options = draft_options,
     .roles = CLI_SECRETARY,
     .example = "yishi broadcast preview --to grid:KS-03 --to role:volunteer --text '明天停水' --json\n"
		"yishi broadcast preview --to 'all -grid:KS-04 -yes:12' --text '还能报名' --explain"},
    {.name = "list",
     .run = run_list,
     .what = N_("broadcasts and how far they are"),
     .common = CLI_LIST,
     .roles = CLI_SECRETARY,
     .example = "yishi broadcast list --limit 5"},
    {.name = "show",
     .run = run_show,
     .what = N_("one broadcast, or its recipients"),
     .args = "ID",
     .min_args = 1,
     .max_args = 1,
     .common = CLI_FORMATS,
     .options = show_options,
     .roles = CLI_SECRETARY,
     .example = "yishi broadcast show 7\nyishi broadcast show 7 --recipients --state failed --csv"},
    {.name = "watch",
     .run = broadcast_watch_run,
     .what = N_("see it go out, until it is done"),
     .args = "ID",
     .min_args = 1,
     .max_args = 1,
     .common = CLI_FORMATS,
     .roles = CLI_SECRETARY,
     .example = "yishi broadcast watch 7"},
    {.name = "pause",
     .run = run_pause,
     .what = N_("hold back what has not gone out"),
     .args = "ID",
     .min_args = 1,
     .max_args = 1,
     .common = CLI_FORMATS,
     .roles = CLI_SECRETARY,
     .example = "yishi broadcast pause 7"},
    {.name = "resume",
     .run = run_resume,
     .what = N_("go on; text fresh codes for, or approve, a large one that waits"),
     .args = "ID",
     .min_args = 1,
     .max_args = 1,
     .common = CLI_FORMATS,
     .options = resume_options,
     .roles = CLI_SECRETARY,
     .example = "yishi broadcast resume 7\nyishi broadcast resume 7 --approve"},
    {.name = "cancel",
     .run = run_cancel,
     .what = N_("send nothing more of it"),
     .args = "ID",
     .min_args = 1,
     .max_args = 1,
     .common = CLI_FORMATS,
     .roles = CLI_SECRETARY,
     .example = "yishi broadcast cancel 7"},
    {.name = "retry",
     .run = run_retry,
     .what = N_("send again to whom it failed"),
     .args = "ID",
     .min_args = 1,
     .max_args = 1,
     .common = CLI_FORMATS,
     .options = retry_options,
     .roles = CLI_SECRETARY,
     .example = "yishi broadcast retry 7"},
    {0},
};
