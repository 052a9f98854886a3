/* `yishi meeting agenda`: in which order what is talked about. */
#include "cli/case_step.h"
#include "cli/changes.h"
#include "cli/meeting_verbs.h"

#include "base/mem.h"
#include "civic/verdict.h"
#include "store/poll.h"
#include "store/store.h"

#include <errno.h>
#include <string.h>

static const struct out_column columns[] = {
    {"position", N_("No."), OUT_INT, 0},
    {"title", N_("title"), OUT_TEXT, 40},
    {"case", N_("case"), OUT_INT, 0},
    {"supporters", N_("support"), OUT_INT, 0},
    {"text", N_("text"), OUT_TEXT, 60},
    {"category", NULL, OUT_TEXT, 0},
    {"kind", NULL, OUT_TEXT, 0},
    {"alike", NULL, OUT_RAW, 0},
    {"decision", N_("decided"), OUT_WORD, 0},
    {"vote", N_("vote"), OUT_TEXT, 30},
    {"who", NULL, OUT_TEXT, 0},
    {"until", NULL, OUT_TIME, 0},
    {0},
};

static const struct out_column dropped_columns[] = {
    {"case", N_("case"), OUT_INT, 0},
    {"title", N_("title"), OUT_TEXT, 40},
    {"note", N_("why it was dropped"), OUT_TEXT, 60},
    {0},
};

const struct cli_option meeting_agenda_options[] = {
    {"move", N_("CASE"), N_("to the POSITION that follows ID"), false},
    {"add", N_("CASE"), N_("also what was dropped, and when it is frozen"), false},
    {"drop", N_("CASE"), N_("off the agenda; --note says why, and who raised it is told"), false},
    {"merge", N_("CASE"), N_("it is the same as the case INTO that follows ID"), false},
    {"apart", N_("CASE"), N_("it is not the same as the one it stands under"), false},
    {"note", N_("TEXT"), N_("why it is dropped"), false},
    {"freeze", NULL, N_("nothing comes on it by itself any more"), false},
    {"thaw", NULL, N_("… but again"), false},
    {"dropped", NULL, N_("what was dropped, and why"), false},
    {"review", NULL, N_("what earlier meetings adopted: done since, or late"), false},
    {0},
};

const char *meeting_title(const struct cli *c, const char *title, enum category category)
{
	/* neither names nor addresses of a dispute are printed */
	const char *word = category_name(category);
	return *title ? title : c->out.mode == OUT_TABLE ? gettext(word) : word;
}

/* "赞成 12, 反对 3" of the last vote on an item that is closed; NULL: none. */
static json_t *vote_of(struct store *s, int matter)
{
	cleanup_free struct poll_result *p = mem_alloc(sizeof *p);
	cleanup_buf struct buf text = {0};
	if (poll_result_of(s, 0, matter, p) < 0 || !p->poll || p->state != POLL_CLOSED)
		return json_null();
	for (int i = 0; i < p->count.options; i++)
		buf_addf(&text, "%s%s %lld", i ? ", " : "", p->options[i], (long long)p->count.votes[i]);
	if (!p->outcome.quorate)
		buf_addf(&text, " (%s)", _("no quorum"));
	return out_string(buf_str(&text));
}

/* An item is printed once the items under it are known. */
struct listing {
	struct cli *c;
	struct store *s;
	json_t *row, *alike;
};

static void flush(struct listing *l)
{
	if (l->row) {
		json_object_set_new(l->row, "alike", l->alike);
		out_row(&l->c->out, l->row);
	}
	l->row = l->alike = NULL;
}

static json_t *item_json(const struct cli *c, const struct agenda_row *a)
{
	return json_pack("{si so so si si ss ss so so so}", "position", a->position, "title",
			 out_string(meeting_title(c, a->title, a->category)), "text", out_string(a->text),
			 "case", a->matter, "supporters", a->supporters, "category", category_name(a->category),
			 "kind", matter_kind_name(a->kind), "decision",
			 a->verdict == VERDICT_NONE ? json_null()
						    : json_string(verdict_info((enum verdict)a->verdict)->word),
			 "who", *a->who ? out_string(a->who) : json_null(), "until", out_time(a->until_utc));
}

static int print_item(void *ctx, const struct agenda_row *a)
{
	struct listing *l = ctx;
	if (!a->under) {
		flush(l);
		l->row = item_json(l->c, a);
		json_object_set_new(l->row, "vote", vote_of(l->s, a->matter));
		l->alike = json_array();
	} else if (l->c->out.mode == OUT_TABLE) {
		/* below the item that it is like, without a number of its own */
		if (l->row)
			flush(l);
		json_t *row = item_json(l->c, a);
		json_object_set_new(row, "position", json_null());
		out_row(&l->c->out, row);
	} else
		json_array_append_new(l->alike, json_integer(a->matter));
	return 0;
}

static int print_agenda(struct cli *c, struct store *s, int64_t id)
{
	struct listing l = {.c = c, .s = s};
	out_begin(&c->out, columns);
	int r = meeting_agenda(s, id, print_item, &l);
	flush(&l);
	out_end(&c->out);
	return r < 0 ? cli_store_failed(c, r) : EX_OK;
}

static int print_dropped(void *ctx, const struct agenda_row *a)
{
	struct cli *c = ctx;
	out_row(&c->out,
		json_pack("{si so so}", "case", a->matter, "title",
			  out_string(meeting_title(c, a->title, a->category)), "note", out_string(a->note)));
	return 0;
}

/* ---- changes: one row an option */

struct change {
	struct cli *c;
	struct store *s;
	int64_t meeting, number, second; /* second: POSITION or INTO */
	struct actor by;
	int64_t now;
};

static int change_move(struct change *x)
{
	return agenda_move(x->s, x->meeting, (int)x->number, (int)x->second, &x->by, x->now);
}

static int change_add(struct change *x)
{
	int r = agenda_add(x->s, x->meeting, (int)x->number, &x->by, x->now);
	if (r == -ENOENT)
		return cli_fail(CLI_NOTHING, _("case %lld is not there, or not open"), (long long)x->number);
	return r == -EPERM
		   ? cli_fail(EX_NOPERM, _("case %lld is private and comes on no agenda"), (long long)x->number)
		   : r;
}

static int change_drop(struct change *x)
{
	const char *note = cli_opt(x->c, "note");
	return note && *note ? agenda_drop(x->s, x->meeting, (int)x->number, note, &x->by, x->now)
			     : cli_usage(x->c, "%s", _("--note REASON is wanted: who raised it is told"));
}

static int change_merge(struct change *x)
{
	enum case_state state;
	const struct matter_step st = {.event = CASE_EV_MERGE, .other = (int)x->second};
	int r = matter_act(x->s, (int)x->number, &st, &x->by, x->now, &state);
	return r == -EPERM ? cli_fail(CLI_NOTHING, _("case %lld is %s; that cannot be done now"),
				      (long long)x->number, gettext(case_state_name(state)))
			   : r;
}

static int change_apart(struct change *x)
{
	return agenda_apart(x->s, x->meeting, (int)x->number, &x->by, x->now);
}

static int change_freeze(struct change *x)
{
	int r = agenda_fix(x->s, x->meeting, true, &x->by, x->now);
	return r == -EALREADY ? cli_fail(CLI_NOTHING, "%s", _("it is frozen already")) : r;
}

static int change_thaw(struct change *x)
{
	int r = agenda_fix(x->s, x->meeting, false, &x->by, x->now);
	return r == -EALREADY ? cli_fail(CLI_NOTHING, "%s", _("it is not frozen")) : r;
}

static const struct {
	const char *option;
	const char *second; /* what has to follow ID, NULL: nothing */
	int (*apply)(struct change *x);
} changes[] = {
    {"move", "POSITION", change_move}, {"add", NULL, change_add},     {"drop", NULL, change_drop},
    {"merge", "INTO", change_merge},   {"apart", NULL, change_apart}, {"freeze", NULL, change_freeze},
    {"thaw", NULL, change_thaw},
};

static int can_change(void *ctx, const struct meeting *m)
{
	struct cli *c = ctx;
	if (m->state == MEETING_CANCELLED)
		return cli_fail(CLI_NOTHING, _("meeting %s was cancelled"), c->argv[0]);
	return m->minutes_utc ? cli_fail(CLI_NOTHING, _("the minutes of meeting %s are closed"), c->argv[0])
			      : 0;
}

static int change(struct cli *c, size_t which)
{
	struct change x = {.c = c};
	const char *value = cli_opt(c, changes[which].option);
	int r = *value ? cli_integer(c, value, "CASE", 1, &x.number) : 0;
	if (!r && changes[which].second)
		r = c->argc < 2 ? cli_usage(c, _("%s is wanted behind the meeting's ID"), changes[which].second)
				: cli_integer(c, c->argv[1], changes[which].second, 1, &x.second);
	if (r || (r = meeting_open(c, &x.s, &x.meeting, NULL, NULL)))
		return r;
	if ((r = meeting_get(x.s, x.meeting, can_change, c)))
		return r;
	if ((r = store_begin(x.s)))
		return cli_store_failed(c, r);
	changes_actor(&x.by);
	x.now = cli_now(c);
	if ((r = meeting_agenda_build(x.s, x.meeting)) >= 0)
		r = changes[which].apply(&x);
	if (r == -ENOENT)
		r = cli_fail(CLI_NOTHING, _("case %lld is not on the agenda of meeting %s"),
			     (long long)x.number, c->argv[0]);
	return changes_end(c, r);
}

int meeting_agenda_run(struct cli *c)
{
	struct store *s;
	int64_t id;
	int chosen = -1, r;
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
		if (cli_opt(c, changes[i].option)) {
			if (chosen >= 0)
				return cli_usage(c, "%s", _("one change at a time"));
			chosen = (int)i;
		}
	if (chosen < 0 && c->argc > 1)
		return cli_usage(c, "%s",
				 _("what is to be done with it? --move and --merge take a second number"));
	if (chosen >= 0 && (r = change(c, (size_t)chosen)))
		return r;
	if ((r = meeting_open(c, &s, &id, NULL, NULL)))
		return r;
	/* what came in since the daemon last looked belongs on it, too */
	if ((r = store_begin(s)) || (r = meeting_agenda_build(s, id)) || (r = store_commit(s))) {
		store_rollback(s);
		return cli_store_failed(c, r);
	}
	if (cli_opt(c, "review"))
		return meeting_review_print(c, s, id);
	if (cli_opt(c, "dropped")) {
		out_begin(&c->out, dropped_columns);
		return cli_list_end(c, agenda_dropped(s, id, print_dropped, c));
	}
	if ((r = print_agenda(c, s, id)) || c->out.mode != OUT_TABLE)
		return r;
	return meeting_review_print(c, s, id);
}
