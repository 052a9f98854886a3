/* A poll before it is put: what the question will look like on a phone, whom it reaches, and whether in time. */
#include "cli/broadcast.h"
#include "cli/changes.h"
#include "cli/poll.h"

#include "base/mem.h"
#include "base/paths.h"
#include "rules/replies.h"
#include "sms/compose.h"
#include "store/store.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define SEGMENTS_MAX 2 /* a question that is longer is read by nobody */

const struct cli_option poll_new_options[] = {
    {"question", N_("TEXT"), N_("what is asked"), false},
    {"option", N_("TEXT"), N_("one of 2 to 8 answers, in their order; without: 赞成 反对 弃权"), true},
    {"to", N_("AUDIENCE"),
     N_("who may vote, as broadcasts take it: all, grid:CODE, building:CODE/3, role:ROLE, invited:MEETING …"),
     true},
    {"meeting", N_("ID"), N_("of this meeting; without --to: who was invited to it"), false},
    {"case", N_("NUMBER"), N_("about this case: who raised and supported it hears the result"), false},
    {"opens", N_("TIME"), N_("when it begins (now)"), false},
    {"closes", N_("TIME"), N_("until when votes count"), false},
    {"quorum", N_("N"), N_("votes that it takes, or per cent of those asked: 30, 50%"), false},
    {"household", NULL, N_("one household one vote; else one phone one vote"), false},
    {"secret", NULL, N_("nobody reads who chose what"), false},
    {"tell", N_("WHO"), N_("who else hears the result: voters, asked, none (none)"), false},
    {0},
};

struct question {
	struct poll_new n;
	const char *options[POLL_OPTIONS_MAX + 1];
	char audience[BROADCAST_AUDIENCE_MAX];
};

static int read_quorum(struct cli *c, struct poll_new *n)
{
	const char *text = cli_opt(c, "quorum");
	if (!text)
		return 0;
	char *end;
	long v = strtol(text, &end, 10);
	bool percent = end != text && !strcmp(end, "%");
	if (end == text || (*end && !percent) || v < 1 || v > (percent ? 100 : 1000000))
		return cli_usage(c, _("--quorum %s is neither a number of votes nor per cent"), text);
	*(percent ? &n->quorum_percent : &n->quorum) = (int)v;
	return 0;
}

static int read_audience(struct cli *c, struct question *q)
{
	cleanup_buf struct buf terms = {0};
	const char *to;
	for (int i = 0; (to = cli_opt_at(c, "to", i)); i++)
		buf_addf(&terms, "%s%s", i ? " " : "", to);
	if (!terms.len && q->n.meeting)
		buf_addf(&terms, "invited:%lld", (long long)q->n.meeting);
	if (!terms.len)
		return cli_usage(c, "%s", _("--to AUDIENCE is wanted"));
	if (terms.len >= sizeof q->audience)
		return cli_usage(c, "%s", _("the audience is too long"));
	memcpy(q->audience, buf_str(&terms), terms.len + 1);
	q->n.audience = q->audience;
	return 0;
}

static int read_links(struct cli *c, struct poll_new *n)
{
	int64_t id = 0;
	int r = 0;
	if (cli_opt(c, "meeting"))
		r = cli_integer(c, cli_opt(c, "meeting"), "--meeting", 1, &n->meeting);
	if (!r && cli_opt(c, "case") && !(r = cli_integer(c, cli_opt(c, "case"), "--case", 1, &id)))
		n->matter = (int)(id > INT_MAX ? INT_MAX : id);
	return r;
}

static int read_options(struct cli *c, struct question *q)
{
	const char *one;
	for (int i = 0; (one = cli_opt_at(c, "option", i)); i++) {
		if (i == POLL_OPTIONS_MAX)
			return cli_usage(c, "%s",
					 _("a poll has at most 8 options; 9 and 0 stay help and menu"));
		q->options[i] = one;
		q->n.option_count = i + 1;
	}
	q->n.options = q->n.option_count ? q->options : NULL;
	return 0;
}

static int read_question(struct cli *c, struct question *q)
{
	const char *tell = cli_opt(c, "tell"), *opens = cli_opt(c, "opens"), *closes = cli_opt(c, "closes");
	int t = tell ? poll_tell_find(tell) : POLL_TELL_NONE;
	struct poll_new *n = &q->n;
	int r = cli_config(c, NULL);
	n->question = cli_opt(c, "question");
	n->household = cli_opt(c, "household") != NULL;
	n->secret = cli_opt(c, "secret") != NULL;
	if (!r && (!n->question || !closes))
		r = cli_usage(c, "%s", _("--question TEXT and --closes TIME are wanted"));
	if (!r && t < 0)
		r = cli_usage(c, _("--tell %s: voters, asked or none"), tell);
	n->tell = (enum poll_tell)t;
	if (!r && opens)
		r = cli_when(c, opens, "--opens", &n->opens_utc);
	if (!r)
		r = cli_when(c, closes, "--closes", &n->closes_utc);
	if (!r && !(r = read_links(c, n)) && !(r = read_options(c, q)) && !(r = read_quorum(c, n)))
		r = read_audience(c, q);
	return r;
}

/* ---- as it will look on a phone */

static void fill(struct cli *c, const struct poll *p, char *line, struct reply_value values[8])
{
	const char *note = p->secret      ? p->household ? "一户一票，不记名" : "不记名"
			   : p->household ? "一户一票"
					  : "";
	const struct reply_value v[] = {
	    {"site", c->config->signature, 12},
	    {"number", p->matter ? "123" : "", 0},
	    {"what", note, 0},
	    {"question", p->question, 0},
	    {"items", line, 0},
	    {"when", c->config->language == LANG_EN ? "Fri 27 Nov 18:00" : "11月27日周五18:00", 0},
	    {0}};
	memcpy(values, v, sizeof v);
}

static int draw(void *ctx, const struct poll *p)
{
	struct draft *d = ((void **)ctx)[0];
	struct cli *c = ((void **)ctx)[1];
	struct buf *words = ((void **)ctx)[2];
	char dir[PATH_MAX];
	struct err e = {0};
	struct replies *replies;
	struct reply_value values[8] = {0};
	cleanup_buf struct buf line = {0}, text = {0};
	enum sms_alphabet alphabet = SMS_UCS2;
	if (paths_data(dir, sizeof dir) || replies_load(dir, &replies, &e))
		return cli_fail(EX_UNAVAILABLE, "%s", e.text[0] ? e.text : _("the reply texts cannot be read"));
	poll_options_line(p->options, p->option_count, &line);
	buf_addf(words, "%s %s", p->question, buf_str(&line));
	fill(c, p, (char *)buf_str(&line), values);
	replies_add(replies, c->config->language, "poll.ask", values, &text);
	replies_free(replies);
	d->segments = compose_count(buf_str(&text), &(struct compose_options){0}, &alphabet);
	d->ucs2 = alphabet != SMS_GSM7;
	d->text = buf_take(&text);
	d->to = (struct audience_arg){mem_dup(p->audience), mem_dup(p->audience)};
	d->at_utc = p->opens_utc;
	d->not_after_utc = p->closes_utc;
	if (d->segments < 1 || d->segments > SEGMENTS_MAX)
		return cli_fail(EX_DATAERR,
				_("the question takes %d segments, more than %d; shorten it or its options"),
				d->segments, SEGMENTS_MAX);
	return 0;
}

static int refuse(const struct draft *d)
{
	if (!d->who.recipients)
		return cli_fail(CLI_NOTHING, "%s",
				_("nobody is left to ask; `yishi broadcast preview` says why"));
	if (!draft_fits(d))
		return cli_fail(
		    CLI_NOTHING,
		    _("only %lld of %lld could be asked before the close; close later or ask fewer"),
		    (long long)d->fit, (long long)d->who.recipients);
	return 0;
}

/* Its publication, for the second person to approve. */
static int publish(struct cli *c, const struct draft *d, const char *words, int64_t poll, int64_t *ret)
{
	char by[ACTOR_MAX];
	int r = broadcast_add(c->store,
			      &(struct broadcast_new){.audience = d->to.written,
						      .text = words,
						      .ucs2 = d->ucs2,
						      .segments = d->segments,
						      .recipients = d->who.recipients,
						      .at_utc = d->at_utc,
						      .not_after_utc = d->not_after_utc,
						      .waiting = true,
						      .poll = true,
						      .by = cli_actor(by)},
			      cli_now(c), ret);
	return r ? r : poll_publish_by(c->store, poll, *ret);
}

/* Draws it up within the transaction, so that what is shown is what is put. `ret_waits`: the broadcast that has to be
 * approved, 0 none. */
static int put(struct cli *c, const struct question *q, struct draft *d, int64_t *ret_id, int64_t *ret_waits)
{
	struct actor by;
	struct err e = {0};
	cleanup_buf struct buf words = {0};
	void *ctx[] = {d, c, &words};
	changes_actor(&by);
	int r = poll_add(c->store, &q->n, &by, cli_now(c), ret_id, &e);
	if (r == -EINVAL)
		return cli_fail(EX_DATAERR, "%s", e.text);
	if (!r)
		r = poll_get(c->store, *ret_id, draw, ctx);
	if (!r)
		r = draft_count(c, d);
	if (!r)
		r = refuse(d);
	return r || !d->needs_approval ? r : publish(c, d, buf_str(&words), *ret_id, ret_waits);
}

/* A person sees it first: drawn up, shown and taken back, so that nobody is kept waiting while the answer is thought over. */
static int preview_and_ask(struct cli *c, const struct question *q)
{
	struct draft d = {0};
	int64_t id, waits;
	int r = store_begin(c->store);
	if (r)
		return cli_store_failed(c, r);
	r = put(c, q, &d, &id, &waits);
	store_rollback(c->store);
	if (r < 0)
		r = cli_store_failed(c, r);
	if (!r) {
		draft_print(c, &d);
		r = cli_confirm(c, _("Put it?")) ? 0 : cli_fail(CLI_NOTHING, "%s", _("no poll was drawn up"));
	}
	draft_done(&d);
	return r;
}

int poll_new_run(struct cli *c)
{
	struct store *s;
	struct draft d = {0};
	int64_t id = 0, waits = 0;
	cleanup_free struct question *q = mem_alloc(sizeof *q);
	int r = read_question(c, q);
	if (r || (r = cli_store(c, &s)))
		return r;
	if (c->out.terminal && c->out.mode == OUT_TABLE && (r = preview_and_ask(c, q)))
		return r;
	if ((r = store_begin(s)))
		return cli_store_failed(c, r);
	r = changes_end(c, put(c, q, &d, &id, &waits));
	if (!r && c->out.mode == OUT_JSON)
		out_json(&c->out, json_pack("{sI ss sI si so}", "id", (json_int_t)id, "state", "planned",
					    "recipients", (json_int_t)d.who.recipients, "segments", d.segments,
					    "broadcast", waits ? json_integer(waits) : json_null()));
	else if (!r) {
		printf(_("poll %lld: %lld phones are asked, %d segments each; yishi poll show %lld\n"),
		       (long long)id, (long long)d.who.recipients, d.segments, (long long)id);
		if (waits)
			draft_tell_waiting(c, stdout, waits);
	}
	draft_done(&d);
	return r;
}

int poll_close_run(struct cli *c)
{
	struct store *s;
	struct actor by;
	int64_t id;
	int r = cli_id(c, 0, &id);
	if (r || (r = cli_store(c, &s)))
		return r;
	if (!cli_confirm(c, _("Close it now? Who has not voted cannot any more.")))
		return cli_fail(CLI_NOTHING, "%s", _("it stays open; --yes says that you mean it"));
	if ((r = store_begin(s)))
		return cli_store_failed(c, r);
	changes_actor(&by);
	r = poll_hasten(s, id, &by, cli_now(c));
	if (r == -ENOENT)
		r = cli_fail(CLI_NOTHING, _("there is no poll %s; `yishi poll list` shows them"), c->argv[0]);
	else if (r == -EPERM)
		r = cli_fail(CLI_NOTHING, _("poll %s is not open; `yishi poll show %s`"), c->argv[0],
			     c->argv[0]);
	return changes_end(c, r);
}
