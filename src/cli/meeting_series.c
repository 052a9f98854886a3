/* `yishi meeting series`: what recurs. */
#include "cli/changes.h"
#include "cli/meeting_verbs.h"

#include "base/mem.h"
#include "store/meeting.h"
#include "store/store.h"

#include <errno.h>
#include <string.h>

static const struct out_column series_columns[] = {
    {"id", N_("ID"), OUT_INT, 0},         {"grid", N_("grid"), OUT_TEXT, 0},
    {"place", N_("place"), OUT_TEXT, 24}, {"rrule", N_("rule"), OUT_TEXT, 40},
    {"start", N_("from"), OUT_TEXT, 0},   {"next", N_("next"), OUT_TIME, 0},
    {"minutes", N_("min."), OUT_INT, 0},  {"exdates", N_("not on"), OUT_TEXT, 30},
    {"title", N_("title"), OUT_TEXT, 24}, {"audience", N_("for"), OUT_TEXT, 24},
    {"ended", N_("ended"), OUT_TIME, 0},  {0},
};

/* "网格员 building_head" → "grid_worker building_head". */
static int audience_roles(const struct cli *c, const char *text, char *ret, size_t size)
{
	cleanup_free char *words = mem_dup(text ? text : "");
	size_t len = 0;
	for (char *w = strtok(words, " ,"); w; w = strtok(NULL, " ,")) {
		int role = role_find(w);
		if (role < 0)
			return cli_usage(c, _("%s is no role; `yishi person list` shows them"), w);
		len += (size_t)snprintf(ret + len, size - len, "%s%s", len ? " " : "", role_name(role));
		if (len >= size)
			return cli_usage(c, _("%s is no role; `yishi person list` shows them"), text);
	}
	return 0;
}

int meeting_series_add(struct cli *c)
{
	struct store *s;
	struct err e = {0};
	struct civil t;
	int64_t starts, minutes = 60, id = 0;
	char start[40], roles[200] = "";
	struct series_new n = {.grid = cli_opt(c, "grid"),
			       .title = cli_opt(c, "title"),
			       .place = cli_opt(c, "place"),
			       .rrule = cli_opt(c, "rrule"),
			       .exdates = cli_opt(c, "except"),
			       .audience = roles,
			       .start_local = start};
	const char *at = cli_opt(c, "at");
	if (!n.grid || !n.place || !n.rrule || !at)
		return cli_usage(c, "%s", _("--grid, --rrule, --at and --place are wanted"));
	int r = cli_config(c, NULL);
	if (!r)
		r = audience_roles(c, cli_opt(c, "audience"), roles, sizeof roles);
	if (!r && cli_opt(c, "minutes"))
		r = cli_integer(c, cli_opt(c, "minutes"), "--minutes", 5, &minutes);
	if (r || (r = cli_when(c, at, "--at", &starts)) || (r = cli_store(c, &s)))
		return r;
	civil_from_utc(starts, &t);
	snprintf(start, sizeof start, "%04d-%02d-%02dT%02d:%02d:00", t.year, t.month, t.day, t.hour, t.minute);
	n.minutes = (int)minutes;
	if (!strncmp(n.rrule, "RRULE:", 6))
		n.rrule += 6;
	if ((r = store_begin(s)))
		return cli_store_failed(c, r);
	r = series_add(s, &n, cli_now(c), &id, &e);
	if (r == -EINVAL)
		r = cli_fail(EX_DATAERR, "%s", e.text);
	r = changes_end(c, r);
	if (!r && c->out.mode == OUT_JSON)
		out_json(&c->out, json_pack("{sI}", "id", (json_int_t)id));
	else if (!r)
		printf(_("series %lld added; its meetings: yishi meeting list\n"), (long long)id);
	return r;
}

static int print_series(void *ctx, const struct series *x)
{
	struct cli *c = ctx;
	out_row(&c->out,
		json_pack("{sI so so so so so si so so so so}", "id", (json_int_t)x->id, "grid",
			  out_string(x->grid), "place", out_string(x->place), "rrule", out_string(x->rrule),
			  "start", out_string(x->start_local), "next", out_time(x->next_utc), "minutes",
			  x->minutes, "exdates", out_string(x->exdates), "title", out_string(x->title), "ended",
			  out_time(x->ended_utc), "audience", out_string(x->audience)));
	return 0;
}

int meeting_series_list(struct cli *c)
{
	struct store *s;
	int r = cli_list_begin(c, series_columns, &s);
	return r ? r : cli_list_end(c, series_list(s, cli_opt(c, "grid"), cli_now(c), print_series, c));
}

static int change_series(struct cli *c, const char *exdates)
{
	struct store *s;
	struct err e = {0};
	int64_t id;
	int r = cli_id(c, 0, &id);
	if (r || (r = changes_begin(c, &s)))
		return r;
	r = exdates ? series_except(s, id, exdates, cli_now(c), &e) : series_end(s, id, cli_now(c));
	if (r == -EINVAL)
		r = cli_fail(EX_DATAERR, "%s", e.text);
	else if (r == -ENOENT)
		r = cli_fail(CLI_NOTHING, _("there is no series %s; `yishi meeting series list` shows them"),
			     c->argv[0]);
	return changes_end(c, r);
}

int meeting_series_except(struct cli *c)
{
	cleanup_buf struct buf dates = {0};
	for (int i = 1; i < c->argc; i++)
		buf_addf(&dates, "%s%s", i > 1 ? " " : "", c->argv[i]);
	return change_series(c, buf_str(&dates));
}

int meeting_series_end(struct cli *c)
{
	return change_series(c, NULL);
}

const struct cli_option meeting_series_options[] = {
    {"grid", N_("GRID"), N_("whose meeting it is"), false},
    {"rrule", N_("RRULE"), N_("how it recurs, after RFC 5545: 'FREQ=WEEKLY;BYDAY=FR'"), false},
    {"at", N_("TIME"), N_("when it begins: 15:00, or the first date and time"), false},
    {"place", N_("PLACE"), N_("where"), false},
    {"title", N_("TITLE"), N_("what it is called"), false},
    {"minutes", N_("N"), N_("how long it takes (60)"), false},
    {"audience", N_("ROLES"), N_("only people of these roles: 'building_head grid_worker' (everybody)"), false},
    {"except", N_("DATES"), N_("dates without a meeting: '2026-12-25 2027-01-01'"), false},
    {0},
};
