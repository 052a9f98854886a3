/* `yishi message`: texts that came in and went out. */
#include "cli/changes.h"
#include "cli/nouns.h"
#include "cli/texts.h"

#include "base/mem.h"
#include "store/inbox.h"
#include "store/journal.h"
#include "store/message.h"
#include "store/outbox.h"

#include <errno.h>
#include <string.h>

static const struct out_column columns[] = {
    {"id", N_("ID"), OUT_INT, 0},
    {"direction", N_("dir"), OUT_WORD, 0},
    {"number", N_("number"), OUT_PHONE, 0},
    {"name", N_("name"), OUT_TEXT, 16},
    {"text", N_("text"), OUT_TEXT, 60},
    {"state", N_("state"), OUT_WORD, 0},
    {"segments", N_("seg."), OUT_INT, 0},
    {"modem", N_("modem"), OUT_TEXT, 0},
    {"created", N_("created"), OUT_TIME, 0},
    {"sent", N_("sent"), OUT_TIME, 0},
    {"kind", N_("kind"), OUT_WORD, 0},
    {"case", N_("case"), OUT_INT, 0},
    {"answers", N_("answers"), OUT_INT, 0},
    {"broadcast", NULL, OUT_INT, 0},
    {"meeting", NULL, OUT_INT, 0},
    {"not_after", NULL, OUT_TIME, 0},
    {"missing", NULL, OUT_INT, 0},
    {"reason", N_("reason"), OUT_WORD, 40},
    {"report", NULL, OUT_WORD, 0},
    {"report_status", NULL, OUT_INT, 0},
    {0},
};

static const struct cli_option list_options[] = {
    {"in", NULL, N_("only what came in"), false},
    {"out", NULL, N_("only what goes out"), false},
    {"number", N_("NUMBER"), N_("only from or to this number"), false},
    {"state", N_("STATE"), N_("queued sending sent delivered failed expired uncertain cancelled"), false},
    {"muted", NULL, N_("also texts of muted numbers"), false},
    {0},
};

static const struct cli_option send_options[] = {
    {"to", N_("NUMBER"), N_("who gets it"), false},
    {"text", N_("TEXT"), N_("what is sent"), false},
    {"text-file", N_("FILE"), N_("take the text from a file; - is standard input"), false},
    {"at", N_("TIME"), N_("not before: \"fri 09:00\", \"+2h\""), false},
    {"not-after", N_("TIME"), N_("no use later; then it expires instead"), false},
    {0},
};

static json_t *ref(int64_t id)
{
	return id ? json_integer(id) : json_null();
}

static json_t *message_json(const struct message *m)
{
	return json_pack("{sI ss so so so ss si so so so ss so so so so so si so so so}", "id",
			 (json_int_t)m->id, "direction", m->out ? "out" : "in", "number", out_string(m->number),
			 "name", out_string(m->name), "text", out_string(m->text), "state", m->state,
			 "segments", m->segments, "modem", *m->modem ? out_string(m->modem) : json_null(),
			 "created", out_time(m->created_utc), "sent", out_time(m->sent_utc), "kind", m->kind,
			 "case", ref(m->matter), "answers", ref(m->answers), "broadcast", ref(m->broadcast),
			 "meeting", ref(m->meeting), "not_after", out_time(m->not_after_utc), "missing",
			 m->missing, "reason", *m->reason ? out_string(m->reason) : json_null(), "report",
			 *m->report ? json_string(m->report) : json_null(), "report_status",
			 m->report_st >= 0 ? json_integer(m->report_st) : json_null());
}

static int print_row(void *ctx, const struct message *m)
{
	struct cli *c = ctx;
	out_row(&c->out, message_json(m));
	return 0;
}

static bool known_state(const char *state)
{
	static const char *const states[] = {"queued",  "sending",   "sent",      "delivered", "failed",
					     "expired", "uncertain", "cancelled", "stored",    "done"};
	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		if (!strcmp(states[i], state))
			return true;
	return false;
}

static int run_list(struct cli *c)
{
	struct store *s;
	char number[E164_MAX];
	struct message_filter f = {.direction = cli_opt(c, "in")    ? -1
						: cli_opt(c, "out") ? 1
								    : 0,
				   .state = cli_opt(c, "state"),
				   .since_utc = c->since_utc,
				   .muted = cli_opt(c, "muted") != NULL,
				   .limit = c->limit};
	if (f.state && !known_state(f.state))
		return cli_usage(c, _("%s is no state of a text"), f.state);
	if (cli_opt(c, "in") && cli_opt(c, "out"))
		f.direction = 0;
	if (cli_opt(c, "number")) {
		e164_parse(cli_opt(c, "number"), number); /* also a machine's */
		f.number = number;
	}
	int r = cli_list_begin(c, columns, &s);
	return r ? r : cli_list_end(c, message_list(s, &f, print_row, c));
}

static int print_record(void *ctx, const struct message *m)
{
	struct cli *c = ctx;
	json_t *row = message_json(m);
	json_t *intents = m->intents ? json_loads(m->intents, JSON_DECODE_ANY, NULL) : NULL;
	struct out_column more[ARRAY_LEN(columns) + 1] = {0};
	memcpy(more, columns, sizeof columns);
	more[ARRAY_LEN(columns) - 1] = (struct out_column){"intents", N_("understood"), OUT_RAW, 0};
	for (size_t i = 0; i < ARRAY_LEN(columns); i++)
		if (more[i].key && !strcmp(more[i].key, "report"))
			more[i].title = N_("delivery report");
	json_object_set_new(row, "intents", intents ? intents : json_null());
	out_record(&c->out, more, row);
	return 0;
}

static int run_show(struct cli *c)
{
	struct store *s;
	int64_t id;
	int r = cli_id(c, 0, &id);
	if (r || (r = cli_store(c, &s)))
		return r;
	r = message_get(s, id, print_record, c);
	if (r == -ENOENT)
		return cli_fail(CLI_NOTHING, _("there is no text %s; `yishi message list` shows them"),
				c->argv[0]);
	return r ? cli_store_failed(c, r) : EX_OK;
}

static int send_text(struct cli *c, struct outbox_new *n, int64_t *ret_id)
{
	struct store *s;
	int r = changes_begin(c, &s);
	if (r)
		return r;
	struct actor by;
	changes_actor(&by);
	r = outbox_add(s, n, cli_now(c), ret_id);
	cleanup_free char *note = mem_printf("message %lld", (long long)*ret_id);
	if (!r)
		r = journal_add(s, 0, "sent", note, &by, cli_now(c));
	return changes_end(c, r);
}

static int run_send(struct cli *c)
{
	char number[E164_MAX];
	char *text = NULL;
	int64_t id = 0;
	struct outbox_new n = {.number = number, .class = OUTBOX_REPLY, .report = true, .quiet = true};
	const char *to = cli_opt(c, "to"), *at = cli_opt(c, "at"), *not_after = cli_opt(c, "not-after");
	int r = to ? cli_number(c, to, number) : cli_usage(c, "%s", _("--to NUMBER is wanted"));
	if (r || (r = cli_config(c, NULL)))
		return r;
	if (at && (r = cli_when(c, at, "--at", &n.not_before_utc)))
		return r;
	if (not_after && (r = cli_when(c, not_after, "--not-after", &n.not_after_utc)))
		return r;
	if (n.not_after_utc && n.not_after_utc <= (n.not_before_utc ? n.not_before_utc : cli_now(c)))
		return cli_usage(c, "%s", _("--not-after is before the text may go out"));
	if ((r = texts_read(c, &text, &n.segments, &n.ucs2)))
		return r;
	n.text = text;
	r = send_text(c, &n, &id);
	free(text);
	if (r)
		return r;
	if (c->out.mode == OUT_JSON)
		out_json(&c->out, json_pack("{sI si}", "id", (json_int_t)id, "segments", n.segments));
	else
		printf(_("text %lld is queued, %d segment(s)\n"), (long long)id, n.segments);
	return EX_OK;
}

const struct cli_verb cli_message[] = {
    {.name = "list",
     .run = run_list,
     .what = N_("texts that came in and went out"),
     .common = CLI_LIST,
     .options = list_options,
     .roles = CLI_SECRETARY | CLI_STAFF,
     .example = "yishi message list --in --since today\nyishi message list --number 13800138001 --json"},
    {.name = "show",
     .run = run_show,
     .what = N_("one text, and what became of it"),
     .args = "ID",
     .min_args = 1,
     .max_args = 1,
     .common = CLI_FORMATS,
     .roles = CLI_SECRETARY,
     .example = "yishi message show 12 --full"},
    {.name = "send",
     .run = run_send,
     .what = N_("send one text to one number"),
     .common = CLI_FORMATS,
     .options = send_options,
     .roles = CLI_SECRETARY | CLI_STAFF,
     .example = "yishi message send --to 13800138001 --text '您的诉求已派单'"},
    {0},
};
